// The service worker: starts the app without a network. It holds the shell and nothing else.
import "./older.ts";
import {
  cleanupOutdatedCaches,
  matchPrecache,
  type PrecacheEntry,
  precache,
} from "workbox-precaching";
import { chooseRung } from "./ladder.ts";

declare const self: ServiceWorkerGlobalScope & { __MINGCHA_PRECACHE__: PrecacheEntry[] };

const SHELL = "/app/index.html";

// All or nothing: when one file cannot be fetched the install fails and the old worker stays.
precache(self.__MINGCHA_PRECACHE__);
cleanupOutdatedCaches();

self.addEventListener("fetch", (event) => {
  const rung = chooseRung(event.request, self.location.origin);
  if (rung.kind === "pass") return;
  event.respondWith(fromPrecache(rung.kind === "shell" ? SHELL : event.request, event.request));
});

// A new version waits until the user agrees: nobody's form is reloaded from under their thumb.
self.addEventListener("message", (event) => {
  if (event.data?.type === "update-now") event.waitUntil(self.skipWaiting());
});

async function fromPrecache(wanted: string | Request, asked: Request): Promise<Response> {
  return (await matchPrecache(wanted)) ?? fetch(asked);
}
