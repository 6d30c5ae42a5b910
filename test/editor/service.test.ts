import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TypedText } from "../../web/editor/service/hooks";
import { libText } from "../../web/editor/service/program";
import { Service } from "../../web/editor/service/service";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const LIBRARY = ["linux", "ovmf", "svsm"];
const API = readdirSync(new URL("../../web/runtime/api/", import.meta.url)).filter((name) => name.endsWith(".d.ts"));

/** The service over texts as the editor would have them. A caret ("|") in a text is where the question is asked. */
function over(texts: Record<string, string>) {
  const files = new Map<string, string>();
  for (const name of LIBRARY) files.set(`file:///guest/${name}.ts`, read(`web/library/${name}.ts`));
  for (const name of API) {
    for (const [program, other] of [
      ["guest", "hypervisor"],
      ["hypervisor", "guest"],
    ]) {
      if (!name.startsWith(`${other}.`)) files.set(`file:///${program}/api/${name}`, read(`web/runtime/api/${name}`));
    }
  }
  for (const [name, text] of Object.entries(texts)) {
    files.set(
      `file:///${/^hypervisor$|^kvm\//.test(name) ? "hypervisor" : "guest"}/${name}.ts`,
      name.startsWith("kvm/") ? text : text.replace("|", ""),
    );
  }
  const models = [...files].map(([uri, text]) => ({
    uri: { path: uri, toString: () => uri },
    version: 1,
    getValue: () => text,
  }));
  return new Service({ getMirrorModels: () => models });
}
const GUEST = "file:///guest/guest.ts";
const HYPERVISOR = "file:///hypervisor/hypervisor.ts";
const messages = async (service: Service, file: string) =>
  (await service.check(file)).filter(({ category }) => category === 1).map(({ message }) => message);

describe("the two programs", () => {
  test("what is global in one is unknown in the other; constants are in both", async () => {
    const service = over({
      guest: "export function boot() { pvalidate(RAM_START, RMP_PG_SIZE_4K, true); const a: Hypervisor = 1; }",
      hypervisor: "export function npf(hv, fault) { log(GHCB_MSR_TERM_REQ); pvalidate(1, 2, true); }",
    });
    expect(await messages(service, GUEST)).toEqual(["Cannot find name 'Hypervisor'."]);
    expect(await messages(service, HYPERVISOR)).toEqual(["Cannot find name 'pvalidate'."]);
  });

  test("only what the sandbox has: no DOM, no clock, no randomness, no timers", async () => {
    const service = over({
      guest:
        "export function boot() { Date.now(); Math.random(); document; fetch; setTimeout; process; Math.max(1, 2); }",
    });
    const found = await messages(service, GUEST);
    expect(found).toHaveLength(6);
    expect(found.join("\n")).not.toMatch(/library|npm|lib'/);
    expect(found.join("\n")).toMatch(/clock[\s\S]*random[\s\S]*document[\s\S]*fetch[\s\S]*setTimeout[\s\S]*process/);
  });

  test("what is taken from the language's libraries is still in them, once", () => {
    const kept = libText("lib.es5.d.ts") ?? "";
    expect(kept).toContain("interface Date ");
    expect(kept).not.toContain("declare var Date:");
    expect(kept).not.toContain("random()");
    expect(kept).toContain("max(...values: number[]): number;");
  });

  test("the library is imported with its types; nothing else can be imported", async () => {
    const service = over({
      guest: 'import { is_vmpl0, nothing } from "linux";\nimport "fs";\nexport function boot() { is_vmpl0().length; }',
    });
    expect(await messages(service, GUEST)).toEqual([
      `Module '"linux"' has no exported member 'nothing'.`,
      'There is no module "fs" here.',
      "Property 'length' does not exist on type 'boolean'.",
    ]);
  });

  test("the library itself is without a mistake", async () => {
    const service = over({ guest: "" });
    for (const name of LIBRARY) expect([name, await messages(service, `file:///guest/${name}.ts`)]).toEqual([name, []]);
  });

  test("the default hypervisor is without a mistake", async () => {
    const names = readdirSync(new URL("../../web/runtime/hypervisor/kvm", import.meta.url)).map(
      (file) => `kvm/${file}`,
    );
    const texts = names.map((file) => [file.replace(/\.ts$/, ""), read(`web/runtime/hypervisor/${file}`)]);
    const service = over({ hypervisor: "", ...Object.fromEntries(texts) });
    for (const file of names) expect([file, await messages(service, `file:///hypervisor/${file}`)]).toEqual([file, []]);
  });

  test("an untyped parameter of a guest's own function is no mistake", async () => {
    const service = over({ guest: "function f(a, b) { return a + b; }\nexport function boot() { f(1, 2); }" });
    expect(await messages(service, GUEST)).toEqual([]);
  });
});

describe("hooks of the hypervisor", () => {
  const source = "// hooks\nexport function npf(hv, fault) {\n  hv.asidd;\n  fault.gpa.foo;\n  hv.npt.|\n}\n";

  test("parameters that the author left untyped have their types; places are the author's", async () => {
    const service = over({ hypervisor: source });
    const found = (await service.check(HYPERVISOR)).filter(({ category }) => category === 1);
    const text = source.replace("|", "");
    expect(found.map(({ start, length }) => text.slice(start, start + length))).toEqual(
      expect.arrayContaining(["asidd", "foo"]),
    );
    expect(found.find(({ message }) => message.includes("asidd"))?.message).toContain("on type 'Hypervisor'");
  });

  test("completion knows them", async () => {
    const service = over({ hypervisor: source });
    const names = (await service.complete(HYPERVISOR, source.indexOf("|"))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["map", "unmap", "get"]));
  });

  test("what the author typed is kept", () => {
    const typed = "export function npf(hv: Mine, fault) {}";
    expect(new TypedText(typed, true).text).toBe("export function npf(hv: Mine, fault: NestedFault) {}");
    const local = "function npf(hv, fault) {}\nexport function other(hv) {}";
    expect(new TypedText(local, true).text).toBe(local);
    expect(new TypedText(typed, false).text).toBe(typed);
  });

  test("offsets go there and back", () => {
    const typed = new TypedText("export function vmgexit(hv, exit) { return exit; }", true);
    expect(typed.text).toBe("export function vmgexit(hv: Hypervisor, exit: Vmgexit) { return exit; }");
    for (let at = 0; at <= typed.source.length; at++) {
      expect(typed.toSource(typed.toChecked(at))).toBe(at);
    }
    for (const word of ["vmgexit", "hv", "exit)", "return"]) {
      const at = typed.source.lastIndexOf(word);
      expect(typed.text.slice(typed.toChecked(at))).toMatch(word === "exit)" ? /^exit/ : new RegExp(`^${word}`));
    }
  });
});

