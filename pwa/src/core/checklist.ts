// A version of the checklist, in the JSON form in which it reaches the phone.

export type Subject = "driver" | "conductor" | "vehicle" | "company";
export type Severity = "minor" | "major" | "critical";
export type AnswerType = "pass_fail_na" | "scale_1_5" | "number";
/** An integer, or a decimal as text. */
export type Limit = number | string;

export const SUBJECTS: readonly Subject[] = ["driver", "conductor", "vehicle", "company"];

export interface Limits {
  min?: Limit;
  max?: Limit;
}

export interface RegimeRule {
  criticalAbove?: Limit;
  criticalAtOrAbove?: Limit;
  majorAbove?: Limit;
}

export interface Item {
  id: string;
  zh: string;
  en: string;
  criterionZh: string;
  criterionEn: string;
  answerType: AnswerType;
  severity: Severity;
  criticalKind?: string;
  chargedTo: Subject;
  alsoChargeableTo: Subject[];
  weight: number;
  modes: string[];
  naAllowed: boolean;
  phase: string;
  secondsToJudge?: number;
  undercoverObservable?: string;
  photoOnFail: string;
  photoOnFailUndercover: string;
  unit?: string;
  passIf?: Limits;
  zeroAt?: Limits;
  passIfAtTerminus?: Limits;
  passOverride?: string;
  failAtOrBelow?: number;
  anchors?: Record<string, string>;
  attributionRule?: string;
  evidenceHint?: string;
  regime?: Record<string, RegimeRule>;
}

export interface Point {
  id: string;
  weight: number;
  zh: string;
  en: string;
  items: Item[];
}

export interface Mode {
  zh: string;
  en: string;
}

export interface SeverityRule {
  zh: string;
  en: string;
  faultPoints: number;
}

export interface Grade {
  grade: string;
  zh: string;
  minBp: number;
  maxMajor: number;
  maxCritical: number;
}

export interface Checklist {
  templateId: string;
  templateVersion: string;
  points: Point[];
  modes: Record<string, Mode>;
  severities: Record<Severity, SeverityRule>;
  scoring: {
    criticalCapBp: number;
    grades: Grade[];
    noDoubleCharge?: string[][];
  };
}

/** What an inspection names, `nine-points@2026.1`. */
export function checklistId(checklist: Checklist): string {
  return `${checklist.templateId}@${checklist.templateVersion}`;
}

/** The points that this mode looks at, each with its items of this mode, in order. */
export function itemsFor(checklist: Checklist, mode: string): { point: Point; items: Item[] }[] {
  return checklist.points
    .map((point) => ({ point, items: point.items.filter((item) => item.modes.includes(mode)) }))
    .filter(({ items }) => items.length > 0);
}
