// Checks a proof that a log's earlier head is a beginning of a later one: RFC 9162, 2.1.4.2.
import { divideFloor } from "./number.ts";

export interface Head {
  size: number;
  /** The Merkle tree hash over `size` leaves, in lower hex. */
  hash: string;
}

/** The hash of a node from its two children's, all in lower hex: SHA-256(0x01 ‖ left ‖ right). */
export type HashNode = (left: string, right: string) => Promise<string>;

/** Whether `proof` shows that the log of `later` begins with exactly the log of `earlier`. */
export async function isConsistent(
  earlier: Head,
  later: Head,
  proof: readonly string[],
  hashNode: HashNode,
): Promise<boolean> {
  if (earlier.size === later.size) return proof.length === 0 && earlier.hash === later.hash;
  if (earlier.size > later.size) return false;
  // Every log begins with the empty one, whose hash says nothing.
  if (earlier.size === 0) return proof.length === 0;
  const { path, index, last } = startOf(earlier, later, proof);
  return await climb(path, index, last, earlier.hash, later.hash, hashNode);
}

interface Start {
  path: readonly string[];
  index: number;
  last: number;
}

function startOf(earlier: Head, later: Head, proof: readonly string[]): Start {
  let [index, last] = [earlier.size - 1, later.size - 1];
  while (index % 2 === 1) [index, last] = [half(index), half(last)];
  // An earlier tree of 2^k leaves is a node of the later one itself, and so is left out of the proof.
  return { path: index === 0 ? [earlier.hash, ...proof] : proof, index, last };
}

async function climb(
  path: readonly string[],
  startIndex: number,
  startLast: number,
  earlierHash: string,
  laterHash: string,
  hashNode: HashNode,
): Promise<boolean> {
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let [index, last, earlier, later] = [startIndex, startLast, first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      earlier = await hashNode(sibling, earlier);
      later = await hashNode(sibling, later);
      while (index % 2 === 0 && index !== 0) [index, last] = [half(index), half(last)];
    } else later = await hashNode(later, sibling);
    [index, last] = [half(index), half(last)];
  }
  return last === 0 && earlier === earlierHash && later === laterHash;
}

function half(value: number): number {
  return divideFloor(value, 2);
}
