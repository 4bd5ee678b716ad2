// A browser that cannot keep records is told apart by name before anything is entered in it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VERSION } from "../version.ts";
import { missingAbilities } from "./ability.ts";

test("a whole browser lacks nothing", () => {
  const whole = { indexedDB: {}, navigator: { serviceWorker: {} }, crypto: { subtle: {} } };
  expect(missingAbilities(whole)).toEqual([]);
});

test("what is missing is named: private mode, in-app browsers, pages without https", () => {
  expect(missingAbilities({ navigator: {}, crypto: {} })).toEqual([
    "indexeddb",
    "worker",
    "crypto",
  ]);
  const insecure = { indexedDB: {}, navigator: { serviceWorker: {} } };
  expect(missingAbilities(insecure)).toEqual(["crypto"]);
});

test("the version on screen is that of the package", () => {
  const file = new URL("../../../package.json", import.meta.url);
  expect(VERSION).toBe(JSON.parse(readFileSync(file, "utf8")).version);
});
