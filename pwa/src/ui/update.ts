// The service worker: registered once, and a new version of it waits until the user says so.
import { signal } from "@preact/signals";
import type { AppUpdate } from "./phone.ts";

const HALF_A_DAY_MS = 12 * 3_600_000;

export function watchUpdates(container: ServiceWorkerContainer, reload: () => void): AppUpdate {
  const isWaiting = signal(false);
  let held: ServiceWorkerRegistration | null = null;
  let isAgreed = false;

  const look = (registration: ServiceWorkerRegistration) => {
    // The first worker of all has no older one to replace: that is no update.
    if (registration.waiting && registration.active) isWaiting.value = true;
  };
  container.addEventListener("controllerchange", () => {
    if (isAgreed) reload();
  });
  const register = async () => {
    const registration = await container.register("/app/sw.js", { scope: "/app/" });
    held = registration;
    look(registration);
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => look(registration));
    });
    setInterval(() => void registration.update().catch(() => undefined), HALF_A_DAY_MS);
  };
  // Without a network the worker that is there goes on; the next start tries again.
  register().catch(() => undefined);

  return {
    isWaiting,
    apply: () => {
      isAgreed = true;
      held?.waiting?.postMessage({ type: "update-now" });
    },
  };
}
