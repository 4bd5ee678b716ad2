// How each unit is counted on the stepper: step, where it starts, its bounds, and a value worth one tap.

import type { AnswerValue } from "../../core/answer.ts";
import type { Item } from "../../core/checklist.ts";
import { E4, parseE4 } from "../../core/number.ts";

export interface Unit {
  step: AnswerValue;
  start: AnswerValue;
  min: number | null;
  max: number | null;
  /** Only what is counted, never what is measured: nobody should enter a measurement unseen. */
  quick: AnswerValue | null;
}

const COUNT: Unit = { step: 1, start: 0, min: 0, max: null, quick: 0 };
const MEASURE: Unit = { step: 1, start: 0, min: 0, max: null, quick: null };

const UNITS: Record<string, Unit> = {
  min: { ...COUNT },
  persons: { ...COUNT },
  pieces: { ...COUNT },
  diff: { ...COUNT, min: null },
  sessions: { ...COUNT, start: 2, max: 2, quick: 2 },
  correct_of_3: { ...COUNT, start: 3, max: 3, quick: 3 },
  "%": { ...MEASURE, step: 5, start: 100 },
  mm: { ...MEASURE, step: "0.1", start: 5 },
  celsius: { ...MEASURE, start: 24, min: null },
  cm: { ...MEASURE, step: 5, start: 30 },
  cm2: { ...MEASURE, step: 5, start: 0, quick: 0 },
};

export function unitOf(item: Item): Unit {
  const unit = UNITS[item.unit ?? ""] ?? MEASURE;
  const minE4 = parseE4(item.passIf?.min ?? 0);
  // Early departure is a number below nothing.
  return minE4 !== null && minE4 < 0 ? { ...unit, min: null } : unit;
}

/** What a person typed, as an answer: an integer, or a decimal as text. Null when it is no number. */
export function parseTyped(text: string): AnswerValue | null {
  const plain = text.normalize("NFKC").replace(/[。,]/g, ".").replace(/−/g, "-").trim();
  const found = /^([+-]?)(\d{1,9})(?:\.(\d{0,4}))?$/.exec(plain);
  if (!found) return null;
  const [, sign, whole, parts = ""] = found;
  return fromE4((sign === "-" ? -1 : 1) * (Number(whole) * E4 + Number(parts.padEnd(4, "0"))));
}

/** One step up (1) or down (-1) from the value, or from the unit's start; kept inside its bounds. */
export function stepped(unit: Unit, value: AnswerValue | null, direction: 1 | -1): AnswerValue {
  const fromValueE4 = parseE4(value ?? unit.start) ?? 0;
  const nextE4 = fromValueE4 + direction * (parseE4(unit.step) ?? E4);
  const atLeastE4 = unit.min === null ? nextE4 : Math.max(nextE4, unit.min * E4);
  return fromE4(unit.max === null ? atLeastE4 : Math.min(atLeastE4, unit.max * E4));
}

export function negated(value: AnswerValue): AnswerValue {
  return fromE4(-(parseE4(value) ?? 0));
}

function fromE4(valueE4: number): AnswerValue {
  const isWhole = valueE4 % E4 === 0;
  // Adding zero turns -0, which has no place in a record, into 0.
  if (isWhole) return valueE4 / E4 + 0;
  const size = Math.abs(valueE4);
  const parts = String(size % E4)
    .padStart(4, "0")
    .replace(/0+$/, "");
  return `${valueE4 < 0 ? "-" : ""}${Math.floor(size / E4)}.${parts}`;
}
