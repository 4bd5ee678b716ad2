// The ways in which the phone's database says no; each means that nothing of the attempt was kept.

export type NotSavedReason = "quota" | "closed" | "aborted";

/** A write did not happen: never show "saved". Whatever was there before is still there. */
export class NotSaved extends Error {
  readonly reason: NotSavedReason;
  constructor(reason: NotSavedReason, cause: unknown) {
    super(`not saved: ${reason} (${textOf(cause)})`, { cause });
    this.name = "NotSaved";
    this.reason = reason;
  }
}

/** Nothing can be written before the phone is enrolled: a stamp carries the device's id. */
export class NotEnrolled extends Error {
  constructor() {
    super("this phone is not enrolled");
    this.name = "NotEnrolled";
  }
}

/** The database belongs to another tab's newer app, or the browser gives none (private mode). */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super(`the phone's database cannot be opened (${textOf(cause)})`, { cause });
    this.name = "StoreUnavailable";
  }
}

/** Safari and Chrome name a lost connection in several ways; the database's name for it is not fixed. */
export function isLostConnection(error: unknown): boolean {
  const name = nameOf(error);
  return name === "InvalidStateError" || name === "UnknownError";
}

export function isDatabaseError(error: unknown): boolean {
  return typeof DOMException !== "undefined" && error instanceof DOMException;
}

export function notSaved(error: unknown, isClosed: boolean): NotSaved {
  // A full disk is a DataError or an AbortError in Chrome, so "aborted" may be room, too.
  if (nameOf(error) === "QuotaExceededError") return new NotSaved("quota", error);
  return new NotSaved(isClosed || isLostConnection(error) ? "closed" : "aborted", error);
}

function nameOf(error: unknown): string {
  return error instanceof Error || isDatabaseError(error) ? (error as Error).name : "";
}

function textOf(error: unknown): string {
  return error instanceof Error || isDatabaseError(error)
    ? `${(error as Error).name}: ${(error as Error).message}`
    : String(error);
}
