/**
 * The VMSA page that QEMU and KVM launch a vCPU with, byte for byte: it is measured.
 * Source: layout APM vol. 2, appendix B, table B-4 ("VMSA"), and Linux svm.h, struct sev_es_save_area; values x86 reset
 * state as QEMU sets it (x86_cpu_reset) and KVM copies it (sev_es_sync_vmsa). A published digest confirms every byte.
 * Other hypervisors differ in a few attributes and registers, and so in the digest.
 */
import { Vmsa } from "../../assembly/abi";
import { PAGE_BYTES } from "./page-info";

/** Where a segment register starts: u16 selector, u16 attributes, u32 limit, u64 base. */
enum Segment {
  ES = 0x00,
  CS = 0x10,
  SS = 0x20,
  DS = 0x30,
  FS = 0x40,
  GS = 0x50,
  GDTR = 0x60,
  LDTR = 0x70,
  IDTR = 0x80,
  TR = 0x90,
}

/** Offsets of the fields that are not zero, besides those of assembly/abi. */
enum Field {
  CR4 = 0x148,
  CR0 = 0x158,
  DR7 = 0x160,
  DR6 = 0x168,
  RFLAGS = 0x170,
  G_PAT = 0x268,
  RDX = 0x310,
  XCR0 = 0x3e8,
  /** u32 */
  MXCSR = 0x408,
  /** u16 */
  X87_FCW = 0x410,
}

/** u64 each, filled in by the firmware: measured as zero. */
export const GUEST_TSC_SCALE = 0x2f0;
export const GUEST_TSC_OFFSET = 0x2f8;

/** Where the boot vCPU starts: the x86 reset vector. */
export const RESET_VECTOR = 0xfffffff0;

/** Where every VMSA is launched: KVM gives GPA -1, of which the RMP keeps these bits. KVM sev.c, snp_launch_update_vmsa. */
export const VMSA_GPA = 0xffff_ffff_f000;

export interface VmsaParameters {
  /** u32: RESET_VECTOR for the boot vCPU, the firmware image's AP entry for the others */
  eip: number;
  /** 0..3, 0 when absent, as KVM always has it */
  vmpl?: number;
  /** 0..3, 0 when absent */
  cpl?: number;
  /** SEV_FEATURES, u64; bit 0 is SNPActive */
  sevFeatures: number | bigint;
  /** CPUID Fn0000_0001_EAX, u32: at reset it is in RDX */
  cpuidSignature: number;
}

/** A fresh VMSA image, 4096 bytes. */
export function vmsaImage({ eip, vmpl = 0, cpl = 0, sevFeatures, cpuidSignature }: VmsaParameters): Uint8Array {
  const bytes = new Uint8Array(PAGE_BYTES);
  const view = new DataView(bytes.buffer);
  const u64 = (at: number, value: number | bigint) => view.setBigUint64(at, BigInt(value), true);
  const segment = (at: Segment, selector: number, attributes: number, base: number) => {
    view.setUint16(at, selector, true);
    view.setUint16(at + 2, attributes, true);
    view.setUint32(at + 4, 0xffff, true);
    u64(at + 8, base);
  };

  // attributes: type in bits 3:0, S (4), DPL (6:5), P (7); 93h writable data, 9Bh readable code, both accessed
  for (const data of [Segment.ES, Segment.SS, Segment.DS, Segment.FS, Segment.GS]) segment(data, 0, 0x93, 0);
  segment(Segment.CS, 0xf000, 0x9b, (eip & 0xffff0000) >>> 0);
  segment(Segment.GDTR, 0, 0, 0);
  segment(Segment.IDTR, 0, 0, 0);
  segment(Segment.LDTR, 0, 0x82, 0);
  segment(Segment.TR, 0, 0x8b, 0);

  bytes[Vmsa.VMPL] = vmpl;
  bytes[Vmsa.CPL] = cpl;
  u64(Vmsa.EFER, 0x1000); // SVME, which KVM sets
  u64(Field.CR4, 0x40); // MCE, which KVM sets
  u64(Field.CR0, 0x10); // ET
  u64(Field.DR7, 0x400);
  u64(Field.DR6, 0xffff0ff0);
  u64(Field.RFLAGS, 0x2);
  u64(Vmsa.RIP, eip & 0xffff);
  u64(Field.G_PAT, 0x0007_0406_0007_0406n);
  u64(Field.RDX, cpuidSignature);
  u64(Vmsa.SEV_FEATURES, sevFeatures);
  u64(Field.XCR0, 1);
  view.setUint32(Field.MXCSR, 0x1f80, true);
  view.setUint16(Field.X87_FCW, 0x37f, true);
  return bytes;
}
