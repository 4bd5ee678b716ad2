// Room is freed long after arrival, by the server's clock, and never from what has not arrived.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "./db.ts";
import { newUuid } from "./ids.ts";
import { finishInspection, startInspection } from "./inspections.ts";
import { keepArrival, keepPhoto, readPhoto } from "./photos.ts";
import { readProof } from "./proof.ts";
import { readInspection } from "./records.ts";
import { sweepDaily, sweepStore } from "./retention.ts";
import {
  allEdits,
  answerAll,
  DEVICE_A,
  enrolled,
  freshName,
  type HandClock,
  handClock,
  newPhoto,
} from "./testing.ts";

const DAY_MS = 86_400_000;

let clock: HandClock;
let db: Store;

beforeEach(async () => {
  clock = handClock();
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
});

async function finishedWithPhoto() {
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, "P1-01", photo);
  await finishInspection(db, clock, record);
  return { record, photo };
}

test("edits and photos stay 30 days after their receipt and are cleared later", async () => {
  const { record, photo } = await finishedWithPhoto();
  await answerAll(db, clock, "accepted");
  await keepArrival(db, photo.sha256, clock());
  const before = await readProof(db, DEVICE_A);
  clock.move(30 * DAY_MS);
  await answerAll(db, clock, "none");
  expect(await sweepStore(db)).toMatchObject({ edits: 0, photos: 0 });
  clock.move(2 * DAY_MS);
  await answerAll(db, clock, "none");
  expect(await sweepStore(db)).toMatchObject({ edits: 1, photos: 1, records: 0 });
  expect(await readPhoto(db, photo.sha256)).toBeNull();
  expect((await readInspection(db, record))?.delivery.kind).toBe("arrived");
  expect(await readProof(db, DEVICE_A)).toEqual(before);
});

test("what has not arrived stays for ever", async () => {
  const { photo } = await finishedWithPhoto();
  clock.move(400 * DAY_MS);
  await answerAll(db, clock, "none");
  expect(await sweepStore(db)).toMatchObject({ edits: 0, photos: 0, orphans: 0 });
  await answerAll(db, clock, "accepted");
  clock.move(400 * DAY_MS);
  await answerAll(db, clock, "none");
  expect(await sweepStore(db)).toMatchObject({ edits: 0, photos: 0 });
  expect(await readPhoto(db, photo.sha256)).not.toBeNull();
});

test("a refused edit is never swept", async () => {
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  await finishInspection(db, clock, record);
  await answerAll(db, clock, "refused");
  clock.move(400 * DAY_MS);
  await answerAll(db, clock, "none");
  await sweepStore(db);
  expect((await allEdits(db))[0]).toMatchObject({ state: "refused", isSwept: false });
});

test("a phone whose own clock leaps ahead sweeps nothing", async () => {
  const { photo } = await finishedWithPhoto();
  await answerAll(db, clock, "accepted");
  await keepArrival(db, photo.sha256, clock());
  clock.move(3650 * DAY_MS);
  expect(await sweepStore(db)).toMatchObject({ edits: 0, photos: 0 });
});

test("sweeping by itself happens once a day of the server's", async () => {
  await answerAll(db, clock, "none");
  expect(await sweepDaily(db)).not.toBeNull();
  clock.move(DAY_MS / 2);
  await answerAll(db, clock, "none");
  expect(await sweepDaily(db)).toBeNull();
  clock.move(DAY_MS / 2);
  await answerAll(db, clock, "none");
  expect(await sweepDaily(db)).not.toBeNull();
});
