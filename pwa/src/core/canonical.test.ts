// Canonical JSON: one text per value, the same on phone and server.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, type Json, NotCanonical, utf8Length } from "./canonical.ts";

const law: <T>(property: fc.IProperty<T>) => void = fc.assert;

interface Vectors {
  valid: { name: string; json: string; canonical: string; sha256: string }[];
  invalid: { name: string; json: string }[];
}

const file = new URL("../../../sync/vectors/canonical.json", import.meta.url);
const { valid, invalid } = JSON.parse(readFileSync(file, "utf8")) as Vectors;

const texts = fc.string({ unit: "binary" });
const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -(2 ** 53), max: 2 ** 53 }),
  texts,
);
const values = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalars,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(texts, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test.each(valid)("canonical json has one text: $name", ({ json, canonical, sha256 }) => {
  const text = canonicalJson(JSON.parse(json) as Json);
  expect(text).toBe(canonical);
  expect(createHash("sha256").update(text, "utf8").digest("hex")).toBe(sha256);
});

test.each(invalid)("canonical json refuses $name", ({ json }) => {
  expect(() => canonicalJson(JSON.parse(json) as Json)).toThrow(NotCanonical);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, Symbol("a"), 10n])(
  "canonical json refuses what JSON cannot say",
  (value) => {
    expect(() => canonicalJson(value as unknown as Json)).toThrow(NotCanonical);
    expect(() => canonicalJson([value] as unknown as Json)).toThrow(NotCanonical);
  },
);

test("canonical json reads back as the value, and then has the same text", () => {
  law(
    fc.property(values, (value) => {
      const text = canonicalJson(value);
      const back = JSON.parse(text) as Json;
      expect(back).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(back)).toBe(text);
    }),
  );
});

test("canonical json counts the bytes of its text", () => {
  law(
    fc.property(texts, (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text, "utf8"));
    }),
  );
});
