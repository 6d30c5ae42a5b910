/**
 * Makes the engine's own count of its stack honest.
 *
 * QuickJS bounds recursion by its stack in linear memory (LIMITS.stack). What a call really takes is the stack of the thread that
 * runs it, whose size differs from browser to browser, and a function that keeps everything in WebAssembly locals takes none of
 * the other: JSON.stringify, the parser and regular expressions could go so deep that the thread's stack ended first, here and
 * not there. So every function that can come to call itself is made to take its share of the stack in linear memory as well:
 *
 *     __stack_pointer -= share;  if (__stack_pointer < FLOOR) unreachable;  ...its body...;  __stack_pointer += share
 *
 * A function's share is what its frame needs at most when nothing of it is kept in registers: 8 bytes for each local, and
 * something for the return address and saved registers. The deep programs of test/hostile run to
 * its end in Node and in Chromium.
 *
 * Most recursion meets QuickJS's own check and ends in an error that a program can catch. What does not check ends at the
 * floor, which is the same number of calls everywhere too.
 */

/** Bytes that every frame takes, whatever it keeps: return address, frame pointer, instance, feedback, spilled operands. */
const FRAME = 64;
const LOCAL = 8;

const SECTION = { TYPE: 1, IMPORT: 2, FUNCTION: 3, GLOBAL: 6, ELEMENT: 9, CODE: 10 } as const;
const I32 = 0x7f;
const EMPTY = 0x40;

const OP = {
  UNREACHABLE: 0x00,
  BLOCK: 0x02,
  LOOP: 0x03,
  IF: 0x04,
  END: 0x0b,
  BR: 0x0c,
  BR_IF: 0x0d,
  BR_TABLE: 0x0e,
  RETURN: 0x0f,
  CALL: 0x10,
  CALL_INDIRECT: 0x11,
  GLOBAL_GET: 0x23,
  GLOBAL_SET: 0x24,
  I32_CONST: 0x41,
  I64_CONST: 0x42,
  F32_CONST: 0x43,
  F64_CONST: 0x44,
  I32_LT_U: 0x49,
  I32_ADD: 0x6a,
  I32_SUB: 0x6b,
  SELECT_T: 0x1c,
  MISC: 0xfc,
} as const;

/** Reads a module's bytes in order. */
class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined || this.at > this.end) throw new Error("the module ends in the middle");
    return byte;
  }

  /** An unsigned number, or the bits of a signed one as far as they fit. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** A list of `n`, n first. */
  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number() }, item);
  }

  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.at);
  }
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = rest & 0x7f;
    rest >>>= 7;
    if (rest === 0) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** A non-negative constant, as i32.const has it. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    if (rest === 0 && low < 0x40) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

interface Body {
  /** the declarations of its locals, as they stand in the module */
  declarations: Uint8Array;
  locals: number;
  /** instructions, the last `end` left out */
  code: Uint8Array;
  /** where a `return` stands in `code`, and how many blocks are open around it */
  returns: { at: number; depth: number }[];
  calls: number[];
  /** calls through the table */
  indirect: boolean;
}

/** Reads one function. */
function readBody(bytes: Uint8Array, start: number, end: number): Body {
  const reader = new Reader(bytes, start, end);
  let locals = 0;
  for (let groups = reader.number(); groups > 0; groups--) {
    locals += reader.number();
    reader.byte();
  }
  const declarations = reader.since(start);
  const from = reader.at;
  const body: Body = {
    declarations,
    locals,
    code: bytes.subarray(from, end - 1),
    returns: [],
    calls: [],
    indirect: false,
  };
  let depth = 0;
  while (reader.at < end) {
    const at = reader.at - from;
    const op = reader.byte();
    if (op === OP.RETURN) body.returns.push({ at, depth });
    else if (op === OP.END) depth--;
    else if (op === OP.CALL) body.calls.push(reader.number());
    else {
      if (op === OP.BLOCK || op === OP.LOOP || op === OP.IF) depth++;
      if (op === OP.CALL_INDIRECT) body.indirect = true;
      skipImmediates(reader, op);
    }
  }
  return body;
}

