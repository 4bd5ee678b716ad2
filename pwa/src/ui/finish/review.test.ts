// When an inspection may be finished, and what it is warned about before.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../core/answer.ts";
import type { Checklist } from "../../core/checklist.ts";
import { nextOpen, sectionAt, type Work } from "../check/work.ts";
import { progressOf, sectionsOf } from "../state/read.ts";
import { confirmedIn, protocolOf, reviewOf } from "./review.ts";

/** As the phone receives it: decimals are text. */
const file = new URL("../../../../sync/checklists/nine-points-2026.1.json", import.meta.url);
const body = readFileSync(file, "utf8").replace(/: (-?\d+\.\d+)/g, ': "$1"');
const checklist: Checklist = JSON.parse(body);

function workOf(
  mode: string,
  answers: Record<string, Answer>,
  chosen: string[] | null = null,
): Work {
  const sections = sectionsOf(checklist, mode, chosen ? new Set(chosen) : null);
  return {
    checklist,
    mode,
    regime: null,
    sections: sections.map((one) => progressOf(one, answers, null)),
  };
}

function allNa(mode: string): Record<string, Answer> {
  const items = sectionsOf(checklist, mode, null).flatMap((section) => section.items);
  return Object.fromEntries(items.map(({ id }) => [id, { value: "na" }]));
}

describe("finishing", () => {
  it("a daily check needs every item answered, if only by N/A", () => {
    const answers = allNa("daily");
    expect(reviewOf(workOf("daily", answers), answers).canFinish).toBe(true);
    const { "P2-01": _, ...rest } = answers;
    const review = reviewOf(workOf("daily", rest), rest);
    expect(review.canFinish).toBe(false);
    expect(review.open.map(({ id }) => id)).toEqual(["P2-01"]);
  });

  it("a spot check needs one answer, whatever was chosen", () => {
    const none = reviewOf(workOf("spot", {}, ["P2-01", "P2-02"]), {});
    expect(none.canFinish).toBe(false);
    const answers: Record<string, Answer> = { "P2-01": { value: "pass" } };
    expect(reviewOf(workOf("spot", answers, ["P2-01", "P2-02"]), answers).canFinish).toBe(true);
  });

  it("names the fails whose required photo is missing, unless a note says why", () => {
    const answers: Record<string, Answer> = {
      "P2-01": { value: "fail" },
      "P2-02": { value: "fail", photos: ["a".repeat(64)] },
      "P3-01": { value: "fail", note: "车辆已驶离" },
      "P5-01": { value: "fail" },
    };
    const review = reviewOf(workOf("daily", answers), answers);
    expect(review.noPhoto.map(({ item }) => item.id)).toEqual(["P2-01"]);
    expect(review.fails.map(({ item }) => item.id)).toEqual(["P2-01", "P2-02", "P3-01", "P5-01"]);
  });
});

describe("what the finish screen shows", () => {
  it("shows a suspected critical with the steps for its kind", () => {
    const answers: Record<string, Answer> = { "P3-01": { value: "fail" } };
    const review = reviewOf(workOf("daily", answers), answers);
    expect(review.suspected.map(({ item }) => item.id)).toEqual(["P3-01"]);
    expect(protocolOf(checklist, "safety_stop")?.steps).toHaveLength(4);
    expect(protocolOf(checklist, "unheard_of")).toBeNull();
  });

  it("counts a critical as the reviewer confirmed it", () => {
    const answers = { ...allNa("daily"), "P3-01": { value: "fail" }, "P2-07": { value: "pass" } };
    const fields = {
      "criticals/P3-01": { state: "confirmed", source: "cctv" },
      "criticals/P2-07": null,
    };
    expect(confirmedIn(fields)).toEqual(["P3-01"]);
    const review = reviewOf(workOf("daily", answers), answers, confirmedIn(fields));
    expect(review.suspected).toEqual([]);
    expect(review.score.confirmed).toEqual(["P3-01"]);
  });

  it("marks the second of a pair as the same problem", () => {
    const answers: Record<string, Answer> = { "P6-05": { value: "fail" }, "P7-02": { value: 10 } };
    const { fails, score } = reviewOf(workOf("spot", answers), answers);
    expect(fails.filter(({ isDropped }) => isDropped).map(({ item }) => item.id)).toEqual([
      "P7-02",
    ]);
    expect(score.fault_points).toBe(20);
  });
});

describe("going through the points", () => {
  it("starts where something is open and goes round to what was left", () => {
    const answers = { ...allNa("daily"), "P3-02": { value: null }, "P8-04": { value: null } };
    const { sections } = workOf("daily", answers);
    expect(sectionAt(sections, undefined)?.point.id).toBe("P3");
    expect(sectionAt(sections, "P6")?.point.id).toBe("P6");
    expect(nextOpen(sections, "P5")?.point.id).toBe("P8");
    expect(nextOpen(sections, "P8")?.point.id).toBe("P3");
  });
});
