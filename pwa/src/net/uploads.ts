// Brings waiting photos to the server, each from where it was cut off, until the server proves it.
import type { Store } from "../store/db.ts";
import {
  keepArrival,
  keepUploadProgress,
  listWaitingUploads,
  readPhotoBytes,
} from "../store/photos.ts";
import type { DeviceRow, PhotoRow, Problem } from "../store/schema.ts";
import { isTokenRefusal, type Net, type ProblemReply } from "./api.ts";
import type { SyncProgress, SyncStop } from "./outcome.ts";
import { createUpload, isProved, type Link, readOffset, sendChunk, type TusReply } from "./tus.ts";

/** The size of the next piece: halved when one fails, doubled when one arrives. */
export interface Pace {
  chunkBytes: number;
}

export interface UploadTotals {
  photosArrived: number;
  photosRefused: number;
  /** The record names them and their bytes are not on this phone. */
  photosMissing: number;
}

export interface UploadEnv {
  db: Store;
  net: Net;
  pace: Pace;
  onProgress?: (progress: SyncProgress) => void;
}

export const LARGEST_CHUNK = 256 * 1024;
const SMALLEST_CHUNK = 16 * 1024;
const TRIES = 4;
const RETRY_REFUSED_MS = 6 * 3_600_000;

export type PhotoResult =
  | { kind: "arrived" }
  | { kind: "refused"; problem: Problem }
  | { kind: "missing" }
  | SyncStop;

export function startPace(): Pace {
  return { chunkBytes: LARGEST_CHUNK };
}

/** One photo that cannot go never holds up the others; no network or no token holds up all. */
export async function uploadWaiting(
  env: UploadEnv,
  device: DeviceRow,
): Promise<({ kind: "uploaded" } & UploadTotals) | SyncStop> {
  const totals: UploadTotals = { photosArrived: 0, photosRefused: 0, photosMissing: 0 };
  const waiting = (await listWaitingUploads(env.db, device.owner)).filter(
    ({ retryAtMs }) => retryAtMs === null || retryAtMs <= env.net.clock(),
  );
  let left = waiting.length;
  let firstFailure: SyncStop | null = null;
  for (const photo of waiting) {
    const result = await uploadPhoto(env, device, photo, left);
    left -= 1;
    if (result.kind === "arrived") totals.photosArrived += 1;
    else if (result.kind === "refused") totals.photosRefused += 1;
    else if (result.kind === "missing") totals.photosMissing += 1;
    else if (result.kind === "failed" && isAboutOnePhoto(result)) firstFailure ??= result;
    else return result;
  }
  return firstFailure ?? { kind: "uploaded", ...totals };
}

// A gateway without its server, or a server that asks for patience, says it for all photos.
function isAboutOnePhoto({ status, retryAfterMs }: SyncStop & { kind: "failed" }): boolean {
  return status < 502 && status !== 429 && retryAfterMs === null;
}

export async function uploadPhoto(
  env: UploadEnv,
  device: DeviceRow,
  photo: PhotoRow,
  left: number,
): Promise<PhotoResult> {
  const bytes = await readPhotoBytes(env.db, photo.sha256);
  if (!bytes) return { kind: "missing" };
  const link: Link = { net: env.net, token: device.token };
  // What was proved before a restore is asked about before its bytes are sent a second time.
  if (photo.arrivedAtMs !== null) {
    const proved = await isProved(link, photo.sha256);
    if (proved === true) return arrive(env, device, photo);
  }
  const sending: Sending = {
    env,
    link,
    photo,
    bytes: new Uint8Array(bytes),
    path: photo.uploadUrl,
    left,
    wasDamaged: false,
  };
  const stopped = await sendAll(sending);
  return stopped ?? prove(sending, device);
}

interface Sending {
  env: UploadEnv;
  link: Link;
  photo: PhotoRow;
  bytes: Uint8Array<ArrayBuffer>;
  /** Where the upload lies on the server; null before it is created. */
  path: string | null;
  left: number;
  wasDamaged: boolean;
}

/** Null when the server has the last byte. */
async function sendAll(sending: Sending): Promise<PhotoResult | null> {
  const { bytes } = sending;
  let offset: number | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    const reply: TusReply = await step(sending, offset);
    if (reply.kind === "at") {
      if (offset === null || reply.offset > offset) tries = await goOn(sending, reply, offset);
      offset = reply.offset;
      if (offset === bytes.byteLength) return null;
      continue;
    }
    offset = null;
    const stopped = await turnBack(sending, reply);
    if (stopped) return stopped;
  }
  return { kind: "failed", status: 0, code: "upload_stuck", retryAfterMs: null };
}

