// Reads inspections and says how far each has come; every count is taken from the rows themselves.
import type { Answer } from "../core/answer.ts";
import type { RecordState } from "../core/merge.ts";
import type { AnyTx, Store, StoreName } from "./db.ts";
import { currentDevice } from "./device.ts";
import type {
  DeviceRow,
  EditRow,
  Fields,
  OfficeAnswer,
  PhotoRow,
  Problem,
  RecordRow,
} from "./schema.ts";
import {
  ANSWER,
  INSPECTION,
  isFinished,
  isPending,
  isRefused,
  photoNames,
  plainFields,
} from "./state.ts";

export interface PhotoCount {
  total: number;
  arrived: number;
  /** Named by the record, not proved by the server, and not on this phone either. */
  missing: number;
}

/** How far a record has come. Arrived: every edit has its receipt and every photo is proved. */
export type Delivery =
  | { kind: "draft"; photos: PhotoCount }
  | { kind: "waiting"; photos: PhotoCount }
  | { kind: "sending"; photos: PhotoCount }
  | { kind: "arrived"; photos: PhotoCount; isLate: boolean }
  | { kind: "refused"; photos: PhotoCount; reason: Problem };

export interface Refusal {
  stamp: string;
  reason: Problem;
  answer: OfficeAnswer | null;
}

export interface Inspection {
  record: string;
  state: RecordState;
  fields: Fields;
  answers: Record<string, Answer>;
  isFinished: boolean;
  delivery: Delivery;
  /** All that was ever refused of it, answered, corrected or not. */
  refusals: Refusal[];
  createdAtMs: number;
  changedAtMs: number;
}

export interface Outbox {
  drafts: number;
  waiting: number;
  sending: number;
  refused: number;
  arrived: number;
  /** Photos of finished records that the server has not proved. */
  photosAwaited: number;
  bytesAwaited: number;
  /** Since when the oldest unsent finished record waits; null when nothing waits. */
  waitingSinceMs: number | null;
  /** Unsent edits of other users of this phone. */
  sealed: number;
}

const READ_STORES: StoreName[] = ["devices", "edits", "records", "photos"];

export function readInspection(db: Store, record: string): Promise<Inspection | null> {
  return db.read(READ_STORES, async (tx) => {
    const row = await tx.objectStore("records").get([INSPECTION, record]);
    if (!row) return null;
    return describeIn(tx, row);
  });
}

/** How far one record has come, read inside the caller's transaction. */
export async function deliveryIn(tx: AnyTx, row: RecordRow): Promise<Delivery> {
  return (await describeIn(tx, row)).delivery;
}

async function describeIn(tx: AnyTx, row: RecordRow): Promise<Inspection> {
  const device = await currentDevice(tx);
  const edits = await tx.objectStore("edits").index("byRecord").getAll(row.record);
  const photos = await tx.objectStore("photos").index("byRecord").getAll(row.record);
  return describe(row, edits, byName(photos), device);
}

/** This user's inspections, last changed first. */
export async function listInspections(db: Store): Promise<Inspection[]> {
  return (await readAll(db)).inspections;
}

/** The counts of the delivery screen: never kept anywhere, always counted. */
export async function countOutbox(db: Store): Promise<Outbox> {
  const { inspections, photos, sealed } = await readAll(db);
  const count = (kind: Delivery["kind"]) =>
    inspections.filter(({ delivery }) => delivery.kind === kind).length;
  const unsent = inspections.filter(
    ({ delivery }) => delivery.kind === "waiting" || delivery.kind === "sending",
  );
  const awaited = [
    ...new Set(
      inspections.filter((one) => one.isFinished).flatMap(({ fields }) => photoNames(fields)),
    ),
  ]
    .map((name) => photos.get(name))
    .filter((photo): photo is PhotoRow => photo?.state === "held");
  return {
    drafts: count("draft"),
    waiting: count("waiting"),
    sending: count("sending"),
    refused: count("refused"),
    arrived: count("arrived"),
    photosAwaited: awaited.length,
    bytesAwaited: awaited.reduce((sum, photo) => sum + photo.sizeBytes, 0),
    waitingSinceMs:
      unsent.length > 0 ? Math.min(...unsent.map(({ changedAtMs }) => changedAtMs)) : null,
    sealed,
  };
}

interface Everything {
  inspections: Inspection[];
  photos: Map<string, PhotoRow>;
  sealed: number;
}

