// What the screens may use of the phone: everything that touches disk, network or clock comes in here.
import type { ReadonlySignal } from "@preact/signals";
import type { EnrolResult } from "../net/enrol.ts";
import type { SyncProgress } from "../net/outcome.ts";
import type { ProofResult } from "../net/proof.ts";
import type { SyncResult } from "../net/sync.ts";
import type { Store } from "../store/db.ts";
import type { PreparedPhoto } from "../store/photos.ts";
import type { Room } from "../store/room.ts";
import type { Clock, NewId } from "../store/schema.ts";

export interface AppUpdate {
  isWaiting: ReadonlySignal<boolean>;
  apply(): void;
}

export interface SyncWatch {
  isRunning: ReadonlySignal<boolean>;
  progress: ReadonlySignal<SyncProgress | null>;
  last: ReadonlySignal<SyncResult | null>;
  /** Asks for a round now; it also runs by itself. */
  poke(trigger: "saved" | "button"): void;
}

export interface Phone {
  db: Store;
  clock: Clock;
  newId: NewId;
  version: string;
  enrol(code: string, name: string): Promise<EnrolResult>;
  sync: SyncWatch;
  prove(): Promise<ProofResult>;
  /** Null: these bytes are no photo that this phone can read. */
  preparePhoto(file: Blob): Promise<PreparedPhoto | null>;
  /** A photo kept here, whole; null when its bytes are gone. */
  readPhoto(sha256: string): Promise<PreparedPhoto | null>;
  askToPersist(): Promise<boolean>;
  readRoom(): Promise<Room>;
  update: AppUpdate;
}
