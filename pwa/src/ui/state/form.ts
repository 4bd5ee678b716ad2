// The inspection in hand: shows each tap at once, saves it, and takes it back when it was not kept.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Answer } from "../../core/answer.ts";
import type { Json } from "../../core/canonical.ts";
import type { RecordState } from "../../core/merge.ts";
import type { Store } from "../../store/db.ts";
import { saveFields } from "../../store/edits.ts";
import { finishInspection, reopenInspection, saveAnswer } from "../../store/inspections.ts";
import { keepPhoto, type PreparedPhoto, removePhoto } from "../../store/photos.ts";
import { readInspection } from "../../store/records.ts";
import type { Clock, Fields } from "../../store/schema.ts";
import { plainFields } from "../../store/state.ts";
import type { Saver } from "./save.ts";

export const ANSWER = "answers/";
const INSPECTION = "inspection";

export interface Form {
  record: string;
  /** Null until read; "gone" when this phone has no such record. */
  state: ReadonlySignal<RecordState | "gone" | null>;
  fields: ReadonlySignal<Fields>;
  answers: ReadonlySignal<Record<string, Answer>>;
  load(): Promise<void>;
  answer(item: string, change: Partial<Answer>): Promise<boolean>;
  answerAll(changes: Record<string, Partial<Answer>>): Promise<boolean>;
  set(fields: Fields): Promise<boolean>;
  addPhoto(item: string, photo: PreparedPhoto): Promise<boolean>;
  dropPhoto(item: string, sha256: string): Promise<boolean>;
  finish(): Promise<boolean>;
  reopen(): Promise<boolean>;
}

interface Tap {
  value: Json;
  tap: number;
}

export function createForm(db: Store, clock: Clock, saver: Saver, record: string): Form {
  const view = createView(db, saver, record);
  const { answers, keep, reload } = view;
  const shown = (item: string, change: Partial<Answer>): Fields => ({
    [ANSWER + item]: asJson({ ...(answers.value[item] ?? { value: null }), ...change }),
  });
  return {
    ...view,
    record,
    answer: (item, change) =>
      keep(shown(item, change), () => saveAnswer(db, clock, record, item, change)),
    answerAll: (changes) => {
      const all = Object.assign({}, ...Object.entries(changes).map((one) => shown(...one)));
      return keep(all, () => saveFields(db, clock, INSPECTION, record, all));
    },
    set: (changed) => keep(changed, () => saveFields(db, clock, INSPECTION, record, changed)),
    addPhoto: (item, photo) => reload(() => keepPhoto(db, clock, record, item, photo)),
    dropPhoto: (item, sha256) => reload(() => removePhoto(db, clock, record, item, sha256)),
    finish: () => keep({}, () => finishInspection(db, clock, record)),
    reopen: () => keep({}, () => reopenInspection(db, clock, record)),
  };
}

/** What is shown: the record on the disk with the taps over it that are still being saved. */
function createView(db: Store, saver: Saver, record: string) {
  const state = signal<RecordState | "gone" | null>(null);
  const taps = signal<Record<string, Tap>>({});
  let lastTap = 0;
  const fields = computed<Fields>(() => ({ ...keptFields(state.value), ...valuesOf(taps.value) }));
  const answers = computed(() => answersIn(fields.value));
  const load = async () => {
    state.value = (await readInspection(db, record))?.state ?? "gone";
  };
  const keep = async (shown: Fields, work: () => Promise<RecordState>): Promise<boolean> => {
    const tap = ++lastTap;
    taps.value = { ...taps.value, ...asTaps(shown, tap) };
    const kept = await saver.keep(work);
    batch(() => {
      // Saves end in the order in which they began, so the last state is the newest.
      if (kept) state.value = kept;
      const others = Object.entries(taps.value).filter(([, one]) => one.tap !== tap);
      taps.value = Object.fromEntries(others);
    });
    return kept !== null;
  };
  const reload = async (work: () => Promise<unknown>): Promise<boolean> => {
    const isKept = await saver.keep(() => work().then(() => true));
    if (isKept) await load();
    return isKept === true;
  };
  return { state, fields, answers, load, keep, reload };
}

export function answersIn(fields: Fields): Record<string, Answer> {
  const answers: Record<string, Answer> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(ANSWER) || typeof value !== "object" || value === null) continue;
    answers[name.slice(ANSWER.length)] = value as unknown as Answer;
  }
  return answers;
}

function keptFields(state: RecordState | "gone" | null): Fields {
  return state && state !== "gone" ? plainFields(state) : {};
}

function valuesOf(taps: Record<string, Tap>): Fields {
  return Object.fromEntries(Object.entries(taps).map(([name, { value }]) => [name, value]));
}

function asTaps(fields: Fields, tap: number): Record<string, Tap> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, tap }]));
}

function asJson(answer: Answer): Json {
  return answer as unknown as Json;
}
