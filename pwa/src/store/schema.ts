// What lies in the phone's database: rows, their keys, and the words for their states.
import type { DBSchema } from "idb";
import type { Json } from "../core/canonical.ts";
import type { RecordState } from "../core/merge.ts";
import type { Head } from "../core/merkle.ts";

export type Fields = Record<string, Json>;

// The clock, new ids and chance are arguments everywhere, so that tests can hold them still.
export type Clock = () => number;
export type NewId = () => string;

export type { Head };

/** A head as the server gave it, and when. Heads kept by an older app lack epoch and time. */
export interface SeenHead extends Head {
  epoch?: string;
  /** The server's time. */
  atMs?: number;
}

/** What this phone, as a witness of the server's log, has found out about it. */
export interface Witness {
  /** The log was proved to begin with the log as it was at this size; null before the first proof. */
  confirmedSize: number | null;
  /** The server's time of that proof. */
  confirmedAtMs: number;
  /** The server's time when it last answered a question about its log, whatever it said. */
  askedAtMs: number;
  /** Heads that must be asked about: of a lost epoch, or contradicted by a later answer. */
  doubts: SeenHead[];
  /** Heads that the server's log no longer contains. Evidence: kept for ever. */
  lost: SeenHead[];
}

export interface Problem {
  code: string;
  title?: string;
  detail?: string;
}

export type TokenRefusal = "token_unknown" | "device_revoked";

/** This phone as the server knows it. A refused token changes `refusal` and nothing else. */
export interface DeviceRow {
  id: string;
  /** The row that new edits are written under; earlier enrolments stay to send what is theirs. */
  current: boolean;
  token: string;
  epoch: string;
  user: string;
  company: string;
  /** The company's licence, for vehicles not in its list; phones enrolled long ago have none. */
  regime?: string;
  /** Whose work it is: only records of the current owner are shown. */
  owner: string;
  keys: CryptoKeyPair;
  enrolledAtMs: number;
  lastStamp: string | null;
  lastSerial: number;
  lastHash: string;
  cursor: string | null;
  heads: SeenHead[];
  /** Phones enrolled long ago have none before their next contact. */
  witness?: Witness;
  /** Server clock minus phone clock at the last contact. */
  serverAheadMs: number;
  /** By the phone's clock, for "two hours ago". */
  lastContactMs: number;
  /** The server's own time at the last contact: retention counts in it, not in the phone's clock. */
  serverMs: number;
  awaitedPhotos: string[];
  refusal: TokenRefusal | null;
}

/**
 * open: still changes with every tap. frozen: bytes fixed, offered, no receipt yet.
 * accepted, late, refused: what the receipt said.
 */
export type EditState = "open" | "frozen" | "accepted" | "late" | "refused";

/** What the office did with a refused edit: took it into its record, or said why not. */
export interface OfficeAnswer {
  state: "released" | "explained";
  note: string;
}

export interface EditRow {
  key?: number;
  device: string;
  owner: string;
  kind: string;
  record: string;
  stamp: string;
  fields: Fields;
  state: EditState;
  /** 0, and empty text in `prev` and `hash`, while open. */
  serial: number;
  prev: string;
  hash: string;
  /** The photos that it names, kept when its fields are swept, for the proof. */
  photos: string[];
  orderedAs: string | null;
  problem: Problem | null;
  /** The office's word about its refusal; none before it spoke. */
  answer?: OfficeAnswer | undefined;
  /** The server's time of the receipt. */
  receivedAtMs: number | null;
  /** Its content was offered again in a later edit; it counts no more on this phone. */
  isReplaced: boolean;
  /** Its fields were cleared long after the receipt; the row stays as the receipt. */
  isSwept: boolean;
}

/** `base` is what the server is known to hold; `state` adds this phone's own edits to it. */
export interface RecordRow {
  kind: string;
  record: string;
  owner: string;
  base: RecordState;
  /** The server's epoch that `base` was pulled under; null before the first pull. */
  baseEpoch: string | null;
  state: RecordState;
  createdAtMs: number;
  changedAtMs: number;
  /** The server took it out of this user's scope. */
  isGone: boolean;
}

export type PhotoState = "held" | "arrived";

export interface PhotoRow {
  sha256: string;
  /** The records that name it, or did. */
  records: string[];
  owner: string;
  state: PhotoState;
  sizeBytes: number;
  mediaType: string;
  width: number;
  height: number;
  keptAtMs: number;
  /** The server's time when it proved the photo. */
  arrivedAtMs: number | null;
  uploadUrl: string | null;
  sentBytes: number;
  /** Why the server will not have it; tried again at `retryAtMs`. */
  problem: Problem | null;
  retryAtMs: number | null;
  isSwept: boolean;
}

/** Bytes are ArrayBuffers: WebKit loses Blobs. */
export interface PhotoBytesRow {
  sha256: string;
  bytes: ArrayBuffer;
}

/** A row of the company's lists (vehicle, crew, route, station, checklist, …), as last pulled. */
export interface ReferenceRow {
  kind: string;
  record: string;
  fields: RecordState;
}

export interface MingchaDB extends DBSchema {
  devices: { key: string; value: DeviceRow };
  edits: {
    key: number;
    value: EditRow;
    indexes: {
      byRecord: string;
      byState: [string, string];
      bySerial: [string, number];
      byStamp: string;
    };
  };
  records: { key: [string, string]; value: RecordRow };
  photos: {
    key: string;
    value: PhotoRow;
    indexes: { byState: string; byRecord: string };
  };
  photoBytes: { key: string; value: PhotoBytesRow };
  thumbs: { key: string; value: PhotoBytesRow };
  reference: { key: [string, string]; value: ReferenceRow };
  ui: { key: string; value: Json };
}

export const DB_VERSION = 1;
