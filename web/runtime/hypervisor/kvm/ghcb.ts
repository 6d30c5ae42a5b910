/** VMGEXIT: requests in the GHCB MSR and in the GHCB page. GHCB specification, section 4. */
import { runFailed } from "./failures";
import { convert } from "./memory";

const PAGE_4K = 0xf_ffff_ffff_f000n;

/** where the guest said its GHCB is */
let registeredGhcb: bigint | null = null;

/** [sev_handle_vmgexit()] */
export function vmgexit(hv: Hypervisor, exit: Vmgexit): bigint | true {
  return exit.code === undefined ? msrRequest(hv, exit.msr) : pageRequest(hv, exit);
}

/** Features that this host says it has. GHCB specification, 4.1.11. */
function features(hv: Hypervisor): bigint {
  const kvm = GHCB_HV_FT_SNP | GHCB_HV_FT_SNP_AP_CREATION;
  return BigInt(hv.machine.host === "svsm-host" ? kvm | GHCB_HV_FT_SNP_MULTI_VMPL : kvm);
}

/** A request in the GHCB MSR; the MSR for an answer. [sev_handle_vmgexit_msr_protocol()] */
function msrRequest(hv: Hypervisor, msr: bigint): bigint {
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
      registeredGhcb = msr & PAGE_4K;
      return (msr & ~BigInt(GHCB_MSR_INFO_MASK)) | BigInt(GHCB_MSR_REG_GPA_RESP);
    case GHCB_MSR_PSC_REQ:
      return BigInt(GHCB_MSR_PSC_RESP) | (changedByMsr(hv, msr) ? 0n : 1n << 63n);
    case GHCB_MSR_TERM_REQ:
      return hv.terminate(Number(msr >> 12n) & 0xf, Number(msr >> 16n) & 0xff);
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

/** A request in the GHCB page. [sev_es_validate_vmgexit()] */
function pageRequest(hv: Hypervisor, exit: GhcbExit): true {
  if (exit.msr !== registeredGhcb) runFailed(hv, `vmgexit: GHCB GPA [0x${exit.msr.toString(16)}] is not registered.`);
  const { ghcb } = exit;
  if (ghcb.usage !== GHCB_DEFAULT_USAGE) return answer(exit, GHCB_ERR_INVALID_USAGE);
  const valid = BigInt(ghcb.valid_bitmap);
  const has = (offset: number) => ((valid >> BigInt(offset / 8)) & 1n) === 1n;
  ghcb.valid_bitmap = 0;
  if (!has(0x390) || !has(0x398) || !has(0x3a0)) return answer(exit, GHCB_ERR_MISSING_INPUT);

  switch (Number(exit.code)) {
    case SVM_VMGEXIT_PSC:
      return has(0x3a8) ? changeList(hv, exit) : answer(exit, GHCB_ERR_MISSING_INPUT);
    case SVM_VMGEXIT_HV_FEATURES:
      ghcb.sw_exit_info_2 = features(hv);
      ghcb.sw_exit_info_1 = GHCB_HV_RESP_NO_ACTION;
      return true;
    case SVM_VMGEXIT_TERM_REQUEST:
      return hv.terminate(Number(exit.info1 & 0xfn), Number((exit.info1 >> 4n) & 0xffn));
    case SVM_VMGEXIT_AP_CREATION:
      // Simplified: there is no second vCPU to create. VMPL bits in EXITINFO1 are bad input for KVM in any case.
      if (Number(exit.info1 & 0xffff_ffffn) !== SVM_VMGEXIT_AP_DESTROY && !has(0x1f8)) {
        return answer(exit, GHCB_ERR_MISSING_INPUT);
      }
      return answer(exit, GHCB_ERR_INVALID_INPUT);
    default:
      // Run VMPL included
      return answer(exit, GHCB_ERR_INVALID_EVENT);
  }
}

function answer({ ghcb }: GhcbExit, error: number): true {
  ghcb.sw_exit_info_1 = GHCB_HV_RESP_MALFORMED_INPUT;
  ghcb.sw_exit_info_2 = error;
  return true;
}

/**
 * A list of page state changes: u16 next entry, u16 last entry, then u64 entries {next page 11:0, GFN 51:12, operation 55:52,
 * size 56}. Done entries and the position are written back. GHCB specification, 4.1.6. [snp_begin_psc()]
 */
function changeList(hv: Hypervisor, { ghcb }: GhcbExit): true {
  const done = (info2: bigint): true => {
    ghcb.sw_exit_info_1 = GHCB_HV_RESP_NO_ACTION;
    ghcb.sw_exit_info_2 = info2;
    return true;
  };
  const list = scratchArea(hv, ghcb);
  if (list === null) {
    ghcb.sw_exit_info_1 = GHCB_HV_RESP_MALFORMED_INPUT;
    ghcb.sw_exit_info_2 = GHCB_ERR_INVALID_SCRATCH_AREA;
    return true;
  }
  const header = hv.read64(list);
  const last = Number(header >> 16n) & 0xffff;
  let next = Number(header & 0xffffn);
  if (last >= VMGEXIT_PSC_MAX_ENTRY) return done(0x1_0000_0001n);
  for (; next <= last; next++) {
    const at = list + 8 + next * 8;
    const entry = hv.read64(at);
    const gpa = Number(entry & PAGE_4K);
    const op = Number(entry >> 52n) & 0xf;
    const pages = (entry >> 56n) & 1n ? 512 : 1;
    const from = Number(entry & 0xfffn);
    if (from > pages || gpa % (pages * PAGE_SIZE) !== 0) return done(0x1_0000_0002n);
    // Other operations (PSMASH, UNSMASH) count as done.
    const moves = op === SNP_PAGE_STATE_PRIVATE || op === SNP_PAGE_STATE_SHARED;
    for (let page = from; moves && page < pages; page++) {
      if (!convert(hv, gpa + page * PAGE_SIZE, op === SNP_PAGE_STATE_SHARED)) return done(0x100_0000_0000n);
    }
    hv.write64(at, (entry & ~0xfffn) | BigInt(pages));
    hv.write64(list, (header & ~0xffffn) | BigInt(next + 1));
  }
  return done(0n);
}

/** spa of the request's data: in the GHCB page's shared buffer, or in one other page; null when it is not there. */
function scratchArea(hv: Hypervisor, ghcb: HostGhcb): number | null {
  const gpa = Number(BigInt(ghcb.sw_scratch) & 0xf_ffff_ffff_ffffn);
  const leaf = hv.npt.get(gpa);
  // Simplified: a list that crosses a page is refused. The longest one fits into the shared buffer.
  const offset = gpa % PAGE_SIZE;
  if (!leaf || gpa % 8 !== 0 || offset + 8 > PAGE_SIZE) return null;
  return leaf.spa + offset;
}
