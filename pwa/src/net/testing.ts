// A small server that is one function: it keeps protocol.md's rules as far as a phone can see them.
import { canonicalJson, type Json } from "../core/canonical.ts";
import type { Edit } from "../core/edit.ts";
import { mergeFields, type RecordState } from "../core/merge.ts";
import { fromBase64, sha256, sha256Hex, toBase64, toUtf8 } from "../store/digest.ts";
import { headOf, leafHash, proofOf } from "../store/testing-log.ts";
import type { Net } from "./api.ts";

export const ORIGIN = "http://phone.test";

interface Stored {
  hash: string;
  receipt: { [name: string]: Json };
}

interface Change {
  seq: number;
  kind: string;
  record: string;
}

export interface Upload {
  sha256: string;
  length: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Everything the server knows, and the faults a test switches on. */
export interface FakeServer {
  epoch: string;
  tokens: Set<string>;
  log: Map<string, Stored>;
  serials: number[];
  /** The evidence log's leaves. */
  leaves: string[];
  records: Map<string, RecordState>;
  changes: Change[];
  photos: Map<string, Uint8Array<ArrayBuffer>>;
  uploads: Map<string, Upload>;
  pageSize: number;
  nowMs: number;
  pushes: Edit[][];
  /** Says why an edit is refused, or null. */
  refuse: (edit: Edit) => string | null;
  orderedAs: (edit: Edit) => string | null;
  /** May answer in the server's place, before (null: go on) or after it has done the work. */
  before: (request: Asked) => Response | null | Promise<Response | null>;
  after: (request: Asked, answer: Response) => Response | Promise<Response>;
  net: Net;
}

export interface Asked {
  method: string;
  path: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
}

export function fakeServer(clock: () => number): FakeServer {
  const server: FakeServer = {
    epoch: "epoch-1",
    tokens: new Set(["token-of-00000000000000aa", "token-of-00000000000000bb"]),
    log: new Map(),
    serials: [],
    leaves: [],
    records: new Map(),
    changes: [],
    photos: new Map(),
    uploads: new Map(),
    pageSize: 100,
    nowMs: clock(),
    pushes: [],
    refuse: () => null,
    orderedAs: () => null,
    before: () => null,
    after: (_, answer) => answer,
    net: { origin: ORIGIN, clock, fetch: (input, init) => answer(server, input, init) },
  };
  return server;
}

/** Puts a record on the server as if another client had written it. */
export function place(server: FakeServer, kind: string, record: string, fields: RecordState): void {
  const name = `${kind}/${record}`;
  server.records.set(name, { ...server.records.get(name), ...fields });
  server.changes.push({ seq: server.changes.length + 1, kind, record });
}

async function answer(server: FakeServer, input: string, init: RequestInit): Promise<Response> {
  const asked: Asked = {
    method: init.method ?? "GET",
    path: input.slice(ORIGIN.length),
    headers: new Headers(init.headers),
    body: new Uint8Array(await new Response(init.body ?? null).arrayBuffer()),
  };
  return (await server.before(asked)) ?? (await server.after(asked, await route(server, asked)));
}

function route(server: FakeServer, asked: Asked): Response | Promise<Response> {
  const token = asked.headers.get("Authorization")?.slice("Bearer ".length) ?? "";
  const at = `${asked.method} ${asked.path}`;
  if (at === "POST /api/v1/devices") return enrol(server, asked);
  if (!server.tokens.has(token)) return problem(401, "token_unknown");
  if (at === "POST /api/v1/sync") return sync(server, asked);
  if (at === "POST /api/v1/uploads") return create(server, asked);
  const size = /^\/api\/v1\/sync\/consistency\?size=(\d+)$/.exec(asked.path)?.[1];
  if (size !== undefined) return consistency(server, Number(size));
  const upload = /^\/api\/v1\/uploads\/([\w-]+)$/.exec(asked.path)?.[1];
  if (upload !== undefined) return part(server, asked, upload);
  const photo = /^\/api\/v1\/photos\/(\w+)$/.exec(asked.path)?.[1];
  if (asked.method === "HEAD" && photo !== undefined && server.photos.has(photo)) {
    return new Response(null, { status: 200, headers: { "Content-Type": "image/jpeg" } });
  }
  return problem(404, "not_found");
}

export function problem(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): Response {
  const type = { "Content-Type": "application/problem+json", ...headers };
  return new Response(JSON.stringify({ status, code, title: code }), { status, headers: type });
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json" },
  });
}

function enrol(server: FakeServer, asked: Asked): Response {
  const { code, public_key: key } = JSON.parse(new TextDecoder().decode(asked.body));
  if (code !== "good-code") return problem(403, "code_unknown");
  if (key.d !== undefined || key.crv !== "P-256") return problem(400, "key_malformed");
  const server_time = new Date(server.nowMs).toISOString();
  const who = {
    user_id: "user 周敏",
    user: "周敏",
    company: "县公交",
    regime: "city_bus",
    token: "token-of-00000000000000aa",
  };
  return json({ device: "00000000000000aa", epoch: server.epoch, server_time, ...who }, 201);
}

async function sync(server: FakeServer, asked: Asked): Promise<Response> {
  const declared = asked.headers.get("Content-Digest");
  if (declared !== `sha-256=:${toBase64(await sha256(asked.body))}:`)
    return problem(400, "digest_mismatch");
  const wanted = JSON.parse(await textOf(asked)) as {
    cursor: string | null;
    edits: Edit[];
    signature?: string;
  };
  if (wanted.edits.length > 0 && fromBase64(wanted.signature ?? "").length !== 64)
    return problem(400, "signature_missing");
  const after = wanted.cursor === null ? 0 : Number(wanted.cursor.split(":")[1]);
  if (wanted.cursor?.split(":")[0] !== server.epoch && wanted.cursor !== null)
    return problem(400, "cursor_invalid");
  server.pushes.push(wanted.edits);
  const receipts: Json[] = [];
  for (const edit of wanted.edits) receipts.push((await receive(server, edit)) as Json);
  return syncReply(server, receipts, after);
}

