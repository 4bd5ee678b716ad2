// Hands photos to the worker one at a time, and makes what comes back ready to be kept.
import type { Development } from "../photo/develop.ts";
import type { Answered, Asked } from "../photo/messages.ts";
import { toHex } from "../store/digest.ts";
import type { PreparedPhoto } from "../store/photos.ts";

export type Darkroom = (file: Blob) => Promise<PreparedPhoto | null>;

interface Waiting {
  resolve: (development: Development) => void;
  reject: (error: Error) => void;
}

/** The worker starts with the first photo: most openings of the app need none. */
export function createDarkroom(startWorker: () => Worker): Darkroom {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let lastId = 0;

  const start = (): Worker => {
    const started = startWorker();
    started.onmessage = (event: MessageEvent<Answered>) => {
      const { id, development } = event.data;
      waiting.get(id)?.resolve(development);
      waiting.delete(id);
    };
    started.onerror = (event) => {
      // A worker that died (no memory left) is replaced with the next photo.
      for (const { reject } of waiting.values()) reject(new Error(event.message));
      waiting.clear();
      worker = null;
    };
    return started;
  };

  return async (file) => {
    worker ??= start();
    const id = ++lastId;
    const asked: Asked = { id, file };
    const development = await new Promise<Development>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker?.postMessage(asked);
    }).catch(() => null);
    if (development?.kind !== "developed") return null;
    const { bytes, thumb, digest, mediaType, width, height } = development.photo;
    return { sha256: toHex(new Uint8Array(digest)), bytes, thumb, mediaType, width, height };
  };
}
