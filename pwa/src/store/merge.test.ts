// Pulled states, receipts and own unsent edits meet in one state, in whatever order they come.
import "fake-indexeddb/auto";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { Json } from "../core/canonical.ts";
import type { RecordState } from "../core/merge.ts";
import { openStore, type Store } from "./db.ts";
import { readDevice } from "./device.ts";
import { saveFields } from "./edits.ts";
import { newUuid } from "./ids.ts";
import { nextBatch } from "./outbox.ts";
import { applyAnswer } from "./receipts.ts";
import { readInspection } from "./records.ts";
import {
  allEdits,
  DEVICE_A,
  enrolled,
  freshName,
  type HandClock,
  handClock,
  START_MS,
} from "./testing.ts";
import type { PulledRecord, Receipt, SyncAnswer } from "./wire.ts";

const KIND = "inspection";
const OFFICE = "0ff1ce0000000000";
const LIMIT = { edits: 50, bytes: 262_144 };

let clock: HandClock;
let db: Store;
let record: string;

beforeEach(start);

async function start(): Promise<void> {
  clock = handClock();
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
  record = newUuid();
}

function answerOf(receipts: Receipt[], records: PulledRecord[] = []): SyncAnswer {
  return {
    epoch: "epoch-1",
    serverMs: clock(),
    receipts,
    records,
    cursor: "c1",
    hasMore: false,
    missingSerials: [],
    awaitedPhotos: [],
    head: null,
  };
}

function officeStamp(ms: number): string {
  return `${String(ms).padStart(13, "0")}-0000-${OFFICE}`;
}

function pulled(fields: Record<string, Json>, ms: number): PulledRecord {
  const states = Object.entries(fields).map(([name, value]) => [
    name,
    { value, stamp: officeStamp(ms) },
  ]);
  return { kind: KIND, record, fields: Object.fromEntries(states) as RecordState };
}

async function send(state: Receipt["state"], orderedAs: string | null = null): Promise<void> {
  const { edits } = await nextBatch(db, DEVICE_A, 0, LIMIT);
  const problem = state === "refused" ? { code: "field_value" } : null;
  await applyAnswer(
    db,
    DEVICE_A,
    answerOf(edits.map(({ stamp }) => ({ stamp, state, orderedAs, problem }))),
    clock(),
  );
}

async function fields(): Promise<Record<string, Json> | undefined> {
  return (await readInspection(db, record))?.fields;
}

test("an older pulled value does not undo a tap, a newer one does", async () => {
  await saveFields(db, clock, KIND, record, { route: "mine", station: "mine" });
  await applyAnswer(
    db,
    DEVICE_A,
    answerOf([], [pulled({ route: "older" }, START_MS - 1000)]),
    clock(),
  );
  expect(await fields()).toMatchObject({ route: "mine", station: "mine" });
  await applyAnswer(
    db,
    DEVICE_A,
    answerOf([], [pulled({ route: "newer" }, START_MS + 1000)]),
    clock(),
  );
  expect(await fields()).toMatchObject({ route: "newer", station: "mine" });
});

test("a tap after a pull wins even on a phone whose clock is years behind", async () => {
  await applyAnswer(db, DEVICE_A, answerOf([], [pulled({ route: "office" }, START_MS)]), clock());
  clock.set(START_MS - 15 * 365 * 86_400_000);
  await saveFields(db, clock, KIND, record, { route: "mine" });
  expect(await fields()).toMatchObject({ route: "mine" });
});

test("a stamp ahead of the server counts as ordered by the receipt, so later writers win", async () => {
  clock.set(START_MS + 10 * 365 * 86_400_000);
  await saveFields(db, clock, KIND, record, { route: "mine", state: "finished" });
  const correction = pulled({ route: "corrected" }, START_MS + 60_000);
  await applyAnswer(db, DEVICE_A, answerOf([], [correction]), clock());
  expect(await fields()).toMatchObject({ route: "mine" });
  await send("accepted", officeStamp(START_MS).replace(OFFICE, DEVICE_A));
  expect(await fields()).toMatchObject({ route: "corrected", state: "finished" });
});

