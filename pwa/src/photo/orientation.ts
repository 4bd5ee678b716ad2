// Finds the turn that a camera noted in a JPEG's EXIF, and takes the note away.

const SOI = 0xffd8;
const APP1 = 0xffe1;
const SOS = 0xffda;
const EXIF = 0x45786966;
const LITTLE_ENDIAN = 0x4949;
const ORIENTATION_TAG = 0x0112;
const UPRIGHT = 1;

/**
 * The EXIF orientation, 1 to 8, and 1 where there is none. The note is set to 1 in place: browsers
 * differ in whether they turn a picture by themselves, and without the note none of them does.
 */
export function takeOrientation(bytes: ArrayBuffer): number {
  const view = new DataView(bytes);
  const at = findOrientation(view);
  if (at === null) return UPRIGHT;
  const value = view.getUint16(at.offset, at.isLittle);
  if (value < 1 || value > 8) return UPRIGHT;
  view.setUint16(at.offset, UPRIGHT, at.isLittle);
  return value;
}

interface Place {
  offset: number;
  isLittle: boolean;
}

function findOrientation(view: DataView): Place | null {
  const tiff = findTiff(view);
  if (tiff === null || tiff + 8 > view.byteLength) return null;
  const isLittle = view.getUint16(tiff) === LITTLE_ENDIAN;
  const directory = tiff + view.getUint32(tiff + 4, isLittle);
  if (directory + 2 > view.byteLength) return null;
  const entries = view.getUint16(directory, isLittle);
  for (let index = 0; index < entries; index++) {
    const entry = directory + 2 + index * 12;
    if (entry + 12 > view.byteLength) return null;
    if (view.getUint16(entry, isLittle) === ORIENTATION_TAG) return { offset: entry + 8, isLittle };
  }
  return null;
}

function findTiff(view: DataView): number | null {
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return null;
  let at = 2;
  while (at + 10 <= view.byteLength) {
    const marker = view.getUint16(at);
    if (marker >> 8 !== 0xff || marker === SOS) return null;
    if (marker === APP1 && view.getUint32(at + 4) === EXIF) return at + 10;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}
