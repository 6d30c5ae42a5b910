/**
 * Guest requests: a page with a message for the firmware, and one for its answer. ABI, chapter 7.
 * Simplified: messages are neither encrypted nor numbered.
 */
import type { Request } from "./ghcb";
import { isRam, takeShared } from "./memory";

/** Offsets in a message. ABI, "SNP_GUEST_REQUEST", message header. */
const TYPE = 0x34;
const VERSION = 0x35;
const VMPCK = 0x3c;
const PAYLOAD = 0x60;
/** of a report request: 64 bytes of the guest's own, then the VMPL */
const REPORT_DATA_BYTES = 64;
/** in the answer: status, size, then the report */
const REPORT = 0x80;
const REPORT_BYTES = 0x4a0;

const MSG_REPORT_REQ = 5;
const MSG_REPORT_RSP = 6;
const INVALID_PARAM = 0x16;

/** EXITINFO1 is the page of the request, EXITINFO2 the one for the answer. [snp_handle_guest_req()] */
export function guestRequest(r: Request): true {
  const { hv } = r;
  const from = Number(r.info1);
  const to = Number(r.info2);
  if (!isRam(from) || !isRam(to)) return r.refuse(GHCB_ERR_INVALID_INPUT);
  const request = new DataView(hv.read_page(takeShared(hv, from)).buffer);
  // a page that was never shared is empty here, and no message
  const isReport = request.getUint8(TYPE) === MSG_REPORT_REQ && request.getUint8(VERSION) === 1;
  const vmpck = request.getUint8(VMPCK);
  if (!isReport || vmpck > 3 || hv.gctx === null) return r.done(INVALID_PARAM);
  const vmpl = request.getUint32(PAYLOAD + REPORT_DATA_BYTES, true);
  const allowed = hv.psp.guest_request(hv.gctx, { vmpck, vmpl }) === "SUCCESS";
  const data = new Uint8Array(request.buffer, PAYLOAD, REPORT_DATA_BYTES);
  hv.write_page(takeShared(hv, to), allowed ? report(hv, hv.gctx, vmpck, vmpl, data) : refusal(vmpck));
  return r.done();
}

/** The same with certificates, of which there are none: a table of zeros in the pages that RAX and RBX name. [snp_handle_ext_guest_req()] */
export function extendedGuestRequest(r: Request): true {
  const table = Number(r.rax);
  if (r.rbx !== 0n) {
    if (table % PAGE_SIZE !== 0 || !isRam(table)) return r.refuse(GHCB_ERR_INVALID_INPUT);
    const spa = takeShared(r.hv, table);
    for (let at = 0; at < 24; at += 8) r.hv.write64(spa + at, 0);
  }
  return guestRequest(r);
}

function message(vmpck: number, size: number, status: number): DataView {
  const page = new DataView(new Uint8Array(PAGE_SIZE).buffer);
  page.setUint8(TYPE, MSG_REPORT_RSP);
  page.setUint8(VERSION, 1);
  page.setUint16(0x36, size, true);
  page.setUint8(VMPCK, vmpck);
  page.setUint32(PAYLOAD, status, true);
  return page;
}

/** The firmware answers, but without a report: the VMPL asked for is above the one whose key the guest used. */
function refusal(vmpck: number): Uint8Array {
  return new Uint8Array(message(vmpck, REPORT - PAYLOAD, INVALID_PARAM).buffer);
}

/** ABI, ATTESTATION_REPORT: version, policy, VMPL, the guest's data, the launch digest. */
function report(hv: Hypervisor, gctx: number, vmpck: number, vmpl: number, data: Uint8Array): Uint8Array {
  const page = message(vmpck, REPORT - PAYLOAD + REPORT_BYTES, 0);
  const bytes = new Uint8Array(page.buffer);
  page.setUint32(PAYLOAD + 4, REPORT_BYTES, true);
  page.setUint32(REPORT, 2, true);
  page.setBigUint64(REPORT + 0x08, hv.psp.guest_status(gctx).policy, true);
  page.setUint32(REPORT + 0x30, vmpl, true);
  bytes.set(data, REPORT + 0x50);
  bytes.set(hv.psp.launch_digest(gctx), REPORT + 0x90);
  return bytes;
}
