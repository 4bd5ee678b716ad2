// Which items of a spot check the inspector chose: kept on the phone, part of no record.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Store } from "../../store/db.ts";
import { readSetting, saveSetting } from "../../store/place.ts";

export interface Choice {
  /** Null: nothing was chosen yet. */
  chosen: ReadonlySignal<ReadonlySet<string> | null>;
  load(): Promise<void>;
  save(items: ReadonlySet<string>): Promise<void>;
}

export function createChoice(db: Store, record: string): Choice {
  const chosen = signal<ReadonlySet<string> | null>(null);
  const name = `chosen/${record}`;
  const load = async () => {
    const kept = await readSetting(db, name);
    if (!Array.isArray(kept)) return;
    chosen.value = new Set(kept.filter((item): item is string => typeof item === "string"));
  };
  const save = async (items: ReadonlySet<string>) => {
    chosen.value = items;
    await saveSetting(db, name, [...items]);
  };
  return { chosen, load, save };
}
