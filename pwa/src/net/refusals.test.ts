// What the office says about a refused edit reaches its author; what it took in is no trouble any more.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import type { Json } from "../core/canonical.ts";
import { openStore, type Store } from "../store/db.ts";
import { saveFields } from "../store/edits.ts";
import { newUuid } from "../store/ids.ts";
import { finishInspection, startInspection } from "../store/inspections.ts";
import { countOutbox, readInspection } from "../store/records.ts";
import { allEdits, enrolled, freshName, type HandClock, handClock } from "../store/testing.ts";
import { parseSyncAnswer } from "./answers.ts";
import { syncOnce } from "./sync.ts";
import { type FakeServer, fakeServer, place } from "./testing.ts";
import { startPace } from "./uploads.ts";

let clock: HandClock;
let server: FakeServer;
let db: Store;

beforeEach(async () => {
  clock = handClock();
  server = fakeServer(clock);
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
});

async function sync(): Promise<void> {
  const lock = async <T>(work: () => Promise<T>) => work();
  await syncOnce({ db, net: server.net, lock, pace: startPace() });
}

async function refused(): Promise<string> {
  const record = await startInspection(db, clock, newUuid, { mode: "daily", vehicle: "bad" });
  await finishInspection(db, clock, record);
  server.refuse = (edit) => (edit.fields.vehicle === "bad" ? "reference_unknown" : null);
  await sync();
  return record;
}

async function say(record: string, state: string, note: string): Promise<void> {
  const [edit] = (await allEdits(db)).filter((one) => one.record === record);
  const said = { stamp: String(edit?.stamp), digest: String(edit?.hash), state, note };
  const fields = Object.entries(said).map(([name, value]) => [name, { value, stamp: "1" }]);
  place(server, "refusal", record, Object.fromEntries(fields));
  await sync();
}

test("an explanation is shown with the refusal, which stays trouble", async () => {
  const record = await refused();
  await say(record, "explained", "车牌写错了,请改成川B12341");
  const found = await readInspection(db, record);
  expect(found?.delivery.kind).toBe("refused");
  expect(found?.refusals).toMatchObject([
    {
      reason: { code: "reference_unknown" },
      answer: { state: "explained", note: "车牌写错了,请改成川B12341" },
    },
  ]);
  expect(await countOutbox(db)).toMatchObject({ refused: 1, arrived: 0 });
});

test("what the office took into the record counts as arrived, and stays visible", async () => {
  const record = await refused();
  await say(record, "released", "已补录车辆");
  const found = await readInspection(db, record);
  expect(found?.delivery.kind).toBe("arrived");
  expect(found?.refusals[0]?.answer).toEqual({ state: "released", note: "已补录车辆" });
  expect(await countOutbox(db)).toMatchObject({ refused: 0, arrived: 1 });
  expect(await allEdits(db)).toHaveLength(1);
});

test("a later change does not carry along what the office took in", async () => {
  const record = await refused();
  await say(record, "released", "");
  await saveFields(db, clock, "inspection", record, { driver: "d1" });
  await sync();
  const edits = await allEdits(db);
  expect(edits.map(({ state }) => state)).toEqual(["refused", "accepted"]);
  expect(edits[1]?.fields).toEqual({ driver: "d1" });
  expect(edits[0]?.isReplaced).toBe(false);
});

test("an answer about somebody's other phone changes nothing here", async () => {
  const record = await refused();
  place(server, "refusal", newUuid(), {
    stamp: { value: "1763600000000-0000-00000000000000ff", stamp: "1" },
    state: { value: "released", stamp: "1" },
  });
  await sync();
  expect((await readInspection(db, record))?.delivery.kind).toBe("refused");
});

test("answers are read with plain values, too, and unknown ones are left out", () => {
  const fields = { stamp: "s", digest: "d", state: "released", note: "n" };
  const body = (records: Json): Json => ({
    epoch: "e",
    server_time: "2026-11-20T01:00:00.000Z",
    receipts: [],
    records,
  });
  const parsed = parseSyncAnswer(
    body([
      { kind: "refusal", record: "r", fields },
      { kind: "refusal", record: "r", fields: { ...fields, state: "burnt" } },
    ]),
  );
  expect(parsed?.records).toEqual([
    { kind: "refusal", record: "r", stamp: "s", answer: { state: "released", note: "n" } },
  ]);
});
