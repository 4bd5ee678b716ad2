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

self.onmessage = async (event: MessageEvent<Asked>) => {
  const { id, file } = event.data;
  const development = await developPhoto(bench, file);
  const answered: Answered = { id, development };
  const moved =
    development.kind === "developed" ? [development.photo.bytes, development.photo.thumb] : [];
  self.postMessage(answered, moved);
};
