/**
 * The codes under a sentence, as the manuals write them: `#GP(0)`, `EAX=2 FAIL_PERMISSION`, `EAX=0 CF=1`,
 * `#NPF EXITINFO1=0x5_8000_0005 (ENC FINAL RMP US P) EXITINFO2=0x20_0000`.
 */
import { Eax, FwStatus, Vc } from "../../assembly/abi";
import type { TraceEvent } from "../core/event";
import { operation, opNamed } from "../trace/operations";
import { exitinfo1, hex, pageFault, permissions, size, small } from "./format";

const VC_NAMES: Record<number, string> = { [Vc.NPF]: " MMIO", [Vc.PAGE_NOT_VALIDATED]: " PAGE_NOT_VALIDATED" };

/** An error code as the manuals write it: #GP(0), not #GP(0x0). */
function errorCode(event: TraceEvent): string {
  return small(event.error) === 0 ? "0" : hex(event.error);
}

function faultCodes(event: TraceEvent): string {
  const at = event.cr2 === undefined ? "" : ` CR2=${hex(event.cr2)}`;
  switch (event.fault) {
    case "#GP":
      return `#GP(${errorCode(event)})`;
    case "#PF": {
      const names = pageFault(event.error ?? 0);
      return `#PF(${errorCode(event)}${names && ` ${names}`})${at}`;
    }
    case "#VC":
      return `#VC(${errorCode(event)}${VC_NAMES[small(event.error)] ?? ""})${at}`;
    case "#NPF":
      return `#NPF EXITINFO1=${hex(event.exitinfo1)} (${exitinfo1(event.exitinfo1 ?? 0)}) EXITINFO2=${hex(event.exitinfo2)}`;
    default:
      return event.fault ?? "";
  }
}

/** What a success left in registers beside EAX. */
function results(event: TraceEvent): string {
  const r = event.result ?? {};
  switch (event.op) {
    case "rmpquery":
      return ` permissions ${permissions(r.perms)}, VMSA ${small(r.vmsa)}, ${size(r.size)}`;
    case "rmpread":
      return ` assigned ${small(r.assigned)}, ${size(r.size)}, immutable ${small(r.immutable)}, ASID ${small(r.asid)}, gpa ${hex(r.gpa)}`;
    case "cpuid":
      return `EAX=${hex(r.eax)} EBX=${hex(r.ebx)} ECX=${hex(r.ecx)} EDX=${hex(r.edx)}`;
    default:
      return "";
  }
}

/** The codes of the event, "" when there are none (a page-table edit, HLT). */
export function codes(event: TraceEvent): string {
  if (event.fault) return faultCodes(event);
  const { eax, op, args } = event;
  const number = opNamed(op);
  const returns = number === undefined ? "nothing" : operation(number).returns;
  if (returns === "status") {
    const status = eax ?? 0;
    return `status ${hex(status)} ${event.status ?? FwStatus[status] ?? ""}`.trim();
  }
  if (eax !== undefined) {
    if (eax !== 0) return `EAX=${eax} ${event.status ?? Eax[eax] ?? ""}`.trim();
    return returns === "eax, cf" ? `EAX=0 CF=${event.cf ?? 0}` : `EAX=0${results(event)}`;
  }
  if (op === "vmgexit") {
    const after = event.result?.msr;
    return `GHCB MSR ${hex(args.msr)}${after === undefined || small(after) === 0 ? "" : ` -> ${hex(after)}`}`;
  }
  if (op === "wrmsr" || op === "host-wrmsr") return `MSR ${hex(args.msr)} = ${hex(args.value)}`;
  if (op === "rdmsr" || op === "host-rdmsr") return `MSR ${hex(args.msr)} = ${hex(event.result?.value)}`;
  return results(event);
}
