/**
 * What Linux does as an SNP guest in its early boot, written from what its source says and not copied from it.
 * Each function names the Linux function that it follows, its file, and the version; where versions differ, both are here.
 *
 * Not here: the decompressor's exception handlers, CPUID by the CPUID page, and everything after early boot.
 * Addresses are identity-mapped in the decompressor: virtual = guest-physical.
 */

/** What sev_es_negotiate_protocol() agreed on; 0 before. */
let ghcb_version = 0;

// ---------------------------------------------------------------------------------------------------------------------
// The GHCB MSR protocol: a request in the MSR, VMGEXIT, the answer in the same MSR. Bits 11:0 say what it is.

/** Sends one request and gives the hypervisor's answer, which may be anything at all. */
export function ghcb_msr_call(request: number | bigint): bigint {
  wrmsr(MSR_AMD64_SEV_ES_GHCB, request);
  vmgexit();
  return rdmsr(MSR_AMD64_SEV_ES_GHCB);
}

const code = (answer: bigint) => answer & 0xfffn;

/**
 * Asks the hypervisor to end this guest, and says why: sev_es_terminate(), kernel/sev-shared.c, 5.19.
 * `set` is SEV_TERM_SET_GEN or SEV_TERM_SET_LINUX, `reason` one of the GHCB_* or GHCB_TERM_* codes of that set.
 */
export function sev_es_terminate(set: number, reason: number): never {
  wrmsr(MSR_AMD64_SEV_ES_GHCB, GHCB_MSR_TERM_REQ | (set << 12) | (reason << 16));
  vmgexit();
  // A hypervisor that resumes us all the same finds a halted processor.
  for (;;) halt();
}

/** Agrees on a version of the protocol: sev_es_negotiate_protocol(), kernel/sev-shared.c, 5.19. */
export function sev_es_negotiate_protocol(): boolean {
  const answer = ghcb_msr_call(GHCB_MSR_SEV_INFO_REQ);
  if (code(answer) !== BigInt(GHCB_MSR_SEV_INFO_RESP)) return false;
  const max = answer >> 48n;
  const min = (answer >> 32n) & 0xffffn;
  if (max < BigInt(GHCB_PROTOCOL_MIN) || min > BigInt(GHCB_PROTOCOL_MAX)) return false;
  ghcb_version = Math.min(Number(max), GHCB_PROTOCOL_MAX);
  return true;
}

/** What the hypervisor says it can do, as GHCB_HV_FT_* bits: get_hv_features(), kernel/sev-shared.c, 5.19. */
export function get_hv_features(): bigint {
  if (ghcb_version < 2) return 0n;
  const answer = ghcb_msr_call(GHCB_MSR_HV_FT_REQ);
  return code(answer) === BigInt(GHCB_MSR_HV_FT_RESP) ? answer >> 12n : 0n;
}

/**
 * Tells the hypervisor where the GHCB is: snp_register_ghcb_early(), kernel/sev-shared.c, 5.19.
 * Any other page in the answer, or none, ends the boot.
 */
export function snp_register_ghcb(pa: number = BOOT_GHCB_PAGE): void {
  const gfn = BigInt(pa / PAGE_SIZE);
  const answer = ghcb_msr_call((gfn << 12n) | BigInt(GHCB_MSR_REG_GPA_REQ));
  if (code(answer) !== BigInt(GHCB_MSR_REG_GPA_RESP) || answer >> 12n !== gfn) {
    sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_REGISTER);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Which VMPL is this?

/**
 * Is this VMPL0? No register says so and the hypervisor's word is worth nothing, so Linux tries something that only
 * VMPL0 may do: RMPADJUST of VMPL1's permissions (target 1, no permissions). It returns 0 at VMPL0; at VMPL1, 2 and 3
 * the target is not below the caller, and it returns FAIL_PERMISSION. PVALIDATE would not do for the test: below
 * VMPL0 it raises #GP, and so early in the boot there is no handler.
 * is_vmpl0(), boot/compressed/sev.c, RFC v4 of July 2021. At VMPL0, VMPL1 loses its access to this one page.
 */
export function is_vmpl0(): boolean {
  return rmpadjust(BOOT_GHCB_PAGE, RMP_PG_SIZE_4K, 1) === 0;
}

/** Ends the boot with set 1, code 3 unless this is VMPL0: enforce_vmpl0(), boot/compressed/sev.c, 5.19. */
export function enforce_vmpl0(): void {
  if (!is_vmpl0()) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_NOT_VMPL0);
}

