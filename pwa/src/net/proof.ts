// Asks the server for its proof of what it holds from this phone, and compares it with our own.

import type { Store } from "../store/db.ts";
import { readDevice } from "../store/device.ts";
import { type Proof, readProof } from "../store/proof.ts";
import { isObject } from "./answers.ts";
import { API, callJson, isTokenRefusal, type Net } from "./api.ts";
import type { SyncStop } from "./outcome.ts";

export type ProofResult =
  | { kind: "proved"; edits: number; photos: number }
  | { kind: "differs"; here: Proof; there: Proof }
  | { kind: "not_enrolled" }
  | SyncStop;

export async function compareProof(db: Store, net: Net): Promise<ProofResult> {
  const device = await readDevice(db);
  if (!device) return { kind: "not_enrolled" };
  const reply = await callJson(net, {
    method: "GET",
    path: `${API}/sync/proof`,
    token: device.token,
  });
  if (reply.kind === "offline") return reply;
  if (reply.kind === "problem") {
    const { status, problem, retryAfterMs } = reply;
    if (isTokenRefusal(reply)) return { kind: "enrol_again", code: reply.problem.code };
    return { kind: "failed", status, code: problem.code, retryAfterMs };
  }
  const body = isObject(reply.body) ? reply.body : {};
  const there: Proof = {
    edits: Number(body.edits),
    editsDigest: String(body.edits_digest),
    photos: Number(body.photos),
    photosDigest: String(body.photos_digest),
  };
  const here = await readProof(db, device.id);
  const isSame = here.editsDigest === there.editsDigest && here.photosDigest === there.photosDigest;
  return isSame
    ? { kind: "proved", edits: here.edits, photos: here.photos }
    : { kind: "differs", here, there };
}
