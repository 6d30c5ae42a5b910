import { digestCommand } from "../../cli/digest-command";

export interface Ran {
  status: number | null;
  /** of stdout */
  lines: string[];
  stderr: string;
}

/** The digest command in this process: starting another costs a second. */
export async function digestRun(words: readonly string[]): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const print = async (lines: string) => {
    stdout += lines;
  };
  const status = await digestCommand(words, print, (line) => {
    stderr += `${line}\n`;
  });
  return { status, lines: stdout.split("\n").slice(0, -1), stderr };
}
