// What old phones lack is found in built code, unless the script brings it along.
import { expect, test } from "vitest";
import { lackingIn } from "./oldest.ts";

test.each([
  ["x.at(-1)", ["sw.js uses at (Chrome 92)"]],
  ["(e=Object).fromEntries!=null||(e.fromEntries=f);Object.fromEntries(x)", []],
  ["(e=Promise).allSettled!=null||(e.allSettled=t);await Promise.allSettled(e)", []],
  ["await Promise.allSettled(e)", ["sw.js uses Promise.allSettled (Chrome 76)"]],
  ["e.allSettled==t;queueMicrotask(f)", 2],
  ["t.catch(f);t.flatMap(f);self.clients.matchAll()", []],
  ["crypto.randomUUID();structuredClone(x);y.toSorted()", 3],
])("%s", (code, found) => {
  const lacking = lackingIn("sw.js", code);
  if (typeof found === "number") expect(lacking).toHaveLength(found);
  else expect(lacking).toEqual(found);
});