/** What a reply that is no progress means: null to ask again where we are. */
async function turnBack(sending: Sending, reply: TusReply): Promise<PhotoResult | null> {
  const { pace } = sending.env;
  if (reply.kind === "elsewhere" || reply.kind === "at") return null;
  pace.chunkBytes = Math.max(SMALLEST_CHUNK, Math.floor(pace.chunkBytes / 2));
  if (reply.kind === "spoilt") return null;
  if (reply.kind !== "gone" && !isFirstDamage(sending, reply)) return giveUp(sending, reply);
  await forget(sending);
  return null;
}

// A byte altered on the way shows only in the whole: it is begun again once before it is refused.
function isFirstDamage(sending: Sending, reply: TusReply): boolean {
  if (reply.kind !== "problem" || reply.problem.code !== "photo_hash" || sending.wasDamaged)
    return false;
  sending.wasDamaged = true;
  return true;
}

/** Remembers how far it has come, and counts the tries from the start again. */
async function goOn(
  sending: Sending,
  reply: TusReply & { kind: "at" },
  before: number | null,
): Promise<number> {
  const { env, photo } = sending;
  // Only a piece that got through says that the link bears a larger one.
  if (before !== null) env.pace.chunkBytes = Math.min(LARGEST_CHUNK, env.pace.chunkBytes * 2);
  sending.path = reply.location ?? sending.path;
  const progress = { uploadUrl: sending.path, sentBytes: reply.offset };
  await keepUploadProgress(env.db, photo.sha256, progress);
  report(sending, reply.offset);
  return 0;
}

function step(
  { env, link, photo, bytes, path }: Sending,
  offset: number | null,
): Promise<TusReply> {
  const { chunkBytes } = env.pace;
  if (path === null) {
    const isSmall = bytes.byteLength <= chunkBytes;
    return createUpload(link, photo, isSmall ? bytes : bytes.slice(0, 0));
  }
  if (offset === null) return readOffset(link, path);
  return sendChunk(link, path, offset, bytes.slice(offset, offset + chunkBytes));
}

async function prove(sending: Sending, device: DeviceRow): Promise<PhotoResult> {
  const { env, link, photo } = sending;
  for (let attempt = 0; attempt < 2; attempt++) {
    const proved = await isProved(link, photo.sha256);
    if (proved === true) return arrive(env, device, photo);
    if (proved !== false) return giveUp(sending, proved);
    // The server may have stopped between the last byte and the check: asking makes it finish.
    const reply = sending.path === null ? null : await readOffset(link, sending.path);
    if (reply?.kind === "problem" || reply?.kind === "offline") return giveUp(sending, reply);
  }
  await forget(sending);
  return { kind: "failed", status: 0, code: "photo_unproved", retryAfterMs: null };
}

async function arrive(env: UploadEnv, device: DeviceRow, photo: PhotoRow): Promise<PhotoResult> {
  await keepArrival(env.db, photo.sha256, device.serverMs);
  return { kind: "arrived" };
}

async function giveUp(
  sending: Sending,
  reply: Exclude<TusReply, { kind: "at" | "gone" | "elsewhere" | "spoilt" }>,
): Promise<PhotoResult> {
  if (reply.kind === "offline") return reply;
  if (isTokenRefusal(reply)) return { kind: "enrol_again", code: reply.problem.code };
  if (!isAboutThePhoto(reply))
    return {
      kind: "failed",
      status: reply.status,
      code: reply.problem.code,
      retryAfterMs: reply.retryAfterMs,
    };
  const { env, photo } = sending;
  const retryAtMs = env.net.clock() + RETRY_REFUSED_MS;
  await keepUploadProgress(env.db, photo.sha256, {
    uploadUrl: null,
    sentBytes: 0,
    problem: reply.problem,
    retryAtMs,
  });
  return { kind: "refused", problem: reply.problem };
}

function isAboutThePhoto({ status }: ProblemReply): boolean {
  return status === 400 || status === 413 || status === 415 || status === 422;
}

async function forget(sending: Sending): Promise<void> {
  sending.path = null;
  await keepUploadProgress(sending.env.db, sending.photo.sha256, { uploadUrl: null, sentBytes: 0 });
}

function report({ env, photo, left }: Sending, sentBytes: number): void {
  env.onProgress?.({
    kind: "photo",
    sha256: photo.sha256,
    sentBytes,
    totalBytes: photo.sizeBytes,
    left,
  });
}
