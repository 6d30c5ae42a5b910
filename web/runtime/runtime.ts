/**
 * What runs share: two sandboxes, programs that were loaded before, and a machine that can be used again. None of it shows in
 * a run: a program is put back to the state it was loaded in, a machine to its first step.
 */
import { Cell, HwcrBit, Limit, SyscfgBit } from "../../assembly/abi";
import { Machine } from "../core/machine";
import type { MachineConfig, Scenario } from "../scenario/schema";
import type { Watch } from "./fuel";
import { ASID } from "./guest";
import { LIMITS } from "./limits";
import type { Program } from "./modules";
import { type Loaded, Sandbox } from "./sandbox";
import type { Sources } from "./sources";

/** What a run is made of. The same parts give the same runs. */
export interface Parts {
  core: WebAssembly.Module;
  quickjs: WebAssembly.Module;
  sources: Sources;
}

const PAGES_A_MIB = 256;
const VMPLS = 4;
/** SEV info: GHCB protocol 1 to 2, C-bit 51. KVM sev.c, sev_es_vcpu_reset(). */
const GHCB_MSR_RESET = 0x0002_0001_3300_0001n;
/** Loaded programs that are kept, a sandbox: four VMPLs, and the text before the last edit. */
const KEPT = 6;

export class Runtime {
  private machines: Machine[] = [];
  private guestPrograms: Kept[] = [];
  private hypervisorPrograms: Kept[] = [];
  /** A second engine could not be put into the first one's states: runs with several contexts do with one. */
  private areAlike = true;

  private constructor(
    private readonly parts: Parts,
    private guest: Sandbox,
    public hypervisor: Sandbox,
  ) {}

  /** where a run's contexts stand: one sandbox, and a second one since a run had several contexts */
  get guests(): Sandbox[] {
    return this.second ? [this.guest, this.second] : [this.guest];
  }
  private second: Sandbox | null = null;

  get mayHaveMore(): boolean {
    return this.areAlike && !this.second;
  }

  /** Makes the second sandbox for guests; none when it could not be used. */
  async moreGuests(): Promise<Sandbox[]> {
    const { quickjs, sources } = this.parts;
    const made = await Sandbox.create(quickjs, "guest", sources);
    this.areAlike = made.isLike(this.guest);
    this.second = this.areAlike ? made : null;
    return this.second ? [this.second] : [];
  }

  static async create(parts: Parts): Promise<Runtime> {
    const { quickjs, sources } = parts;
    const [guest, hypervisor] = await Promise.all([
      Sandbox.create(quickjs, "guest", sources),
      Sandbox.create(quickjs, "hypervisor", sources),
    ]);
    return new Runtime(parts, guest, hypervisor);
  }

  loadGuest(scenario: Scenario, watch?: Watch): Loaded {
    const { sources } = this.parts;
    const { linux = sources.linux, ovmf = sources.ovmf, svsm = sources.svsm } = scenario.library ?? {};
    const { memoryMiB } = scenario.machine;
    const modules = { linux, ovmf, svsm };
    const machine = JSON.stringify({ memoryMiB });
    return load(this.guest, this.guestPrograms, { name: "guest", text: scenario.guest, modules, machine }, watch);
  }

  loadHypervisor(scenario: Scenario, watch?: Watch): Loaded {
    const { memoryMiB, rmpCoversMiB, vmplSss, vmpls, cores, vcpus, host, backing, syscfg } = scenario.machine;
    const { snpEn, vmplEn, memEnc, mfdm, smmLock } = syscfg;
    const bits = { snpEn, vmplEn, memEnc, mfdm, smmLock };
    const config = { memoryMiB, rmpCoversMiB, vmplSss, vmpls, cores, vcpus, host, backing, syscfg: bits };
    const { hvFeatures, ciphertextHiding } = scenario.machine;
    const machine = JSON.stringify({ ...config, ciphertextHiding, hvFeatures, asid: ASID, vmpl: scenario.vmpl });
    const text = scenario.hypervisor ?? "";
    return load(this.hypervisor, this.hypervisorPrograms, { name: "hypervisor", text, modules: {}, machine }, watch);
  }

  /** A machine at its first step, with what the BIOS left in its registers, and KVM in those of its vCPU. */
  takeMachine(config: MachineConfig): Machine {
    const wanted = coreConfig(config);
    const index = this.machines.findIndex((machine) => sameMemory(machine.config, wanted));
    const kept = index < 0 ? undefined : this.machines.splice(index, 1)[0];
    const machine = kept ?? Machine.create(this.parts.core, wanted);
    machine.seek(0);
    machine.checksOff(config.checksOff);
    const { memEnc, smmLock } = config.syscfg;
    for (let core = 0; core < config.cores; core++) {
      machine.preset(Cell.SYSCFG + core, memEnc ? 1n << BigInt(SyscfgBit.MEMENC) : 0n);
      machine.preset(Cell.HWCR + core, smmLock ? 1n << BigInt(HwcrBit.SMMLOCK) : 0n);
    }
    for (let i = 0; i < Limit.VCPUS * VMPLS; i++) machine.preset(Cell.GHCB_MSR + i, GHCB_MSR_RESET);
    return machine;
  }

  /** Gives a machine back that nobody looks at any more. */
  giveMachine(machine: Machine): void {
    this.machines = [machine];
  }
}

/** A program that was loaded, the newest last. */
interface Kept {
  program: Program;
  loaded: Loaded;
}

function load(sandbox: Sandbox, kept: Kept[], program: Program, watch?: Watch): Loaded {
  const index = kept.findIndex((known) => sameProgram(known.program, program));
  const [known] = index < 0 ? [] : kept.splice(index, 1);
  const loaded = known?.loaded ?? sandbox.load(program, watch);
  // time is the one thing that another load may have more of
  if (loaded.ok || loaded.end.end !== "fuel") kept.push({ program, loaded });
  if (kept.length > KEPT) kept.shift();
  return loaded;
}

function sameProgram(a: Program, b: Program): boolean {
  if (a.text !== b.text || a.machine !== b.machine) return false;
  return Object.keys(a.modules).every((name) => a.modules[name] === b.modules[name]);
}

function coreConfig(config: MachineConfig) {
  return {
    pages: config.memoryMiB * PAGES_A_MIB,
    covered: config.rmpCoversMiB * PAGES_A_MIB,
    vmpls: config.vmpls,
    sss: config.vmplSss,
    contents: true,
    eventRoom: LIMITS.events,
    journalRoom: LIMITS.journal,
    cores: config.cores,
    tablesByVmpl: true,
    ghcbByVmpl: config.host === "svsm-host",
  };
}

/** A machine can be used again for a scenario that differs in nothing which is laid out once. */
function sameMemory(a: Machine["config"], b: ReturnType<typeof coreConfig>): boolean {
  const keys = ["pages", "covered", "vmpls", "sss", "cores", "ghcbByVmpl"] as const;
  return keys.every((key) => a[key] === b[key]);
}
