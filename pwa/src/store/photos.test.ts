// Bytes, thumbnail and the answer that names them come and go together.
import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import { openStore, type Store } from "./db.ts";
import { NotSaved } from "./errors.ts";
import { newUuid } from "./ids.ts";
import {
  discardDraft,
  finishInspection,
  reopenInspection,
  startInspection,
} from "./inspections.ts";
import { keepPhoto, listWaitingUploads, readPhoto, readThumb, removePhoto } from "./photos.ts";
import { readInspection } from "./records.ts";
import { sweepStore } from "./retention.ts";
import { enrolled, freshName, type HandClock, handClock, newPhoto } from "./testing.ts";

const ITEM = "P3-02";

let clock: HandClock;
let db: Store;
let record: string;
let owner: string;

beforeEach(async () => {
  clock = handClock();
  db = await openStore({ name: freshName() });
  owner = (await enrolled(db, clock)).owner;
  record = await startInspection(db, clock, newUuid, { mode: "daily" });
});

async function names(): Promise<string[]> {
  return (await readInspection(db, record))?.answers[ITEM]?.photos ?? [];
}

test("a kept photo is named by its answer and comes back byte for byte", async () => {
  const [first, second] = [await newPhoto(), await newPhoto()];
  await keepPhoto(db, clock, record, ITEM, first);
  await keepPhoto(db, clock, record, ITEM, second);
  await keepPhoto(db, clock, record, ITEM, first);
  expect(await names()).toEqual([second.sha256, first.sha256]);
  expect(await readPhoto(db, first.sha256)).toEqual(first);
  expect(await readThumb(db, second.sha256)).toEqual(second.thumb);
});

test.each([1, 2, 3, 4, 5, 6])(
  "a photo whose save dies at write %i is not kept and not named",
  async (step) => {
    const photo = await newPhoto();
    const kill = abortAtPut(step);
    await expect(keepPhoto(db, clock, record, ITEM, photo)).rejects.toThrow(NotSaved);
    kill.mockRestore();
    expect(await names()).toEqual([]);
    expect(await readPhoto(db, photo.sha256)).toBeNull();
  },
);

function abortAtPut(step: number) {
  let puts = 0;
  const real = IDBObjectStore.prototype.put;
  return vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...args: Parameters<typeof real>
  ) {
    puts += 1;
    const request = real.apply(this, args);
    if (puts === step) this.transaction.abort();
    return request;
  });
}

test("a removed photo leaves neither name nor bytes", async () => {
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, ITEM, photo);
  expect(await removePhoto(db, clock, record, ITEM, photo.sha256)).toBe("removed");
  expect(await names()).toEqual([]);
  expect(await readPhoto(db, photo.sha256)).toBeNull();
});

test("a photo removed from one item stays while another item names it", async () => {
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, ITEM, photo);
  await keepPhoto(db, clock, record, "P5-01", photo);
  await removePhoto(db, clock, record, ITEM, photo.sha256);
  expect(await readPhoto(db, photo.sha256)).toEqual(photo);
});

test("after finishing a photo cannot be removed", async () => {
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, ITEM, photo);
  await finishInspection(db, clock, record);
  expect(await removePhoto(db, clock, record, ITEM, photo.sha256)).toBe("finished");
  expect(await names()).toEqual([photo.sha256]);
});

test("photos wait for upload once their record is finished, and not before", async () => {
  await keepPhoto(db, clock, record, ITEM, await newPhoto());
  expect(await listWaitingUploads(db, owner)).toEqual([]);
  await finishInspection(db, clock, record);
  expect(await listWaitingUploads(db, owner)).toHaveLength(1);
  await reopenInspection(db, clock, record);
  expect(await listWaitingUploads(db, owner)).toEqual([]);
});

test("a discarded draft takes its photos along, a finished one cannot be discarded", async () => {
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, ITEM, photo);
  expect(await discardDraft(db, record)).toBe("discarded");
  expect(await readInspection(db, record)).toBeNull();
  expect(await readPhoto(db, photo.sha256)).toBeNull();
  const other = await startInspection(db, clock, newUuid, { mode: "daily" });
  await finishInspection(db, clock, other);
  expect(await discardDraft(db, other)).toBe("already_offered");
});

test("bytes that nothing names are swept, bytes that a draft names are not", async () => {
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, ITEM, photo);
  await db.write(["photos", "photoBytes"], async (tx) => {
    const row = await tx.objectStore("photos").get(photo.sha256);
    if (row) await tx.objectStore("photos").put({ ...row, sha256: "f".repeat(64) });
    await tx.objectStore("photoBytes").put({ sha256: "f".repeat(64), bytes: photo.bytes });
  });
  expect((await sweepStore(db)).orphans).toBe(1);
  expect(await readPhoto(db, "f".repeat(64))).toBeNull();
  expect(await readPhoto(db, photo.sha256)).toEqual(photo);
});
