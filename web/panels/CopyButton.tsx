/** A command that copies: its button says so when it has, for a moment and at the button. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type CommandId, command } from "../store/commands";
import { ui } from "../store/ui";
import { Icon, type IconName } from "./icons";

const SHOWN_FOR = 2_000;

interface Props {
  id: CommandId;
  icon?: IconName;
  look?: "plain" | "head";
  children: ReactNode;
}

export function CopyButton({ id, icon = "copy", look = "plain", children }: Props) {
  const { applies, run } = command(id);
  const off = ui((state) => !applies(state));
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const before = ui.getState().said.count;
    await run();
    // Refused or to be copied by hand: then nothing was said.
    if (ui.getState().said.count === before) return;
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), SHOWN_FOR);
  };
  return (
    <button
      type="button"
      className={look === "plain" ? "button plain copies" : "button copies"}
      data-done={done || undefined}
      disabled={off}
      onClick={() => void copy()}
    >
      <Icon name={done ? "tick" : icon} />
      <span className="label">{children}</span>
      {done ? (
        <span className="copied" aria-hidden="true">
          Copied
        </span>
      ) : null}
    </button>
  );
}
