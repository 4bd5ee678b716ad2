// The photo worker: one file in, one developed photo out, and the screen never waits for pixels.
import { type Bench, developPhoto } from "./develop.ts";
import type { Answered, Asked } from "./messages.ts";

declare const self: DedicatedWorkerGlobalScope;

const bench: Bench = {
  decode: async (file) => {
    const bitmap = await createImageBitmap(file);
    return {
      source: bitmap,
      width: bitmap.width,
      height: bitmap.height,
      close: () => bitmap.close(),
    };
  },
  sheet: ({ width, height }) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    if (!context) throw new DOMException("no canvas left", "InvalidStateError");
    return {
      source: canvas,
      context,
      toJpeg: (quality) => canvas.convertToBlob({ type: "image/jpeg", quality }),
    };
  },
};

// Whoever asks twice waits: two decoded photos at once are too many for a small phone.
let last: Promise<void> = Promise.resolve();

self.onmessage = (event: MessageEvent<Asked>) => {
  last = last.then(() => answer(event.data));
};

async function answer({ id, file }: Asked): Promise<void> {
  const development = await developPhoto(bench, file);
  const answered: Answered = { id, development };
  const moved =
    development.kind === "developed" ? [development.photo.bytes, development.photo.thumb] : [];
  self.postMessage(answered, moved);
}
