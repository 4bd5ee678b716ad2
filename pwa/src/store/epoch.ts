// When the server was restored or never got something: everything still held is offered again.
import { offerPhotosAgain } from "./adopt.ts";
import type { WriteTx } from "./db.ts";
import type { DeviceRow, EditRow } from "./schema.ts";
import type { SyncAnswer } from "./wire.ts";

/** Puts every edit that still has its content, and every photo with its bytes, back in the queue. */
export async function offerAgain(tx: WriteTx, device: DeviceRow): Promise<void> {
  for (const edit of await sentEdits(tx, device)) await putBack(tx, edit);
  await offerPhotosAgain(tx, device.owner);
}

/** Queues what the server names as never arrived. True when there was any. */
export async function takeMissing(
  tx: WriteTx,
  device: DeviceRow,
  answer: SyncAnswer,
): Promise<boolean> {
  // A refused edit lies in the server's quarantine by name: it may have no place among the serials.
  const isMissing = ({ serial, state }: EditRow) =>
    state !== "refused" &&
    answer.missingSerials.some(([first, last]) => first <= serial && serial <= last);
  const missing =
    answer.missingSerials.length > 0 ? (await sentEdits(tx, device)).filter(isMissing) : [];
  for (const edit of missing) await putBack(tx, edit);
  for (const name of answer.awaitedPhotos) await takeAwaited(tx, name);
  return missing.length > 0;
}

async function sentEdits(tx: WriteTx, device: DeviceRow): Promise<EditRow[]> {
  const all = await tx
    .objectStore("edits")
    .index("bySerial")
    .getAll(IDBKeyRange.bound([device.id, 1], [device.id, Number.MAX_SAFE_INTEGER]));
  return all.filter((edit) => edit.state !== "frozen" && !edit.isSwept);
}

async function putBack(tx: WriteTx, edit: EditRow): Promise<void> {
  await tx.objectStore("edits").put({
    ...edit,
    state: "frozen",
    orderedAs: null,
    problem: null,
    answer: undefined,
    receivedAtMs: null,
  });
}

async function takeAwaited(tx: WriteTx, sha256: string): Promise<void> {
  const photo = await tx.objectStore("photos").get(sha256);
  if (photo?.state !== "arrived" || photo.isSwept) return;
  await tx.objectStore("photos").put({ ...photo, state: "held", uploadUrl: null, sentBytes: 0 });
}
