/** Small changes to good input: most of what is wrong in the world was right before. */
import fc, { type Arbitrary } from "fast-check";

/** Pieces that have a meaning somewhere: JSON, addresses, bounds of numbers, terminals, directions of writing. */
const TOKENS = [
  ...'{}[]",:\\.#%0-1eE+\n\t',
  "null",
  "true",
  "1e999",
  "-0",
  "4294967296",
  "18446744073709551616",
  '"0x',
  "0xfffffffffffff",
  '"__proto__":',
  '"constructor":{"prototype":{"x":1}},',
  '"toJSON":',
  "\\u0000",
  "\\ud800",
  "\u001b[2J",
  "\u009b",
  "\u202e",
  "\u2028",
  "\ufeff",
  "\u{e0041}",
  "[".repeat(70),
  "x".repeat(2_000),
];

interface Change {
  /** where, as a part of the length */
  at: number;
  /** characters taken away */
  takes: number;
  /** put there; null: what stands elsewhere in the text */
  puts: string | null;
}

const change: Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  takes: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 200 })),
  puts: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: "binary", maxLength: 6 }), fc.constant(null)),
});

/** One of `texts`, changed in a few places. */
export function mutated(texts: readonly string[], most = 6): Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: most })).map(([text, changes]) => {
    let now = text;
    for (const { at, takes, puts } of changes) {
      const from = Math.floor(at * now.length);
      const copied = now.slice((from * 7) % (now.length + 1)).slice(0, takes);
      now = now.slice(0, from) + (puts ?? copied) + now.slice(from + takes);
    }
    return now;
  });
}

/** Some bytes of one of `files` changed, the file cut or made longer. */
export function mutatedBytes(files: readonly Uint8Array[], near: (file: Uint8Array) => number): Arbitrary<Uint8Array> {
  const poke = fc.record({
    /** from the place of interest */
    offset: fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -0x2000, max: 0x2000 })),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
    wide: fc.boolean(),
  });
  const length = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -0x2000, max: 0x1000 }) },
  );
  return fc.tuple(fc.constantFrom(...files), fc.array(poke, { maxLength: 8 }), length).map(([file, pokes, more]) => {
    const bytes = new Uint8Array(Math.max(0, file.length + more));
    // longer or shorter at the front, for the end is where the tables are
    bytes.set(more >= 0 ? file : file.subarray(-bytes.length || file.length), Math.max(0, more));
    for (const { offset, value, wide } of pokes) {
      const at = Math.max(0, near(bytes) + offset);
      for (let i = 0; i < (wide ? 4 : 1); i++) if (at + i < bytes.length) bytes[at + i] = value;
    }
    return bytes;
  });
}
