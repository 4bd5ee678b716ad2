// Merging: the laws that let edits arrive late, twice and in any order.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "./canonical.ts";
import { mergeFields, mergeStates, type RecordState } from "./merge.ts";

const law: <T>(property: fc.IProperty<T>) => void = fc.assert;

interface Change {
  fields: Record<string, Json>;
  stamp: string;
}

interface Vectors {
  fields: (Change & {
    name: string;
    state: RecordState;
    merged: RecordState;
    won: string[];
    lost: string[];
  })[];
  states: { name: string; a: RecordState; b: RecordState; merged: RecordState }[];
  histories: { name: string; edits: Change[]; merged: RecordState }[];
}

const file = new URL("../../../sync/vectors/merge.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

// Few names, stamps and values, so that they collide often.
const names = fc.constantFrom("vehicle", "answers/P1-01", "备注", "constructor", "__proto__");
const stamps = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom("a", "b"))
  .map(([ms, device]) => `000000000000${ms}-0000-${device.repeat(16)}`);
const values = fc.constantFrom<Json[]>(null, 1, 9, 10, "x", "🚌", "\ufb33", { value: "fail" });
const fields = fc.dictionary(names, values, { minKeys: 1, noNullPrototype: true });
const states = fc.dictionary(names, fc.record({ value: values, stamp: stamps }), {
  noNullPrototype: true,
});
const changes = fc.record({ fields, stamp: stamps });

test.each(vectors.fields)(
  "merging fields: $name",
  ({ state, fields: changed, stamp, ...expected }) => {
    const before = JSON.stringify(state);
    const merge = mergeFields(state, changed, stamp);
    expect(merge).toEqual({ state: expected.merged, won: expected.won, lost: expected.lost });
    expect(JSON.stringify(state)).toBe(before);
  },
);

test.each(vectors.states)("merging states: $name", ({ a, b, merged }) => {
  expect(mergeStates(a, b)).toEqual(merged);
  expect(mergeStates(b, a)).toEqual(merged);
});

test.each(vectors.histories)("merging in every order: $name", ({ edits, merged }) => {
  for (const order of permutations(edits)) expect(folded(order)).toEqual(merged);
});

test("merging is commutative, associative and idempotent", () => {
  law(
    fc.property(states, states, states, (a, b, c) => {
      expect(mergeStates(a, b)).toEqual(mergeStates(b, a));
      expect(mergeStates(mergeStates(a, b), c)).toEqual(mergeStates(a, mergeStates(b, c)));
      expect(mergeStates(a, a)).toEqual(a);
      expect(mergeStates({}, a)).toEqual(a);
    }),
  );
});

test("merging ends alike in any order of arrival", () => {
  const histories = fc
    .array(changes, { maxLength: 6 })
    .chain((edits) =>
      fc.tuple(
        fc.constant(edits),
        fc.shuffledSubarray(edits, { minLength: edits.length, maxLength: edits.length }),
      ),
    );
  law(
    fc.property(histories, ([sent, arrived]) => {
      expect(folded(arrived)).toEqual(folded(sent));
    }),
  );
});

test("merging changes nothing when the same edit comes again", () => {
  law(
    fc.property(states, changes, (state, change) => {
      const once = mergeFields(state, change.fields, change.stamp);
      const again = mergeFields(once.state, change.fields, change.stamp);
      expect(again).toEqual({ state: once.state, won: [], lost: once.lost });
    }),
  );
});

test("merging keeps a field called __proto__ as a field", () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, Json>;
  const { state, won } = mergeFields({}, hostile, "0000000000001-0000-aaaaaaaaaaaaaaaa");
  expect(won).toEqual(["__proto__"]);
  expect(Object.keys(state)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(state)).toBe(Object.prototype);
});

function folded(edits: readonly Change[]): RecordState {
  return edits.reduce<RecordState>(
    (state, { fields: changed, stamp }) => mergeFields(state, changed, stamp).state,
    {},
  );
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [list.slice()];
  return list.flatMap((first, place) => {
    const others = list.filter((_, other) => other !== place);
    return permutations(others).map((rest) => [first, ...rest]);
  });
}
