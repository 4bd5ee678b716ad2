// Finding a vehicle by a part of its plate, and the crew that was on it.
import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import type { Json } from "../core/canonical.ts";
import { openStore, type Store } from "./db.ts";
import { newUuid } from "./ids.ts";
import { startInspection } from "./inspections.ts";
import { readPlace, savePlace } from "./place.ts";
import { applyAnswer } from "./receipts.ts";
import { listRoutes, readVehicle, searchCrew, searchVehicles, suggestCrew } from "./reference.ts";
import {
  DEVICE_A,
  enrolled,
  freshName,
  type HandClock,
  handClock,
  NOTHING_NEW,
} from "./testing.ts";
import type { PulledRecord } from "./wire.ts";

let clock: HandClock;
let db: Store;

const ROWS: [string, string, Record<string, Json>][] = [
  [
    "vehicle",
    "v1",
    {
      plate: "川A·D3021",
      fleet_number: "101",
      kind: "bus",
      regime: "urban",
      station: null,
      route: "r1",
    },
  ],
  [
    "vehicle",
    "v2",
    {
      plate: "川A·D3055",
      fleet_number: "102",
      kind: "bus",
      regime: "urban",
      station: null,
      route: "r1",
    },
  ],
  [
    "vehicle",
    "v3",
    {
      plate: "川A·O7711",
      fleet_number: "203",
      kind: "bus",
      regime: "rural",
      station: null,
      route: null,
    },
  ],
  ["crew", "c1", { staff_number: "1001", name: "王 芳", duty: "driver", station: null }],
  ["crew", "c2", { staff_number: "1002", name: "王建国", duty: "driver", station: null }],
  ["crew", "c3", { staff_number: "2001", name: "刘洋", duty: "conductor", station: null }],
  ["route", "r1", { code: "12", name: "东站—西站", station: null }],
];

beforeEach(async () => {
  clock = handClock();
  db = await openStore({ name: freshName() });
  await enrolled(db, clock);
  await pull(
    ROWS.map(([kind, record, fields]) => ({
      kind,
      record,
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, { value, stamp: "1" }]),
      ),
    })),
  );
});

async function pull(records: PulledRecord[]): Promise<void> {
  const answer = { epoch: "epoch-1", serverMs: clock(), receipts: [], records, ...NOTHING_NEW };
  await applyAnswer(db, DEVICE_A, answer, clock());
}

async function found(text: string): Promise<string[]> {
  return (await searchVehicles(db, text)).map(({ id }) => id);
}

test.each([
  ["", ["v1", "v2", "v3"]],
  ["d30", ["v1", "v2"]],
  ["3055", ["v2"]],
  ["川a d3021", ["v1"]],
  ["203", ["v3"]],
  ["京", []],
])("%j finds %j", async (text, ids) => {
  expect(await found(text)).toEqual(ids);
});

test("all that match are found, however many", async () => {
  const more = Array.from({ length: 143 }, (_, n) => ({
    kind: "vehicle",
    record: `w${n}`,
    fields: { plate: { value: `豫Q${n}`, stamp: "1" } },
  }));
  await pull(more);
  expect(await found("豫q")).toHaveLength(143);
});

test("vehicles inspected last come first", async () => {
  await startInspection(db, clock, newUuid, { vehicle: "v3" });
  clock.move(1000);
  await startInspection(db, clock, newUuid, { vehicle: "v2" });
  expect(await found("")).toEqual(["v2", "v3", "v1"]);
});

test("crew are found by part of a name or staff number, within their duty", async () => {
  const ids = async (text: string) => (await searchCrew(db, "driver", text)).map(({ id }) => id);
  expect(await ids("王")).toEqual(["c1", "c2"]);
  expect(await ids("王芳")).toEqual(["c1"]);
  expect(await ids("1002")).toEqual(["c2"]);
  expect(await ids("刘洋")).toEqual([]);
});

test("the crew of a vehicle's last duty is suggested, and nobody where there was none", async () => {
  await startInspection(db, clock, newUuid, {
    vehicle: "v1",
    driver: "c1",
    conductor: "c3",
    route: "r1",
  });
  clock.move(1000);
  await startInspection(db, clock, newUuid, { vehicle: "v1", driver: "c2", route: "r1" });
  expect(await suggestCrew(db, "v1")).toMatchObject({
    driver: { id: "c2" },
    conductor: null,
    route: "r1",
  });
  expect(await suggestCrew(db, "v2")).toEqual({ driver: null, conductor: null, route: null });
});

test("a row that leaves the list is found no more", async () => {
  await pull([{ kind: "vehicle", record: "v1", gone: true }]);
  expect(await found("3021")).toEqual([]);
  expect(await readVehicle(db, "v1")).toBeNull();
  expect((await listRoutes(db)).map(({ code }) => code)).toEqual(["12"]);
});

test("the place on screen is there again after a cold start", async () => {
  expect(await readPlace(db)).toBeNull();
  await savePlace(db, { screen: "check", record: "r", item: "P5-02" });
  expect(await readPlace(db)).toEqual({ screen: "check", record: "r", item: "P5-02" });
});
