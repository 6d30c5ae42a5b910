/** The scenario in its author's words, with its sources. Markdown without HTML of its own. */
import { micromark } from "micromark";
import { ui } from "../../store/ui";
import { Dialog } from "./Dialog";

export default function About() {
  const scenario = ui((s) => s.scenario);
  if (!scenario) return null;
  // micromark escapes HTML and drops dangerous link schemes unless told otherwise.
  const html = micromark(scenario.about);
  return (
    <Dialog title={scenario.title}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: micromark's safe mode, see above */}
      <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />
      {scenario.sources?.length ? (
        <>
          <h3>Sources</h3>
          <ul className="sources small">
            {scenario.sources.map((source) => (
              <li key={source}>{source}</li>
            ))}
          </ul>
        </>
      ) : null}
    </Dialog>
  );
}
