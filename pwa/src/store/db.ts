// Opens the phone's database and runs every read and write of it: strict, all or nothing, retried once.
import { type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import {
  isDatabaseError,
  isLostConnection,
  NotSaved,
  notSaved,
  StoreUnavailable,
} from "./errors.ts";
import { DB_VERSION, type MingchaDB } from "./schema.ts";

export type StoreName = StoreNames<MingchaDB>;
export type ReadTx = IDBPTransaction<MingchaDB, StoreName[], "readonly">;
export type WriteTx = IDBPTransaction<MingchaDB, StoreName[], "readwrite">;
export type AnyTx = ReadTx | WriteTx;

/** The phone's database. Resolved writes are on the disk; rejected ones changed nothing. */
export interface Store {
  read<T>(names: StoreName[], work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** Rejects with NotSaved whenever the transaction aborts; what `work` throws aborts it too. */
  write<T>(names: StoreName[], work: (tx: WriteTx) => Promise<T>): Promise<T>;
  /** Called after each committed write of this tab. Returns the way to stop. */
  subscribe(listener: (names: StoreName[]) => void): () => void;
  close(): void;
}

export interface StoreOptions {
  name?: string;
  /** Another tab holds an older version open and does not let go. */
  onBlocked?: () => void;
  /** A newer app took the database over: reload this page when nothing is being typed. */
  onOutdated?: () => void;
}

type Connection = { db: IDBPDatabase<MingchaDB>; isClosed: boolean };

export async function openStore(options: StoreOptions = {}): Promise<Store> {
  const listeners = new Set<(names: StoreName[]) => void>();
  let connection = await connect(options);

  const attempt = async <T>(work: (held: Connection) => Promise<T>): Promise<T> => {
    const held = connection;
    try {
      return await work(held);
    } catch (error) {
      if (!(await wasLost(held, error))) throw error;
      // iOS closes connections of sleeping apps: one new connection, one more try.
      if (connection === held) {
        held.db.close();
        connection = await connect(options);
      }
      return await work(connection);
    }
  };

  return {
    read: (names, work) => attempt((held) => runRead(held, names, work)),
    write: async (names, work) => {
      const result = await saving(
        () => attempt((held) => runWrite(held, names, work)),
        () => connection.isClosed,
      );
      for (const listener of listeners) listener(names);
      return result;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => connection.db.close(),
  };
}

async function wasLost(held: Connection, error: unknown): Promise<boolean> {
  // The transaction fails first; the connection says that it is closed one task later.
  if (isDatabaseError(error)) await new Promise((resolve) => setTimeout(resolve, 0));
  return held.isClosed || isLostConnection(error);
}

async function connect(options: StoreOptions): Promise<Connection> {
  const held: { isClosed: boolean } = { isClosed: false };
  try {
    const db = await openDB<MingchaDB>(options.name ?? "mingcha", DB_VERSION, {
      upgrade: createStores,
      blocked: () => options.onBlocked?.(),
      terminated: () => {
        held.isClosed = true;
      },
    });
    db.addEventListener("versionchange", () => {
      db.close();
      options.onOutdated?.();
    });
    return Object.assign(held, { db });
  } catch (error) {
    throw new StoreUnavailable(error);
  }
}

function createStores(db: IDBPDatabase<MingchaDB>): void {
  db.createObjectStore("devices", { keyPath: "id" });
  const edits = db.createObjectStore("edits", { keyPath: "key", autoIncrement: true });
  edits.createIndex("byRecord", "record");
  edits.createIndex("byState", ["device", "state"]);
  edits.createIndex("bySerial", ["device", "serial"]);
  edits.createIndex("byStamp", "stamp", { unique: true });
  db.createObjectStore("records", { keyPath: ["kind", "record"] });
  const photos = db.createObjectStore("photos", { keyPath: "sha256" });
  photos.createIndex("byState", "state");
  photos.createIndex("byRecord", "records", { multiEntry: true });
  db.createObjectStore("photoBytes", { keyPath: "sha256" });
  db.createObjectStore("thumbs", { keyPath: "sha256" });
  db.createObjectStore("reference", { keyPath: ["kind", "record"] });
  db.createObjectStore("ui");
}

async function runRead<T>(
  held: Connection,
  names: StoreName[],
  work: (tx: ReadTx) => Promise<T>,
): Promise<T> {
  const tx = held.db.transaction(names, "readonly");
  const [result] = await Promise.all([work(tx), tx.done]);
  return result;
}

async function runWrite<T>(
  held: Connection,
  names: StoreName[],
  work: (tx: WriteTx) => Promise<T>,
): Promise<T> {
  // Since Chrome 121 the default is "relaxed", which loses what was "saved" when the power goes.
  const tx = held.db.transaction(names, "readwrite", { durability: "strict" });
  const done = tx.done.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  let result: T;
  try {
    result = await work(tx);
  } catch (error) {
    abort(tx);
    await done;
    throw error;
  }
  const failure = await done;
  if (failure) throw failure.error ?? new DOMException("the transaction was aborted", "AbortError");
  return result;
}

function abort(tx: WriteTx): void {
  try {
    tx.abort();
  } catch (error) {
    // A transaction that has already failed cannot be aborted again.
    if (!isDatabaseError(error)) throw error;
  }
}

// A mistake in our own code stays what it is; everything the database refuses is "not saved".
async function saving<T>(work: () => Promise<T>, isClosed: () => boolean): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new NotSaved("closed", error);
    if (isDatabaseError(error)) throw notSaved(error, isClosed());
    throw error;
  }
}
