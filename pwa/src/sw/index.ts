// The service worker: starts the app without a network. It holds the shell and nothing else.
import { chooseRung } from "./ladder.ts";
import { dropOlder, keepShell, readShell, type ShellFile } from "./shell.ts";

declare const self: ServiceWorkerGlobalScope & { __MINGCHA_SHELL__: readonly ShellFile[] };

const FILES = self.__MINGCHA_SHELL__;
const PAGE = "/app/index.html";

self.addEventListener("install", (event) => event.waitUntil(keepShell(FILES)));
self.addEventListener("activate", (event) => event.waitUntil(dropOlder(FILES)));

self.addEventListener("fetch", (event) => {
  const rung = chooseRung(event.request, self.location.origin);
  if (rung.kind === "pass") return;
  const path = rung.kind === "shell" ? PAGE : new URL(event.request.url).pathname;
  event.respondWith(fromShell(path, event.request));
});

// A new version waits until the user agrees: nobody's form is reloaded from under their thumb.
self.addEventListener("message", (event) => {
  if (event.data?.type === "update-now") event.waitUntil(self.skipWaiting());
});

async function fromShell(path: string, asked: Request): Promise<Response> {
  return (await readShell(FILES, path)) ?? fetch(asked);
}
