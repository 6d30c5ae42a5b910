// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/**
 * How a hypervisor program is called: its exports, the default's where it has none or returns undefined, and `hv`.
 */
import { call, num, told, wide } from "./boundary";
import { Call, Hook } from "./calls";
import { fieldSet } from "./fieldset";
import { actions, askFor, setCounts } from "./host";
import { address, bitOr, put, putWide, shown, small } from "./numbers";
import { fields, NOTHING } from "./operands";
import { configure as configureRam, surround } from "./surroundings";

export { stack, thrown } from "./questions";

type Name = "launch" | "vmgexit" | "npf" | "vmexit" | "between";
type Program = { readonly [name in Name]?: (...operands: unknown[]) => unknown };
/** The default has no `between`, it never attacks; and the other exits go on by themselves. */
interface Defaults extends Required<Omit<Program, "between" | "vmexit">> {
  /** which side of its two an address is on */
  side(gpa: number): "private" | "shared";
  /** the page of the shared side that is there; null when it is not */
  sharedSide(gpa: number): number | null;
  /** the page of the shared side, taken when there is none */
  takeShared(hv: object, gpa: number): number;
  /** the VMSA that the guest has registered for a VMPL of a vCPU; undefined when it said nothing of it */
  vmsaOf(vcpu: number, vmpl: number): number | null | undefined;
}

const { defineProperties, freeze, getOwnPropertyDescriptors } = Object;
const { parse } = JSON;
const NativeTypeError = TypeError;
const NativeBigInt = BigInt;

let defaults = {} as Defaults;
let program: Program = NOTHING;
let hv: object = {};

/** The machine of the scenario (JSON), before its program is loaded. */
export function configure(json: string): void {
  configureRam(json);
  const { asid, vmpl, hvFeatures, ...config } = parse(json) as {
    asid: number;
    vmpl: number;
    cores: number;
    vcpus: number;
    hvFeatures?: string;
    syscfg: object;
  };
  setCounts(config.cores, config.vcpus);
  freeze(config.syscfg);
  const machine = hvFeatures === undefined ? config : { ...config, hvFeatures: NativeBigInt(hvFeatures) };
  const own = { asid, vmpl, machine: freeze(machine), honest };
  hv = freeze(defineProperties({}, { ...getOwnPropertyDescriptors(actions), ...getOwnPropertyDescriptors(own) }));
}

/** The default's exports. */
export function setDefaults(exports: Defaults): void {
  defaults = exports;
  askFor(defaults.vmsaOf);
}

/** The program's exports. */
export function setProgram(exports: Program): void {
  for (let i = 0; i < NAMES.length; i++) {
    const own = exports[NAMES[i] as Name];
    if (own === undefined || typeof own === "function") continue;
    throw new NativeTypeError(NAMES[i] + " must be a function, and this is " + shown(own));
  }
  program = exports;
}

const NAMES: readonly Name[] = ["launch", "vmgexit", "npf", "vmexit", "between"];

/** Does the program take part in `between`, and in `vmexit`? 1 or 0, in num[1] and num[2]. */
export function hasBetween(): void {
  num[1] = program.between === undefined ? 0 : 1;
  num[2] = program.vmexit === undefined ? 0 : 1;
}

/** What a program hands on may be an exit of its own making. */
const honest = freeze({
  launch(parts: unknown = NOTHING) {
    const given = fields(parts, "hv.honest.launch(): parts", "page vmsa policy coverage");
    const page = callback(given.page, "hv.honest.launch(): page");
    const vmsa = callback(given.vmsa, "hv.honest.launch(): vmsa");
    const coverage = bitOr(given.coverage, 1, "hv.honest.launch(): coverage") === 1;
    if (given.policy === undefined) return defaults.launch(hv, freeze({ page, vmsa, coverage }));
    putWide(given.policy, "hv.honest.launch(): policy", 0);
    return defaults.launch(hv, freeze({ page, vmsa, coverage, policy: wide[0] }));
  },
  side(gpa: unknown) {
    return defaults.side(address(gpa, "hv.honest.side(): gpa"));
  },
  vmgexit(exit: unknown) {
    const given = fields(exit, "hv.honest.vmgexit(): exit");
    if (given.ghcb === ghcb) return defaults.vmgexit(hv, exit);
    putWide(given.msr, "hv.honest.vmgexit(): exit.msr", 0);
    return defaults.vmgexit(hv, freeze({ vcpu: given.vcpu, vmpl: given.vmpl, msr: wide[0] }));
  },
  npf(fault: unknown) {
    askedDefault = true;
    const given = fields(fault, "hv.honest.npf(): fault");
    const gpa = address(given.gpa, "hv.honest.npf(): fault.gpa");
    putWide(given.exitinfo1, "hv.honest.npf(): fault.exitinfo1", 0);
    return defaults.npf(hv, freeze({ vcpu: given.vcpu, vmpl: given.vmpl, gpa, exitinfo1: wide[0] }));
  },
});

