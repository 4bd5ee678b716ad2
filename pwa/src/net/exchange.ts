// One turn of a sync: a batch goes up, an answer comes down, and what that means for the next turn.
import type { Store } from "../store/db.ts";
import { changeDevice } from "../store/device.ts";
import { toBase64, toUtf8 } from "../store/digest.ts";
import { type Batch, type BatchLimit, nextBatch } from "../store/outbox.ts";
import { type Applied, applyAnswer } from "../store/receipts.ts";
import type { DeviceRow } from "../store/schema.ts";
import type { SyncAnswer } from "../store/wire.ts";
import { parseSyncAnswer } from "./answers.ts";
import { API, callJson, isTokenRefusal, type Net, type ProblemReply, type Reply } from "./api.ts";
import type { SyncStop } from "./outcome.ts";

export interface Totals {
  accepted: number;
  late: number;
  refused: number;
  pulled: number;
  /** Edits that the server would not take in any batch: kept, and tried again next time. */
  stuck: number;
}

/** What one sync remembers from turn to turn. */
export interface Run {
  afterSerial: number;
  limit: BatchLimit;
  usesGzip: boolean;
  hasRestarted: boolean;
  hasDroppedCursor: boolean;
  damaged: number;
  totals: Totals;
}

export type Turn = { kind: "again" } | { kind: "finished" } | { kind: "stopped"; stop: SyncStop };

const LIMIT: BatchLimit = { edits: 50, bytes: 256 * 1024 };
const DAMAGED_AT_MOST = 3;
const STUCK_AT_MOST = 3;
const NOTHING: Batch = { edits: [], lastHash: "", isLast: false };
const AGAIN: Turn = { kind: "again" };

export function startRun(): Run {
  return {
    afterSerial: 0,
    limit: LIMIT,
    usesGzip: true,
    hasRestarted: false,
    hasDroppedCursor: false,
    damaged: 0,
    totals: { accepted: 0, late: 0, refused: 0, pulled: 0, stuck: 0 },
  };
}

export async function takeTurn(db: Store, net: Net, deviceId: string, run: Run): Promise<Turn> {
  const device = await db.read(["devices"], (tx) => tx.objectStore("devices").get(deviceId));
  if (!device) return { kind: "finished" };
  // A token that was refused is asked about without its load: it may be refused each minute.
  const batch = device.refusal
    ? NOTHING
    : await nextBatch(db, deviceId, run.afterSerial, run.limit);
  const reply = await push(net, device, batch, run.usesGzip);
  if (reply.kind === "offline") return { kind: "stopped", stop: reply };
  if (reply.kind === "problem") return afterProblem(db, deviceId, batch, reply, run);
  const answer = parseSyncAnswer(reply.body);
  if (!answer) return { kind: "stopped", stop: { kind: "offline", why: "portal" } };
  const applied = await applyAnswer(db, deviceId, answer, net.clock());
  return afterAnswer(device, batch, answer, applied, run);
}

async function push(net: Net, device: DeviceRow, batch: Batch, gzip: boolean): Promise<Reply> {
  const { epoch, cursor, token, keys } = device;
  const signed =
    batch.edits.length > 0 ? { signature: await sign(keys.privateKey, batch.lastHash) } : {};
  return callJson(
    net,
    { method: "POST", path: `${API}/sync`, token },
    { json: { epoch, cursor, edits: batch.edits, ...signed }, isDigested: true, gzip },
  );
}

/** ECDSA P-256 with SHA-256 over the 64 ASCII characters of the newest edit's hash. */
export async function sign(key: CryptoKey, hash: string): Promise<string> {
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, toUtf8(hash));
  return toBase64(new Uint8Array(signature));
}

function afterAnswer(
  device: DeviceRow,
  batch: Batch,
  answer: SyncAnswer,
  applied: Applied,
  run: Run,
): Turn {
  run.totals.accepted += applied.accepted;
  run.totals.late += applied.late;
  run.totals.refused += applied.refused;
  run.totals.pulled += applied.pulled;
  if (applied.offersAgain && !run.hasRestarted) {
    run.hasRestarted = true;
    run.afterSerial = 0;
    return AGAIN;
  }
  run.afterSerial = Math.max(run.afterSerial, lastSerial(batch));
  if (!batch.isLast) return AGAIN;
  // A server that says "more" and does not move on would keep the phone awake for ever.
  const hasMoved = answer.cursor !== device.cursor;
  return answer.hasMore && hasMoved ? AGAIN : { kind: "finished" };
}

async function afterProblem(
  db: Store,
  deviceId: string,
  batch: Batch,
  reply: ProblemReply,
  run: Run,
): Promise<Turn> {
  if (isTokenRefusal(reply))
    return { kind: "stopped", stop: { kind: "enrol_again", code: reply.problem.code } };
  const { code } = reply.problem;
  if (code === "cursor_invalid" && !run.hasDroppedCursor) {
    run.hasDroppedCursor = true;
    await db.write(["devices"], (tx) =>
      changeDevice(tx, deviceId, (row) => ({ ...row, cursor: null })),
    );
    return AGAIN;
  }
  if (
    (code === "digest_mismatch" || code === "encoding_unknown") &&
    run.damaged < DAMAGED_AT_MOST
  ) {
    run.damaged += 1;
    run.usesGzip = false;
    return AGAIN;
  }
  return isAboutTheBatch(reply, batch) ? narrow(batch, reply, run) : failed(reply);
}

// A server that chokes on a batch may choke on one edit in it: find that one, let the others pass.
function narrow(batch: Batch, reply: ProblemReply, run: Run): Turn {
  if (batch.edits.length > 1) {
    run.limit = { ...run.limit, edits: Math.floor(batch.edits.length / 2) };
    return AGAIN;
  }
  run.totals.stuck += 1;
  if (run.totals.stuck > STUCK_AT_MOST) return failed(reply);
  run.afterSerial = lastSerial(batch);
  run.limit = LIMIT;
  return AGAIN;
}

function isAboutTheBatch(reply: ProblemReply, batch: Batch): boolean {
  const { status, problem } = reply;
  if (
    batch.edits.length === 0 ||
    problem.code.startsWith("signature_") ||
    problem.code.startsWith("digest_")
  )
    return false;
  return status === 400 || status === 413 || status === 422 || status === 500;
}

function failed({ status, problem, retryAfterMs }: ProblemReply): Turn {
  return { kind: "stopped", stop: { kind: "failed", status, code: problem.code, retryAfterMs } };
}

function lastSerial(batch: Batch): number {
  return batch.edits.reduce((greatest, edit) => Math.max(greatest, edit.serial), 0);
}
