/** The left band: what the guest runs, what the hypervisor runs, and what they logged. */
import { useEffect, useState } from "react";
import { page } from "../../store/page";
import { type Program, programsOf } from "../../store/programs";
import { type BuiltIn, sourceOf } from "../../store/sources";
import { EditorSlot } from "./EditorSlot";
import { Log } from "./Log";
import { Problems } from "./Problems";
import { Tabs } from "./Tabs";
import { Tools } from "./Tools";

/** Texts of built-in programs, fetched when their tab is first opened. */
function useBuiltIns(file: string): Partial<Record<BuiltIn, string>> {
  const [texts, setTexts] = useState<Partial<Record<BuiltIn, string>>>({});
  useEffect(() => {
    if (file === "guest") return;
    let gone = false;
    sourceOf(file as BuiltIn).then(
      (text) => !gone && setTexts((old) => ({ ...old, [file]: text })),
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [file]);
  return texts;
}

export function Guest() {
  const scenario = page((s) => s.scenario);
  const file = page((s) => s.file);
  const builtIns = useBuiltIns(file);
  const programs: Program[] = scenario ? programsOf(scenario, builtIns) : [];
  const active = programs.find((program) => program.name === file) ?? programs[0];
  return (
    <section className="band guest" aria-labelledby="guest-heading">
      <header className="band-head">
        <h2 id="guest-heading">Programs</h2>
        <Tabs programs={programs} active={active?.name ?? "guest"} />
      </header>
      {active ? <Tools program={active} /> : null}
      <div className="editor-slot" role="tabpanel" id="program" aria-labelledby={`tab-${active?.name ?? "guest"}`}>
        {active ? <EditorSlot programs={programs} active={active} /> : null}
      </div>
      <Problems />
      <Log />
    </section>
  );
}
