/**
 * Page state changes by a list: u16 next entry, u16 last entry, then u64 entries {next page 11:0, GFN 51:12, operation 55:52,
 * size 56}. Done entries and the position are written back. GHCB specification, 4.1.6. [snp_begin_psc()]
 */
import { convert } from "./memory";
import type { Scratch } from "./scratch";

const PAGE_4K = 0xf_ffff_ffff_f000n;

const INVALID_HEADER = 0x1_0000_0001n;
const INVALID_ENTRY = 0x1_0000_0002n;
/** what userspace could not convert */
const GENERIC = 0x100_0000_0000n;

/** SW_EXITINFO2 of the answer; SW_EXITINFO1 is 0 in any case. */
export function changeList(list: Scratch): bigint {
  const header = list.read64(0);
  const last = Number(header >> 16n) & 0xffff;
  let next = Number(header & 0xffffn);
  if (last >= VMGEXIT_PSC_MAX_ENTRY) return INVALID_HEADER;
  for (; next <= last; next++) {
    const at = 8 + next * 8;
    const entry = list.read64(at);
    const gpa = Number(entry & PAGE_4K);
    const op = Number(entry >> 52n) & 0xf;
    const pages = (entry >> 56n) & 1n ? 512 : 1;
    const from = Number(entry & 0xfffn);
    if (from > pages || gpa % (pages * PAGE_SIZE) !== 0) return INVALID_ENTRY;
    // Other operations (PSMASH, UNSMASH) count as done.
    const moves = op === SNP_PAGE_STATE_PRIVATE || op === SNP_PAGE_STATE_SHARED;
    for (let page = from; moves && page < pages; page++) {
      if (!convert(list.hv, gpa + page * PAGE_SIZE, op === SNP_PAGE_STATE_SHARED)) return GENERIC;
    }
    list.write64(at, (entry & ~0xfffn) | BigInt(pages));
    list.write64(0, (header & ~0xffffn) | BigInt(next + 1));
  }
  return 0n;
}
