// A Merkle log as RFC 9162 defines it, by its recursive formulas: the other side of core/merkle.ts.
import type { Head } from "../core/merkle.ts";
import { hashNode, sha256Hex } from "./digest.ts";

export function leafHash(text: string): Promise<string> {
  return sha256Hex(new TextEncoder().encode(`\u0000${text}`));
}

/** MTH, 2.1.1. */
export async function rootOf(leaves: readonly string[]): Promise<string> {
  if (leaves.length === 0) return sha256Hex("");
  if (leaves.length === 1) return leaves[0] as string;
  const cut = splitOf(leaves.length);
  return hashNode(await rootOf(leaves.slice(0, cut)), await rootOf(leaves.slice(cut)));
}

export async function headOf(leaves: readonly string[]): Promise<Head> {
  return { size: leaves.length, hash: await rootOf(leaves) };
}

/** PROOF(m, D_n), 2.1.4.1. */
export function proofOf(oldSize: number, leaves: readonly string[]): Promise<string[]> {
  return oldSize === 0 ? Promise.resolve([]) : subproof(oldSize, leaves, true);
}

async function subproof(
  oldSize: number,
  leaves: readonly string[],
  isWhole: boolean,
): Promise<string[]> {
  if (oldSize === leaves.length) return isWhole ? [] : [await rootOf(leaves)];
  const cut = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, cut), leaves.slice(cut)];
  return oldSize <= cut
    ? [...(await subproof(oldSize, left, isWhole)), await rootOf(right)]
    : [...(await subproof(oldSize - cut, right, false)), await rootOf(left)];
}

function splitOf(size: number): number {
  let cut = 1;
  while (cut * 2 < size) cut *= 2;
  return cut;
}
