// A canary outside of the database: it tells, at the next start, that the database was lost.
// It stands in two places, because browsers clear them apart: Chromium spares localStorage when it
// evicts a database, Firefox evicts both and spares cookies. It says nothing about who uses the
// phone or what for: a random mark, a number, a stamp's time, a count.
import type { Json } from "../core/canonical.ts";
import type { Store } from "./db.ts";
import { currentDevice } from "./device.ts";
import { readSetting, saveSetting } from "./place.ts";
import { isPending } from "./state.ts";

/** What of a browser the canary needs. */
export interface Perches {
  cookies: { cookie: string };
  isSecure: boolean;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
}

export interface Sign {
  /** Which database this is: made by chance, kept in it as well. */
  mark: string;
  /** The serial of the last edit that was made ready to send. */
  serial: number;
  /** Edits without a receipt, drafts included. */
  unsent: number;
  /** When the newest edit was made, by its stamp: an older newest one means that edits were lost. */
  newest: string;
}

/** Work that this phone once said was saved, and no longer holds. */
export interface Loss {
  unsent: number;
  serial: number;
}

const NAME = "mingcha-mark";
const LOSS = "loss";
const LASTS_SECONDS = 400 * 86_400;
const SIGN = /^([0-9a-f-]{36})\/(\d+)\/(\d+)\/([0-9a-f-]*)$/;

export function readSign(db: Store, mark: string): Promise<Sign> {
  return db.read(["devices", "edits"], async (tx) => {
    const device = await currentDevice(tx);
    const byState = tx.objectStore("edits").index("byState");
    let unsent = 0;
    for (const { id } of await tx.objectStore("devices").getAll())
      for (const state of ["open", "frozen"])
        unsent += (await byState.getAll([id, state])).filter(isPending).length;
    const newest = (device?.lastStamp ?? "").slice(0, 18);
    return { mark, serial: device?.lastSerial ?? 0, unsent, newest };
  });
}

/** The sign of each perch that still has one. */
export function readPerches({ cookies, storage }: Perches): Sign[] {
  const texts = [
    new RegExp(`${NAME}=([^;]*)`).exec(cookies.cookie)?.[1],
    attempt(() => storage?.getItem(NAME)),
  ];
  return texts.map(parseSign).filter((sign): sign is Sign => sign !== null);
}

export function writePerches({ cookies, isSecure, storage }: Perches, sign: Sign): void {
  const text = [sign.mark, sign.serial, sign.unsent, sign.newest].join("/");
  // Only the app's own files are asked for under this path; the API never sees it.
  const scope = `path=/app/;max-age=${LASTS_SECONDS};samesite=strict`;
  cookies.cookie = `${NAME}=${text};${scope}${isSecure ? ";secure" : ""}`;
  attempt(() => storage?.setItem(NAME, text));
}

/**
 * What was lost according to the canary: another database, or one that went back. Null: nothing,
 * or no canary. A canary that lags behind its database is no loss.
 */
export function findLoss(seen: readonly Sign[], now: Sign): Loss | null {
  const lost = seen.find(({ mark, newest }) => newest > (mark === now.mark ? now.newest : ""));
  return lost ? { unsent: lost.unsent, serial: lost.serial } : null;
}

/** Kept until the user has read it: the canary itself starts anew. */
export async function readLoss(db: Store): Promise<Loss | null> {
  return asLoss(await readSetting(db, LOSS));
}

export function keepLoss(db: Store, loss: Loss | null): Promise<void> {
  return saveSetting(db, LOSS, loss && { ...loss });
}

/** Compares once, at the start, and from then on follows every commit of this tab. */
export async function watchCanary(
  db: Store,
  perches: Perches,
  newMark: () => string,
): Promise<void> {
  const mark = await keepMark(db, newMark);
  const loss = findLoss(readPerches(perches), await readSign(db, mark));
  if (loss) await keepLoss(db, loss);
  const follow = follower(async () => writePerches(perches, await readSign(db, mark)));
  follow();
  db.subscribe((names) => {
    if (names.includes("edits") || names.includes("devices")) follow();
  });
}

// One reading at a time, and one more when something was committed meanwhile.
function follower(work: () => Promise<void>): () => void {
  let isDue = false;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    while (isDue) {
      isDue = false;
      // A database that cannot be read says so where it is used; the canary keeps its last word.
      await work().catch(() => undefined);
    }
    isRunning = false;
  };
  return () => {
    isDue = true;
    if (!isRunning) void run();
  };
}

async function keepMark(db: Store, newMark: () => string): Promise<string> {
  const held = await readSetting(db, NAME);
  if (typeof held === "string") return held;
  const mark = newMark();
  await saveSetting(db, NAME, mark);
  return mark;
}

function parseSign(text: string | null | undefined): Sign | null {
  const [, mark, serial, unsent, newest] = SIGN.exec(text ?? "") ?? [];
  if (mark === undefined || newest === undefined) return null;
  return { mark, serial: Number(serial), unsent: Number(unsent), newest };
}

function asLoss(value: Json | undefined): Loss | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return { unsent: Number(value.unsent), serial: Number(value.serial) };
}

// Storage that is switched off throws at every touch.
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
