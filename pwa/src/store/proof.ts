// This phone's own set of what the server has acknowledged, to be compared with the server's.
import type { Store } from "./db.ts";
import { sha256Hex } from "./digest.ts";

export interface Proof {
  edits: number;
  editsDigest: string;
  photos: number;
  photosDigest: string;
}

/** Stamps with a receipt, and the proved photos that those edits name, as protocol.md digests them. */
export async function readProof(db: Store, deviceId: string): Promise<Proof> {
  const { stamps, photos } = await db.read(["edits", "photos"], async (tx) => {
    const range = IDBKeyRange.bound([deviceId, 1], [deviceId, Number.MAX_SAFE_INTEGER]);
    const edits = (await tx.objectStore("edits").index("bySerial").getAll(range)).filter(
      ({ state }) => state === "accepted" || state === "late" || state === "refused",
    );
    const arrived = await tx.objectStore("photos").index("byState").getAllKeys("arrived");
    const named = new Set(edits.flatMap((edit) => edit.photos));
    return {
      stamps: edits.map(({ stamp }) => stamp),
      photos: arrived.filter((name) => named.has(name)),
    };
  });
  return {
    edits: stamps.length,
    editsDigest: await digestOf(stamps),
    photos: photos.length,
    photosDigest: await digestOf(photos),
  };
}

function digestOf(names: string[]): Promise<string> {
  return sha256Hex(
    [...names]
      .sort()
      .map((name) => `${name}\n`)
      .join(""),
  );
}
