// What the oldest phones we serve (Chrome 69) lack of the language, and Workbox uses.

interface Settled {
  status: "fulfilled" | "rejected";
  value?: unknown;
  reason?: unknown;
}

/** Promise.allSettled, for browsers before Chrome 76. */
export function allSettled(promises: Iterable<unknown>): Promise<Settled[]> {
  return Promise.all(
    [...promises].map((one) =>
      Promise.resolve(one).then<Settled, Settled>(
        (value) => ({ status: "fulfilled", value }),
        (reason) => ({ status: "rejected", reason }),
      ),
    ),
  );
}

Promise.allSettled ??= allSettled as typeof Promise.allSettled;
