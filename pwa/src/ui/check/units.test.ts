// Numbers as they are typed and stepped, in the form in which they are recorded.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge } from "../../core/answer.ts";
import type { Checklist, Item } from "../../core/checklist.ts";
import { negated, parseTyped, stepped, unitOf } from "./units.ts";

/** As the phone receives it: decimals are text. */
const file = new URL("../../../../sync/checklists/nine-points-2026.1.json", import.meta.url);
const body = readFileSync(file, "utf8").replace(/: (-?\d+\.\d+)/g, ': "$1"');
const items = (JSON.parse(body) as Checklist).points.flatMap((point) => point.items);

function itemOf(id: string): Item {
  const item = items.find((one) => one.id === id);
  if (!item) throw new Error(id);
  return item;
}

describe("a typed number", () => {
  it.each([
    ["3.2", "3.2"],
    ["3,2", "3.2"],
    ["3。20", "3.2"],
    ["12", 12],
    ["12.0", 12],
    ["007", 7],
    ["-0", 0],
    ["-1", -1],
    ["−1.5", "-1.5"],
    ["5.", 5],
  ])("%s is recorded as %s", (typed, recorded) => {
    expect(parseTyped(typed)).toBe(recorded);
  });

  it.each(["", "abc", "1.23456", "1e3", "--1", "1.2.3", "9999999999"])(
    "%s is no number",
    (typed) => {
      expect(parseTyped(typed)).toBeNull();
    },
  );
});

describe("a step", () => {
  it("begins at the unit's start and keeps its decimals exact", () => {
    const tread = unitOf(itemOf("P2-04"));
    let value = stepped(tread, null, -1);
    for (let n = 0; n < 17; n++) value = stepped(tread, value, -1);
    expect(value).toBe("3.2");
  });

  it("does not go below what can be counted", () => {
    const litter = unitOf(itemOf("P8-04"));
    expect(stepped(litter, 0, -1)).toBe(0);
    expect(stepped(unitOf(itemOf("P4-05")), 3, 1)).toBe(3);
  });

  it("goes below nothing where the checklist does", () => {
    expect(stepped(unitOf(itemOf("P1-01")), 0, -1)).toBe(-1);
    expect(stepped(unitOf(itemOf("P3-02")), 0, -1)).toBe(-1);
  });

  it("changes sign without a negative zero", () => {
    expect(negated(4)).toBe(-4);
    expect(Object.is(negated(0), 0)).toBe(true);
  });
});

describe("the value worth one tap", () => {
  it("is there for counts only, and passes its item", () => {
    const numbers = items.filter(({ answerType }) => answerType === "number");
    for (const item of numbers) {
      const { quick } = unitOf(item);
      if (quick === null) expect(["%", "mm", "celsius", "cm"]).toContain(item.unit);
      else expect(judge(item, { value: quick }).failed, item.id).toBe(false);
    }
  });
});
