// Enrolling again keeps everything: the same user's work goes on, another user's stays sealed and theirs.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "./db.ts";
import { keepRefusal, readDevice } from "./device.ts";
import { saveFields } from "./edits.ts";
import { newUuid } from "./ids.ts";
import { finishInspection, startInspection } from "./inspections.ts";
import { nextBatch } from "./outbox.ts";
import { countOutbox, listInspections, readInspection } from "./records.ts";
import {
  allEdits,
  answerAll,
  DEVICE_A,
  DEVICE_B,
  enrolled,
  freshName,
  type HandClock,
  handClock,
} from "./testing.ts";

const LIMIT = { edits: 50, bytes: 262_144 };

let clock: HandClock;
let db: Store;

beforeEach(async () => {
  clock = handClock();
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
});

async function finished(vehicle: string): Promise<string> {
  const record = await startInspection(db, clock, newUuid, { mode: "daily", vehicle });
  await finishInspection(db, clock, record);
  return record;
}

test("the private key stays on the phone and cannot be taken out of it", async () => {
  const keys = (await readDevice(db))?.keys;
  expect(keys?.privateKey.extractable).toBe(false);
  const signed = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    keys?.privateKey as CryptoKey,
    new Uint8Array(1),
  );
  expect(signed.byteLength).toBe(64);
});

test("a refused token is remembered and changes nothing else", async () => {
  const record = await finished("v1");
  const before = await readDevice(db);
  await keepRefusal(db, DEVICE_A, "device_revoked");
  expect(await readDevice(db)).toEqual({ ...before, refusal: "device_revoked" });
  await saveFields(db, clock, "inspection", record, { note: "saving goes on" });
});

test("the same user enrolled again sends what was unacknowledged, under the new device", async () => {
  const arrived = await finished("v1");
  await answerAll(db, clock);
  const frozen = await finished("v2");
  await nextBatch(db, DEVICE_A, 0, LIMIT);
  const draft = await startInspection(db, clock, newUuid, { mode: "full" });
  await enrolled(db, clock, { id: DEVICE_B });
  const { edits } = await nextBatch(db, DEVICE_B, 0, LIMIT);
  expect(edits.map(({ record, serial }) => [record, serial])).toEqual([[frozen, 1]]);
  expect(edits[0]?.stamp.endsWith(DEVICE_B)).toBe(true);
  expect(edits[0]?.fields).toMatchObject({ vehicle: "v2", state: "finished" });
  const kinds = [arrived, frozen, draft].map(
    async (record) => (await readInspection(db, record))?.delivery.kind,
  );
  expect(await Promise.all(kinds)).toEqual(["arrived", "sending", "draft"]);
});

test("enrolled into a restored server, the phone writes everything it holds again", async () => {
  const record = await finished("v1");
  await answerAll(db, clock);
  await enrolled(db, clock, { id: DEVICE_B, epoch: "epoch-2" });
  const { edits } = await nextBatch(db, DEVICE_B, 0, LIMIT);
  expect(edits.map((edit) => edit.record)).toEqual([record]);
});

test("another user sees nothing of the first one's work, and none of it is written under their name", async () => {
  const record = await finished("v1");
  await enrolled(db, clock, { id: DEVICE_B, user: "李强" });
  expect(await listInspections(db)).toEqual([]);
  expect(await countOutbox(db)).toMatchObject({ waiting: 0, sealed: 1 });
  expect((await nextBatch(db, DEVICE_B, 0, LIMIT)).edits).toEqual([]);
  expect((await nextBatch(db, DEVICE_A, 0, LIMIT)).edits.map((edit) => edit.record)).toEqual([
    record,
  ]);
  expect((await allEdits(db)).map(({ device }) => device)).toEqual([DEVICE_A]);
});

test("stamps do not go back when the phone is enrolled again with its clock put back", async () => {
  await finished("v1");
  const before = (await readDevice(db))?.lastStamp ?? "";
  clock.move(-1_000_000_000);
  await enrolled(db, clock, { id: DEVICE_B });
  await startInspection(db, clock, newUuid, { mode: "daily" });
  expect(((await readDevice(db))?.lastStamp ?? "") > before).toBe(true);
});

test("two users of one name are two users", async () => {
  await finished("v1");
  await enrolled(db, clock, { id: DEVICE_B, owner: "another 周敏" });
  expect(await listInspections(db)).toEqual([]);
});
