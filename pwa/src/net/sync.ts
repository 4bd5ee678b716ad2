// Carries everything across: pushes what is finished, takes receipts by name, pulls what changed.
import type { Store } from "../store/db.ts";
import { keepRefusal, listDevices } from "../store/device.ts";
import { NotSaved } from "../store/errors.ts";
import { hasUnsent } from "../store/outbox.ts";
import { listWaitingUploads } from "../store/photos.ts";
import { sweepDaily } from "../store/retention.ts";
import type { DeviceRow } from "../store/schema.ts";
import type { Net } from "./api.ts";
import { checkLog } from "./consistency.ts";
import { startRun, type Totals, takeTurn } from "./exchange.ts";
import type { SyncLock } from "./lock.ts";
import type { SyncProgress, SyncStop } from "./outcome.ts";
import { type Pace, type UploadTotals, uploadWaiting } from "./uploads.ts";

export interface SyncEnv {
  db: Store;
  net: Net;
  lock: SyncLock;
  /** How large a piece of a photo the link bears; kept between runs. */
  pace: Pace;
  /** Which of the remembered heads is asked about; without it, always the newest. */
  random?: () => number;
  onProgress?: (progress: SyncProgress) => void;
}

export type SyncResult =
  | ({ kind: "synced" } & Totals & UploadTotals)
  | SyncStop
  | { kind: "not_enrolled" }
  | { kind: "busy" };

/** One whole round: edits, receipts, pulls and photos. Safe to call at any time, from any tab. */
export async function syncOnce(env: SyncEnv): Promise<SyncResult> {
  try {
    return (await env.lock(() => syncAll(env))) ?? { kind: "busy" };
  } catch (error) {
    // A full phone cannot take in receipts: nothing is lost, and the same push is made again later.
    if (!(error instanceof NotSaved)) throw error;
    return { kind: "failed", status: 0, code: `not_saved_${error.reason}`, retryAfterMs: null };
  }
}

async function syncAll(env: SyncEnv): Promise<SyncResult> {
  const [current, ...earlier] = await listDevices(env.db);
  if (!current) return { kind: "not_enrolled" };
  let result = await syncDevice(env, current);
  const isHeard = result.kind === "synced" || result.kind === "failed";
  // What was put back in the queue goes at once: the server may have lost it.
  if (isHeard && (await checkLog(env, current.id))) result = await syncDevice(env, current);
  for (const device of earlier) {
    // Another user's work on this phone goes out under that user's own name, as long as it may.
    if (device.owner !== current.owner && !device.refusal && (await hasWork(env.db, device)))
      await syncDevice(env, device);
  }
  await sweepDaily(env.db);
  return result;
}

async function hasWork(db: Store, device: DeviceRow): Promise<boolean> {
  return (
    (await hasUnsent(db, device.id)) || (await listWaitingUploads(db, device.owner)).length > 0
  );
}

async function syncDevice(env: SyncEnv, device: DeviceRow): Promise<SyncResult> {
  const edits = await syncEdits(env, device.id);
  if (edits.kind !== "synced") return stop(env, device, edits);
  const photos = await uploadWaiting(env, device);
  if (photos.kind !== "uploaded") return stop(env, device, photos);
  const { kind: _, ...photoTotals } = photos;
  return { ...edits, ...photoTotals };
}

async function syncEdits(
  env: SyncEnv,
  deviceId: string,
): Promise<({ kind: "synced" } & Totals) | SyncStop> {
  const run = startRun();
  for (;;) {
    const turn = await takeTurn(env.db, env.net, deviceId, run);
    if (turn.kind === "stopped") return turn.stop;
    const { accepted, refused, pulled } = run.totals;
    env.onProgress?.({ kind: "edits", accepted, refused, pulled });
    if (turn.kind === "finished") return { kind: "synced", ...run.totals };
  }
}

// Everything is kept, whatever the server thinks of the token.
async function stop(env: SyncEnv, device: DeviceRow, why: SyncStop): Promise<SyncStop> {
  if (why.kind === "enrol_again") await keepRefusal(env.db, device.id, why.code);
  return why;
}
