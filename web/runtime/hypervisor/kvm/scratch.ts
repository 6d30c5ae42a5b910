/** The scratch area: where a request's data is, in the GHCB page's shared buffer or elsewhere in shared memory. */
import { runFailed } from "./failures";
import { hex } from "./hex";
import { isRam, takeShared } from "./memory";

/** of the shared buffer in the GHCB page; behind it the page is reserved */
const BUFFER = { first: 0x800, end: 0xff0 };
/** GHCB_SCRATCH_AREA_LIMIT */
const LIMIT = 16 * 1024;

/** Shared memory from a guest-physical address on, as KVM and QEMU see it: never a private page. */
export class Scratch {
  constructor(
    readonly hv: Hypervisor,
    private readonly gpa: number,
    /** spa of the GHCB page, for addresses inside it */
    private readonly ghcb: { gpa: number; spa: number },
  ) {}

  read64(offset: number): bigint {
    return this.hv.read64(this.at(offset));
  }

  write64(offset: number, value: bigint): void {
    this.hv.write64(this.at(offset), value);
  }

  /** `size` bytes, 1 to 8, of one aligned 8-byte word. */
  read(offset: number, size: number): bigint {
    const { word, shift, mask } = this.part(offset, size);
    return (this.hv.read64(word) >> shift) & mask;
  }

  write(offset: number, size: number, value: bigint): void {
    const { word, shift, mask } = this.part(offset, size);
    const rest = this.hv.read64(word) & ~(mask << shift);
    this.hv.write64(word, rest | ((value & mask) << shift));
  }

  isAligned(bytes: number): boolean {
    return this.gpa % bytes === 0;
  }

  private part(offset: number, size: number) {
    const at = this.at(offset);
    const low = at % 8;
    return { word: at - low, shift: BigInt(low * 8), mask: (1n << BigInt(size * 8)) - 1n };
  }

  private at(offset: number): number {
    const gpa = this.gpa + offset;
    const page = gpa - (gpa % PAGE_SIZE);
    const spa = page === this.ghcb.gpa ? this.ghcb.spa : takeShared(this.hv, page);
    return spa + (gpa % PAGE_SIZE);
  }
}

/** The area for `length` bytes at SW_SCRATCH; null when that is no place for it, and KVM has said so. [setup_vmgexit_scratch()] */
export function scratchArea(
  hv: Hypervisor,
  ghcb: { gpa: number; spa: number },
  address: bigint,
  length: number,
): Scratch | null {
  const from = Number(address & 0xf_ffff_ffff_ffffn);
  const to = from + length;
  const refused = (line: string) => {
    log(`vmgexit: ${line}`);
    return null;
  };
  if (address === 0n) return refused("scratch gpa not provided");
  if (from - (from % PAGE_SIZE) === ghcb.gpa) {
    if (from < ghcb.gpa + BUFFER.first || to > ghcb.gpa + BUFFER.end) {
      return refused(`scratch area is outside of GHCB shared buffer area (${hex(from)} - ${hex(to)})`);
    }
    return new Scratch(hv, from, ghcb);
  }
  if (length > LIMIT) {
    return refused(`scratch area exceeds KVM limits (${hex(length)} requested, ${hex(LIMIT)} limit)`);
  }
  if (!isRam(from) || !isRam(Math.max(from, to - 1))) runFailed(hv, "vmgexit: kvm_read_guest for scratch area failed");
  return new Scratch(hv, from, ghcb);
}
