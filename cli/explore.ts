/**
 * `npm run -s explore -- '{"pages":2,"gpas":2,"asids":1,"vmpls":2,"masks":["0x0","0x1","0x3"],"checksOff":[]}'`: every
 * state that a small machine can come to, whatever hypervisor and guests do, and which promises of the architecture one of
 * them breaks. Prints one JSON object {states, transitions, violated}; on a terminal, how far it is on stderr. Exit 0, or 2
 * with one line on stderr when the argument is wrong or the machine too large.
 */
import { explore, TooLarge } from "../web/core/explore";
import { coreModule } from "./build";
import { ExploreError, readSetting } from "./explore-arguments";

const USAGE = `usage: npm run -s explore -- '{"pages":2,"gpas":2,"asids":1,"vmpls":2,"masks":["0x0","0x1","0x3"],"checksOff":[]}'`;
/** Milliseconds between two reports. */
const PAUSE = 500;

try {
  const [text, ...more] = process.argv.slice(2);
  if (text === undefined || more.length > 0) throw new ExploreError(USAGE);
  const setting = readSetting(text);
  let reported = performance.now();
  for (const { states, transitions, violated, done } of explore(await coreModule(), setting)) {
    if (done === states) console.log(JSON.stringify({ states, transitions, violated }));
    else if (process.stderr.isTTY && performance.now() - reported > PAUSE) {
      reported = performance.now();
      process.stderr.write(
        `${states.toLocaleString("en")} states, ${(states - done).toLocaleString("en")} to go on from\n`,
      );
    }
  }
} catch (error) {
  if (!(error instanceof ExploreError || error instanceof TooLarge)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
