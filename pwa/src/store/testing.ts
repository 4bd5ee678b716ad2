// What tests of the phone start from: a fresh database, a clock that is moved by hand, an enrolled device.
import { openStore, type Store } from "./db.ts";
import { sha256Hex, toUtf8 } from "./digest.ts";
import { keepDevice } from "./enrolment.ts";
import { newUuid } from "./ids.ts";
import { nextBatch } from "./outbox.ts";
import type { PreparedPhoto } from "./photos.ts";
import { applyAnswer } from "./receipts.ts";
import type { DeviceRow, EditRow } from "./schema.ts";
import type { Receipt } from "./wire.ts";

export const START_MS = Date.UTC(2026, 10, 20, 1, 0, 0);
export const DEVICE_A = "00000000000000aa";
export const DEVICE_B = "00000000000000bb";

export interface HandClock {
  (): number;
  move(ms: number): void;
  set(ms: number): void;
}

export function handClock(startMs = START_MS): HandClock {
  let nowMs = startMs;
  return Object.assign(() => nowMs, {
    move: (ms: number) => {
      nowMs += ms;
    },
    set: (ms: number) => {
      nowMs = ms;
    },
  });
}

let databases = 0;

/** Two calls with one name are two tabs of one phone. */
export function freshName(): string {
  databases += 1;
  return `test-${databases}`;
}

export function freshStore(): Promise<Store> {
  return openStore({ name: freshName() });
}

export async function makeKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
    "sign",
    "verify",
  ]);
}

export async function enrolled(
  db: Store,
  clock: () => number,
  as: { id?: string; user?: string; owner?: string; epoch?: string; keys?: CryptoKeyPair } = {},
): Promise<DeviceRow> {
  const { id = DEVICE_A, user = "周敏", epoch = "epoch-1" } = as;
  const keys = as.keys ?? (await makeKeys());
  const token = `token-of-${id}`;
  return keepDevice(db, clock, {
    id,
    owner: as.owner ?? `user ${user}`,
    token,
    epoch,
    user,
    company: "县公交",
    regime: "road_passenger",
    keys,
    serverAheadMs: 0,
  });
}

export async function newPhoto(sizeBytes = 1000): Promise<PreparedPhoto> {
  const bytes = toUtf8(
    newUuid()
      .repeat(Math.ceil(sizeBytes / 36))
      .slice(0, sizeBytes),
  );
  return {
    sha256: await sha256Hex(bytes),
    bytes: bytes.buffer,
    thumb: toUtf8("thumb").buffer,
    mediaType: "image/jpeg",
    width: 1600,
    height: 1200,
  };
}

export function allEdits(db: Store): Promise<EditRow[]> {
  return db.read(["edits"], (tx) => tx.objectStore("edits").getAll());
}

/** The server's answer to all that waits: one receipt each, or none at all, and nothing new. */
export async function answerAll(
  db: Store,
  clock: () => number,
  state: Receipt["state"] | "none" = "accepted",
): Promise<void> {
  const waiting = await nextBatch(db, DEVICE_A, 0, { edits: 50, bytes: 1e6 });
  const edits = state === "none" ? [] : waiting.edits;
  const receipts = edits.map(({ stamp }) => ({
    stamp,
    state: state as Receipt["state"],
    orderedAs: null,
    problem: null,
  }));
  await applyAnswer(
    db,
    DEVICE_A,
    { epoch: "epoch-1", serverMs: clock(), receipts, records: [], ...NOTHING_NEW },
    clock(),
  );
}

/** What an answer says besides receipts and records when there is nothing else to say. */
export const NOTHING_NEW = {
  cursor: "c",
  hasMore: false,
  missingSerials: [],
  awaitedPhotos: [],
  head: null,
};
