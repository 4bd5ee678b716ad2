// Tells the truth about saving: the mark says "saved" only when the strict transaction is through.
import { type ReadonlySignal, signal } from "@preact/signals";
import { NotSaved, type NotSavedReason } from "../../store/errors.ts";

/** unknown: a mistake of our own, which is thrown on as well. */
export type SaveFailure = NotSavedReason | "unknown";

export type SaveMark =
  | { kind: "idle" }
  | { kind: "saving" }
  | { kind: "saved" }
  | { kind: "failed"; reason: SaveFailure };

export interface Saver {
  mark: ReadonlySignal<SaveMark>;
  /** Runs one save. Null: it was not kept, and the mark says so until a later save succeeds. */
  keep<T>(work: () => Promise<T>): Promise<T | null>;
  clear(): void;
}

export function createSaver(): Saver {
  const mark = signal<SaveMark>({ kind: "idle" });
  let running = 0;
  let failure: SaveFailure | null = null;

  const say = () => {
    if (failure) mark.value = { kind: "failed", reason: failure };
    else mark.value = { kind: running > 0 ? "saving" : "saved" };
  };

  const keep = async <T>(work: () => Promise<T>): Promise<T | null> => {
    running += 1;
    say();
    try {
      const result = await work();
      failure = null;
      return result;
    } catch (error) {
      failure = error instanceof NotSaved ? error.reason : "unknown";
      if (failure === "unknown") throw error;
      return null;
    } finally {
      running -= 1;
      say();
    }
  };

  const clear = () => {
    failure = null;
    mark.value = { kind: "idle" };
  };
  return { mark, keep, clear };
}
