// A question of the reviewer's is open until the record was finished again after it.
import { describe, expect, it } from "vitest";
import type { RecordState } from "../../core/merge.ts";
import type { Inspection } from "../../store/records.ts";
import { isReturned, questionOf } from "./desk.ts";

const stamp = (n: number) => `176360000000${n}-0000-7f3a9c21d0e4b856`;

function inspection(state: RecordState): Inspection {
  return { state } as Inspection;
}

const returned = { value: { state: "returned", note: "灭火器是哪一具?" }, stamp: stamp(5) };

describe("a returned record", () => {
  it("waits for its author", () => {
    const one = inspection({ state: { value: "finished", stamp: stamp(3) }, review: returned });
    expect(isReturned(one)).toBe(true);
    expect(questionOf(one.state)).toBe("灭火器是哪一具?");
  });

  it("waits no more when it was finished again", () => {
    const one = inspection({ state: { value: "finished", stamp: stamp(8) }, review: returned });
    expect(isReturned(one)).toBe(false);
  });

  it("still waits while it is open for the answer", () => {
    const one = inspection({ state: { value: "draft", stamp: stamp(8) }, review: returned });
    expect(isReturned(one)).toBe(true);
  });

  it("is not what was confirmed or never reviewed", () => {
    const confirmed = { value: { state: "confirmed", note: "" }, stamp: stamp(5) };
    const finished = { value: "finished", stamp: stamp(3) };
    expect(isReturned(inspection({ state: finished, review: confirmed }))).toBe(false);
    expect(isReturned(inspection({ state: finished }))).toBe(false);
  });
});
