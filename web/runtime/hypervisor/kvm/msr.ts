/** Requests in the GHCB MSR. GHCB specification, 2.3.1. */
import { convert } from "./memory";
import { isSvsmHost, registerGhcb, resetHoldByMsr, runVmplByMsr } from "./vcpus";

const PAGE_4K = 0xf_ffff_ffff_f000n;

/** Features that this host says it has. GHCB specification, 4.1.11. */
export function features(hv: Hypervisor): bigint {
  const { hvFeatures } = hv.machine;
  if (hvFeatures !== undefined) return hvFeatures;
  const kvm = GHCB_HV_FT_SNP | GHCB_HV_FT_SNP_AP_CREATION;
  return BigInt(isSvsmHost(hv) ? kvm | GHCB_HV_FT_SNP_MULTI_VMPL : kvm);
}

/** A request in the GHCB MSR; the MSR for an answer. [sev_handle_vmgexit_msr_protocol()] */
export function msrRequest(hv: Hypervisor, exit: Vmgexit): bigint {
  const { msr } = exit;
  switch (Number(msr & BigInt(GHCB_MSR_INFO_MASK))) {
    case GHCB_MSR_SEV_INFO_REQ: {
      const cBit = BigInt(hv.cpuid(0x8000_001f).ebx & 0x3f);
      const max = BigInt(GHCB_PROTOCOL_MAX) << BigInt(GHCB_MSR_VER_MAX_POS);
      const min = BigInt(GHCB_PROTOCOL_MIN) << BigInt(GHCB_MSR_VER_MIN_POS);
      return max | min | (cBit << BigInt(GHCB_MSR_CBIT_POS)) | BigInt(GHCB_MSR_SEV_INFO_RESP);
    }
    case GHCB_MSR_CPUID_REQ: {
      const { eax, ebx, ecx, edx } = hv.cpuid(Number(msr >> 32n));
      const register = Number(msr >> 30n) & 3;
      const value = [eax, ebx, ecx, edx][register] ?? 0;
      return (BigInt(value) << 32n) | (BigInt(register) << 30n) | BigInt(GHCB_MSR_CPUID_RESP);
    }
    case GHCB_MSR_HV_FT_REQ:
      return (features(hv) << BigInt(GHCB_MSR_HV_FT_POS)) | BigInt(GHCB_MSR_HV_FT_RESP);
    case GHCB_MSR_PREF_GPA_REQ:
      // none: all ones
      return 0xffff_ffff_ffff_f000n | BigInt(GHCB_MSR_PREF_GPA_RESP);
    case GHCB_MSR_REG_GPA_REQ:
      // any page will do, and is echoed
      registerGhcb(hv, exit, msr & PAGE_4K);
      return (msr & ~BigInt(GHCB_MSR_INFO_MASK)) | BigInt(GHCB_MSR_REG_GPA_RESP);
    case GHCB_MSR_AP_RESET_HOLD_REQ:
      return resetHoldByMsr(hv);
    case GHCB_MSR_VMPL_REQ:
      return isSvsmHost(hv) ? runVmplByMsr(hv, exit) : msr;
    case GHCB_MSR_PSC_REQ:
      return BigInt(GHCB_MSR_PSC_RESP) | (changedByMsr(hv, msr) ? 0n : 1n << 63n);
    case GHCB_MSR_TERM_REQ: {
      const set = Number(msr >> 12n) & 0xf;
      const code = Number(msr >> 16n) & 0xff;
      log(`SEV-ES guest requested termination: 0x${set.toString(16)}:0x${code.toString(16)}`);
      return hv.terminate(set, code);
    }
    default:
      // An unknown request is not answered: the MSR stays as it was.
      return msr;
  }
}

/** [snp_begin_psc_msr()] */
function changedByMsr(hv: Hypervisor, msr: bigint): boolean {
  const op = Number(msr >> BigInt(GHCB_MSR_PSC_OP_POS)) & 0xf;
  if (op !== SNP_PAGE_STATE_PRIVATE && op !== SNP_PAGE_STATE_SHARED) return false;
  return convert(hv, Number(msr & PAGE_4K), op === SNP_PAGE_STATE_SHARED);
}
