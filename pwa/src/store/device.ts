// The phone's own identity: who it is to the server, its key, and how far its chain has come.
import type { AnyTx, Store, WriteTx } from "./db.ts";
import { NotEnrolled } from "./errors.ts";
import type { DeviceRow, TokenRefusal } from "./schema.ts";

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
