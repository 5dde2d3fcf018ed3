//! Header blocks: written without compression; of those that come back only the status is read.

/// A field that is written out in full.
pub(crate) fn literal(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        bytes.extend(integer(text.len(), 7, 0));
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

/// A field that is added to the table of the connection, as its entry 62.
pub(crate) fn indexed_later(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = literal(name, value);
    bytes[0] = 0x40;
    bytes
}

/// One byte that stands for the newest entry of the connection's table.
pub(crate) const NEWEST_ENTRY: u8 = 0x80 | 62;

/// The pseudo-headers of a request, and more fields.
pub(crate) fn request(method: &str, authority: &str, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let pseudo = [(":method", method), (":scheme", "http"), (":authority", authority), (":path", path)];
    pseudo.iter().chain(fields).flat_map(|(name, value)| literal(name, value)).collect()
}

/// The status at the beginning of an answer's block.
pub(crate) fn status(block: &[u8]) -> Option<u16> {
    let mut block = block;
    // A change of the table's size may come first.
    while block.first().is_some_and(|byte| byte & 0xe0 == 0x20) {
        let more = block.iter().position(|byte| byte & 0x80 == 0).unwrap_or(0);
        block = block.get(if block[0] & 0x1f == 0x1f { more + 1 } else { 1 }..)?;
    }
    let (&first, rest) = block.split_first()?;
    let known = [200, 204, 206, 304, 400, 404, 500];
    match first {
        0x88..=0x8e => known.get(usize::from(first - 0x88)).copied(),
        // A literal whose name is ":status", by one of its entries.
        0x48..=0x4e | 0x08..=0x0e | 0x18..=0x1e => {
            let (&length, text) = rest.split_first()?;
            let text = text.get(..usize::from(length & 0x7f))?;
            let digits = if length & 0x80 == 0 { text.to_vec() } else { huffman_digits(text) };
            std::str::from_utf8(&digits).ok()?.parse().ok()
        }
        _ => None,
    }
}

/// Three digits in the Huffman code of HPACK: 0, 1, 2 have five bits, the others six.
fn huffman_digits(bytes: &[u8]) -> Vec<u8> {
    let bit = |at: usize| bytes.get(at / 8).map_or(1, |byte| byte >> (7 - at % 8) & 1);
    let bits = |from: usize, count: usize| (from..from + count).fold(0, |value, at| value << 1 | bit(at));
    let mut digits = Vec::new();
    let mut at = 0;
    while digits.len() < 3 {
        let (digit, length) = match bits(at, 5) {
            short @ 0..=2 => (short, 5),
            _ => (bits(at, 6).wrapping_sub(0x19).wrapping_add(3), 6),
        };
        digits.push(b'0'.wrapping_add(digit));
        at += length;
    }
    digits
}

/// A number with a prefix of `bits` bits.
fn integer(value: usize, bits: u32, first: u8) -> Vec<u8> {
    let limit = (1 << bits) - 1;
    if value < limit {
        return vec![first | value as u8];
    }
    let mut bytes = vec![first | limit as u8];
    let mut rest = value - limit;
    while rest >= 128 {
        bytes.push((rest % 128) as u8 | 0x80);
        rest /= 128;
    }
    bytes.push(rest as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_have_long_lengths() {
        let field = literal("a", &"b".repeat(300));
        assert_eq!(&field[..5], [0, 1, b'a', 0x7f, 0xad]);
    }

    #[test]
    fn the_status_is_read_in_all_its_spellings() {
        assert_eq!(status(&[0x88]), Some(200));
        assert_eq!(status(&[0x20, 0x8c]), Some(400));
        assert_eq!(status(&[0x48, 3, b'4', b'0', b'1']), Some(401));
        // "302" and "431" as encoders write them.
        assert_eq!(status(&[0x48, 0x82, 0x64, 0x02]), Some(302));
        assert_eq!(status(&[0x48, 0x83, 0x69, 0x90, 0xff]), Some(431));
    }
}
