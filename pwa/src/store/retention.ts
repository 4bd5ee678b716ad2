// Frees room long after arrival. Nothing that has not arrived is ever touched.
import type { Store, StoreName, WriteTx } from "./db.ts";
import { currentDevice, readDevice } from "./device.ts";
import { dropBytes, dropPhoto, isNamed } from "./photos.ts";
import { readSetting, saveSetting } from "./place.ts";
import { deliveryIn } from "./records.ts";
import type { EditRow, PhotoRow, RecordRow } from "./schema.ts";

const DAY_MS = 86_400_000;
/** The protocol asks for 30 days after the receipt; one more covers the time of an upload. */
export const KEPT_MS = 31 * DAY_MS;
const RECORD_KEPT_MS = 90 * DAY_MS;
const LAST_SWEEP = "last_sweep";
const STORES: StoreName[] = ["devices", "edits", "records", "photos", "photoBytes", "thumbs"];

export interface Swept {
  edits: number;
  photos: number;
  records: number;
  orphans: number;
}

/** Sweeps when the server's clock says that a day has passed since the last time. */
export async function sweepDaily(db: Store): Promise<Swept | null> {
  const serverMs = (await readDevice(db))?.serverMs ?? 0;
  const last = await readSetting(db, LAST_SWEEP);
  if (typeof last === "number" && serverMs - last < DAY_MS && serverMs >= last) return null;
  const swept = await sweepStore(db);
  await saveSetting(db, LAST_SWEEP, serverMs);
  return swept;
}

/**
 * Clears edits and photo bytes of records that arrived whole more than 31 days ago, by the
 * server's clock as last heard: a phone whose own clock leaps ahead deletes nothing.
 */
export function sweepStore(db: Store): Promise<Swept> {
  return db.write(STORES, async (tx) => {
    const swept: Swept = { edits: 0, photos: 0, records: 0, orphans: 0 };
    const device = await currentDevice(tx);
    if (!device) return swept;
    swept.orphans = await sweepOrphans(tx);
    for (const row of await tx.objectStore("records").getAll()) {
      if (row.owner === device.owner) await sweepRecord(tx, row, device.serverMs, swept);
    }
    return swept;
  });
}

async function sweepOrphans(tx: WriteTx): Promise<number> {
  let orphans = 0;
  for (const photo of await tx.objectStore("photos").getAll()) {
    if (photo.isSwept || (await isNamed(tx, photo))) continue;
    await dropPhoto(tx, photo.sha256);
    orphans += 1;
  }
  return orphans;
}

async function sweepRecord(
  tx: WriteTx,
  row: RecordRow,
  nowMs: number,
  swept: Swept,
): Promise<void> {
  const delivery = await deliveryIn(tx, row);
  if (delivery.kind !== "arrived") return;
  const edits = (await tx.objectStore("edits").index("byRecord").getAll(row.record)).filter(
    ({ kind }) => kind === row.kind,
  );
  const photos = await tx.objectStore("photos").index("byRecord").getAll(row.record);
  const latestMs = latestArrival(edits, photos, row);
  if (nowMs - latestMs < KEPT_MS) return;
  for (const edit of edits) {
    if (edit.isSwept) continue;
    await tx.objectStore("edits").put({ ...edit, fields: {}, isSwept: true });
    swept.edits += 1;
  }
  for (const photo of photos) {
    if (photo.isSwept || photo.records.length > 1) continue;
    await dropBytes(tx, photo.sha256);
    await tx.objectStore("photos").put({ ...photo, isSwept: true });
    swept.photos += 1;
  }
  if (nowMs - latestMs < RECORD_KEPT_MS) return;
  await tx.objectStore("records").delete([row.kind, row.record]);
  swept.records += 1;
}

function latestArrival(edits: EditRow[], photos: PhotoRow[], row: RecordRow): number {
  const edited = edits
    .filter((edit) => !edit.isReplaced)
    .map((edit) => edit.receivedAtMs ?? Number.MAX_SAFE_INTEGER);
  const arrived = photos.map((photo) => photo.arrivedAtMs ?? Number.MAX_SAFE_INTEGER);
  return Math.max(row.createdAtMs, ...edited, ...arrived);
}
