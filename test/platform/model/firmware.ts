/** The AMD-SP's commands on guests and pages. Order: AMD-ASPFW sev_mcmd.c; states: ABI (56860), table 11. */
import { Rule } from "../../../assembly/abi";
import { hex, type Ladder } from "../../model/ladder";
import { firstOfRegion, pageOf } from "../../model/rmp";
import type { LaunchUpdate, Operation, Result } from "../operation";
import { initialize } from "./initialization";
import { type Guest, PAGE, type PlatformState, status } from "./platform-state";
import { RMP_BASE } from "./registers";

const MOST_GUESTS = 8;
const HIGHEST_ASID = 1006;
/** 1.55 */
const ABI_VERSION = 0x137n;
const VMSA = 2;
/** VMSA, SECRETS, CPUID */
const SMALL_TYPES = [2, 5, 6];

const SUCCESS = status("SUCCESS");

/** One command at a time, on the platform and with the ladder of its checks. */
export class Firmware {
  constructor(
    private readonly platform: PlatformState,
    private readonly ladder: Ladder,
  ) {}

  command(op: Operation): Result {
    switch (op.op) {
      case "snp_init":
        return initialize(this.platform, this.ladder, { initRmp: true, fixed: [], reserved: false });
      case "snp_init_ex":
        return initialize(this.platform, this.ladder, { fixed: [], reserved: false, ...op });
      case "snp_shutdown":
        return this.shutdown({ iommu: false, x86: false });
      case "snp_shutdown_ex":
        return this.shutdown({ iommu: op.iommu, x86: op.x86 ?? false });
      case "df_flush":
        return this.flush();
      case "gctx_create":
        return this.create(op.gctx);
      case "launch_start":
        return this.start(op.gctx, op.policy, op.imi ?? false);
      case "activate":
        return this.activate(op.gctx, op.asid);
      case "launch_update":
        return this.update(op);
      case "launch_finish":
        return this.finish(op.gctx);
      case "decommission":
        return this.decommission(op.gctx);
      case "guest_status": {
        const { state, asid, policy } = this.guestOf(op.gctx);
        return { status: "SUCCESS", state, asid, policy: hex(policy) };
      }
      case "guest_request":
        return this.request(op.gctx, op.vmpck, op.vmpl);
      case "page_reclaim":
        return this.reclaim(op.spa, op.size);
      case "page_set_state":
        return this.setState(op.spa, op.pages);
      case "page_md_init":
        return this.makeMetadata(op.gctx, op.spa);
      default:
        throw new Error(`${op.op} is no firmware command`);
    }
  }

  private begin(addresses: number[], reserved = false): void {
    const clean = !reserved && addresses.every((address) => address % PAGE === 0);
    this.ladder.check(Rule.FW_RESERVED, clean, status("INVALID_PARAM"));
    this.ladder.check(Rule.FW_INITIALIZED, this.platform.initialized, status("INVALID_PLATFORM_STATE"));
  }

  /** The guest of a context page. */
  private guestOf(gctx: number): Guest {
    this.begin([gctx]);
    return this.contextOf(gctx);
  }

  private contextOf(gctx: number): Guest {
    const guest = this.platform.guests.get(gctx);
    const isContext = guest !== undefined && this.platform.ownState(gctx) === "CONTEXT";
    this.ladder.check(Rule.FW_CONTEXT, isContext, status("INVALID_GUEST"));
    return guest as Guest;
  }

  private inState(guest: Guest, ...states: Guest["state"][]): void {
    this.ladder.check(Rule.FW_GUEST_LAUNCH, states.includes(guest.state), status("INVALID_GUEST_STATE"));
  }

  private inPageState(state: string, wanted: string): void {
    this.ladder.check(Rule.FW_PAGE_STATE, state === wanted, status("INVALID_PAGE_STATE"));
  }

  private flush(): Result {
    const { registers, flushed } = this.platform;
    const every = Array.from({ length: registers.cores }, (_, core) => core).every((core) => flushed.has(core));
    this.ladder.check(Rule.FW_WBINVD, every, status("WBINVD_REQUIRED"));
    this.platform.dirtyToClean();
    return SUCCESS;
  }

