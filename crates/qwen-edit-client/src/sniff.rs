//! What a file is, judged by its bytes: names and extensions lie.

use std::ops::Range;

use qwen_edit_api::MediaType;
use qwen_edit_api::fit::SourceFormat;

use crate::partial_file::PartialFile;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A picture that can be used, some after conversion.
    Source(SourceFormat),
    /// Something people take for a picture that cannot be used, by its usual name.
    Unsupported(&'static str),
    Unknown,
}

/// What a search for width and height ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dimensions {
    Found {
        width: u32,
        height: u32,
    },
    /// Read this range of the file, add it, search again.
    Needs(Range<u64>),
    /// The header contradicts itself, or the file ends inside it.
    Damaged,
}

/// Recognises the format by the first bytes; 1 KiB is enough.
pub(crate) fn format(head: &[u8]) -> Format {
    match accepted(head) {
        Some(media_type) => Format::Source(SourceFormat::Taken(media_type)),
        None => other(head),
    }
}

/// Stricter than `imagesize`, which takes every text that begins with "BM" for a bitmap.
fn accepted(head: &[u8]) -> Option<MediaType> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(MediaType::Png),
        [0xFF, 0xD8, 0xFF, ..] => Some(MediaType::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(MediaType::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(MediaType::Webp),
        // Raw photos of Canon cameras are TIFF inside, but no TIFF reader shows them as the photo they are.
        [b'I', b'I', 42, 0, _, _, _, _, b'C', b'R', ..] => None,
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(MediaType::Tiff),
        [b'B', b'M', ..] => bitmap_header_len(head).map(|_| MediaType::Bmp),
        _ => None,
    }
}

/// What the API does not take. The names are those people know; the message says "save it as JPEG or PNG".
fn other(head: &[u8]) -> Format {
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => iso_media(brands),
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Format::Unsupported("JPEG XL"),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => Format::Unsupported("JPEG 2000"),
        [b'I', b'I', 42, 0, _, _, _, _, b'C', b'R', ..] => Format::Unsupported("camera raw"),
        [b'8', b'B', b'P', b'S', ..] => Format::Unsupported("Photoshop"),
        [b'%', b'P', b'D', b'F', ..] => Format::Unsupported("PDF"),
        [0, 0, 1, 0, ..] => Format::Unsupported("icon"),
        _ if is_svg(head) => Format::Source(SourceFormat::Svg),
        _ => Format::Unknown,
    }
}

/// HEIC, AVIF and videos share one container and differ in their list of brands: major, version, compatible...
fn iso_media(brands: &[u8]) -> Format {
    // The list ends with its box; the first eight are enough, and reading on would find brands in pixels.
    let mut brands = brands.chunks_exact(4).take(8);
    let major = brands.next().unwrap_or_default();
    // mif1 and msf1 only say "some still or sequence in this container"; the compatible brands say which.
    let told = match major {
        b"mif1" | b"msf1" | b"miaf" => brands.find_map(still),
        _ => still(major),
    };
    match (told, major) {
        (Some(format), _) => format,
        (None, b"mif1" | b"msf1" | b"miaf") => Format::Source(SourceFormat::Heic),
        (None, _) => Format::Unsupported("video"),
    }
}

fn still(brand: &[u8]) -> Option<Format> {
    match brand {
        b"avif" | b"avis" => Some(Format::Source(SourceFormat::Avif)),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
            Some(Format::Source(SourceFormat::Heic))
        }
        b"crx " => Some(Format::Unsupported("camera raw")),
        _ => None,
    }
}

fn is_svg(head: &[u8]) -> bool {
    let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let start = &start[..start.len().min(1024)];
    let contains = |tag: &[u8]| start.windows(tag.len()).any(|part| part.eq_ignore_ascii_case(tag));
    start.starts_with(b"<") && contains(b"<svg") && !contains(b"<html")
}

/// Finds width and height of a file that [`format()`] accepted.
pub(crate) fn dimensions(media_type: MediaType, file: &mut PartialFile) -> Dimensions {
    let found = match media_type {
        MediaType::Bmp => bitmap_size(file.head()),
        _ => imagesize::reader_size(&mut *file)
            .ok()
            .and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))),
    };
    match (found, file.next_read()) {
        (Some((width, height)), _) if width > 0 && height > 0 => Dimensions::Found { width, height },
        (None, Some(range)) => Dimensions::Needs(range),
        _ => Dimensions::Damaged,
    }
}

/// The header lengths that exist, from OS/2 1.x to BITMAPV5HEADER.
fn bitmap_header_len(head: &[u8]) -> Option<u32> {
    let len = u32::from_le_bytes(*head.get(14..)?.first_chunk()?);
    matches!(len, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124).then_some(len)
}

/// `imagesize` 0.15 misreads two kinds of bitmap: OS/2 ones (16-bit sides) and those stored top down (negative height).
fn bitmap_size(head: &[u8]) -> Option<(u32, u32)> {
    let sides: [u8; 8] = *head.get(18..)?.first_chunk()?;
    let [w0, w1, w2, w3, h0, h1, h2, h3] = sides;
    if bitmap_header_len(head)? == 12 {
        return Some((u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([w2, w3]).into()));
    }
    let height = i32::from_le_bytes([h0, h1, h2, h3]);
    Some((u32::from_le_bytes([w0, w1, w2, w3]), height.unsigned_abs()))
}

#[cfg(test)]
mod tests;
