// The tus 1.0.0 requests that a photo needs; each resolves with a named outcome.
import { sha256, toBase64, toUtf8 } from "../store/digest.ts";
import {
  API,
  type Call,
  callRaw,
  type Net,
  type Offline,
  type ProblemReply,
  problemOf,
} from "./api.ts";

/** at: the server has this many bytes. gone: it knows no such upload. elsewhere: it has another offset. */
export type TusReply =
  | { kind: "at"; offset: number; location: string | null }
  | { kind: "gone" }
  | { kind: "elsewhere" }
  | { kind: "spoilt" }
  | ProblemReply
  | Offline;

export interface Link {
  net: Net;
  token: string;
}

const TUS = { "Tus-Resumable": "1.0.0" };
const OCTETS = { "Content-Type": "application/offset+octet-stream" };
const CHECKSUM_MISMATCH = 460;

/** Creates an upload, with its first bytes when there are any: small photos need one request. */
export async function createUpload(
  link: Link,
  photo: { sha256: string; sizeBytes: number; mediaType: string },
  first: Uint8Array<ArrayBuffer>,
): Promise<TusReply> {
  const headers: Record<string, string> = {
    ...TUS,
    "Upload-Length": String(photo.sizeBytes),
    "Upload-Metadata": `sha256 ${toBase64(toUtf8(photo.sha256))},filetype ${toBase64(toUtf8(photo.mediaType))}`,
  };
  const call: Call = { method: "POST", path: `${API}/uploads`, token: link.token, headers };
  if (first.byteLength > 0) {
    Object.assign(headers, OCTETS, await checksum(first));
    call.body = first;
  }
  return send(link, call, [201]);
}

export function readOffset(link: Link, path: string): Promise<TusReply> {
  return send(link, { method: "HEAD", path, token: link.token, headers: { ...TUS } }, [200, 204]);
}

/**
 * Without a checksum of its own: the server then keeps every byte that comes before the line is
 * cut, and holds the whole photo against its hash in the end.
 */
export function sendChunk(
  link: Link,
  path: string,
  offset: number,
  chunk: Uint8Array<ArrayBuffer>,
): Promise<TusReply> {
  const headers = { ...TUS, ...OCTETS, "Upload-Offset": String(offset) };
  return send(link, { method: "PATCH", path, token: link.token, headers, body: chunk }, [204]);
}

/** The one proof that the server holds exactly these bytes as a verified photo. */
export async function isProved(
  link: Link,
  name: string,
): Promise<boolean | Offline | ProblemReply> {
  const call: Call = { method: "HEAD", path: `${API}/photos/${name}`, token: link.token };
  const raw = await callRaw(link.net, call);
  if (raw.kind === "offline") return raw;
  // Somebody else's page also answers 200; only our server calls it a picture.
  if (raw.response.ok) return /^image\//.test(raw.response.headers.get("Content-Type") ?? "");
  if (raw.response.status === 404) return false;
  return problemOf(link.net, raw.response, raw.body);
}

async function checksum(bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  return { "Upload-Checksum": `sha256 ${toBase64(await sha256(bytes))}` };
}

async function send(link: Link, call: Call, expected: number[]): Promise<TusReply> {
  const raw = await callRaw(link.net, call);
  if (raw.kind === "offline") return raw;
  const { response, body } = raw;
  const { status, headers } = response;
  if (expected.includes(status)) return readAt(link, response);
  if (status === 404 || status === 410) return { kind: "gone" };
  if (status === 409) return { kind: "elsewhere" };
  if (status === CHECKSUM_MISMATCH) return { kind: "spoilt" };
  if (response.ok || headers.get("Content-Type")?.startsWith("text/html"))
    return { kind: "offline", why: "portal" };
  // A HEAD has no body to name the problem: whether the token still counts is for a sync to say.
  return problemOf(link.net, response, body);
}

function readAt(link: Link, { headers }: Response): TusReply {
  const offset = headers.get("Upload-Offset") ?? "0";
  if (!headers.get("Tus-Resumable") || !/^\d+$/.test(offset))
    return { kind: "offline", why: "portal" };
  return { kind: "at", offset: Number(offset), location: localPath(link, headers.get("Location")) };
}

// A proxy may name its own host in Location: the path counts, and the token goes to no other host.
function localPath(link: Link, location: string | null): string | null {
  if (location === null) return null;
  const url = new URL(location, `${link.net.origin}${API}/uploads`);
  return url.pathname + url.search;
}
