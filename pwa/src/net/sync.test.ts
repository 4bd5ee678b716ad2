// What is finished reaches the server once, by name, whatever the line does; nothing is ever dropped.
import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import { openStore, type Store } from "../store/db.ts";
import { readDevice } from "../store/device.ts";
import { saveFields } from "../store/edits.ts";
import { newUuid } from "../store/ids.ts";
import {
  finishInspection,
  reopenInspection,
  saveAnswer,
  startInspection,
} from "../store/inspections.ts";
import { countOutbox, readInspection } from "../store/records.ts";
import { allEdits, enrolled, freshName, type HandClock, handClock } from "../store/testing.ts";
import { leaseLock } from "./lock.ts";
import { type SyncResult, syncOnce } from "./sync.ts";
import { type FakeServer, fakeServer, json, place } from "./testing.ts";
import { startPace } from "./uploads.ts";

let clock: HandClock;
let server: FakeServer;
let name: string;
let db: Store;

beforeEach(async () => {
  clock = handClock();
  server = fakeServer(clock);
  name = freshName();
  db = await openStore({ name });
  await enrolled(db, clock);
});

function sync(store: Store = db): Promise<SyncResult> {
  return syncOnce({ db: store, net: server.net, lock: async (work) => work(), pace: startPace() });
}

async function finished(vehicle: string): Promise<string> {
  const record = await startInspection(db, clock, newUuid, { mode: "daily", vehicle });
  await saveAnswer(db, clock, record, "P1-01", { value: "pass" });
  await finishInspection(db, clock, record);
  clock.move(1000);
  return record;
}

async function deliveryOf(record: string): Promise<string | undefined> {
  return (await readInspection(db, record))?.delivery.kind;
}

test("drafts stay on the phone and finished records go", async () => {
  const draft = await startInspection(db, clock, newUuid, { mode: "daily" });
  const record = await finished("v1");
  expect([await deliveryOf(draft), await deliveryOf(record)]).toEqual(["draft", "waiting"]);
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 1 });
  expect([await deliveryOf(draft), await deliveryOf(record)]).toEqual(["draft", "arrived"]);
  expect(server.records.get(`inspection/${record}`)?.vehicle?.value).toBe("v1");
  expect(server.records.has(`inspection/${draft}`)).toBe(false);
});

test("a lost answer is followed by the very same push, and the effect stays one", async () => {
  const record = await finished("v1");
  server.after = () => {
    throw new TypeError("connection cut");
  };
  expect(await sync()).toEqual({ kind: "offline", why: "network" });
  expect(await deliveryOf(record)).toBe("sending");
  server.after = (_, answer) => answer;
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 1 });
  expect(server.pushes[1]).toEqual(server.pushes[0]);
  expect(server.log.size).toBe(1);
  expect(await deliveryOf(record)).toBe("arrived");
});

test("an edit is frozen by the first try: a later change is a new edit behind it", async () => {
  const record = await finished("v1");
  server.before = () => {
    throw new TypeError("no network");
  };
  await sync();
  await reopenInspection(db, clock, record);
  await saveFields(db, clock, "inspection", record, { vehicle: "v2" });
  await finishInspection(db, clock, record);
  server.before = () => null;
  await sync();
  const edits = await allEdits(db);
  expect(edits.map(({ serial, state }) => [serial, state])).toEqual([
    [1, "accepted"],
    [2, "accepted"],
  ]);
  expect(edits[1]?.prev).toBe(edits[0]?.hash);
  expect(server.records.get(`inspection/${record}`)?.vehicle?.value).toBe("v2");
});

test("a refused edit is kept, shown with its reason, and its neighbours arrive", async () => {
  const [first, bad, last] = [await finished("v1"), await finished("bad"), await finished("v3")];
  server.refuse = (edit) => (edit.fields.vehicle === "bad" ? "reference_unknown" : null);
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 2, refused: 1 });
  expect([await deliveryOf(first), await deliveryOf(last)]).toEqual(["arrived", "arrived"]);
  expect((await readInspection(db, bad))?.delivery).toMatchObject({
    kind: "refused",
    reason: { code: "reference_unknown" },
  });
  expect((await readInspection(db, bad))?.fields.vehicle).toBe("bad");
});

