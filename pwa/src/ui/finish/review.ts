// What the finish screen weighs: what is missing, what failed, which photos are not there.
import { type Answer, judge } from "../../core/answer.ts";
import type { Checklist, Item, Severity } from "../../core/checklist.ts";
import { type Score, scoreInspection } from "../../core/score.ts";
import type { Fields } from "../../store/schema.ts";
import { isPhotoRequired } from "../check/photo-rule.ts";
import type { Work } from "../check/work.ts";

export interface Fail {
  item: Item;
  answer: Answer;
  severity: Severity;
  /** The other item of its pair already counts the same problem. */
  isDropped: boolean;
  lacksPhoto: boolean;
}

export interface Review {
  score: Score;
  fails: Fail[];
  open: Item[];
  suspected: Fail[];
  noPhoto: Fail[];
  /** Daily and full checks need every item answered, if only by N/A; a spot check needs one. */
  canFinish: boolean;
}

/** `confirmed`: the criticals that a reviewer has confirmed meanwhile; they lower the score. */
export function reviewOf(
  work: Work,
  answers: Record<string, Answer>,
  confirmed: readonly string[] = [],
): Review {
  const options = { regime: work.regime, confirmed };
  const score = scoreInspection(work.checklist, work.mode, answers, options);
  const fails = failsOf(work, answers, score);
  const open = work.sections.flatMap((section) => section.open);
  const isSpot = work.mode === "spot";
  return {
    score,
    fails,
    open,
    suspected: fails.filter(({ item }) => score.suspected.includes(item.id)),
    noPhoto: fails.filter(({ lacksPhoto }) => lacksPhoto),
    canFinish: isSpot ? score.answered > 0 : open.length === 0,
  };
}

function failsOf(work: Work, answers: Record<string, Answer>, score: Score): Fail[] {
  return work.sections
    .flatMap((section) => section.failed)
    .map((item) => {
      const answer = answers[item.id] ?? { value: null };
      return {
        item,
        answer,
        severity: judge(item, answer, work.regime).severity ?? item.severity,
        isDropped: score.dropped.includes(item.id),
        lacksPhoto: isPhotoRequired(item) && (answer.photos ?? []).length === 0 && !answer.note,
      };
    });
}

const CRITICAL = "criticals/";

export function confirmedIn(fields: Fields): string[] {
  return Object.entries(fields)
    .filter(([name, value]) => name.startsWith(CRITICAL) && value)
    .map(([name]) => name.slice(CRITICAL.length));
}

export interface Protocol {
  zh: string;
  en: string;
  steps: string[];
}

/** The steps that the checklist gives for a kind of critical fail. */
export function protocolOf(checklist: Checklist, kind: string | undefined): Protocol | null {
  const { criticalProtocols } = checklist as Checklist & {
    criticalProtocols?: Record<string, Protocol>;
  };
  return criticalProtocols?.[kind ?? ""] ?? null;
}
