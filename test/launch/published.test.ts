/** Launch digests that others have published: every step of one, the ends of several. */
import { readFileSync } from "node:fs";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { PageType } from "../../assembly/abi";
import { signatureOf } from "../../web/launch/cpuid-signature";
import { LaunchDigest, type LaunchPage, update } from "../../web/launch/digest";
import { launchPages } from "../../web/launch/launch-pages";

interface Published {
  digest: string;
  steps: { type: PageType; gpa: string; contents?: string; digest: string }[];
}

interface Image {
  imageDigest: string;
  apEip: string;
  hashPage?: { gpa: string; sha384: string };
  sections: { gpa: string; size: string; type: number }[];
}

interface Launches {
  images: Record<string, Image>;
  launches: { image: string; vcpus: number; features: string; kernelHashes?: true; ec2?: true; digest: string }[];
}

function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`published/${name}`, import.meta.url), "utf8"));
}

const SIGNATURE = signatureOf("EPYC-v4") as number;

test("an OvmfPkgX64 build, step by step", () => {
  const { digest, steps } = load("ovmf-x64.json") as Published;
  const chain = new LaunchDigest();
  const taken = steps.flatMap(({ type, gpa, contents }) =>
    chain.add({ type, gpa: Number(gpa), sha384: contents === undefined ? undefined : hexToBytes(contents) }),
  );
  expect(taken.map((step) => bytesToHex(step.digest))).toEqual(steps.map((step) => step.digest));
  expect([chain.steps, chain.hex]).toEqual([33, digest]);
});

describe("launches from an image", () => {
  const { images, launches } = load("launches.json") as Launches;

  test.each(launches)("$image, $vcpus vCPUs, features $features, kernel hashes $kernelHashes", (launch) => {
    const image = images[launch.image] as Image;
    const { hashPage, imageDigest } = image;
    const planned = launchPages(
      {
        bytes: new Uint8Array(),
        gpa: 2 ** 32,
        table: [],
        sections: image.sections.map(({ gpa, size, type }) => ({
          gpa: Number(gpa),
          size: Number(size),
          type,
          offset: 0,
        })),
        apEip: Number(image.apEip),
        hashTable: null,
      },
      { vcpus: launch.vcpus, cpuidSignature: SIGNATURE, sevFeatures: BigInt(launch.features) },
    );
    if (!planned.ok) throw new Error(planned.message);
    let digest = hexToBytes(imageDigest) as Uint8Array;
    for (const page of planned.pages) {
      if (launch.kernelHashes && hashPage !== undefined && page.gpa === Number(hashPage.gpa)) {
        expect(page.type).toBe(PageType.ZERO);
        digest = update(digest, { type: PageType.NORMAL, gpa: page.gpa, sha384: hexToBytes(hashPage.sha384) });
      } else digest = update(digest, launch.ec2 ? asOnEc2(page) : page);
    }
    expect(bytesToHex(digest)).toBe(launch.digest);
  });
});

/** EC2's hypervisor starts vCPUs with other attributes, RDX = 0 and a cleared FPU. virtee/sev, vmsa.rs. */
function asOnEc2(page: LaunchPage): LaunchPage {
  if (page.type !== PageType.VMSA || page.contents === undefined) return page;
  const contents = page.contents.slice();
  const view = new DataView(contents.buffer);
  if (view.getUint16(0x178, true) === 0xfff0) view.setUint16(0x12, 0x9a, true);
  view.setUint16(0x22, 0x92, true);
  view.setUint16(0x92, 0x83, true);
  view.setBigUint64(0x310, 0n, true);
  view.setUint32(0x408, 0, true);
  view.setUint16(0x410, 0, true);
  return { ...page, contents };
}
