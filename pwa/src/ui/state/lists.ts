// The company's lists in memory, so that every screen can say a name for an id.
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Checklist } from "../../core/checklist.ts";
import type { Store } from "../../store/db.ts";
import {
  type Route as BusRoute,
  type CrewMember,
  listChecklists,
  listRoutes,
  listStations,
  readChecklist,
  type Station,
  searchCrew,
  searchVehicles,
  type Vehicle,
} from "../../store/reference.ts";

import type { DeviceRow } from "../../store/schema.ts";

export type { BusRoute, CrewMember, Station, Vehicle };

export interface Lists {
  vehicles: ReadonlyMap<string, Vehicle>;
  crew: ReadonlyMap<string, CrewMember>;
  routes: ReadonlyMap<string, BusRoute>;
  stations: ReadonlyMap<string, Station>;
  checklists: ReadonlyMap<string, Checklist>;
}

export interface ListsState {
  lists: ReadonlySignal<Lists>;
  /** The newest version: new inspections are filled in with it. */
  newestChecklist: ReadonlySignal<string | null>;
  load(): Promise<void>;
}

/** Whether the server has answered since this phone was enrolled: what is not here, it has not. */
export function hasPulled(device: DeviceRow | null): boolean {
  return device?.cursor != null;
}

const EMPTY: Lists = {
  vehicles: new Map(),
  crew: new Map(),
  routes: new Map(),
  stations: new Map(),
  checklists: new Map(),
};

export function createLists(db: Store): ListsState {
  const lists = signal<Lists>(EMPTY);
  const newestChecklist = computed(() => [...lists.value.checklists.keys()].pop() ?? null);
  const load = async () => {
    lists.value = await readLists(db);
  };
  return { lists, newestChecklist, load };
}

async function readLists(db: Store): Promise<Lists> {
  const [vehicles, drivers, conductors, routes, stations, versions] = await Promise.all([
    searchVehicles(db, ""),
    searchCrew(db, "driver", ""),
    searchCrew(db, "conductor", ""),
    listRoutes(db),
    listStations(db),
    listChecklists(db),
  ]);
  const checklists = new Map<string, Checklist>();
  for (const id of versions) {
    const checklist = await readChecklist(db, id);
    if (checklist) checklists.set(id, checklist);
  }
  return {
    vehicles: byId(vehicles),
    crew: byId([...drivers, ...conductors]),
    routes: byId(routes),
    stations: byId(stations),
    checklists,
  };
}

function byId<T extends { id: string }>(rows: T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}
