/** What a hypervisor program asks for (inside/host.ts), one case a call. */
import { Actor, type Outcome, type PageType, Size } from "../../assembly/abi";
import { isMeasured } from "../launch/contents";
import { terminationName } from "../manual/termination";
import { cpuid } from "./cpuid";
import type { Host } from "./host";
import { Call, Status } from "./inside/calls";
import { spaOf } from "./nested";
import type { Vcpu, VcpuStatus } from "./vcpu";

const PAGE = 4096;
const LARGE = 0x20_0000;

/** Does what the hypervisor asks for. */
export function hostCall(host: Host, op: Call): Status {
  const { state, num, wide, page } = host;
  const { machine } = state;
  const { asid } = state.guest;
  if (state.end) return Status.ENDED;
  const [, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = num;

  switch (op) {
    case Call.RMPUPDATE:
      return eax(host, () => machine.rmpupdate(a, b, c, d === 1, e === 1, f as Size));
    case Call.PSMASH:
      return eax(host, () => machine.psmash(a));
    case Call.RMPREAD: {
      const status = eax(host, () => machine.rmpread(a));
      if (status !== Status.DONE || machine.eax !== 0) return status;
      const value = machine.value;
      const flags = Number(value & 0xfffn);
      num.set([Number(value & 0xf_ffff_ffff_f000n), flags & 1, (flags >>> 1) & 1, (flags >>> 2) & 1], 2);
      num[6] = (flags >>> 3) & 1;
      num[7] = Number(machine.value2);
      return status;
    }
    case Call.NPT_MAP: {
      const size = c as Size;
      const gpa = size === Size.S2M ? a - (a % LARGE) : a - (a % PAGE);
      if (f === 1) return host.act(() => machine.nptMapMmio(asid, gpa, size));
      const spa = size === Size.S2M ? b - (b % LARGE) : b - (b % PAGE);
      if (!isMemory(host, spa)) return missing(host, b);
      const old = machine.nptGet(asid, gpa);
      const same = old?.spa === spa && old.size === NAMES[size] && old.w === (d === 1) && old.x === (e === 1);
      return host.act(() => machine.nptMap(asid, gpa, spa, size, d === 1, e === 1), Actor.HYPERVISOR, !same);
    }
    case Call.NPT_UNMAP: {
      const leaf = machine.nptGet(asid, a);
      if (!leaf && machine.nptIsMmio(asid, a)) return host.act(() => machine.nptUnmap(asid, a - (a % PAGE), Size.S4K));
      if (!leaf) return Status.DONE;
      const size = leaf.size === "2M" ? Size.S2M : Size.S4K;
      const gpa = size === Size.S2M ? a - (a % LARGE) : a - (a % PAGE);
      return host.act(() => machine.nptUnmap(asid, gpa, size));
    }
    case Call.NPT_GET: {
      const leaf = machine.nptGet(asid, a);
      num[1] = leaf ? 1 : 0;
      if (leaf) num.set([spaOf(leaf, a), leaf.size === "2M" ? 1 : 0, leaf.w ? 1 : 0, leaf.x ? 1 : 0], 2);
      return Status.DONE;
    }
    case Call.HOST_READ: {
      if (!isMemory(host, a)) return missing(host, a);
      const status = host.act(() => machine.hostRead(a, Size.S4K, b));
      if (status !== Status.DONE) return status;
      if (b === PAGE) page.set(machine.scratch.subarray(0, PAGE));
      else wide[0] = machine.value;
      return status;
    }
    case Call.HOST_WRITE: {
      if (!isMemory(host, a)) return missing(host, a);
      if (b === PAGE) machine.scratch.set(page);
      return host.act(() => machine.hostWrite(a, Size.S4K, b, b === PAGE ? 0n : (wide[0] ?? 0n)));
    }
    case Call.ALLOC: {
      const spa = host.frames.alloc(a as Size);
      if (spa === null) return host.wrong(`hv.alloc(): no free ${NAMES[a as Size]} page is left`);
      num[1] = spa;
      return Status.DONE;
    }
    case Call.SERIAL:
      state.printed(a);
      return Status.DONE;
    case Call.FREE:
      host.frames.free(a, b as Size);
      return Status.DONE;
    case Call.VMRUN: {
      if (!isMemory(host, a)) return missing(host, a);
      const vcpu = vcpuAt(host, b);
      host.kick(vcpu);
      const status = host.check(vcpu, a);
      if (status === Status.DONE && num[1] === 0) host.run(vcpu, a);
      return status;
    }
    case Call.HOST_RDMSR: {
      if (a >= state.config.cores) return host.wrong(`There is no core ${a}`);
      const status = host.act(() => machine.hostRdmsr(a, b));
      if (status === Status.DONE) wide[0] = machine.value;
      return status;
    }
    case Call.HOST_WRMSR: {
      if (a >= state.config.cores) return host.wrong(`There is no core ${a}`);
      const value = wide[0] ?? 0n;
      return host.act(() => machine.hostWrmsr(a, b, value));
    }
    case Call.GUEST_CPUID:
      num.set(cpuid(a, b, state.config), 1);
      return Status.DONE;

    case Call.SNP_INIT:
      return command(host, () => machine.snpInit());
    case Call.SNP_INIT_EX: {
      const ranges = [b, d, f].map((spa, i) => ({ spa, pages: [c, e, g][i] ?? 0 }));
      const fixed = ranges.filter(({ pages }) => pages > 0);
      return command(host, () => machine.snpInit({ initRmp: (a & 1) === 1, ciphertextHiding: (a & 2) === 2, fixed }));
    }
    case Call.SNP_SHUTDOWN:
      return command(host, () => machine.snpShutdown(a === 1 ? { iommu: b === 1, x86: c === 1 } : undefined));
    case Call.GCTX_CREATE:
      return command(host, () => machine.gctxCreate(a));
    case Call.LAUNCH_START: {
      const policy = wide[0] ?? 0n;
      const status = command(host, () => machine.launchStart(a, policy, b === 1));
      if (status === Status.DONE && machine.eax === 0) host.measured.begin(a);
      return status;
    }
    case Call.ACTIVATE:
      return command(host, () => machine.activate(a, b));
    case Call.LAUNCH_UPDATE: {
      const [type, size, imi] = [c as PageType, (d & 1) as Size, (d & 2) !== 0];
      const there = isMemory(host, b);
      const gpa = there ? machine.entry(b).gpa : 0;
      // in plaintext, before the firmware has encrypted it
      const contents = isMeasured(type) && there ? machine.contents(b, size === Size.S2M ? 512 : 1) : undefined;
      const status = command(host, () => machine.launchUpdate(a, b, c, size, e, f, g, { imi }));
      if (status === Status.DONE && machine.eax === 0) {
        host.measured.add(a, { type, gpa, size, contents, perms: [e, f, g], imi });
      }
      return status;
    }
    case Call.LAUNCH_DIGEST:
      page.set(host.measured.digest(a));
      return Status.DONE;
    case Call.LAUNCH_FINISH:
      return command(host, () => machine.launchFinish(a));
    case Call.DECOMMISSION:
      return command(host, () => machine.decommission(a));
    case Call.GUEST_STATUS: {
      const status = command(host, () => machine.guestStatus(a));
      if (status !== Status.DONE || machine.eax !== 0) return status;
      num[2] = Number(machine.value & 0xffn);
      num[3] = Number(machine.value >> 32n);
      wide[0] = machine.value2;
      return status;
    }
    case Call.GUEST_REQUEST:
      return command(host, () => machine.guestRequest(a, b, c));
    case Call.PAGE_RECLAIM:
      return command(host, () => machine.pageReclaim(a, b as Size));
    case Call.PAGE_SET_STATE:
      return command(host, () => machine.pageSetState(a, b));
    case Call.PAGE_MD_INIT:
      return command(host, () => machine.pageMdInit(a, b));
    case Call.DF_FLUSH:
      return command(host, () => machine.snpDfFlush());
    case Call.WBINVD:
      return host.act(() => machine.wbinvd(a));

    case Call.SET_VMSA: {
      if (!isMemory(host, a)) return missing(host, a);
      const vcpu = vcpuAt(host, b);
      host.kick(vcpu);
      if (c === 0) host.run(vcpu, a);
      else host.takeVmsa(vcpu);
      return Status.DONE;
    }
    case Call.KICK:
      host.kick(vcpuAt(host, a));
      return Status.DONE;
    case Call.WAIT:
      host.hold(vcpuAt(host, a));
      return Status.DONE;
    case Call.WAKE:
      host.wake(vcpuAt(host, a));
      return Status.DONE;
    case Call.TURN: {
      const vcpu = vcpuAt(host, a);
      if (vcpu.status !== "running") return host.wrong(`hv.turn(): vCPU ${a} is not running, it is ${vcpu.status}`);
      host.scheduler.give(vcpu);
      return Status.DONE;
    }
    case Call.INJECT:
      vcpuAt(host, a).injected = { vector: b, errorCode: c };
      return Status.DONE;
    case Call.VCPU: {
      const { vmpl, vmsa, status } = vcpuAt(host, a);
      num.set([vmpl, vmsa ?? -1, STATES.indexOf(status)], 1);
      return Status.DONE;
    }
    case Call.VMSA_OF:
      num[1] = vcpuAt(host, a).vmsas[b] ?? -1;
      return Status.DONE;
    case Call.GHCB_MSR:
      wide[0] = machine.ghcbMsr(a, b);
      return Status.DONE;
    case Call.SET_GHCB_MSR:
      return state.answered(machine.setGhcbMsr(a, wide[0] ?? 0n, 0, b)) ? Status.DONE : Status.ENDED;

    case Call.TERMINATE:
      state.finish({ end: "terminated", set: a, code: b, name: terminationName(a, b) });
      return Status.ENDED;
    default:
      throw new Error(`a hypervisor cannot ask for ${Call[op] ?? op}`);
  }
}

const STATES: readonly VcpuStatus[] = ["running", "waiting", "ended"];

/** A vCPU by its number; without one of that number, the one whose exit is handled. */
function vcpuAt({ state }: Host, id: number): Vcpu {
  return state.guest.vcpus[id] ?? state.on;
}

const NAMES = { [Size.S4K]: "4K", [Size.S2M]: "2M" } as const;

/** An instruction with a status in EAX. */
function eax(host: Host, operate: () => Outcome): Status {
  const status = host.act(operate);
  if (status === Status.DONE) host.num[1] = host.state.machine.eax;
  return status;
}

/** A firmware command: the firmware acts. */
function command(host: Host, operate: () => Outcome): Status {
  const status = host.act(operate, Actor.FIRMWARE);
  const { eax, step } = host.state.machine;
  if (status !== Status.DONE) return status;
  host.num[1] = eax;
  if (eax !== 0) host.failure = step;
  return status;
}

function isMemory(host: Host, spa: number): boolean {
  return spa < host.state.machine.config.pages * PAGE;
}

function missing(host: Host, spa: number): Status {
  const end = host.state.machine.config.pages * PAGE;
  return host.wrong(`There is no system memory at 0x${spa.toString(16)}: it ends at 0x${end.toString(16)}`);
}
