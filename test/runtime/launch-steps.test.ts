/** The launch of a run, read back and measured, against a chain computed here from the ABI's words alone. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { PageType } from "../../assembly/abi";
import { measure } from "../../web/launch/digest";
import { launchPages } from "../../web/launch/launch-pages";
import { parseOvmf } from "../../web/launch/ovmf";
import { vmsaImage } from "../../web/launch/vmsa-image";
import { Images } from "../../web/runtime/images";
import type { Decided, LaunchStep } from "../../web/runtime/protocol";
import { run } from "../../web/runtime/run";
import { buildImage } from "../launch/ovmf-image";
import { type Given, scenario, theParts } from "./programs";

const sha384 = (...parts: Uint8Array[]) => createHash("sha384").update(Buffer.concat(parts)).digest();
const ZEROS = new Uint8Array(4096);

interface Page {
  type: number;
  gpa: number;
  perms: readonly [number, number, number];
  contents?: Uint8Array;
}

/** PAGE_INFO by hand: 56860, SNP_LAUNCH_UPDATE. */
function chain(pages: Page[]): string[] {
  let digest: Buffer = Buffer.alloc(48);
  return pages.map(({ type, gpa, perms, contents }) => {
    const tail = Buffer.alloc(16);
    tail.writeUInt16LE(0x70, 0);
    tail[2] = type;
    tail.set(perms, 5);
    tail.writeBigUInt64LE(BigInt(gpa), 8);
    digest = sha384(digest, contents ? sha384(contents) : Buffer.alloc(48), tail);
    return digest.toString("hex");
  });
}

async function launched(given: Given = {}): Promise<{ steps: LaunchStep[]; decided: Decided[]; end: unknown }> {
  const trace = await run(scenario("export function boot() {}", given), await theParts());
  const { decided = [] } = trace.result(0);
  const before = trace.view({ step: 3, spa: null });
  const answer = { steps: trace.launch(), decided, end: trace.end };
  // measuring goes through the run and leaves no trace of that
  expect(trace.launch()).toBe(answer.steps);
  expect(trace.view({ step: 3, spa: null })).toEqual(before);
  trace.release();
  return answer;
}

/** What the default hypervisor launches. */
function expected(vmpl: 0 | 1 | 2 | 3, steps: LaunchStep[]): string[] {
  const perms = [1, 2, 3].map((level) => (level === vmpl ? 0x1f : 0)) as [number, number, number];
  return chain(
    steps.map(({ type, gpa }) => {
      const number = PageType[type as keyof typeof PageType];
      if (type !== "VMSA") return { type: number, gpa, perms, ...(type === "NORMAL" ? { contents: ZEROS } : {}) };
      const contents = vmsaImage({ eip: 0x1000, vmpl, sevFeatures: 1, cpuidSignature: 0xa00f11 });
      return { type: number, gpa: 0xffff_ffff_f000, perms: [0, 0, 0], contents };
    }),
  );
}

describe("the default launch", () => {
  test.each([0, 1, 2, 3] as const)("at VMPL%i is the chain of its pages", async (vmpl) => {
    const { steps } = await launched({ vmpl });
    expect(steps.map(({ type }) => type)).toEqual(expect.arrayContaining(["NORMAL", "SECRETS", "CPUID", "VMSA"]));
    expect(steps.at(-1)).toMatchObject({ type: "VMSA", gpa: 0xffff_ffff_f000, size: "4K" });
    expect(steps.map(({ gpa }) => gpa).slice(0, 3)).toEqual([0x1000, 0x2000, 0x3000]);
    expect(steps.map(({ digest }) => digest)).toEqual(expected(vmpl, steps));
  });

  test("another boot VMPL gives another digest, whatever the program", async () => {
    const ends = await Promise.all(
      ([0, 1, 2, 3] as const).map(async (vmpl) => (await launched({ vmpl })).steps.at(-1)?.digest),
    );
    expect(new Set(ends).size).toBe(4);
  });
});

/** A hypervisor that launches what the test says, around the honest one's platform. */
const own = (body: string) => `
export function launch(hv: Hypervisor) {
  const vmsa = hv.honest.launch();
  const gctx = hv.alloc();
  hv.rmpupdate(gctx, { assigned: 1, immutable: 1 });
  hv.psp.gctx_create(gctx);
  hv.psp.launch_start(gctx, 0x3_0000);
  hv.psp.activate(gctx, 7);
${body}
  return vmsa;
}`;

