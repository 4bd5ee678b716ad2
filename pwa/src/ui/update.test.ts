// A new version waits for the user's word, and reloads only after it.
import { expect, test } from "vitest";
import { watchUpdates } from "./update.ts";

class FakeWorker extends EventTarget {
  readonly heard: unknown[] = [];
  postMessage(message: unknown): void {
    this.heard.push(message);
  }
}

class FakeRegistration extends EventTarget {
  active: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
  installing: FakeWorker | null = null;
  update = () => Promise.resolve();

  /** A new worker is fetched, and installed while the old one is at work. */
  install(): FakeWorker {
    const worker = new FakeWorker();
    this.installing = worker;
    this.dispatchEvent(new Event("updatefound"));
    this.installing = null;
    this.waiting = worker;
    worker.dispatchEvent(new Event("statechange"));
    return worker;
  }
}

async function watched(registration: FakeRegistration | null) {
  const container = Object.assign(new EventTarget(), {
    register: () =>
      registration ? Promise.resolve(registration) : Promise.reject(new TypeError("offline")),
  });
  let reloads = 0;
  const update = watchUpdates(container as unknown as ServiceWorkerContainer, () => {
    reloads += 1;
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  const takeOver = () => container.dispatchEvent(new Event("controllerchange"));
  return { update, takeOver, reloads: () => reloads };
}

test("the first worker of all is no update", async () => {
  const registration = new FakeRegistration();
  const { update, takeOver, reloads } = await watched(registration);
  registration.install();
  takeOver();
  expect(update.isWaiting.value).toBe(false);
  expect(reloads()).toBe(0);
});

test("a newer worker is offered, and reloads when the user agreed and it took over", async () => {
  const registration = new FakeRegistration();
  registration.active = new FakeWorker();
  const { update, takeOver, reloads } = await watched(registration);
  const worker = registration.install();
  expect(update.isWaiting.value).toBe(true);
  expect(worker.heard).toEqual([]);
  update.apply();
  expect(worker.heard).toEqual([{ type: "update-now" }]);
  expect(reloads()).toBe(0);
  takeOver();
  expect(reloads()).toBe(1);
});

test("one that waited since the last visit is offered at once", async () => {
  const registration = new FakeRegistration();
  registration.active = new FakeWorker();
  registration.waiting = new FakeWorker();
  const { update } = await watched(registration);
  expect(update.isWaiting.value).toBe(true);
});

test("no network at the start leaves the app as it is", async () => {
  const { update } = await watched(null);
  expect(update.isWaiting.value).toBe(false);
});