  private shutdown({ iommu, x86 }: { iommu: boolean; x86: boolean }): Result {
    this.ladder.check(Rule.FW_INITIALIZED, this.platform.initialized, SUCCESS);
    this.ladder.check(Rule.FW_ASIDS_CLEAN, this.platform.everyAsidIsClean(), status("DF_FLUSH_REQUIRED"));
    this.ladder.check(Rule.SHUTDOWN_IOMMU, iommu || !x86, status("INVALID_PARAM"));
    this.platform.initialized = false;
    if (x86) this.platform.registers.clearSnpEn();
    if (!iommu) return SUCCESS;
    this.platform.rmpBuilt = false;
    // the page of the event log lies below the RMP
    const page = Number(this.platform.registers.get(0, RMP_BASE)) - PAGE;
    if (this.platform.ownState(page) === "FIRMWARE_IOMMU") {
      this.platform.change(page, { immutable: false, gpa: 0, perms: [0, 0, 0, 0] });
    }
    return SUCCESS;
  }

  private create(gctx: number): Result {
    this.begin([gctx]);
    this.ladder.check(Rule.FW_NOT_RMP, !this.platform.inRmp(gctx), status("INVALID_PARAM"));
    this.inPageState(this.platform.ownState(gctx), "FIRMWARE");
    const entry = this.platform.own(gctx);
    this.ladder.check(Rule.FW_PAGE_SIZE, entry.size === "4K", status("INVALID_PAGE_SIZE"));
    const room = this.platform.guests.has(gctx) || this.platform.guests.size < MOST_GUESTS;
    this.ladder.check(Rule.FW_CONTEXT_FREE, room, status("RESOURCE_LIMIT"));
    this.platform.guests.set(gctx, { state: "INIT", asid: 0, policy: 0n, imi: false });
    this.platform.change(gctx, { vmsa: true });
    return SUCCESS;
  }

  private start(gctx: number, policy: bigint, imi: boolean): Result {
    const guest = this.guestOf(gctx);
    this.inState(guest, "INIT");
    const failure = status("POLICY_FAILURE");
    this.ladder.check(Rule.FW_POLICY, ((policy >> 17n) & 1n) === 1n, failure);
    const major = (policy >> 8n) & 0xffn;
    const minor = policy & 0xffn;
    const served = major < ABI_VERSION >> 8n || (major === ABI_VERSION >> 8n && minor <= (ABI_VERSION & 0xffn));
    this.ladder.check(Rule.FW_POLICY_VERSION, served, failure);
    this.ladder.check(Rule.FW_POLICY_RESERVED, policy >> 21n === 0n, failure);
    Object.assign(guest, { state: "LAUNCH", policy, imi });
    return SUCCESS;
  }

  private activate(gctx: number, asid: number): Result {
    const guest = this.guestOf(gctx);
    this.inState(guest, "LAUNCH", "RUNNING");
    const isGuests = asid >= 1 && asid <= HIGHEST_ASID;
    this.ladder.check(Rule.FW_ASID_PAGES, !isGuests || !this.platform.anyPageOf(asid), status("INVALID_CONFIG"));
    this.ladder.check(Rule.FW_ASID_VALID, isGuests, status("INVALID_ASID"));
    const owned = ["allocated", "in use"].includes(this.platform.asidState(asid));
    this.ladder.check(Rule.FW_ASID_FREE, !owned, status("ASID_OWNED"));
    this.ladder.check(Rule.FW_GUEST_INACTIVE, guest.asid === 0, status("ACTIVE"));
    const clean = this.platform.asidState(asid) === "clean";
    this.ladder.check(Rule.FW_ASID_FLUSHED, clean, status("DF_FLUSH_REQUIRED"));
    guest.asid = asid;
    this.platform.setAsid(asid, "allocated");
    return SUCCESS;
  }

  private update(op: LaunchUpdate): Result {
    this.begin([op.gctx, op.spa], op.reserved);
    const guest = this.contextOf(op.gctx);
    const { rmp } = this.platform.machine;
    const page = rmp.coveringPage(pageOf(op.spa));
    const entry = rmp.own(page);
    this.inPageState(this.platform.coveringState(op.spa), "PRE_GUEST");
    this.ladder.check(Rule.FW_PAGE_SIZE, entry.size === op.size, status("INVALID_PAGE_SIZE"));
    const aligned = op.size === "4K" || firstOfRegion(pageOf(op.spa)) === pageOf(op.spa);
    this.ladder.check(Rule.FW_PAGE_ALIGNED, aligned, status("INVALID_ADDRESS"));
    const small = op.size === "4K" || !SMALL_TYPES.includes(op.type);
    this.ladder.check(Rule.FW_PAGE_TYPE_SIZE, small, status("INVALID_PAGE_SIZE"));
    this.ladder.check(Rule.FW_PAGE_TYPE, op.type >= 1 && op.type <= 6, status("INVALID_PARAM"));
    this.inState(guest, "LAUNCH");
    this.ladder.check(Rule.FW_GUEST_ACTIVE, guest.asid !== 0, status("INACTIVE"));
    this.ladder.check(Rule.FW_PAGE_OWNER, entry.asid === guest.asid, status("INVALID_PAGE_OWNER"));
    this.ladder.check(Rule.FW_IMI, !guest.imi || op.imi === true, status("INVALID_PARAM"));
    const perms = [rmp.full, ...(op.perms ?? [0, 0, 0])];
    this.platform.change(page * PAGE, {
      validated: true,
      immutable: false,
      perms,
      vmsa: op.type === VMSA || entry.vmsa,
    });
    return SUCCESS;
  }

