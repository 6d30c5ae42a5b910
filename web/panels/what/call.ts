/** What was asked, as the instruction with its operands: rmpadjust gva=0x8000 target=1 perms=0x0 */
import type { TraceEvent } from "../../core/event";
import { hex } from "../../manual/format";

export function call(event: TraceEvent): string {
  const operands = Object.entries(event.args).map(([name, value]) => {
    const shown = typeof value === "string" && value.startsWith("0x") ? hex(value) : value;
    return `${name}=${shown}`;
  });
  return [event.op, ...operands].join(" ");
}
