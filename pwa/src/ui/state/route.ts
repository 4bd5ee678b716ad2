// Which screen is shown, kept in the address after "#" so that the phone's Back works.
import { type Signal, signal } from "@preact/signals";

export const PICKS = ["vehicle", "driver", "conductor", "route", "station"] as const;
export type Pick = (typeof PICKS)[number];

export type Route =
  | { screen: "today" }
  | { screen: "start" }
  | { screen: "setup"; record: string; pick?: Pick }
  | { screen: "choose"; record: string }
  /** `item` opens its sheet; `at` only shows it, and is not in the address. */
  | { screen: "check"; record: string; point?: string; item?: string; at?: string }
  | { screen: "finish"; record: string }
  | { screen: "delivery" }
  | { screen: "mine" }
  | { screen: "enrol"; code: string };

export interface Navigator {
  route: Signal<Route>;
  go(route: Route): void;
  /** Shows another screen in place of this one: Back skips it. */
  swap(route: Route): void;
  back(parent: Route): void;
}

const TODAY: Route = { screen: "today" };

export function parseRoute(hash: string): Route {
  if (hash.startsWith("#enrol=")) return { screen: "enrol", code: decode(hash.slice(7)) };
  const [screen, record, third, fourth] = hash.replace(/^#\/?/, "").split("/").map(decode);
  if (screen === "start" || screen === "delivery" || screen === "mine") return { screen };
  if (screen === "enrol") return { screen, code: record ?? "" };
  if (!record) return TODAY;
  if (screen === "choose" || screen === "finish") return { screen, record };
  if (screen === "setup") return parseSetup(record, third);
  if (screen === "check") {
    return {
      screen,
      record,
      ...(third ? { point: third } : {}),
      ...(fourth ? { item: fourth } : {}),
    };
  }
  return TODAY;
}

export function formatRoute(route: Route): string {
  return `#/${partsOf(route).map(encodeURIComponent).join("/")}`;
}

function partsOf(route: Route): string[] {
  switch (route.screen) {
    case "enrol":
      return ["enrol", route.code];
    case "setup":
      return ["setup", route.record, ...(route.pick ? [route.pick] : [])];
    case "check":
      return [
        "check",
        route.record,
        ...(route.point ? [route.point] : []),
        ...(route.item ? [route.item] : []),
      ];
    case "choose":
    case "finish":
      return [route.screen, route.record];
    default:
      return [route.screen];
  }
}

function parseSetup(record: string, name: string | undefined): Route {
  const pick = PICKS.find((one) => one === name);
  return { screen: "setup", record, ...(pick ? { pick } : {}) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken address shows what it can.
    return text;
  }
}

export function createNavigator(view: Window): Navigator {
  const route = signal<Route>(parseRoute(view.location.hash));
  const depth = () => Number((view.history.state as { depth?: number } | null)?.depth ?? 0);
  view.addEventListener("popstate", () => {
    route.value = parseRoute(view.location.hash);
  });
  const swap = (next: Route) => {
    view.history.replaceState({ depth: depth() }, "", formatRoute(next));
    route.value = next;
  };
  return {
    route,
    swap,
    go: (next) => {
      if (formatRoute(next) === formatRoute(route.value)) return;
      view.history.pushState({ depth: depth() + 1 }, "", formatRoute(next));
      route.value = next;
    },
    back: (parent) => {
      if (depth() > 0) view.history.back();
      else swap(parent);
    },
  };
}
