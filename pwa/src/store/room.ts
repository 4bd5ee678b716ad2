// Asks the browser to keep our data, and how much there is. An estimate proves no room.

export interface Room {
  isPersistent: boolean;
  usedBytes: number | null;
  quotaBytes: number | null;
}

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
    usedBytes: estimate.usage ?? null,
    quotaBytes: estimate.quota ?? null,
  };
}

function storageOf(): StorageManager | undefined {
  return (navigator as { storage?: StorageManager }).storage;
}
