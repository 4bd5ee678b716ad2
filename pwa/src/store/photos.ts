// Keeps a photo's bytes in the same transaction as the answer that names it, and lists what must go up.
import type { Json } from "../core/canonical.ts";
import type { Store, StoreName, WriteTx } from "./db.ts";
import { requireDevice } from "./device.ts";
import { EDIT_STORES, editsOf, putFields } from "./edits.ts";
import { answerOf } from "./inspections.ts";
import type { Clock, DeviceRow, EditRow, PhotoRow, Problem } from "./schema.ts";
import { ANSWER, INSPECTION, isFinished, photoNames, plainFields } from "./state.ts";

/** A photo as the camera's worker gives it: upright, small, without EXIF, named by its SHA-256. */
export interface PreparedPhoto {
  sha256: string;
  bytes: ArrayBuffer;
  thumb: ArrayBuffer;
  mediaType: string;
  width: number;
  height: number;
}

const PHOTO_STORES: StoreName[] = [...EDIT_STORES, "photos", "photoBytes", "thumbs"];

/** Bytes, thumbnail and the answer that names them: all or nothing. */
export function keepPhoto(
  db: Store,
  clock: Clock,
  record: string,
  item: string,
  photo: PreparedPhoto,
): Promise<void> {
  return db.write(PHOTO_STORES, async (tx) => {
    const device = await requireDevice(tx);
    const nowMs = clock();
    await putPhoto(tx, device, record, photo, nowMs);
    await putFields(tx, device, nowMs, { kind: INSPECTION, record }, (state) => {
      const answer = answerOf(state, item);
      const photos = [
        ...(answer.photos ?? []).filter((name) => name !== photo.sha256),
        photo.sha256,
      ];
      return { [ANSWER + item]: { ...answer, photos } as unknown as Json };
    });
  });
}

async function putPhoto(
  tx: WriteTx,
  device: DeviceRow,
  record: string,
  photo: PreparedPhoto,
  nowMs: number,
): Promise<void> {
  const { sha256, bytes, thumb, mediaType, width, height } = photo;
  const before = await tx.objectStore("photos").get(sha256);
  const records = [...new Set([...(before?.records ?? []), record])];
  const fresh: PhotoRow = {
    sha256,
    records,
    owner: device.owner,
    state: "held",
    sizeBytes: bytes.byteLength,
    mediaType,
    width,
    height,
    keptAtMs: nowMs,
    arrivedAtMs: null,
    uploadUrl: null,
    sentBytes: 0,
    problem: null,
    retryAtMs: null,
    isSwept: false,
  };
  await tx.objectStore("photos").put(before ? { ...before, records, isSwept: false } : fresh);
  await tx.objectStore("photoBytes").put({ sha256, bytes });
  await tx.objectStore("thumbs").put({ sha256, bytes: thumb });
}

export type Removal = "removed" | "finished";

/** Takes a photo's name out of the answer. Its bytes go too, unless an edit has already named them. */
export function removePhoto(
  db: Store,
  clock: Clock,
  record: string,
  item: string,
  sha256: string,
): Promise<Removal> {
  return db.write(PHOTO_STORES, async (tx) => {
    const row = await tx.objectStore("records").get([INSPECTION, record]);
    if (!row || isFinished(row.state)) return "finished";
    const device = await requireDevice(tx);
    await putFields(tx, device, clock(), { kind: INSPECTION, record }, (state) => {
      const answer = answerOf(state, item);
      const photos = (answer.photos ?? []).filter((name) => name !== sha256);
      return { [ANSWER + item]: { ...answer, photos } as unknown as Json };
    });
    const photo = await tx.objectStore("photos").get(sha256);
    if (photo && !(await isNamed(tx, photo))) await dropPhoto(tx, sha256);
    return "removed";
  });
}

/** Whether any record's state or any edit on this phone names the photo. */
export async function isNamed(tx: WriteTx, photo: PhotoRow): Promise<boolean> {
  for (const record of photo.records) {
    const target = { kind: INSPECTION, record };
    const row = await tx.objectStore("records").get([INSPECTION, record]);
    if (row && photoNames(plainFields(row.state)).includes(photo.sha256)) return true;
    if ((await editsOf(tx, target)).some((edit) => edit.photos.includes(photo.sha256))) return true;
  }
  return false;
}

