/**
 * `npm run -s digest -- FILE.json` or `-- --ovmf FILE --vcpus N --vcpu-sig HEX --features HEX [--vmpl N]`: the launch
 * digest of a list of pages, or of a guest that QEMU and KVM launch from an OVMF image (without a kernel, granting the
 * VMPLs above 0 nothing). Prints one line of JSON a page as it is measured, last {"digest": "…", "pages": N}.
 * Exit 0, or 2 when something is wrong with the command line or the file: then one line on stderr says what and where,
 * and nothing is printed.
 */
import { once } from "node:events";
import { digestCommand } from "./digest-command";

// `| head` closes the pipe before the end: nobody is left to print for
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

async function print(lines: string): Promise<void> {
  if (!process.stdout.write(lines)) await once(process.stdout, "drain");
}

process.exitCode = await digestCommand(process.argv.slice(2), print, console.error);
