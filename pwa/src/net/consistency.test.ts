// A phone is a witness of the server's log: what it saw is asked about, and what is gone is evidence.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../store/db.ts";
import { readDevice } from "../store/device.ts";
import { newUuid } from "../store/ids.ts";
import { finishInspection, startInspection } from "../store/inspections.ts";
import type { Witness } from "../store/schema.ts";
import { enrolled, freshName, type HandClock, handClock } from "../store/testing.ts";
import { leafHash } from "../store/testing-log.ts";
import { type SyncResult, syncOnce } from "./sync.ts";
import { addLeaf, type FakeServer, fakeServer, json, problem } from "./testing.ts";
import { startPace } from "./uploads.ts";

const HOUR_MS = 3_600_000;
let clock: HandClock;
let server: FakeServer;
let db: Store;
let asked: number[];

beforeEach(async () => {
  clock = handClock();
  server = fakeServer(clock);
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
  asked = [];
  server.before = ({ path }) => {
    const size = /consistency\?size=(\d+)/.exec(path)?.[1];
    if (size !== undefined) asked.push(Number(size));
    return null;
  };
});

async function sync(afterMs = HOUR_MS, random = () => 1): Promise<SyncResult> {
  clock.move(afterMs);
  server.nowMs = clock();
  const lock = async <T>(work: () => Promise<T>) => work();
  return await syncOnce({ db, net: server.net, lock, pace: startPace(), random });
}

async function finished(): Promise<string> {
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  await finishInspection(db, clock, record);
  return record;
}

/** So many syncs, each with one new record: as many remembered heads. */
async function seen(heads: number): Promise<string[]> {
  const records: string[] = [];
  for (let count = 0; count < heads; count++) {
    records.push(await finished());
    await sync();
  }
  asked.length = 0;
  return records;
}

async function witness(): Promise<Witness> {
  const found = (await readDevice(db))?.witness;
  if (!found) throw new Error("the phone is no witness");
  return found;
}

function restored(leaves: number): void {
  const kept = [...server.log.entries()].slice(0, leaves);
  server.leaves.length = leaves;
  server.log = new Map(kept);
  server.records.clear();
  server.changes.length = 0;
}

test("what it saw before this sync is asked about once an hour, and confirmed", async () => {
  await seen(3);
  await finished();
  await sync();
  expect(asked).toEqual([3]);
  expect(await witness()).toMatchObject({ confirmedSize: 3, confirmedAtMs: clock(), lost: [] });
  await sync(HOUR_MS / 2);
  expect(asked).toEqual([3]);
  await sync(HOUR_MS / 2);
  expect(asked).toEqual([3, 3]);
});

test("the head of the proof is remembered as one more that was seen", async () => {
  await seen(2);
  server.after = async (request, answer) => {
    if (request.path.endsWith("/sync")) await addLeaf(server, "somebody else's");
    return answer;
  };
  await sync();
  expect((await readDevice(db))?.heads.map(({ size }) => size)).toEqual([1, 2, 3]);
});

test("now and then an older one is asked about, and takes nothing from what is confirmed", async () => {
  await seen(5);
  await sync(HOUR_MS, () => 0.2);
  expect(asked).toEqual([4]);
  asked.length = 0;
  let draws = 0;
  await sync(HOUR_MS, () => [0.2, 0.9][draws++] as number);
  expect(asked).toEqual([1]);
  expect(await witness()).toMatchObject({ confirmedSize: 4, confirmedAtMs: clock() });
});

test("a log changed behind its back loses its heads, and everything is offered again", async () => {
  const records = await seen(4);
  server.leaves[1] = await leafHash("an edit nobody made");
  server.pushes.length = 0;
  await finished();
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 5 });
  expect(asked).toEqual([4, 3, 2, 1]);
  const { lost, confirmedSize } = await witness();
  expect(lost.map(({ size, epoch }) => [size, epoch])).toEqual([
    [4, "epoch-1"],
    [3, "epoch-1"],
    [2, "epoch-1"],
  ]);
  expect(confirmedSize).toBe(1);
  expect(server.pushes.flat().length).toBe(records.length + 2);
});

test("a log cut short is asked about at once, and its heads stay as evidence for ever", async () => {
  await seen(3);
  restored(1);
  await sync(1000);
  expect(asked).toEqual([3, 2, 1]);
  expect((await witness()).lost.map(({ size }) => size)).toEqual([3, 2]);
  await seen(3);
  expect((await witness()).lost.map(({ size }) => size)).toEqual([3, 2]);
  expect([...server.serials].sort()).toEqual([1, 2, 2, 3, 3, 4, 5, 6]);
});

test("after a restore the newest head that the log still has is confirmed, and nothing is evidence", async () => {
  const records = await seen(4);
  restored(2);
  server.epoch = "epoch-2";
  await sync(1000);
  expect(asked).toEqual([4, 3, 2]);
  expect(await witness()).toMatchObject({ confirmedSize: 2, lost: [], doubts: [] });
  for (const record of records.slice(2))
    expect(server.records.has(`inspection/${record}`)).toBe(true);
});

test("after a restore to a log that this phone never saw, all of it is evidence", async () => {
  await seen(2);
  restored(0);
  await addLeaf(server, "of another log");
  server.epoch = "epoch-2";
  await sync(1000);
  expect((await witness()).lost.map(({ size }) => size)).toEqual([2, 1]);
  expect((await witness()).confirmedSize).toBeNull();
});

test.each([
  ["a cut line", () => Promise.reject(new TypeError("cut"))],
  ["a busy server", () => problem(503, "server_busy")],
  ["a server that keeps no log yet", () => problem(404, "not_found")],
  [
    "somebody else's page",
    () => new Response("<html>", { headers: { "Content-Type": "text/html" } }),
  ],
  ["an answer of another make", () => json({ proof: "yes" })],
])("%s is no verdict: the doubt stays, and is asked about again", async (_, answer) => {
  await seen(3);
  restored(1);
  server.before = ({ path }) => (path.includes("consistency") ? answer() : null);
  await sync(1000);
  expect(await witness()).toMatchObject({ lost: [] });
  expect((await witness()).doubts.map(({ size }) => size)).toEqual([2, 3]);
  server.before = () => null;
  await sync(1000);
  expect((await witness()).lost.map(({ size }) => size)).toEqual([3, 2]);
});

test("a proof that leads to another hash than was seen is none", async () => {
  await seen(2);
  server.after = async (request, answer) => {
    if (!request.path.includes("consistency")) return answer;
    const body = await answer.json();
    return json({ ...body, head: { size: 9, hash: "0".repeat(64) } });
  };
  await sync();
  expect((await witness()).lost).not.toEqual([]);
});

test("a server without heads is asked nothing", async () => {
  server.after = async (_, answer) => {
    const { head: _head, ...body } = await answer.json();
    return json(body);
  };
  await seen(2);
  await sync();
  expect(asked).toEqual([]);
});
