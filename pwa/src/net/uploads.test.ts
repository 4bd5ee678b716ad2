// A photo is resumed where it was cut, sent once, and called arrived only when the server proves it.
import "fake-indexeddb/auto";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../store/db.ts";
import { newUuid } from "../store/ids.ts";
import { finishInspection, startInspection } from "../store/inspections.ts";
import { keepPhoto, type PreparedPhoto } from "../store/photos.ts";
import { readInspection } from "../store/records.ts";
import { enrolled, freshName, type HandClock, handClock, newPhoto } from "../store/testing.ts";
import { type SyncResult, syncOnce } from "./sync.ts";
import { type Asked, append, type FakeServer, fakeServer, problem } from "./testing.ts";
import { type Pace, startPace } from "./uploads.ts";

const KIB = 1024;

let clock: HandClock;
let server: FakeServer;
let db: Store;
let pace: Pace;

beforeEach(start);

async function start(): Promise<void> {
  clock = handClock();
  server = fakeServer(clock);
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
  pace = startPace();
}

function sync(): Promise<SyncResult> {
  return syncOnce({ db, net: server.net, lock: async (work) => work(), pace });
}

async function withPhotos(...photos: PreparedPhoto[]): Promise<string> {
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  for (const photo of photos) await keepPhoto(db, clock, record, "P1-01", photo);
  await finishInspection(db, clock, record);
  return record;
}

async function deliveryOf(record: string) {
  return (await readInspection(db, record))?.delivery;
}

test("a small photo goes in one request and is proved by another", async () => {
  const photo = await newPhoto(50 * KIB);
  const record = await withPhotos(photo);
  const asked: string[] = [];
  server.before = ({ method, path }) => {
    asked.push(`${method} ${path.replace(/[0-9a-f]{64}/, "<sha256>")}`);
    return null;
  };
  expect(await sync()).toMatchObject({ kind: "synced", photosArrived: 1 });
  expect(asked).toEqual([
    "POST /api/v1/sync",
    "POST /api/v1/uploads",
    "HEAD /api/v1/photos/<sha256>",
  ]);
  expect(new Uint8Array(photo.bytes)).toEqual(server.photos.get(photo.sha256));
  expect(await deliveryOf(record)).toMatchObject({
    kind: "arrived",
    photos: { total: 1, arrived: 1 },
  });
});

test("a photo resumes at any byte where the line was cut, and no byte is sent twice", async () => {
  const sizeBytes = 300 * KIB;
  const photo = await newPhoto(sizeBytes);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: sizeBytes - 1 }), async (cut) => {
      await start();
      const record = await withPhotos(photo);
      let sentBytes = 0;
      server.before = (asked) => cutAt(asked, cut);
      expect(await sync()).toMatchObject({ kind: "offline" });
      server.before = (asked) => {
        if (asked.method === "PATCH") sentBytes += asked.body.length;
        return null;
      };
      expect(await sync()).toMatchObject({ photosArrived: 1 });
      expect(sentBytes).toBe(sizeBytes - cut);
      expect((await deliveryOf(record))?.kind).toBe("arrived");
    }),
    { numRuns: 25 },
  );
});

// The server has taken the bytes up to the cut when the line goes.
async function cutAt(asked: Asked, cut: number): Promise<null> {
  const from = Number(asked.headers.get("Upload-Offset"));
  const upload = server.uploads.get("up-1");
  if (asked.method !== "PATCH" || !upload || from + asked.body.length <= cut) return null;
  await append(server, upload, { body: asked.body.slice(0, cut - from) });
  throw new TypeError("line cut");
}

test("an upload that the server has forgotten is begun again", async () => {
  const record = await withPhotos(await newPhoto(600 * KIB));
  server.before = (asked) => {
    if (asked.method === "PATCH" && Number(asked.headers.get("Upload-Offset")) > 0)
      throw new TypeError("cut");
    return null;
  };
  await sync();
  server.uploads.clear();
  server.before = () => null;
  expect(await sync()).toMatchObject({ photosArrived: 1 });
  expect((await deliveryOf(record))?.kind).toBe("arrived");
});

