/** OVMF images made for the tests, right or wrong in one place. Layout: edk2 OvmfPkg/ResetVector. */

export const GUID = {
  footer: "96b582de-1fb2-45f7-baea-a366c55a082d",
  metadata: "dc886566-984a-4798-a75e-5585a7bf67cc",
  reset: "00f771de-1a7e-4fcb-890e-68c77e2fb44e",
  hashTable: "7255371f-3a3b-4b04-927b-1da6efa8d454",
  other: "4c2eb361-7d9b-4cc3-8081-127c90d3d294",
};

export type Descriptor = [gpa: number, size: number, type: number];

/** What OvmfPkgX64 has. */
export const OVMF_SECTIONS: Descriptor[] = [
  [0x80_0000, 0x9000, 1],
  [0x80_a000, 0x3000, 1],
  [0x80_d000, 0x1000, 2],
  [0x80_e000, 0x1000, 3],
  [0x80_f000, 0x1_1000, 1],
];

export interface ImagePlan {
  /** bytes of the file */
  size: number;
  footer: string;
  /** size of the footer table; absent: the right one */
  tableSize?: number;
  /** from the first to the last; absent: reset vector, hash table, metadata */
  entries?: { guid: string; data: Uint8Array; size?: number }[];
  /** bytes from the metadata to the end of the file */
  fromEnd: number;
  signature: string;
  version: number;
  /** size and count in the metadata's header; absent: the right ones */
  metadataSize?: number;
  count?: number;
  sections: Descriptor[];
  apEip: number;
  hashTable: number;
}

const RIGHT: ImagePlan = {
  size: 0x2000,
  footer: GUID.footer,
  fromEnd: 0x600,
  signature: "ASEV",
  version: 1,
  sections: OVMF_SECTIONS,
  apEip: 0x80_b004,
  hashTable: 0,
};

/** Little-endian u32s, one after the other. */
export function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

export function buildImage(changes: Partial<ImagePlan> = {}): Uint8Array {
  const plan = { ...RIGHT, ...changes };
  const { size } = plan;
  const image = new Uint8Array(size).fill(0xff);
  // no page near the end is like another
  for (let i = Math.max(0, size - 0x2000); i < size; i++) image[i] = (i * 13 + (i >> 8) * 7) & 255;

  const count = plan.count ?? plan.sections.length;
  const metadataSize = plan.metadataSize ?? 16 + 12 * plan.sections.length;
  const header = [...plan.signature].map((letter) => letter.charCodeAt(0));
  const at = size - plan.fromEnd;
  if (at >= 0 && plan.fromEnd >= 16 + 12 * plan.sections.length) {
    image.set(header, at);
    image.set(words(metadataSize, plan.version, count, ...plan.sections.flat()), at + 4);
  }

  const entries = plan.entries ?? [
    { guid: GUID.metadata, data: words(plan.fromEnd) },
    { guid: GUID.hashTable, data: words(plan.hashTable, plan.hashTable === 0 ? 0 : 0x400) },
    { guid: GUID.other, data: words(0, 0) },
    { guid: GUID.reset, data: words(plan.apEip) },
  ];
  let behind = size - 32;
  const put = (guid: string, entrySize: number) => {
    image.set(guidBytes(guid), behind - 16);
    new DataView(image.buffer).setUint16(behind - 18, entrySize, true);
    behind -= 18;
  };
  put(plan.footer, plan.tableSize ?? entries.reduce((sum, { data }) => sum + 18 + data.length, 18));
  for (const { guid, data, size: said } of [...entries].reverse()) {
    put(guid, said ?? 18 + data.length);
    behind -= data.length;
    image.set(data, behind);
  }
  return image;
}

/** The first three fields of a GUID are little-endian. */
function guidBytes(guid: string): Uint8Array {
  const [a = "", b = "", c = "", d = "", e = ""] = guid.split("-").map((part) => part.match(/../g) ?? []);
  const digits = [...[...a].reverse(), ...[...b].reverse(), ...[...c].reverse(), ...d, ...e];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}
