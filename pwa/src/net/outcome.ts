// How far a round of sync has come, and the named ways in which one stops early.
import type { TokenRefusal } from "../store/schema.ts";
import type { Offline } from "./api.ts";

export type SyncProgress =
  | { kind: "edits"; accepted: number; refused: number; pulled: number }
  | { kind: "photo"; sha256: string; sentBytes: number; totalBytes: number; left: number };

export type SyncStop =
  | { kind: "enrol_again"; code: TokenRefusal }
  | Offline
  | { kind: "failed"; status: number; code: string; retryAfterMs: number | null };
