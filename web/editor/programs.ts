/**
 * The two programs of a scenario and the files they are made of. Each is checked by itself, so that neither sees the
 * other's globals: `pvalidate` is unknown to the hypervisor, `hv` to the guest.
 */

export type ProgramName = "guest" | "hypervisor";

/** What can be edited or read in a tab. */
export interface EditorFile {
  /** "guest", "hypervisor", a file of the default hypervisor ("kvm/npf"), or a library module: "linux", "ovmf", "svsm" */
  name: string;
  title: string;
  text: string;
  readOnly: boolean;
  /** program that it belongs to, where the name does not say it */
  program?: ProgramName;
}

export function programOf(file: Pick<EditorFile, "name" | "program">): ProgramName {
  return file.program ?? (/^(?:hypervisor$|kvm\/)/.test(file.name) ? "hypervisor" : "guest");
}

/** Address of a file's text in the editor: file:///guest/linux.ts */
export function pathOf(file: Pick<EditorFile, "name" | "program">): string {
  return `file:///${programOf(file)}/${file.name}.ts`;
}

/** Name of the file behind an address of `pathOf`; null for what is no tab (the API's declarations). */
export function nameAt(path: string): string | null {
  return /^file:\/\/\/(?:guest|hypervisor)\/((?:kvm\/)?[^/]+)\.ts$/.exec(path)?.[1] ?? null;
}
