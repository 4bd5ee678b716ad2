// Hands camera files to the photo worker one at a time, and develops them here where workers cannot draw.
import { type Bench, type Development, developPhoto, type PhotoFailure } from "../photo/develop.ts";
import type { Answered, Asked } from "../photo/messages.ts";
import { toHex } from "./digest.ts";
import type { PreparedPhoto } from "./photos.ts";

export type Prepared =
  | { kind: "ready"; photo: PreparedPhoto }
  | { kind: "failed"; reason: PhotoFailure };

/** What is needed of a Worker: tests give an object of their own. */
export type PhotoWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

export interface Darkroom {
  newWorker: (() => PhotoWorker) | null;
  bench: Bench;
  patienceMs: number;
}

const PATIENCE_MS = 60_000;

/** The way to make a photo of a file. Calls wait for each other: never two decoded photos at once. */
export function openDarkroom(room: Darkroom = pageDarkroom()): (file: Blob) => Promise<Prepared> {
  let last: Promise<unknown> = Promise.resolve();
  const ask = room.newWorker ? workerAsker(room.newWorker, room) : null;
  return (file) => {
    const mine = last.then(async () =>
      toPrepared((await ask?.(file)) ?? (await developPhoto(room.bench, file))),
    );
    last = mine.catch(() => null);
    return mine;
  };
}

function toPrepared(development: Development): Prepared {
  if (development.kind === "failed") return development;
  const { digest, ...photo } = development.photo;
  return { kind: "ready", photo: { ...photo, sha256: toHex(new Uint8Array(digest)) } };
}

// Null when the worker died or fell silent: a phone short of memory kills it without a word.
function workerAsker(
  newWorker: () => PhotoWorker,
  room: Darkroom,
): (file: Blob) => Promise<Development | null> {
  let worker: PhotoWorker | null = null;
  let id = 0;
  return (file) =>
    new Promise((resolve) => {
      id += 1;
      const asked: Asked = { id, file };
      const used = worker ?? newWorker();
      worker = used;
      const lose = () => {
        clearTimeout(timer);
        used.terminate();
        worker = null;
        resolve(null);
      };
      const timer = setTimeout(lose, room.patienceMs);
      used.onerror = lose;
      used.onmessage = (event: MessageEvent<Answered>) => {
        if (event.data.id !== asked.id) return;
        clearTimeout(timer);
        resolve(event.data.development);
      };
      used.postMessage(asked);
    });
}

function pageDarkroom(): Darkroom {
  const canDrawAside = typeof Worker !== "undefined" && typeof OffscreenCanvas !== "undefined";
  // A classic worker: Chrome 69 starts no module workers.
  const newWorker = () => new Worker(new URL("../photo/worker.ts", import.meta.url));
  return { newWorker: canDrawAside ? newWorker : null, bench: pageBench, patienceMs: PATIENCE_MS };
}

const pageBench: Bench = {
  decode: async (file) => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.src = url;
    const close = () => URL.revokeObjectURL(url);
    try {
      await image.decode();
    } catch (error) {
      close();
      throw error;
    }
    return { source: image, width: image.naturalWidth, height: image.naturalHeight, close };
  },
  sheet: ({ width, height }) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    if (!context) throw new DOMException("no canvas left", "InvalidStateError");
    const toJpeg = (quality: number) =>
      new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    return { source: canvas, context, toJpeg };
  },
};
