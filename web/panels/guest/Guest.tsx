/** The left band: what the guest runs, what the hypervisor runs, and what they logged. */
import { useEffect, useState } from "react";
import { type Program, programsOf } from "../../store/programs";
import { sourceOf } from "../../store/sources";
import { ui } from "../../store/ui";
import { EditorSlot } from "./EditorSlot";
import { Log } from "./Log";
import { Problems } from "./Problems";
import { Tabs } from "./Tabs";
import { Tools } from "./Tools";

/** Texts of built-in programs, fetched when their tab is first opened. */
function useBuiltIns(file: string): Readonly<Record<string, string>> {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    if (file === "guest" || file === "hypervisor") return;
    let gone = false;
    sourceOf(file).then(
      (text) => {
        if (!gone) setTexts((old) => ({ ...old, [file]: text }));
      },
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [file]);
  return texts;
}

export function Guest() {
  const scenario = ui((s) => s.scenario);
  const file = ui((s) => s.file);
  const builtIns = useBuiltIns(file);
  const programs: Program[] = scenario ? programsOf(scenario, builtIns) : [];
  const active = programs.find((program) => program.name === file) ?? programs[0];
  return (
    <section className="band guest" aria-labelledby="guest-heading">
      <header className="band-head">
        <h2 id="guest-heading" className="sr">
          Programs
        </h2>
        <Tabs programs={programs} active={active?.tab ?? "guest"} />
      </header>
      {active ? <Tools programs={programs} program={active} /> : null}
      <div className="editor-slot" role="tabpanel" id="program" aria-labelledby={`tab-${active?.tab ?? "guest"}`}>
        {active ? <EditorSlot programs={programs} active={active} /> : null}
      </div>
      <Problems />
      <Log />
    </section>
  );
}
