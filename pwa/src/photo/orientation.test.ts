// The camera's note about the turn is found, taken away, and never trips over a broken file.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fitWithin, type Size, turnUpright, uprightSize } from "./geometry.ts";
import { takeOrientation } from "./orientation.ts";

function jpeg(orientation: number, isLittle: boolean): ArrayBuffer {
  const bytes = new ArrayBuffer(64);
  const view = new DataView(bytes);
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe0);
  view.setUint16(4, 4);
  view.setUint16(8, 0xffe1);
  view.setUint16(10, 40);
  view.setUint32(12, 0x45786966);
  view.setUint16(18, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(20, 42, isLittle);
  view.setUint32(22, 8, isLittle);
  view.setUint16(26, 2, isLittle);
  view.setUint16(28, 0x0100, isLittle);
  view.setUint16(40, 0x0112, isLittle);
  view.setUint16(42, 3, isLittle);
  view.setUint32(44, 1, isLittle);
  view.setUint16(48, orientation, isLittle);
  return bytes;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "orientation %i is read in both byte orders and set to upright",
  (orientation) => {
    for (const isLittle of [true, false]) {
      const bytes = jpeg(orientation, isLittle);
      expect(takeOrientation(bytes)).toBe(orientation);
      expect(takeOrientation(bytes)).toBe(1);
    }
  },
);

test("an orientation that no camera writes counts as upright", () => {
  expect(takeOrientation(jpeg(9, true))).toBe(1);
});

test("any bytes at all are upright or turned, and never an exception", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, isJpeg) => {
      const bytes = new Uint8Array(noise);
      if (isJpeg) bytes.set(new Uint8Array(jpeg(6, true)).slice(0, Math.min(30, bytes.length)));
      const orientation = takeOrientation(bytes.buffer);
      expect(orientation).toBeGreaterThanOrEqual(1);
      expect(orientation).toBeLessThanOrEqual(8);
    }),
  );
});

test("a turned picture covers exactly its upright frame", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(4000),
      fc.nat(4000),
      (orientation, width, height) => {
        const stored = { width: width + 1, height: height + 1 };
        const corners = [
          turned(orientation, stored, 0, 0),
          turned(orientation, stored, stored.width, stored.height),
        ];
        const frame = uprightSize(stored, orientation);
        expect(corners.map(([x]) => x).sort((a, b) => a - b)).toEqual([0, frame.width]);
        expect(corners.map(([, y]) => y).sort((a, b) => a - b)).toEqual([0, frame.height]);
      },
    ),
  );
});

// The camera's top left corner, by the EXIF standard's table.
test.each([
  [1, 0, 0],
  [3, 300, 200],
  [6, 200, 0],
  [8, 0, 300],
])("with orientation %i the stored first pixel lies at %i, %i", (orientation, x, y) => {
  expect(turned(orientation, { width: 300, height: 200 }, 0, 0)).toEqual([x, y]);
});

function turned(orientation: number, size: Size, x: number, y: number): [number, number] {
  const [a, b, c, d, e, f] = turnUpright(orientation, size);
  return [a * x + c * y + e, b * x + d * y + f];
}

test("photos shrink to 1600 pixels, keep their shape and are never enlarged", () => {
  expect(fitWithin({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 });
  expect(fitWithin({ width: 640, height: 480 }, 1600)).toEqual({ width: 640, height: 480 });
  expect(fitWithin({ width: 20_000, height: 3 }, 1600)).toEqual({ width: 1600, height: 1 });
});