/**
 * The checks before anything else is done as an SNP guest: sev_enable(), boot/compressed/sev.c, 5.19.
 * The GHCB is not set up here: that happens at the first #VC that needs it, early_setup_ghcb().
 */
export function sev_enable(): void {
  if (!sev_es_negotiate_protocol()) sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SEV_ES_PROT_UNSUPPORTED);
  if (!(get_hv_features() & BigInt(GHCB_HV_FT_SNP))) sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SNP_UNSUPPORTED);
  enforce_vmpl0();
}

/**
 * The same in the patches that were discussed in August 2021: do_early_sev_setup(), boot/compressed/sev.c, RFC v4.
 * The GHCB comes last, so that a guest below VMPL0 ends before it has given a page away.
 */
export function do_early_sev_setup(): void {
  if (!sev_es_negotiate_protocol()) sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SEV_ES_GEN_REQ);
  // The patch meant to test the SNP bit; a slip of precedence made it fire only when there was no feature at all.
  if (get_hv_features() === 0n) sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SNP_UNSUPPORTED);
  if (!is_vmpl0()) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_NOT_VMPL0);
  early_setup_ghcb();
}

/** Shares the boot GHCB page, clears it and registers it: early_setup_ghcb(), boot/compressed/sev.c, 5.19. */
export function early_setup_ghcb(): void {
  set_page_shared(BOOT_GHCB_PAGE);
  clear_page(BOOT_GHCB_PAGE);
  snp_register_ghcb(BOOT_GHCB_PAGE);
}

// ---------------------------------------------------------------------------------------------------------------------
// Page states

/**
 * PVALIDATE with CF folded into the status: EAX = 0 with CF = 1, "nothing was changed", becomes Linux's own
 * PVALIDATE_FAIL_NOUPDATE (255), which is no code of the processor. asm/sev.h, pvalidate(), 5.19. 0 is the only success.
 */
export function pvalidate_status(va: number, size: number, validate: boolean): number {
  const { eax, cf } = pvalidate(va, size, validate);
  return eax === 0 && cf === 1 ? PVALIDATE_FAIL_NOUPDATE : eax;
}

/** One 4 KiB page; anything but success ends the boot: pvalidate_4k_page(), boot/startup/sev-shared.c, 6.16. */
export function pvalidate_4k_page(va: number, validate: boolean): void {
  if (pvalidate_status(va, RMP_PG_SIZE_4K, validate) !== 0) {
    sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PVALIDATE);
  }
}

/**
 * Tells the hypervisor how a page is to be used from now on, and takes part in it with PVALIDATE: on the way to shared
 * before the hypervisor is asked, on the way to private after it. __page_state_change(), boot/compressed/sev.c, 5.19.
 */
export function page_state_change(pa: number, op: number): void {
  if (op === SNP_PAGE_STATE_SHARED) pvalidate_4k_page(pa, false);

  const answer = ghcb_msr_call((BigInt(op) << 52n) | BigInt(pa) | BigInt(GHCB_MSR_PSC_REQ));
  // Bits 63:32 are the hypervisor's error, 0 when it says that it did it.
  if (code(answer) !== BigInt(GHCB_MSR_PSC_RESP) || answer >> 32n !== 0n) {
    sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PSC);
  }

  if (op === SNP_PAGE_STATE_PRIVATE) pvalidate_4k_page(pa, true);
}

/** Private to shared: give the page back, then clear the C-bit. set_page_decrypted(), boot/compressed/ident_map_64.c, 5.19. */
export function set_page_shared(pa: number): void {
  page_state_change(pa, SNP_PAGE_STATE_SHARED);
  set_page_decrypted(pa);
}