test("correcting a refused record offers all of it again, not the correction alone", async () => {
  const record = await finished("bad");
  server.refuse = (edit) => (edit.fields.vehicle === "bad" ? "reference_unknown" : null);
  await sync();
  await saveFields(db, clock, "inspection", record, { vehicle: "v9" });
  await sync();
  expect(await deliveryOf(record)).toBe("arrived");
  const arrived = server.records.get(`inspection/${record}`);
  expect(arrived?.vehicle?.value).toBe("v9");
  expect(arrived?.["answers/P1-01"]?.value).toEqual({ value: "pass" });
});

test("two tabs that sync the same outbox at once have one effect", async () => {
  for (const vehicle of ["v1", "v2", "v3"]) await finished(vehicle);
  const tab = await openStore({ name });
  await Promise.all([sync(db), sync(tab), sync(db), sync(tab)]);
  expect(server.log.size).toBe(3);
  expect([...server.serials].sort()).toEqual([1, 2, 3]);
  expect(await countOutbox(db)).toMatchObject({ arrived: 3, waiting: 0, sending: 0 });
});

test("a tap in the moment of freezing is neither lost nor sent under the old stamp", async () => {
  const record = await finished("v1");
  const digest = vi.spyOn(crypto.subtle, "digest").mockImplementationOnce(async (...asked) => {
    digest.mockRestore();
    await saveFields(db, clock, "inspection", record, { vehicle: "v2" });
    return crypto.subtle.digest(...asked);
  });
  await sync();
  const edits = await allEdits(db);
  expect(edits.map(({ serial, fields }) => [serial, fields.vehicle])).toEqual([[1, "v2"]]);
  expect(server.pushes[0]?.[0]?.fields.vehicle).toBe("v2");
});

test("the lease lets one tab in, and dies with the tab that held it", async () => {
  const first = leaseLock(db, clock, "first");
  const second = leaseLock(await openStore({ name }), clock, "second");
  const inside = await first(() => second(() => Promise.resolve("in")));
  expect(inside).toBeNull();
  expect(await second(() => Promise.resolve("in"))).toBe("in");
  const dead = first(() => new Promise<string>(() => undefined));
  expect(await Promise.race([dead, second(() => Promise.resolve("in"))])).toBeNull();
  clock.move(61_000);
  expect(await second(() => Promise.resolve("in"))).toBe("in");
});

test("many finished records go in batches of fifty, in the order of their serials", async () => {
  for (let index = 0; index < 60; index++) await finished(`v${index}`);
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 60 });
  expect(server.pushes.map((edits) => edits.length)).toEqual([50, 10]);
  expect(server.pushes.flat().map(({ serial }) => serial)).toEqual(
    Array.from({ length: 60 }, (_, index) => index + 1),
  );
});

test("a server that names no edit at all is not offered the same ones over and over", async () => {
  for (let index = 0; index < 60; index++) await finished(`v${index}`);
  server.after = async (_, answer) => json({ ...(await answer.json()), receipts: [] });
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 0 });
  expect(server.pushes.map((edits) => edits.length)).toEqual([50, 10]);
  expect(await countOutbox(db)).toMatchObject({ sending: 60 });
});

test("pulls page after page until the server has no more", async () => {
  server.pageSize = 2;
  for (const id of ["v1", "v2", "v3", "v4", "v5"]) {
    place(server, "vehicle", id, { plate: { value: `川A${id}`, stamp: "1" } });
  }
  expect(await sync()).toMatchObject({ kind: "synced", pulled: 5 });
  expect((await readDevice(db))?.cursor).toBe("epoch-1:5");
});
