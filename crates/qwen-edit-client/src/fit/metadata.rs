//! Orientation and place, wherever a format keeps them.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use qwen_edit_api::MediaType;

use super::exif::{self, Tags};
use super::jpeg::{self, Layout};

/// Chunks looked at in a PNG or WebP file. EXIF stands before the pixels of a PNG; a WebP has a dozen chunks at most,
/// unless it moves.
const MAX_CHUNKS: usize = 32;
/// EXIF that is longer is not read; a JPEG could not hold it either.
const MAX_EXIF: u32 = 64 * 1024;

/// What a file tells besides its pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) tags: Tags,
    /// Of a JPEG.
    pub(crate) layout: Option<Layout>,
}

/// Reads what there is.
///
/// # Errors
/// Those of the reader: a piece that was not read yet, or the end of the file.
pub(crate) fn read(media_type: MediaType, file: &mut (impl Read + Seek)) -> io::Result<Metadata> {
    let tags = match media_type {
        MediaType::Jpeg => {
            let (tags, layout) = jpeg::read(file)?;
            return Ok(Metadata { tags, layout: Some(layout) });
        }
        MediaType::Tiff => exif::read(file)?,
        MediaType::Png => in_chunks(file, 8, read_png_chunk)?,
        MediaType::Webp => in_chunks(file, 12, read_webp_chunk)?,
        MediaType::Gif | MediaType::Bmp => Tags::default(),
    };
    Ok(Metadata { tags, layout: None })
}

struct Chunk {
    name: [u8; 4],
    content: u64,
    len: u32,
    /// Where the next one begins.
    end: u64,
}

fn read_png_chunk(start: u64, [l0, l1, l2, l3, n0, n1, n2, n3]: [u8; 8]) -> Chunk {
    let len = u32::from_be_bytes([l0, l1, l2, l3]);
    // A checksum of four bytes follows.
    Chunk { name: [n0, n1, n2, n3], content: start + 8, len, end: start + 12 + u64::from(len) }
}

fn read_webp_chunk(start: u64, [n0, n1, n2, n3, l0, l1, l2, l3]: [u8; 8]) -> Chunk {
    let len = u32::from_le_bytes([l0, l1, l2, l3]);
    // Filled up to an even length.
    let end = start + 8 + u64::from(len).next_multiple_of(2);
    Chunk { name: [n0, n1, n2, n3], content: start + 8, len, end }
}

/// EXIF in a file made of chunks.
fn in_chunks(
    file: &mut (impl Read + Seek),
    first: u64,
    read_head: impl Fn(u64, [u8; 8]) -> Chunk,
) -> io::Result<Tags> {
    let mut start = first;
    for _ in 0..MAX_CHUNKS {
        file.seek(SeekFrom::Start(start))?;
        let mut head = [0; 8];
        match file.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            result => result?,
        }
        let chunk = read_head(start, head);
        match &chunk.name {
            b"eXIf" | b"EXIF" if chunk.len <= MAX_EXIF => {
                file.seek(SeekFrom::Start(chunk.content))?;
                let mut content = vec![0; chunk.len as usize];
                file.read_exact(&mut content)?;
                let exif = content.strip_prefix(b"Exif\0\0").unwrap_or(&content);
                return Ok(exif::read(&mut Cursor::new(exif)).unwrap_or_default());
            }
            b"IDAT" | b"IEND" => break,
            _ => start = chunk.end,
        }
    }
    Ok(Tags::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPSIDE_DOWN: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0";

    fn orientation(media_type: MediaType, file: Vec<u8>) -> u8 {
        read(media_type, &mut Cursor::new(file)).unwrap_or_default().tags.orientation
    }

    #[test]
    fn exif_is_found_in_every_format_that_has_it() {
        let exif_len = UPSIDE_DOWN.len() as u32;
        let png = |chunks: &[(&[u8], &[u8])]| {
            let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
            for (name, content) in chunks {
                file.extend((content.len() as u32).to_be_bytes());
                file.extend(*name);
                file.extend(*content);
                file.extend([0; 4]);
            }
            file
        };
        assert_eq!(orientation(MediaType::Png, png(&[(b"IHDR", &[0; 13]), (b"eXIf", UPSIDE_DOWN)])), 3);
        assert_eq!(
            orientation(MediaType::Png, png(&[(b"IHDR", &[0; 13]), (b"IDAT", b""), (b"eXIf", UPSIDE_DOWN)])),
            1
        );
        let mut webp = b"RIFF\0\0\0\0WEBPVP8 \x03\0\0\0abc\0EXIF".to_vec();
        webp.extend(exif_len.to_le_bytes());
        webp.extend(UPSIDE_DOWN);
        assert_eq!(orientation(MediaType::Webp, webp), 3);
        assert_eq!(orientation(MediaType::Tiff, UPSIDE_DOWN.to_vec()), 3);
    }

    #[test]
    fn chunks_that_lead_nowhere_end_the_search() {
        for len in 0..40 {
            let _ = orientation(MediaType::Png, vec![0; len]);
            let _ = orientation(MediaType::Webp, vec![0xFF; len]);
        }
    }
}
