// Fails when the phone's JavaScript, all of it, weighs more than 60 kB as brotli sends it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const LIMIT_BYTES = 60_000;
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "pwa", "dist");

const sizes = readdirSync(dist, { recursive: true })
  .filter((name) => name.endsWith(".js"))
  .map((name) => ({ name, bytes: brotliCompressSync(readFileSync(join(dist, name))).length }))
  .sort((a, b) => b.bytes - a.bytes);
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);

for (const { name, bytes } of sizes) console.log(`${String(bytes).padStart(8)} B brotli  ${name}`);
console.log(`${String(total).padStart(8)} B brotli  in all, of ${LIMIT_BYTES} allowed`);
if (sizes.length === 0 || total > LIMIT_BYTES) {
  console.error(
    sizes.length === 0 ? "There is no built phone app." : "The phone app is too heavy.",
  );
  process.exit(1);
}