/** Shared to private: set the C-bit, then take the page. set_page_encrypted(), boot/compressed/ident_map_64.c, 5.19. */
export function set_page_private(pa: number): void {
  set_page_encrypted(pa);
  page_state_change(pa, SNP_PAGE_STATE_PRIVATE);
}

/**
 * Makes [start, end) the guest's own, a 4 KiB page at a time by the MSR protocol:
 * snp_accept_memory(), boot/compressed/sev.c, 6.15 (earlier versions sent lists through the GHCB page).
 */
export function snp_accept_memory(start: number, end: number): void {
  for (let pa = start; pa < end; pa += PAGE_SIZE) page_state_change(pa, SNP_PAGE_STATE_PRIVATE);
}

/**
 * PVALIDATE of [start, end): 2 MiB at a time where the range allows it; where the RMP entry turns out to be 4 KiB
 * (FAIL_SIZEMISMATCH), the 512 pages one by one. pvalidate_pages(), kernel/sev.c, 6.5.
 */
export function pvalidate_pages(start: number, end: number, validate: boolean): void {
  let va = start;
  while (va < end) {
    const large = va % PMD_SIZE === 0 && va + PMD_SIZE <= end;
    if (!large) {
      pvalidate_4k_page(va, validate);
      va += PAGE_SIZE;
      continue;
    }
    const status = pvalidate_status(va, RMP_PG_SIZE_2M, validate);
    if (status === PVALIDATE_FAIL_SIZEMISMATCH) {
      for (let page = va; page < va + PMD_SIZE; page += PAGE_SIZE) pvalidate_4k_page(page, validate);
    } else if (status !== 0) {
      sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PVALIDATE);
    }
    va += PMD_SIZE;
  }
}

/**
 * Hands a request to the hypervisor through the GHCB page, which must be shared and registered:
 * sev_es_ghcb_hv_call(), kernel/sev-shared.c, 5.19. The caller has set the fields beyond these three.
 * @returns true when the hypervisor took it; what it did is another matter
 */
export function sev_es_ghcb_hv_call(
  exit_code: number,
  exit_info_1: number | bigint,
  exit_info_2: number | bigint,
): boolean {
  ghcb.protocol_version = ghcb_version;
  ghcb.usage = GHCB_DEFAULT_USAGE;
  ghcb.sw_exit_code = exit_code;
  ghcb.sw_exit_info_1 = exit_info_1;
  ghcb.sw_exit_info_2 = exit_info_2;
  wrmsr(MSR_AMD64_SEV_ES_GHCB, BOOT_GHCB_PAGE);
  vmgexit();
  return (BigInt(ghcb.sw_exit_info_1) & 0xffff_ffffn) === 0n;
}

/**
 * Asks for page state changes by a list in the GHCB page's shared buffer: vmgexit_psc(), kernel/sev-shared.c, 6.5.
 * The hypervisor may return before it is through, so it is asked again until the list is done; it may not go back in
 * the list or make it longer.
 * @param entries at most 253: page number << 12, operation << 52, 2M << 56
 */
export function vmgexit_psc(entries: bigint[]): void {
  const header = ghcb.shared_buffer;
  const fail = () => sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PSC);
  const end = entries.length - 1;
  ghcb.valid_bitmap = 0;
  write64(header, BigInt(end) << 16n);
  for (const [i, entry] of entries.entries()) write64(header + 8 + 8 * i, entry);

  let cur = 0;
  while (cur <= end) {
    ghcb.sw_scratch = header;
    if (!sev_es_ghcb_hv_call(SVM_VMGEXIT_PSC, 0, 0) || BigInt(ghcb.sw_exit_info_2) !== 0n) fail();
    const now = read64(header);
    const advanced = Number(now & 0xffffn);
    if (now >> 32n !== 0n || Number((now >> 16n) & 0xffffn) > end || advanced < cur) fail();
    cur = advanced;
  }
}

/**
 * snp_accept_memory() as it was from 6.5 to 6.14, boot/compressed/sev.c: lists of page state changes through the GHCB
 * page, 2 MiB at a time where possible, then PVALIDATE the same way. Call early_setup_ghcb() first.
 */
