/** The machine in one line, and the panel that changes it. */
import { type CSSProperties, Suspense, useEffect, useRef, useState } from "react";
import type { MachineConfig } from "../../scenario/schema";
import { ui } from "../../store/ui";
import { Icon } from "../icons";
import { lazily } from "../lazily";
import { plural } from "../numbers";
import { rootSize } from "../root-size";

const MachineOptions = lazily(() => import("./MachineOptions"));

function summary(machine: MachineConfig): string {
  const off = machine.checksOff.length;
  const unset = Object.values(machine.syscfg).filter((bit) => !bit).length;
  return [
    machine.memoryMiB % 1024 === 0 ? `${machine.memoryMiB / 1024} GiB` : `${machine.memoryMiB} MiB`,
    machine.rmpCoversMiB < machine.memoryMiB ? `RMP covers ${machine.rmpCoversMiB}` : null,
    machine.host === "kvm" ? "KVM" : "SVSM host",
    off > 0 ? `${plural(off, "check")} removed` : null,
    unset > 0 ? `${plural(unset, "SYSCFG bit")} clear` : null,
  ]
    .filter(Boolean)
    .join(", ");
}

export function MachineSummary() {
  const machine = ui((s) => s.scenario?.machine);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<CSSProperties>({});
  useEffect(() => {
    if (!open) return;
    const close = (event: PointerEvent | KeyboardEvent) => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) {
        setOpen(false);
        if (event instanceof KeyboardEvent) box.current?.querySelector("button")?.focus();
      }
    };
    addEventListener("pointerdown", close);
    addEventListener("keydown", close);
    return () => {
      removeEventListener("pointerdown", close);
      removeEventListener("keydown", close);
    };
  }, [open]);
  // Fixed, since the band it belongs to is cut off where the timeline begins.
  const toggle = () => {
    const button = box.current?.getBoundingClientRect();
    if (button) {
      const top = Math.min(button.bottom + 6, innerHeight / 2);
      // As wide as .sheet: below the button, and with both edges on the screen.
      const width = Math.min(31 * rootSize(), innerWidth - rootSize());
      const right = Math.max(8, Math.min(innerWidth - button.right, innerWidth - width - 8));
      setPlace({ top, right, maxHeight: innerHeight - top - 12 });
    }
    setOpen(!open);
  };
  if (!machine) return null;
  const altered = machine.checksOff.length > 0;
  return (
    <div className="machine" ref={box}>
      <button
        type="button"
        className="button plain"
        aria-expanded={open}
        aria-controls="machine-options"
        data-altered={altered || undefined}
        onClick={toggle}
      >
        Machine: {summary(machine)}
        <Icon name="down" />
      </button>
      {open ? (
        <section className="sheet" id="machine-options" aria-label="Machine" style={place}>
          <Suspense fallback={null}>
            <MachineOptions machine={machine} />
          </Suspense>
        </section>
      ) : null}
    </div>
  );
}
