// Takes in one answer of the server, whole or not at all: receipts by name, then pulled records.
import { mergeFields } from "../core/merge.ts";
import type { Store, StoreName, WriteTx } from "./db.ts";
import { offerAgain, takeMissing } from "./epoch.ts";
import { afterAnswer, type Remembered } from "./heads.ts";
import { receiveRecords, resettle } from "./pulls.ts";
import type { DeviceRow, EditRow } from "./schema.ts";
import type { Receipt, SyncAnswer } from "./wire.ts";

export interface Applied {
  accepted: number;
  late: number;
  refused: number;
  pulled: number;
  /** The server was restored, or asks for what it never got: start again from the first serial. */
  offersAgain: boolean;
}

const STORES: StoreName[] = ["devices", "edits", "records", "reference", "photos"];

/** `cameAtMs`: the phone's clock when the answer came, for the difference to the server's. */
export function applyAnswer(
  db: Store,
  deviceId: string,
  answer: SyncAnswer,
  cameAtMs: number,
): Promise<Applied> {
  return db.write(STORES, async (tx) => {
    const device = await tx.objectStore("devices").get(deviceId);
    if (!device) return { accepted: 0, late: 0, refused: 0, pulled: 0, offersAgain: false };
    const remembered = afterAnswer(device, answer);
    if (remembered.hasGoneBack) await offerAgain(tx, device);
    const touched = await receiveReceipts(tx, device, answer);
    const isMissing = await takeMissing(tx, device, answer);
    for (const name of await receiveRecords(tx, device, answer)) touched.add(name);
    await resettle(tx, touched);
    await tx.objectStore("devices").put(nextDevice(device, answer, remembered, cameAtMs));
    return {
      ...countReceipts(answer.receipts),
      pulled: answer.records.length,
      offersAgain: remembered.hasGoneBack || isMissing,
    };
  });
}

function nextDevice(
  device: DeviceRow,
  answer: SyncAnswer,
  { heads, witness }: Remembered,
  cameAtMs: number,
): DeviceRow {
  return {
    ...device,
    epoch: answer.epoch,
    // A cursor of the lost epoch would skip what the server has forgotten and been told again.
    cursor: device.epoch === answer.epoch ? answer.cursor : null,
    heads,
    witness,
    serverAheadMs: answer.serverMs - cameAtMs,
    lastContactMs: cameAtMs,
    serverMs: answer.serverMs,
    awaitedPhotos: answer.awaitedPhotos,
    refusal: null,
  };
}

function countReceipts(receipts: Receipt[]): Pick<Applied, "accepted" | "late" | "refused"> {
  const count = (state: Receipt["state"]) =>
    receipts.filter((receipt) => receipt.state === state).length;
  return { accepted: count("accepted"), late: count("late"), refused: count("refused") };
}

async function receiveReceipts(
  tx: WriteTx,
  device: DeviceRow,
  answer: SyncAnswer,
): Promise<Set<string>> {
  const touched = new Set<string>();
  for (const receipt of answer.receipts) {
    const edit = await tx.objectStore("edits").index("byStamp").get(receipt.stamp);
    // Only what was frozen can have been sent; a name that is not ours says nothing about ours.
    if (!edit || edit.device !== device.id || edit.state === "open") continue;
    await tx.objectStore("edits").put(receipted(edit, receipt, answer.serverMs));
    await raiseBase(tx, edit, receipt);
    touched.add(`${edit.kind}/${edit.record}`);
  }
  return touched;
}

function receipted(edit: EditRow, receipt: Receipt, serverMs: number): EditRow {
  return {
    ...edit,
    state: receipt.state,
    orderedAs: receipt.orderedAs,
    problem: receipt.problem,
    receivedAtMs: serverMs,
  };
}

// The stamp that counts is the server's word: a phone clock ahead of it does not win for ever.
async function raiseBase(tx: WriteTx, edit: EditRow, receipt: Receipt): Promise<void> {
  // What is late or refused does not change the record by itself.
  if (receipt.state !== "accepted" || edit.isSwept) return;
  const row = await tx.objectStore("records").get([edit.kind, edit.record]);
  if (!row) return;
  const base = mergeFields(row.base, edit.fields, receipt.orderedAs ?? edit.stamp).state;
  await tx.objectStore("records").put({ ...row, base });
}
