/** The end of the launch at each level of the picker: the level is measured, and nothing else gives it away. */

import { firstDifference, type LevelLaunch, launchOfGuest, platform } from "../../store/platform";
import { ui } from "../../store/ui";
import { DigestButton } from "./Digest";

export function Levels() {
  const levels = platform((s) => s.levels);
  const picked = ui((s) => s.ran?.vmpl ?? 0);
  const current = platform((s) => s.of) === ui((s) => s.result);
  const ours = current ? stepsOf(levels[picked]) : null;
  if (!ours || ours.length === 0) return null;
  return (
    <section aria-labelledby="levels-heading">
      <h3 id="levels-heading">The same launch at every boot VMPL</h3>
      <table className="rows by-level">
        <caption className="sr">Launch digest at each boot VMPL</caption>
        <thead>
          <tr>
            <th scope="col">boot VMPL</th>
            <th scope="col">digest</th>
            <th scope="col">differs</th>
          </tr>
        </thead>
        <tbody>
          {levels.map((level, vmpl) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the VMPL
            <tr key={vmpl} data-chosen={vmpl === picked || undefined}>
              <th scope="row">
                VMPL{vmpl}
                {vmpl === picked ? <span className="sr">, the one that runs</span> : null}
              </th>
              <Launched level={level} vmpl={vmpl} ours={ours} picked={vmpl === picked} />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted small">
        The level stands in the VMSA, and the VMSA is measured; so is what each page grants to the other levels. No
        register tells the guest: only whoever verifies the digest notices that another level was picked, or a guest
        that probes its own.
      </p>
    </section>
  );
}

interface LaunchedProps {
  level: LevelLaunch;
  vmpl: number;
  ours: ReturnType<typeof launchOfGuest>;
  picked: boolean;
}

function Launched({ level, vmpl, ours, picked }: LaunchedProps) {
  if (level.state === "absent") return <td colSpan={2}>not on this machine</td>;
  const steps = stepsOf(level);
  if (!steps) return <td colSpan={2}>being measured</td>;
  const end = steps.at(-1);
  return (
    <>
      <td>{end ? <DigestButton value={end.digest} what={`launch digest at VMPL${vmpl}`} /> : "nothing launched"}</td>
      <td className="small">{picked ? "this run" : (firstDifference(ours, steps) ?? "not at all")}</td>
    </>
  );
}

function stepsOf(level: LevelLaunch | undefined) {
  return level?.state === "measured" ? launchOfGuest(level.steps) : null;
}
