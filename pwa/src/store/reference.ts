// The company's lists as last pulled (vehicles, crew, routes, stations, checklists) and how to find in them.
import type { Checklist } from "../core/checklist.ts";
import { nameKey, plateKey } from "../core/plate.ts";
import type { AnyTx, Store } from "./db.ts";
import { currentDevice } from "./device.ts";
import type { Fields, ReferenceRow } from "./schema.ts";
import { INSPECTION, plainFields } from "./state.ts";

export interface Vehicle {
  id: string;
  plate: string;
  fleetNumber: string;
  kind: string;
  regime: string;
  station: string | null;
  route: string | null;
}

export type Duty = "driver" | "conductor";

export interface CrewMember {
  id: string;
  staffNumber: string;
  name: string;
  duty: Duty;
  station: string | null;
}

export interface Route {
  id: string;
  code: string;
  name: string;
  station: string | null;
}

export interface Station {
  id: string;
  name: string;
  nameEn: string;
}

export interface SuggestedCrew {
  driver: CrewMember | null;
  conductor: CrewMember | null;
  route: string | null;
}

/** Vehicles whose plate or fleet number holds the text; the ones inspected last come first. */
export function searchVehicles(db: Store, text: string): Promise<Vehicle[]> {
  return db.read(["reference", "records", "devices"], async (tx) => {
    const vehicles = (await listKind(tx, "vehicle")).map(toVehicle);
    const recent = await recentDuties(tx);
    const rank = new Map<string, number>();
    for (const { vehicle } of recent) if (!rank.has(vehicle)) rank.set(vehicle, rank.size);
    const wanted = plateKey(text);
    const fleetWanted = text.trim().toUpperCase();
    const order = (vehicle: Vehicle) => rank.get(vehicle.id) ?? Number.MAX_SAFE_INTEGER;
    return vehicles
      .filter(
        ({ plate, fleetNumber }) =>
          holds(plateKey(plate), wanted) || holds(fleetNumber.toUpperCase(), fleetWanted),
      )
      .sort(
        (a, b) =>
          order(a) - order(b) ||
          compareText(a.fleetNumber, b.fleetNumber) ||
          compareText(a.plate, b.plate),
      );
  });
}

/** Crew of a duty by staff number or part of a name, in the order of their numbers. */
export function searchCrew(db: Store, duty: Duty, text: string): Promise<CrewMember[]> {
  return db.read(["reference"], async (tx) => {
    const wanted = nameKey(text);
    return (await listKind(tx, "crew"))
      .map(toCrewMember)
      .filter((member) => member.duty === duty)
      .filter(
        ({ name, staffNumber }) =>
          holds(nameKey(name), wanted) || holds(nameKey(staffNumber), wanted),
      )
      .sort((a, b) => compareText(a.staffNumber, b.staffNumber));
  });
}

/** Who was on this vehicle at its last inspection known here: a suggestion, to be confirmed by a tap. */
export function suggestCrew(db: Store, vehicle: string): Promise<SuggestedCrew> {
  return db.read(["reference", "records", "devices"], async (tx) => {
    const last = (await recentDuties(tx)).find((duty) => duty.vehicle === vehicle);
    return {
      driver: await crewIn(tx, last?.driver),
      conductor: await crewIn(tx, last?.conductor),
      route: last?.route ?? null,
    };
  });
}

export function readVehicle(db: Store, id: string): Promise<Vehicle | null> {
  return readOne(db, "vehicle", id, toVehicle);
}

export function readCrewMember(db: Store, id: string): Promise<CrewMember | null> {
  return readOne(db, "crew", id, toCrewMember);
}

export async function listRoutes(db: Store): Promise<Route[]> {
  const rows = await db.read(["reference"], (tx) => listKind(tx, "route"));
  return rows.map(toRoute).sort((a, b) => compareText(a.code, b.code));
}

export async function listStations(db: Store): Promise<Station[]> {
  const rows = await db.read(["reference"], (tx) => listKind(tx, "station"));
  return rows.map(toStation).sort((a, b) => compareText(a.name, b.name));
}

/** The checklist a record was, or will be, filled in with; every version ever pulled is kept. */
export function readChecklist(db: Store, id: string): Promise<Checklist | null> {
  return readOne(
    db,
    "checklist",
    id,
    (row) => plainFields(row.fields).body as unknown as Checklist,
  );
}

/** Ids of the checklist versions on this phone, newest last. */
export async function listChecklists(db: Store): Promise<string[]> {
  const rows = await db.read(["reference"], (tx) => listKind(tx, "checklist"));
  return rows.map(({ record }) => record).sort(compareText);
}

interface DutyRow {
  vehicle: string;
  driver: string | null;
  conductor: string | null;
  route: string | null;
}

async function recentDuties(tx: AnyTx): Promise<DutyRow[]> {
  const owner = (await currentDevice(tx))?.owner;
  const rows = await tx.objectStore("records").getAll();
  return rows
    .filter((row) => row.kind === INSPECTION && row.owner === owner && row.state.vehicle?.value)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .map((row) => plainFields(row.state))
    .map((fields) => ({
      vehicle: textIn(fields, "vehicle"),
      driver: textOrNull(fields, "driver"),
      conductor: textOrNull(fields, "conductor"),
      route: textOrNull(fields, "route"),
    }));
}

async function crewIn(tx: AnyTx, id: string | null | undefined): Promise<CrewMember | null> {
  if (!id) return null;
  const row = await tx.objectStore("reference").get(["crew", id]);
  return row && !isRetired(row) ? toCrewMember(row) : null;
}

async function readOne<T>(
  db: Store,
  kind: string,
  id: string,
  shape: (row: ReferenceRow) => T,
): Promise<T | null> {
  const row = await db.read(["reference"], (tx) => tx.objectStore("reference").get([kind, id]));
  return row ? shape(row) : null;
}

async function listKind(tx: AnyTx, kind: string): Promise<ReferenceRow[]> {
  const rows = await tx.objectStore("reference").getAll(IDBKeyRange.bound([kind], [kind, []]));
  return rows.filter((row) => !isRetired(row));
}

function isRetired(row: ReferenceRow): boolean {
  return row.fields.retired?.value === true;
}

function toVehicle(row: ReferenceRow): Vehicle {
  const fields = plainFields(row.fields);
  return {
    id: row.record,
    plate: textIn(fields, "plate"),
    fleetNumber: textIn(fields, "fleet_number"),
    kind: textIn(fields, "kind"),
    regime: textIn(fields, "regime"),
    station: textOrNull(fields, "station"),
    route: textOrNull(fields, "route"),
  };
}

function toCrewMember(row: ReferenceRow): CrewMember {
  const fields = plainFields(row.fields);
  return {
    id: row.record,
    staffNumber: textIn(fields, "staff_number"),
    name: textIn(fields, "name"),
    duty: fields.duty === "conductor" ? "conductor" : "driver",
    station: textOrNull(fields, "station"),
  };
}

function toRoute(row: ReferenceRow): Route {
  const fields = plainFields(row.fields);
  return {
    id: row.record,
    code: textIn(fields, "code"),
    name: textIn(fields, "name"),
    station: textOrNull(fields, "station"),
  };
}

function toStation(row: ReferenceRow): Station {
  const fields = plainFields(row.fields);
  return { id: row.record, name: textIn(fields, "name"), nameEn: textIn(fields, "name_en") };
}

function textIn(fields: Fields, name: string): string {
  return textOrNull(fields, name) ?? "";
}

function textOrNull(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === "string" ? value : null;
}

function holds(text: string, part: string): boolean {
  return text.includes(part);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
