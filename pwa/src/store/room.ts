// Asks the browser to keep our data, and how much there is. An estimate proves no room.

export interface Room {
  isPersistent: boolean;
  /** A private window, as far as browsers let that be known, or next to no room. */
  isFleeting: boolean;
  usedBytes: number | null;
  quotaBytes: number | null;
}

/** Less is given to private windows of older Chromes, and on phones that are as good as full. */
const ROOMY_BYTES = 200_000_000;

/** To be asked once after enrolment; browsers that cannot promise it answer false. */
export async function askToPersist(): Promise<boolean> {
  const storage = storageOf();
  if (!storage?.persist) return false;
  return (await storage.persisted()) || (await storage.persist());
}

export async function readRoom(): Promise<Room> {
  const storage = storageOf();
  const estimate = storage?.estimate ? await storage.estimate() : {};
  return {
    isPersistent: storage?.persisted ? await storage.persisted() : false,
    isFleeting: (estimate.quota ?? ROOMY_BYTES) < ROOMY_BYTES || (await hasNoFiles(storage)),
    usedBytes: estimate.usage ?? null,
    quotaBytes: estimate.quota ?? null,
  };
}

// Private windows of Safari and Firefox have no file system of their own; newer Chromes tell nothing.
async function hasNoFiles(storage: StorageManager | undefined): Promise<boolean> {
  if (!storage?.getDirectory) return false;
  return await storage.getDirectory().then(
    () => false,
    () => true,
  );
}

function storageOf(): StorageManager | undefined {
  return (navigator as { storage?: StorageManager }).storage;
}
