import { expect, test } from "vitest";
import { compared } from "../../web/manual/compared";

test.each([
  ["PVALIDATE_CPL", "0x3", "0x0", "found 3, wanted 0"],
  ["PVALIDATE_VMPL", "0x1", "0x0", "found VMPL1, wanted VMPL0"],
  ["PVALIDATE_ALIGNED", "0x201000", "0x1", "gva 0x20_1000"],
  ["PVALIDATE_CHANGES", "0x1", "0x1", "Validated 1, asked 1"],
  ["GUEST_USER", "0x3", "0x0", "CPL 3, U 0"],
  ["RMP_COVERED", "0x600000", "0x0", "spa 0x60_0000"],
  ["RMP_ASID", "0x2", "0x1", "found 2, wanted 1"],
  ["RMP_GPA", "0x300000", "0x200000", "found 0x30_0000, wanted 0x20_0000"],
  ["SIZE_4K_IN_2M", "0x0", "0x1", "asked 4K, RMP entry 2M"],
  ["SIZE_NESTED_2M", "0x1", "0x0", "nested mapping 2M, asked 4K"],
  ["SIZE_2M_ON_4K", "0x0", "0x3", "RMP entry 4K, nested mapping 4K"],
  ["SIZE_2M_ON_4K", "0x1", "0x3", "RMP entry 2M, nested mapping 4K"],
  ["SIZE_2M_ON_4K", "0x2", "0x3", "RMP entry 4K, nested mapping 2M"],
  ["SIZE_2M_ON_4K", "0x3", "0x3", "RMP entry 2M, nested mapping 2M"],
  ["SIZE_ACCESS", "0x1", "0x0", "nested mapping 2M, RMP entry 4K"],
  ["VMPL_WRITE", "0x1", "0x3", "has R, needs R W"],
  ["VMPL_EXECUTE", "0x0", "0x8", "has nothing, needs XS"],
  ["RMPADJUST_TARGET", "0x1", "0x1", "target VMPL1, current VMPL1"],
  ["RMPADJUST_TARGET_EXISTS", "0x4", "0x4", "target VMPL 4, number of VMPLs 4"],
  ["RMPADJUST_SUBSET", "0x3", "0x1", "asked R W, own R"],
  ["RMPUPDATE_CLEAN", "0x1", "0x2", "Immutable 1, ASID 2"],
  ["RMPUPDATE_INSIDE_2M", "0x0", "0x1", "new entry 4K, region 2M"],
  ["RMPUPDATE_REGION_FREE", "0x7", "0x0", "assigned pages 7, wanted 0"],
  ["RMPUPDATE_INUSE", "0x1", "0x0", "pages in use 1, wanted 0"],
  ["PSMASH_LARGE", "0x1", "0x3", "found assigned 4K, wanted assigned 2M"],
  ["PSMASH_LARGE", "0x0", "0x3", "found not assigned 4K, wanted assigned 2M"],
  ["INIT_VMPLEN", "0x5", "0x0", "cores without it: 0 2"],
  ["INIT_VMPLEN", "0x0", "0x0", "cores without it: none"],
  ["FW_PAGE_STATE", "0xb", "0x9", "found Guest-Invalid, wanted Pre-Guest"],
  ["FW_GUEST_LAUNCH", "0x0", "0x1", "found INIT, wanted LAUNCH"],
  ["FW_PAGE_TYPE", "0x9", "0x6", "type 9"],
  ["FW_PAGE_TYPE_SIZE", "0x2", "0x1", "type VMSA"],
  ["FW_POLICY", "0x0", "0x20000", "policy 0x0, needs 0x2_0000"],
  ["FW_POLICY_VERSION", "0x138", "0x137", "wants 0x138, firmware 0x137"],
  ["FW_ASID_PAGES", "0x3", "0x0", "pages with it 3, wanted 0"],
  ["FW_RECLAIMABLE", "0x7", "0x0", "found Context"],
  ["INIT_RMP_PLACED", "0x80000", "0x8ffff", "RMP_BASE 0x8_0000, RMP_END 0x8_ffff"],
])("%s of %s and %s: %s", (rule, left, right, words) => {
  expect(compared({ rule, outcome: "failed", left, right })).toBe(words);
});

test("nothing to compare", () => {
  expect(compared({ rule: "RMP_ASID", outcome: "not reached" })).toBe("");
  expect(compared({ rule: "no rule", outcome: "failed", left: "0x0", right: "0x0" })).toBe("");
});
