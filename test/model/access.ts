/** Memory accesses of guests and of the hypervisor. APM vol. 2, 15.36.10, table 15-39. */
import { Rule } from "../../assembly/abi";
import type { Executor, OperationOf } from "../../cli/operation";
import { hex, type Ladder, mmio, notValidated, type Outcome, pf } from "./ladder";
import { type Byte, RAW } from "./memory";
import { checkOwnership, type NpfBit, npf } from "./ownership";
import { PAGE, pageOf } from "./rmp";
import type { State } from "./state";

type Access = "read" | "write" | "fetch";

const PF_PRESENT = 1;
const PF_WRITE = 2;
const PF_USER = 4;
const PF_FETCH = 16;
/** The hypervisor wrote to a page that is not its own: RMP (bit 31), W, P. */
const PF_HOST_RMP = 0x8000_0003;

const READ = 1;
const WRITE = 2;
const EXECUTE_USER = 4;
const EXECUTE_SUPERVISOR = 8;

/** Where an access that passed every check goes, and under which key. */
interface Reached {
  spa: number;
  key: number | undefined;
}

function guestAccess(state: State, ladder: Ladder, op: Executor, access: Access): Reached {
  const mapping = state.guest.find(op.asid, op.gva);
  const user = op.cpl === 3;

  // the guest's own page table; CR0.WP = 1, NX on, no SMEP, no SMAP
  const how = (access === "write" ? PF_WRITE : 0) | (user ? PF_USER : 0) | (access === "fetch" ? PF_FETCH : 0);
  const forbidden = pf(how | PF_PRESENT);
  ladder.check(Rule.GUEST_PRESENT, mapping.p, pf(how));
  if (user) ladder.check(Rule.GUEST_USER, mapping.u, forbidden);
  if (access === "write") ladder.check(Rule.GUEST_WRITABLE, mapping.w, forbidden);
  if (access === "fetch") ladder.check(Rule.GUEST_EXECUTABLE, mapping.x, forbidden);

  // the nested page table; a fetch is private whatever the guest's page table says
  const isPrivate = mapping.c || access === "fetch";
  const gpa = mapping.gpa - (mapping.gpa % PAGE);
  const about: NpfBit[] = [];
  if (access === "write") about.push("rw");
  if (access === "fetch") about.push("id");
  if (isPrivate) about.push("enc");
  const leaf = state.nested.find(op.asid, gpa);
  ladder.check(Rule.NESTED_PRESENT, leaf !== undefined, npf(gpa, ...about));
  if (leaf === undefined) throw new Error("unreachable");
  ladder.check(Rule.NESTED_RESERVED, leaf.mmio !== true, mmio);
  if (access === "write") ladder.check(Rule.NESTED_WRITABLE, leaf.w, npf(gpa, "p", ...about));
  if (access === "fetch") ladder.check(Rule.NESTED_EXECUTABLE, leaf.x, npf(gpa, "p", ...about));

  const { rmp } = state;
  const spa = leaf.spa + (gpa - leaf.gpa);
  const page = pageOf(spa);
  const rmpFault = npf(gpa, "p", "rmp", ...about);
  const reached = { spa: spa + (op.gva % PAGE), key: isPrivate ? op.asid : RAW };

  if (!isPrivate) {
    if (access === "write") {
      ladder.check(Rule.SHARED_WRITE_OWNED, rmp.allUnassigned(page, leaf.size), rmpFault, "host-write-owned");
    }
    return reached;
  }

  checkOwnership(ladder, state, { asid: op.asid, gpa, spa }, rmpFault);
  const entry = rmp.covering(page);
  ladder.check(Rule.SIZE_ACCESS, leaf.size === entry.size, rmpFault, "page-size");
  ladder.check(Rule.VALIDATED, entry.validated, notValidated, "validated");

  const mask = entry.perms[op.vmpl] ?? 0;
  const vmplFault = npf(gpa, "p", "rmp", "vmpl", ...about);
  if (access === "fetch") {
    const needed = user ? EXECUTE_USER : EXECUTE_SUPERVISOR;
    ladder.check(Rule.VMPL_EXECUTE, (mask & needed) !== 0, vmplFault, "vmpl-permission");
  } else if (access === "write") {
    const both = (mask & READ) !== 0 && (mask & WRITE) !== 0;
    ladder.check(Rule.VMPL_WRITE, both, vmplFault, "vmpl-permission");
  } else {
    ladder.check(Rule.VMPL_READ, (mask & READ) !== 0, vmplFault, "vmpl-permission");
  }
  return reached;
}

/** A value as its little-endian bytes. */
export function bytesFrom(value: bigint, length: number): Byte[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** The value of little-endian bytes; "noise" if the contract does not say what one of them is. */
export function valueFrom(bytes: Byte[]): string {
  if (bytes.some((byte) => typeof byte === "string")) return "noise";
  const digits = [...bytes].reverse().map((byte) => (byte as number).toString(16).padStart(2, "0"));
  return hex(BigInt(`0x${digits.join("")}`));
}

/** The bytes that the latest read gave, for tests that look closer at noise. */
export interface ReadBytes {
  bytes: Byte[];
}

function readData(state: State, at: Reached, length: number | undefined, seen: ReadBytes): Outcome {
  if (length === undefined) return { ok: true };
  seen.bytes = state.memory.read(at.spa, length, at.key);
  return { ok: true, value: valueFrom(seen.bytes) };
}

function writeData(state: State, at: Reached, length: number | undefined, value: bigint | undefined): Outcome {
  // an access of a vector that moves no data of its own writes one zero byte
  state.memory.write(at.spa, bytesFrom(value ?? 0n, length ?? 1), at.key);
  return { ok: true };
}

export function guestRead(state: State, ladder: Ladder, op: OperationOf<"guest-read">, seen: ReadBytes): Outcome {
  return readData(state, guestAccess(state, ladder, op, "read"), op.len, seen);
}

export function guestWrite(state: State, ladder: Ladder, op: OperationOf<"guest-write">): Outcome {
  return writeData(state, guestAccess(state, ladder, op, "write"), op.len, op.value);
}

export function guestFetch(state: State, ladder: Ladder, op: OperationOf<"guest-fetch">): Outcome {
  guestAccess(state, ladder, op, "fetch");
  return { ok: true };
}

/** The hypervisor reads whatever it likes: of a guest's page it gets the ciphertext. */
export function hostRead(state: State, op: OperationOf<"host-read">, seen: ReadBytes): Outcome {
  return readData(state, { spa: op.spa, key: RAW }, op.len, seen);
}

export function hostWrite(state: State, ladder: Ladder, op: OperationOf<"host-write">): Outcome {
  const free = state.rmp.allUnassigned(pageOf(op.spa), op.size);
  ladder.check(Rule.HOST_WRITE_OWNED, free, pf(PF_HOST_RMP), "host-write-owned");
  return writeData(state, { spa: op.spa, key: RAW }, op.len, op.value);
}
