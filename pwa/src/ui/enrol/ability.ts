// Whether this browser can do the job at all; what is missing is said by name.
export type Ability = "indexeddb" | "worker" | "crypto";

export interface Browser {
  indexedDB?: unknown;
  navigator: { serviceWorker?: unknown };
  crypto?: { subtle?: unknown };
  isSecureContext?: boolean;
}

export function missingAbilities(browser: Browser): Ability[] {
  const missing: Ability[] = [];
  if (!browser.indexedDB) missing.push("indexeddb");
  if (!browser.navigator.serviceWorker) missing.push("worker");
  if (!browser.crypto?.subtle) missing.push("crypto");
  return missing;
}
