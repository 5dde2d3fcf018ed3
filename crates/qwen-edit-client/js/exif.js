// The two things in EXIF that matter here: how the picture is to be turned, and whether it tells where it was taken.

const ORIENTATION = 0x0112;
/** Where the directory with the place stands. */
const GPS_DIRECTORY = 0x8825;
/** In that directory. Cameras that may not tell write one without them. */
const LATITUDE = 2;
const LONGITUDE = 4;

/**
 * Reads EXIF, which is a small TIFF file. What makes no sense counts as absent.
 *
 * @param {DataView} view
 * @param {number} start Where the TIFF file begins in it.
 * @returns {{orientation: number, hasLocation: boolean}}
 */
export function readExif(view, start) {
  const found = { orientation: 1, hasLocation: false };
  try {
    const exif = new DataView(view.buffer, view.byteOffset + start, view.byteLength - start);
    const order = exif.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return found;
    const little = order === 0x4949;
    for (const [tag, at] of entries(exif, exif.getUint32(4, little), little)) {
      if (tag === ORIENTATION) {
        const value = exif.getUint16(at + 8, little);
        if (value >= 1 && value <= 8) found.orientation = value;
      }
      if (tag === GPS_DIRECTORY) {
        const place = [...entries(exif, exif.getUint32(at + 8, little), little)].map(([tag]) => tag);
        found.hasLocation = place.includes(LATITUDE) || place.includes(LONGITUDE);
      }
    }
  } catch (error) {
    // Cut or damaged: DataView says so. What was found before counts.
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

/** Tag and place of each entry of a directory. */
function* entries(exif, offset, little) {
  const count = exif.getUint16(offset, little);
  for (let index = 0; index < count; index += 1) {
    const at = offset + 2 + index * 12;
    yield [exif.getUint16(at, little), at];
  }
}
