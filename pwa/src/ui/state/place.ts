// Remembers the screen that was open, and opens it again after the app was closed or killed.
import { effect } from "@preact/signals";
import type { Store } from "../../store/db.ts";
import { type Place, readPlace, savePlace } from "../../store/place.ts";
import type { Desk } from "./desk.ts";
import type { Navigator, Route } from "./route.ts";

const ITEM = /^P\d+-/;

export function placeOf(route: Route): Place {
  if (!("record" in route)) return { screen: route.screen };
  const { screen, record } = route;
  if (screen !== "check") return { screen, record };
  const item = route.item ?? route.point;
  return { screen: route.item ? "fail" : screen, record, ...(item ? { item } : {}) };
}

export function routeOf({ screen, record, item }: Place): Route | null {
  if (!record) return null;
  if (screen === "setup" || screen === "choose" || screen === "finish") return { screen, record };
  if (screen !== "check" && screen !== "fail") return null;
  const point = item && ITEM.test(item) ? item.slice(0, item.indexOf("-")) : item;
  return {
    screen: "check",
    record,
    ...(point ? { point } : {}),
    ...(screen === "fail" && item ? { item } : {}),
    ...(item ? { at: item } : {}),
  };
}

/** Goes back to a draft that was open when the app went away, unless the address asks for something. */
export async function restorePlace(db: Store, desk: Desk, navigator: Navigator): Promise<void> {
  if (navigator.route.value.screen !== "today") return;
  const place = await readPlace(db);
  const route = place ? routeOf(place) : null;
  if (!route || !("record" in route)) return;
  const isDraft = desk.inspections.value.some(
    (one) => one.record === route.record && !one.isFinished,
  );
  if (isDraft) navigator.go(route);
}

export function rememberPlace(db: Store, navigator: Navigator): () => void {
  return effect(() => {
    const place = placeOf(navigator.route.value);
    // Where the app was is a comfort: a full phone must not stop the work for it.
    savePlace(db, place).catch(() => undefined);
  });
}