export async function dropPhoto(tx: WriteTx, sha256: string): Promise<void> {
  await tx.objectStore("photos").delete(sha256);
  await dropBytes(tx, sha256);
}

export async function dropBytes(tx: WriteTx, sha256: string): Promise<void> {
  await tx.objectStore("photoBytes").delete(sha256);
  await tx.objectStore("thumbs").delete(sha256);
}

export async function readThumb(db: Store, sha256: string): Promise<ArrayBuffer | null> {
  const row = await db.read(["thumbs"], (tx) => tx.objectStore("thumbs").get(sha256));
  return row?.bytes ?? null;
}

export async function readPhotoBytes(db: Store, sha256: string): Promise<ArrayBuffer | null> {
  const row = await db.read(["photoBytes"], (tx) => tx.objectStore("photoBytes").get(sha256));
  return row?.bytes ?? null;
}

/** A photo as it was kept, or null when its bytes are not on this phone (any more). */
export function readPhoto(db: Store, sha256: string): Promise<PreparedPhoto | null> {
  return db.read(["photos", "photoBytes", "thumbs"], async (tx) => {
    const row = await tx.objectStore("photos").get(sha256);
    const kept = await tx.objectStore("photoBytes").get(sha256);
    const thumb = await tx.objectStore("thumbs").get(sha256);
    if (!row || !kept || !thumb) return null;
    const { mediaType, width, height } = row;
    return { sha256, bytes: kept.bytes, thumb: thumb.bytes, mediaType, width, height };
  });
}

/** Photos the server must still prove: named by a finished record or by an edit already offered. */
export function listWaitingUploads(db: Store, owner: string): Promise<PhotoRow[]> {
  return db.read(["photos", "records", "edits"], async (tx) => {
    const held = await tx.objectStore("photos").index("byState").getAll("held");
    const waiting: PhotoRow[] = [];
    for (const photo of held) {
      if (photo.owner !== owner || photo.isSwept) continue;
      for (const record of photo.records) {
        const row = await tx.objectStore("records").get([INSPECTION, record]);
        const edits = await tx.objectStore("edits").index("byRecord").getAll(record);
        const isFinal =
          row && isFinished(row.state) && photoNames(plainFields(row.state)).includes(photo.sha256);
        if (!isFinal && !edits.some((edit) => isOffered(edit, photo.sha256))) continue;
        waiting.push(photo);
        break;
      }
    }
    return waiting.sort((a, b) => a.keptAtMs - b.keptAtMs);
  });
}

function isOffered(edit: EditRow, sha256: string): boolean {
  return edit.state !== "open" && edit.photos.includes(sha256);
}

export interface UploadProgress {
  uploadUrl?: string | null;
  sentBytes?: number;
  problem?: Problem | null;
  retryAtMs?: number | null;
}

/** Remembers how far an upload has come, so that it goes on from there after a kill. */
export function keepUploadProgress(
  db: Store,
  sha256: string,
  progress: UploadProgress,
): Promise<void> {
  return changePhoto(db, sha256, (photo) => ({ ...photo, ...progress }));
}

/** The server proved that it holds exactly these bytes. */
export function keepArrival(db: Store, sha256: string, serverMs: number): Promise<void> {
  return changePhoto(db, sha256, (photo) => ({
    ...photo,
    state: "arrived",
    arrivedAtMs: serverMs,
    sentBytes: photo.sizeBytes,
    uploadUrl: null,
    problem: null,
    retryAtMs: null,
  }));
}

function changePhoto(
  db: Store,
  sha256: string,
  change: (photo: PhotoRow) => PhotoRow,
): Promise<void> {
  return db.write(["photos"], async (tx) => {
    const photo = await tx.objectStore("photos").get(sha256);
    if (photo) await tx.objectStore("photos").put(change(photo));
  });
}
