// How the phone app is built: one page under /app/, old phones (Chrome 69) included, and its service worker.
import { defineConfig } from "vitest/config";
import { oldestBrowser } from "./build/oldest.ts";
import { precompressed } from "./build/precompressed.ts";
import { serviceWorker } from "./build/service-worker.ts";
import { OLDEST_BROWSER } from "./build/target.ts";

export default defineConfig({
  base: "/app/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: OLDEST_BROWSER,
    cssTarget: OLDEST_BROWSER,
    assetsInlineLimit: 0,
    // Every phone we build for preloads modules by itself or does well without.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      onLog(level, log) {
        if (level === "warn") throw new Error(`The build warns: ${log.message}`);
      },
    },
  },
  // Chrome 69 starts no module workers, so a worker is one classic script.
  worker: { format: "iife" },
  plugins: [serviceWorker(), oldestBrowser(), precompressed()],
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx", "build/**/*.test.ts"],
    environment: "node",
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
