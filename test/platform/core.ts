/** The core behind the tests of platform and firmware: one operation in, its result out. */
import { Actor, FwStatus, GuestState, Outcome, Size } from "../../assembly/abi";
import type { PageSize } from "../../cli/operation";
import { Machine } from "../../web/core/machine";
import { core as module } from "../core/core-module";
import type { Operation, Platform, Result } from "./operation";

const size = (name: PageSize) => (name === "2M" ? Size.S2M : Size.S4K);
const hex = (value: bigint | number) => `0x${value.toString(16)}`;

export class CorePlatform {
  readonly machine: Machine;

  constructor(platform: Platform, operations: number, contents = false) {
    const { pages, covered, cores, checksOff = [] } = platform;
    const journalRoom = 8192 + operations * 2048;
    const config = { pages, covered, cores, checksOff, contents, vmpls: 4, sss: true };
    this.machine = Machine.create(module, { ...config, eventRoom: operations + 1, journalRoom });
  }

  apply(op: Operation): Result {
    const { machine } = this;
    machine.inUse(0);
    switch (op.op) {
      case "pvalidate":
        machine.as(Actor.GUEST, 0, op.asid, op.vmpl, op.cpl);
        return this.came(machine.pvalidate(op.gva, size(op.size), Number(op.validate)), { cf: "cf" });
      case "rmpadjust":
        machine.as(Actor.GUEST, 0, op.asid, op.vmpl, op.cpl);
        return this.came(machine.rmpadjust(op.gva, size(op.size), op.target, op.perms, Number(op.vmsa)));
      case "rmpupdate": {
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        const { spa, gpa, asid, assigned, immutable } = op;
        return this.came(machine.rmpupdate(spa, gpa, asid, assigned, immutable, size(op.size)));
      }
      case "psmash":
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        return this.came(machine.psmash(op.spa));
      case "npt-map":
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        this.must(machine.nptMap(op.asid, op.gpa, op.spa, size(op.size), op.w, op.x));
        return { ok: true };
      case "wrmsr":
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        return this.register(machine.hostWrmsr(op.core, op.msr, op.value));
      case "rdmsr": {
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        const came = this.register(machine.hostRdmsr(op.core, op.msr));
        return came.ok ? { value: hex(machine.value) } : came;
      }
      case "wbinvd":
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        return this.register(machine.wbinvd(op.core));
      default:
        machine.as(Actor.FIRMWARE, 0, 0, 0, 0);
        return this.command(op);
    }
  }

  private command(op: Operation): Result {
    const { machine } = this;
    this.must(this.commanded(op));
    const status = FwStatus[machine.eax] ?? String(machine.eax);
    if (op.op !== "guest_status" || machine.eax !== 0) return { status };
    const state = GuestState[Number(machine.value & 0xffn)];
    return { status, state, asid: Number(machine.value >> 32n), policy: hex(machine.value2) };
  }

  private commanded(op: Operation): Outcome {
    const { machine } = this;
    switch (op.op) {
      case "snp_init":
        return machine.snpInit();
      case "snp_init_ex":
        return machine.snpInit({
          initRmp: op.initRmp,
          fixed: op.fixed ?? [],
          reserved: op.reserved ?? false,
          ciphertextHiding: op.ciphertextHiding ?? false,
        });
      case "df_flush":
        return machine.snpDfFlush();
      case "snp_shutdown":
        return machine.snpShutdown();
      case "snp_shutdown_ex":
        return machine.snpShutdown({ iommu: op.iommu, x86: op.x86 ?? false });
      case "gctx_create":
        return machine.gctxCreate(op.gctx);
      case "launch_start":
        return machine.launchStart(op.gctx, op.policy, op.imi);
      case "activate":
        return machine.activate(op.gctx, op.asid);
      case "launch_update": {
        const [vmpl1, vmpl2, vmpl3] = op.perms ?? [0, 0, 0];
        const odd = { imi: op.imi ?? false, reserved: op.reserved ?? false };
        return machine.launchUpdate(op.gctx, op.spa, op.type, size(op.size), vmpl1, vmpl2, vmpl3, odd);
      }
      case "launch_finish":
        return machine.launchFinish(op.gctx);
      case "decommission":
        return machine.decommission(op.gctx);
      case "guest_status":
        return machine.guestStatus(op.gctx);
      case "guest_request":
        return machine.guestRequest(op.gctx, op.vmpck, op.vmpl);
      case "page_reclaim":
        return machine.pageReclaim(op.spa, size(op.size));
      case "page_set_state":
        return machine.pageSetState(op.spa, op.pages);
      case "page_md_init":
        return machine.pageMdInit(op.gctx, op.spa);
      default:
        throw new Error(`${op.op} is no firmware command`);
    }
  }

  private register(outcome: Outcome): Result {
    return this.must(outcome) === Outcome.GP ? { fault: "#GP", error: hex(this.machine.error) } : { ok: true };
  }

  /** An instruction's result as the second model writes it. */
  private came(outcome: Outcome, also: { cf?: "cf" } = {}): Result {
    const { machine } = this;
    switch (this.must(outcome)) {
      case Outcome.GP:
        return { fault: "#GP", error: hex(machine.error) };
      case Outcome.PF:
        return { fault: "#PF", error: hex(machine.error) };
      case Outcome.VC:
        return { fault: "#VC", error: hex(machine.error) };
      case Outcome.NPF:
        return { fault: "#NPF", exitinfo1: hex(machine.error), exitinfo2: hex(machine.address) };
      default:
        return also.cf ? { eax: machine.eax, cf: machine.cf } : { eax: machine.eax };
    }
  }

  private must(outcome: Outcome): Outcome {
    if (outcome >= Outcome.NO_EVENTS) throw new Error(Outcome[outcome]);
    return outcome;
  }
}
