/** A modal dialog of the browser's own, so that focus, Escape and the inert page behind it are the browser's work. */
import { type ReactNode, useEffect, useRef } from "react";
import { closeDialog } from "../../store/ui";
import { Icon } from "../icons";

export function Dialog({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = element;
    if (!current || current.open) return;
    current.showModal();
    // The browser gives the focus to the first control, which is Close.
    current.querySelector<HTMLElement>("[data-first]")?.focus();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it as well, through onClose
    <dialog
      ref={element}
      className="dialog"
      data-wide={wide || undefined}
      aria-labelledby="dialog-title"
      onClose={closeDialog}
      onClick={(event) => event.target === element.current && closeDialog()}
    >
      <div className="dialog-inner">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button type="button" className="button icon" aria-label="Close" title="Close (Escape)" onClick={closeDialog}>
            <Icon name="cross" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
