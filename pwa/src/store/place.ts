// Where the user was and how they like it: read at a cold start so that the app reopens on the same item.
import type { Json } from "../core/canonical.ts";
import type { Store } from "./db.ts";

/** The last position on screen. Screens give their own names; `item` is the checklist item in view. */
export type Place = { screen: string; record?: string; item?: string };

export async function readPlace(db: Store): Promise<Place | null> {
  const value = await readSetting(db, "place");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { screen, record, item } = value;
  if (typeof screen !== "string") return null;
  return {
    screen,
    ...(typeof record === "string" ? { record } : {}),
    ...(typeof item === "string" ? { item } : {}),
  };
}

export function savePlace(db: Store, place: Place): Promise<void> {
  return saveSetting(db, "place", { ...place });
}

export function readSetting(db: Store, name: string): Promise<Json | undefined> {
  return db.read(["ui"], (tx) => tx.objectStore("ui").get(name));
}

export function saveSetting(db: Store, name: string, value: Json): Promise<void> {
  return db.write(["ui"], async (tx) => {
    await tx.objectStore("ui").put(value, name);
  });
}
