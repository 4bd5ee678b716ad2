// What the oldest phones we serve (Chrome 69) lack of the language, and the app or its libraries use.

/** Chrome 73. */
Object.fromEntries ??= ((entries: Iterable<[PropertyKey, unknown]>) => {
  const members: Record<PropertyKey, unknown> = {};
  for (const [name, value] of entries) members[name] = value;
  return members;
}) as typeof Object.fromEntries;

/** Chrome 71. */
window.queueMicrotask ??= (work) => {
  Promise.resolve()
    .then(work)
    .catch((error: unknown) => {
      setTimeout(() => {
        throw error;
      }, 0);
    });
};
