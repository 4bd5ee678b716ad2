// The shapes of protocol.md's sync answer, after they were checked at the border.
import type { RecordState } from "../core/merge.ts";
import type { Head, OfficeAnswer, Problem } from "./schema.ts";

export interface Receipt {
  stamp: string;
  state: "accepted" | "late" | "refused";
  orderedAs: string | null;
  problem: Problem | null;
}

export type PulledRecord =
  | { kind: string; record: string; fields: RecordState }
  | { kind: string; record: string; gone: true }
  /** About the refused edit of that stamp. */
  | { kind: "refusal"; record: string; stamp: string; answer: OfficeAnswer };

export interface SyncAnswer {
  epoch: string;
  serverMs: number;
  receipts: Receipt[];
  records: PulledRecord[];
  cursor: string | null;
  hasMore: boolean;
  /** Ranges of serials, both ends included, that the server never got. */
  missingSerials: [number, number][];
  awaitedPhotos: string[];
  head: Head | null;
}
