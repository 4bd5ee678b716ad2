// Makes of a camera's file what is kept: upright, small, without EXIF, with its thumbnail and its hash.
import { fitWithin, type Size, turnUpright, uprightSize } from "./geometry.ts";
import { takeOrientation } from "./orientation.ts";

export const PHOTO_PX = 1600;
export const THUMB_PX = 320;
const PHOTO_QUALITY = 0.8;
const THUMB_QUALITY = 0.7;

export interface Developed {
  bytes: ArrayBuffer;
  thumb: ArrayBuffer;
  /** The SHA-256 of `bytes`. */
  digest: ArrayBuffer;
  mediaType: "image/jpeg";
  width: number;
  height: number;
}

/** empty: no bytes. unreadable: no picture this browser knows. unmade: it could not be written again. */
export type PhotoFailure = "empty" | "unreadable" | "unmade";

export type Development =
  | { kind: "developed"; photo: Developed }
  | { kind: "failed"; reason: PhotoFailure };

export interface Picture extends Size {
  source: CanvasImageSource;
  /** Gives its memory back at once: two decoded photos are too many for a small phone. */
  close(): void;
}

export interface Sheet {
  source: CanvasImageSource;
  context: {
    fillStyle: string | CanvasGradient | CanvasPattern;
    imageSmoothingQuality: ImageSmoothingQuality;
    fillRect(x: number, y: number, width: number, height: number): void;
    setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
    drawImage(source: CanvasImageSource, x: number, y: number, width: number, height: number): void;
  };
  toJpeg(quality: number): Promise<Blob | null>;
}

/** What differs between a worker and a page: how pictures are decoded and what they are drawn on. */
export interface Bench {
  decode(file: Blob): Promise<Picture>;
  sheet(size: Size): Sheet;
}

/** Resolves with a named outcome; a file that is no picture is none of our bugs. */
export async function developPhoto(bench: Bench, file: Blob): Promise<Development> {
  if (file.size === 0) return { kind: "failed", reason: "empty" };
  const raw = await bytesOf(file);
  const orientation = takeOrientation(raw);
  const picture = await decode(bench, new Blob([raw], { type: file.type }));
  if (!picture) return { kind: "failed", reason: "unreadable" };
  const stored = fitWithin(picture, PHOTO_PX);
  const size = uprightSize(stored, orientation);
  const large = draw(bench, picture, size, stored, orientation);
  picture.close();
  const small = fitWithin(size, THUMB_PX);
  const thumb = await jpegOf(
    draw(bench, { ...size, source: large.source }, small, small, 1),
    THUMB_QUALITY,
  );
  const bytes = await jpegOf(large, PHOTO_QUALITY);
  if (!bytes || !thumb) return { kind: "failed", reason: "unmade" };
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return { kind: "developed", photo: { bytes, thumb, digest, mediaType: "image/jpeg", ...size } };
}

async function decode(bench: Bench, file: Blob): Promise<Picture | null> {
  try {
    const picture = await bench.decode(file);
    return picture.width > 0 && picture.height > 0 ? picture : null;
  } catch (error) {
    // Browsers reject what they cannot decode with InvalidStateError or EncodingError.
    if (error instanceof DOMException) return null;
    throw error;
  }
}

function draw(
  bench: Bench,
  picture: Pick<Picture, "source">,
  size: Size,
  drawn: Size,
  orientation: number,
): Sheet {
  const sheet = bench.sheet(size);
  // JPEG has no transparency: what was clear would turn black.
  sheet.context.fillStyle = "#fff";
  sheet.context.fillRect(0, 0, size.width, size.height);
  sheet.context.imageSmoothingQuality = "high";
  sheet.context.setTransform(...turnUpright(orientation, drawn));
  sheet.context.drawImage(picture.source, 0, 0, drawn.width, drawn.height);
  return sheet;
}

async function jpegOf(sheet: Sheet, quality: number): Promise<ArrayBuffer | null> {
  try {
    const blob = await sheet.toJpeg(quality);
    return blob && blob.size > 0 && blob.type === "image/jpeg" ? await bytesOf(blob) : null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

// Blob.arrayBuffer is newer than the oldest phones we serve.
function bytesOf(blob: Blob): Promise<ArrayBuffer> {
  return new Response(blob).arrayBuffer();
}
