use super::*;

/// Looks at a file as the browser side does: piece by piece, as asked for.
fn look(file: &[u8]) -> Result<(MediaType, u32, u32), String> {
    let mut pieces = PartialFile::new(file.len() as u64);
    let mut range = pieces.first_read();
    loop {
        let bytes = file[range.start as usize..range.end as usize].to_vec();
        pieces.add(range.start, bytes);
        let media_type = match format(pieces.head()) {
            Format::Source(SourceFormat::Taken(media_type)) => media_type,
            other => return Err(format!("{other:?}")),
        };
        match dimensions(media_type, &mut pieces) {
            Dimensions::Found { width, height } => return Ok((media_type, width, height)),
            Dimensions::Needs(more) => range = more,
            Dimensions::Damaged => return Err("damaged".to_owned()),
        }
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend(width.to_be_bytes());
    file.extend(height.to_be_bytes());
    file.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    file
}

/// `metadata`: how many full-length application segments (EXIF, colour profile...) stand before the frame.
fn jpeg(width: u16, height: u16, metadata: usize) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    for _ in 0..metadata {
        file.extend([0xFF, 0xE2, 0xFF, 0xFF]);
        file.extend(vec![0xAB; 0xFFFD]);
    }
    file.extend([0xFF, 0xE0, 0, 16]);
    file.extend(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    file.extend([0xFF, 0xC2, 0, 17, 8]);
    file.extend(height.to_be_bytes());
    file.extend(width.to_be_bytes());
    file.extend([3; 12]);
    file
}

fn gif(width: u16, height: u16) -> Vec<u8> {
    let mut file = b"GIF89a".to_vec();
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend([0; 8]);
    file
}

fn webp(chunk: &[u8; 4], header: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    file.extend(chunk);
    file.extend([0; 4]);
    file.extend(header);
    file.extend([0; 16]);
    file
}

fn bmp(header_len: u32, sides: &[u8]) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    file.extend([0; 12]);
    file.extend(header_len.to_le_bytes());
    file.extend(sides);
    file.extend([0; 128]);
    file
}

/// `pixels`: bytes between the header and the directory, where writers put the pixels.
fn tiff(big_endian: bool, width: u16, height: u16, pixels: usize) -> Vec<u8> {
    let u16 = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let u32 = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut file = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    file.extend(u16(42));
    file.extend(u32(8 + pixels as u32));
    file.extend(vec![0; pixels]);
    file.extend(u16(2));
    for (tag, value) in [(0x100, width), (0x101, height)] {
        file.extend(u16(tag));
        file.extend(u16(3));
        file.extend(u32(1));
        file.extend(u16(value));
        file.extend(u16(0));
    }
    file.extend(u32(0));
    file
}

#[test]
fn every_format_of_the_api_is_recognised_with_its_dimensions() {
    let vp8 = [0, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xAB, 0x01];
    let vp8l_dims = (640u32 - 1) | ((427 - 1) << 14);
    let vp8l = [&[0x2F][..], &vp8l_dims.to_le_bytes()].concat();
    let vp8x = [0, 0, 0, 0, 0x7F, 0x02, 0, 0xAA, 0x01, 0];
    let cases = [
        (png(640, 427), MediaType::Png),
        (jpeg(640, 427, 0), MediaType::Jpeg),
        (gif(640, 427), MediaType::Gif),
        (webp(b"VP8 ", &vp8[..]), MediaType::Webp),
        (webp(b"VP8L", &vp8l), MediaType::Webp),
        (webp(b"VP8X", &vp8x), MediaType::Webp),
        (bmp(40, &[0x80, 2, 0, 0, 0xAB, 1, 0, 0]), MediaType::Bmp),
        (tiff(false, 640, 427, 100), MediaType::Tiff),
        (tiff(true, 640, 427, 100), MediaType::Tiff),
    ];
    for (file, media_type) in cases {
        assert_eq!(look(&file), Ok((media_type, 640, 427)));
    }
}

#[test]
fn bitmaps_stored_top_down_and_those_of_os2_have_their_real_size() {
    let top_down = [640i32.to_le_bytes(), (-427i32).to_le_bytes()].concat();
    assert_eq!(look(&bmp(40, &top_down)), Ok((MediaType::Bmp, 640, 427)));
    let os2 = [640u16.to_le_bytes(), 427u16.to_le_bytes()].concat();
    assert_eq!(look(&bmp(12, &os2)), Ok((MediaType::Bmp, 640, 427)));
}

