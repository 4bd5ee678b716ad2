// A log that only grew is recognised as the same one; any other is not.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { hashNode } from "../store/digest.ts";
import { headOf, leafHash, proofOf } from "../store/testing-log.ts";
import { type Head, isConsistent } from "./merkle.ts";

interface Vectors {
  leaves: { body: string; hash: string }[];
  roots: string[];
  proofs: { old_size: number; size: number; proof: string[] }[];
}

const file = new URL("../../../sync/vectors/merkle.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const LARGEST = 70;
let leaves: string[];

beforeAll(async () => {
  leaves = await Promise.all(Array.from({ length: LARGEST }, (_, at) => leafHash(`leaf ${at}`)));
});

async function grown(from: number, to: number): Promise<[Head, Head, string[]]> {
  const log = leaves.slice(0, to);
  return [await headOf(log.slice(0, from)), await headOf(log), await proofOf(from, log)];
}

test("the shared proofs hold, and those who build logs in tests build the same ones", async () => {
  const hashes = vectors.leaves.map(({ hash }) => hash);
  for (const { old_size: from, size: to, proof } of vectors.proofs) {
    const [earlier, later] = [from, to].map((size) => ({ size, hash: vectors.roots[size] ?? "" }));
    expect(await isConsistent(earlier as Head, later as Head, proof, hashNode)).toBe(true);
    expect(await proofOf(from, hashes.slice(0, to))).toEqual(proof);
    expect(await headOf(hashes.slice(0, to))).toEqual(later);
  }
});

test("a consistency proof holds for every size up to every later size", async () => {
  for (let to = 0; to <= 33; to++)
    for (let from = 0; from <= to; from++) {
      const [earlier, later, proof] = await grown(from, to);
      expect(await isConsistent(earlier, later, proof, hashNode), `${from} to ${to}`).toBe(true);
    }
});

test("a consistency proof fails with any one thing in it changed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: LARGEST }), fc.nat(), fc.nat(), async (to, a, b) => {
      const from = 1 + (a % (to - 1));
      const [earlier, later, proof] = await grown(from, to);
      const wrong = await leafHash(`wrong ${b}`);
      const at = b % proof.length;
      const changed = proof.map((one, index) => (index === at ? wrong : one));
      const tries: [Head, Head, string[]][] = [
        [{ ...earlier, hash: wrong }, later, proof],
        [earlier, { ...later, hash: wrong }, proof],
        [earlier, later, changed],
        [earlier, later, proof.slice(0, -1)],
        [earlier, later, [...proof, wrong]],
        [later, earlier, proof],
      ];
      for (const [old, now, path] of tries)
        expect(await isConsistent(old, now, path, hashNode)).toBe(false);
    }),
    { numRuns: 150 },
  );
});

test("a consistency proof fails for a log with a leaf changed behind the phone's back, whatever proof comes with it", async () => {
  const forged = leaves.map((leaf, at) => (at === 3 ? (leaves[4] as string) : leaf));
  for (const [from, to] of [
    [8, 20],
    [9, 20],
    [13, 64],
    [5, 6],
  ] as const) {
    const seen = await headOf(leaves.slice(0, from));
    const now = forged.slice(0, to);
    const proof = await proofOf(from, now);
    expect(await isConsistent(seen, await headOf(now), proof, hashNode)).toBe(false);
  }
});

test("a consistency proof is not needed for the empty log, nor between a log and itself", async () => {
  const [none, all] = [await headOf([]), await headOf(leaves)];
  expect(await isConsistent(none, all, [], hashNode)).toBe(true);
  expect(await isConsistent(all, all, [], hashNode)).toBe(true);
  expect(await isConsistent(all, { ...all, hash: none.hash }, [], hashNode)).toBe(false);
});
