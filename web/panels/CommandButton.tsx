/** A button for a command of the table: its words, its keys in the hint, and off while it does not apply. */
import type { ReactNode } from "react";
import { type CommandId, command, perform } from "../store/commands";
import { ui } from "../store/ui";
import { Icon, type IconName } from "./icons";
import { keyHint } from "./keys";

interface Props {
  id: CommandId;
  icon: IconName;
  filled?: boolean;
  /** what it says now, where that changes */
  name?: string;
  /** `icon`: nothing but the drawing; else the words beside it */
  look?: "icon" | "plain" | "accent";
  /** words beside the drawing, when they are not the name */
  children?: ReactNode;
  /** more than the name, for the hint */
  hint?: string;
}

export function CommandButton({ id, icon, filled = false, name, look = "icon", children, hint }: Props) {
  const { applies, keys, name: usual } = command(id);
  const off = ui((state) => !applies(state));
  const words = name ?? usual;
  const isIcon = look === "icon";
  const title = `${hint ?? words}${keys.length > 0 ? ` (${keyHint(keys)})` : ""}`;
  return (
    <button
      type="button"
      className={look === "plain" ? "button" : `button ${look}`}
      aria-label={isIcon ? words : undefined}
      title={isIcon || keys.length > 0 || hint !== undefined ? title : undefined}
      disabled={off}
      onClick={() => perform(id)}
    >
      <Icon name={icon} filled={filled} />
      {isIcon ? null : (children ?? words)}
    </button>
  );
}
