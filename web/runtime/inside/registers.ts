// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/** The general-purpose registers as the program sees them. Reading or setting one is no event: the processor saves and loads them. */
import { registers, wide } from "./boundary";
import { putWide } from "./numbers";

const { create, defineProperty, freeze } = Object;

/** The order in which both sides of the boundary keep them. */
const NAMES = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split(" ");

const all = create(null) as object;
for (let i = 0; i < NAMES.length; i++) {
  const name = NAMES[i] as string;
  defineProperty(all, name, {
    get: () => registers[i],
    set(value: unknown) {
      putWide(value, "regs." + name, 0);
      registers[i] = wide[0];
    },
    enumerable: true,
  });
}

export const regs = freeze(all);
