// Fails the build when it calls what the oldest browser lacks: syntax is lowered, missing functions are not.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin, ResolvedConfig } from "vite";

/**
 * Functions newer than Chrome 69, with the version that has them: those that our code or a library
 * of ours has been seen to use, and those a writer reaches for today. `CompressionStream` (80) is
 * not here, nor `Blob.stream` (76) behind it: without the first, nothing is compressed.
 */
const NEWER: readonly [name: string, use: RegExp, since: number][] = [
  ["queueMicrotask", /\bqueueMicrotask\(/, 71],
  ["globalThis", /\bglobalThis\b/, 71],
  ["Object.fromEntries", /\.fromEntries\b/, 73],
  ["matchAll", /\.matchAll\(\//, 73],
  ["Promise.allSettled", /\.allSettled\b/, 76],
  ["replaceAll", /\.replaceAll\(/, 85],
  ["Promise.any", /\bPromise\.any\b/, 85],
  ["WeakRef", /\bWeakRef\b/, 84],
  ["replaceChildren", /\.replaceChildren\(/, 86],
  ["at", /\.at\(/, 92],
  ["crypto.randomUUID", /\.randomUUID\b/, 92],
  ["Object.hasOwn", /\.hasOwn\b/, 93],
  ["findLast", /\.findLast(Index)?\(/, 97],
  ["structuredClone", /\bstructuredClone\(/, 98],
  ["AbortSignal.timeout", /\bAbortSignal\.(timeout|any)\b/, 103],
  ["toSorted", /\.to(Sorted|Reversed|Spliced)\(/, 110],
  ["isWellFormed", /\.(is|to)WellFormed\(/, 111],
  ["Object.groupBy", /\.groupBy\(/, 117],
  ["Promise.withResolvers", /\.withResolvers\b/, 119],
];

/** What src/ui/older.ts sets where it is missing; each script needs its own. */
const BROUGHT = /\.(fromEntries|queueMicrotask|allSettled)=[^=]/g;

export function oldestBrowser(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "mingcha-oldest-browser",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      sequential: true,
      order: "post",
      handler() {
        const folder = resolve(config.root, config.build.outDir);
        const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
        const lacking = names
          .filter((name) => name.endsWith(".js"))
          .flatMap((name) => lackingIn(name, readFileSync(join(folder, name), "utf8")));
        if (lacking.length > 0) throw new Error(`Too new for old phones: ${lacking.join("; ")}`);
      },
    },
  };
}

/** What a built script uses and neither the oldest browser nor the script itself has, in words. */
export function lackingIn(name: string, code: string): string[] {
  const set = code.match(BROUGHT) ?? [];
  const isBrought = (what: string) =>
    set.some((text) => text.slice(1, -2) === what.split(".").pop());
  return NEWER.filter(([what, use]) => use.test(code) && !isBrought(what)).map(
    ([what, , since]) => `${name} uses ${what} (Chrome ${since})`,
  );
}