test("a late edit is kept and does not change the confirmed record", async () => {
  await saveFields(db, clock, KIND, record, { route: "mine", state: "finished" });
  await applyAnswer(
    db,
    DEVICE_A,
    answerOf([], [pulled({ route: "confirmed", state: "finished" }, START_MS - 1)]),
    clock(),
  );
  await send("late");
  expect(await fields()).toMatchObject({ route: "confirmed" });
  expect((await readInspection(db, record))?.delivery).toMatchObject({
    kind: "arrived",
    isLate: true,
  });
  expect((await allEdits(db))[0]).toMatchObject({ state: "late", fields: { route: "mine" } });
});

test("a receipt for a name that was never sent changes nothing", async () => {
  await saveFields(db, clock, KIND, record, { route: "mine", state: "finished" });
  const stamp = (await readDevice(db))?.lastStamp ?? "";
  await applyAnswer(
    db,
    DEVICE_A,
    answerOf([{ stamp, state: "accepted", orderedAs: null, problem: null }]),
    clock(),
  );
  expect((await allEdits(db))[0]?.state).toBe("open");
});

test("a record that leaves the scope stays while it holds unsent work", async () => {
  await saveFields(db, clock, KIND, record, { route: "mine", state: "finished" });
  await applyAnswer(db, DEVICE_A, answerOf([], [{ kind: KIND, record, gone: true }]), clock());
  expect(await fields()).toMatchObject({ route: "mine" });
});

test("after a restore what the server forgot does not live on under the new epoch", async () => {
  await applyAnswer(
    db,
    DEVICE_A,
    answerOf([], [pulled({ review: "confirmed", route: "r1" }, START_MS)]),
    clock(),
  );
  const restored = { ...answerOf([], [pulled({ route: "r1" }, START_MS)]), epoch: "epoch-2" };
  await applyAnswer(db, DEVICE_A, restored, clock());
  expect(await fields()).toEqual({ route: "r1" });
  expect((await readDevice(db))?.cursor).toBeNull();
});

type Step = { do: "tap" | "pull" | "send"; name: string; value: string; ms: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    do: fc.constantFrom("tap" as const, "pull" as const, "send" as const),
    name: fc.constantFrom("route", "station"),
    value: fc.constantFrom("a", "b", "c"),
    ms: fc.integer({ min: -5000, max: 5000 }),
  }),
  { maxLength: 12 },
);

test("whatever the order of taps, pulls and receipts, the greatest stamp of each field is shown", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      await start();
      await saveFields(db, clock, KIND, record, { state: "finished" });
      for (const step of history) await take(step);
      const shown = (await readInspection(db, record))?.state ?? {};
      for (const name of ["route", "station"])
        expect(shown[name]).toEqual(await greatest(name, history));
    }),
    { numRuns: 60 },
  );
});

async function take(step: Step): Promise<void> {
  if (step.do === "tap") await saveFields(db, clock, KIND, record, { [step.name]: step.value });
  if (step.do === "pull") {
    await applyAnswer(
      db,
      DEVICE_A,
      answerOf([], [pulled({ [step.name]: step.value }, START_MS + step.ms)]),
      clock(),
    );
  }
  if (step.do === "send") await send("accepted");
  clock.move(step.ms);
}

// From the edits and pulls alone, without the merge that is tried here.
async function greatest(name: string, history: Step[]): Promise<unknown> {
  const own = (await allEdits(db)).filter((edit) => name in edit.fields);
  const offers = [
    ...own.map((edit) => ({ stamp: edit.stamp, value: edit.fields[name] as string })),
    ...history
      .filter((step) => step.do === "pull" && step.name === name)
      .map((step) => ({ stamp: officeStamp(START_MS + step.ms), value: step.value })),
  ];
  const order = (offer: { stamp: string; value: string }) => `${offer.stamp} ${offer.value}`;
  offers.sort((a, b) => (order(a) < order(b) ? 1 : -1));
  return offers[0] && { value: offers[0].value, stamp: offers[0].stamp };
}
