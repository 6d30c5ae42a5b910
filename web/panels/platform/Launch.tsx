/** The launch digest as it grows: one row a page, up to where the reader stands. */
import { useState } from "react";
import { Perm } from "../../../assembly/abi";
import type { LaunchStep } from "../../runtime/protocol";
import { platform } from "../../store/platform";
import { goTo } from "../../store/step";
import { ui } from "../../store/ui";
import { address, plural } from "../numbers";
import { Digest, DigestStart } from "./Digest";

/** Rows shown at first: more than the default launch has. */
const SHOWN = 40;

/** Before the first page: 48 zero bytes. */
const START = "0".repeat(96);

export function Launch() {
  const steps = platform((s) => s.steps);
  const failed = platform((s) => s.failed);
  const step = ui((s) => s.step);
  const current = platform((s) => s.of) === ui((s) => s.result);
  const [all, setAll] = useState(false);
  if (steps === null || !current) {
    return (
      <section aria-labelledby="launch-heading">
        <h3 id="launch-heading">Launch digest</h3>
        <p className="muted small">{failed || "Measured as soon as the run has ended."}</p>
      </section>
    );
  }
  const last = steps.findLast((launched) => launched.step <= step);
  const done = steps.filter((launched) => launched.step <= step).length;
  const shown = all || steps.length <= SHOWN ? steps : around(steps, done);
  const guests = new Set(steps.map(({ context }) => context)).size;
  return (
    <section aria-labelledby="launch-heading">
      <h3 id="launch-heading">
        Launch digest <span className="muted small">{progress(done, steps.length)}</span>
      </h3>
      <Digest value={last?.digest ?? START} what="Launch digest at this step" />
      {steps.length === 0 ? (
        <p className="muted small">
          No page was launched in this run: each SNP_LAUNCH_UPDATE that succeeds adds a row here, and a link to the
          chain.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="platform-scroll launch-scroll" tabIndex={0} aria-label="Pages launched">
          <table className="rows launch">
            <thead>
              <tr>
                <th scope="col" className="right">
                  step
                </th>
                {guests > 1 ? (
                  <th scope="col" className="launch-guest">
                    guest
                  </th>
                ) : null}
                <th scope="col">type</th>
                <th scope="col">gpa</th>
                {[1, 2, 3].map((vmpl) => (
                  <th key={vmpl} scope="col" className="launch-mask" title={`permissions of VMPL${vmpl}`}>
                    {vmpl === 1 ? "VMPL1" : vmpl}
                  </th>
                ))}
                <th scope="col">digest after it</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((launched) => (
                <Row key={launched.step} launched={launched} step={step} guests={guests} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {shown.length < steps.length ? (
        <button type="button" className="button plain" onClick={() => setAll(true)}>
          Show all {plural(steps.length, "page")}
        </button>
      ) : null}
    </section>
  );
}

/** The rows about the place where the reader stands. */
function around(steps: readonly LaunchStep[], done: number): LaunchStep[] {
  const from = Math.max(0, Math.min(done - SHOWN / 2, steps.length - SHOWN));
  return steps.slice(from, from + SHOWN);
}

function progress(done: number, all: number): string {
  if (all === 0) return "";
  if (done === 0) return `before the first of ${plural(all, "page")}`;
  return done < all ? `after ${done} of ${plural(all, "page")}` : `of ${plural(all, "page")}`;
}

function Row({ launched, step, guests }: { launched: LaunchStep; step: number; guests: number }) {
  const { step: at, context, type, gpa, size, perms, imi, digest } = launched;
  const granted = grants(perms);
  return (
    <tr data-chosen={at === step || undefined} data-later={at > step || undefined}>
      <td className="right">
        <button
          type="button"
          className="button plain mono"
          aria-current={at === step ? "step" : undefined}
          aria-label={`Go to step ${at}`}
          onClick={() => void goTo(at)}
        >
          {at}
        </button>
      </td>
      {guests > 1 ? <td className="mono launch-guest">{address(context)}</td> : null}
      <td>
        {type}
        {size === "2M" ? " 2M" : ""}
        {imi ? ", IMI" : ""}
      </td>
      <td>
        <span className="mono">{address(gpa)}</span>
        {guests > 1 ? <span className="below-guest">guest {address(context)}</span> : null}
        {granted === "" ? null : <span className="below-mask">{granted}</span>}
      </td>
      {perms.map((mask, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the VMPL
        <td key={i} className="mono mask launch-mask">
          {maskName(mask)}
        </td>
      ))}
      <td>
        <DigestStart value={digest} />
      </td>
    </tr>
  );
}

/** What a page grants to the levels above 0, in words: for where there is no room for a column each. */
function grants(perms: LaunchStep["perms"]): string {
  return perms.flatMap((mask, i) => (mask === 0 ? [] : `VMPL${i + 1} ${maskName(mask)}`)).join(", ");
}

const LETTERS: [number, string][] = [
  [Perm.R, "R"],
  [Perm.W, "W"],
  [Perm.XU, "U"],
  [Perm.XS, "S"],
];

/** full, -, or letters: R W U(ser) S(upervisor), as in the table of entries. */
function maskName(mask: number): string {
  if ((mask & 0xf) === 0xf) return "full";
  return (
    LETTERS.filter(([bit]) => mask & bit)
      .map(([, letter]) => letter)
      .join("") || "\u2013"
  );
}
