// The canary outlives the database, lags behind it at worst, and gives nobody away.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { findLoss, keepLoss, type Perches, readLoss, readPerches, watchCanary } from "./canary.ts";
import { openStore, type Store } from "./db.ts";
import { newUuid } from "./ids.ts";
import { discardDraft, finishInspection, saveAnswer, startInspection } from "./inspections.ts";
import { answerAll, enrolled, freshName, type HandClock, handClock } from "./testing.ts";

let clock: HandClock;
let perches: Perches & { held: Map<string, string> };

beforeEach(() => {
  clock = handClock();
  const held = new Map<string, string>();
  const cookies = {
    get cookie() {
      return held.get("cookie") ?? "";
    },
    set cookie(text: string) {
      held.set("cookie", text.slice(0, text.indexOf(";")));
    },
  };
  const storage = {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => {
      held.set(name, value);
    },
  };
  perches = { held, cookies, isSecure: true, storage };
});

async function started(name = freshName()): Promise<Store> {
  const db = await openStore({ name });
  await watchCanary(db, perches, newUuid);
  return db;
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}

async function worked(db: Store): Promise<string> {
  await enrolled(db, clock);
  const record = await startInspection(db, clock, newUuid, { mode: "daily" });
  await saveAnswer(db, clock, record, "P1-01", { value: "pass" });
  await settled();
  return record;
}

test("a database that was cleared is missed at the next start, with what it had not sent", async () => {
  await worked(await started());
  const empty = await started();
  expect(await readLoss(empty)).toEqual({ unsent: 1, serial: 0 });
});

test("the loss is told until it was read, and the canary starts anew", async () => {
  const name = freshName();
  await worked(await started());
  await started(name);
  await settled();
  const again = await started(name);
  expect(await readLoss(again)).toEqual({ unsent: 1, serial: 0 });
  await keepLoss(again, null);
  expect(await readLoss(await started(name))).toBeNull();
});

test("what had arrived is not counted as unsent", async () => {
  const db = await started();
  const record = await worked(db);
  await finishInspection(db, clock, record);
  await answerAll(db, clock);
  await settled();
  expect(await readLoss(await started())).toEqual({ unsent: 0, serial: 1 });
});

test("a start with the same database, a killed page and a discarded draft are no loss", async () => {
  const name = freshName();
  const db = await started(name);
  const record = await worked(db);
  const behind = new Map(perches.held);
  await saveAnswer(db, clock, record, "P1-02", { value: "pass" });
  await settled();
  for (const [perch, text] of behind) perches.held.set(perch, text);
  expect(await readLoss(await started(name))).toBeNull();
  await discardDraft(db, record);
  await settled();
  expect(await readLoss(await started(name))).toBeNull();
});

test("a database that went back to an older state is missed, too", async () => {
  const db = await started();
  await worked(db);
  const [seen] = readPerches(perches);
  if (!seen) throw new Error("no canary");
  const older = { ...seen, newest: "1000000000000-0000", unsent: 0 };
  expect(findLoss([seen], older)).toEqual({ unsent: 1, serial: 0 });
  expect(findLoss([older], seen)).toBeNull();
});

test("an enrolled phone without work has lost no work", async () => {
  await enrolled(await started(), clock);
  await settled();
  expect(await readLoss(await started())).toBeNull();
});

test("either perch will do, and none at all stops nothing", async () => {
  await worked(await started());
  perches.held.delete("mingcha-mark");
  expect(await readLoss(await started())).toEqual({ unsent: 1, serial: 0 });
  perches.held.set("cookie", "mingcha-mark=nonsense");
  perches.storage = {
    getItem: () => {
      throw new DOMException("switched off", "SecurityError");
    },
    setItem: () => {
      throw new DOMException("switched off", "SecurityError");
    },
  };
  expect(await readLoss(await started())).toBeNull();
});

test("it holds a random mark, numbers and a time, and nothing about the user", async () => {
  const db = await started();
  await worked(db);
  for (const text of perches.held.values())
    expect(text.replace("mingcha-mark=", "")).toMatch(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/0\/1\/\d{13}-[0-9a-f]{4}$/,
    );
});
