/** Everything about the machine that a scenario may choose. Each change runs the scenario again. */
import type { ReactNode } from "react";
import { CHECKS } from "../../manual/checks";
import { MEMORY_MIB } from "../../scenario/bounds";
import type { CheckName, MachineConfig } from "../../scenario/schema";
import { editMachine } from "../../store/scenario";

const MEMORY = [2, 6, 16, 32, 64, 128, MEMORY_MIB.max];

const SYSCFG: [keyof MachineConfig["syscfg"], string][] = [
  ["mfdm", "SYSCFG[19] MtrrFixDramModEn"],
  ["memEnc", "SYSCFG[23] MemEncryptionModEn"],
  ["snpEn", "SYSCFG[24] SecureNestedPagingEn"],
  ["vmplEn", "SYSCFG[25] VMPLEn"],
  ["smmLock", "HWCR[0] SmmLock"],
];

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
          value={machine.memoryMiB}
          options={sizes.map((n) => [n, `${n} MiB`])}
          choose={(n) => resize(machine, Number(n))}
        />
        <Choice
          label="RMP covers"
          value={machine.rmpCoversMiB}
          options={covers.map((n) => [n, `${n} MiB`])}
          choose={(n) => editMachine({ rmpCoversMiB: Number(n) })}
        />
        <Choice
          label="VMPLs"
          value={machine.vmpls}
          options={[1, 2, 3, 4].map((n) => [n, String(n)])}
          choose={(n) => editMachine({ vmpls: Number(n) })}
        />
        <Choice
          label="Hypervisor"
          value={machine.host}
          options={[
            ["kvm", "KVM"],
            ["svsm-host", "SVSM host"],
          ]}
          choose={(host) => editMachine({ host: host as MachineConfig["host"] })}
        />
        <Choice
          label="Backing pages"
          value={machine.backing}
          options={[
            ["4K", "4K"],
            ["2M", "2M"],
          ]}
          choose={(backing) => editMachine({ backing: backing as MachineConfig["backing"] })}
        />
        <Choice
          label="Host cores"
          value={machine.cores}
          options={[1, 2, 3, 4, 5, 6, 7, 8].map((n) => [n, String(n)])}
          choose={(n) => editMachine({ cores: Number(n) })}
        />
      </div>
      <fieldset>
        <legend>Platform, before SNP_INIT</legend>
        {SYSCFG.map(([bit, name]) => (
          <Tick
            key={bit}
            on={machine.syscfg[bit]}
            turn={(on) => editMachine({ syscfg: { ...machine.syscfg, [bit]: on } })}
          >
            {name}
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

function without(off: CheckName[], name: CheckName, on: boolean): CheckName[] {
  return on ? off.filter((other) => other !== name) : [...off, name];
}

type Option = [value: string | number, label: string];

function Choice({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string | number;
  options: Option[];
  choose: (value: string) => void;
}) {
  return (
    <label className="choice">
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
