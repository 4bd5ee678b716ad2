// Which requests the service worker answers: a ladder of early returns, each with its reason.

export interface Asked {
  method: string;
  mode: string;
  url: string;
}

export type Rung = { kind: "pass"; reason: string } | { kind: "shell" } | { kind: "asset" };

export function chooseRung(asked: Asked, origin: string): Rung {
  const url = new URL(asked.url);
  if (url.origin !== origin) return pass("not ours");
  if (asked.method !== "GET") return pass("writes go through the outbox, never through here");
  if (url.pathname.startsWith("/api/")) return pass("data lives in IndexedDB");
  if (!url.pathname.startsWith("/app/")) return pass("the office is used with a network");
  if (asked.mode === "navigate") return { kind: "shell" };
  return { kind: "asset" };
}

function pass(reason: string): Rung {
  return { kind: "pass", reason };
}
