/** The answers that a context has got so far, in order: enough to run it again to where it stands. */
import { Defect } from "./defect";
import { Call } from "./inside/calls";

/** The part of a sandbox in which answers arrive. */
export interface Answers {
  readonly num: Float64Array;
  readonly wide: BigUint64Array;
  readonly page: Uint8Array;
  readonly regs: Uint32Array;
  message: string;
}

const NUMS = 8;
const PAGE = 4096;

export class History {
  length = 0;
  /** texts that were said, and times that the engine asked whether to stop, since the last answer */
  texts = 0;
  ticks = 0;
  private ops = new Uint8Array(64);
  private nums = new Float64Array(64 * NUMS);
  private wides = new BigUint64Array(64);
  private readonly pages = new Map<number, Uint8Array>();
  private readonly registers = new Map<number, Uint32Array>();
  private readonly messages = new Map<number, string>();

  /** The answer to `op` is in `from`. */
  add(op: Call, from: Answers): void {
    const at = this.length++;
    if (at === this.ops.length) this.grow();
    this.ops[at] = op;
    for (let i = 0; i < NUMS; i++) this.nums[at * NUMS + i] = from.num[i] ?? 0;
    this.wides[at] = from.wide[0] ?? 0n;
    if (op === Call.READ && from.num[0] === 0 && from.num[2] === PAGE) this.pages.set(at, from.page.slice());
    if (from.message !== "") this.messages.set(at, from.message);
    this.texts = 0;
    this.ticks = 0;
  }

  /** The registers as VMRUN loaded them: the program sees them with the last answer, or as it starts. */
  load(regs: Uint32Array): void {
    this.registers.set(this.length - 1, regs.slice());
  }

  /** Before the first answer. */
  begin(to: Answers): void {
    to.regs.fill(0);
    const regs = this.registers.get(-1);
    if (regs) to.regs.set(regs);
  }

  /** Gives the answer at `at` again. */
  give(at: number, op: Call, to: Answers): void {
    if (this.ops[at] !== op) {
      throw new Defect(`a context that ran again asked for ${Call[op]} and not ${Call[this.ops[at] ?? 0]}`);
    }
    for (let i = 0; i < NUMS; i++) to.num[i] = this.nums[at * NUMS + i] ?? 0;
    to.wide[0] = this.wides[at] ?? 0n;
    const page = this.pages.get(at);
    if (page) to.page.set(page);
    const regs = this.registers.get(at);
    if (regs) to.regs.set(regs);
    to.message = this.messages.get(at) ?? "";
  }

  private grow(): void {
    const more = this.ops.length * 2;
    const [ops, nums, wides] = [new Uint8Array(more), new Float64Array(more * NUMS), new BigUint64Array(more)];
    ops.set(this.ops);
    nums.set(this.nums);
    wides.set(this.wides);
    [this.ops, this.nums, this.wides] = [ops, nums, wides];
  }
}
