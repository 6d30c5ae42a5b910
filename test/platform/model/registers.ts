/**
 * The host's registers, one set a core, as APM vol. 2, 15.36.2 has them: SYSCFG is silent once SecureNestedPagingEn is
 * set, the other frozen registers fault. Written from the manual; shares nothing with the core but the names.
 */
import { Rule } from "../../../assembly/abi";
import { gp, hex, type Ladder, type Outcome } from "../../model/ladder";

export const SYSCFG = 0xc001_0010;
export const HWCR = 0xc001_0015;
export const VM_HSAVE_PA = 0xc001_0117;
export const SMM_KEY = 0xc001_0119;
export const RMP_BASE = 0xc001_0132;
export const RMP_END = 0xc001_0133;
export const RMP_CFG = 0xc001_0136;
export const TOP_MEM = 0xc001_001a;
export const TOP_MEM2 = 0xc001_001d;
export const IORRS = [0xc001_0016, 0xc001_0017, 0xc001_0018, 0xc001_0019];
export const FIXED_MTRRS = [0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f];

/** Frozen, and compared between cores by SNP_INIT. */
export const COMPARED = [...FIXED_MTRRS, ...IORRS, TOP_MEM, TOP_MEM2];
/** What #GP(0) answers for after SecureNestedPagingEn. RMP_BASE and RMP_END: Assumed. */
export const FROZEN = [...COMPARED, SMM_KEY, RMP_CFG, RMP_BASE, RMP_END];

export const MFDM = 1n << 19n;
export const MEMENC = 1n << 23n;
export const SNPEN = 1n << 24n;
export const VMPLEN = 1n << 25n;
export const SMMLOCK = 1n;
export const READY = MFDM | MEMENC | SNPEN | VMPLEN;

export class Registers {
  private readonly values = new Map<string, bigint>();

  constructor(readonly cores: number) {}

  get(core: number, msr: number): bigint {
    return this.values.get(`${core} ${msr}`) ?? 0n;
  }

  set(core: number, msr: number, value: bigint): void {
    this.values.set(`${core} ${msr}`, value);
  }

  /** The register's value on each core. */
  all(msr: number): bigint[] {
    return Array.from({ length: this.cores }, (_, core) => this.get(core, msr));
  }

  /** Are these bits of the register the same on every core? */
  alike(msr: number, bits = -1n): boolean {
    return this.all(msr).every((value) => (value & bits) === (this.get(0, msr) & bits));
  }

  everywhere(msr: number, bit: bigint): boolean {
    return this.all(msr).every((value) => (value & bit) !== 0n);
  }

  /** What no software on the cores can do: the firmware's own way. */
  clearSnpEn(): void {
    for (let core = 0; core < this.cores; core++) this.set(core, SYSCFG, this.get(core, SYSCFG) & ~SNPEN);
  }

  write(ladder: Ladder, core: number, msr: number, value: bigint): Outcome {
    const open = (this.get(core, SYSCFG) & SNPEN) === 0n;
    if (msr === SYSCFG) {
      ladder.check(Rule.SYSCFG_OPEN, open, { ok: true });
    } else if (msr === HWCR) {
      // SmmLock cannot be cleared (APM vol. 2, 10.3)
      this.set(core, HWCR, value | (this.get(core, HWCR) & SMMLOCK));
      return { ok: true };
    } else if (FROZEN.includes(msr)) {
      ladder.check(Rule.FROZEN_MSR, open, gp);
    } else if (msr !== VM_HSAVE_PA) {
      return gp;
    }
    this.set(core, msr, value);
    return { ok: true };
  }

  read(core: number, msr: number): Outcome {
    if (msr !== SYSCFG && msr !== HWCR && msr !== VM_HSAVE_PA && !FROZEN.includes(msr)) return gp;
    return { value: hex(msr === SMM_KEY ? 0n : this.get(core, msr)) };
  }
}
