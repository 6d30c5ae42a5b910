/** The RMP's place, the firmware's state, and the guests it keeps. Firmware ABI (56860), platform and guest states. */
import type { PlatformView } from "../../runtime/protocol";
import { showHardware } from "../../store/platform";
import { select } from "../../store/step";
import { address, count, grouped } from "../numbers";

export function Firmware({ platform }: { platform: PlatformView }) {
  const { cores, covered, initialized, guests } = platform;
  const [first] = cores;
  const moved = cores.some(({ rmpBase, rmpEnd }) => rmpBase !== first?.rmpBase || rmpEnd !== first?.rmpEnd);
  return (
    <>
      <section aria-labelledby="rmp-heading">
        <h3 id="rmp-heading">Where the RMP lies</h3>
        <dl className="pairs">
          <div>
            <dt>RMP_BASE</dt>
            <dd className="mono">{address(first?.rmpBase ?? 0)}</dd>
          </div>
          <div>
            <dt>RMP_END</dt>
            <dd className="mono">{address(first?.rmpEnd ?? 0)}</dd>
          </div>
          <div>
            <dt>covers</dt>
            <dd>
              {covered === 0 ? (
                "nothing"
              ) : (
                <>
                  <span className="mono">{address(0)}</span> to <span className="mono">{address(covered - 1)}</span>:{" "}
                  {count(covered / 2 ** 20)} MiB, {count(covered / 4096)} pages
                </>
              )}
            </dd>
          </div>
        </dl>
        <p className="muted small">
          {moved
            ? "The cores do not agree on RMP_BASE and RMP_END (core 0's are shown): SNP_INIT refuses that."
            : "The first 16 KiB are the processor's bookkeeping; the entries, 16 bytes a page, follow. Pages behind the covered ones have no entry and stay the hypervisor's."}
        </p>
      </section>
      <section aria-labelledby="firmware-heading">
        <h3 id="firmware-heading">
          Firmware <span className="state-word">{initialized ? "INIT" : "UNINIT"}</span>
        </h3>
        {guests.length === 0 ? (
          <p className="muted small">
            {initialized
              ? "It keeps no guest at this step. SNP_GCTX_CREATE makes a guest's context."
              : "SNP_INIT has not succeeded at this step, so the firmware keeps no guest."}
          </p>
        ) : (
          <div className="platform-scroll">
            <table className="rows">
              <caption className="sr">Guests the firmware keeps</caption>
              <thead>
                <tr>
                  <th scope="col">context page</th>
                  <th scope="col">state</th>
                  <th scope="col" className="right">
                    asid
                  </th>
                  <th scope="col">policy</th>
                </tr>
              </thead>
              <tbody>
                {guests.map(({ context, state, asid, policy, imi }) => (
                  <tr key={context}>
                    <td>
                      <button
                        type="button"
                        className="button plain mono"
                        title="Show this page in the RMP"
                        onClick={() => {
                          showHardware("rmp");
                          void select(context);
                        }}
                      >
                        {address(context)}
                      </button>
                    </td>
                    <td>
                      {state}
                      {imi ? ", migration image" : ""}
                    </td>
                    <td className="right mono">{asid === 0 ? "none" : asid}</td>
                    <td className="mono">{state === "INIT" ? "" : grouped(policy)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}
