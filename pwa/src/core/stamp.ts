// Hybrid logical clock stamps: plain text whose order is the order in which edits win.

export interface Stamp {
  ms: number;
  counter: number;
  device: string;
}

export const MAX_MS = 10 ** 13 - 1;
export const MAX_COUNTER = 0xffff;
// A clock beyond this reads nonsense. Ignoring it leaves room above every stamp we make,
// so a phone set to the year 2286 can still write after its clock is put right.
export const MAX_CLOCK_MS = MAX_MS - 10 ** 9;

const STAMP = /^([0-9]{13})-([0-9a-f]{4})-([0-9a-f]{16})$/;
const DEVICE = /^[0-9a-f]{16}$/;

/** No stamp is left above the greatest one; 13 digits of milliseconds are used up. */
export class StampsExhausted extends Error {
  override name = "StampsExhausted";
}

/** The stamp that this text is, or null; text that would print otherwise is none. */
export function parseStamp(text: unknown): Stamp | null {
  const found = typeof text === "string" ? STAMP.exec(text) : null;
  const [, ms, counter, device] = found ?? [];
  if (ms === undefined || counter === undefined || device === undefined) return null;
  return { ms: Number(ms), counter: Number.parseInt(counter, 16), device };
}

/** Throws RangeError for what no stamp can say. */
export function formatStamp(stamp: Stamp): string {
  const { ms, counter, device } = stamp;
  if (!isWithin(ms, MAX_MS) || !isWithin(counter, MAX_COUNTER)) {
    throw new RangeError("milliseconds or counter out of range");
  }
  if (!DEVICE.test(device)) throw new RangeError("a device id is 16 lower-case hex digits");
  return `${String(ms).padStart(13, "0")}-${counter.toString(16).padStart(4, "0")}-${device}`;
}

/** A stamp greater than `last`, whatever the clock says; throws StampsExhausted at the end. */
export function nextStamp(last: string | null, nowMs: number, device: string): string {
  const seen = last === null ? null : parseStamp(last);
  if (last !== null && seen === null) throw new RangeError("the last stamp is none");
  const clockMs = isWithin(Math.floor(nowMs), MAX_CLOCK_MS) ? Math.floor(nowMs) : (seen?.ms ?? 0);
  if (seen === null || clockMs > seen.ms) return formatStamp({ ms: clockMs, counter: 0, device });
  if (seen.counter < MAX_COUNTER) {
    return formatStamp({ ms: seen.ms, counter: seen.counter + 1, device });
  }
  if (seen.ms === MAX_MS) throw new StampsExhausted("no stamp is left");
  return formatStamp({ ms: seen.ms + 1, counter: 0, device });
}

function isWithin(number: number, most: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= most;
}
