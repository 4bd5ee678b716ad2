// Judging one answer: quarters, fail, severity and subject, at every limit.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Answer, judge } from "./answer.ts";
import type { Checklist } from "./checklist.ts";
import { parseE4 } from "./number.ts";

const law: <T>(property: fc.IProperty<T>) => void = fc.assert;

interface Case {
  item: string;
  answer: Answer;
  regime?: string;
  judged: Record<string, unknown>;
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../sync/${path}`, import.meta.url), "utf8"));
}

const { cases } = read("vectors/judge.json") as { cases: Case[] };
const checklist = read("checklists/nine-points-2026.1.json") as Checklist;
const items = checklist.points.flatMap((point) => point.items);

test.each(cases)(
  "an answer is judged: $item $answer $regime",
  ({ item, answer, regime, judged }) => {
    const { chargedTo, ...rest } = judge(itemOf(item), answer, regime ?? null);
    expect({ ...rest, charged_to: chargedTo }).toEqual(judged);
  },
);

test("an answer never breaks the judge", () => {
  const answers = fc.oneof(
    fc.jsonValue(),
    fc.record({ value: fc.jsonValue(), charged_to: fc.jsonValue() }),
  );
  law(
    fc.property(fc.constantFrom(...items), answers, fc.string(), (item, answer, regime) => {
      const judged = judge(item, answer as unknown as Answer, regime);
      expect([null, 0, 1, 2, 3, 4]).toContain(judged.quarters);
      expect(judged.failed).toBe(judged.severity !== null);
      expect([item.chargedTo, ...item.alsoChargeableTo]).toContain(judged.chargedTo);
      expect(judged.answered || judged.quarters === null).toBe(true);
    }),
  );
});

test("an answer is worth the same as an integer and as decimal text", () => {
  law(
    fc.property(fc.nat(999_999_999), fc.nat(9999), (whole, parts) => {
      expect(parseE4(whole)).toBe(parseE4(`${whole}.0`));
      const text = `${whole}.${String(parts).padStart(4, "0")}`;
      expect(BigInt(parseE4(text) ?? -1)).toBe(BigInt(whole) * 10_000n + BigInt(parts));
    }),
  );
});

function itemOf(id: string) {
  const found = items.find((item) => item.id === id);
  if (found === undefined) throw new Error(`no item ${id}`);
  return found;
}