function readAll(db: Store): Promise<Everything> {
  return db.read(READ_STORES, async (tx) => {
    const device = await currentDevice(tx);
    const rows = await tx.objectStore("records").getAll();
    const edits = await tx.objectStore("edits").getAll();
    const photos = byName(await tx.objectStore("photos").getAll());
    const byRecord = groupByRecord(edits);
    const mine = rows.filter(
      (row) =>
        row.kind === INSPECTION && row.owner === device?.owner && !isOutOfSight(row, byRecord),
    );
    const inspections = mine
      .map((row) => describe(row, byRecord.get(row.record) ?? [], photos, device))
      .sort((a, b) => b.changedAtMs - a.changedAtMs);
    return {
      inspections,
      photos,
      sealed: edits.filter((edit) => edit.owner !== device?.owner && isPending(edit)).length,
    };
  });
}

// A record that left the user's scope is still shown while something of it has not arrived.
function isOutOfSight(row: RecordRow, byRecord: Map<string, EditRow[]>): boolean {
  return row.isGone && !(byRecord.get(row.record) ?? []).some(isPending);
}

function byName(photos: PhotoRow[]): Map<string, PhotoRow> {
  return new Map(photos.map((photo) => [photo.sha256, photo]));
}

function groupByRecord(edits: EditRow[]): Map<string, EditRow[]> {
  const groups = new Map<string, EditRow[]>();
  for (const edit of edits) {
    const group = groups.get(edit.record);
    if (group) group.push(edit);
    else groups.set(edit.record, [edit]);
  }
  return groups;
}

function describe(
  row: RecordRow,
  edits: EditRow[],
  photos: Map<string, PhotoRow>,
  device: DeviceRow | null,
): Inspection {
  const fields = plainFields(row.state);
  return {
    record: row.record,
    state: row.state,
    fields,
    answers: answersOf(fields),
    isFinished: isFinished(row.state),
    delivery: deliveryOf(
      row,
      edits,
      countPhotos(fields, photos, device),
      problemOf(fields, photos),
    ),
    refusals: edits.filter(({ state }) => state === "refused").map(toRefusal),
    createdAtMs: row.createdAtMs,
    changedAtMs: row.changedAtMs,
  };
}

function toRefusal({ stamp, problem, answer }: EditRow): Refusal {
  return { stamp, reason: problem ?? { code: "refused" }, answer: answer ?? null };
}

function deliveryOf(
  row: RecordRow,
  edits: EditRow[],
  photos: PhotoCount,
  photoProblem: Problem | null,
): Delivery {
  const counting = edits.filter((edit) => !edit.isReplaced);
  const refused = counting.find(isRefused);
  if (refused) return { kind: "refused", photos, reason: refused.problem ?? { code: "refused" } };
  if (!isFinished(row.state)) return { kind: "draft", photos };
  if (photoProblem) return { kind: "refused", photos, reason: photoProblem };
  const isWhole = !counting.some(isPending) && photos.arrived === photos.total;
  if (isWhole)
    return { kind: "arrived", photos, isLate: counting.some((edit) => edit.state === "late") };
  const isUnderWay = photos.arrived > 0 || counting.some((edit) => edit.state !== "open");
  return { kind: isUnderWay ? "sending" : "waiting", photos };
}

function countPhotos(
  fields: Fields,
  photos: Map<string, PhotoRow>,
  device: DeviceRow | null,
): PhotoCount {
  const awaited = new Set(device?.awaitedPhotos ?? []);
  const names = photoNames(fields);
  const isMissing = (name: string) => awaited.has(name) && !isHeldHere(photos.get(name));
  // A photo taken on another phone has no row here: it has arrived unless the server still asks for it.
  const hasArrived = (name: string) =>
    (photos.get(name)?.state ?? "arrived") === "arrived" && !isMissing(name);
  return {
    total: names.length,
    arrived: names.filter(hasArrived).length,
    missing: names.filter(isMissing).length,
  };
}

function problemOf(fields: Fields, photos: Map<string, PhotoRow>): Problem | null {
  const refused = photoNames(fields).find((name) => photos.get(name)?.problem);
  return refused === undefined ? null : (photos.get(refused)?.problem ?? null);
}

function isHeldHere(photo: PhotoRow | undefined): boolean {
  return photo !== undefined && !photo.isSwept;
}

function answersOf(fields: Fields): Record<string, Answer> {
  const answers: Record<string, Answer> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(ANSWER) || typeof value !== "object" || value === null) continue;
    answers[name.slice(ANSWER.length)] = value as unknown as Answer;
  }
  return answers;
}