describe("a launch of one's own", () => {
  test("contents, permissions and size are the event's; a second guest has a chain of its own", async () => {
    const { steps, end } = await launched({
      machine: { memoryMiB: 16, rmpCoversMiB: 16 },
      hypervisor: own(`
  const page = new Uint8Array(4096).fill(0x5a);
  const spa = hv.alloc();
  hv.write_page(spa, page);
  hv.rmpupdate(spa, { assigned: 1, immutable: 1, asid: 7, gpa: 0x7000 });
  hv.psp.launch_update(gctx, { spa, type: "NORMAL", vmpl1: 1, vmpl2: 3 });
  hv.psp.launch_update(gctx, { spa, type: "NORMAL" });
  const large = hv.alloc("2M");
  hv.write_page(large + 4096, page);
  hv.rmpupdate(large, { assigned: 1, immutable: 1, asid: 7, gpa: 0x20_0000, size: "2M" });
  hv.psp.launch_update(gctx, { spa: large, type: "NORMAL", size: "2M" });`),
    });
    expect(end).toEqual({ end: "completed" });
    const first = steps[0]?.context;
    const mine = steps.filter(({ context }) => context !== first);
    const filled = new Uint8Array(4096).fill(0x5a);
    const pages: Page[] = [{ type: 1, gpa: 0x7000, perms: [1, 3, 0], contents: filled }];
    for (let i = 0; i < 512; i++) {
      pages.push({ type: 1, gpa: 0x20_0000 + i * 4096, perms: [0, 0, 0], contents: i === 1 ? filled : ZEROS });
    }
    const digests = chain(pages);
    // the page given twice is refused the second time, and not measured
    expect(mine).toMatchObject([
      { size: "4K", perms: [1, 3, 0], digest: digests[0], contents: sha384(filled).toString("hex") },
      { size: "2M", gpa: 0x20_0000, digest: digests[512], contents: null },
    ]);
    expect(steps.filter(({ context }) => context === first).at(-1)?.digest).toBe(
      expected(
        0,
        steps.filter(({ context }) => context === first),
      ).at(-1),
    );
  });

  test("the checks that decided a run are counted by operation and register", async () => {
    const { decided } = await launched({
      hypervisor: own(`
  for (let i = 0; i < 3; i++) hv.psp.launch_start(gctx, 0x3_0000);
  for (const msr of [0xc0010132, 0xc0010132, 0xc001001a]) try { hv.wrmsr(msr, 0n); } catch {}`),
    });
    expect(decided.map(({ step: _, ...rest }) => rest)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ op: "snp_launch_start", count: 3 }),
        { rule: "FROZEN_MSR", op: "host-wrmsr", msr: "0xc0010132", count: 2 },
        { rule: "FROZEN_MSR", op: "host-wrmsr", msr: "0xc001001a", count: 1 },
      ]),
    );
  });

  test("a launch that was refused has the pages before it", async () => {
    const { steps, end } = await launched({
      machine: { syscfg: { snpEn: true, vmplEn: false, memEnc: true, mfdm: true, smmLock: true } },
    });
    expect(end).toMatchObject({ end: "refused" });
    expect(steps).toEqual([]);
  });
});

describe("an OVMF image", () => {
  const question = { vcpus: 2, cpuidSignature: 0x800f12, sevFeatures: 1n, vmpl: 0 };
  const bytes = buildImage();

  test("has the digest of its pages, and is measured once for every question about it", async () => {
    const parsed = parseOvmf(bytes);
    if (!parsed.ok) throw new Error(parsed.message);
    const images = new Images();
    const file = new Blob([bytes.slice()]);
    for (const vcpus of [2, 1, 5]) {
      const launch = launchPages(parsed.image, { ...question, vcpus });
      if (!launch.ok) throw new Error(launch.message);
      const last = [...measure(launch.pages)].at(-1);
      const answer = await images.answer(
        { key: 1, file: vcpus === 2 ? file : new Blob([]), ...question, vcpus },
        () => {},
      );
      expect(answer).toMatchObject({
        ok: true,
        pages: last?.step,
        digest: Buffer.from(last?.digest ?? []).toString("hex"),
      });
    }
  });

  test("says how far it is, and what is wrong with a file that is none", async () => {
    const images = new Images();
    const heard: number[] = [];
    const large = buildImage({ size: 4 * 2 ** 20 });
    await images.answer({ key: 1, file: new Blob([large.slice()]), ...question }, (pages) => heard.push(pages));
    expect(heard.length).toBeGreaterThan(2);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    const wrong = (file: Uint8Array) =>
      images.answer({ key: heard.length + file.length, file: new Blob([file.slice()]), ...question }, () => {});
    expect(await wrong(new Uint8Array(0))).toEqual({ ok: false, message: "the image is empty" });
    expect(await wrong(bytes.slice(0, 4096))).toMatchObject({ ok: false, message: expect.stringContaining("footer") });
    const noAp = await wrong(buildImage({ apEip: 0 }));
    expect(noAp).toMatchObject({ ok: false, message: expect.stringContaining("2 vCPUs") });
  });
});
