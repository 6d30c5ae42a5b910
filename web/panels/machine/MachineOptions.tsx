/** Everything about the machine that a scenario may choose. Each change runs the scenario again. */
import type { ReactNode } from "react";
import { CHECKS } from "../../manual/checks";
import { CORES, MEMORY_MIB, VMPLS } from "../../scenario/bounds";
import { MACHINE, SYSCFG } from "../../scenario/fields";
import type { CheckName, MachineConfig } from "../../scenario/schema";
import { editMachine } from "../../store/scenario";

const MEMORY = [2, 6, 16, 32, 64, 128, 256, 1024, 4096, 16_384, MEMORY_MIB.max];

/** In the order of the bits. */
const PLATFORM_BITS = ["mfdm", "memEnc", "snpEn", "vmplEn", "smmLock"] as const;

const size = (mib: number) => (mib >= 1024 && mib % 1024 === 0 ? `${mib / 1024} GiB` : `${mib} MiB`);

const numbers = ({ min, max }: { min: number; max: number }): Option[] =>
  Array.from({ length: max - min + 1 }, (_, i) => [min + i, String(min + i)]);

export default function MachineOptions({ machine }: { machine: MachineConfig }) {
  const sizes = [...new Set([...MEMORY, machine.memoryMiB])].sort((a, b) => a - b);
  const covers = [
    ...new Set([...sizes.filter((n) => n < machine.memoryMiB), machine.rmpCoversMiB, machine.memoryMiB]),
  ].sort((a, b) => a - b);
  return (
    <div className="options">
      <div className="option-grid">
        <Choice
          label="Memory"
          hint={MACHINE.memoryMiB.doc}
          value={machine.memoryMiB}
          options={sizes.map((n) => [n, size(n)])}
          choose={(n) => resize(machine, Number(n))}
        />
        <Choice
          label="RMP covers"
          hint={MACHINE.rmpCoversMiB.doc}
          value={machine.rmpCoversMiB}
          options={covers.map((n) => [n, size(n)])}
          choose={(n) => editMachine({ rmpCoversMiB: Number(n) })}
        />
        <Choice
          label="VMPLs"
          hint={MACHINE.vmpls.doc}
          value={machine.vmpls}
          options={numbers(VMPLS)}
          choose={(n) => editMachine({ vmpls: Number(n) })}
        />
        <Choice
          label="Hypervisor"
          hint={MACHINE.host.doc}
          value={machine.host}
          options={[
            ["kvm", "KVM"],
            ["svsm-host", "SVSM host"],
          ]}
          choose={(host) => editMachine({ host: host as MachineConfig["host"] })}
        />
        <Choice
          label="Backing pages"
          hint={MACHINE.backing.doc}
          value={machine.backing}
          options={[
            ["4K", "4K"],
            ["2M", "2M"],
          ]}
          choose={(backing) => editMachine({ backing: backing as MachineConfig["backing"] })}
        />
        <Choice
          label="Host CPUs"
          hint={MACHINE.cores.doc}
          value={machine.cores}
          options={numbers(CORES)}
          choose={(n) => editMachine({ cores: Number(n) })}
        />
      </div>
      <fieldset>
        <legend>Platform, before SNP_INIT</legend>
        {PLATFORM_BITS.map((bit) => (
          <Tick
            key={bit}
            on={machine.syscfg[bit]}
            turn={(on) => editMachine({ syscfg: { ...machine.syscfg, [bit]: on } })}
          >
            {SYSCFG[bit].doc}
          </Tick>
        ))}
        <Tick on={machine.vmplSss} turn={(vmplSss) => editMachine({ vmplSss })}>
          CPU has VmplSSS (shadow-stack permission)
        </Tick>
      </fieldset>
      <fieldset>
        <legend>Checks the hardware makes, and what comes in without each</legend>
        {CHECKS.map((check) => (
          <Tick
            key={check.name}
            on={!machine.checksOff.includes(check.name)}
            turn={(on) => editMachine({ checksOff: without(machine.checksOff, check.name, on) })}
          >
            <code title={check.what}>{check.name}</code> <span className="muted small">{check.lets}</span>
          </Tick>
        ))}
      </fieldset>
    </div>
  );
}

function resize(machine: MachineConfig, memoryMiB: number): void {
  const whole = machine.rmpCoversMiB === machine.memoryMiB;
  editMachine({ memoryMiB, rmpCoversMiB: whole ? memoryMiB : Math.min(machine.rmpCoversMiB, memoryMiB) });
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function without(off: CheckName[], name: CheckName, on: boolean): CheckName[] {
  return on ? off.filter((other) => other !== name) : [...off, name];
}

type Option = [value: string | number, label: string];

function Choice({
  label,
  hint,
  value,
  options,
  choose,
}: {
  label: string;
  hint: string;
  value: string | number;
  options: Option[];
  choose: (value: string) => void;
}) {
  return (
    <label className="choice" title={sentence(hint)}>
      <span>{label}</span>
      <select className="select" value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Tick({ on, turn, children }: { on: boolean; turn: (on: boolean) => void; children: ReactNode }) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(event) => turn(event.target.checked)} />
      <span>{children}</span>
    </label>
  );
}
