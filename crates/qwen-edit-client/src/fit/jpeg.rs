//! The segments of a JPEG file: finding EXIF, and taking metadata out without touching a pixel.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::exif::{self, Tags};
use crate::blob;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const COLOUR_PROFILE: &[u8] = b"ICC_PROFILE\0";
/// What XMP calls the place.
const XMP_PLACE: &[u8] = b"GPSLatitude";
/// Segments before the pixels; a colour profile alone may take some dozens.
const MAX_SEGMENTS: usize = 512;
/// Bytes read at a time on the way to the end of the pixels.
const CHUNK: u64 = 1024 * 1024;

/// Where the parts of a file stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What the pixels need: tables, size, colour profile.
    needed: Vec<Range<u64>>,
    /// The pixels begin here.
    scan: u64,
}

/// Walks through the segments before the pixels.
pub(crate) fn read(file: &mut (impl Read + Seek)) -> io::Result<(Tags, Layout)> {
    let (mut tags, mut layout) = (Tags::default(), Layout::default());
    let mut start = 2;
    for _ in 0..MAX_SEGMENTS {
        file.seek(SeekFrom::Start(start))?;
        let mut head = [0; 4];
        file.read_exact(&mut head)?;
        let [0xFF, marker, high, low] = head else { break };
        if marker == 0xFF {
            // A fill byte.
            start += 1;
            continue;
        }
        if marker == 0xDA {
            layout.scan = start;
            break;
        }
        let end = start + 2 + u64::from(u16::from_be_bytes([high, low]).max(2));
        if is_needed(file, marker, start..end, &mut tags)? {
            layout.needed.push(start..end);
        }
        start = end;
    }
    Ok((tags, layout))
}

/// Whether a segment is needed for the pixels; of the others, reads what they tell.
fn is_needed(
    file: &mut (impl Read + Seek),
    marker: u8,
    segment: Range<u64>,
    tags: &mut Tags,
) -> io::Result<bool> {
    Ok(match marker {
        0xE1 => {
            let mut content = vec![0; (segment.end - segment.start).saturating_sub(4) as usize];
            file.read_exact(&mut content)?;
            if let Some(exif) = content.strip_prefix(EXIF) {
                // Cut or damaged EXIF tells what it still can.
                let found = exif::read(&mut Cursor::new(exif)).unwrap_or_default();
                *tags = Tags { has_location: tags.has_location || found.has_location, ..found };
            } else if content.starts_with(XMP) {
                tags.has_location |= content.windows(XMP_PLACE.len()).any(|part| part == XMP_PLACE);
            }
            false
        }
        0xE2 => {
            let mut name = [0; COLOUR_PROFILE.len()];
            segment.end - segment.start >= 4 + name.len() as u64 && {
                file.read_exact(&mut name)?;
                name == COLOUR_PROFILE
            }
        }
        // JFIF and Adobe say how colours are stored; the other applications' segments and comments say nothing of it.
        0xE0 | 0xEE => true,
        0xE3..=0xED | 0xEF | 0xFE => false,
        _ => true,
    })
}

/// The same picture without EXIF, XMP, comments, and without what phones append behind it (videos, depth maps).
pub(crate) async fn without_metadata(file: &Blob, layout: &Layout) -> Result<Blob, JsValue> {
    let mut end = EndOfPixels::default();
    let mut position = layout.scan;
    let len = blob::len(file);
    let pixels_end = loop {
        if position >= len {
            break len;
        }
        let chunk = blob::read(file, position..len.min(position + CHUNK)).await?.to_vec();
        match end.find(&chunk) {
            Some(within) => break position + within as u64,
            None => position += (chunk.len() as u64).max(1),
        }
    };
    let parts = Array::new();
    for part in std::iter::once(0..2)
        .chain(layout.needed.iter().cloned())
        .chain(std::iter::once(layout.scan..pixels_end))
    {
        let slice = file.slice_with_f64_and_f64(part.start as f64, part.end as f64)?;
        parts.push(&slice);
    }
    blob::join(&parts, "image/jpeg")
}

