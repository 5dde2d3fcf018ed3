//! The two things in EXIF that matter here: how the picture is to be turned, and whether it tells where it was taken.
//!
//! EXIF is a small TIFF file, and TIFF files carry the same fields in their directory, so one reader serves both.

use std::io::{self, Read, Seek, SeekFrom};

/// How the picture is to be turned.
const ORIENTATION: u16 = 0x0112;
/// Where the directory with the place stands.
const GPS_DIRECTORY: u16 = 0x8825;
/// Of the directory with the place. Cameras that may not tell write one without them.
const LATITUDE: u16 = 2;
const LONGITUDE: u16 = 4;
/// More entries than any directory has; damaged ones claim up to 65,535.
const MAX_ENTRIES: u16 = 512;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tags {
    /// 1 (upright) to 8.
    pub(crate) orientation: u8,
    pub(crate) has_location: bool,
}

impl Default for Tags {
    fn default() -> Tags {
        Tags { orientation: 1, has_location: false }
    }
}

/// Reads the tags. What makes no sense counts as absent.
///
/// # Errors
/// Only those of the reader.
pub(crate) fn read(file: &mut (impl Read + Seek)) -> io::Result<Tags> {
    let mut found = Tags::default();
    let mut start = [0; 4];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut start)?;
    let big_endian = match &start {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return Ok(found),
    };
    let mut tiff = Tiff { file, big_endian };
    let first = tiff.u32()?;
    let mut gps = None;
    for entry in tiff.directory(first)? {
        match entry.tag {
            ORIENTATION if (1..=8).contains(&entry.short) => found.orientation = entry.short as u8,
            GPS_DIRECTORY => gps = Some(entry.long),
            _ => {}
        }
    }
    if let Some(offset) = gps {
        let entries = tiff.directory(offset)?;
        found.has_location = entries.iter().any(|entry| matches!(entry.tag, LATITUDE | LONGITUDE));
    }
    Ok(found)
}

struct Tiff<'a, R> {
    file: &'a mut R,
    big_endian: bool,
}

/// An entry's tag and its value, read as one number of two bytes and as one of four.
struct Entry {
    tag: u16,
    short: u16,
    long: u32,
}

impl<R: Read + Seek> Tiff<'_, R> {
    fn directory(&mut self, offset: u32) -> io::Result<Vec<Entry>> {
        self.file.seek(SeekFrom::Start(offset.into()))?;
        let count = self.u16()?.min(MAX_ENTRIES);
        (0..count).map(|_| self.entry()).collect()
    }

    fn entry(&mut self) -> io::Result<Entry> {
        let mut bytes = [0; 12];
        self.file.read_exact(&mut bytes)?;
        let [t0, t1, _, _, _, _, _, _, v0, v1, v2, v3] = bytes;
        let (tag, short) = (self.to_u16([t0, t1]), self.to_u16([v0, v1]));
        let value = [v0, v1, v2, v3];
        let long = if self.big_endian { u32::from_be_bytes(value) } else { u32::from_le_bytes(value) };
        Ok(Entry { tag, short, long })
    }

    fn u16(&mut self) -> io::Result<u16> {
        let mut bytes = [0; 2];
        self.file.read_exact(&mut bytes)?;
        Ok(self.to_u16(bytes))
    }

    fn u32(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn to_u16(&self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A directory with these entries `(tag, value)`, then one with `gps`, to which the entry 0x8825 leads.
    fn tiff(big_endian: bool, entries: &[(u16, u32)], gps: &[(u16, u32)]) -> Vec<u8> {
        let short = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let long = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut bytes = if big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        bytes.extend(long(8));
        for directory in [entries, gps] {
            bytes.extend(short(directory.len() as u16));
            for (tag, value) in directory {
                bytes.extend(short(*tag));
                bytes.extend(short(3));
                bytes.extend(long(1));
                match *tag {
                    ORIENTATION => bytes.extend([short(*value as u16), [0, 0]].concat()),
                    _ => bytes.extend(long(*value)),
                }
            }
            bytes.extend(long(0));
        }
        bytes
    }

    fn tags(bytes: &[u8]) -> Tags {
        read(&mut Cursor::new(bytes)).unwrap_or_default()
    }

    #[test]
    fn orientation_and_place_are_found_in_both_byte_orders() {
        for big_endian in [false, true] {
            let second = 8 + 2 + 2 * 12 + 4;
            let bytes =
                tiff(big_endian, &[(ORIENTATION, 6), (GPS_DIRECTORY, second)], &[(1, 0), (LATITUDE, 90)]);
            assert_eq!(tags(&bytes), Tags { orientation: 6, has_location: true });
        }
    }

    #[test]
    fn a_directory_without_coordinates_tells_no_place() {
        let second = 8 + 2 + 12 + 4;
        let bytes = tiff(false, &[(GPS_DIRECTORY, second)], &[(0, 2), (29, 7)]);
        assert_eq!(tags(&bytes), Tags::default());
    }

    #[test]
    fn nonsense_counts_as_absent() {
        let orientation = |value| tags(&tiff(false, &[(ORIENTATION, value)], &[])).orientation;
        assert_eq!((orientation(0), orientation(9), orientation(8)), (1, 1, 8));
        let whole = tiff(false, &[(ORIENTATION, 6), (GPS_DIRECTORY, 4_000_000_000)], &[]);
        for len in 0..whole.len() {
            let _ = tags(&whole[..len]);
        }
        assert_eq!(tags(b"not EXIF at all"), Tags::default());
    }
}
