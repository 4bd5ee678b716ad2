// Canonical JSON (RFC 8785 without fractions): the text that both sides hash.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export const MAX_INTEGER = 2 ** 53;
export const MAX_DEPTH = 32;

/** The value has no canonical form: a fraction, a huge integer, half a surrogate pair, too deep. */
export class NotCanonical extends Error {
  override name = "NotCanonical";
}

/** The one text of a JSON value: sorted keys, no spaces; throws NotCanonical. */
export function canonicalJson(value: Json): string {
  return textOf(value, 0);
}

/** How many bytes this text has in UTF-8; counted here because this layer has no encoder. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += 1 + Number(code >= 0x80) + Number(code >= 0x800) + Number(code >= 0x10000);
  }
  return bytes;
}

function textOf(value: unknown, depth: number): string {
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return integerText(value);
  if (typeof value !== "object") throw new NotCanonical(`${typeof value} has no canonical form`);
  if (depth >= MAX_DEPTH) throw new NotCanonical(`nested deeper than ${MAX_DEPTH}`);
  return Array.isArray(value) ? listText(value, depth) : objectText(value, depth);
}

function listText(list: readonly unknown[], depth: number): string {
  return `[${list.map((element) => textOf(element, depth + 1)).join(",")}]`;
}

function objectText(members: object, depth: number): string {
  // Plain sort() orders by UTF-16 code units, which is what RFC 8785 asks for.
  const names = Object.keys(members).sort();
  const parts = names.map((name) => {
    const element = (members as Record<string, unknown>)[name];
    return `${quoted(name)}:${textOf(element, depth + 1)}`;
  });
  return `{${parts.join(",")}}`;
}

function quoted(text: string): string {
  if (hasLoneSurrogate(text)) throw new NotCanonical("text with half a surrogate pair");
  return JSON.stringify(text);
}

function hasLoneSurrogate(text: string): boolean {
  for (const character of text) {
    if (character.length === 1 && character >= "\ud800" && character <= "\udfff") return true;
  }
  return false;
}

function integerText(number: number): string {
  if (!Number.isInteger(number) || Math.abs(number) > MAX_INTEGER) {
    throw new NotCanonical(`${number} is no integer within 2^53`);
  }
  return JSON.stringify(number);
}
