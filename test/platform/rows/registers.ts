/** SYSCFG and the registers that freeze with it. APM vol. 2, 15.36.2. */
import {
  FROZEN,
  HWCR,
  MEMENC,
  MFDM,
  READY,
  RMP_BASE,
  RMP_END,
  SMM_KEY,
  SNPEN,
  SYSCFG,
  TOP_MEM,
  VM_HSAVE_PA,
} from "../model/registers";
import type { Operation } from "../operation";
import type { Row } from "./steps";

const wrmsr = (msr: number, value: bigint, core = 0): Operation => ({ op: "wrmsr", core, msr, value });
const rdmsr = (msr: number, core = 0): Operation => ({ op: "rdmsr", core, msr });
const GP = { fault: "#GP", error: "0x0" };
const OK = { ok: true };
const LOCK = "APM vol. 2, 15.36.2";

export const REGISTERS: Row[] = [
  {
    title: "SYSCFG is open before SNPEn",
    cite: LOCK,
    given: [wrmsr(SYSCFG, MEMENC)],
    op: wrmsr(SYSCFG, MEMENC | MFDM),
    gives: OK,
  },
  {
    title: "SYSCFG ignores a write once SNPEn is set: no fault",
    cite: LOCK,
    given: [wrmsr(SYSCFG, READY)],
    op: wrmsr(SYSCFG, 0n),
    gives: OK,
    rule: "SYSCFG_OPEN",
  },
  {
    title: "and keeps its value",
    cite: LOCK,
    given: [wrmsr(SYSCFG, READY), wrmsr(SYSCFG, 0n)],
    op: rdmsr(SYSCFG),
    gives: { value: "0x3880000" },
  },
  {
    title: "so VMPLEn cannot be set after SNPEn",
    cite: LOCK,
    given: [wrmsr(SYSCFG, MEMENC | MFDM | SNPEN), wrmsr(SYSCFG, READY)],
    op: rdmsr(SYSCFG),
    gives: { value: "0x1880000" },
  },
  {
    title: "each core freezes by its own SNPEn",
    cite: LOCK,
    given: [wrmsr(SYSCFG, READY, 0), wrmsr(SYSCFG, MEMENC, 1)],
    op: rdmsr(SYSCFG, 1),
    gives: { value: "0x800000" },
  },
  ...FROZEN.map((msr): Row => {
    const assumed = msr === RMP_BASE || msr === RMP_END;
    return {
      title: `0x${msr.toString(16)} gives #GP(0) once SNPEn is set`,
      cite: assumed ? `Assumed, after ${LOCK}` : LOCK,
      given: [wrmsr(SYSCFG, SNPEN)],
      op: wrmsr(msr, 0x1000n),
      gives: GP,
      rule: "FROZEN_MSR",
    };
  }),
  ...FROZEN.map(
    (msr): Row => ({
      title: `0x${msr.toString(16)} is open before`,
      cite: LOCK,
      given: [],
      op: wrmsr(msr, 0x1000n),
      gives: OK,
    }),
  ),
  ...FROZEN.filter((msr) => msr !== SMM_KEY).map(
    (msr): Row => ({
      title: `0x${msr.toString(16)} keeps what was written before`,
      cite: LOCK,
      given: [wrmsr(msr, 0x1234_5000n, 1), wrmsr(SYSCFG, SNPEN, 1)],
      op: rdmsr(msr, 1),
      gives: { value: "0x12345000" },
    }),
  ),
  {
    title: "SMM_KEY reads 0",
    cite: "APM vol. 2, 10.6",
    given: [wrmsr(SMM_KEY, 5n)],
    op: rdmsr(SMM_KEY),
    gives: { value: "0x0" },
  },
  {
    title: "another core's register is another register",
    cite: "APM vol. 2, 15.36.2",
    given: [wrmsr(TOP_MEM, 1n, 0)],
    op: rdmsr(TOP_MEM, 1),
    gives: { value: "0x0" },
  },
  {
    title: "SmmLock stays set until reset",
    cite: "APM vol. 2, 10.3",
    given: [wrmsr(HWCR, 1n), wrmsr(HWCR, 0x10n)],
    op: rdmsr(HWCR),
    gives: { value: "0x11" },
  },
  {
    title: "VM_HSAVE_PA does not freeze",
    cite: LOCK,
    given: [wrmsr(SYSCFG, READY)],
    op: wrmsr(VM_HSAVE_PA, 0x5000n),
    gives: OK,
  },
  { title: "no such register, written", cite: "APM vol. 2, 8.4.14", given: [], op: wrmsr(0x123, 1n), gives: GP },
  { title: "no such register, read", cite: "APM vol. 2, 8.4.14", given: [], op: rdmsr(0x123), gives: GP },
];
