// This user's records and how far each has come, read again whenever the database changes.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Loss, readLoss } from "../../store/canary.ts";
import type { Store } from "../../store/db.ts";
import { readDevice } from "../../store/device.ts";
import { countOutbox, type Inspection, listInspections, type Outbox } from "../../store/records.ts";
import type { DeviceRow } from "../../store/schema.ts";

export interface Desk {
  device: ReadonlySignal<DeviceRow | null>;
  inspections: ReadonlySignal<readonly Inspection[]>;
  outbox: ReadonlySignal<Outbox | null>;
  /** What this phone once held and lost, until its user has read it. */
  loss: ReadonlySignal<Loss | null>;
  /** Records that the reviewer sent back and that were not answered since. */
  returned: ReadonlySignal<readonly Inspection[]>;
  load(): Promise<void>;
}

export function createDesk(db: Store): Desk {
  const device = signal<DeviceRow | null>(null);
  const inspections = signal<readonly Inspection[]>([]);
  const outbox = signal<Outbox | null>(null);
  const loss = signal<Loss | null>(null);
  const returned = computed(() => inspections.value.filter(isReturned));
  const load = async () => {
    const [deviceRow, rows, counts, lost] = await Promise.all([
      readDevice(db),
      listInspections(db),
      countOutbox(db),
      readLoss(db),
    ]);
    batch(() => {
      device.value = deviceRow;
      inspections.value = rows;
      outbox.value = counts;
      loss.value = lost;
    });
  };
  return { device, inspections, outbox, loss, returned, load };
}

/** Returned, and not finished again since: its author has still to answer. */
export function isReturned({ state }: Inspection): boolean {
  if (!questionOf(state)) return false;
  return (
    (state.state?.stamp ?? "") < (state.review?.stamp ?? "") || state.state?.value !== "finished"
  );
}

/** The reviewer's words when the record was returned, else null. */
export function questionOf(state: Inspection["state"]): string | null {
  const review = state.review?.value;
  if (typeof review !== "object" || review === null || Array.isArray(review)) return null;
  if (review.state !== "returned") return null;
  return typeof review.note === "string" ? review.note : "";
}
