// When to sync: at the start, when the network or the user comes back, after a save, every minute, by button.
import type { SyncResult } from "./sync.ts";

export type Trigger = "start" | "online" | "visible" | "saved" | "minute" | "button";

export interface Surroundings {
  /** `window`: fires "online". */
  network: EventTarget;
  /** `document`: fires "visibilitychange". */
  page: EventTarget & { visibilityState: string };
  setTimeout: (work: () => void, ms: number) => unknown;
  clearTimeout: (timer: never) => void;
  clock: () => number;
  random: () => number;
}

export type ScheduleEvent =
  | { kind: "running"; trigger: Trigger }
  | { kind: "rested"; result: SyncResult; nextAtMs: number };

const MINUTE_MS = 60_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

/** Runs one sync at a time; a poke during a run makes one more run after it, however many pokes. */
export class Schedule {
  private readonly run: () => Promise<SyncResult>;
  private readonly around: Surroundings;
  private readonly onEvent: (event: ScheduleEvent) => void;
  private isRunning = false;
  private isStopped = false;
  private again: Trigger | null = null;
  private failures = 0;
  private notBeforeMs = Number.NEGATIVE_INFINITY;
  private timer: unknown = null;

  constructor(
    run: () => Promise<SyncResult>,
    around: Surroundings,
    onEvent: (event: ScheduleEvent) => void,
  ) {
    this.run = run;
    this.around = around;
    this.onEvent = onEvent;
  }

  start(): void {
    this.around.network.addEventListener("online", this.onOnline);
    this.around.page.addEventListener("visibilitychange", this.onVisible);
    this.poke("start");
  }

  stop(): void {
    this.isStopped = true;
    this.around.clearTimeout(this.timer as never);
    this.around.network.removeEventListener("online", this.onOnline);
    this.around.page.removeEventListener("visibilitychange", this.onVisible);
  }

  /** Asks for a sync. "button" and "online" do not wait for the back-off. */
  poke(trigger: Trigger): void {
    if (this.isStopped) return;
    if (this.isRunning) {
      if (this.again === null || !isUrgent(this.again)) this.again = trigger;
      return;
    }
    if (this.around.clock() >= this.notBeforeMs || isUrgent(trigger)) void this.go(trigger);
  }

  private async go(trigger: Trigger): Promise<void> {
    this.isRunning = true;
    this.again = null;
    this.onEvent({ kind: "running", trigger });
    try {
      this.rest(await this.run());
    } catch (error) {
      // A mistake of ours is reported as one, and must not end all syncing until the next start.
      this.wakeAfter(MINUTE_MS);
      throw error;
    } finally {
      this.isRunning = false;
    }
    if (this.again !== null) this.poke(this.again);
  }

  private rest(result: SyncResult): void {
    this.failures = isGood(result) ? 0 : this.failures + 1;
    const waitMs = isGood(result)
      ? 0
      : backOff(this.failures, askedWait(result), this.around.random);
    // After a good round nothing has to wait, wherever the phone's clock may jump to.
    this.notBeforeMs = waitMs > 0 ? this.around.clock() + waitMs : Number.NEGATIVE_INFINITY;
    const nextMs = waitMs > 0 ? waitMs : MINUTE_MS;
    this.onEvent({ kind: "rested", result, nextAtMs: this.around.clock() + nextMs });
    this.wakeAfter(nextMs);
  }

  private wakeAfter(ms: number): void {
    if (this.isStopped) return;
    this.around.clearTimeout(this.timer as never);
    this.timer = this.around.setTimeout(() => this.wake(), ms);
  }

  // The timer has waited long enough, whatever the phone's clock says meanwhile.
  private wake(): void {
    this.notBeforeMs = Number.NEGATIVE_INFINITY;
    this.poke("minute");
  }

  private readonly onOnline = () => this.poke("online");

  private readonly onVisible = () => {
    if (this.around.page.visibilityState === "visible") this.poke("visible");
  };
}

function isUrgent(trigger: Trigger): boolean {
  return trigger === "button" || trigger === "online";
}

// A revoked token or a phone not enrolled is no fault of the link: asking each minute is enough.
function isGood(result: SyncResult): boolean {
  return result.kind !== "offline" && result.kind !== "failed";
}

function askedWait(result: SyncResult): number {
  return result.kind === "failed" ? (result.retryAfterMs ?? 0) : 0;
}

// Half of it by chance, so that five hundred phones coming back at 18:00 do not come at once.
function backOff(failures: number, askedMs: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return Math.max(askedMs, ceiling / 2) + (ceiling / 2) * random();
}
