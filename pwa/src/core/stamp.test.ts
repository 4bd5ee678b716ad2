// Stamps: parse, print, and rise whatever the clock does.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatStamp,
  MAX_COUNTER,
  MAX_MS,
  nextStamp,
  parseStamp,
  type Stamp,
  StampsExhausted,
} from "./stamp.ts";

const law: <T>(property: fc.IProperty<T>) => void = fc.assert;

interface Vectors {
  valid: (Stamp & { text: string })[];
  invalid: string[];
  next: { name: string; last: string | null; now_ms: number; next: string | null }[];
  device: string;
  rising: string[];
}

const file = new URL("../../../sync/vectors/stamps.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

const devices = fc.string({
  unit: fc.constantFrom(..."0123456789abcdef"),
  minLength: 16,
  maxLength: 16,
});
const stamps = fc.record({
  ms: fc.integer({ min: 0, max: MAX_MS }),
  counter: fc.integer({ min: 0, max: MAX_COUNTER }),
  device: devices,
});
const clocks = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.integer({ min: 0, max: 2e12 }));

test.each(vectors.valid)("a stamp reads and prints: $text", ({ text, ...stamp }) => {
  expect(parseStamp(text)).toEqual(stamp);
  expect(formatStamp(stamp)).toBe(text);
});

test.each([...vectors.invalid, null, 1763600000123])("a stamp is not %j", (text) => {
  expect(parseStamp(text)).toBeNull();
});

test.each(vectors.next)("a stamp follows: $name", ({ last, now_ms, next }) => {
  if (next === null) {
    expect(() => nextStamp(last, now_ms, vectors.device)).toThrow(StampsExhausted);
  } else {
    expect(nextStamp(last, now_ms, vectors.device)).toBe(next);
  }
});

test("a stamp orders as text", () => {
  expect(vectors.rising.slice().reverse().sort()).toEqual(vectors.rising);
});

test("a stamp is not made of what it cannot print", () => {
  const good = { ms: 0, counter: 0, device: "0".repeat(16) };
  for (const bad of [{ ms: -1 }, { ms: MAX_MS + 1 }, { ms: 0.5 }, { counter: 65536 }]) {
    expect(() => formatStamp({ ...good, ...bad })).toThrow(RangeError);
  }
  expect(() => formatStamp({ ...good, device: "A".repeat(16) })).toThrow(RangeError);
  expect(() => nextStamp(null, 0, "phone")).toThrow(RangeError);
  expect(() => nextStamp("yesterday", 0, good.device)).toThrow(RangeError);
});

test("a stamp ignores a clock that reads no number", () => {
  const last = `1763600000123-0000-${vectors.device}`;
  expect(nextStamp(last, Number.NaN, vectors.device)).toBe(`1763600000123-0001-${vectors.device}`);
  expect(nextStamp(null, 1.9, vectors.device)).toBe(`0000000000001-0000-${vectors.device}`);
});

test("a stamp rises whatever the clock does", () => {
  const runs = fc.array(clocks, { minLength: 2 });
  law(
    fc.property(runs, devices, (readings, device) => {
      let last: string | null = null;
      for (const nowMs of readings) {
        const next: string = nextStamp(last, nowMs, device);
        expect(last === null || next > last).toBe(true);
        last = next;
      }
    }),
  );
});

test("a stamp rises above the stamp of any other device", () => {
  law(
    fc.property(stamps, clocks, devices, (last, nowMs, device) => {
      fc.pre(last.ms < MAX_MS || last.counter < MAX_COUNTER);
      const text = formatStamp(last);
      expect(nextStamp(text, nowMs, device) > text).toBe(true);
      expect(parseStamp(text)).toEqual(last);
    }),
  );
});