describe("answers", () => {
  test("hover shows the declaration and the docstring with its parameters", async () => {
    const text = "export function boot() { pval|idate(1, 2, true); }";
    const found = await over({ guest: text }).hover(GUEST, text.indexOf("|"));
    expect(found?.signature).toMatch(/^function pvalidate\(va: u64/);
    expect(found?.doc).toContain("PVALIDATE");
    expect(found?.doc).toMatch(/`va` — guest-virtual/);
    expect(found?.doc).toContain("*Throws*");
  });

  test("a call's parameters are shown while it is typed", async () => {
    const text = "export function boot() { rmpadjust(1, |) }";
    const found = await over({ guest: text }).signatures(GUEST, text.indexOf("|"));
    expect(found?.argument).toBe(1);
    expect(found?.items[0]?.label).toMatch(/^rmpadjust\(va: u64, size: PageSize, attrs: u64\)/);
    expect(found?.items[0]?.parameters).toHaveLength(3);
  });

  test("completion offers the library's functions in an import, and describes them", async () => {
    const text = 'import { is_v| } from "linux";';
    const service = over({ guest: text });
    const names = (await service.complete(GUEST, text.indexOf("|"))).map(({ name }) => name);
    expect(names).toContain("is_vmpl0");
    const found = await service.describe(GUEST, text.indexOf("|"), "is_vmpl0");
    expect(found?.doc).toContain("Is this VMPL0?");
  });

  test("definitions lead into the library and the declarations", async () => {
    const text = 'import { is_vmpl0 } from "linux";\nexport function boot() { is_v|mpl0(); }';
    const found = await over({ guest: text }).definition(GUEST, text.indexOf("|"));
    expect(found.map(({ file }) => file)).toEqual(["file:///guest/linux.ts"]);
    const api = "export function boot() { hal|t(); }";
    const there = await over({ guest: api }).definition(GUEST, api.indexOf("|"));
    expect(there.map(({ file }) => file)).toEqual(["file:///guest/api/guest.d.ts"]);
    const lib = "export function boot() { Mat|h.max(1); }";
    expect(await over({ guest: lib }).definition(GUEST, lib.indexOf("|"))).toEqual([]);
  });

  test("a rename finds every place, and says why it cannot be", async () => {
    const text = "function pro|be() {}\nexport function boot() { probe(); }";
    const found = await over({ guest: text }).renameable(GUEST, text.indexOf("|"));
    expect(found).toHaveLength(2);
    const keyword = "export function boot() { Ma|th.max(1); }";
    expect(await over({ guest: keyword }).renameable(GUEST, keyword.indexOf("|"))).toEqual(expect.any(String));
  });

  test("a misspelt name has a quick fix", async () => {
    const text = "export function boot() { pvalidat(1, 2, true); }";
    const service = over({ guest: text });
    const [finding] = await service.check(GUEST);
    if (!finding) throw new Error("nothing found");
    const fixes = await service.fixes(GUEST, finding, [finding.code]);
    expect(fixes.map(({ title }) => title)).toContain("Change spelling to 'pvalidate'");
    expect(fixes[0]?.edits[0]).toMatchObject({ file: GUEST, text: "pvalidate" });
  });

  test("formatting keeps to two spaces", async () => {
    const text = "export function boot() {\nlog( 1 );\n}\n";
    const edits = await over({ guest: text }).format(GUEST, null, 2);
    let formatted = text;
    for (const edit of [...edits].reverse()) {
      formatted = formatted.slice(0, edit.start) + edit.text + formatted.slice(edit.start + edit.length);
    }
    expect(formatted).toBe("export function boot() {\n  log(1);\n}\n");
  });

  test("the outline lists functions with their places", async () => {
    const outline = await over({ guest: "const a = 1;\nexport function boot() {}\n" }).outline(GUEST);
    expect(outline.map(({ name, kind }) => [name, kind])).toEqual([
      ["a", "const"],
      ["boot", "function"],
    ]);
  });
});
