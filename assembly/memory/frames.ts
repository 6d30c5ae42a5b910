/**
 * Where the contents of a page are kept. Memory may be larger than what this machine can hold, and hardly any of it is ever written:
 * a page has a frame of its own from its first write on, and until then reads as zeros (frame 0). Frames are given out in order, and
 * undoing a write leaves the page its frame, with zeros in it: the journal's records name the frame, and could be redone. Once they
 * cannot, `giveBack` takes the frame away again, so that how many are in use depends on the events alone.
 */
import { contents, frameRoom, frames, owners, pages } from "./layout";

/** Frames in use, without frame 0. */
let used: u32 = 0;

/** Address of the 4 KiB in which the bytes of page `pfn` are, for reading. */
// @ts-ignore: decorator
@inline
export function frameOf(pfn: u32): usize {
  return contents + (<usize>load<u32>(frames + (<usize>pfn << 2)) << 12);
}

/** The same for writing. `record`: number of the journal record, from 1, that the write is kept in; 0 when it is not kept. */
// @ts-ignore: decorator
@inline
export function ownFrameOf(pfn: u32, record: u32): usize {
  const at = frames + (<usize>pfn << 2);
  return contents + (<usize>(load<u32>(at) || give(at, pfn, record)) << 12);
}

function give(at: usize, pfn: u32, record: u32): u32 {
  // hasRoom() and roomLeft() see to it that there is one for every event; a sweep may run out
  if (used == frameRoom) unreachable();
  const owner = owners + (<usize>used << 3);
  store<u32>(owner, pfn);
  store<u32>(owner, record, 4);
  used++;
  store<u32>(at, used);
  return used;
}

/** No record behind the first `records` of the journal can be redone: pages first written by those have no frame any more. */
export function giveBack(records: u32): void {
  while (used > 0) {
    const owner = owners + (<usize>(used - 1) << 3);
    if (load<u32>(owner, 4) <= records) return;
    store<u32>(frames + (<usize>load<u32>(owner) << 2), 0);
    used--;
  }
}

/** The journal is emptied, and the contents stay. */
export function keepFrames(): void {
  for (let i: u32 = 0; i < used; i++) store<u32>(owners + (<usize>i << 3), 0, 4);
}

/** Frames there are still; plenty where each page can have one, and where no contents are held. */
export function framesLeft(): u32 {
  return frameRoom == pages || frameRoom == 0 ? 0xffffff : frameRoom - used;
}
