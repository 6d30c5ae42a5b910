/**
 * VMGEXIT. By the GHCB page: KVM copies the fields, checks that the guest has named what the event needs, answers, and copies
 * its registers back. GHCB specification, section 4.
 */
import { runFailed } from "./failures";
import { hex } from "./hex";
import { cpuid, debugRegister, hypercall, mmio, msr, performanceCounter, port, timestamp } from "./instructions";
import { features, msrRequest } from "./msr";
import { changeList } from "./psc";
import { extendedGuestRequest, guestRequest } from "./requests";
import { Scratch, scratchArea } from "./scratch";
import { createAp, isRegistered, isSvsmHost, resetHold, runVmplByPage } from "./vcpus";

/** [sev_handle_vmgexit()] */
export function vmgexit(hv: Hypervisor, exit: Vmgexit): bigint | true {
  return exit.code === undefined ? msrRequest(hv, exit) : pageRequest(hv, exit);
}

/** Fields that a request may need: offset in the page, and bytes. */
const FIELDS = {
  cpl: [0xcb, 1],
  rax: [0x1f8, 8],
  rcx: [0x308, 8],
  rdx: [0x310, 8],
  rbx: [0x318, 8],
  exit_code: [0x390, 8],
  exit_info_1: [0x398, 8],
  exit_info_2: [0x3a0, 8],
  scratch: [0x3a8, 8],
  xcr0: [0x3e8, 8],
} as const;
export type Field = keyof typeof FIELDS;

/** What KVM copied from the page; a register without its valid bit is 0. [sev_es_sync_from_ghcb()] */
export class Request {
  readonly usage: number;
  rax: bigint;
  rbx: bigint;
  rcx: bigint;
  rdx: bigint;
  readonly cpl: number;
  private readonly page: DataView;

  constructor(
    readonly hv: Hypervisor,
    readonly exit: GhcbExit,
  ) {
    this.page = new DataView(hv.read_page(this.spa).buffer);
    this.usage = this.page.getUint32(0xffc, true);
    this.rax = this.value("rax");
    this.rbx = this.value("rbx");
    this.rcx = this.value("rcx");
    this.rdx = this.value("rdx");
    this.cpl = Number(this.value("cpl"));
  }

  get code(): number {
    return Number(this.exit.code);
  }
  get info1(): bigint {
    return this.exit.info1;
  }
  get info2(): bigint {
    return this.exit.info2;
  }
  private get spa(): number {
    return this.exit.ghcb.shared_buffer - 0x800;
  }

  /** Is the field's bit set in the valid bitmap, one bit for 8 bytes of the page? */
  has(field: Field): boolean {
    const bit = Math.floor(FIELDS[field][0] / 8);
    return ((this.page.getUint8(0x3f0 + Math.floor(bit / 8)) >> (bit % 8)) & 1) === 1;
  }

  private value(field: Field): bigint {
    const [offset, bytes] = FIELDS[field];
    if (!this.has(field)) return 0n;
    return bytes === 1 ? BigInt(this.page.getUint8(offset)) : this.page.getBigUint64(offset, true);
  }

  private get place() {
    return { gpa: Number(this.exit.msr), spa: this.spa };
  }

  /** Where the request's data is; null when KVM refuses the place. */
  scratch(length: number): Scratch | null {
    return scratchArea(this.hv, this.place, this.value("scratch"), length);
  }

  /** The guest's memory from `gpa` on, as QEMU has it. */
  memory(gpa: number): Scratch {
    return new Scratch(this.hv, gpa, this.place);
  }

  /** The four registers, EXITINFO1 and EXITINFO2, with their valid bits and no others. [sev_es_sync_to_ghcb()] */
  answer(info1: number, info2: number | bigint): true {
    const { ghcb } = this.exit;
    ghcb.rax = this.rax;
    ghcb.rbx = this.rbx;
    ghcb.rcx = this.rcx;
    ghcb.rdx = this.rdx;
    ghcb.sw_exit_info_1 = info1;
    ghcb.sw_exit_info_2 = info2;
    ghcb.valid_bitmap = VALID_IN_ANSWER;
    return true;
  }

  done(info2: number | bigint = 0): true {
    return this.answer(GHCB_HV_RESP_NO_ACTION, info2);
  }

  /** The guest made a mistake, and is told which. [svm_vmgexit_bad_input()] */
  refuse(error: number): true {
    return this.answer(GHCB_HV_RESP_MALFORMED_INPUT, error);
  }

  /** The guest's handler is to raise #GP(0): vector, type 3 (exception) and valid, as in EVENTINJ. [svm_vmgexit_inject_exception()] */
  raiseGp(): true {
    return this.answer(GHCB_HV_RESP_ISSUE_EXCEPTION, 0x8000_0300 + X86_TRAP_GP);
  }
}

const VALID_IN_ANSWER = (["rax", "rbx", "rcx", "rdx", "exit_info_1", "exit_info_2"] as const).reduce(
  (bits, field) => bits | (1n << BigInt(FIELDS[field][0] / 8)),
  0n,
);

/** An event that KVM knows: what it needs of the page beyond code and EXITINFO, and what KVM does. */
interface Event {
  needs?: readonly Field[] | ((r: Request) => readonly Field[]);
  /** EXITINFO1 and EXITINFO2 are as they have to be; when left out, they may be anything */
  fits?(r: Request): boolean;
  handle(r: Request): true;
}

const OUT_IN = 1n;
const STRING = 4n;
const nothing: Event = { handle: (r) => r.done() };