/// Looks for the end marker. The tables between the scans of a progressive file may hold its bytes by chance, so they
/// are skipped by their length.
#[derive(Debug, Default)]
struct EndOfPixels {
    state: State,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Pixels,
    Marker,
    LengthHigh,
    LengthLow(u8),
    Skip(u16),
}

impl EndOfPixels {
    /// The position behind the end marker, if it is in this chunk. Chunks follow each other.
    fn find(&mut self, chunk: &[u8]) -> Option<usize> {
        for (index, byte) in chunk.iter().enumerate() {
            self.state = match (self.state, *byte) {
                (State::Pixels | State::Marker, 0xFF) => State::Marker,
                (State::Marker, 0xD9) => return Some(index + 1),
                (State::Pixels, _) | (State::Marker, 0 | 0xD0..=0xD7) => State::Pixels,
                (State::Marker, _) => State::LengthHigh,
                (State::LengthHigh, high) => State::LengthLow(high),
                // The length counts its own two bytes.
                (State::LengthLow(high), low) => {
                    State::skip(u16::from_be_bytes([high, low]).saturating_sub(2))
                }
                (State::Skip(left), _) => State::skip(left - 1),
            };
        }
        None
    }
}

impl State {
    fn skip(bytes: u16) -> State {
        if bytes == 0 { State::Pixels } else { State::Skip(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, marker];
        bytes.extend((content.len() as u16 + 2).to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn located_exif() -> Vec<u8> {
        // One entry, the place's directory at 26; there one entry, the latitude.
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0".to_vec();
        exif.extend(b"\0\x01\0\x02\0\x05\0\0\0\x03\0\0\0\0");
        exif
    }

    #[test]
    fn what_the_pixels_need_is_kept_and_the_rest_is_not() {
        let segments = [
            (segment(0xE0, b"JFIF\0"), true),
            (segment(0xE1, &located_exif()), false),
            (segment(0xE2, b"ICC_PROFILE\0\x01\x01..."), true),
            (segment(0xE2, b"MPF\0......"), false),
            (segment(0xED, b"Photoshop 3.0\0"), false),
            (segment(0xFE, b"a comment"), false),
            (segment(0xDB, &[0; 65]), true),
        ];
        let mut file = vec![0xFF, 0xD8];
        let mut needed = Vec::new();
        for (bytes, keep) in &segments {
            let start = file.len() as u64;
            file.extend(bytes);
            if *keep {
                needed.push(start..file.len() as u64);
            }
        }
        let scan = file.len() as u64;
        file.extend(segment(0xDA, &[0; 10]));
        let (tags, layout) = read(&mut Cursor::new(file)).unwrap();
        assert!(tags.has_location);
        assert_eq!(layout, Layout { needed, scan });
    }

    #[test]
    fn xmp_tells_the_place_too() {
        let mut file = vec![0xFF, 0xD8];
        file.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='1'/>"));
        file.extend(segment(0xDA, &[0; 10]));
        assert!(read(&mut Cursor::new(file)).unwrap().0.has_location);
    }

    #[test]
    fn the_end_is_found_however_the_file_is_read() {
        // A table between two scans holds the bytes of the end marker by chance.
        let mut scans = segment(0xDA, &[1, 2]);
        scans.extend([7, 0xFF, 0, 0xFF, 0xD3, 8]);
        scans.extend(segment(0xC4, &[0xFF, 0xD9, 0xFF]));
        scans.extend(segment(0xDA, &[]));
        scans.extend([9, 0xFF, 0xFF, 0xD9]);
        let end = scans.len();
        scans.extend(b"a video\xFF\xD9");
        for size in 1..scans.len() {
            let mut finder = EndOfPixels::default();
            let mut before = 0;
            let found = scans.chunks(size).find_map(|chunk| {
                let found = finder.find(chunk).map(|within| before + within);
                before += chunk.len();
                found
            });
            assert_eq!(found, Some(end), "chunks of {size}");
        }
    }
}