async function syncReply(server: FakeServer, receipts: Json[], after: number): Promise<Response> {
  const page = server.changes.filter(({ seq }) => seq > after).slice(0, server.pageSize);
  const reached = page.length > 0 ? (page[page.length - 1] as Change).seq : after;
  const body = toUtf8(
    JSON.stringify({
      epoch: server.epoch,
      server_time: new Date(server.nowMs).toISOString(),
      receipts,
      records: page.map(({ kind, record }) => ({
        kind,
        record,
        fields: server.records.get(`${kind}/${record}`),
      })),
      cursor: `${server.epoch}:${reached}`,
      more: server.changes.length > reached,
      missing_serials: [],
      awaited_photos: [],
      head: await headOf(server.leaves),
    }),
  );
  const digest = `sha-256=:${toBase64(await sha256(body))}:`;
  return new Response(body, {
    headers: { "Content-Type": "application/json", "Content-Digest": digest },
  });
}

async function consistency(server: FakeServer, size: number): Promise<Response> {
  const { leaves } = server;
  if (size > leaves.length) return problem(404, "head_unknown");
  return json({
    old: await headOf(leaves.slice(0, size)),
    head: await headOf(leaves),
    proof: await proofOf(size, leaves),
  });
}

/** Adds a leaf that no other log has: an edit received again stands there with another time. */
export async function addLeaf(server: FakeServer, text = ""): Promise<void> {
  born += 1;
  server.leaves.push(await leafHash(`${text}#${born}`));
}

let born = 0;

/** The body of a request, unpacked. */
export function textOf(asked: Asked): Promise<string> {
  if (asked.headers.get("Content-Encoding") !== "gzip")
    return Promise.resolve(new TextDecoder().decode(asked.body));
  return new Response(
    new Blob([asked.body]).stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
}

async function receive(server: FakeServer, edit: Edit): Promise<Stored["receipt"]> {
  const hash = await sha256Hex(canonicalJson(edit as unknown as Json));
  const known = server.log.get(edit.stamp);
  if (known) return known.hash === hash ? known.receipt : refusal(edit, "stamp_reused");
  const code = server.refuse(edit);
  const orderedAs = server.orderedAs(edit);
  const receipt = code
    ? refusal(edit, code)
    : { stamp: edit.stamp, state: "accepted", ...(orderedAs ? { ordered_as: orderedAs } : {}) };
  server.log.set(edit.stamp, { hash, receipt });
  server.serials.push(edit.serial);
  await addLeaf(server, edit.stamp);
  if (!code) {
    const name = `${edit.kind}/${edit.record}`;
    place(
      server,
      edit.kind,
      edit.record,
      mergeFields(server.records.get(name) ?? {}, edit.fields, orderedAs ?? edit.stamp).state,
    );
  }
  return receipt;
}

function refusal(edit: Edit, code: string): Stored["receipt"] {
  return { stamp: edit.stamp, state: "refused", problem: { code, title: code } };
}

const TUS = { "Tus-Resumable": "1.0.0" };

async function create(server: FakeServer, asked: Asked): Promise<Response> {
  const named = /sha256 ([\w+/=]+)/.exec(asked.headers.get("Upload-Metadata") ?? "")?.[1] ?? "";
  const name = new TextDecoder().decode(fromBase64(named));
  const length = Number(asked.headers.get("Upload-Length"));
  const id = `up-${server.uploads.size + 1}`;
  const bytes = server.photos.get(name) ?? new Uint8Array(0);
  const upload = { sha256: name, length, bytes };
  server.uploads.set(id, upload);
  if (!server.photos.has(name)) await append(server, upload, asked);
  const headers = {
    ...TUS,
    Location: `/api/v1/uploads/${id}`,
    "Upload-Offset": String(upload.bytes.length),
  };
  return new Response(null, { status: 201, headers });
}

async function part(server: FakeServer, asked: Asked, id: string): Promise<Response> {
  const upload = server.uploads.get(id);
  if (!upload) return problem(404, "upload_gone", TUS);
  if (asked.method === "PATCH") {
    if (Number(asked.headers.get("Upload-Offset")) !== upload.bytes.length)
      return problem(409, "upload_offset", TUS);
    const checksum = asked.headers.get("Upload-Checksum");
    if (checksum && checksum !== `sha256 ${toBase64(await sha256(asked.body))}`)
      return problem(460, "checksum_mismatch", TUS);
    await append(server, upload, asked);
  }
  const status = asked.method === "PATCH" ? 204 : 200;
  return new Response(null, {
    status,
    headers: { ...TUS, "Upload-Offset": String(upload.bytes.length) },
  });
}

/** What arrives of a part stays, even when the line is cut behind it. */
export async function append(
  server: FakeServer,
  upload: Upload,
  asked: Pick<Asked, "body">,
): Promise<void> {
  const grown = new Uint8Array(upload.bytes.length + asked.body.length);
  grown.set(upload.bytes);
  grown.set(asked.body, upload.bytes.length);
  upload.bytes = grown;
  if (grown.length === upload.length && (await sha256Hex(grown)) === upload.sha256)
    server.photos.set(upload.sha256, grown);
}
