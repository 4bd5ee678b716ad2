// How one answer is judged: its quarters, whether it fails, how badly, and at whose door.

import type { Item, Limit, Limits, RegimeRule, Severity, Subject } from "./checklist.ts";
import { divideFloor, parseE4 } from "./number.ts";
import { own } from "./own.ts";

/** "pass", "fail", "na", an integer, or a decimal as text. */
export type AnswerValue = string | number;

export interface Answer {
  value: AnswerValue | null;
  note?: string;
  photos?: string[];
  charged_to?: Subject;
  fixed_on_spot?: boolean;
  ac_on?: boolean;
  at_terminus?: boolean;
}

export interface Judged {
  /** 0..4; null for not applicable and for unanswered. */
  quarters: number | null;
  failed: boolean;
  /** Only of a fail. */
  severity: Severity | null;
  chargedTo: Subject;
  answered: boolean;
}

export const FULL = 4;
const DEFAULT_FAIL_AT_OR_BELOW = 2;

/** Judge an answer as it came from the wire; what does not fit its item is unanswered. */
export function judge(
  item: Item,
  answer: Answer | null | undefined,
  regime: string | null = null,
): Judged {
  const given = membersOf(answer);
  const chargedTo = subjectOf(item, own(given, "charged_to"));
  const value = own(given, "value");
  if (value === "na" && item.naAllowed) return unrated(chargedTo, true);
  if (item.answerType === "pass_fail_na") return judgeWords(item, value, chargedTo);
  if (item.answerType === "scale_1_5") return judgeScale(item, value, chargedTo);
  return judgeNumber(item, given, chargedTo, regime);
}

export function unrated(chargedTo: Subject, answered: boolean): Judged {
  return { quarters: null, failed: false, severity: null, chargedTo, answered };
}

function judgeWords(item: Item, value: unknown, chargedTo: Subject): Judged {
  if (value === "pass") return passed(FULL, chargedTo);
  if (value === "fail") return failed(0, item.severity, chargedTo);
  return unrated(chargedTo, false);
}

function judgeScale(item: Item, value: unknown, chargedTo: Subject): Judged {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 5) {
    return unrated(chargedTo, false);
  }
  const failsAt = item.failAtOrBelow ?? DEFAULT_FAIL_AT_OR_BELOW;
  return value <= failsAt
    ? failed(value - 1, item.severity, chargedTo)
    : passed(value - 1, chargedTo);
}

function judgeNumber(
  item: Item,
  given: Record<string, unknown>,
  chargedTo: Subject,
  regime: string | null,
): Judged {
  const valueE4 = parseE4(own(given, "value"));
  if (valueE4 === null) return unrated(chargedTo, false);
  if (item.passOverride !== undefined && own(given, item.passOverride) === true) {
    return passed(FULL, chargedTo);
  }
  const atTerminus = own(given, "at_terminus") === true;
  const passIf = (atTerminus ? item.passIfAtTerminus : undefined) ?? item.passIf ?? {};
  const quarters = quartersOutside(valueE4, passIf, item.zeroAt ?? {});
  if (quarters === null) return passed(FULL, chargedTo);
  return failed(quarters, severityOf(item, valueE4, regime), chargedTo);
}

/** Null inside the limits; outside, what is left on the way to the hard limit. */
function quartersOutside(valueE4: number, passIf: Limits, zeroAt: Limits): number | null {
  const maxE4 = limitE4(passIf.max);
  if (maxE4 !== null && valueE4 > maxE4) return linear(valueE4, maxE4, limitE4(zeroAt.max));
  const minE4 = limitE4(passIf.min);
  if (minE4 === null || valueE4 >= minE4) return null;
  const zeroE4 = limitE4(zeroAt.min);
  return linear(-valueE4, -minE4, zeroE4 === null ? null : -zeroE4);
}

function linear(valueE4: number, passE4: number, zeroE4: number | null): number {
  if (zeroE4 === null || valueE4 >= zeroE4) return 0;
  return divideFloor(FULL * (zeroE4 - valueE4), zeroE4 - passE4);
}

/** What the vehicle's licence makes of the number; without a rule, the item's own severity. */
function severityOf(item: Item, valueE4: number, regime: string | null): Severity {
  const rule = regime === null ? undefined : own(item.regime ?? {}, regime);
  if (rule === undefined) return item.severity;
  if (isCritical(rule, valueE4)) return "critical";
  const majorE4 = limitE4(rule.majorAbove);
  return majorE4 !== null && valueE4 > majorE4 ? "major" : item.severity;
}

function isCritical(rule: RegimeRule, valueE4: number): boolean {
  const aboveE4 = limitE4(rule.criticalAbove);
  const atOrAboveE4 = limitE4(rule.criticalAtOrAbove);
  return (
    (aboveE4 !== null && valueE4 > aboveE4) || (atOrAboveE4 !== null && valueE4 >= atOrAboveE4)
  );
}

function limitE4(limit: Limit | undefined): number | null {
  return limit === undefined ? null : parseE4(limit);
}

function subjectOf(item: Item, wanted: unknown): Subject {
  return item.alsoChargeableTo.find((subject) => subject === wanted) ?? item.chargedTo;
}

function membersOf(answer: unknown): Record<string, unknown> {
  const isObject = typeof answer === "object" && answer !== null && !Array.isArray(answer);
  return isObject ? (answer as Record<string, unknown>) : {};
}

function passed(quarters: number, chargedTo: Subject): Judged {
  return { quarters, failed: false, severity: null, chargedTo, answered: true };
}

function failed(quarters: number, severity: Severity, chargedTo: Subject): Judged {
  return { quarters, failed: true, severity, chargedTo, answered: true };
}
