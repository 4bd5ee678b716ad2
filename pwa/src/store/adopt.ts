// A phone that is enrolled again: the same user's unacknowledged work goes on under the new device.
import type { WriteTx } from "./db.ts";
import { putFields } from "./edits.ts";
import type { DeviceRow, EditRow, Fields } from "./schema.ts";
import { isPending } from "./state.ts";

/**
 * Writes again, as new edits of `device`, what its owner's earlier devices still hold. In a new
 * epoch that is everything: the server was restored and may have lost what it acknowledged.
 */
export async function adoptEdits(
  tx: WriteTx,
  device: DeviceRow,
  before: DeviceRow | null,
  nowMs: number,
): Promise<void> {
  const isNewEpoch = before !== null && before.epoch !== device.epoch;
  const held = (await tx.objectStore("edits").getAll()).filter(
    (edit) => edit.owner === device.owner && isAdoptable(edit, isNewEpoch),
  );
  for (const edit of held) await retire(tx, edit);
  for (const [kind, record, fields] of foldByRecord(held)) {
    await putFields(tx, device, nowMs, { kind, record }, () => fields);
  }
  if (isNewEpoch) await offerPhotosAgain(tx, device.owner);
}

function isAdoptable(edit: EditRow, isNewEpoch: boolean): boolean {
  if (edit.isReplaced || edit.isSwept) return false;
  return isNewEpoch || isPending(edit);
}

async function retire(tx: WriteTx, edit: EditRow): Promise<void> {
  // An edit that was never offered is only moved; one that was may be known to the server.
  if (edit.state === "open") await tx.objectStore("edits").delete(edit.key as number);
  else await tx.objectStore("edits").put({ ...edit, isReplaced: true });
}

function foldByRecord(edits: EditRow[]): [string, string, Fields][] {
  const folded = new Map<string, [string, string, Fields]>();
  for (const edit of [...edits].sort((a, b) => (a.stamp < b.stamp ? -1 : 1))) {
    const name = `${edit.kind}/${edit.record}`;
    const [kind, record, fields] = folded.get(name) ?? [edit.kind, edit.record, {}];
    folded.set(name, [kind, record, { ...fields, ...edit.fields }]);
  }
  return [...folded.values()];
}

export async function offerPhotosAgain(tx: WriteTx, owner: string): Promise<void> {
  for (const photo of await tx.objectStore("photos").getAll()) {
    if (photo.owner !== owner || photo.isSwept) continue;
    await tx.objectStore("photos").put({
      ...photo,
      state: "held",
      uploadUrl: null,
      sentBytes: 0,
      problem: null,
      retryAtMs: null,
    });
  }
}
