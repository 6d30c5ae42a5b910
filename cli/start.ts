/** `npm start`: builds the page if it is stale and serves it on this machine. `-- --port N`, `-- --host NAME`. */
import { parseArgs } from "node:util";
import { plain } from "../web/scenario/quoted";
import { ensurePage, pageDirectory } from "./page";
import { serve } from "./serve";

const DEFAULT_PORT = 4173;
const USAGE = "Usage: npm start -- [--port N] [--host NAME]";

try {
  const { values } = parseArgs({ options: { port: { type: "string" }, host: { type: "string" } } });
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`No such port: ${plain(values.port ?? "")}\n${USAGE}`);
  await ensurePage(() => console.log("Building the page …"));
  const { url, close } = await serve(pageDirectory, { port, host: values.host });
  console.log(`snplay is at ${url}  (Ctrl+C ends it)`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void close());
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(code?.startsWith("ERR_PARSE_ARGS") ? `${plain(message)}\n${USAGE}` : message);
  process.exitCode = 1;
}
