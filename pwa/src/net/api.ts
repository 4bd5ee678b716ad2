// One request to the server and every way it can end. Nothing here throws for what is to be expected.
import type { Json } from "../core/canonical.ts";
import { type Bytes, sha256, toBase64, toUtf8 } from "../store/digest.ts";
import type { Clock, Problem } from "../store/schema.ts";

export interface Net {
  fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Scheme and host, without a slash at the end: `location.origin`. */
  origin: string;
  clock: Clock;
}

/** portal: somebody else answered. damaged: the answer does not match its digest. */
export type OfflineReason = "network" | "timeout" | "portal" | "damaged";

export type Offline = { kind: "offline"; why: OfflineReason };

export interface ProblemReply {
  kind: "problem";
  status: number;
  problem: Problem;
  retryAfterMs: number | null;
}

export type Reply = { kind: "ok"; status: number; body: Json } | ProblemReply | Offline;

export type RawReply = { kind: "answer"; response: Response; body: ArrayBuffer } | Offline;

export interface Call {
  method: "GET" | "POST" | "PATCH" | "HEAD" | "DELETE";
  path: string;
  token?: string;
  headers?: Record<string, string>;
  body?: Bytes;
}

export const API = "/api/v1";

const PATIENCE_MS = 30_000;
// Slower than this (8 kbit/s) a link is as good as none.
const SLOWEST_BYTES_PER_MS = 1;
const SMALLEST_TO_GZIP = 1024;

/** Sends JSON and reads JSON. With `isDigested` the body carries its Content-Digest. */
export async function callJson(
  net: Net,
  call: Omit<Call, "body">,
  content?: { json: unknown; isDigested?: boolean; gzip?: boolean },
): Promise<Reply> {
  const headers: Record<string, string> = { Accept: "application/json", ...call.headers };
  const request: Call = { ...call, headers };
  if (content) {
    headers["Content-Type"] = "application/json";
    request.body = toUtf8(JSON.stringify(content.json));
    if (
      content.gzip &&
      typeof CompressionStream !== "undefined" &&
      request.body.length >= SMALLEST_TO_GZIP
    ) {
      request.body = await gzip(request.body);
      headers["Content-Encoding"] = "gzip";
    }
    if (content.isDigested) headers["Content-Digest"] = await digestHeader(request.body);
  }
  const raw = await callRaw(net, request);
  return raw.kind === "offline" ? raw : readReply(net, raw.response, raw.body);
}

/** Sends and reads bytes. A cut answer, a time-out and no network at all are one to the caller: offline. */
export async function callRaw(net: Net, call: Call): Promise<RawReply> {
  const patience = new AbortController();
  const sizeBytes = call.body?.byteLength ?? 0;
  let isOverdue = false;
  const timer = setTimeout(
    () => {
      isOverdue = true;
      patience.abort();
    },
    PATIENCE_MS + sizeBytes / SLOWEST_BYTES_PER_MS,
  );
  try {
    const response = await net.fetch(net.origin + call.path, requestInit(call, patience.signal));
    return { kind: "answer", response, body: await response.arrayBuffer() };
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    return { kind: "offline", why: isOverdue ? "timeout" : "network" };
  } finally {
    clearTimeout(timer);
  }
}

function requestInit(call: Call, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { ...call.headers };
  if (call.token) headers.Authorization = `Bearer ${call.token}`;
  return {
    method: call.method,
    headers,
    signal,
    cache: "no-store",
    credentials: "omit",
    // A captive portal redirects to its own page; our server never redirects a phone.
    redirect: "error",
    ...(call.body ? { body: call.body } : {}),
  };
}

// fetch rejects with TypeError without a network, and with an AbortError when given up.
function isNetworkError(error: unknown): boolean {
  return (
    error instanceof TypeError || (error instanceof DOMException && error.name !== "DataCloneError")
  );
}

async function readReply(net: Net, response: Response, body: ArrayBuffer): Promise<Reply> {
  if (!(await isIntact(response.headers, body))) return { kind: "offline", why: "damaged" };
  const json = isJson(response.headers) ? parseJson(body) : undefined;
  if (!response.ok) {
    const { status, headers } = response;
    return {
      kind: "problem",
      status,
      problem: toProblem(status, json),
      retryAfterMs: retryAfter(headers, net.clock),
    };
  }
  return json === undefined
    ? { kind: "offline", why: "portal" }
    : { kind: "ok", status: response.status, body: json };
}

/** Whether the body is the one the server digested. Nothing is known of a body without a digest. */
export async function isIntact(headers: Headers, body: ArrayBuffer): Promise<boolean> {
  const declared = /sha-256=:([A-Za-z0-9+/=]+):/.exec(headers.get("Content-Digest") ?? "")?.[1];
  // The digest is over the coded body, and the browser hands over the decoded one.
  if (!declared || headers.get("Content-Encoding")) return true;
  return toBase64(await sha256(body)) === declared;
}

export async function digestHeader(body: Bytes): Promise<string> {
  return `sha-256=:${toBase64(await sha256(body))}:`;
}

function isJson(headers: Headers): boolean {
  return /^application\/(problem\+)?json\b/.test(headers.get("Content-Type") ?? "");
}

function parseJson(body: ArrayBuffer): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function toProblem(status: number, json: Json | undefined): Problem {
  const unnamed = { code: `http_${status}` };
  if (typeof json !== "object" || json === null || Array.isArray(json)) return unnamed;
  if (typeof json.code !== "string") return unnamed;
  return {
    code: json.code,
    ...(typeof json.title === "string" ? { title: json.title } : {}),
    ...(typeof json.detail === "string" ? { detail: json.detail } : {}),
  };
}

export function problemOf(net: Net, response: Response, body: ArrayBuffer): ProblemReply {
  const { status, headers } = response;
  const json = isJson(headers) ? parseJson(body) : undefined;
  return {
    kind: "problem",
    status,
    problem: toProblem(status, json),
    retryAfterMs: retryAfter(headers, net.clock),
  };
}

function retryAfter(headers: Headers, clock: Clock): number | null {
  const text = headers.get("Retry-After");
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - clock();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

async function gzip(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The words by which the server says that the token no longer counts; anything else is not that. */
export function isTokenRefusal(
  reply: ProblemReply,
): reply is ProblemReply & { problem: { code: "token_unknown" | "device_revoked" } } {
  if (reply.status !== 401 && reply.status !== 403) return false;
  return reply.problem.code === "token_unknown" || reply.problem.code === "device_revoked";
}
