// Portals, damaged bytes, poison, restored servers and refused tokens: each has its name, none costs work.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../store/db.ts";
import { readDevice } from "../store/device.ts";
import { newUuid } from "../store/ids.ts";
import { finishInspection, startInspection } from "../store/inspections.ts";
import { keepPhoto } from "../store/photos.ts";
import { countOutbox, readInspection } from "../store/records.ts";
import {
  allEdits,
  DEVICE_A,
  DEVICE_B,
  enrolled,
  freshName,
  type HandClock,
  handClock,
  newPhoto,
} from "../store/testing.ts";
import { type SyncResult, syncOnce } from "./sync.ts";
import { type FakeServer, fakeServer, json, place, problem, textOf } from "./testing.ts";
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

function sync(): Promise<SyncResult> {
  return syncOnce({ db, net: server.net, lock: async (work) => work(), pace: startPace() });
}

async function finished(vehicle: string): Promise<string> {
  const record = await startInspection(db, clock, newUuid, { mode: "daily", vehicle });
  await finishInspection(db, clock, record);
  clock.move(1000);
  return record;
}

async function expectKept(record: string): Promise<void> {
  server.before = () => null;
  server.after = (_, answer) => answer;
  expect((await readInspection(db, record))?.delivery.kind).toMatch(/waiting|sending/);
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 1 });
  expect((await readInspection(db, record))?.delivery.kind).toBe("arrived");
}

const page = "<html><body>Please accept our terms</body></html>";

test.each([
  ["as a page", { "Content-Type": "text/html" }, page],
  ["as a page that claims to be JSON", { "Content-Type": "application/json" }, page],
  ["as JSON of another service", { "Content-Type": "application/json" }, '{"ok": true}'],
  ["as nothing at all", { "Content-Type": "application/json" }, ""],
])("an answer with 200 %s is not taken for ours", async (_, headers, body) => {
  const record = await finished("v1");
  server.before = () => new Response(body, { status: 200, headers });
  expect(await sync()).toEqual({ kind: "offline", why: "portal" });
  await expectKept(record);
});

test("an answer damaged on the way down is not believed", async () => {
  const record = await finished("v1");
  server.after = async (_, answer) => {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const flipped = bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte));
    return new Response(flipped, { status: answer.status, headers: answer.headers });
  };
  expect(await sync()).toEqual({ kind: "offline", why: "damaged" });
  await expectKept(record);
});

test("a push damaged on the way up is sent again at once", async () => {
  await finished("v1");
  let damaged = 0;
  server.before = () => {
    damaged += 1;
    return damaged === 1 ? problem(400, "digest_mismatch") : null;
  };
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 1 });
});

test.each([
  ["token_unknown", 401],
  ["device_revoked", 403],
])("%s keeps everything and asks to enrol again", async (code, status) => {
  const record = await finished("v1");
  server.before = () => problem(status, code);
  expect(await sync()).toEqual({ kind: "enrol_again", code });
  expect((await readDevice(db))?.refusal).toBe(code);
  await finished("saving goes on");
  expect(await countOutbox(db)).toMatchObject({ waiting: 1, sending: 1 });
  expect((await readInspection(db, record))?.fields.vehicle).toBe("v1");
});

test("a refused token is asked about without its load, and everything goes once it counts again", async () => {
  await finished("v1");
  server.before = () => problem(401, "token_unknown");
  await sync();
  const loads: number[] = [];
  server.before = async (asked) => {
    loads.push(JSON.parse(await textOf(asked)).edits.length);
    return problem(401, "token_unknown");
  };
  await sync();
  expect(loads).toEqual([0]);
  server.before = () => null;
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 1 });
  expect((await readDevice(db))?.refusal).toBeNull();
});

test("a refusal by somebody else's proxy is not the server's word about the token", async () => {
  await finished("v1");
  server.before = () =>
    new Response("<html>", { status: 403, headers: { "Content-Type": "text/html" } });
  expect(await sync()).toMatchObject({ kind: "failed", status: 403 });
  expect((await readDevice(db))?.refusal).toBeNull();
});

test("one edit that the server chokes on does not hold up the others", async () => {
  const records: string[] = [];
  for (const vehicle of ["v1", "v2", "poison", "v4", "v5"]) records.push(await finished(vehicle));
  server.before = async (asked) =>
    (await textOf(asked)).includes("poison") ? problem(500, "http_500") : null;
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 4, stuck: 1 });
  expect(await countOutbox(db)).toMatchObject({ arrived: 4, sending: 1 });
  server.before = () => null;
  expect(await sync()).toMatchObject({ accepted: 1, stuck: 0 });
});

