// A code becomes a device once; a refused code or a dead line leaves the phone as it was.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../store/db.ts";
import { readDevice } from "../store/device.ts";
import { freshName, type HandClock, handClock } from "../store/testing.ts";
import { enrolDevice, parseEnrolCode } from "./enrol.ts";
import { compareProof } from "./proof.ts";
import { type FakeServer, fakeServer, json } from "./testing.ts";

let clock: HandClock;
let server: FakeServer;
let db: Store;

beforeEach(async () => {
  clock = handClock();
  server = fakeServer(clock);
  db = await openStore({ name: freshName() });
});

test.each([
  ["https://bus.example/app/#enrol=AB-12%2Dz", "AB-12-z"],
  ["https://bus.example/app/", null],
  ["/app/#enrol=abcd&x=1", "abcd"],
  ["  abcd-efgh ", "abcd-efgh"],
  ["two words", null],
  ["", null],
  ["#enrol=%", null],
])("the code in %j is %j", (text, code) => {
  expect(parseEnrolCode(text)).toBe(code);
});

test("enrolling keeps who the phone is and how far its clock is off", async () => {
  server.nowMs = clock() + 3_600_000;
  const result = await enrolDevice(db, server.net, "good-code", "红米 9A");
  expect(result).toMatchObject({
    kind: "enrolled",
    device: { id: "00000000000000aa", user: "周敏" },
  });
  expect(await readDevice(db)).toMatchObject({
    serverAheadMs: 3_600_000,
    lastSerial: 0,
    regime: "city_bus",
    epoch: "epoch-1",
  });
});

test("a code that the server refuses changes nothing and says why", async () => {
  const result = await enrolDevice(db, server.net, "used-code", "phone");
  expect(result).toMatchObject({ kind: "refused", problem: { code: "code_unknown" } });
  expect(await readDevice(db)).toBeNull();
});

test.each([
  [
    "a page of somebody else",
    () => new Response("<html>", { headers: { "Content-Type": "text/html" } }),
  ],
  ["JSON of somebody else", () => json({ device: "../../x", token: "t", epoch: "e" })],
])("%s enrols nothing", async (_, answer) => {
  server.before = answer;
  expect(await enrolDevice(db, server.net, "good-code", "phone")).toEqual({
    kind: "offline",
    why: "portal",
  });
  expect(await readDevice(db)).toBeNull();
});

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("the proof is the same set on both sides, or it says what each side has", async () => {
  expect(await compareProof(db, server.net)).toEqual({ kind: "not_enrolled" });
  await enrolDevice(db, server.net, "good-code", "phone");
  const proof = { edits: 0, edits_digest: EMPTY, photos: 0, photos_digest: EMPTY };
  server.before = () => json(proof);
  expect(await compareProof(db, server.net)).toEqual({ kind: "proved", edits: 0, photos: 0 });
  server.before = () => json({ ...proof, edits: 1, edits_digest: "f".repeat(64) });
  expect(await compareProof(db, server.net)).toMatchObject({
    kind: "differs",
    there: { edits: 1 },
    here: { edits: 0 },
  });
});
