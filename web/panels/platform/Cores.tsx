/** SYSCFG and HWCR bit by bit, a column a core; cores that are alike share one. APM vol. 2, 15.36.2. */
import { HwcrBit, SyscfgBit } from "../../../assembly/abi";
import type { PlatformView } from "../../runtime/protocol";

type Core = PlatformView["cores"][number];

const ROWS: [register: "syscfg" | "hwcr", bit: number, name: string, means: string][] = [
  ["syscfg", SyscfgBit.MFDM, "MtrrFixDramModEn", "SYSCFG bit 19, MFDM for short"],
  ["syscfg", SyscfgBit.MEMENC, "MemEncryptionModEn", "SYSCFG bit 23: memory encryption is on"],
  ["syscfg", SyscfgBit.SNPEN, "SecureNestedPagingEn", "SYSCFG bit 24, SNPEn for short: SEV-SNP is on"],
  ["syscfg", SyscfgBit.VMPLEN, "VMPLEn", "SYSCFG bit 25: VMPLs are on; SNP_INIT refuses without it"],
  ["hwcr", HwcrBit.SMMLOCK, "SmmLock", "HWCR bit 0: SMM is locked; SNP_INIT refuses without it"],
];

const isSet = (core: Core, register: "syscfg" | "hwcr", bit: number) =>
  ((BigInt(core[register]) >> BigInt(bit)) & 1n) === 1n;

export function Cores({ platform }: { platform: PlatformView }) {
  const groups = alike(platform.cores);
  return (
    <section aria-labelledby="cores-heading">
      <h3 id="cores-heading">Host registers</h3>
      <div className="platform-scroll">
        <table className="registers">
          <caption className="sr">SYSCFG and HWCR of each host core</caption>
          <thead>
            <tr>
              <td />
              {groups.map(({ cores }) => (
                <th key={cores[0]} scope="col">
                  {nameOf(cores, platform.cores.length)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([register, bit, name, means]) => (
              <tr key={name}>
                <th scope="row" title={means}>
                  <span className="register">
                    {register === "syscfg" ? "SYSCFG" : "HWCR"}[{bit}]
                  </span>
                  {name}
                </th>
                {groups.map(({ core, cores }) => (
                  <td key={cores[0]} data-set={isSet(core, register, bit) || undefined}>
                    {isSet(core, register, bit) ? "set" : "clear"}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="locks small">
        {locksOf(platform.cores).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

/** Cores whose registers are equal, in order of their first. */
function alike(cores: readonly Core[]): { core: Core; cores: number[] }[] {
  const groups = new Map<string, { core: Core; cores: number[] }>();
  for (const [index, core] of cores.entries()) {
    const key = `${core.syscfg} ${core.hwcr}`;
    const known = groups.get(key);
    if (known) known.cores.push(index);
    else groups.set(key, { core, cores: [index] });
  }
  return [...groups.values()];
}

/** "core 0", "cores 0, 2 to 4" */
function nameOf(cores: readonly number[], all: number): string {
  if (cores.length === all) return all === 1 ? "core 0" : `all ${all} cores`;
  const runs: [number, number][] = [];
  for (const core of cores) {
    const last = runs.at(-1);
    if (last && last[1] === core - 1) last[1] = core;
    else runs.push([core, core]);
  }
  const names = runs.map(([from, to]) =>
    from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`,
  );
  return `${cores.length === 1 ? "core" : "cores"} ${names.join(", ")}`;
}

/** What is locked, by what, and until when. */
function locksOf(cores: readonly Core[]): string[] {
  const all = cores.map((_, index) => index);
  const frozen = all.filter((index) => isSet(cores[index] as Core, "syscfg", SyscfgBit.SNPEN));
  const locked = all.filter((index) => isSet(cores[index] as Core, "hwcr", HwcrBit.SMMLOCK));
  const on = (some: number[]) => (some.length === cores.length ? "" : ` on ${nameOf(some, cores.length)}`);
  return [
    frozen.length === 0
      ? "SYSCFG is open: SecureNestedPagingEn is clear, so the host may still write every bit."
      : `SYSCFG is frozen${on(frozen)} until reset, by SecureNestedPagingEn: writes are ignored. The fixed MTRRs, IORRs and TOP_MEM raise #GP instead, and so, it is assumed, do RMP_BASE and RMP_END.`,
    locked.length === 0
      ? "SMM is not locked: the BIOS left SmmLock clear."
      : `SmmLock${on(locked)} stays set until reset: the BIOS set it, and a write cannot clear it.`,
  ];
}
