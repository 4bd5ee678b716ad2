// The phone as a witness of the server's log: what to ask about it next, and what the answers mean.
import type { Store } from "./db.ts";
import { changeDevice } from "./device.ts";
import { offerAgain } from "./epoch.ts";
import { contradicted, rememberHead, witnessOf } from "./heads.ts";
import type { DeviceRow, Head, SeenHead, Witness } from "./schema.ts";

const HOUR_MS = 3_600_000;
const OLDER_EVERY = 4;

export interface Verdict {
  /** The first head, newest first, that today's log was proved to begin with. */
  confirmed: SeenHead | null;
  /** Today's head, which the proof led to. */
  head: Head | null;
  /** The heads asked about before it, which the log no longer contains. */
  lost: SeenHead[];
}

/**
 * The heads to ask about, in order until one is confirmed. At once when there is doubt, else
 * hourly: mostly the newest one remembered before this sync, now and then any older one.
 */
export function headsToAsk(device: DeviceRow, random: () => number = () => 1): SeenHead[] {
  const { doubts, askedAtMs } = witnessOf(device);
  const older = device.heads.slice(0, -1).reverse();
  // A new epoch's own heads say nothing about the log before it.
  const isSameEpoch = doubts.every(({ epoch }) => epoch === device.epoch);
  if (doubts.length > 0) return [...[...doubts].reverse(), ...(isSameEpoch ? older : [])];
  // By the server's clock, which may have been put right, too.
  if (Math.abs(device.serverMs - askedAtMs) < HOUR_MS) return [];
  const isOlder = random() * OLDER_EVERY < 1;
  return isOlder ? older.slice(Math.floor(random() * older.length)) : older;
}

/** The server was asked and gave no verdict: ask again later, believe nothing. */
export async function keepAsked(db: Store, deviceId: string): Promise<false> {
  await db.write(["devices"], (tx) =>
    changeDevice(tx, deviceId, (device) => ({
      ...device,
      witness: { ...witnessOf(device), askedAtMs: device.serverMs },
    })),
  );
  return false;
}

/** True when everything was put back in the queue because of it. */
export function keepVerdict(db: Store, deviceId: string, verdict: Verdict): Promise<boolean> {
  return db.write(["devices", "edits", "photos"], async (tx) => {
    const device = await tx.objectStore("devices").get(deviceId);
    if (!device) return false;
    const lost = evidenceIn(device, verdict);
    // Where there was doubt, everything was offered again as soon as the doubt arose.
    const isNews = lost.length > 0 && witnessOf(device).doubts.length === 0;
    if (isNews) await offerAgain(tx, device);
    await tx.objectStore("devices").put(judged(device, verdict, lost));
    return isNews;
  });
}

// A restore from a backup gives the log a new epoch: the heads that came after the backup are gone
// with good reason, as long as the log still begins with one that this phone saw before it.
function evidenceIn({ epoch }: DeviceRow, { confirmed, lost }: Verdict): SeenHead[] {
  const isRestored = confirmed !== null && confirmed.epoch !== epoch;
  return lost.filter((head) => !isRestored || head.epoch === epoch);
}

function judged(device: DeviceRow, verdict: Verdict, lost: SeenHead[]): DeviceRow {
  const before = witnessOf(device);
  const { confirmed, head } = verdict;
  const gone = new Set(verdict.lost.map(({ hash }) => hash));
  const left = device.heads.filter(({ hash }) => !gone.has(hash));
  const doubts = head ? contradicted(left, head) : [];
  const { epoch, serverMs: atMs } = device;
  const proved =
    confirmed && head
      ? [
          { ...confirmed, epoch },
          { ...head, epoch, atMs },
        ]
      : [];
  const heads = proved.reduce(
    rememberHead,
    left.filter((one) => !doubts.includes(one)),
  );
  return {
    ...device,
    heads,
    witness: {
      ...before,
      ...known(device, verdict, before),
      doubts,
      lost: [...before.lost, ...lost],
    },
  };
}

function known(device: DeviceRow, { confirmed, lost }: Verdict, before: Witness) {
  const atMs = device.serverMs;
  const asked = { askedAtMs: atMs };
  if (!confirmed) return { ...asked, confirmedSize: null };
  // A proof about an older head takes nothing from the one about a newer head before it.
  const atLeast = lost.length > 0 ? 0 : (before.confirmedSize ?? 0);
  return { ...asked, confirmedSize: Math.max(confirmed.size, atLeast), confirmedAtMs: atMs };
}
