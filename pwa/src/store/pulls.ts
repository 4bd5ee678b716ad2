// Lays pulled records under this phone's own unsent edits, and keeps the company's lists.
import { mergeStates } from "../core/merge.ts";
import type { WriteTx } from "./db.ts";
import { editsOf, newRecord } from "./edits.ts";
import type { DeviceRow, RecordRow } from "./schema.ts";
import { settle } from "./state.ts";
import type { PulledRecord, SyncAnswer } from "./wire.ts";

/** Lists that the phone only reads: the latest word of the server is all there is. */
const REFERENCE_KINDS = new Set([
  "vehicle",
  "crew",
  "route",
  "station",
  "checklist",
  "assignment",
  "notice",
]);

type Plain = Exclude<PulledRecord, { answer: object }>;

/** Resolves with the records whose state must be settled again, as "kind/record". */
export async function receiveRecords(
  tx: WriteTx,
  device: DeviceRow,
  answer: SyncAnswer,
): Promise<Set<string>> {
  const touched = new Set<string>();
  for (const pulled of answer.records) {
    if ("answer" in pulled) {
      for (const name of await keepOfficeAnswer(tx, device, pulled)) touched.add(name);
      continue;
    }
    if (REFERENCE_KINDS.has(pulled.kind)) {
      await keepReference(tx, pulled);
      continue;
    }
    await keepPulled(tx, device, pulled, answer);
    touched.add(`${pulled.kind}/${pulled.record}`);
  }
  return touched;
}

// Answers about edits of the user's other phones say nothing here.
async function keepOfficeAnswer(
  tx: WriteTx,
  device: DeviceRow,
  { stamp, answer }: Extract<PulledRecord, { answer: object }>,
): Promise<string[]> {
  const edit = await tx.objectStore("edits").index("byStamp").get(stamp);
  if (edit?.owner !== device.owner) return [];
  await tx.objectStore("edits").put({ ...edit, answer });
  return [`${edit.kind}/${edit.record}`];
}

async function keepReference(tx: WriteTx, pulled: Plain): Promise<void> {
  const { kind, record } = pulled;
  if ("gone" in pulled) await tx.objectStore("reference").delete([kind, record]);
  else await tx.objectStore("reference").put({ kind, record, fields: pulled.fields });
}

async function keepPulled(
  tx: WriteTx,
  device: DeviceRow,
  pulled: Plain,
  answer: SyncAnswer,
): Promise<void> {
  const before = await tx.objectStore("records").get([pulled.kind, pulled.record]);
  if ("gone" in pulled) {
    // Own edits may still be on their way: the row is hidden, never deleted, by the server's word.
    if (before) await tx.objectStore("records").put({ ...before, isGone: true });
    return;
  }
  const row = before ?? pulledRecord(device, pulled, answer.serverMs);
  // After a restore the server's state is taken afresh; what it lost must not live on here.
  const base =
    row.baseEpoch === answer.epoch || row.baseEpoch === null
      ? mergeStates(row.base, pulled.fields)
      : pulled.fields;
  await tx.objectStore("records").put({ ...row, base, baseEpoch: answer.epoch, isGone: false });
}

function pulledRecord(
  device: DeviceRow,
  pulled: PulledRecord & { fields: object },
  serverMs: number,
): RecordRow {
  const { kind, record, fields } = pulled as Extract<PulledRecord, { fields: object }>;
  const claimed = Date.parse(String(fields.finished_at?.value ?? fields.started_at?.value ?? ""));
  return newRecord({ kind, record }, device, Number.isNaN(claimed) ? serverMs : claimed);
}

/** Every path that changes a base or an edit ends here: state is settled from what is on the disk. */
export async function resettle(tx: WriteTx, names: Iterable<string>): Promise<void> {
  for (const name of names) {
    const cut = name.indexOf("/");
    const target = { kind: name.slice(0, cut), record: name.slice(cut + 1) };
    const row = await tx.objectStore("records").get([target.kind, target.record]);
    if (!row) continue;
    const state = settle(row.base, await editsOf(tx, target));
    await tx.objectStore("records").put({ ...row, state });
  }
}
