// Asks the server to prove that the log this phone saw is still where today's log began.
import { type Head, isConsistent } from "../core/merkle.ts";
import type { Store } from "../store/db.ts";
import { hashNode } from "../store/digest.ts";
import type { DeviceRow } from "../store/schema.ts";
import { headsToAsk, keepAsked, keepVerdict, type Verdict } from "../store/witness.ts";
import { HASH, isObject, toHead } from "./answers.ts";
import { API, callJson, type Net } from "./api.ts";

export interface LogEnv {
  db: Store;
  net: Net;
  random?: () => number;
}

/** unknown: no verdict, whether the line failed or the server would not say. */
type Said = { kind: "confirmed"; head: Head } | { kind: "lost" } | { kind: "unknown" };

/** True when everything was offered again because the server's log no longer holds what it held. */
export async function checkLog(env: LogEnv, deviceId: string): Promise<boolean> {
  const device = await env.db.read(["devices"], (tx) => tx.objectStore("devices").get(deviceId));
  if (!device) return false;
  const questions = headsToAsk(device, env.random);
  if (questions.length === 0) return false;
  const verdict = await judge(env.net, device, questions);
  return verdict ? keepVerdict(env.db, deviceId, verdict) : keepAsked(env.db, deviceId);
}

// Newest first: the first head that is confirmed covers all before it.
async function judge(net: Net, device: DeviceRow, questions: Head[]): Promise<Verdict | null> {
  const lost: Head[] = [];
  for (const asked of questions) {
    const said = await askAbout(net, device.token, asked);
    if (said.kind === "unknown") return null;
    if (said.kind === "confirmed") return { confirmed: asked, head: said.head, lost };
    lost.push(asked);
  }
  return { confirmed: null, head: null, lost };
}

async function askAbout(net: Net, token: string, asked: Head): Promise<Said> {
  const path = `${API}/sync/consistency?size=${asked.size}`;
  const reply = await callJson(net, { method: "GET", path, token });
  if (reply.kind === "problem")
    return { kind: reply.problem.code === "head_unknown" ? "lost" : "unknown" };
  if (reply.kind === "offline" || !isObject(reply.body)) return { kind: "unknown" };
  const { proof } = reply.body;
  const [old, head] = [toHead(reply.body.old), toHead(reply.body.head)];
  if (!old || !head || !Array.isArray(proof)) return { kind: "unknown" };
  const hashes = proof.filter((one): one is string => typeof one === "string" && HASH.test(one));
  const isSame = old.size === asked.size && old.hash === asked.hash;
  return isSame &&
    hashes.length === proof.length &&
    (await isConsistent(asked, head, hashes, hashNode))
    ? { kind: "confirmed", head }
    : { kind: "lost" };
}
