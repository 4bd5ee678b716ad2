// One edit as it travels, and what the server would say is wrong with one.

import { canonicalJson, type Json, MAX_INTEGER, NotCanonical, utf8Length } from "./canonical.ts";
import { parseStamp } from "./stamp.ts";

export interface Edit {
  stamp: string;
  serial: number;
  prev: string;
  kind: string;
  record: string;
  fields: Record<string, Json>;
}

export type EditProblem =
  | "edit_malformed"
  | "stamp_malformed"
  | "serial_malformed"
  | "prev_malformed"
  | "kind_malformed"
  | "record_malformed"
  | "fields_malformed"
  | "not_canonical"
  | "edit_too_large";

export const GENESIS = "0".repeat(64);
export const MAX_FIELDS = 400;
export const MAX_NAME_LENGTH = 100;
export const MAX_EDIT_BYTES = 256 * 1024;

const HASH = /^[0-9a-f]{64}$/;
const KIND = /^[a-z][a-z0-9_-]{0,31}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The first thing wrong with this edit, by the code that the server would answer, or null. */
export function editProblem(raw: unknown): EditProblem | null {
  if (!isObject(raw)) return "edit_malformed";
  if (parseStamp(raw.stamp) === null) return "stamp_malformed";
  if (!isSerial(raw.serial)) return "serial_malformed";
  if (!matches(HASH, raw.prev)) return "prev_malformed";
  if (!matches(KIND, raw.kind)) return "kind_malformed";
  if (!matches(UUID, raw.record)) return "record_malformed";
  if (!isFields(raw.fields)) return "fields_malformed";
  return canonicalProblem(raw);
}

function canonicalProblem(raw: Record<string, unknown>): EditProblem | null {
  try {
    const text = canonicalJson(raw as Record<string, Json>);
    return utf8Length(text) > MAX_EDIT_BYTES ? "edit_too_large" : null;
  } catch (error) {
    if (error instanceof NotCanonical) return "not_canonical";
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSerial(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_INTEGER;
}

function isFields(value: unknown): boolean {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  if (names.length < 1 || names.length > MAX_FIELDS) return false;
  // Characters, not UTF-16 units, because the server counts characters.
  return names.every((name) => name !== "" && Array.from(name).length <= MAX_NAME_LENGTH);
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}
