/** What is there before the guest's first instruction: registers, firmware, the pages launched and their digest. */
import { useEffect } from "react";
import { lookAtLaunch } from "../../store/platform";
import { ui } from "../../store/ui";
import { Cores } from "./Cores";
import { Firmware } from "./Firmware";
import { Launch } from "./Launch";
import { Levels } from "./Levels";
import { OvmfImage } from "./OvmfImage";

export default function Platform() {
  const view = ui((s) => s.view);
  const result = ui((s) => s.result);
  const status = ui((s) => s.status);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run, or its end, is what there is to look at again
  useEffect(() => void lookAtLaunch(), [result, status]);
  return (
    <div className="platform">
      {view ? (
        <>
          <Cores platform={view.platform} />
          <Firmware platform={view.platform} />
          <Launch />
          <Levels />
        </>
      ) : (
        <p className="muted">
          The host's registers, the firmware's state and the launch digest appear here once the scenario has run.
        </p>
      )}
      <OvmfImage />
    </div>
  );
}
