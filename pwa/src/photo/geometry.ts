// How large a photo becomes and how it is turned upright: sums only, no pixels.

export interface Size {
  width: number;
  height: number;
}

/** The arguments of a canvas transform. */
export type Turn = [a: number, b: number, c: number, d: number, e: number, f: number];

/** Within a square of `longest` pixels, never enlarged, never less than one pixel. */
export function fitWithin({ width, height }: Size, longest: number): Size {
  const scale = Math.min(1, longest / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** Orientations 5 to 8 lie on their side: what the camera calls width is the upright height. */
export function uprightSize({ width, height }: Size, orientation: number): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** Brings a picture of this size as the camera stored it upright, its corner back at the origin. */
export function turnUpright(orientation: number, { width, height }: Size): Turn {
  const turns: Record<number, Turn> = {
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, height, 0],
    7: [0, -1, -1, 0, height, width],
    8: [0, -1, 1, 0, 0, width],
  };
  return turns[orientation] ?? [1, 0, 0, 1, 0, 0];
}