test("a server that fails at everything is left alone after a few tries", async () => {
  for (let index = 0; index < 40; index++) await finished(`v${index}`);
  let asked = 0;
  server.before = () => {
    asked += 1;
    return problem(500, "http_500");
  };
  expect(await sync()).toMatchObject({ kind: "failed", status: 500 });
  expect(asked).toBeLessThan(30);
});

test("a server that is busy says when to come back", async () => {
  await finished("v1");
  server.before = () => problem(503, "busy", { "Retry-After": "7" });
  expect(await sync()).toEqual({ kind: "failed", status: 503, code: "busy", retryAfterMs: 7000 });
});

test("an invalid cursor is dropped and the pull starts from the beginning", async () => {
  place(server, "vehicle", "v1", { plate: { value: "川A1", stamp: "1" } });
  await sync();
  await db.write(["devices"], async (tx) => {
    const row = await tx.objectStore("devices").get("00000000000000aa");
    if (row) await tx.objectStore("devices").put({ ...row, cursor: "elsewhere:9" });
  });
  expect(await sync()).toMatchObject({ kind: "synced", pulled: 1 });
});

test("after a restore with a new epoch everything held is offered again and nothing is missing", async () => {
  const [first, second] = [await finished("v1"), await finished("v2")];
  await sync();
  restore(server, "epoch-2");
  const third = await finished("v3");
  expect(await sync()).toMatchObject({ kind: "synced" });
  for (const record of [first, second, third]) {
    expect(server.records.has(`inspection/${record}`)).toBe(true);
    expect((await readInspection(db, record))?.delivery.kind).toBe("arrived");
  }
  expect((await readDevice(db))?.epoch).toBe("epoch-2");
  expect((await allEdits(db)).map(({ serial }) => serial)).toEqual([1, 2, 3]);
});

test("a log that went back under the same epoch is noticed by the remembered head", async () => {
  const record = await finished("v1");
  await sync();
  restore(server, "epoch-1");
  await sync();
  expect(server.records.has(`inspection/${record}`)).toBe(true);
});

function restore(fake: FakeServer, epoch: string): void {
  fake.epoch = epoch;
  fake.log.clear();
  fake.leaves.length = 0;
  fake.records.clear();
  fake.changes.length = 0;
}

test("a serial that the server never got is sent again when it names it", async () => {
  const record = await finished("v1");
  await sync();
  restore(server, "epoch-1");
  server.after = sayMissing;
  await sync();
  expect(server.records.has(`inspection/${record}`)).toBe(true);
});

test("a refused edit is not sent again because its serial is called missing", async () => {
  const record = await finished("v1");
  server.refuse = () => "field_value";
  await sync();
  server.after = sayMissing;
  await sync();
  expect(server.pushes.flat()).toHaveLength(1);
  expect((await readInspection(db, record))?.delivery.kind).toBe("refused");
});

async function sayMissing(_: unknown, answer: Response): Promise<Response> {
  const { head: _head, ...body } = await answer.json();
  return json({ ...body, missing_serials: [[1, 1]] });
}

test("an edit that the answer does not name stays in the outbox, and the sync comes to an end", async () => {
  const [first, second] = [await finished("v1"), await finished("v2")];
  server.after = async (_, answer) => {
    const body = await answer.json();
    return json({ ...body, receipts: body.receipts.slice(1) });
  };
  expect(await sync()).toMatchObject({ kind: "synced", accepted: 1 });
  expect((await readInspection(db, first))?.delivery.kind).toBe("sending");
  expect((await readInspection(db, second))?.delivery.kind).toBe("arrived");
});

test("a photo that a restored server lost is sent again", async () => {
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  const photo = await newPhoto();
  await keepPhoto(db, clock, record, "P1-01", photo);
  await finishInspection(db, clock, record);
  await sync();
  restore(server, "epoch-2");
  server.photos.clear();
  expect(await sync()).toMatchObject({ kind: "synced", photosArrived: 1 });
  expect(server.photos.has(photo.sha256)).toBe(true);
});

test("work of an earlier user of the phone goes out under that user's own token", async () => {
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  await keepPhoto(db, clock, record, "P1-01", await newPhoto());
  await finishInspection(db, clock, record);
  await enrolled(db, clock, { id: DEVICE_B, user: "李强" });
  const tokens = new Map<string, string | null>();
  server.before = ({ method, path, headers }) => {
    if (path.endsWith("/uploads")) tokens.set(`${method} photo`, headers.get("Authorization"));
    return null;
  };
  await sync();
  expect(server.pushes.map((edits) => edits.map(({ stamp }) => stamp.slice(-16)))).toEqual([
    [],
    [DEVICE_A],
  ]);
  expect([...tokens]).toEqual([["POST photo", `Bearer token-of-${DEVICE_A}`]]);
  expect(await countOutbox(db)).toMatchObject({ sealed: 0, arrived: 0 });
});
