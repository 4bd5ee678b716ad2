// The phone's own identity: who it is to the server, its key, and how far its chain has come.
import { GENESIS } from "../core/edit.ts";
import { adoptEdits } from "./adopt.ts";
import type { AnyTx, Store, WriteTx } from "./db.ts";
import { NotEnrolled } from "./errors.ts";
import type { Clock, DeviceRow, TokenRefusal } from "./schema.ts";

export interface Enrolment {
  id: string;
  token: string;
  epoch: string;
  user: string;
  company: string;
  keys: CryptoKeyPair;
  serverAheadMs: number;
}

export function readDevice(db: Store): Promise<DeviceRow | null> {
  return db.read(["devices"], currentDevice);
}

/** All enrolments, the current one first: work of an earlier user goes out under their own name. */
export async function listDevices(db: Store): Promise<DeviceRow[]> {
  const rows = await db.read(["devices"], (tx) => tx.objectStore("devices").getAll());
  return rows.sort((a, b) => Number(b.current) - Number(a.current));
}

export async function currentDevice(tx: AnyTx): Promise<DeviceRow | null> {
  const rows = await tx.objectStore("devices").getAll();
  return rows.find((row) => row.current) ?? null;
}

export async function requireDevice(tx: AnyTx): Promise<DeviceRow> {
  const device = await currentDevice(tx);
  if (!device) throw new NotEnrolled();
  return device;
}

/**
 * Makes this enrolment the current one. What the same user has not had acknowledged is written
 * again under the new device; the work of another user stays theirs, sealed from view.
 */
export function keepDevice(db: Store, clock: Clock, enrolment: Enrolment): Promise<DeviceRow> {
  return db.write(["devices", "edits", "records", "photos"], async (tx) => {
    const nowMs = clock();
    const before = await currentDevice(tx);
    if (before) await tx.objectStore("devices").put({ ...before, current: false });
    const device = newDevice(enrolment, before, nowMs);
    await adoptEdits(tx, device, before, nowMs);
    await tx.objectStore("devices").put(device);
    return device;
  });
}

function newDevice(enrolment: Enrolment, before: DeviceRow | null, nowMs: number): DeviceRow {
  return {
    ...enrolment,
    current: true,
    owner: `${enrolment.company}\n${enrolment.user}`,
    enrolledAtMs: nowMs,
    // Stamps of one phone never go back, whichever name it goes by.
    lastStamp: before?.lastStamp ?? null,
    lastSerial: 0,
    lastHash: GENESIS,
    cursor: null,
    heads: before?.epoch === enrolment.epoch ? before.heads : [],
    lastContactMs: nowMs,
    serverMs: Math.round(nowMs + enrolment.serverAheadMs),
    awaitedPhotos: [],
    refusal: null,
  };
}

/** Remembers that the token was refused, or works again. Nothing else is touched. */
export function keepRefusal(db: Store, id: string, refusal: TokenRefusal | null): Promise<void> {
  return db.write(["devices"], async (tx) => changeDevice(tx, id, (row) => ({ ...row, refusal })));
}

export async function changeDevice(
  tx: WriteTx,
  id: string,
  change: (row: DeviceRow) => DeviceRow,
): Promise<void> {
  const row = await tx.objectStore("devices").get(id);
  if (row) await tx.objectStore("devices").put(change(row));
}
