/**
 * Page contents without a cipher. The model does not know what a block of DRAM encrypts to, only that it is some fixed
 * bijection of 16 bytes chosen by ASID and address. So a byte is either known or a symbol, "byte 3 of what comes out
 * when that block goes through the cipher of ASID 2 at this address". Equal symbols are equal bytes in the core,
 * whatever they are; and what went in comes out again.
 *
 * APM vol. 2, 15.34.1 and 15.36: the key belongs to the ASID, the tweak to the system physical address.
 */

/** A byte that is known, or the name of one that is not. */
export type Byte = number | string;

type Direction = "encrypt" | "decrypt";

const BLOCK = 16;
const ZEROS: Byte[] = new Array<Byte>(BLOCK).fill(0);

/** A block that came out of the cipher: what went in, which way, and under which key where. */
interface Scrambled {
  direction: Direction;
  asid: number;
  at: number;
  input: Byte[];
}

/** Pass for `asid` when an access bypasses the cipher: the hypervisor's, or the guest's through C=0. */
export const RAW = undefined;

export class Memory {
  /** what DRAM holds, by address of the block */
  private readonly dram = new Map<number, Byte[]>();
  private readonly scrambled: Scrambled[] = [];
  private readonly numbers = new Map<string, number>();

  read(spa: number, length: number, asid: number | undefined): Byte[] {
    return Array.from({ length }, (_, i) => this.readBlock(blockAt(spa + i), asid)[(spa + i) % BLOCK] as Byte);
  }

  write(spa: number, bytes: Byte[], asid: number | undefined): void {
    for (let at = blockAt(spa); at < spa + bytes.length; at += BLOCK) {
      const block = [...this.readBlock(at, asid)];
      for (let i = 0; i < BLOCK; i++) {
        const byte = bytes[at + i - spa];
        if (byte !== undefined) block[i] = byte;
      }
      this.dram.set(at, asid === RAW ? block : this.through("encrypt", asid, at, block));
    }
  }

  private readBlock(at: number, asid: number | undefined): Byte[] {
    const held = this.dram.get(at) ?? ZEROS;
    return asid === RAW ? held : this.through("decrypt", asid, at, held);
  }

  /** One pass through the cipher. The way back of what went through is what went in; anything else gets a name. */
  private through(direction: Direction, asid: number, at: number, input: Byte[]): Byte[] {
    const before = this.madeOf(input);
    if (before !== undefined && before.direction !== direction && before.asid === asid && before.at === at) {
      return before.input;
    }
    const term = `${direction} ${asid} ${at} ${input.join()}`;
    let number = this.numbers.get(term);
    if (number === undefined) {
      number = this.scrambled.push({ direction, asid, at, input }) - 1;
      this.numbers.set(term, number);
    }
    return Array.from({ length: BLOCK }, (_, i) => `#${number}.${i}`);
  }

  /**
   * If these bytes are a run inside one block of noise: the bytes that went into the cipher in their place. Not if what
   * went in was part noise, part known: one known byte may by chance be what the noise was already.
   */
  noiseOf(bytes: Byte[]): { input: Byte[] } | undefined {
    const [, number, first] = /^#(\d+)\.(\d+)$/.exec(String(bytes[0])) ?? [];
    if (number === undefined || first === undefined) return undefined;
    const from = Number(first);
    if (bytes.some((byte, i) => byte !== `#${number}.${from + i}`)) return undefined;
    const input = this.scrambled[Number(number)]?.input ?? [];
    const mixed = new Set(input.map((byte) => typeof byte)).size > 1;
    return mixed ? undefined : { input: input.slice(from, from + bytes.length) };
  }

  /** The pass that made these 16 bytes, if they are all of its output and in order. */
  private madeOf(bytes: Byte[]): Scrambled | undefined {
    const number = /^#(\d+)\.0$/.exec(String(bytes[0]))?.[1];
    if (number === undefined) return undefined;
    return bytes.every((byte, i) => byte === `#${number}.${i}`) ? this.scrambled[Number(number)] : undefined;
  }
}

function blockAt(address: number): number {
  return address - (address % BLOCK);
}
