// The database lets a newer app in, and says so when it cannot be had.
import "fake-indexeddb/auto";
import { openDB } from "idb";
import { expect, test, vi } from "vitest";
import { openStore } from "./db.ts";
import { NotSaved, StoreUnavailable } from "./errors.ts";
import { readSetting, saveSetting } from "./place.ts";
import { DB_VERSION } from "./schema.ts";
import { freshName } from "./testing.ts";

test("an old tab lets go when a newer app upgrades, loses nothing and saves nothing more", async () => {
  const name = freshName();
  const onOutdated = vi.fn();
  const old = await openStore({ name, onOutdated });
  await saveSetting(old, "language", "en");
  const newer = await openDB(name, DB_VERSION + 1);
  expect(onOutdated).toHaveBeenCalledOnce();
  await expect(saveSetting(old, "language", "zh-CN")).rejects.toThrow(NotSaved);
  expect(await newer.get("ui", "language")).toBe("en");
});

test("a browser that gives no database is named", async () => {
  const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("private mode", "SecurityError");
  });
  await expect(openStore({ name: freshName() })).rejects.toThrow(StoreUnavailable);
  open.mockRestore();
});

test("a connection lost in the middle of a save is replaced and the save made once", async () => {
  const db = await openStore({ name: freshName() });
  const heard: string[][] = [];
  db.subscribe((names) => heard.push(names));
  let tries = 0;
  await db.write(["ui"], async (tx) => {
    tries += 1;
    await tx.objectStore("ui").put(tries, "tries");
    if (tries === 1)
      throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  });
  expect(await readSetting(db, "tries")).toBe(2);
  expect(heard).toEqual([["ui"]]);
});

test("a mistake in our own code undoes the write and is not called a full disk", async () => {
  const db = await openStore({ name: freshName() });
  const bug = db.write(["ui"], async (tx) => {
    await tx.objectStore("ui").put("half", "work");
    throw new RangeError("a bug");
  });
  await expect(bug).rejects.toThrow(RangeError);
  expect(await readSetting(db, "work")).toBeUndefined();
});
