// A camera file becomes an upright JPEG with thumbnail and hash, or a named failure.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type Bench, developPhoto, type Picture, type Sheet } from "./develop.ts";
import type { Size } from "./geometry.ts";

interface Drawing {
  size: Size;
  turn: number[];
  drawn: number[];
}

function bench(picture: Partial<Picture> & Size, jpeg: (size: Size) => Blob | null = jpegOf) {
  const drawings: Drawing[] = [];
  let open = 0;
  const made: Bench = {
    decode: () => {
      open += 1;
      const close = () => {
        open -= 1;
      };
      return Promise.resolve({ source: {} as CanvasImageSource, close, ...picture });
    },
    sheet: (size) => sheetOf(size, drawings, jpeg),
  };
  return { made, drawings, openPictures: () => open };
}

function sheetOf(size: Size, drawings: Drawing[], jpeg: (size: Size) => Blob | null): Sheet {
  const drawing: Drawing = { size, turn: [], drawn: [] };
  drawings.push(drawing);
  const context = {
    fillStyle: "",
    imageSmoothingQuality: "low" as ImageSmoothingQuality,
    fillRect: (...area: number[]) => expect(area).toEqual([0, 0, size.width, size.height]),
    setTransform: (...turn: number[]) => {
      drawing.turn = turn;
    },
    drawImage: (_: CanvasImageSource, ...area: number[]) => {
      drawing.drawn = area;
    },
  };
  return { source: {} as CanvasImageSource, context, toJpeg: () => Promise.resolve(jpeg(size)) };
}

function jpegOf({ width, height }: Size): Blob {
  return new Blob([`jpeg ${width}x${height}`], { type: "image/jpeg" });
}

const file = new Blob(["a camera's bytes"]);

test("a photo is kept at 1600 pixels with a thumbnail of 320, named by the hash of what is kept", async () => {
  const { made, drawings, openPictures } = bench({ width: 4000, height: 3000 });
  const development = await developPhoto(made, file);
  if (development.kind !== "developed") throw new Error("not developed");
  const { photo } = development;
  expect([photo.width, photo.height]).toEqual([1600, 1200]);
  expect(Buffer.from(photo.bytes).toString()).toBe("jpeg 1600x1200");
  expect(Buffer.from(photo.thumb).toString()).toBe("jpeg 320x240");
  const hash = createHash("sha256").update(Buffer.from(photo.bytes)).digest("hex");
  expect(Buffer.from(photo.digest).toString("hex")).toBe(hash);
  expect(drawings.map(({ drawn }) => drawn)).toEqual([
    [0, 0, 1600, 1200],
    [0, 0, 320, 240],
  ]);
  expect(openPictures()).toBe(0);
});

test.each([
  ["an empty file", new Blob([]), "empty"],
  ["a file that is no picture", file, "unreadable"],
])("%s is a named failure", async (_, asked, reason) => {
  const { made } = bench({ width: 1, height: 1 });
  made.decode = () => Promise.reject(new DOMException("cannot decode", "InvalidStateError"));
  expect(await developPhoto(made, asked)).toEqual({ kind: "failed", reason });
});

test.each([
  ["nothing", () => null],
  ["no bytes", () => new Blob([], { type: "image/jpeg" })],
  ["another type", () => new Blob(["png"], { type: "image/png" })],
])("a canvas that writes %s is a named failure", async (_, jpeg) => {
  const { made } = bench({ width: 100, height: 100 }, jpeg);
  expect(await developPhoto(made, file)).toEqual({ kind: "failed", reason: "unmade" });
});
