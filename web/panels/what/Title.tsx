/** What the scenario is called and what it claims, above the step that shows it. */
import { plain, TITLE_CHARS } from "../../scenario/quoted";
import { perform } from "../../store/commands";
import { ui } from "../../store/ui";
import { InlineCode } from "../InlineCode";
import { AssumedMark } from "../platform/AssumedMark";

/** Of the first line of what a scenario says about itself, at most so many characters. */
const CLAIM_CHARS = 400;

export function Title() {
  return (
    <div className="title">
      <TitleOnly />
      <button type="button" className="button plain" onClick={() => perform("about")}>
        About<span className="sr"> this scenario</span>
      </button>
      <AssumedMark />
    </div>
  );
}

export function Claim() {
  const about = ui((s) => s.scenario?.about ?? "");
  const [claim = ""] = about
    .trimStart()
    .slice(0, 2 * CLAIM_CHARS)
    .split("\n", 1);
  return (
    <p className="claim">
      <InlineCode text={plain(claim, CLAIM_CHARS)} />
    </p>
  );
}

/** The page's heading, also where the band that shows it is not open. */
export function TitleOnly({ unseen = false }: { unseen?: boolean }) {
  const title = ui((s) => s.scenario?.title ?? "");
  return <h1 className={unseen ? "sr" : undefined}>{plain(title, TITLE_CHARS) || "snplay"}</h1>;
}
