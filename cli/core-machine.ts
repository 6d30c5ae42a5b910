/** The core behind the face that conformance vectors are run against: one operation in, its result out. */
import { Actor, Outcome, Size } from "../assembly/abi";
import { Machine } from "../web/core/machine";
import type { Executor, Operation, OperationOf, PageSize } from "./operation";
import type { CaseConfig, Result, VectorMachine } from "./vectors";

/** Journal records that one operation may need: a page of data is 256 blocks, everything else a few. */
const RECORDS = 16;
const RECORDS_OF_A_PAGE = 300;
/** The core starts no operation unless the journal has room for the largest one. */
const RECORDS_TO_SPARE = 4096;

const DONE: Result = { ok: true };

/** What a guest does to its own page tables needs nobody's privileges. */
const ANYBODY = { vmpl: 0, cpl: 0 };

function sizeOf(size: PageSize): Size {
  return size === "2M" ? Size.S2M : Size.S4K;
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** Where the fields of RMPREAD's and RMPQUERY's results stand in Event.VALUE: assembly/abi.ts, Op. */
function bit(value: bigint, number: number): number {
  return Number((value >> BigInt(number)) & 1n);
}

function nameOf(sizeBit: number): PageSize {
  return sizeBit === Size.S2M ? "2M" : "4K";
}

/** A little-endian number from the first bytes of a buffer, and back. */
function fromBytes(bytes: Uint8Array): string {
  return hex(BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`));
}

function toBytes(value: bigint, length: number): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex").reverse();
}

function recordsOf(operation: Operation): number {
  return "len" in operation && operation.len === 4096 ? RECORDS_OF_A_PAGE : RECORDS;
}

export class CoreMachine implements VectorMachine {
  readonly machine: Machine;
  /** vCPUs whose VMSAs are in use, as the latest `in-use` said */
  private inUse = 0;

  /** A fresh machine with room for these operations. */
  constructor(module: WebAssembly.Module, config: CaseConfig, operations: readonly Operation[]) {
    this.machine = Machine.create(module, {
      pages: config.pages,
      covered: config.covered,
      vmpls: config.vmpls,
      sss: config.sss,
      contents: config.contents ?? false,
      checksOff: config.checksOff ?? [],
      eventRoom: operations.length + 1,
      journalRoom: operations.reduce((sum, operation) => sum + recordsOf(operation), RECORDS_TO_SPARE),
      snp: true,
    });
  }

  /** Performs one operation and gives its result as a vector writes it. Throws when there was no room for it. */
  apply(operation: Operation): Result {
    const { machine } = this;
    machine.inUse(this.inUse);
    switch (operation.op) {
      case "rmpupdate":
      case "psmash":
      case "rmpread":
      case "host-read":
      case "host-write":
      case "npt-map":
      case "npt-unmap":
        machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
        return this.byHypervisor(operation);
      case "vmrun":
        machine.as(Actor.HYPERVISOR, operation.vcpu ?? 0, operation.asid, 0, 0);
        return this.came(machine.vmrun(operation.vmsa, false), () => DONE);
      case "gpt-map":
        this.asGuest({ ...operation, ...ANYBODY });
        return this.gptMap(operation);
      case "in-use":
        this.inUse = operation.vcpus;
        return DONE;
      case "state":
        return this.state(operation.spa);
      default:
        this.asGuest(operation);
        return this.byGuest(operation);
    }
  }

  private asGuest({ asid, vmpl, cpl }: Executor): void {
    this.machine.as(Actor.GUEST, 0, asid, vmpl, cpl);
  }

  private byGuest(op: Extract<Operation, Executor & { vmpl: number }>): Result {
    const { machine } = this;
    switch (op.op) {
      case "pvalidate": {
        const outcome = machine.pvalidate(op.gva, sizeOf(op.size), Number(op.validate));
        return this.came(outcome, () => ({ eax: machine.eax, cf: machine.cf }));
      }
      case "rmpadjust": {
        const outcome = machine.rmpadjust(op.gva, sizeOf(op.size), op.target, op.perms, Number(op.vmsa));
        return this.came(outcome, () => ({ eax: machine.eax }));
      }
      case "rmpquery":
        return this.came(machine.rmpquery(op.gva, op.target), () => this.queried());
      case "guest-read":
        return this.came(machine.guestRead(op.gva, op.len ?? 1), () => this.data(op.len));
      case "guest-write":
        return this.came(machine.guestWrite(op.gva, op.len ?? 1, this.toWrite(op.len, op.value)), () => DONE);
      case "guest-fetch":
        return this.came(machine.guestFetch(op.gva), () => DONE);
    }
  }

  private byHypervisor(
    op: OperationOf<"rmpupdate" | "psmash" | "rmpread" | "host-read" | "host-write" | "npt-map" | "npt-unmap">,
  ): Result {
    const { machine } = this;
    switch (op.op) {
      case "rmpupdate": {
        const { spa, gpa, asid, assigned, immutable, size } = op;
        const outcome = machine.rmpupdate(spa, gpa, asid, assigned, immutable, sizeOf(size));
        return this.came(outcome, () => ({ eax: machine.eax }));
      }
      case "psmash":
        return this.came(machine.psmash(op.spa), () => ({ eax: machine.eax }));
      case "rmpread":
        return this.came(machine.rmpread(op.spa), () => this.readEntry());
      case "host-read":
        return this.came(machine.hostRead(op.spa, sizeOf(op.size), op.len ?? 1), () => this.data(op.len));
      case "host-write": {
        const value = this.toWrite(op.len, op.value);
        return this.came(machine.hostWrite(op.spa, sizeOf(op.size), op.len ?? 1, value), () => DONE);
      }
      case "npt-map":
        if (op.mmio) return this.came(machine.nptMapMmio(op.asid, op.gpa, sizeOf(op.size)), () => DONE);
        return this.came(machine.nptMap(op.asid, op.gpa, op.spa, sizeOf(op.size), op.w, op.x), () => DONE);
      case "npt-unmap":
        return this.came(machine.nptUnmap(op.asid, op.gpa, sizeOf(op.size)), () => DONE);
    }
  }

  private gptMap({ asid, gva, gpa, c, p, w, u, x }: OperationOf<"gpt-map">): Result {
    const leaf = { gpa, c: Number(c), p: Number(p), w: Number(w), u: Number(u), x: Number(x) };
    return this.came(this.machine.gptMap(asid, gva, leaf), () => DONE);
  }

  /** What an operation gave: `returned` if it came to its end, a fault otherwise. */
  private came(outcome: Outcome, returned: () => Result): Result {
    const error = () => hex(this.machine.error);
    switch (outcome) {
      case Outcome.DONE:
      case Outcome.STATUS:
        return returned();
      case Outcome.GP:
        return { fault: "#GP", error: error() };
      case Outcome.PF:
        return { fault: "#PF", error: error() };
      case Outcome.VC:
        return { fault: "#VC", error: error() };
      case Outcome.NPF:
        return { fault: "#NPF", exitinfo1: error(), exitinfo2: hex(this.machine.address) };
      case Outcome.VMEXIT_INVALID:
      case Outcome.VMEXIT_BUSY:
        return { exit: outcome === Outcome.VMEXIT_BUSY ? "VMEXIT_BUSY" : "VMEXIT_INVALID" };
      default:
        throw new Error(`the core did not perform the operation: ${Outcome[outcome]}`);
    }
  }

  private queried(): Result {
    const { eax, value } = this.machine;
    if (eax !== 0) return { eax };
    return { eax, perms: hex(value & 0xffn), vmsa: bit(value, 8), size: nameOf(bit(value, 9)) };
  }

  private readEntry(): Result {
    const { eax, value, value2 } = this.machine;
    if (eax !== 0) return { eax };
    return {
      eax,
      gpa: hex(value - (value & 0xfffn)),
      assigned: bit(value, 0),
      size: nameOf(bit(value, 1)),
      others: bit(value, 2),
      immutable: bit(value, 3),
      asid: Number(value2),
    };
  }

  private data(length: number | undefined): Result {
    if (length === undefined) return DONE;
    const value = length <= 8 ? hex(this.machine.value) : fromBytes(this.machine.scratch.subarray(0, length));
    return { ok: true, value };
  }

  /** The operand of a write; a whole page goes through the machine's scratch memory. */
  private toWrite(length: number | undefined, value: bigint | undefined): bigint {
    if (length === undefined || value === undefined) return 0n;
    if (length <= 8) return value;
    this.machine.scratch.set(toBytes(value, length));
    return 0n;
  }

  private state(spa: number): Result {
    const entry = this.machine.entry(spa);
    if (!entry.covered) return { covered: 0 };
    const view: Result = {
      covered: 1,
      assigned: Number(entry.assigned),
      size: entry.size,
      immutable: Number(entry.immutable),
      gpa: hex(entry.gpa),
      asid: entry.asid,
      vmsa: Number(entry.vmsa),
      validated: Number(entry.validated),
    };
    return entry.asid === 0 ? view : { ...view, perms: entry.perms.map(hex) };
  }
}
