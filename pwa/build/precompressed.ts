// Writes a brotli and a gzip copy beside each built file that text shrinks in, for the server to send.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";

const SHRINKS = /\.(css|html|js|json|svg|webmanifest)$/;

/** Stands after the service worker's plugin: its file is copied too, and its list holds no copies. */
export function precompressed(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "mingcha-precompressed",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      sequential: true,
      order: "post",
      handler() {
        writeCopies(resolve(config.root, config.build.outDir));
      },
    },
  };
}

export function writeCopies(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const name of names.filter((one) => SHRINKS.test(one))) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
    );
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  }
}
