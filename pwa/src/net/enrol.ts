// Enrols the phone: its key is made here and its private half never leaves.

import type { Store } from "../store/db.ts";
import { keepDevice } from "../store/enrolment.ts";
import { saveSetting } from "../store/place.ts";
import type { DeviceRow, Problem } from "../store/schema.ts";
import { isObject } from "./answers.ts";
import { API, callJson, type Net, type Offline } from "./api.ts";

export type EnrolResult =
  | { kind: "enrolled"; device: DeviceRow }
  | { kind: "refused"; status: number; problem: Problem }
  | Offline;

const DEVICE_ID = /^[0-9a-f]{16}$/;

/** The code in an enrolment link (`/app/#enrol=<code>`), or the text itself when it is typed in. */
export function parseEnrolCode(text: string): string | null {
  const fragment = text.slice(text.indexOf("#") + 1);
  const linked = new URLSearchParams(fragment).get("enrol");
  const code = linked ?? text.trim();
  return /^[\w.~-]{4,200}$/.test(code) ? code : null;
}

/** Uses the one-time code up. What an earlier enrolment of this phone still holds is kept. */
export async function enrolDevice(
  db: Store,
  net: Net,
  code: string,
  name: string,
): Promise<EnrolResult> {
  // A code works once: find out first whether this browser can keep what comes back.
  await saveSetting(db, "enrolling", net.clock());
  const keys = await makeKeys();
  const askedAtMs = net.clock();
  const reply = await callJson(
    net,
    { method: "POST", path: `${API}/devices` },
    { json: { code, name, public_key: await publicJwk(keys) } },
  );
  if (reply.kind === "offline") return reply;
  if (reply.kind === "problem")
    return { kind: "refused", status: reply.status, problem: reply.problem };
  const cameAtMs = net.clock();
  if (!isObject(reply.body)) return { kind: "offline", why: "portal" };
  const {
    device,
    token,
    epoch,
    server_time: serverTime,
    user,
    company,
    regime,
    user_id: userId,
  } = reply.body;
  if (typeof device !== "string" || !DEVICE_ID.test(device))
    return { kind: "offline", why: "portal" };
  if (typeof token !== "string" || typeof epoch !== "string")
    return { kind: "offline", why: "portal" };
  const serverMs = Date.parse(String(serverTime));
  const row = await keepDevice(db, net.clock, {
    id: device,
    // A server that gives no id is one of another make: company and name must do.
    owner: typeof userId === "string" ? userId : `${company}\n${user}`,
    token,
    epoch,
    user: typeof user === "string" ? user : "",
    company: typeof company === "string" ? company : "",
    regime: typeof regime === "string" ? regime : "",
    keys,
    serverAheadMs: Number.isNaN(serverMs) ? 0 : Math.round(serverMs - (askedAtMs + cameAtMs) / 2),
  });
  return { kind: "enrolled", device: row };
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
    "sign",
    "verify",
  ]);
}

async function publicJwk(keys: CryptoKeyPair): Promise<Record<string, string>> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  return { kty: kty as string, crv: crv as string, x: x as string, y: y as string };
}
