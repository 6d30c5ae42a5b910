/** The permission masks of one entry: VMPL0..3 against R W XU XS SSS. APM vol. 2, table 15-36. */
import { Perm } from "../../../assembly/abi";
import type { EntryView } from "../../core/event";
import { ui } from "../../store/ui";

const MEANS: Readonly<Record<Perm, string>> = {
  [Perm.R]: "read",
  [Perm.W]: "write",
  [Perm.XU]: "execute at CPL3",
  [Perm.XS]: "execute below CPL3",
  [Perm.SSS]: "supervisor shadow stack",
};
const COLUMNS = (Object.keys(MEANS).map(Number) as Perm[]).map((mask) => [Perm[mask], mask, MEANS[mask]] as const);

export function Permissions({ entry, changed }: { entry: EntryView; changed: ReadonlySet<string> }) {
  const vmpls = ui((s) => s.ran?.machine.vmpls ?? 4);
  const event = ui((s) => s.view?.event);
  const runs = event?.actor === "guest" ? event.vmpl : null;
  return (
    <table className="perms">
      <caption className="sr">What each VMPL may do with this page</caption>
      <thead>
        <tr>
          <td />
          {COLUMNS.map(([name, , means]) => (
            <th key={name} scope="col" title={means}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {entry.perms.slice(0, vmpls).map((mask, vmpl) => (
          <tr
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the VMPL
            key={vmpl}
            data-runs={runs === vmpl || undefined}
            data-changed={changed.has(`perms[${vmpl}]`) || undefined}
          >
            <th scope="row">VMPL{vmpl}</th>
            {COLUMNS.map(([name, bit]) => (
              <td key={name} data-may={(mask & bit) !== 0 || undefined}>
                <span className="sr">{mask & bit ? "yes" : "no"}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
