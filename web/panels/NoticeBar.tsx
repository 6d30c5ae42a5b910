/** One sentence above the bands: a link that waits to be run, or something of the reader's that was not done. */

import { plain } from "../scenario/quoted";
import { run } from "../store/run";
import { dismissNotice, ui } from "../store/ui";
import { Icon } from "./icons";

export function NoticeBar() {
  const held = ui((s) => s.status === "held");
  const notice = ui((s) => s.notice);
  return (
    <div className="notices">
      {held ? (
        <section className="notice" aria-label="Opened from a link">
          <p>
            Opened from a link, not run yet. Its programs run in this browser only, cut off from network and storage.
          </p>
          <button type="button" className="button accent" onClick={() => void run()}>
            <Icon name="play" filled />
            Run it
          </button>
        </section>
      ) : null}
      {notice ? (
        <section className="notice" data-tone={notice.tone} role="status" aria-label="Notice">
          <p>{plain(notice.text)}</p>
          <button type="button" className="button icon" aria-label="Dismiss" onClick={dismissNotice}>
            <Icon name="cross" />
          </button>
        </section>
      ) : null}
    </div>
  );
}
