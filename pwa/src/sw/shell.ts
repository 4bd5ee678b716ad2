// The app's own files on the phone: fetched all or none, each known by the hash of its bytes.

/** A file's path, and the SHA-256 of its bytes in base64. */
export type ShellFile = readonly [path: string, hash: string];

const CACHE = "mingcha-shell";
// What the shell was kept under before.
const EARLIER = /^workbox-precache/;

/**
 * Fetches what is not there yet. Rejects when one file cannot be had whole: the install fails with
 * it, and the older worker stays. A portal's page in a file's place has another hash.
 */
export async function keepShell(files: readonly ShellFile[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const missing: ShellFile[] = [];
  for (const file of files) if (!(await cache.match(keyOf(file)))) missing.push(file);
  await Promise.all(missing.map((file) => keepFile(cache, file)));
}

async function keepFile(cache: Cache, file: ShellFile): Promise<void> {
  const [path, hash] = file;
  const integrity = `sha256-${hash}`;
  const response = await fetch(path, { cache: "no-cache", redirect: "error", integrity });
  if (!response.ok) throw new TypeError(`${path}: ${response.status}`);
  await cache.put(keyOf(file), response);
}

/** Drops the files of older versions, once no page of theirs is open any more. */
export async function dropOlder(files: readonly ShellFile[]): Promise<void> {
  for (const name of await caches.keys()) if (EARLIER.test(name)) await caches.delete(name);
  const cache = await caches.open(CACHE);
  const kept = new Set(files.map((file) => new URL(keyOf(file), self.location.href).href));
  for (const { url } of await cache.keys()) if (!kept.has(url)) await cache.delete(url);
}

/** This version's copy of a file; undefined: it is none of the shell's, or the cache was cleared. */
export async function readShell(
  files: readonly ShellFile[],
  path: string,
): Promise<Response | undefined> {
  const file = files.find(([name]) => name === path);
  return file && (await (await caches.open(CACHE)).match(keyOf(file)));
}

// Two versions of a file lie side by side until the newer one is at work.
function keyOf([path, hash]: ShellFile): string {
  return `${path}?${encodeURIComponent(hash)}`;
}