function callback(value: unknown, what: string): unknown {
  if (value === undefined || typeof value === "function") return value;
  throw new NativeTypeError(what + " must be a function, and this is " + shown(value));
}

/** Did the program hand its #NPF on to the default? */
let askedDefault = false;

/** The shared side of the address in num[1], back in num[1]; -1 when it has no page. */
export function sharedSide(): void {
  num[1] = defaults.sharedSide(num[1]) ?? -1;
}

/** Calls the hook in num[0]: its operands are in num and wide, and so are its results. */
export function dispatch(): void {
  switch (num[0]) {
    case Hook.LAUNCH:
      num[1] = address(either("launch"), "launch(): the spa of the boot VMSA that it returns");
      return;
    case Hook.VMGEXIT_MSR: {
      const answer = either("vmgexit", { vcpu: num[1], vmpl: num[2], msr: wide[0] });
      putWide(answer, "vmgexit(): the answer that it returns", 0);
      return;
    }
    case Hook.VMGEXIT_GHCB:
      either("vmgexit", ghcbExit());
      num[3] = ghcbPage;
      return;
    case Hook.NPF:
      askedDefault = false;
      either("npf", { vcpu: num[1], vmpl: num[2], gpa: num[3], exitinfo1: wide[0] });
      num[1] = askedDefault ? 0 : 1;
      return;
    case Hook.BETWEEN:
      settled(program.between?.(hv, num[1], coming()), "between");
      return;
    case Hook.VMEXIT:
      settled(
        program.vmexit?.(hv, freeze({ vcpu: num[1], vmpl: num[2], code: wide[0], info1: wide[1], info2: wide[2] })),
        "vmexit",
      );
  }
}

/** What is about to run. */
function coming(): object {
  const next = { vcpu: num[2], vmpl: num[3], op: told() };
  return freeze(num[4] < 0 ? next : { ...next, gva: num[4] });
}

/** The program's hook; the default's when there is none, or when it returns undefined. */
function either(name: Exclude<Name, "between" | "vmexit">, exit?: object): unknown {
  const operand = exit === undefined ? undefined : freeze(exit);
  const own = program[name];
  const answer = own === undefined ? undefined : settled(own(hv, operand), name);
  if (answer !== undefined) return answer;
  askedDefault = true;
  return name === "launch" ? honest.launch() : defaults[name](hv, operand);
}

/** A hook that waits for something would wait for ever: there is nothing to wait for. */
function settled(answer: unknown, name: Name): unknown {
  if (typeof answer !== "object" || answer === null) return answer;
  throw new NativeTypeError(
    "" + name + "() must not be async, and must return " + RETURNS[name] + ", not " + shown(answer),
  );
}

const RETURNS: Record<Name, string> = freeze({
  launch: "the spa of the boot VMSA",
  vmgexit: "the answer (true for a GHCB page)",
  npf: "true or nothing",
  vmexit: "nothing",
  between: "nothing",
});

/** spa of the GHCB page of the exit that is handled */
let ghcbPage = 0;

const ghcb = fieldSet("exit.ghcb", {
  read(offset, length) {
    put(ghcbPage + offset, length);
    call(Call.HOST_READ);
  },
  write(offset, length) {
    put(ghcbPage + offset, length);
    call(Call.HOST_WRITE);
  },
  written() {},
  page: () => ghcbPage,
});

function ghcbExit(): object {
  const exit = { vcpu: num[1], vmpl: num[2], msr: wide[0], code: wide[1], info1: wide[2], info2: wide[3], ghcb };
  ghcbPage = num[3] < 0 ? defaults.takeShared(hv, small(exit.msr)) : num[3];
  return exit;
}

surround({});
