/** How a run ended, in one sentence and in a few words for beside the VMPL picker. */
import type { End } from "../runtime/protocol";
import { plain } from "../scenario/quoted";
import { hex } from "./format";
import { terminationMeaning } from "./termination";

const VECTOR: Record<number, string> = { 6: "#UD", 8: "#DF", 13: "#GP", 14: "#PF", 29: "#VC" };

function exception(vector: number): string {
  return VECTOR[vector] ?? `vector ${vector}`;
}

const STOPPED: Record<Extract<End, { end: "stopped" }>["reason"], readonly [label: string, sentence: string]> = {
  // whose loop it is, KVM's or a program's, is in the run's own words
  "npf-loop": ["#NPF loop", ""],
  "vmexit-invalid": ["VMEXIT_INVALID", "VMRUN was refused: the vCPU cannot run."],
  "host-pf": ["host #PF", "The hypervisor program took a #PF that it did not catch."],
  "kvm-run": ["KVM_RUN failed", "KVM_RUN failed, and QEMU ended the VM."],
  "memory-fault": ["memory fault", "QEMU could not convert the memory, and ended the VM."],
  hypervisor: ["stopped", "The hypervisor gave up."],
  deadlock: ["deadlock", "Every vCPU waits, and nobody is left to wake one."],
};

const FUEL: Record<Extract<End, { end: "fuel" }>["limit"], string> = {
  steps: "The run was cut: it made more events than one run may have.",
  changes: "The run was cut: it changed more of the machine than one run may.",
  instructions: "The run was cut: the programs executed more instructions than one run may have.",
  contexts: "The run was cut: more VMSA pages became contexts than one run may have.",
  switches: "The run was cut: it changed from one context to another more often than one run may.",
  time: "The run was cut: a program was silent for too long.",
};

/** Which context it was, unless it is the one that every guest has. */
function whoTook({ vcpu = 0, vmpl = 0 }: Extract<End, { end: "shutdown" }>): string {
  return vcpu === 0 && vmpl === 0 ? "The guest" : `vCPU ${vcpu} at VMPL${vmpl}`;
}

/** One sentence; the hypervisor's or the program's own words after it. */
export function endSentence(end: End): string {
  switch (end.end) {
    case "completed":
      return "The boot completed.";
    case "terminated": {
      const meaning = terminationMeaning(end.set, end.code);
      return `The guest asked to be terminated, set ${end.set}, code ${end.code} (${end.name})${meaning && `: ${meaning}`}.`;
    }
    case "shutdown": {
      const code = `(${hex(end.errorCode).replace(/^0x0$/, "0")})`;
      const at = end.cr2 === undefined ? "" : ` at ${hex(end.cr2)}`;
      return `${whoTook(end)} took ${exception(end.vector)}${code}${at} and had no handler: shutdown.`;
    }
    case "stopped": {
      const [, sentence] = STOPPED[end.reason];
      const text = plain(end.text).trim();
      if (!text) return sentence;
      const words = `${text}${/[.?]$/.test(text) ? "" : "."}`;
      return sentence === "" || text.startsWith(sentence.slice(0, -1)) ? words : `${sentence.slice(0, -1)}: ${words}`;
    }
    case "refused":
      // "FAIL_INPUT" is an answer, "RMP does not cover system memory" is a reason
      if (/ /.test(end.status)) return `The guest was not started: ${plain(end.status)}.`;
      if (end.step === undefined) return `The guest was not started: the firmware answered ${plain(end.status)}.`;
      return `The guest was not started: ${plain(end.step)} answered ${plain(end.status)}.`;
    case "fuel":
      return FUEL[end.limit];
    case "error":
      return `The program is wrong, ${end.file} line ${end.line}, column ${end.column}: ${plain(end.message)}`;
  }
}

/** A few words: "completed", "terminated 1:3", "#GP, no handler". */
export function endLabel(end: End): string {
  switch (end.end) {
    case "completed":
      return "completed";
    case "terminated":
      return `terminated ${end.set}:${end.code}`;
    case "shutdown":
      return `${exception(end.vector)}, no handler`;
    case "stopped":
      return STOPPED[end.reason][0];
    case "refused":
      return `refused, ${plain(end.status, 40)}`;
    case "fuel":
      return end.limit === "time" ? "too long" : `too many ${end.limit}`;
    case "error":
      return "program error";
  }
}
