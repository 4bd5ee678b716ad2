// Photos are made one at a time, and a dead worker costs no photo.
import { expect, test } from "vitest";
import type { Bench, Development } from "../photo/develop.ts";
import type { Asked } from "../photo/messages.ts";
import { openDarkroom, type PhotoWorker } from "./prepare.ts";

const developed: Development = {
  kind: "developed",
  photo: {
    bytes: new ArrayBuffer(3),
    thumb: new ArrayBuffer(1),
    digest: new Uint8Array([0xab, 0x01]).buffer,
    mediaType: "image/jpeg",
    width: 10,
    height: 20,
  },
};

const noBench: Bench = {
  decode: () => Promise.reject(new DOMException("no picture", "EncodingError")),
  sheet: () => {
    throw new DOMException("no canvas", "InvalidStateError");
  },
};

function fakeWorker(
  onAsked: (worker: PhotoWorker, asked: Asked) => void,
): PhotoWorker & { isEnded: boolean } {
  const worker = {
    isEnded: false,
    onmessage: null as PhotoWorker["onmessage"],
    onerror: null as PhotoWorker["onerror"],
    postMessage: (asked: Asked) => onAsked(worker, asked),
    terminate: () => {
      worker.isEnded = true;
    },
  };
  return worker;
}

function answer(worker: PhotoWorker, { id }: Asked): void {
  worker.onmessage?.call(
    worker as Worker,
    new MessageEvent("message", { data: { id, development: developed } }),
  );
}

const file = new Blob(["bytes"]);

test("what the worker made is named by its hash", async () => {
  const worker = fakeWorker(answer);
  const prepare = openDarkroom({ newWorker: () => worker, bench: noBench, patienceMs: 1000 });
  expect(await prepare(file)).toMatchObject({
    kind: "ready",
    photo: { sha256: "ab01", width: 10, height: 20 },
  });
});

test("the second photo waits until the first is done", async () => {
  const asked: Asked[] = [];
  const worker = fakeWorker((_, one) => asked.push(one));
  const prepare = openDarkroom({ newWorker: () => worker, bench: noBench, patienceMs: 1000 });
  const both = [prepare(file), prepare(file)];
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(asked).toHaveLength(1);
  answer(worker, asked[0] as Asked);
  await both[0];
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(asked).toHaveLength(2);
  answer(worker, asked[1] as Asked);
  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(["ready", "ready"]);
});

test("a worker that dies or falls silent is replaced, and the page makes the photo itself", async () => {
  const workers = [
    fakeWorker((worker) =>
      worker.onerror?.call(worker as Worker, new Event("error") as ErrorEvent),
    ),
    fakeWorker(() => undefined),
    fakeWorker(answer),
  ];
  const ended = [...workers];
  const prepare = openDarkroom({
    newWorker: () => workers.shift() as PhotoWorker,
    bench: noBench,
    patienceMs: 10,
  });
  expect(await prepare(file)).toEqual({ kind: "failed", reason: "unreadable" });
  expect(await prepare(file)).toEqual({ kind: "failed", reason: "unreadable" });
  expect((await prepare(file)).kind).toBe("ready");
  expect(ended.map(({ isEnded }) => isEnded)).toEqual([true, true, false]);
});

test("where workers cannot draw, the page makes the photo", async () => {
  const prepare = openDarkroom({ newWorker: null, bench: noBench, patienceMs: 10 });
  expect(await prepare(new Blob([]))).toEqual({ kind: "failed", reason: "empty" });
});
