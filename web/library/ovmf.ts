/**
 * What OVMF does in its SEC phase as an SNP guest, written from what edk2's source says and not copied from it.
 * Each function names the edk2 function that it follows; file paths are below OvmfPkg/Library/BaseMemEncryptSevLib/X64.
 * State of edk2 of 2021 to 2023, before it knew SVSMs.
 */

/** The page on which OVMF tries RMPADJUST is a static page of its own: any launched page will do here. */
const VMPL_CHECK_PAGE = 0xf000;

/** EAX of PVALIDATE for "2M asked, RMP entry is 4K". */
const PVALIDATE_RET_SIZE_MISMATCH = 6;

const SEV_SNP_PAGE_PRIVATE = 1;
const SEV_SNP_PAGE_SHARED = 2;

/**
 * Ends the boot with set 0, code 0: SnpPageStateFailureTerminate(), SnpPageStateChangeInternal.c.
 * OVMF has one reason for everything, so a VMPL that is not 0 and a page that was validated twice look alike outside.
 */
export function SnpPageStateFailureTerminate(): never {
  wrmsr(MSR_AMD64_SEV_ES_GHCB, GHCB_MSR_TERM_REQ);
  vmgexit();
  for (;;) halt();
}

/** The same probe as Linux's, on another page: SevSnpIsVmpl0(), SecSnpSystemRamValidate.c. */
export function SevSnpIsVmpl0(): boolean {
  return rmpadjust(VMPL_CHECK_PAGE, RMP_PG_SIZE_4K, 1) === 0;
}

/**
 * Validates system RAM before anything uses it: MemEncryptSevSnpPreValidateSystemRam(), SecSnpSystemRamValidate.c.
 * Below VMPL0 the boot ends here, so behind this OVMF no kernel ever gets to make its own check.
 * @param base guest-physical address, page aligned
 * @param pages number of 4 KiB pages
 */
export function MemEncryptSevSnpPreValidateSystemRam(base: number, pages: number): void {
  if (!SevSnpIsVmpl0()) SnpPageStateFailureTerminate();
  InternalSetPageState(base, pages, true);
}

/**
 * Shared to private or back: InternalSetPageState(), SnpPageStateChangeInternal.c.
 * To shared, the pages are rescinded before the hypervisor is asked; to private, validated after it.
 */
export function InternalSetPageState(base: number, pages: number, toPrivate: boolean): void {
  if (!toPrivate) PvalidateRange(base, pages, false);
  PageStateChangeVmgExit(base, pages, toPrivate ? SEV_SNP_PAGE_PRIVATE : SEV_SNP_PAGE_SHARED);
  if (toPrivate) PvalidateRange(base, pages, true);
}

/**
 * Asks the hypervisor: PageStateChangeVmgExit(), SnpPageStateChangeInternal.c.
 * Simplified: OVMF sends a list of pages through the GHCB page; here each page goes by the MSR protocol.
 */
function PageStateChangeVmgExit(base: number, pages: number, op: number): void {
  for (let i = 0; i < pages; i++) {
    wrmsr(MSR_AMD64_SEV_ES_GHCB, (BigInt(op) << 52n) | BigInt(base + i * PAGE_SIZE) | BigInt(GHCB_MSR_PSC_REQ));
    vmgexit();
    const answer = rdmsr(MSR_AMD64_SEV_ES_GHCB);
    if ((answer & 0xfffn) !== BigInt(GHCB_MSR_PSC_RESP) || answer >> 32n !== 0n) SnpPageStateFailureTerminate();
  }
}

/**
 * PVALIDATE of a range, 2 MiB at a time where it can, 4 KiB pages where the RMP has those: PvalidateRange().
 * CF = 1, "it was so already", ends the boot: somebody validated this page before, and validating a page twice is how a
 * hypervisor gets two pages for one address.
 */
function PvalidateRange(base: number, pages: number, validate: boolean): void {
  const end = base + pages * PAGE_SIZE;
  let va = base;
  while (va < end) {
    const large = va % PMD_SIZE === 0 && va + PMD_SIZE <= end;
    if (large) {
      const { eax, cf } = pvalidate(va, RMP_PG_SIZE_2M, validate);
      if (eax === 0 && cf === 0) {
        va += PMD_SIZE;
        continue;
      }
      if (eax !== PVALIDATE_RET_SIZE_MISMATCH) SnpPageStateFailureTerminate();
    }
    const stop = large ? va + PMD_SIZE : va + PAGE_SIZE;
    for (; va < stop; va += PAGE_SIZE) {
      const { eax, cf } = pvalidate(va, RMP_PG_SIZE_4K, validate);
      if (eax !== 0 || cf !== 0) SnpPageStateFailureTerminate();
    }
  }
}
