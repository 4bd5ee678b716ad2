// What the fields of a record say in words that screens can show: names, progress, results.
import { type Answer, judge } from "../../core/answer.ts";
import { type Checklist, type Item, itemsFor, type Point } from "../../core/checklist.ts";
import type { Outbox } from "../../store/records.ts";
import type { DeviceRow, Fields } from "../../store/schema.ts";
import type { Language, Say } from "../words/words.ts";
import type { Lists } from "./lists.ts";

export interface Section {
  point: Point;
  items: Item[];
}

export type PointState = "open" | "done" | "failed";

export interface SectionProgress extends Section {
  open: Item[];
  failed: Item[];
  state: PointState;
}

export function textIn(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : null;
}

export function checklistOf(fields: Fields, lists: Lists): Checklist | null {
  return lists.checklists.get(textIn(fields, "checklist") ?? "") ?? null;
}

/** The vehicle's regime, else the company's, as the server counts it. */
export function regimeOf(fields: Fields, lists: Lists, device: DeviceRow | null): string | null {
  const vehicle = lists.vehicles.get(textIn(fields, "vehicle") ?? "");
  return vehicle?.regime || device?.regime || null;
}

/** The points with the items to judge. `chosen` narrows a spot check; null is everything. */
export function sectionsOf(
  checklist: Checklist,
  mode: string,
  chosen: ReadonlySet<string> | null,
): Section[] {
  return itemsFor(checklist, mode)
    .map(({ point, items }) => ({
      point,
      items: chosen ? items.filter((item) => chosen.has(item.id)) : items,
    }))
    .filter(({ items }) => items.length > 0);
}

export function progressOf(
  section: Section,
  answers: Record<string, Answer>,
  regime: string | null,
): SectionProgress {
  const judged = section.items.map((item) => ({
    item,
    result: judge(item, answers[item.id], regime),
  }));
  const open = judged.filter(({ result }) => !result.answered).map(({ item }) => item);
  const failed = judged.filter(({ result }) => result.failed).map(({ item }) => item);
  return { ...section, open, failed, state: stateOf(open, failed) };
}

function stateOf(open: Item[], failed: Item[]): PointState {
  if (failed.length > 0) return "failed";
  return open.length > 0 ? "open" : "done";
}

export function vehicleName(fields: Fields, lists: Lists): string | null {
  return (
    lists.vehicles.get(textIn(fields, "vehicle") ?? "")?.plate ?? textIn(fields, "vehicle_typed")
  );
}

export function crewName(
  fields: Fields,
  lists: Lists,
  duty: "driver" | "conductor",
): string | null {
  return lists.crew.get(textIn(fields, duty) ?? "")?.name ?? textIn(fields, `${duty}_typed`);
}

export function routeName(fields: Fields, lists: Lists): string | null {
  const route = lists.routes.get(textIn(fields, "route") ?? "");
  return route ? `${route.code} ${route.name}` : null;
}

export function stationName(fields: Fields, lists: Lists, language: Language): string | null {
  const station = lists.stations.get(textIn(fields, "station") ?? "");
  if (!station) return null;
  return language === "en" && station.nameEn ? station.nameEn : station.name;
}

export function named(thing: { zh: string; en: string }, language: Language): string {
  return language === "en" ? thing.en : thing.zh;
}

/** 9085 basis points as "90.85". */
export function scoreText(bp: number): string {
  return `${Math.floor(bp / 100)}.${String(bp % 100).padStart(2, "0")}`;
}

/** How long something is, in one unit: "25 min", "2 h", "3 days". */
export function ageText(ms: number, say: Say): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 60) return say("time.minutes", { n: Math.max(minutes, 1) });
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? say("time.hours", { n: hours })
    : say("time.days", { n: Math.floor(hours / 24) });
}

const OVERDUE_MS = 24 * 3_600_000;

/** How many records wait, when the oldest of them has waited for more than a day; else 0. */
export function overdue(outbox: Outbox | null, nowMs: number): number {
  if (!outbox?.waitingSinceMs || nowMs - outbox.waitingSinceMs < OVERDUE_MS) return 0;
  return outbox.waiting + outbox.sending;
}

export function sizeText(bytes: number): string {
  const kilobytes = bytes / 1000;
  if (kilobytes < 1000) return `${Math.round(kilobytes)} kB`;
  const megabytes = kilobytes / 1000;
  return megabytes < 1000 ? `${megabytes.toFixed(1)} MB` : `${(megabytes / 1000).toFixed(1)} GB`;
}

/** Short date and time in the phone's own zone: "11-21 09:05". */
export function timeText(ms: number): string {
  const time = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
