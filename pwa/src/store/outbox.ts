// The queue of edits: freezes what is finished into the device's chain and hands it out in batches.
import { canonicalJson, type Json } from "../core/canonical.ts";
import type { Edit } from "../core/edit.ts";
import type { Store } from "./db.ts";
import { sha256Hex, toUtf8 } from "./digest.ts";
import type { DeviceRow, EditRow } from "./schema.ts";
import { isSendable } from "./state.ts";

export interface BatchLimit {
  edits: number;
  bytes: number;
}

export interface Batch {
  edits: Edit[];
  /** The hash of the edit with the greatest serial: what the signature is over. Empty without edits. */
  lastHash: string;
  /** Nothing was waiting behind it when it was made. */
  isLast: boolean;
}

const ATTEMPTS = 5;

/** The next edits to offer, those after `afterSerial`, frozen for ever; empty when there are none. */
export async function nextBatch(
  db: Store,
  deviceId: string,
  afterSerial: number,
  limit: BatchLimit,
): Promise<Batch> {
  let frozen = await listFrozen(db, deviceId, afterSerial);
  if (frozen.length < limit.edits) {
    await freezeEdits(db, deviceId, limit.edits - frozen.length);
    frozen = await listFrozen(db, deviceId, afterSerial);
  }
  const rows = fit(frozen, limit);
  return {
    edits: rows.map(wireEdit),
    lastHash: rows.length > 0 ? (rows[rows.length - 1] as EditRow).hash : "",
    isLast: rows.length === frozen.length && rows.length < limit.edits,
  };
}

/** Whether anything would go out: finished work without a receipt. */
export async function hasUnsent(db: Store, deviceId: string): Promise<boolean> {
  const frozen = await db.read(["edits"], (tx) =>
    tx.objectStore("edits").index("byState").getAll([deviceId, "frozen"]),
  );
  if (frozen.some((edit) => !edit.isReplaced)) return true;
  return (await readFreezable(db, deviceId, 1)).edits.length > 0;
}

export function wireEdit(row: EditRow): Edit {
  const { stamp, serial, prev, kind, record, fields } = row;
  return { stamp, serial, prev, kind, record, fields };
}

async function listFrozen(db: Store, deviceId: string, afterSerial: number): Promise<EditRow[]> {
  const rows = await db.read(["edits"], (tx) =>
    tx.objectStore("edits").index("byState").getAll([deviceId, "frozen"]),
  );
  return rows.filter((row) => row.serial > afterSerial).sort((a, b) => a.serial - b.serial);
}

function fit(rows: EditRow[], limit: BatchLimit): EditRow[] {
  const fitting: EditRow[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, limit.edits)) {
    bytes += toUtf8(JSON.stringify(wireEdit(row))).length + 1;
    if (fitting.length > 0 && bytes > limit.bytes) break;
    fitting.push(row);
  }
  return fitting;
}

// Hashing is asynchronous and would end a transaction, so it happens between a read and a write
// that goes through only if nothing moved meanwhile: a tap, or another tab freezing the same.
async function freezeEdits(db: Store, deviceId: string, count: number): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { device, edits } = await readFreezable(db, deviceId, count);
    if (!device || edits.length === 0) return;
    const chained = await chain(device, edits);
    if (await keepFrozen(db, device, chained)) return;
  }
}

interface Freezable {
  device: DeviceRow | null;
  edits: EditRow[];
}

function readFreezable(db: Store, deviceId: string, count: number): Promise<Freezable> {
  return db.read(["devices", "edits", "records"], async (tx) => {
    const device = (await tx.objectStore("devices").get(deviceId)) ?? null;
    const open = await tx.objectStore("edits").index("byState").getAll([deviceId, "open"]);
    const edits: EditRow[] = [];
    for (const edit of open.sort((a, b) => (a.stamp < b.stamp ? -1 : 1))) {
      if (edits.length === count) break;
      const row = await tx.objectStore("records").get([edit.kind, edit.record]);
      if (row && isSendable(edit.kind, row.state)) edits.push(edit);
    }
    return { device, edits };
  });
}

async function chain(device: DeviceRow, edits: EditRow[]): Promise<EditRow[]> {
  const chained: EditRow[] = [];
  let { lastSerial: serial, lastHash: prev } = device;
  for (const edit of edits) {
    serial += 1;
    const numbered = { ...edit, serial, prev };
    const hash = await sha256Hex(canonicalJson(wireEdit(numbered) as unknown as Json));
    chained.push({ ...numbered, hash, state: "frozen" });
    prev = hash;
  }
  return chained;
}

function keepFrozen(db: Store, seen: DeviceRow, chained: EditRow[]): Promise<boolean> {
  return db.write(["devices", "edits"], async (tx) => {
    const device = await tx.objectStore("devices").get(seen.id);
    if (!device || device.lastSerial !== seen.lastSerial || device.lastHash !== seen.lastHash)
      return false;
    for (const edit of chained) {
      const now = await tx.objectStore("edits").get(edit.key as number);
      if (now?.state !== "open" || now.stamp !== edit.stamp) return false;
    }
    for (const edit of chained) await tx.objectStore("edits").put(edit);
    const last = chained[chained.length - 1] as EditRow;
    await tx
      .objectStore("devices")
      .put({ ...device, lastSerial: last.serial, lastHash: last.hash });
    return true;
  });
}
