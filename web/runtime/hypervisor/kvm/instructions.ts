/**
 * Instructions that the guest's #VC handler asks for by the GHCB: CPUID, port I/O, MSRs, MMIO and the rest.
 * [svm_exit_handlers; sev_es_string_io(), kvm_sev_es_mmio_read()]
 */
import type { Request } from "./ghcb";
import { isRam } from "./memory";

const LOW = 0xffff_ffffn;

export function cpuid(r: Request): true {
  const { eax, ebx, ecx, edx } = r.hv.cpuid(Number(r.rax & LOW), Number(r.rcx & LOW));
  [r.rax, r.rbx, r.rcx, r.rdx] = [BigInt(eax), BigInt(ebx), BigInt(ecx), BigInt(edx)];
  return r.done();
}

// ---- ports -----------------------------------------------------------------------------------------------------------

/** The first serial port, as QEMU has it. 16550 data sheet. */
const COM1 = 0x3f8;
const COM1_PORTS = 8;
const [DATA, LINE_CONTROL, LINE_STATUS] = [0, 3, 5];
/** LINE_CONTROL: port 0 is the low byte of the divisor, and no data */
const DLAB = 0x80;
/** LINE_STATUS: the transmitter is empty */
const EMPTY = 0x60;
const serial = [0, 0, 0x01, 0x03, 0, EMPTY, 0xb0, 0];

function out(hv: Hypervisor, to: number, byte: number): void {
  const register = to - COM1;
  if (register < 0 || register >= COM1_PORTS) return;
  if (register === DATA && ((serial[LINE_CONTROL] ?? 0) & DLAB) === 0) return hv.serial(byte);
  if (register !== LINE_STATUS && register !== DATA) serial[register] = byte;
}

/** Where no device is, QEMU reads all ones. */
function input(from: number): number {
  const register = from - COM1;
  return register >= 0 && register < COM1_PORTS ? (serial[register] ?? 0) : 0xff;
}

/** EXITINFO1 as for #VMEXIT(IOIO): IN 0, string 2, size in bytes 6:4, port 31:16. APM vol. 2, 15.10.2. */
export function port(r: Request): true {
  const number = Number((r.info1 >> 16n) & 0xffffn);
  const isIn = (r.info1 & 1n) !== 0n;
  const size = Number((r.info1 >> 4n) & 7n) || 4;
  if (r.info1 & 4n) return strings(r, number, isIn, size);
  if (isIn) {
    let value = 0n;
    for (let i = 0; i < size; i++) value |= BigInt(input(number + i)) << BigInt(8 * i);
    const kept = size === 4 ? 0n : r.rax & ~((1n << BigInt(8 * size)) - 1n);
    r.rax = kept | value;
  } else {
    for (let i = 0; i < size; i++) out(r.hv, number + i, Number((r.rax >> BigInt(8 * i)) & 0xffn));
  }
  return r.done();
}

/** EXITINFO2 units, in or out of the scratch area. */
function strings(r: Request, number: number, isIn: boolean, size: number): true {
  const units = Number(r.info2);
  const area = r.scratch(units * size);
  if (!area) return r.refuse(GHCB_ERR_INVALID_SCRATCH_AREA);
  for (let at = 0; at < units * size; at++) {
    if (isIn) area.write(at, 1, BigInt(input(number + (at % size))));
    else out(r.hv, number + (at % size), Number(area.read(at, 1)));
  }
  return r.done();
}

// ---- MSRs ------------------------------------------------------------------------------------------------------------

/**
 * What KVM keeps for the guest, with the values after reset. [kvm_get_msr_common(), svm_get_msr()]
 * Simplified: KVM knows some hundred; a few that boot code reads stand for them.
 */
const registers = new Map<number, bigint>([
  [0x1b, 0xfee0_0900n], // IA32_APIC_BASE: enabled, the boot processor
  [0x8b, 0x100_0065n], // MSR_IA32_UCODE_REV
  [0xfe, 0x508n], // MTRRcap
  [0x1a0, 1n], // IA32_MISC_ENABLE
  [0x2ff, 0n], // MTRRdefType
  [MSR_AMD64_SYSCFG, 0n],
  [MSR_K7_HWCR, 0n],
]);
const READ_ONLY = [0xfe, MSR_AMD64_SYSCFG];

/** EXITINFO1: 0 reads, 1 writes. One that KVM does not know, or does not let the guest write, is #GP in the guest. */
export function msr(r: Request): true {
  const number = Number(r.rcx & LOW);
  const known = registers.get(number);
  if (known === undefined) return r.raiseGp();
  if (r.info1 === 0n) {
    r.rax = known & LOW;
    r.rdx = known >> 32n;
    return r.done();
  }
  if (READ_ONLY.includes(number)) return r.raiseGp();
  registers.set(number, ((r.rdx & LOW) << 32n) | (r.rax & LOW));
  return r.done();
}

// ---- the rest --------------------------------------------------------------------------------------------------------

let dr7 = 0x400n;

export function debugRegister(r: Request): true {
  if (r.code === SVM_EXIT_WRITE_DR7) dr7 = r.rax;
  else r.rax = dr7;
  return r.done();
}

let ticks = 0n;

/**
 * RDTSC, RDTSCP (with TSC_AUX 0).
 * Assumed: KVM does not intercept them for such a guest, and has no answer of its own. Here is no clock: each request is 1,000
 * ticks after the one before.
 */
export function timestamp(r: Request): true {
  ticks += 1000n;
  r.rax = ticks & LOW;
  r.rdx = ticks >> 32n;
  if (r.code === SVM_EXIT_RDTSCP) r.rcx = 0n;
  return r.done();
}

/** Six counters that do not count. [kvm_pmu_rdpmc()] */
export function performanceCounter(r: Request): true {
  if ((r.rcx & LOW) >= 6n) return r.raiseGp();
  [r.rax, r.rdx] = [0n, 0n];
  return r.done();
}

const KVM_HC_VAPIC_POLL_IRQ = 1n;
const EPERM = 2n ** 64n - 1n;
const KVM_ENOSYS = 2n ** 64n - 1000n;

/** [kvm_emulate_hypercall()] */
export function hypercall(r: Request): true {
  if (r.cpl !== 0) r.rax = EPERM;
  else r.rax = r.rax === KVM_HC_VAPIC_POLL_IRQ ? 0n : KVM_ENOSYS;
  return r.done();
}

/**
 * EXITINFO1 is the address, EXITINFO2 the length. Memory answers as QEMU's side of it, which is not the guest's where a page is
 * private. Simplified: there are no devices; reads of them give 0 and writes are lost, as where QEMU has none.
 */
export function mmio(r: Request): true {
  const gpa = Number(r.info1 & 0xf_ffff_ffff_ffffn);
  const length = Number(r.info2 & LOW);
  const area = r.scratch(length);
  if (!area) return r.refuse(GHCB_ERR_INVALID_SCRATCH_AREA);
  const memory = r.memory(gpa);
  const whole = [1, 2, 4, 8].includes(length) && (gpa % 8) + length <= 8 && area.isAligned(length);
  const size = whole ? length : 1;
  for (let at = 0; at < length; at += size) {
    const there = isRam(gpa + at);
    if (r.code === SVM_VMGEXIT_MMIO_READ) area.write(at, size, there ? memory.read(at, size) : 0n);
    else if (there) memory.write(at, size, area.read(at, size));
  }
  return r.done();
}
