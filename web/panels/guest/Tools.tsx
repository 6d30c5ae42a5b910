/** What can be done with a built-in program: replace a part of the hypervisor, take a copy of a library module. */
import { page } from "../../store/page";
import {
  backToBuiltIn,
  copyIntoScenario,
  overridden,
  overridePart,
  PARTS,
  type Part,
  type Program,
} from "../../store/programs";

export function Tools({ program }: { program: Program }) {
  const hypervisor = page((s) => s.scenario?.hypervisor);
  const host = page((s) => s.scenario?.machine.host);
  if (program.name === "guest") return null;
  if (program.name === "hypervisor") {
    const taken = overridden(hypervisor);
    return (
      <p className="tools small">
        <span className="muted">
          {program.own
            ? "Replaces parts of the default. "
            : `The default: ${host === "svsm-host" ? "an SVSM host" : "KVM"}. Override `}
        </span>
        {(Object.keys(PARTS) as Part[])
          .filter((part) => !taken.has(part))
          .map((part) => (
            <button key={part} type="button" className="button plain mono" onClick={() => overridePart(part)}>
              {part}
            </button>
          ))}
        {program.own ? (
          <button type="button" className="button plain" onClick={() => backToBuiltIn("hypervisor")}>
            Back to the default
          </button>
        ) : null}
      </p>
    );
  }
  const { name } = program;
  return (
    <p className="tools small">
      <span className="muted">
        {program.own ? `This scenario's own copy of "${name}". ` : `import from "${name}". `}
      </span>
      {program.own ? (
        <button type="button" className="button plain" onClick={() => backToBuiltIn(name)}>
          Back to the library's
        </button>
      ) : (
        <button type="button" className="button plain" onClick={() => void copyIntoScenario(name)}>
          Copy into my program
        </button>
      )}
    </p>
  );
}
