// On old phones the stand-in does what newer browsers do themselves.
import { expect, test } from "vitest";
import { allSettled } from "./older.ts";

test("every promise is waited for, and each says how it ended", async () => {
  const mixed = () => [
    Promise.reject(new Error("no room")),
    new Promise((resolve) => setTimeout(resolve, 5, "late")),
    "no promise",
  ];
  expect(await allSettled(mixed())).toEqual(await Promise.allSettled(mixed()));
});