/** [sev_es_validate_vmgexit(), sev_handle_vmgexit(), svm_exit_handlers] */
const EVENTS: Record<number, Event> = {
  [SVM_EXIT_READ_DR7]: { handle: debugRegister },
  [SVM_EXIT_WRITE_DR7]: { needs: ["rax"], handle: debugRegister },
  [SVM_EXIT_RDTSC]: { handle: timestamp },
  [SVM_EXIT_RDPMC]: { needs: ["rcx"], handle: performanceCounter },
  [SVM_EXIT_CPUID]: { needs: (r) => (r.rax === 0xdn ? ["rax", "rcx", "xcr0"] : ["rax", "rcx"]), handle: cpuid },
  [SVM_EXIT_INVD]: nothing,
  [SVM_EXIT_IOIO]: {
    needs: (r) => (r.info1 & STRING ? ["scratch"] : r.info1 & OUT_IN ? [] : ["rax"]),
    handle: port,
  },
  [SVM_EXIT_MSR]: { needs: (r) => (r.info1 === 0n ? ["rcx"] : ["rcx", "rax", "rdx"]), handle: msr },
  [SVM_EXIT_VMMCALL]: { needs: ["rax", "cpl"], handle: hypercall },
  [SVM_EXIT_RDTSCP]: { handle: timestamp },
  [SVM_EXIT_WBINVD]: nothing,
  [SVM_EXIT_MONITOR]: { needs: ["rax", "rcx", "rdx"], ...nothing },
  [SVM_EXIT_MWAIT]: { needs: ["rax", "rcx"], ...nothing },
  [SVM_VMGEXIT_MMIO_READ]: { needs: ["scratch"], handle: mmio },
  [SVM_VMGEXIT_MMIO_WRITE]: { needs: ["scratch"], handle: mmio },
  [SVM_VMGEXIT_NMI_COMPLETE]: nothing,
  [SVM_VMGEXIT_AP_HLT_LOOP]: { handle: resetHold },
  [SVM_VMGEXIT_AP_JUMP_TABLE]: { handle: jumpTable },
  [SVM_VMGEXIT_PSC]: {
    needs: ["scratch"],
    handle(r) {
      const list = r.scratch(Number(r.info2));
      return list ? r.done(changeList(list)) : r.refuse(GHCB_ERR_INVALID_SCRATCH_AREA);
    },
  },
  [SVM_VMGEXIT_GUEST_REQUEST]: { fits: twoPages, handle: guestRequest },
  [SVM_VMGEXIT_EXT_GUEST_REQUEST]: { fits: twoPages, handle: extendedGuestRequest },
  [SVM_VMGEXIT_AP_CREATION]: {
    needs: (r) => (Number(r.info1 & 0xffff_ffffn) === SVM_VMGEXIT_AP_DESTROY ? [] : ["rax"]),
    handle: createAp,
  },
  [SVM_VMGEXIT_HV_FEATURES]: { handle: (r) => r.done(features(r.hv)) },
  [SVM_VMGEXIT_TERM_REQUEST]: {
    handle(r) {
      log(`SEV-ES guest requested termination: reason ${hex(r.info1)} info ${hex(r.info2)}`);
      return r.hv.terminate(Number(r.info1 & 0xfn), Number((r.info1 >> 4n) & 0xffn));
    },
  },
  [SVM_VMGEXIT_UNSUPPORTED_EVENT]: {
    handle(r) {
      const which = `exit_info_1=${hex(r.info1)}, exit_info_2=${hex(r.info2)}`;
      return runFailed(r.hv, `vmgexit: unsupported event - ${which}`);
    },
  },
};

/** For a host that runs an SVSM. */
const RUN_VMPL: Event = { handle: runVmplByPage };

/** A request in the GHCB page. */
function pageRequest(hv: Hypervisor, exit: GhcbExit): true {
  const request = new Request(hv, exit);
  if (!isRegistered(hv, exit)) runFailed(hv, `vmgexit: GHCB GPA [${hex(exit.msr)}] is not registered.`);
  const { code, usage } = request;
  if (usage !== GHCB_DEFAULT_USAGE) {
    log(`vmgexit: ghcb usage ${hex(usage)} is not valid`);
    return request.refuse(GHCB_ERR_INVALID_USAGE);
  }
  const event = code === SVM_VMGEXIT_SNP_RUN_VMPL && isSvsmHost(hv) ? RUN_VMPL : EVENTS[code];
  const needs = typeof event?.needs === "function" ? event.needs(request) : (event?.needs ?? []);
  const said = ["exit_code", "exit_info_1", "exit_info_2"] as const;
  const complete = said.every((field) => request.has(field));
  if (complete && !event) {
    log(`vmgexit: exit code ${hex(code)} is not valid`);
    return request.refuse(GHCB_ERR_INVALID_EVENT);
  }
  if (!complete || !event || !needs.every((field) => request.has(field)) || event.fits?.(request) === false) {
    log(`vmgexit: exit code ${hex(code)} input is not valid`);
    return request.refuse(GHCB_ERR_MISSING_INPUT);
  }
  return event.handle(request);
}

/** A guest request names two pages, and not the same one twice. */
function twoPages({ info1, info2 }: Request): boolean {
  return (info1 | info2) % BigInt(PAGE_SIZE) === 0n && info1 !== info2;
}

/** The address of the guest's AP jump table, kept for it: 0 sets it, 1 gets it. */
let apJumpTable = 0n;

function jumpTable(r: Request): true {
  if (r.info1 === 1n) return r.done(apJumpTable);
  if (r.info1 === 0n) {
    apJumpTable = r.info2;
    return r.done();
  }
  log(`svm: vmgexit: unsupported AP jump table request - exit_info_1=${hex(r.info1)}`);
  return r.refuse(GHCB_ERR_INVALID_INPUT);
}
