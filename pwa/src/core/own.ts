// Objects whose names come from others: reads and writes that a field called "constructor" or
// "__proto__" cannot lead astray.

export function own<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  // biome-ignore lint/suspicious/noPrototypeBuiltins: Object.hasOwn came with Chrome 93, phones here run 69.
  return Object.prototype.hasOwnProperty.call(members, name) ? members[name] : undefined;
}

export function setOwn<T>(members: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(members, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
