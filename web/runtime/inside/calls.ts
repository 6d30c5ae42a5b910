/**
 * What programs and runtime say to each other, by number. This file is read twice: by the runtime as TypeScript, and inside
 * the sandbox as text.
 */

/** A request from inside. Operands and results travel in the boundary's `num` and `wide` (boundary.ts), by the index given. */
export enum Call {
  /** num[1] va, [2] size, [3] validate; back: num[1] eax, [2] cf */
  PVALIDATE = 1,
  /** num[1] va, [2] size, [3] target, [4] permissions, [5] vmsa; back: num[1] eax */
  RMPADJUST,
  /** num[1] va, [2] target; back: num[1] eax, [2] perms, [3] vmsa, [4] size */
  RMPQUERY,
  /** num[1] va, [2] length 1, 8 or 4096; back: wide[0], or page */
  READ,
  /** num[1] va, [2] length, wide[0] or page */
  WRITE,
  /** num[1] va */
  EXECUTE,
  /** num[1] va; back: num[1] pa, [2] c, [3] p, [4] w, [5] u, [6] x. No event. */
  GPT_GET,
  /** num[1] va, [2] pa, [3] c, [4] p, [5] w, [6] u, [7] x */
  GPT_MAP,
  /** num[1] msr; back: wide[0] */
  RDMSR,
  /** num[1] msr, wide[0] */
  WRMSR,
  VMGEXIT,
  /** num[1] leaf, [2] subleaf; back: num[1..4] */
  CPUID,
  HALT,
  /** num[1] level */
  CPL,
  /** back: num[1] the RIP under which the program is kept as it stands. No event. */
  FORK,

  /** num[1] spa, [2] gpa, [3] asid, [4] assigned, [5] immutable, [6] size; back: num[1] eax */
  RMPUPDATE = 32,
  /** num[1] spa; back: num[1] eax */
  PSMASH,
  /** num[1] spa; back: num[1] eax, [2] gpa, [3] assigned, [4] size, [5] others, [6] immutable, [7] asid */
  RMPREAD,
  /** num[1] gpa, [2] spa, [3] size, [4] w, [5] x, [6] reserved bit set, and no spa */
  NPT_MAP,
  /** num[1] gpa */
  NPT_UNMAP,
  /** num[1] gpa; back: num[1] 1 if there is one, [2] spa, [3] size, [4] w, [5] x. No event. */
  NPT_GET,
  /** num[1] spa, [2] length; back: wide[0], or page */
  HOST_READ,
  /** num[1] spa, [2] length, wide[0] or page */
  HOST_WRITE,
  /** num[1] size; back: num[1] spa. No event. */
  ALLOC,
  /** num[1] spa, [2] size. No event. */
  FREE,
  /** num[1] spa, [2] vcpu, 8 for the one whose exit is handled; back: num[1] 1 if refused */
  VMRUN,
  /** num[1] core, [2] msr; back: wide[0] */
  HOST_RDMSR,
  /** num[1] core, [2] msr, wide[0] */
  HOST_WRMSR,
  /** the firmware commands; back: num[1] status */
  SNP_INIT,
  /** num[1] spa of the context, as in all of the following */
  GCTX_CREATE,
  /** num[2] IMI_EN, wide[0] policy */
  LAUNCH_START,
  /** num[2] asid */
  ACTIVATE,
  /** num[2] spa, [3] type, [4] size | IMI_PAGE << 1, [5..7] permissions of VMPL1..3 */
  LAUNCH_UPDATE,
  LAUNCH_FINISH,
  /** num[1] set, [2] code */
  TERMINATE,
  /** num[1] leaf, [2] subleaf; back: num[1..4]: what the hypervisor would answer. No event. */
  GUEST_CPUID,
  /** text: status; behind STEP_MARK, if it is there, the step that it was given to */
  REFUSE,
  /** text: reason */
  STOP,
  /** text: why KVM_RUN failed */
  RUN_FAILED,
  /** text: why memory was not converted */
  MEMORY_FAULT,
  /** num[1] byte: to the guest's serial port. No event. */
  SERIAL,
  /** num[1] spa of the context; back: page, its first 48 bytes. No event. */
  LAUNCH_DIGEST,
  /** num[1] INIT_RMP | CIPHERTEXT_HIDING_EN << 1, [2] [3], [4] [5], [6] [7]: first spa and number of pages of up to three HV-Fixed ranges */
  SNP_INIT_EX,
  /** num[1] 1: SNP_SHUTDOWN_EX, [2] IOMMU_SNP_SHUTDOWN, [3] X86_SNP_SHUTDOWN */
  SNP_SHUTDOWN,
  DECOMMISSION,
  /** back: num[1] status, [2] state, [3] asid, wide[0] policy */
  GUEST_STATUS,
  /** num[2] VMPCK, [3] VMPL */
  GUEST_REQUEST,
  /** num[1] spa, [2] size */
  PAGE_RECLAIM,
  /** num[1] spa, [2] number of pages */
  PAGE_SET_STATE,
  /** num[2] spa */
  PAGE_MD_INIT,
  /** num[1] spa, [2] vcpu, 8 for the one whose exit is handled, [3] 1: no page at all. No event. */
  SET_VMSA,
  /** num[1] vcpu, as in all of the following; no event */
  KICK,
  /** num[1] 8 for the one whose exit is handled */
  WAIT,
  WAKE,
  TURN,
  /** num[2] vector, [3] error code */
  INJECT,
  /** back: num[1] vmpl, [2] spa of the VMSA, -1 for none, [3] 0 running, 1 waiting, 2 ended */
  VCPU,
  /** num[2] vmpl; back: num[1] spa, -1 for none */
  VMSA_OF,
  /** num[2] vmpl; back: wide[0] */
  GHCB_MSR,
  /** num[2] vmpl, wide[0] */
  SET_GHCB_MSR,
  DF_FLUSH,
  /** num[1] core */
  WBINVD,

  /** text: the line */
  LOG = 128,
}

/** Between a status and the step it was given to; no text of a program's log has it behind a status. */
export const STEP_MARK = "\u0001";

/** How a request came out: num[0] afterwards. */
export enum Status {
  DONE = 0,
  /** num[1] vector, [2] error code, [3] CR2 */
  EXCEPTION = 1,
  /** the run has ended; this was not done */
  ENDED = 2,
  /** the program asked for something that makes no sense; the sentence is the boundary's message */
  WRONG = 3,
}

/** What the runtime calls a hypervisor program for, by the same way: operands in num and wide. */
export enum Hook {
  /** back: num[1] spa of the boot VMSA */
  LAUNCH = 1,
  /** num[1] vcpu, [2] vmpl, wide[0] msr; back: wide[0] the answer */
  VMGEXIT_MSR,
  /**
   * num[1] vcpu, [2] vmpl, [3] spa of the GHCB page, -1 for one that the default has yet to take, wide[0] msr, wide[1..3] code,
   * info1, info2; back: num[3] spa
   */
  VMGEXIT_GHCB,
  /** num[1] vcpu, [2] vmpl, [3] gpa, wide[0] exitinfo1; back: num[1] 1 if a program dealt with it by itself */
  NPF,
  /** num[1] n, [2] vcpu, [3] vmpl, [4] gva, -1 for none; the name of the operation is the boundary's message */
  BETWEEN,
  /** num[1] vcpu, [2] vmpl, wide[0] code, [1] info1, [2] info2 */
  VMEXIT,
}