  private finish(gctx: number): Result {
    const guest = this.guestOf(gctx);
    this.inState(guest, "LAUNCH");
    this.ladder.check(Rule.FW_NO_IMI, !guest.imi, status("INVALID_GUEST_STATE"));
    this.ladder.check(Rule.FW_GUEST_ACTIVE, guest.asid !== 0, status("INACTIVE"));
    guest.state = "RUNNING";
    this.platform.setAsid(guest.asid, "in use");
    return SUCCESS;
  }

  private decommission(gctx: number): Result {
    const { asid } = this.guestOf(gctx);
    if (asid !== 0 && this.platform.asidState(asid) === "in use") {
      this.platform.setAsid(asid, "dirty");
      this.platform.flushed.clear();
    } else if (asid !== 0) {
      this.platform.setAsid(asid, "clean");
    }
    this.platform.guests.delete(gctx);
    this.platform.change(gctx, { vmsa: false });
    return SUCCESS;
  }

  private request(gctx: number, vmpck: number, vmpl: number): Result {
    const guest = this.guestOf(gctx);
    this.ladder.check(Rule.FW_GUEST_RUNNING, guest.state === "RUNNING", status("INVALID_GUEST_STATE"));
    this.ladder.check(Rule.FW_VMPCK, vmpck < 4, status("INVALID_PARAM"));
    this.ladder.check(Rule.FW_REPORT_VMPL, vmpl >= vmpck, status("INVALID_PARAM"));
    return SUCCESS;
  }

  private reclaim(spa: number, size: string): Result {
    this.begin([spa]);
    this.ladder.check(Rule.FW_NOT_RMP, !this.platform.inRmp(spa), status("INVALID_ADDRESS"));
    const state = this.platform.ownState(spa);
    const entry = this.platform.own(spa);
    const covered = state !== "UNCOVERED";
    this.ladder.check(Rule.FW_PAGE_SIZE, (covered ? entry.size : "4K") === size, status("INVALID_PAGE_SIZE"));
    this.ladder.check(Rule.FW_IMMUTABLE, !covered || entry.immutable, SUCCESS);
    const can = ["PRE_GUEST", "PRE_SWAP", "FIRMWARE", "METADATA"].includes(state);
    this.ladder.check(Rule.FW_RECLAIMABLE, can, status("INVALID_PAGE_STATE"));
    this.platform.change(spa, { immutable: false });
    return SUCCESS;
  }

  private setState(spa: number, count: number): Result {
    this.ladder.check(Rule.FW_INITIALIZED, this.platform.initialized, status("INVALID_PLATFORM_STATE"));
    this.ladder.check(Rule.FW_PAGE_ALIGNED, firstOfRegion(pageOf(spa)) * PAGE === spa, status("INVALID_PARAM"));
    const { rmp } = this.platform.machine;
    const all = Array.from({ length: Math.min(count, rmp.coveredPages) }, (_, i) => spa + i * PAGE);
    const pages = all.filter((page) => rmp.covers(pageOf(page)) && !this.platform.inRmp(page));
    for (const page of pages) {
      const { size } = rmp.own(pageOf(page));
      if (this.platform.ownState(page) !== "FIRMWARE") this.inPageState(this.platform.ownState(page), "FIRMWARE");
      else if (size !== "4K") this.ladder.check(Rule.FW_PAGE_SIZE, false, status("INVALID_PAGE_STATE"));
    }
    for (const page of pages) this.platform.change(page, { assigned: false });
    return SUCCESS;
  }

  private makeMetadata(gctx: number, spa: number): Result {
    this.begin([gctx, spa]);
    this.ladder.check(Rule.FW_NOT_RMP, !this.platform.inRmp(spa), status("INVALID_PARAM"));
    const guest = this.contextOf(gctx);
    this.inPageState(this.platform.ownState(spa), "FIRMWARE");
    this.inState(guest, "LAUNCH", "RUNNING");
    this.platform.change(spa, { gpa: gctx });
    return SUCCESS;
  }
}
