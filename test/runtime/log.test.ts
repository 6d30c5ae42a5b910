import { describe, expect, test } from "vitest";
import { LIMITS } from "../../web/runtime/limits";
import { Log } from "../../web/runtime/log";

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("64 KiB are kept, UTF-8 and line ends counted", () => {
  test.each(["x", "é", "\u2400", "😀", "a😀é"])("lines of %s", (unit) => {
    const log = new Log();
    const line = unit.repeat(100);
    for (let i = 0; i < 2000; i++) log.add({ step: i, actor: "guest", vcpu: 0, vmpl: 0, text: line });
    const kept = log.lines.reduce((sum, { text }) => sum + bytes(text) + 1, 0);
    const size = bytes(line) + 1;
    expect(kept).toBeLessThanOrEqual(LIMITS.log);
    expect(kept).toBeGreaterThan(LIMITS.log - 8);
    // the last line may have been cut, and then has no end of its own to count
    const cut = log.lines.at(-1)?.text !== line;
    expect(kept - (cut ? 1 : 0) + log.dropped).toBe(2000 * size);
    expect(log.lines.every(({ text }) => line.startsWith(text))).toBe(true);
  });

  test("nothing is dropped while there is room", () => {
    const log = new Log();
    log.add({ step: 3, actor: "hypervisor", vcpu: 0, vmpl: 0, text: "a".repeat(LIMITS.log - 1) });
    expect([log.lines.length, log.dropped]).toEqual([1, 0]);
    log.add({ step: 4, actor: "guest", vcpu: 0, vmpl: 0, text: "" });
    expect([log.lines.length, log.dropped]).toEqual([1, 1]);
  });
});
