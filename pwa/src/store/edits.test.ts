// A save is durable, whole, and one edit per record however often the thumb comes down.
import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { openStore } from "./db.ts";
import { readDevice } from "./device.ts";
import { saveFields } from "./edits.ts";
import { NotEnrolled, NotSaved } from "./errors.ts";
import { newUuid } from "./ids.ts";
import { passOpenItems, saveAnswer, startInspection } from "./inspections.ts";
import { readInspection } from "./records.ts";
import { allEdits, enrolled, freshName, freshStore, handClock } from "./testing.ts";

const KIND = "inspection";

afterEach(() => vi.restoreAllMocks());

test("nothing can be saved before the phone is enrolled", async () => {
  const db = await freshStore();
  await expect(saveFields(db, handClock(), KIND, newUuid(), { mode: "daily" })).rejects.toThrow(
    NotEnrolled,
  );
});

test("every tap goes into the record's one open edit, under a stamp that only grows", async () => {
  const [db, clock] = [await freshStore(), handClock()];
  await enrolled(db, clock);
  const record = newUuid();
  const stamps: string[] = [];
  for (const fields of [{ mode: "daily" }, { vehicle: "v1" }, { mode: "full" }]) {
    await saveFields(db, clock, KIND, record, fields);
    stamps.push((await readDevice(db))?.lastStamp ?? "");
    clock.move(-5000);
  }
  expect([...stamps].sort()).toEqual(stamps);
  const edits = await allEdits(db);
  expect(edits.map((edit) => edit.fields)).toEqual([{ mode: "full", vehicle: "v1" }]);
  expect(edits[0]?.stamp).toBe(stamps[2]);
});

test("every write asks for strict durability", async () => {
  const [db, clock] = [await freshStore(), handClock()];
  await enrolled(db, clock);
  const asked = vi.spyOn(IDBDatabase.prototype, "transaction");
  await saveFields(db, clock, KIND, newUuid(), { mode: "daily" });
  expect(asked.mock.calls.map(([, mode, options]) => [mode, options])).toEqual([
    ["readwrite", { durability: "strict" }],
  ]);
});

test("a kill between any two steps of a save leaves all of it or none of it", async () => {
  const clock = handClock();
  let isWhole = false;
  for (let step = 1; !isWhole; step++) {
    expect(step).toBeLessThan(30);
    const db = await freshStore();
    await enrolled(db, clock);
    const record = newUuid();
    await saveFields(db, clock, KIND, record, { mode: "daily" });
    const before = [await allEdits(db), await readDevice(db), await readInspection(db, record)];
    const kill = killAtRequest(step);
    try {
      await saveFields(db, clock, KIND, record, { mode: "full" });
      isWhole = true;
    } catch (error) {
      expect(error).toBeInstanceOf(NotSaved);
    }
    kill.mockRestore();
    const after = [await allEdits(db), await readDevice(db), await readInspection(db, record)];
    if (isWhole) expect((await readInspection(db, record))?.fields.mode).toBe("full");
    else expect(JSON.stringify(after)).toBe(JSON.stringify(before));
  }
});

test("a connection that the system closed is opened again and the save goes through", async () => {
  const [name, clock] = [freshName(), handClock()];
  const db = await openStore({ name });
  await enrolled(db, clock);
  const record = newUuid();
  await saveFields(db, clock, KIND, record, { mode: "daily" });
  db.close();
  await saveFields(db, clock, KIND, record, { vehicle: "v1" });
  expect((await readInspection(db, record))?.fields).toMatchObject({
    mode: "daily",
    vehicle: "v1",
  });
});

test("a full disk is a save that did not happen, and the next small one works", async () => {
  const [db, clock] = [await freshStore(), handClock()];
  await enrolled(db, clock);
  const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(() => {
    throw new DOMException("no room", "QuotaExceededError");
  });
  const record = newUuid();
  await expect(saveFields(db, clock, KIND, record, { mode: "daily" })).rejects.toMatchObject({
    reason: "quota",
  });
  put.mockRestore();
  expect(await readInspection(db, record)).toBeNull();
  await saveFields(db, clock, KIND, record, { mode: "daily" });
  expect((await readInspection(db, record))?.fields.mode).toBe("daily");
});

test("an answer changed in one part keeps what it holds in the others", async () => {
  const [db, clock] = [await freshStore(), handClock()];
  await enrolled(db, clock);
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  await saveAnswer(db, clock, record, "P1-01", { value: "fail", note: "门缝" });
  await saveAnswer(db, clock, record, "P1-01", { fixed_on_spot: true });
  await passOpenItems(db, clock, record, ["P1-01", "P1-02"]);
  expect((await readInspection(db, record))?.answers).toEqual({
    "P1-01": { value: "fail", note: "门缝", fixed_on_spot: true },
    "P1-02": { value: "pass" },
  });
});

test("half a character from a keyboard is mended, so that the edit always has a hash", async () => {
  const [db, clock] = [await freshStore(), handClock()];
  await enrolled(db, clock);
  const record = newUuid();
  await saveFields(db, clock, KIND, record, { note: "a\ud83d\udc4d\ud83db\udc4d\udc4d" });
  expect((await readInspection(db, record))?.fields.note).toBe("a👍\ufffdb\ufffd\ufffd");
});

// The n-th request of the transaction is the last: its transaction is aborted there.
function killAtRequest(step: number) {
  let requests = 0;
  const real = IDBObjectStore.prototype.put;
  return vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...args: Parameters<typeof real>
  ) {
    requests += 1;
    const request = real.apply(this, args);
    if (requests === step) this.transaction.abort();
    return request;
  });
}
