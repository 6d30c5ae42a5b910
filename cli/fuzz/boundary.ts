/**
 * What a sandbox could ask for if a program had the memory between the two sides and the way out: any operation with any
 * numbers. The program itself is ordinary; beside it, the sandbox's own side is made to ask.
 */
import fc, { type Arbitrary } from "fast-check";
import { Call, Status } from "../../web/runtime/inside/calls";
import { type Parts, run } from "../../web/runtime/run";
import { parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { readParts } from "../programs";
import { holdsAsSentence, target } from "./target";

const OPERATIONS = Object.values(Call).filter((value): value is Call => typeof value === "number");

const number: Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 7, 8, 4096, 0x1000, 0x20_0000, 0x80_0000, 0x80_1000, 0xff_f000) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -0, 0.5, 4095.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 52) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 52 - 1, 2 ** 53, 2 ** 63, 2 ** 64, 1e308, 5e-324, -(2 ** 31), 255.5) },
  { weight: 1, arbitrary: fc.nat(2 ** 24) },
  { weight: 1, arbitrary: fc.double() },
);
const operation: Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...OPERATIONS) },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 300 }) },
  { weight: 1, arbitrary: number },
);

interface Request {
  numbers: number[];
  wide: bigint;
  text: string | null;
}

const request: Arbitrary<Request> = fc.record({
  numbers: fc.tuple(operation, fc.array(number, { maxLength: 8 })).map(([op, operands]) => [op, ...operands]),
  wide: fc.oneof(fc.constantFrom(0n, 1n, 0x30000n, 2n ** 64n - 1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  text: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.string({ maxLength: 20 }) }),
});

interface Asked {
  side: "guest" | "hypervisor";
  hook: "launch" | "npf" | "vmgexit";
  requests: Request[];
}

const asked: Arbitrary<Asked> = fc.record({
  side: fc.constantFrom("guest" as const, "hypervisor" as const),
  hook: fc.constantFrom("launch" as const, "npf" as const, "vmgexit" as const),
  requests: fc.array(request, { minLength: 1, maxLength: 12 }),
});

/** The way out, where the sandbox leaves it (inside/surroundings.ts clears the global object). The answer is what num[0] says. */
const LEAK = `
Math.ask = (numbers, wides, text) => {
  for (let i = 0; i < 16; i++) num[i] = i < numbers.length ? numbers[i] : 0;
  wide[0] = wides;
  if (text === null) host(); else hostText(text);
  const status = num[0];
  return status === ${Status.WRONG} ? message() : status;
};
`;

async function leaky(): Promise<Parts> {
  const parts = await readParts();
  const inside = { ...parts.sources.inside, boundary: `${parts.sources.inside.boundary}${LEAK}` };
  return { ...parts, sources: { ...parts.sources, inside } };
}

/** Comes by every hook. */
const GUEST = `export function boot() {
  pvalidate(RAM_START, 0, 1);
  wrmsr(0xc0010130, 2n);
  vmgexit();
}
`;

function literal(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Each answer is a line of the log: a status of calls.ts, or a sentence. */
function scenarioOf({ side, hook, requests }: Asked): Scenario {
  const lines = requests.map(({ numbers, wide, text }) => {
    const operands = `[${numbers.map(literal).join(", ")}], ${wide}n, ${JSON.stringify(text)}`;
    return `  answers.push(Math.ask(${operands}));`;
  });
  const body = ["  const answers = [];", ...lines, '  log("answers " + JSON.stringify(answers));'].join("\n");
  const fields =
    side === "guest"
      ? { guest: `export function boot() {\n${body}\n}\n` }
      : {
          guest: GUEST,
          hypervisor: `export function ${hook}(hv, ...rest) {\n${body}\n  return hv.honest.${hook}(...rest);\n}\n`,
        };
  const parsed = parseScenarioValue({ version: 2, ...fields });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.scenario;
}

/** The ways a request may come out: done, an exception, the run has ended, or a sentence. */
function holdsAsAnswer(answer: unknown): void {
  if (typeof answer === "string") return holdsAsSentence(answer);
  if (answer === Status.DONE || answer === Status.EXCEPTION || answer === Status.ENDED) return;
  throw new Error(`an answer that there is not: ${answer}`);
}

let parts: Promise<Parts> | null = null;

export const boundary = target({
  name: "boundary",
  puts: "requests in the memory between the sandboxes and the runtime",
  input: asked,
  cases: 70,
  async check(input) {
    parts ??= leaky();
    try {
      const trace = await run(scenarioOf(input), await parts);
      if (trace.end.end === "error") {
        holdsAsSentence(trace.end.message.replace(/\s/g, " "));
        if (trace.end.message.endsWith("not a function"))
          throw new Error("the way out is not there: nothing was asked");
      }
      for (const { text } of trace.log.lines) {
        if (text.startsWith("answers ")) for (const answer of JSON.parse(text.slice(8))) holdsAsAnswer(answer);
      }
      trace.release();
    } catch (error) {
      // after a defect none of the parts may be used again
      parts = null;
      throw error;
    }
  },
  file: (input) => ({ ending: "json", content: JSON.stringify(scenarioOf(input), null, 2) }),
});