test("the last byte is no proof: without it the photo stays held and is tried again", async () => {
  const record = await withPhotos(await newPhoto());
  server.before = ({ path }) =>
    path.startsWith("/api/v1/photos/") ? problem(404, "not_found") : null;
  expect(await sync()).toMatchObject({ kind: "failed", code: "photo_unproved" });
  expect(await deliveryOf(record)).toMatchObject({ kind: "sending", photos: { arrived: 0 } });
  server.before = () => null;
  expect(await sync()).toMatchObject({ photosArrived: 1 });
});

test("a portal that answers every question with 200 proves no photo", async () => {
  const record = await withPhotos(await newPhoto());
  server.before = ({ path }) =>
    path.startsWith("/api/v1/photos/")
      ? new Response(null, { headers: { "Content-Type": "text/html" } })
      : null;
  await sync();
  expect((await deliveryOf(record))?.photos.arrived).toBe(0);
});

test("a piece damaged on the way is sent again", async () => {
  await withPhotos(await newPhoto(300 * KIB));
  let damaged = false;
  server.before = (asked) => {
    if (asked.method !== "PATCH" || damaged) return null;
    damaged = true;
    return problem(460, "checksum_mismatch", { "Tus-Resumable": "1.0.0" });
  };
  expect(await sync()).toMatchObject({ photosArrived: 1 });
  expect(pace.chunkBytes).toBeLessThanOrEqual(256 * KIB);
});

test("a photo altered on the way is begun again at once, and refused when it is altered again", async () => {
  await withPhotos(await newPhoto(300 * KIB));
  let altered = 0;
  server.before = (asked) => {
    if (asked.method !== "PATCH" || altered === 1) return null;
    altered += 1;
    return problem(422, "photo_hash", { "Tus-Resumable": "1.0.0" });
  };
  expect(await sync()).toMatchObject({ photosArrived: 1 });
  expect(server.uploads.size).toBe(2);
  await start();
  const record = await withPhotos(await newPhoto(301 * KIB));
  server.before = ({ method }) => (method === "PATCH" ? problem(422, "photo_hash") : null);
  expect(await sync()).toMatchObject({ photosRefused: 1 });
  expect(await deliveryOf(record)).toMatchObject({ reason: { code: "photo_hash" } });
});

test("a photo that the server refuses shows why and does not hold up the others", async () => {
  const [bad, good] = [await newPhoto(2000), await newPhoto(3000)];
  const record = await withPhotos(bad, good);
  server.before = (asked) =>
    asked.method === "POST" && asked.headers.get("Upload-Length") === "2000"
      ? problem(422, "photo_unreadable")
      : null;
  expect(await sync()).toMatchObject({ kind: "synced", photosArrived: 1, photosRefused: 1 });
  expect(await deliveryOf(record)).toMatchObject({
    kind: "refused",
    reason: { code: "photo_unreadable" },
  });
});

test("on a line that fails the pieces become smaller, so that one of them gets through", async () => {
  await withPhotos(await newPhoto(400 * KIB));
  server.before = (asked) => {
    if (asked.body.length > 20 * KIB && asked.method === "PATCH") throw new TypeError("too slow");
    return null;
  };
  for (let run = 0; run < 60 && server.photos.size === 0; run++) await sync();
  expect(server.photos.size).toBe(1);
});

test("a photo of a draft stays, a photo in use by two records goes up once", async () => {
  const photo = await newPhoto();
  const draft = await startInspection(db, clock, newUuid, { mode: "daily" });
  await keepPhoto(db, clock, draft, "P1-01", await newPhoto());
  await withPhotos(photo);
  await withPhotos(photo);
  expect(await sync()).toMatchObject({ photosArrived: 1 });
  expect([...server.photos.keys()]).toEqual([photo.sha256]);
});

test("a gateway without its server is not asked once for every photo", async () => {
  await withPhotos(await newPhoto(), await newPhoto(), await newPhoto());
  let asked = 0;
  server.before = ({ path }) => {
    if (path.endsWith("/sync")) return null;
    asked += 1;
    return problem(502, "bad_gateway");
  };
  expect(await sync()).toMatchObject({ kind: "failed", status: 502 });
  expect(asked).toBe(1);
});
