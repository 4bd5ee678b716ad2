// The one path by which local, receipted and pulled edits become the state that the screen shows.
import type { Json } from "../core/canonical.ts";
import { mergeFields, type RecordState } from "../core/merge.ts";
import type { EditRow, Fields } from "./schema.ts";

export const INSPECTION = "inspection";
export const ANSWER = "answers/";

const SHA256 = /^[0-9a-f]{64}$/;

/** What the server holds, with the edits of this phone laid over it that it does not hold yet. */
export function settle(base: RecordState, edits: readonly EditRow[]): RecordState {
  return edits
    .filter(isOwnView)
    .sort((a, b) => (a.stamp < b.stamp ? -1 : 1))
    .reduce((state, edit) => mergeFields(state, edit.fields, edit.stamp).state, base);
}

/** A late edit shows no more: the record was confirmed before it came, and stays as confirmed. */
function isOwnView({ isReplaced, state }: EditRow): boolean {
  return !isReplaced && state !== "accepted" && state !== "late";
}

/** Whether something of it has still to reach the server's record. */
export function isPending(edit: EditRow): boolean {
  return isOwnView(edit) && !isReleased(edit);
}

/** Refused, and the office has not taken it into its record since. */
export function isRefused(edit: EditRow): boolean {
  return edit.state === "refused" && !isReleased(edit);
}

function isReleased({ state, answer }: EditRow): boolean {
  return state === "refused" && answer?.state === "released";
}

export function isFinished(state: RecordState): boolean {
  return state.state?.value === "finished";
}

/** Drafts of an inspection stay on the phone; whatever else is written goes out at once. */
export function isSendable(kind: string, state: RecordState): boolean {
  return kind !== INSPECTION || isFinished(state);
}

export function greatestStamp(state: RecordState, atLeast: string | null): string | null {
  return Object.values(state).reduce<string | null>(
    (greatest, { stamp }) => (greatest === null || stamp > greatest ? stamp : greatest),
    atLeast,
  );
}

export function plainFields(state: RecordState): Fields {
  return Object.fromEntries(Object.entries(state).map(([name, field]) => [name, field.value]));
}

/** The SHA-256 names of every photo that these fields name, each once. */
export function photoNames(fields: Fields): string[] {
  return [...new Set(Object.values(fields).flatMap(photosOf))];
}

export function photosOf(value: Json | undefined): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const photos = value.photos;
  if (!Array.isArray(photos)) return [];
  return photos.filter((name): name is string => typeof name === "string" && SHA256.test(name));
}
