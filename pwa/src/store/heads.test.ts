// The heads that a phone remembers are few, reach far back, and are dense where it matters.
import fc from "fast-check";
import { expect, test } from "vitest";
import { contradicted, rememberHead } from "./heads.ts";
import type { SeenHead } from "./schema.ts";

function head(size: number): SeenHead {
  return { size, hash: `hash of ${size}` };
}

test("never more than 32, always the first and the newest, and none far from its neighbours for its age", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 33, maxLength: 400 });
  fc.assert(
    fc.property(steps, (growth) => {
      let size = 0;
      const sizes: number[] = [];
      for (const more of growth) {
        size += more;
        sizes.push(size);
      }
      const kept = sizes.map(head).reduce<SeenHead[]>(rememberHead, []);
      const left = kept.map((one) => one.size);
      expect(left).toHaveLength(32);
      expect(left).toEqual([...left].sort((a, b) => a - b));
      expect([left[0], left[31]]).toEqual([sizes[0], size]);
      for (let at = 2; at < 31; at++) {
        const gap = (left[at] as number) - (left[at - 1] as number);
        const age = size - (left[at - 1] as number);
        expect(gap).toBeLessThanOrEqual(0.75 * age + 1000);
      }
    }),
    { numRuns: 60 },
  );
});

test("one size is remembered once, with the hash that came first", () => {
  const once = rememberHead([head(3)], head(5));
  expect(rememberHead(once, { size: 3, hash: "another" })).toEqual([head(3), head(5)]);
});

test("what is longer than the log, or differs at its size, is contradicted by it", () => {
  const seen = [head(3), head(5), head(9)];
  expect(contradicted(seen, { size: 5, hash: "another" })).toEqual([head(5), head(9)]);
  expect(contradicted(seen, head(5))).toEqual([head(9)]);
  expect(contradicted(seen, head(12))).toEqual([]);
});
