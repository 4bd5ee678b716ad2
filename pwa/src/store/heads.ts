// The heads of the server's log that this phone remembers: few, well spread, and none contradicted.
import type { DeviceRow, Head, SeenHead, Witness } from "./schema.ts";

const KEPT = 32;
// Older versions forgot nothing below this many, and a contradiction is one head, or a handful.
const DOUBTS_KEPT = 64;

export const NO_WITNESS: Witness = {
  confirmedSize: null,
  confirmedAtMs: 0,
  askedAtMs: 0,
  doubts: [],
  lost: [],
};

export function witnessOf(device: DeviceRow): Witness {
  return device.witness ?? NO_WITNESS;
}

/** A log only grows: these heads cannot be beginnings of the one that has `head`. */
export function contradicted(heads: readonly SeenHead[], head: Head): SeenHead[] {
  return heads.filter(
    ({ size, hash }) => size > head.size || (size === head.size && hash !== head.hash),
  );
}

/** Adds the newest; of too many, the one goes that leaves the smallest gap for its age. */
export function rememberHead(heads: readonly SeenHead[], head: SeenHead): SeenHead[] {
  const kept = heads.some(({ size }) => size === head.size) ? [...heads] : [...heads, head];
  kept.sort((a, b) => a.size - b.size);
  while (kept.length > KEPT) kept.splice(leastMissed(kept), 1);
  return kept;
}

// The older, the thinner: a log's far past is covered by a few heads, its last days by many.
function leastMissed(heads: readonly SeenHead[]): number {
  const size = (index: number) => (heads[index] as SeenHead).size;
  const newest = size(heads.length - 1);
  let [found, smallest] = [1, Number.POSITIVE_INFINITY];
  for (let index = 1; index < heads.length - 1; index++) {
    const gap = (size(index + 1) - size(index - 1)) / (newest - size(index - 1));
    if (gap < smallest) [found, smallest] = [index, gap];
  }
  return found;
}

export interface Remembered {
  heads: SeenHead[];
  witness: Witness;
  /** The server's log went back: what this phone holds must be offered again. */
  hasGoneBack: boolean;
}

/** What is remembered after an answer with this epoch and head. */
export function afterAnswer(
  device: DeviceRow,
  answer: { epoch: string; head: Head | null; serverMs: number },
): Remembered {
  const witness = witnessOf(device);
  const known = device.heads.map((one) => ({ epoch: device.epoch, ...one }));
  const { head, epoch, serverMs } = answer;
  const isNewEpoch = epoch !== device.epoch;
  let doubted: SeenHead[] = head ? contradicted(known, head) : [];
  if (isNewEpoch) doubted = known;
  const heads = known.filter((one) => !doubted.includes(one));
  const seen = head && { ...head, epoch, atMs: serverMs };
  return {
    heads: seen ? rememberHead(heads, seen) : heads,
    witness: { ...witness, doubts: [...witness.doubts, ...doubted].slice(-DOUBTS_KEPT) },
    hasGoneBack: isNewEpoch || doubted.length > 0,
  };
}
