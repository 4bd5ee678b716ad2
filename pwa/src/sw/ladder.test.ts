// The service worker answers for the app's own shell and files, and keeps out of everything else.
import { expect, test } from "vitest";
import { chooseRung } from "./ladder.ts";

const ORIGIN = "https://bus.example";

test.each([
  ["GET", "navigate", "/app/", "shell"],
  ["GET", "navigate", "/app/check/P5-02", "shell"],
  ["GET", "cors", "/app/assets/main-abcd1234.js", "asset"],
  ["GET", "cors", "/api/v1/healthz", "pass"],
  ["POST", "cors", "/api/v1/sync", "pass"],
  ["POST", "cors", "/app/", "pass"],
  ["GET", "navigate", "/office/", "pass"],
  ["GET", "navigate", "/application", "pass"],
])("%s (%s) %s: %s", (method, mode, path, kind) => {
  expect(chooseRung({ method, mode, url: ORIGIN + path }, ORIGIN).kind).toBe(kind);
});

test("other origins are not ours, even when the path looks so", () => {
  const asked = { method: "GET", mode: "navigate", url: "https://elsewhere.example/app/" };
  expect(chooseRung(asked, ORIGIN)).toEqual({ kind: "pass", reason: "not ours" });
});
