// Measured numbers without fractions: every limit and answer is a count of ten-thousandths.

// Nine digits before the point and four behind it: what scoring multiplies stays below 2^53.
export const MAX_WHOLE = 10 ** 9 - 1;
export const E4 = 10 ** 4;

const DECIMAL = /^(-?)([0-9]{1,9})(?:\.([0-9]{1,4}))?$/;

/** An integer or a decimal text ("3.2") in ten-thousandths, or null if it is neither. */
export function parseE4(value: unknown): number | null {
  if (typeof value === "number") {
    return Number.isInteger(value) && Math.abs(value) <= MAX_WHOLE ? value * E4 : null;
  }
  const found = typeof value === "string" ? DECIMAL.exec(value) : null;
  const [, sign, whole, parts = ""] = found ?? [];
  if (whole === undefined) return null;
  const sizeE4 = Number(whole) * E4 + Number(parts.padEnd(4, "0"));
  return sign === "-" ? -sizeE4 : sizeE4;
}

/** Exact for whole numbers below 2^53, which rounding a quotient would not promise. */
export function divideFloor(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}
