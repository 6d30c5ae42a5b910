/** OVMF images with something wrong in or near their tables. */

import { buildImage, GUID, words } from "../../test/launch/ovmf-image";
import { launchPages } from "../../web/launch/launch-pages";
import { parseOvmf } from "../../web/launch/ovmf";
import { mutatedBytes } from "./mutations";
import { holdsAsSentence, nothingPolluted, target } from "./target";

const images = [
  buildImage(),
  buildImage({ sections: [[0x80_0000, 0x1000, 1]] }),
  buildImage({ hashTable: 0x81_0000 }),
  buildImage({ apEip: 0 }),
  buildImage({ entries: [{ guid: GUID.metadata, data: words(0x600) }] }),
];

/** More pages than this are not listed: a section may claim four gigabytes. */
const MOST_PAGES = 100_000;

export const ovmfImages = target({
  name: "images",
  puts: "OVMF images",
  // the footer table stands below the last 32 bytes, the metadata 600h from the end
  input: mutatedBytes(images, (bytes) => bytes.length - (bytes.length % 3 === 0 ? 0x600 : 0x80)),
  cases: 5_000,
  check(bytes) {
    const read = parseOvmf(bytes);
    nothingPolluted();
    if (!read.ok) return holdsAsSentence(read.message);
    const pages = read.image.sections.reduce((sum, { size }) => sum + size / 4096, 0);
    if (pages > MOST_PAGES) return;
    for (const vcpus of [1, 4]) {
      const launch = launchPages(read.image, { vcpus, cpuidSignature: 0, sevFeatures: 1 });
      if (!launch.ok) holdsAsSentence(launch.message);
      else for (const { gpa } of launch.pages) if (gpa % 4096 !== 0 || gpa < 0) throw new Error(`a page at ${gpa}`);
    }
  },
  file: (bytes) => ({ ending: "fd", content: bytes }),
});
