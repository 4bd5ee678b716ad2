// Builds src/sw/index.ts as /app/sw.js, with the list of everything that the app needs to start offline.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";
import { OLDEST_BROWSER } from "./target.ts";

type ShellFile = readonly [path: string, hash: string];

const SOURCE = "src/sw/index.ts";

export function serviceWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "mingcha-service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      // After the page's files are written: the list is read from what lies on the disk.
      sequential: true,
      order: "post",
      async handler() {
        const source = join(config.root, SOURCE);
        if (existsSync(source)) await buildWorker(config, source);
      },
    },
  };
}

async function buildWorker(config: ResolvedConfig, source: string): Promise<void> {
  const outDir = resolve(config.root, config.build.outDir);
  await build({
    configFile: false,
    root: config.root,
    base: config.base,
    publicDir: false,
    logLevel: "warn",
    define: { "self.__MINGCHA_SHELL__": JSON.stringify(shellFiles(outDir, config.base)) },
    build: {
      outDir,
      emptyOutDir: false,
      target: OLDEST_BROWSER,
      lib: {
        entry: source,
        formats: ["iife"],
        name: "mingchaServiceWorker",
        fileName: () => "sw.js",
      },
    },
  });
}

function shellFiles(outDir: string, base: string): ShellFile[] {
  return filesIn(outDir)
    .filter((name) => name !== "sw.js" && !name.endsWith(".map"))
    .sort()
    .map((name) => [base + name, hashOf(join(outDir, name))]);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("base64");
}
