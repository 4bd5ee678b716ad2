// Scores: the worked example, every rule of the checklist, and laws that no answer breaks.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { type Checklist, checklistId, type Item, itemsFor } from "./checklist.ts";
import { type Score, scoreInspection } from "./score.ts";

const law: <T>(property: fc.IProperty<T>) => void = fc.assert;

type Answers = Record<string, Answer>;

interface Case {
  name: string;
  checklist?: string;
  mode: string;
  from?: string;
  answers?: Answers;
  remove?: string[];
  regime?: string | null;
  confirmed?: string[];
  score: Score;
}

interface Vectors {
  best: Record<string, Answers>;
  checklists: Record<string, Checklist>;
  cases: Case[];
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../sync/${path}`, import.meta.url), "utf8"));
}

const vectors = read("vectors/scores.json") as Vectors;
const grown = read("vectors/scores-grown.json") as Case[];
const nine = read("checklists/nine-points-2026.1.json") as Checklist;
const paired = new Set((nine.scoring.noDoubleCharge ?? []).flat());

test.each(vectors.cases)("a score is that of the server: $name", (example) => {
  expect(scored(example)).toEqual(example.score);
});

test.each(grown.map((example, n) => ({ ...example, name: `grown ${n}` })))(
  "a score is that of the server: $name",
  (example) => {
    expect(scored(example)).toEqual(example.score);
  },
);

test("a score stays between nothing and all", () => {
  law(
    fc.property(inspections(), ({ mode, answers }) => {
      const score = scoreInspection(nine, mode, answers);
      const subjects = Object.values(score.subjects).map((subject) => subject.bp);
      for (const bp of [score.total_bp, ...Object.values(score.points), ...subjects]) {
        expect(bp === null || (Number.isInteger(bp) && bp >= 0 && bp <= 10_000)).toBe(true);
      }
    }),
  );
});

test("a score is never raised by a pass that becomes a fail", () => {
  law(
    fc.property(inspections(), fc.nat(), ({ mode, answers }, choice) => {
      const words = passedOutsidePairs(mode, answers);
      const chosen = words[choice % Math.max(words.length, 1)];
      fc.pre(chosen !== undefined);
      const before = scoreInspection(nine, mode, answers);
      const worse = { ...answers, [String(chosen)]: { value: "fail" } };
      const after = scoreInspection(nine, mode, worse);
      expect((after.total_bp ?? -1) <= (before.total_bp ?? -1)).toBe(true);
      expect(after.fault_points > before.fault_points).toBe(true);
    }),
  );
});

test("a score weighs not applicable as unanswered", () => {
  law(
    fc.property(inspections(), fc.nat(), ({ mode, answers }, choice) => {
      const ids = Object.keys(answers);
      const id = String(ids[choice % ids.length]);
      const na = scoreInspection(nine, mode, { ...answers, [id]: { value: "na" } });
      const none = scoreInspection(nine, mode, { ...answers, [id]: { value: null } });
      expect(na).toEqual({ ...none, answered: none.answered + 1 });
    }),
  );
});

test("the checklist goes by the name that inspections carry", () => {
  expect(checklistId(nine)).toBe("nine-points@2026.1");
});

function scored({ checklist, mode, from, answers, remove, regime, confirmed }: Case): Score {
  const all: Answers = { ...(from ? vectors.best[from] : {}), ...answers };
  for (const id of remove ?? []) delete all[id];
  const body = (checklist && vectors.checklists[checklist]) || nine;
  return scoreInspection(body, mode, all, { regime: regime ?? null, confirmed: confirmed ?? [] });
}

function itemsOf(mode: string): Item[] {
  return itemsFor(nine, mode).flatMap(({ items }) => items);
}

function inspections(): fc.Arbitrary<{ mode: string; answers: Answers }> {
  return fc.constantFrom(...Object.keys(nine.modes)).chain((mode) => {
    const answers: Record<string, fc.Arbitrary<Answer>> = {};
    for (const item of itemsOf(mode)) answers[item.id] = fc.record({ value: answerValue(item) });
    return fc.record({ mode: fc.constant(mode), answers: fc.record(answers) });
  });
}

function answerValue(item: Item): fc.Arbitrary<Answer["value"]> {
  if (item.answerType === "pass_fail_na") return fc.constantFrom("pass", "pass", "fail", "na");
  if (item.answerType === "scale_1_5") return fc.constantFrom(1, 2, 3, 4, 5, "na", null);
  return fc.oneof(fc.integer({ min: -10, max: 210 }), fc.constantFrom("na", "3.2", null));
}

/** A fail inside a pair can excuse the other one, so those are left out. */
function passedOutsidePairs(mode: string, answers: Answers): string[] {
  const isPassed = (id: string) => answers[id]?.value === "pass" && !paired.has(id);
  return itemsOf(mode)
    .map((item) => item.id)
    .filter(isPassed);
}