#[test]
fn a_photo_with_megabytes_of_metadata_is_read_in_small_pieces() {
    let file = jpeg(4000, 3000, 40);
    assert!(file.len() > 2_500_000);
    assert_eq!(look(&file), Ok((MediaType::Jpeg, 4000, 3000)));
}

#[test]
fn a_directory_at_the_end_of_the_file_costs_one_read_more() {
    let file = tiff(true, 4000, 3000, 9_000_000);
    let mut pieces = PartialFile::new(file.len() as u64);
    let first = pieces.first_read();
    pieces.add(0, file[..first.end as usize].to_vec());
    let Dimensions::Needs(range) = dimensions(MediaType::Tiff, &mut pieces) else {
        panic!("found in the first read")
    };
    assert_eq!(range, 9_000_008..file.len() as u64);
    pieces.add(range.start, file[range.start as usize..].to_vec());
    assert_eq!(dimensions(MediaType::Tiff, &mut pieces), Dimensions::Found { width: 4000, height: 3000 });
}

#[test]
fn formats_the_api_does_not_take_are_called_by_their_names() {
    let iso = |brands: &str| [b"\0\0\0\x1cftyp".as_slice(), brands.as_bytes(), &[0; 8]].concat();
    let cases: [(Vec<u8>, &str); 15] = [
        (iso("heic\0\0\0\0mif1heic"), "HEIC"),
        (iso("mif1\0\0\0\0mif1heic"), "HEIC"),
        (iso("mif1\0\0\0\0avifmif1"), "AVIF"),
        (iso("avif\0\0\0\0mif1miaf"), "AVIF"),
        (iso("crx \0\0\0\x01crx isom"), "camera raw"),
        (iso("isom\0\0\x02\0isomiso2avc1mp41"), "video"),
        (b"II*\0\x10\0\0\0CR\x02\0........".to_vec(), "camera raw"),
        (b"8BPS\0\x01".to_vec(), "Photoshop"),
        (b"%PDF-1.7".to_vec(), "PDF"),
        (b"\0\0\x01\0\x01\0".to_vec(), "icon"),
        (b"\xFF\x0A\xFA\x7F".to_vec(), "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(), "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n".to_vec(), "JPEG 2000"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "SVG"),
        (b"\xEF\xBB\xBF <?xml version='1.0'?>\n<!-- a --><SVG/>".to_vec(), "SVG"),
    ];
    for (file, name) in cases {
        let found = match format(&file) {
            Format::Source(format) => format.name(),
            Format::Unsupported(name) => name,
            Format::Unknown => "unknown",
        };
        assert_eq!(found, name);
    }
}

#[test]
fn what_only_looks_like_a_picture_is_none() {
    let files: [&[u8]; 9] = [
        b"BMW is a maker of cars, and this is a text file about them.",
        b"GIF8 is how some texts begin",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"<!doctype html><html><body><svg></svg></body></html>",
        b"\x89PNG\n\x1a\n damaged in transfer",
        b"hello",
        b"PK\x03\x04 a zip",
        b"\0",
        b"",
    ];
    for file in files {
        assert_eq!(format(file), Format::Unknown, "{}", file.escape_ascii());
    }
}

#[test]
fn a_file_that_ends_inside_its_header_is_damaged() {
    let whole = [png(640, 427), jpeg(640, 427, 1), gif(640, 427), tiff(false, 640, 427, 100)];
    for (file, ends) in whole.iter().zip([20, 40_000, 9, 120]) {
        assert_eq!(look(&file[..ends]), Err("damaged".to_owned()));
    }
}

#[test]
fn a_picture_without_area_is_damaged() {
    for file in [png(0, 427), jpeg(640, 0, 0), gif(0, 0), bmp(40, &[0; 8])] {
        assert_eq!(look(&file), Err("damaged".to_owned()));
    }
}

#[test]
fn a_header_that_leads_nowhere_is_given_up() {
    assert_eq!(look(&jpeg(640, 427, 200)), Err("damaged".to_owned()));
}

// The generator needs an operating system.
#[cfg(not(target_arch = "wasm32"))]
proptest::proptest! {
    #[test]
    fn any_bytes_are_looked_at_without_a_panic(start in 0usize..8, tail: Vec<u8>) {
        let magic: [&[u8]; 8] =
            [b"", b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"GIF89a", b"RIFF....WEBPVP8", b"II*\0", b"MM\0+\0\x08\0\0", b"BM"];
        let _ = look(&[magic[start], &tail].concat());
    }
}
