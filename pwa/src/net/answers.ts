// Checks what the server answered before any of it is believed.
import type { Json } from "../core/canonical.ts";
import type { FieldState, RecordState } from "../core/merge.ts";
import { parseStamp } from "../core/stamp.ts";
import type { Head } from "../store/schema.ts";
import type { PulledRecord, Receipt, SyncAnswer } from "../store/wire.ts";
import { toProblem } from "./api.ts";

export const HASH = /^[0-9a-f]{64}$/;

type JsonObject = { [name: string]: Json };

/** The answer of POST /sync, or null when it is not one; single malformed rows are left out. */
export function parseSyncAnswer(body: Json): SyncAnswer | null {
  if (!isObject(body) || typeof body.epoch !== "string" || !Array.isArray(body.receipts))
    return null;
  const serverMs = typeof body.server_time === "string" ? Date.parse(body.server_time) : Number.NaN;
  if (Number.isNaN(serverMs) || !Array.isArray(body.records)) return null;
  return {
    epoch: body.epoch,
    serverMs,
    receipts: listOf(body.receipts, toReceipt),
    records: listOf(body.records, toPulledRecord),
    cursor: typeof body.cursor === "string" ? body.cursor : null,
    hasMore: body.more === true,
    missingSerials: listOf(body.missing_serials, toRange),
    awaitedPhotos: listOf(body.awaited_photos, toText),
    head: toHead(body.head),
  };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf<T>(value: Json | undefined, shape: (one: Json) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  return value.map(shape).filter((one): one is T => one !== null);
}

function toReceipt(value: Json): Receipt | null {
  if (!isObject(value) || typeof value.stamp !== "string") return null;
  const { stamp, state } = value;
  if (state !== "accepted" && state !== "late" && state !== "refused") return null;
  const orderedAs =
    typeof value.ordered_as === "string" && parseStamp(value.ordered_as) ? value.ordered_as : null;
  return {
    stamp,
    state,
    orderedAs,
    problem: isObject(value.problem) ? toProblem(0, value.problem) : null,
  };
}

function toPulledRecord(value: Json): PulledRecord | null {
  if (!isObject(value) || typeof value.kind !== "string" || typeof value.record !== "string")
    return null;
  const { kind, record } = value;
  if (value.gone === true) return { kind, record, gone: true };
  if (!isObject(value.fields)) return null;
  if (kind === "refusal") return toOfficeAnswer(record, value.fields);
  const fields: RecordState = {};
  for (const [name, field] of Object.entries(value.fields))
    if (isFieldState(field)) fields[name] = field;
  return { kind, record, fields };
}

function toOfficeAnswer(record: string, fields: JsonObject): PulledRecord | null {
  const plain = (name: string) => {
    const field = fields[name];
    return isObject(field) ? field.value : field;
  };
  const [stamp, state, note] = [plain("stamp"), plain("state"), plain("note")];
  if (typeof stamp !== "string" || (state !== "released" && state !== "explained")) return null;
  return { kind: "refusal", record, stamp, answer: { state, note: String(note ?? "") } };
}

function isFieldState(value: Json): value is Json & FieldState {
  return isObject(value) && "value" in value && typeof value.stamp === "string";
}

function toRange(value: Json): [number, number] | null {
  if (!Array.isArray(value) || typeof value[0] !== "number" || typeof value[1] !== "number")
    return null;
  return [value[0], value[1]];
}

function toText(value: Json): string | null {
  return typeof value === "string" ? value : null;
}

export function toHead(value: Json | undefined): Head | null {
  if (!isObject(value) || typeof value.size !== "number" || typeof value.hash !== "string")
    return null;
  const { size, hash } = value;
  return Number.isSafeInteger(size) && size >= 0 && HASH.test(hash) ? { size, hash } : null;
}
