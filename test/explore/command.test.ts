/** `npm run -s explore`: what it prints, and each wrong argument in one sentence. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSetting } from "../../cli/explore-arguments";
import { root } from "../../cli/sources";

function command(...words: string[]) {
  const script = join(root, "cli/explore.ts");
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, script, ...words], {
    encoding: "utf8",
    cwd: root,
  });
  return { status, stdout, stderr };
}

test("the example", () => {
  const example = '{"pages":2,"gpas":2,"asids":1,"vmpls":2,"masks":["0x0","0x1","0x3"],"checksOff":[]}';
  expect(command(example)).toEqual({
    status: 0,
    stdout: '{"states":1521,"transitions":14040,"violated":[]}\n',
    stderr: "",
  });
});

test("a wrong argument: one line on stderr, nothing printed", () => {
  expect(command('{"page":1}')).toEqual({
    status: 2,
    stdout: "",
    stderr: '"page" is no field; the fields are pages, gpas, asids, vmpls, masks, checksOff, everybody\n',
  });
});

test.each([
  ["{", /the argument is no JSON/],
  ["[]", /must be a JSON object/],
  ['{"pages":1,"pages":2}', /"pages" is given twice/],
  ['{"page":1}', /"page" is no field; the fields are pages, gpas/],
  ['{"pages":0}', /pages must be a whole number from 1 to 8, not 0/],
  ['{"gpas":1.5}', /gpas must be a whole number from 1 to 8, not 1.5/],
  ['{"vmpls":"2"}', /vmpls must be a whole number from 1 to 4/],
  ['{"asids":null}', /asids must be a whole number/],
  ['{"masks":"0x1"}', /masks must be a list/],
  ['{"masks":[1]}', /masks\[0\] must be a text/],
  ['{"masks":["0x20"]}', /masks\[0\] must be a mask from "0x0" to "0x1f"/],
  ['{"masks":["0x1","0x01"]}', /masks\[1\]: "0x01" is given twice/],
  ['{"checksOff":["valid"]}', /checksOff\[0\] must be one of guest-owned, /],
  ['{"everybody":1}', /everybody must be true or false/],
])("%s", (text, message) => {
  expect(() => readSetting(text)).toThrow(message);
});

test("absent fields", () => {
  expect(readSetting("{}")).toEqual({
    pages: 2,
    gpas: 2,
    asids: 1,
    vmpls: 2,
    masks: [0, 1, 3],
    checksOff: [],
    everybody: false,
  });
});
