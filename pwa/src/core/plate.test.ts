// Plate and name keys: what was typed differently meets under one key.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nameKey, plateKey } from "./plate.ts";

const law: <T>(property: fc.IProperty<T>) => void = fc.assert;

type Cases = { text: string; key: string }[];

const file = new URL("../../../sync/vectors/plates.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as { plates: Cases; names: Cases };
const typed = fc.string({ unit: fc.constantFrom(..."豫京D dOoIi019·.-—　学Ｄ１") });

test.each(vectors.plates)("a key of the plate $text is $key", ({ text, key }) => {
  expect(plateKey(text)).toBe(key);
});

test.each(vectors.names)("a key of the name $text is $key", ({ text, key }) => {
  expect(nameKey(text)).toBe(key);
});

test("a key is its own key", () => {
  law(
    fc.property(fc.oneof(typed, fc.string({ unit: "binary" })), (text) => {
      expect(plateKey(plateKey(text))).toBe(plateKey(text));
      expect(nameKey(nameKey(text))).toBe(nameKey(text));
    }),
  );
});

test("a key does not depend on separators", () => {
  law(
    fc.property(typed, fc.nat(12), fc.constantFrom(..." ·.-　•"), (text, place, separator) => {
      const separated = text.slice(0, place) + separator + text.slice(place);
      expect(plateKey(separated)).toBe(plateKey(text));
    }),
  );
});
