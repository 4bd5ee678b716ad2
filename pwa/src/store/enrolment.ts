// Makes an enrolment the phone's current one, and carries over what the same user still holds.
import { GENESIS } from "../core/edit.ts";
import { adoptEdits } from "./adopt.ts";
import type { Store } from "./db.ts";
import { currentDevice } from "./device.ts";
import { afterAnswer, NO_WITNESS } from "./heads.ts";
import type { Clock, DeviceRow } from "./schema.ts";

export interface Enrolment {
  id: string;
  /** Whose phone it is: the user by the server's own id, so that namesakes stay apart. */
  owner: string;
  token: string;
  epoch: string;
  user: string;
  company: string;
  regime: string;
  keys: CryptoKeyPair;
  serverAheadMs: number;
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
    enrolledAtMs: nowMs,
    // Stamps of one phone never go back, whichever name it goes by.
    lastStamp: before?.lastStamp ?? null,
    lastSerial: 0,
    lastHash: GENESIS,
    cursor: null,
    ...inherited(enrolment, before),
    lastContactMs: nowMs,
    serverMs: Math.round(nowMs + enrolment.serverAheadMs),
    awaitedPhotos: [],
    refusal: null,
  };
}

// What the phone saw of the company's log does not depend on whose name it goes by.
function inherited(
  enrolment: Enrolment,
  before: DeviceRow | null,
): Pick<DeviceRow, "heads" | "witness"> {
  if (before?.company !== enrolment.company) return { heads: [], witness: NO_WITNESS };
  const { heads, witness } = afterAnswer(before, { ...enrolment, head: null, serverMs: 0 });
  return { heads, witness };
}
