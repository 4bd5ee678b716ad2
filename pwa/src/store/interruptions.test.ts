// Whatever call of the database fails, and however: nothing is called saved that is not on the disk.
import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { openStore, type Store } from "./db.ts";
import { NotSaved } from "./errors.ts";
import { newUuid } from "./ids.ts";
import { finishInspection, saveAnswer, startInspection } from "./inspections.ts";
import { keepPhoto } from "./photos.ts";
import { readInspection } from "./records.ts";
import { DB_VERSION } from "./schema.ts";
import { enrolled, freshName, type HandClock, handClock, newPhoto } from "./testing.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

interface Shown {
  record: string | null;
  answers: string[];
  photo: string | null;
  isFinished: boolean;
}

/** An inspection as the screen goes through it: what failed is left, and the next thing is done. */
async function inspect(db: Store, clock: HandClock): Promise<Shown> {
  const shown: Shown = { record: null, answers: [], photo: null, isFinished: false };
  const tried = async (save: () => Promise<void>) => {
    try {
      await save();
    } catch (error) {
      if (!(error instanceof NotSaved)) throw error;
    }
  };
  await tried(async () => {
    shown.record = await startInspection(db, clock, newUuid, { mode: "daily" });
  });
  const { record } = shown;
  if (record === null) return shown;
  for (const item of ["P1-01", "P1-02"])
    await tried(async () => {
      await saveAnswer(db, clock, record, item, { value: "pass" });
      shown.answers.push(item);
    });
  const photo = await newPhoto(50);
  await tried(async () => {
    await keepPhoto(db, clock, record, "P1-03", photo);
    shown.photo = photo.sha256;
  });
  await tried(async () => {
    await finishInspection(db, clock, record);
    shown.isFinished = true;
  });
  return shown;
}

async function expectAsShown(name: string, shown: Shown): Promise<void> {
  const db = await openStore({ name });
  if (shown.record === null) return;
  const found = await readInspection(db, shown.record);
  const answers = Object.entries(found?.answers ?? {});
  expect(answers.filter(([, { value }]) => value === "pass").map(([item]) => item)).toEqual(
    shown.answers,
  );
  expect(found?.answers["P1-03"]?.photos ?? []).toEqual(shown.photo ? [shown.photo] : []);
  expect(found?.isFinished).toBe(shown.isFinished);
  db.close();
}

type Call = "transaction" | "get" | "getAll" | "put";

/** Makes the Nth such call fail, and counts on. Resolves with how many there were. */
function failing(call: Call, nth: number, name: string): { calls: () => number } {
  const target = (call === "transaction"
    ? IDBDatabase.prototype
    : IDBObjectStore.prototype) as unknown as Record<string, (...given: unknown[]) => unknown>;
  const real = target[call] as (...given: unknown[]) => unknown;
  let calls = 0;
  vi.spyOn(target, call).mockImplementation(function (this: unknown, ...given: unknown[]) {
    calls += 1;
    if (calls === nth) throw new DOMException("injected", name);
    return real.apply(this, given);
  });
  return { calls: () => calls };
}

const CALLS: Call[] = ["transaction", "get", "getAll", "put"];
const NAMES = [
  "InvalidStateError",
  "UnknownError",
  "QuotaExceededError",
  "DataError",
  "AbortError",
];
const CASES = CALLS.flatMap((call) => NAMES.map((name) => [call, name] as const));

test.each(CASES)("%s that fails with %s, at every call of it in turn", async (call, name) => {
  for (let nth = 1; ; nth++) {
    const clock = handClock();
    const database = freshName();
    const db = await openStore({ name: database });
    await enrolled(db, clock);
    const injected = failing(call, nth, name);
    const shown = await inspect(db, clock);
    const calls = injected.calls();
    vi.restoreAllMocks();
    db.close();
    await expectAsShown(database, shown);
    if (calls < nth) break;
  }
});

test("a transaction that the browser aborts behind the page's back is not saved", async () => {
  const clock = handClock();
  const name = freshName();
  const db = await openStore({ name });
  await enrolled(db, clock);
  const real = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...given: Parameters<typeof real>
  ) {
    queueMicrotask(() => this.transaction.abort());
    return real.apply(this, given);
  });
  const started = startInspection(db, clock, newUuid, { mode: "daily" });
  await expect(started).rejects.toThrow(NotSaved);
});

test("an upgrade that dies half-way leaves the version and the rows that were there", async () => {
  const clock = handClock();
  const name = freshName();
  const db = await openStore({ name });
  await enrolled(db, clock);
  const shown = await inspect(db, clock);
  db.close();
  const half = indexedDB.open(name, DB_VERSION + 1);
  const error = await new Promise((resolve) => {
    half.onupgradeneeded = () => {
      half.result.deleteObjectStore("edits");
      half.transaction?.abort();
    };
    half.onerror = () => resolve(half.error?.name);
  });
  expect(error).toBe("AbortError");
  await expectAsShown(name, shown);
});
