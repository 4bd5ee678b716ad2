// Sync runs by itself, one at a time, and leaves a failing server in peace.
import { beforeEach, expect, test } from "vitest";
import { type HandClock, handClock } from "../store/testing.ts";
import { Schedule, type ScheduleEvent } from "./schedule.ts";
import type { SyncResult } from "./sync.ts";

const SYNCED: SyncResult = {
  kind: "synced",
  accepted: 0,
  late: 0,
  refused: 0,
  pulled: 0,
  stuck: 0,
  photosArrived: 0,
  photosRefused: 0,
  photosMissing: 0,
};
const OFFLINE: SyncResult = { kind: "offline", why: "network" };

let clock: HandClock;
let network: EventTarget;
let page: EventTarget & { visibilityState: string };
let timer: { work: () => void; atMs: number } | null;
let events: ScheduleEvent[];
let result: SyncResult;
let release: (() => void) | null;
let isHeld: boolean;
let schedule: Schedule;

beforeEach(() => {
  clock = handClock();
  network = new EventTarget();
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  timer = null;
  events = [];
  result = SYNCED;
  release = null;
  isHeld = false;
  schedule = new Schedule(run, around(), (event) => events.push(event));
});

async function run(): Promise<SyncResult> {
  if (isHeld) await new Promise<void>((resolve) => (release = resolve));
  return result;
}

function around() {
  return {
    network,
    page,
    setTimeout: (work: () => void, ms: number) => {
      timer = { work, atMs: clock() + ms };
      return timer;
    },
    clearTimeout: () => {
      timer = null;
    },
    clock,
    random: () => 0.5,
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

async function ring(): Promise<number> {
  const waitedMs = (timer?.atMs ?? Number.NaN) - clock();
  clock.move(waitedMs);
  timer?.work();
  await settled();
  return waitedMs;
}

function triggers(): string[] {
  return events.filter((event) => event.kind === "running").map((event) => event.trigger);
}

test("runs at the start, each minute, when the network or the user returns, and by button", async () => {
  schedule.start();
  await settled();
  expect(await ring()).toBe(60_000);
  network.dispatchEvent(new Event("online"));
  await settled();
  page.dispatchEvent(new Event("visibilitychange"));
  await settled();
  schedule.poke("button");
  await settled();
  schedule.poke("saved");
  await settled();
  expect(triggers()).toEqual(["start", "minute", "online", "visible", "button", "saved"]);
});

test("going out of sight starts nothing", async () => {
  schedule.start();
  await settled();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  await settled();
  expect(triggers()).toEqual(["start"]);
});

test("pokes during a run make one more run, not many", async () => {
  isHeld = true;
  schedule.start();
  await settled();
  for (const trigger of ["saved", "visible", "button", "saved"] as const) schedule.poke(trigger);
  expect(triggers()).toEqual(["start"]);
  isHeld = false;
  release?.();
  await settled();
  expect(triggers()).toEqual(["start", "button"]);
});

test("failures are followed by longer and longer waits, up to five minutes, and success ends them", async () => {
  result = OFFLINE;
  schedule.start();
  await settled();
  const waits: number[] = [];
  for (let time = 0; time < 10; time++) waits.push(await ring());
  expect(waits.slice(0, 4)).toEqual([1500, 3000, 6000, 12000]);
  expect(Math.max(...waits)).toBe(225_000);
  result = SYNCED;
  await ring();
  expect((timer?.atMs ?? 0) - clock()).toBe(60_000);
});

test("while it waits a save starts nothing, but the button and the network do", async () => {
  result = OFFLINE;
  schedule.start();
  await settled();
  schedule.poke("saved");
  await settled();
  schedule.poke("button");
  await settled();
  network.dispatchEvent(new Event("online"));
  await settled();
  expect(triggers()).toEqual(["start", "button", "online"]);
});

test("a server that names a time is not asked before it", async () => {
  result = { kind: "failed", status: 503, code: "busy", retryAfterMs: 90_000 };
  schedule.start();
  await settled();
  expect(await ring()).toBeGreaterThanOrEqual(90_000);
});

test("a clock put back by years does not put syncing to sleep", async () => {
  result = OFFLINE;
  schedule.start();
  await settled();
  clock.move(-15 * 365 * 86_400_000);
  timer?.work();
  await settled();
  expect(triggers()).toEqual(["start", "minute"]);
});

test("after stop nothing runs any more", async () => {
  schedule.start();
  await settled();
  schedule.stop();
  network.dispatchEvent(new Event("online"));
  schedule.poke("button");
  await settled();
  expect(triggers()).toEqual(["start"]);
});

test("a clock put back by years does not keep what is saved from going at once", async () => {
  schedule.start();
  await settled();
  clock.move(-10 * 365 * 86_400_000);
  schedule.poke("saved");
  await settled();
  expect(events.filter(({ kind }) => kind === "running")).toHaveLength(2);
});
