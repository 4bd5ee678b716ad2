// What the fields of a record say on the phone is what the server reads in them.
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Answer, judge } from "../../core/answer.ts";
import type { Checklist } from "../../core/checklist.ts";
import { scoreInspection } from "../../core/score.ts";
import { enrolDevice } from "../../net/enrol.ts";
import { fakeServer } from "../../net/testing.ts";
import { openStore } from "../../store/db.ts";
import { readDevice } from "../../store/device.ts";
import type { DeviceRow } from "../../store/schema.ts";
import { freshName, handClock } from "../../store/testing.ts";
import type { Lists, Vehicle } from "./lists.ts";
import { regimeOf } from "./read.ts";

const ROAD: Vehicle = {
  id: "v-1",
  plate: "川B12341",
  fleetNumber: "001",
  kind: "coach",
  regime: "road_passenger",
  station: null,
  route: null,
};

const lists: Lists = {
  vehicles: new Map([[ROAD.id, ROAD]]),
  crew: new Map(),
  routes: new Map(),
  stations: new Map(),
  checklists: new Map(),
};

const file = (name: string) =>
  readFileSync(new URL(`../../../../sync/${name}`, import.meta.url), "utf8");
/** As the phone receives it: decimals are text. */
const checklist: Checklist = JSON.parse(
  file("checklists/nine-points-2026.1.json").replace(/: (-?\d+\.\d+)/g, ': "$1"'),
);
const overload = checklist.points.flatMap(({ items }) => items).find(({ id }) => id === "P3-05");

interface Case {
  item: string;
  answer: Answer;
  regime?: string;
  judged: { severity: string };
}

/** A phone that was enrolled with a city bus company. */
async function cityPhone(): Promise<DeviceRow | null> {
  const clock = handClock();
  const db = await openStore({ name: freshName() });
  await enrolDevice(db, fakeServer(clock).net, "good-code", "红米 9A");
  return readDevice(db);
}

test("a typed vehicle counts by the company's regime, as the server counts it", async () => {
  const regime = regimeOf({ vehicle: null, vehicle_typed: "豫Z99998" }, lists, await cityPhone());
  const answers: Record<string, Answer> = { "P3-05": { value: 110 } };
  // The vectors are what the server's own engine is held to.
  const { cases } = JSON.parse(file("vectors/judge.json")) as { cases: Case[] };
  const there = cases.find(
    (one) => one.item === "P3-05" && one.answer.value === 110 && one.regime === "city_bus",
  );
  if (!overload || !there) throw new Error("no case");
  expect(judge(overload, answers["P3-05"], regime).severity).toBe(there.judged.severity);
  const score = scoreInspection(checklist, "spot", answers, { regime });
  expect(score).toMatchObject({ fault_points: 20, suspected: [] });
});

test("a vehicle in the list counts by its own regime, whatever the company's", async () => {
  const city = await cityPhone();
  expect(regimeOf({ vehicle: "v-1" }, lists, city)).toBe("road_passenger");
  expect(regimeOf({ vehicle: "not pulled yet" }, lists, city)).toBe("city_bus");
});

test("a phone that was told no regime assumes none", async () => {
  const city = await cityPhone();
  if (!city) throw new Error("not enrolled");
  const { regime: _, ...older } = city;
  expect(regimeOf({ vehicle_typed: "豫Z99998" }, lists, older)).toBeNull();
});
