// What an inspector does to an inspection, each as one durable save.
import type { Answer } from "../core/answer.ts";
import type { Json } from "../core/canonical.ts";
import type { RecordState } from "../core/merge.ts";
import type { Store } from "./db.ts";
import { requireDevice } from "./device.ts";
import { changeFields, EDIT_STORES, editsOf, putFields } from "./edits.ts";
import type { Clock, Fields, NewId } from "./schema.ts";
import { ANSWER, INSPECTION, isFinished } from "./state.ts";

const UNANSWERED: Answer = { value: null };

/** Starts a draft and resolves with its record id. `fields`: mode, checklist, vehicle, crew, route, place. */
export async function startInspection(
  db: Store,
  clock: Clock,
  newId: NewId,
  fields: Fields,
): Promise<string> {
  const record = newId();
  await db.write(EDIT_STORES, async (tx) => {
    const device = await requireDevice(tx);
    const nowMs = clock();
    const first = { state: "draft", started_at: localTime(nowMs), ...fields };
    await putFields(tx, device, nowMs, { kind: INSPECTION, record }, () => first);
  });
  return record;
}

/** Changes parts of one answer; what the tap did not touch (photos, note) stays as it is on the disk. */
export function saveAnswer(
  db: Store,
  clock: Clock,
  record: string,
  item: string,
  change: Partial<Answer>,
): Promise<RecordState> {
  return changeInspection(db, clock, record, (state) => ({
    [ANSWER + item]: { ...answerOf(state, item), ...change } as unknown as Json,
  }));
}

/** Passes every one of these items that has no answer yet; one save for the whole section. */
export function passOpenItems(
  db: Store,
  clock: Clock,
  record: string,
  items: readonly string[],
): Promise<RecordState> {
  return changeInspection(db, clock, record, (state) => {
    const open = items.filter((item) => answerOf(state, item).value === null);
    return Object.fromEntries(
      open.map((item) => [
        ANSWER + item,
        { ...answerOf(state, item), value: "pass" } as unknown as Json,
      ]),
    );
  });
}

/** From here on the record waits to be sent. */
export function finishInspection(db: Store, clock: Clock, record: string): Promise<RecordState> {
  return changeInspection(db, clock, record, () => ({
    state: "finished",
    finished_at: localTime(clock()),
  }));
}

/** Opens a finished (returned, refused) inspection again: what is changed now is a new edit. */
export function reopenInspection(db: Store, clock: Clock, record: string): Promise<RecordState> {
  return changeInspection(db, clock, record, () => ({ state: "draft" }));
}

export type Discard = "discarded" | "already_offered";

/** Deletes a draft that never left the phone, on the inspector's word. */
export function discardDraft(db: Store, record: string): Promise<Discard> {
  return db.write([...EDIT_STORES, "photos", "photoBytes", "thumbs"], async (tx) => {
    const target = { kind: INSPECTION, record };
    const row = await tx.objectStore("records").get([INSPECTION, record]);
    const edits = await editsOf(tx, target);
    if (!row || isFinished(row.state) || row.baseEpoch !== null) return "already_offered";
    if (edits.some((edit) => edit.state !== "open")) return "already_offered";
    for (const edit of edits) await tx.objectStore("edits").delete(edit.key as number);
    await tx.objectStore("records").delete([INSPECTION, record]);
    for (const photo of await tx.objectStore("photos").index("byRecord").getAll(record)) {
      const records = photo.records.filter((name) => name !== record);
      if (records.length > 0) {
        await tx.objectStore("photos").put({ ...photo, records });
        continue;
      }
      for (const name of ["photos", "photoBytes", "thumbs"] as const) {
        await tx.objectStore(name).delete(photo.sha256);
      }
    }
    return "discarded";
  });
}

export function answerOf(state: RecordState, item: string): Answer {
  const value = state[ANSWER + item]?.value;
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as unknown as Answer)
    : UNANSWERED;
}

/** RFC 3339 with the phone's own offset: a claim, which the server keeps as one. */
export function localTime(ms: number): string {
  const offsetMinutes = -new Date(ms).getTimezoneOffset();
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 23);
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

function changeInspection(
  db: Store,
  clock: Clock,
  record: string,
  decide: (state: RecordState) => Fields,
): Promise<RecordState> {
  return changeFields(db, clock, { kind: INSPECTION, record }, decide);
}
