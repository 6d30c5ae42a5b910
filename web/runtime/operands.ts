/**
 * What a request from inside a sandbox may hold. The functions inside see to all of this before they ask; here it is seen to
 * again, because what lies in the memory between the two sides is only as good as the sandbox. A request that no program can
 * make is the program's error, never a defect of ours, and never an address.
 */
import { Call } from "./inside/calls";

const BIT = 1;
const BYTE = 0xff;
const U32 = 0xffff_ffff;
/** a physical address */
const ADDRESS = 2 ** 52 - 1;
const PAGE = 4096;
/** a vCPU, or 8 for the one whose exit is handled */
const VCPUS = 8;
/** bytes of an access, which lies in one page */
const LENGTHS = [1, 8, PAGE];

/** The largest value of num[1], num[2] and so on. */
type Operands = readonly number[];

interface Request {
  /** who may ask for it */
  by: "guest" | "hypervisor" | "both";
  operands: Operands;
  /** a text goes with it */
  text?: true;
  /** num[2] is the length of an access at num[1] */
  access?: true;
}

const guest = (...operands: number[]): Request => ({ by: "guest", operands });
const hypervisor = (...operands: number[]): Request => ({ by: "hypervisor", operands });
const access = (by: Request["by"]): Request => ({ by, operands: [ADDRESS, PAGE], access: true });
const text = (by: Request["by"]): Request => ({ by, operands: [], text: true });

/** As calls.ts says what each operand is. */
const REQUESTS: Record<Call, Request> = {
  [Call.PVALIDATE]: guest(ADDRESS, BIT, BIT),
  [Call.RMPADJUST]: guest(ADDRESS, BIT, BYTE, BYTE, BIT),
  [Call.RMPQUERY]: guest(ADDRESS, BYTE),
  [Call.READ]: access("guest"),
  [Call.WRITE]: access("guest"),
  [Call.EXECUTE]: guest(ADDRESS),
  [Call.GPT_GET]: guest(ADDRESS),
  [Call.GPT_MAP]: guest(ADDRESS, ADDRESS, BIT, BIT, BIT, BIT, BIT),
  [Call.RDMSR]: guest(U32),
  [Call.WRMSR]: guest(U32),
  [Call.VMGEXIT]: guest(),
  [Call.CPUID]: guest(U32, U32),
  [Call.HALT]: guest(),
  [Call.CPL]: guest(3),
  [Call.FORK]: guest(),
  [Call.RMPUPDATE]: hypervisor(ADDRESS, ADDRESS, U32, BIT, BIT, BIT),
  [Call.PSMASH]: hypervisor(ADDRESS),
  [Call.RMPREAD]: hypervisor(ADDRESS),
  [Call.NPT_MAP]: hypervisor(ADDRESS, ADDRESS, BIT, BIT, BIT, BIT),
  [Call.NPT_UNMAP]: hypervisor(ADDRESS),
  [Call.NPT_GET]: hypervisor(ADDRESS),
  [Call.HOST_READ]: access("hypervisor"),
  [Call.HOST_WRITE]: access("hypervisor"),
  [Call.ALLOC]: hypervisor(BIT),
  [Call.FREE]: hypervisor(ADDRESS, BIT),
  [Call.VMRUN]: hypervisor(ADDRESS, VCPUS),
  [Call.SET_VMSA]: hypervisor(ADDRESS, VCPUS, BIT),
  [Call.KICK]: hypervisor(VCPUS),
  [Call.WAIT]: hypervisor(VCPUS),
  [Call.WAKE]: hypervisor(VCPUS),
  [Call.TURN]: hypervisor(VCPUS),
  [Call.INJECT]: hypervisor(VCPUS, 31, U32),
  [Call.VCPU]: hypervisor(VCPUS),
  [Call.VMSA_OF]: hypervisor(VCPUS, 3),
  [Call.GHCB_MSR]: hypervisor(VCPUS, 3),
  [Call.SET_GHCB_MSR]: hypervisor(VCPUS, 3),
  [Call.HOST_RDMSR]: hypervisor(BYTE, U32),
  [Call.HOST_WRMSR]: hypervisor(BYTE, U32),
  [Call.SNP_INIT]: hypervisor(),
  [Call.GCTX_CREATE]: hypervisor(ADDRESS),
  [Call.LAUNCH_START]: hypervisor(ADDRESS, BIT),
  [Call.ACTIVATE]: hypervisor(ADDRESS, U32),
  [Call.LAUNCH_UPDATE]: hypervisor(ADDRESS, ADDRESS, BYTE, 3, BYTE, BYTE, BYTE),
  [Call.LAUNCH_FINISH]: hypervisor(ADDRESS),
  [Call.TERMINATE]: hypervisor(15, BYTE),
  [Call.GUEST_CPUID]: hypervisor(U32, U32),
  [Call.REFUSE]: text("hypervisor"),
  [Call.STOP]: text("hypervisor"),
  [Call.RUN_FAILED]: text("hypervisor"),
  [Call.MEMORY_FAULT]: text("hypervisor"),
  [Call.SERIAL]: hypervisor(BYTE),
  [Call.LAUNCH_DIGEST]: hypervisor(ADDRESS),
  [Call.SNP_INIT_EX]: hypervisor(3, ADDRESS, U32, ADDRESS, U32, ADDRESS, U32),
  [Call.SNP_SHUTDOWN]: hypervisor(BIT, BIT, BIT),
  [Call.DECOMMISSION]: hypervisor(ADDRESS),
  [Call.GUEST_STATUS]: hypervisor(ADDRESS),
  [Call.GUEST_REQUEST]: hypervisor(ADDRESS, BYTE, U32),
  [Call.PAGE_RECLAIM]: hypervisor(ADDRESS, BIT),
  [Call.PAGE_SET_STATE]: hypervisor(ADDRESS, U32),
  [Call.PAGE_MD_INIT]: hypervisor(ADDRESS, ADDRESS),
  [Call.DF_FLUSH]: hypervisor(),
  [Call.WBINVD]: hypervisor(BYTE),
  [Call.LOG]: text("both"),
};

/** A spa or gpa, or what a sandbox gives for one. */
export function isAddress(value: number | undefined): value is number {
  return value !== undefined && isWhole(value, ADDRESS);
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** What is wrong with the request for `op`, in a sentence; null when it can be made. */
export function misuse(kind: "guest" | "hypervisor", op: number, num: Float64Array, hasText: boolean): string | null {
  const request: Request | undefined = Object.hasOwn(REQUESTS, op) ? REQUESTS[op as Call] : undefined;
  if (!request || (request.by !== kind && request.by !== "both") || hasText !== (request.text === true)) {
    return `A ${kind} cannot ask for operation ${op}`;
  }
  for (const [i, most] of request.operands.entries()) {
    const operand = num[i + 1] ?? 0;
    if (isWhole(operand, most)) continue;
    return `Operand ${i + 1} of operation ${Call[op]} cannot be ${operand}`;
  }
  if (!request.access) return null;
  const [, at = 0, length = 0] = num;
  const fits = LENGTHS.includes(length) && (at % PAGE) + length <= PAGE;
  return fits ? null : `An access of ${length} bytes at 0x${at.toString(16)} is none`;
}
