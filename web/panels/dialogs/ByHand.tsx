/** Text to copy by hand, where the browser does not let the page write to the clipboard. */
import { Dialog } from "./Dialog";

export default function ByHand({ text }: { text: string }) {
  return (
    <Dialog title="Copy this">
      <p className="muted">The browser keeps the clipboard closed to this page. The text is selected: copy it.</p>
      <textarea
        className="by-hand mono"
        aria-label="Text to copy"
        readOnly
        value={text}
        ref={(element) => element?.select()}
      />
    </Dialog>
  );
}