/** What stands behind an opcode. Refuses what a newer compiler may write and this does not know. */
function skipImmediates(reader: Reader, op: number): void {
  if (op === OP.BR_TABLE) {
    reader.list(() => reader.number());
    reader.number();
  } else if (op === OP.CALL_INDIRECT) {
    reader.number();
    reader.number();
  } else if (op >= 0x28 && op <= 0x3e) {
    // loads and stores: alignment and offset
    reader.number();
    reader.number();
  } else if (op === OP.F32_CONST) reader.skip(4);
  else if (op === OP.F64_CONST) reader.skip(8);
  else if (op === OP.SELECT_T) reader.list(() => reader.byte());
  else if (op === OP.MISC) {
    const operation = reader.number();
    // 0 to 7: conversions; 10: memory.copy; 11: memory.fill
    if (operation === 10) reader.skip(2);
    else if (operation === 11) reader.skip(1);
    else if (operation > 7) throw new Error(`the engine has an instruction that is not known here: fc ${operation}`);
  } else if (hasNumber(op)) reader.number();
  else if (!isPlain(op)) throw new Error(`the engine has an instruction that is not known here: ${op.toString(16)}`);
}

function hasNumber(op: number): boolean {
  const block = op === OP.BLOCK || op === OP.LOOP || op === OP.IF;
  // local.get to global.set; memory.size and memory.grow
  return block || op === OP.BR || op === OP.BR_IF || (op >= 0x20 && op <= 0x24) || (op >= 0x3f && op <= OP.I64_CONST);
}

/** Without immediates: unreachable, nop, else, drop, select; comparisons, arithmetic, conversions, sign extension. */
function isPlain(op: number): boolean {
  return op === 0x00 || op === 0x01 || op === 0x05 || op === 0x1a || op === 0x1b || (op >= 0x45 && op <= 0xc4);
}

/** The module with its stack counted. `room`: bytes of it that there may be in use. */
export function countStack(module: Uint8Array, room: number): Uint8Array {
  const sections = readSections(module);
  const types = readTypes(sections);
  const imported = readImportedFunctions(sections);
  const typeOf = readList(sections, SECTION.FUNCTION, (reader) => types[reader.number()] ?? { params: 0, results: [] });
  const table = readTable(sections);
  const floor = readStackPointer(sections) - room;

  const bodies = readList(sections, SECTION.CODE, (reader) => {
    const size = reader.number();
    const start = reader.at;
    reader.skip(size);
    return { start, end: reader.at };
  }).map(({ start, end }) => readBody(module, start, end));
  const recursive = findRecursive(bodies, imported, table);

  const written = bodies.map((body, i) => {
    const { params, results } = typeOf[i] ?? { params: 0, results: [] };
    const share = recursive.has(i) ? align(FRAME + LOCAL * (params + body.locals)) : 0;
    const code = share === 0 ? [...body.declarations, ...body.code, OP.END] : counted(body, results, share, floor);
    return Uint8Array.from([...unsigned(code.length), ...code]);
  });
  const size = written.reduce((sum, { length }) => sum + length, 0);
  const count = unsigned(written.length);
  const head = [SECTION.CODE, ...unsigned(count.length + size), ...count];
  const parts = sections.flatMap(({ id, whole }) =>
    id === SECTION.CODE ? [Uint8Array.from(head), ...written] : [whole],
  );
  return concat([module.subarray(0, 8), ...parts]);
}

/** Stacks are aligned to 16 bytes. */
function align(bytes: number): number {
  return (bytes + 15) & ~15;
}

/** A body that takes `share` bytes of stack while it runs. */
function counted(body: Body, results: number[], share: number, floor: number): number[] {
  const move = (op: number) => [OP.GLOBAL_GET, 0, OP.I32_CONST, ...signed(share), op, OP.GLOBAL_SET, 0];
  const check = [OP.GLOBAL_GET, 0, OP.I32_CONST, ...signed(floor), OP.I32_LT_U, OP.IF, EMPTY, OP.UNREACHABLE, OP.END];
  const code: number[] = [...body.declarations, ...move(OP.I32_SUB), ...check, OP.BLOCK, results[0] ?? EMPTY];
  let from = 0;
  for (const { at, depth } of body.returns) {
    for (const byte of body.code.subarray(from, at)) code.push(byte);
    // out of the block around the body, to where the share is given back
    code.push(OP.BR, ...unsigned(depth));
    from = at + 1;
  }
  for (const byte of body.code.subarray(from)) code.push(byte);
  code.push(OP.END, ...move(OP.I32_ADD), OP.END);
  return code;
}

