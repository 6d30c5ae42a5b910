/**
 * What an SVSM at VMPL0 does for the guest below it, written from what coconut-svsm's source says and not copied from
 * it: the page work behind the core protocol's calls (SVSM specification 58019, core protocol 0).
 * kernel/src/protocols/core.rs, coconut-svsm of 2024.
 *
 * Simplified: the calls arrive here as function calls; on hardware they arrive in the calling area and the VMSA.
 */

/** What the guest below gets on its own pages: rmp_grant_guest_access(). APM vol. 2, table 15-36. */
const RWX = RMP_READ | RMP_WRITE | RMP_X_USER | RMP_X_SUPER;

/** Results of the protocol: SVSM_SUCCESS, SVSM_ERR_INVALID_ADDRESS..., and 8000_1000h | EAX for a failed PVALIDATE. */
export const SVSM_SUCCESS = 0x0;
export const SVSM_ERR_INVALID_PARAMETER = 0x8000_0005;
export const SVSM_ERR_PVALIDATE = 0x8000_1000;
/** coconut's own number for CF = 1; the caller's ignore_cf bit turns it into success. */
export const SVSM_FAIL_UNCHANGED = 0x8000_1010;

/** Offset of the VMPL in a VMSA: APM vol. 2, appendix B. */
const VMSA_VMPL = 0xca;

/** Gives `vmpl` these permissions on a page: rmp_grant_guest_access(). EAX of RMPADJUST. */
export function svsm_grant(va: number, vmpl: number, perms: number = RWX): number {
  return rmpadjust(va, RMP_PG_SIZE_4K, vmpl | perms);
}

/** Takes a page away from every VMPL from `vmpl` up: rmp_revoke_guest_access(). EAX of the first that failed, else 0. */
export function svsm_revoke(va: number, vmpl: number): number {
  for (let target = vmpl; target <= 3; target++) {
    const eax = rmpadjust(va, RMP_PG_SIZE_4K, target);
    if (eax !== 0) return eax;
  }
  return 0;
}

/**
 * SVSM_CORE_PVALIDATE for one 4 KiB page, on behalf of the guest at `vmpl`: core_pvalidate_one().
 *
 * Why the page is cleared: a page that was just validated holds whatever its memory held. If the hypervisor takes a page
 * of the SVSM's own and offers it as the guest's, the guest would read the SVSM's secrets from it. (coconut-svsm #45)
 * Why access is taken away first on the way back: otherwise the guest could still write while the page changes hands.
 */
export function svsm_core_pvalidate(va: number, validate: boolean, vmpl: number): number {
  if (!validate && svsm_revoke(va, vmpl) !== 0) return SVSM_ERR_INVALID_PARAMETER;

  const { eax, cf } = pvalidate(va, RMP_PG_SIZE_4K, validate);
  if (eax !== 0) return SVSM_ERR_PVALIDATE + eax;
  if (cf !== 0) return SVSM_FAIL_UNCHANGED;

  if (validate) {
    clear_page(va);
    if (svsm_grant(va, vmpl) !== 0) return SVSM_ERR_INVALID_PARAMETER;
  }
  return SVSM_SUCCESS;
}

/**
 * SVSM_CORE_CREATE_VCPU: makes the guest's page a VMSA, if it says what it must: core_create_vcpu().
 * The guest loses the page before it is read: checking a page that its author can still write checks nothing.
 */
export function svsm_core_create_vcpu(va: number, vmpl: number): number {
  if (svsm_revoke(va, vmpl) !== 0) return SVSM_ERR_INVALID_PARAMETER;
  // Simplified: coconut also checks EFER.SVME and SEV_FEATURES.
  if (read8(va + VMSA_VMPL) !== vmpl) {
    svsm_grant(va, vmpl);
    return SVSM_ERR_INVALID_PARAMETER;
  }
  return rmpadjust(va, RMP_PG_SIZE_4K, vmpl | RMP_READ | RMPADJUST_VMSA_PAGE_BIT) === 0
    ? SVSM_SUCCESS
    : SVSM_ERR_INVALID_PARAMETER;
}