export function snp_accept_memory_by_list(start: number, end: number): void {
  let pa = start;
  while (pa < end) {
    const first = pa;
    const entries: bigint[] = [];
    while (pa < end && entries.length < VMGEXIT_PSC_MAX_ENTRY) {
      const large = pa % PMD_SIZE === 0 && pa + PMD_SIZE <= end;
      entries.push((BigInt(large) << 56n) | (BigInt(SNP_PAGE_STATE_PRIVATE) << 52n) | BigInt(pa));
      pa += large ? PMD_SIZE : PAGE_SIZE;
    }
    vmgexit_psc(entries);
    pvalidate_pages(first, pa, true);
  }
}

/**
 * Makes a page a VMSA, or an ordinary page again: snp_set_vmsa(), kernel/sev.c, 5.19. EAX of RMPADJUST.
 * The VMSA bit takes effect at VMPL0 only. Target VMPL1 because RMPADJUST wants a target below the caller.
 */
export function snp_set_vmsa(va: number, vmsa: boolean): number {
  return rmpadjust(va, RMP_PG_SIZE_4K, vmsa ? 1 | RMPADJUST_VMSA_PAGE_BIT : 1);
}

// ---------------------------------------------------------------------------------------------------------------------
// Since 6.11 a guest below VMPL0 may boot if an SVSM at VMPL0 does the validating for it

/** Fields of the secrets page that an SVSM fills in: asm/sev.h, struct snp_secrets_page, 6.11. */
const SECRETS_SVSM_SIZE = 0x148;
const SECRETS_SVSM_CAA = 0x150;
const SECRETS_SVSM_GUEST_VMPL = 0x15c;

/** The SVSM that this guest has to ask; null at VMPL0. */
export interface Svsm {
  /** VMPL that the secrets page says this guest runs at */
  guest_vmpl: number;
  /** guest-physical address of the calling area */
  caa: number;
}

/**
 * Finds the SVSM: svsm_setup_ca(), kernel/sev-shared.c, 6.11; called before the GHCB protocol is negotiated.
 * So since 6.11 a guest below VMPL0 without an SVSM ends with 1:7 (or 1:6 without a secrets page), not with 1:3.
 * @param secrets_page guest-physical address, 0 when the firmware gave none
 */
export function svsm_setup_ca(secrets_page: number = SECRETS_PAGE): Svsm | null {
  if (is_vmpl0()) return null;

  if (secrets_page === 0) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_SECRETS_PAGE);
  if (read64(secrets_page + SECRETS_SVSM_SIZE) === 0n) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_NO_SVSM);

  const guest_vmpl = read8(secrets_page + SECRETS_SVSM_GUEST_VMPL);
  if (guest_vmpl === 0) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_SVSM_VMPL0);

  const caa = Number(read64(secrets_page + SECRETS_SVSM_CAA));
  if (caa % PAGE_SIZE !== 0) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_SVSM_CAA);
  return { guest_vmpl, caa };
}

/**
 * sev_enable() of 6.11: VMPL0, or an SVSM and a hypervisor that can run several VMPLs; otherwise 1:3.
 *
 * Later kernels leave the second probe out: the one of svsm_setup_ca() has told the VMPL, and 1:3 follows when that is not 0 and
 * the hypervisor cannot run several (patches of 2025). The ends are the same.
 */
export function sev_enable_with_svsm(): Svsm | null {
  const svsm = svsm_setup_ca();
  if (!sev_es_negotiate_protocol()) sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SEV_ES_PROT_UNSUPPORTED);
  const features = get_hv_features();
  if (!(features & BigInt(GHCB_HV_FT_SNP))) sev_es_terminate(SEV_TERM_SET_GEN, GHCB_SNP_UNSUPPORTED);
  const multi_vmpl = (features & BigInt(GHCB_HV_FT_SNP_MULTI_VMPL)) !== 0n;
  if (!is_vmpl0() && !(svsm !== null && multi_vmpl)) sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_NOT_VMPL0);
  return svsm;
}