/** Functions from which a chain of calls leads back to themselves; through the table, any of its functions may be called. */
function findRecursive(bodies: Body[], imported: number, table: Set<number>): Set<number> {
  const tableNode = bodies.length;
  const next = (i: number): number[] => {
    if (i === tableNode) return [...table].map((f) => f - imported).filter((f) => f >= 0);
    const { calls, indirect } = bodies[i] as Body;
    const own = calls.map((f) => f - imported).filter((f) => f >= 0);
    return indirect ? [...own, tableNode] : own;
  };
  // Tarjan's strongly connected components, without recursion
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const recursive = new Set<number>();
  const path: { node: number; edges: number[] }[] = [];
  const enter = (node: number) => {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    stack.push(node);
    onStack.add(node);
    path.push({ node, edges: [...new Set(next(node))] });
  };
  const lower = (node: number, value: number) => low.set(node, Math.min(low.get(node) ?? value, value));
  for (let root = 0; root <= tableNode; root++) {
    if (!order.has(root)) enter(root);
    while (path.length > 0) {
      const { node, edges } = path.at(-1) as { node: number; edges: number[] };
      const to = edges.pop();
      if (to !== undefined) {
        if (to === node) recursive.add(node);
        if (!order.has(to)) enter(to);
        else if (onStack.has(to)) lower(node, order.get(to) ?? 0);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(parent.node, low.get(node) ?? 0);
      if (low.get(node) !== order.get(node)) continue;
      const component = stack.splice(stack.indexOf(node));
      for (const member of component) {
        onStack.delete(member);
        if (component.length > 1) recursive.add(member);
      }
    }
  }
  recursive.delete(tableNode);
  return recursive;
}

// ---- sections --------------------------------------------------------------------------------------------------------------

interface Section {
  id: number;
  whole: Uint8Array;
  reader: () => Reader;
}

function readSections(module: Uint8Array): Section[] {
  const reader = new Reader(module, 8);
  const sections: Section[] = [];
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    const body = reader.at;
    reader.skip(size);
    sections.push({ id, whole: reader.since(start), reader: () => new Reader(module, body, body + size) });
  }
  return sections;
}

function readList<T>(sections: Section[], id: number, item: (reader: Reader) => T): T[] {
  const reader = sections.find((section) => section.id === id)?.reader();
  return reader ? reader.list(() => item(reader)) : [];
}

function readTypes(sections: Section[]): { params: number; results: number[] }[] {
  return readList(sections, SECTION.TYPE, (reader) => {
    reader.byte();
    const params = reader.list(() => reader.byte()).length;
    const results = reader.list(() => reader.byte());
    if (results.length > 1) throw new Error("the engine has a function with two results");
    return { params, results };
  });
}

function readImportedFunctions(sections: Section[]): number {
  const limits = (reader: Reader) => {
    const hasMaximum = (reader.byte() & 1) === 1;
    reader.number();
    if (hasMaximum) reader.number();
  };
  const kinds = readList(sections, SECTION.IMPORT, (reader) => {
    for (let name = 0; name < 2; name++) reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === 0) reader.number();
    if (kind === 1) reader.byte();
    if (kind === 1 || kind === 2) limits(reader);
    if (kind === 3) throw new Error("the engine imports a global");
    return kind;
  });
  return kinds.filter((kind) => kind === 0).length;
}

/** Functions that can be called through the table. */
function readTable(sections: Section[]): Set<number> {
  const functions = readList(sections, SECTION.ELEMENT, (reader) => {
    const kind = reader.number();
    if (kind !== 0) throw new Error("the engine has a table that is not known here");
    reader.byte();
    reader.number();
    reader.byte();
    return reader.list(() => reader.number());
  });
  return new Set(functions.flat());
}

/** The first global is the stack pointer, a mutable i32. Gives back where it begins. */
function readStackPointer(sections: Section[]): number {
  const reader = sections.find(({ id }) => id === SECTION.GLOBAL)?.reader();
  reader?.number();
  if (reader?.byte() !== I32 || reader.byte() !== 1 || reader.byte() !== OP.I32_CONST) {
    throw new Error("the engine's stack pointer is not where it was");
  }
  return reader.number();
}

function concat(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
