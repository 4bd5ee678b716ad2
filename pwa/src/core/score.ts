// The score of one inspection, in integers only, so that phone and server agree to the last digit.
// Scores are basis points: 9085 is 90.85 of 100. Names are those of the server's JSON.

import { type Answer, FULL, type Judged, judge, unrated } from "./answer.ts";
import {
  type Checklist,
  type Item,
  itemsFor,
  type Point,
  type Severity,
  SUBJECTS,
  type Subject,
} from "./checklist.ts";
import { divideFloor } from "./number.ts";
import { own } from "./own.ts";

export interface SubjectScore {
  bp: number | null;
  fault_points: number;
}

export interface FailedItem {
  item: string;
  severity: Severity;
  charged_to: Subject;
}

/** Null means not rated. `dropped` are fails that another item of their pair already counts. */
export interface Score {
  total_bp: number | null;
  fault_points: number;
  grade: string | null;
  points: Record<string, number | null>;
  subjects: Record<Subject, SubjectScore>;
  failed: FailedItem[];
  suspected: string[];
  confirmed: string[];
  dropped: string[];
  answered: number;
  required: number;
}

export interface ScoreOptions {
  /** The licence of the vehicle: road_passenger, city_bus. */
  regime?: string | null;
  /** The critical items that a reviewer confirmed with a second source. */
  confirmed?: readonly string[];
}

/** One item of the inspection's mode, as it counts. */
interface Line {
  point: Point;
  item: Item;
  judged: Judged;
}

const PERFECT_BP = 10_000;

/** Score the answers of one inspection; answers to items outside the mode do not count. */
export function scoreInspection(
  checklist: Checklist,
  mode: string,
  answers: Readonly<Record<string, Answer>>,
  options: ScoreOptions = {},
): Score {
  const judged = judgeAll(checklist, mode, answers, options.regime ?? null);
  const { lines, dropped } = withoutDoubleCharge(checklist, judged);
  const failed = failedItems(lines);
  const criticals = failed.filter((one) => one.severity === "critical");
  const vetoes = criticals.filter((one) => options.confirmed?.includes(one.item));
  const points = pointScores(checklist, lines);
  const totalBp = capped(checklist, weighted(checklist, points), vetoes.length > 0);
  return {
    total_bp: totalBp,
    fault_points: faultPoints(checklist, failed),
    grade: gradeOf(checklist, totalBp, failed, vetoes.length),
    points,
    subjects: subjectScores(checklist, lines, failed, vetoes),
    failed,
    suspected: criticals.filter((one) => !vetoes.includes(one)).map((one) => one.item),
    confirmed: vetoes.map((one) => one.item),
    dropped,
    answered: judged.filter((line) => line.judged.answered).length,
    required: judged.length,
  };
}

function judgeAll(
  checklist: Checklist,
  mode: string,
  answers: Readonly<Record<string, Answer>>,
  regime: string | null,
): Line[] {
  const lines: Line[] = [];
  for (const { point, items } of itemsFor(checklist, mode)) {
    for (const item of items) {
      lines.push({ point, item, judged: judge(item, own(answers, item.id), regime) });
    }
  }
  return lines;
}

/** Where several of a group fail, the first of the group counts; the others are as if NA. */
function withoutDoubleCharge(
  checklist: Checklist,
  lines: Line[],
): { lines: Line[]; dropped: string[] } {
  const failing = new Set(lines.filter((line) => line.judged.failed).map((line) => line.item.id));
  for (const group of checklist.scoring.noDoubleCharge ?? []) {
    const [, ...others] = group.filter((id) => failing.has(id));
    for (const id of others) failing.delete(id);
  }
  const isDropped = (line: Line) => line.judged.failed && !failing.has(line.item.id);
  return {
    lines: lines.map((line) => (isDropped(line) ? asNotApplicable(line) : line)),
    dropped: lines.filter(isDropped).map((line) => line.item.id),
  };
}

function asNotApplicable(line: Line): Line {
  return { ...line, judged: unrated(line.judged.chargedTo, true) };
}

/** For each subject the same rule, as if the checklist had only the items charged to it. */
function subjectScores(
  checklist: Checklist,
  lines: Line[],
  failed: FailedItem[],
  vetoes: FailedItem[],
): Record<Subject, SubjectScore> {
  const scores = {} as Record<Subject, SubjectScore>;
  for (const subject of SUBJECTS) {
    const mine = lines.filter((line) => line.judged.chargedTo === subject);
    const bp = weighted(checklist, pointScores(checklist, mine));
    const vetoed = vetoes.some((one) => one.charged_to === subject);
    const charged = failed.filter((one) => one.charged_to === subject);
    scores[subject] = {
      bp: capped(checklist, bp, vetoed),
      fault_points: faultPoints(checklist, charged),
    };
  }
  return scores;
}

function pointScores(checklist: Checklist, lines: Line[]): Record<string, number | null> {
  const scores: Record<string, number | null> = {};
  for (const point of checklist.points) {
    const mine = lines.filter((line) => line.point.id === point.id);
    if (mine.length > 0) scores[point.id] = pointBp(mine);
  }
  return scores;
}

/** Null unless at least half of the weight was answered. */
function pointBp(lines: Line[]): number | null {
  let whole = 0;
  let rated = 0;
  let reached = 0;
  for (const { item, judged } of lines) {
    whole += item.weight;
    if (judged.quarters === null) continue;
    rated += item.weight;
    reached += item.weight * judged.quarters;
  }
  return 2 * rated < whole ? null : divideHalfUp(PERFECT_BP * reached, FULL * rated);
}

function weighted(checklist: Checklist, points: Record<string, number | null>): number | null {
  let sum = 0;
  let weights = 0;
  for (const point of checklist.points) {
    const bp = own(points, point.id) ?? null;
    if (bp === null) continue;
    sum += point.weight * bp;
    weights += point.weight;
  }
  return weights === 0 ? null : divideHalfUp(sum, weights);
}

function divideHalfUp(dividend: number, divisor: number): number {
  return divideFloor(2 * dividend + divisor, 2 * divisor);
}

function capped(checklist: Checklist, bp: number | null, vetoed: boolean): number | null {
  return bp !== null && vetoed ? Math.min(bp, checklist.scoring.criticalCapBp) : bp;
}

/** The first grade that the score reaches and the fails allow, else the last one. */
function gradeOf(
  checklist: Checklist,
  totalBp: number | null,
  failed: FailedItem[],
  criticals: number,
): string | null {
  if (totalBp === null) return null;
  const majors = failed.filter((one) => one.severity === "major").length;
  const { grades } = checklist.scoring;
  const reached = grades.find(
    ({ minBp, maxMajor, maxCritical }) =>
      totalBp >= minBp && majors <= maxMajor && criticals <= maxCritical,
  );
  return (reached ?? grades[grades.length - 1])?.grade ?? null;
}

function failedItems(lines: Line[]): FailedItem[] {
  const failed: FailedItem[] = [];
  for (const { item, judged } of lines) {
    if (judged.severity === null) continue;
    failed.push({ item: item.id, severity: judged.severity, charged_to: judged.chargedTo });
  }
  return failed;
}

function faultPoints(checklist: Checklist, failed: FailedItem[]): number {
  return failed.reduce((sum, one) => sum + checklist.severities[one.severity].faultPoints, 0);
}
