// The copies beside the built files unpack to the same bytes, and only text gets them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeCopies } from "./precompressed.ts";

const CODE = "export const 明察 = 'x';\n".repeat(200);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mingcha-build-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "sw.js"), CODE);
  writeFileSync(join(folder, "assets", "main-abcd1234.js"), CODE);
  writeFileSync(join(folder, "icon.png"), "png");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("each copy holds what its file holds, in less room", () => {
  writeCopies(folder);
  for (const name of ["sw.js", "assets/main-abcd1234.js"]) {
    const brotli = readFileSync(join(folder, `${name}.br`));
    expect(brotliDecompressSync(brotli).toString()).toBe(CODE);
    expect(brotli.length).toBeLessThan(CODE.length / 10);
    expect(gunzipSync(readFileSync(join(folder, `${name}.gz`))).toString()).toBe(CODE);
  }
});

test("a picture gets no copy, and copies are not copied again", () => {
  writeCopies(folder);
  writeCopies(folder);
  expect(readdirSync(folder).sort()).toEqual([
    "assets",
    "icon.png",
    "sw.js",
    "sw.js.br",
    "sw.js.gz",
  ]);
});
