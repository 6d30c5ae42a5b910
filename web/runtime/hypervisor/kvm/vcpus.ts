/** What a guest asks about its other vCPUs, and about the other VMPLs of one: AP creation, AP reset hold, run VMPL. */
import type { Request } from "./ghcb";
import { hex } from "./hex";
import { freshPage, isRam, privateMemory } from "./memory";

/**
 * "svsm-host": the host's patches for an SVSM guest keep one VMSA, GHCB MSR and GHCB registration for each VMPL of a vCPU.
 * [T. Lendacky, "Provide SEV-SNP support for running an SVSM", RFC of 27 August 2024]
 */
export const isSvsmHost = (hv: Hypervisor) => hv.machine.host === "svsm-host";

/** Where a vCPU's, or on svsm-host a vCPU's VMPL's, state is kept. */
function keyOf(hv: Hypervisor, { vcpu, vmpl }: { vcpu: number; vmpl: number }): number {
  return isSvsmHost(hv) ? vcpu * 4 + vmpl : vcpu * 4;
}

/** Where the guest said that its GHCB is. */
const ghcbs = new Map<number, bigint>();

export function registerGhcb(hv: Hypervisor, exit: Vmgexit, gpa: bigint): void {
  ghcbs.set(keyOf(hv, exit), gpa);
}

export function isRegistered(hv: Hypervisor, exit: Vmgexit): boolean {
  return ghcbs.get(keyOf(hv, exit)) === exit.msr;
}

// ---------------------------------------------------------------------------------------------------------------------
// AP creation

/** svsm-host: VMSAs that the guest has registered, by vCPU and VMPL; null for one that it took back. */
const registered = new Map<number, number | null>();

/** What the guest has registered for a VMPL of a vCPU; undefined when it never said anything. */
export function vmsaOf(vcpu: number, vmpl: number): number | null | undefined {
  return registered.get(vcpu * 4 + vmpl);
}

/**
 * The vCPU is reset as by INIT and runs the page at its next entry. Nobody looks at the page before: VMRUN will. The guest's
 * answer comes first. [sev_snp_ap_creation(), sev_snp_init_protected_guest_state()]
 */
export function createAp(r: Request): true {
  const { hv } = r;
  const { vcpu: caller, vmpl: callerVmpl } = r.exit;
  const asked = Number(r.info1 & 0xffff_ffffn);
  const target = Number(r.info1 >> 32n);
  if (target >= hv.machine.vcpus) return invalid(r, `invalid AP APIC ID [${hex(target)}] from guest`);
  // KVM knows no VMPL here, and takes its bits for a request that it does not know
  const vmpl = isSvsmHost(hv) ? (asked >>> 16) & 0xf : 0;
  const action = isSvsmHost(hv) ? asked - vmpl * 0x1_0000 : asked;
  if (action > SVM_VMGEXIT_AP_DESTROY || vmpl >= hv.machine.vmpls) {
    return invalid(r, `invalid AP creation request [${hex(asked)}] from guest`);
  }
  if (action === SVM_VMGEXIT_AP_DESTROY) {
    if (isSvsmHost(hv)) registered.set(target * 4 + vmpl, null);
    else hv.set_vmsa(null, target);
    return r.done();
  }
  const features = BigInt(SVM_SEV_FEAT_SNP_ACTIVE);
  if (r.rax !== features)
    return invalid(r, `mismatched AP sev_features [${hex(r.rax)}] != [${hex(features)}] from guest`);
  const gpa = Number(r.info2);
  if (gpa % PAGE_SIZE !== 0 || r.info2 >> 52n !== 0n) {
    return invalid(r, `invalid AP VMSA address [${hex(r.info2)}] from guest`);
  }
  // Erratum: VMRUN of such a page may fault. [is_large_rmp_possible]
  if (gpa % PMD_SIZE === 0) {
    return invalid(r, `AP VMSA address [${r.info2.toString(16)}] from guest is unsafe as it is 2M aligned`);
  }
  if (isSvsmHost(hv)) {
    if (vmpl === 0 && (callerVmpl !== 0 || caller === target)) return r.refuse(GHCB_ERR_INVALID_INPUT);
    registered.set(target * 4 + vmpl, isRam(gpa) ? pageAt(hv, gpa) : null);
  }
  // ON_INIT waits for an INIT, which never comes here
  if (action === SVM_VMGEXIT_AP_CREATE) hv.set_vmsa(isRam(gpa) ? pageAt(hv, gpa) : null, target);
  return r.done();
}

/** The page of guest_memfd behind an address. */
function pageAt(hv: Hypervisor, gpa: number): number {
  const known = privateMemory.get(gpa);
  if (known !== undefined) return known;
  const spa = freshPage(hv);
  privateMemory.set(gpa, spa);
  return spa;
}

function invalid(r: Request, line: string): true {
  log(`vmgexit: ${line}`);
  return r.refuse(GHCB_ERR_INVALID_INPUT);
}

// ---------------------------------------------------------------------------------------------------------------------
// Waiting, and other levels

/** AP reset hold: the vCPU sleeps until another one sends it a SIPI. [kvm_emulate_ap_reset_hold()] */
export function resetHold(r: Request): true {
  r.hv.wait();
  return r.done();
}

/** The same by MSR: bits 63:12 of the answer are 0, as nobody has sent a second SIPI. */
export function resetHoldByMsr(hv: Hypervisor): bigint {
  hv.wait();
  return BigInt(GHCB_MSR_AP_RESET_HOLD_RESP);
}

/**
 * Run VMPL: the vCPU runs what is registered for the level. The caller's answer is kept with the caller, and seen when that one
 * runs again. False: there is no such level, or nothing to run at it.
 */
function runVmpl(hv: Hypervisor, { vcpu, vmpl }: Vmgexit, level: number): boolean {
  if (level > 3) return false;
  if (level === vmpl) return true;
  const vmsa = hv.vmsa_of(vcpu, level);
  if (vmsa === null) return false;
  hv.set_vmsa(vmsa);
  return true;
}

export function runVmplByMsr(hv: Hypervisor, exit: Vmgexit): bigint {
  const ran = runVmpl(hv, exit, Number(exit.msr >> BigInt(GHCB_MSR_VMPL_LEVEL_POS)) & 0xff);
  return BigInt(GHCB_MSR_VMPL_RESP) | (ran ? 0n : 1n << 32n);
}

export function runVmplByPage(r: Request): true {
  return r.info1 <= 3n && runVmpl(r.hv, r.exit, Number(r.info1)) ? r.done() : r.refuse(0);
}
