// Saves what the inspector does: stamp, edit and merged record in one durable transaction.
import { canonicalJson, type Json } from "../core/canonical.ts";
import type { RecordState } from "../core/merge.ts";
import { nextStamp } from "../core/stamp.ts";
import type { Store, StoreName, WriteTx } from "./db.ts";
import { requireDevice } from "./device.ts";
import type { Clock, DeviceRow, EditRow, Fields, RecordRow } from "./schema.ts";
import { greatestStamp, isRefused, photoNames, settle } from "./state.ts";

export interface Target {
  kind: string;
  record: string;
}

export const EDIT_STORES: StoreName[] = ["devices", "edits", "records"];

/**
 * Adds fields to the record's one unfrozen edit. Resolved: it is on the disk, say "saved".
 * Rejected with NotSaved: nothing changed.
 */
export function saveFields(
  db: Store,
  clock: Clock,
  kind: string,
  record: string,
  fields: Fields,
): Promise<RecordState> {
  return changeFields(db, clock, { kind, record }, () => fields);
}

/** The same, with fields that are decided from the state inside the transaction. */
export function changeFields(
  db: Store,
  clock: Clock,
  target: Target,
  decide: (state: RecordState) => Fields,
): Promise<RecordState> {
  return db.write(EDIT_STORES, async (tx) => {
    const device = await requireDevice(tx);
    return putFields(tx, device, clock(), target, decide);
  });
}

export async function putFields(
  tx: WriteTx,
  device: DeviceRow,
  nowMs: number,
  target: Target,
  decide: (state: RecordState) => Fields,
): Promise<RecordState> {
  const row =
    (await tx.objectStore("records").get([target.kind, target.record])) ??
    newRecord(target, device, nowMs);
  const fields = wellFormed(decide(row.state)) as Fields;
  // What has no canonical form can never be hashed or sent: refuse it here, where the caller is.
  canonicalJson(fields);
  if (Object.keys(fields).length === 0) return row.state;
  const edits = await editsOf(tx, target);
  const stamp = nextStamp(greatestStamp(row.state, device.lastStamp), nowMs, device.id);
  const touched = writeOver(edits, { ...target, device, stamp, fields });
  for (const edit of touched) await tx.objectStore("edits").put(edit);
  const state = settle(row.base, [
    ...edits.filter((edit) => !touched.some(({ key }) => key === edit.key)),
    ...touched,
  ]);
  await tx.objectStore("records").put({ ...row, state, changedAtMs: nowMs });
  // The caller may go on using the device in this transaction: keep it true.
  device.lastStamp = stamp;
  await tx.objectStore("devices").put(device);
  return state;
}

// Half a character, which some keyboards leave behind, has no UTF-8.
function wellFormed(value: Json): Json {
  if (typeof value === "string") return Array.from(value, wholeCharacter).join("");
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, wellFormed(inner)]),
  );
}

function wholeCharacter(character: string): string {
  return /^[\uD800-\uDFFF]$/.test(character) ? "\uFFFD" : character;
}

export async function editsOf(tx: WriteTx, target: Target): Promise<EditRow[]> {
  const edits = await tx.objectStore("edits").index("byRecord").getAll(target.record);
  return edits.filter((edit) => edit.kind === target.kind);
}

export function newRecord(target: Target, device: DeviceRow, nowMs: number): RecordRow {
  return {
    ...target,
    owner: device.owner,
    base: {},
    baseEpoch: null,
    state: {},
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    isGone: false,
  };
}

interface Change extends Target {
  device: DeviceRow;
  stamp: string;
  fields: Fields;
}

/**
 * The record's one open edit with the change in it. What was refused is taken along: the server
 * keeps a refused edit out of the record, so a correction alone would leave the rest missing.
 */
function writeOver(edits: EditRow[], change: Change): EditRow[] {
  const refused = edits
    .filter((edit) => isRefused(edit) && !edit.isReplaced)
    .sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
  const open = edits.find((edit) => edit.state === "open" && edit.device === change.device.id);
  const earlier = [...refused, ...(open ? [open] : [])].map((edit) => edit.fields);
  const fields: Fields = Object.assign({}, ...earlier, change.fields);
  return [
    ...refused.map((edit) => ({ ...edit, isReplaced: true })),
    { ...(open ?? openEdit(change)), stamp: change.stamp, fields, photos: photoNames(fields) },
  ];
}

function openEdit({ kind, record, device, stamp }: Change): EditRow {
  return {
    device: device.id,
    owner: device.owner,
    kind,
    record,
    stamp,
    fields: {},
    state: "open",
    serial: 0,
    prev: "",
    hash: "",
    photos: [],
    orderedAs: null,
    problem: null,
    receivedAtMs: null,
    isReplaced: false,
    isSwept: false,
  };
}
