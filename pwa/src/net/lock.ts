// One tab syncs at a time: by a Web Lock, or by a lease in the database where there are none.
import type { Store } from "../store/db.ts";
import type { Clock, NewId } from "../store/schema.ts";

/** Runs the work alone, or resolves with null at once when another tab is at it. */
export type SyncLock = <T>(work: () => Promise<T>) => Promise<T | null>;

const NAME = "mingcha-sync";
const LEASE_MS = 60_000;
const RENEW_MS = 15_000;

export function chooseLock(db: Store, clock: Clock, newId: NewId): SyncLock {
  const locks =
    typeof navigator === "undefined" ? undefined : (navigator as { locks?: LockManager }).locks;
  return locks ? webLock(locks) : leaseLock(db, clock, newId());
}

export function webLock(locks: LockManager): SyncLock {
  return (work) =>
    locks.request(NAME, { ifAvailable: true }, async (lock) => (lock ? work() : null));
}

/** A lease is renewed while it is used and dies with its tab; doing the work twice is harmless, too. */
export function leaseLock(db: Store, clock: Clock, holder: string): SyncLock {
  return async (work) => {
    if (!(await takeLease(db, clock, holder))) return null;
    const renewal = setInterval(
      () => void takeLease(db, clock, holder).catch(() => clearInterval(renewal)),
      RENEW_MS,
    );
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await dropLease(db, holder);
    }
  };
}

function takeLease(db: Store, clock: Clock, holder: string): Promise<boolean> {
  return db.write(["ui"], async (tx) => {
    const lease = readLease(await tx.objectStore("ui").get(NAME));
    const leftMs = lease ? lease.untilMs - clock() : 0;
    // More than a whole lease left means that the clock was put back: nobody holds that.
    if (lease && lease.holder !== holder && leftMs > 0 && leftMs <= LEASE_MS) return false;
    await tx.objectStore("ui").put({ holder, untilMs: clock() + LEASE_MS }, NAME);
    return true;
  });
}

function dropLease(db: Store, holder: string): Promise<void> {
  return db.write(["ui"], async (tx) => {
    const lease = readLease(await tx.objectStore("ui").get(NAME));
    if (lease?.holder === holder) await tx.objectStore("ui").delete(NAME);
  });
}

function readLease(value: unknown): { holder: string; untilMs: number } | null {
  if (typeof value !== "object" || value === null) return null;
  const { holder, untilMs } = value as { holder?: unknown; untilMs?: unknown };
  return typeof holder === "string" && typeof untilMs === "number" ? { holder, untilMs } : null;
}
