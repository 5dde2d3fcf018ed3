//! The body scanner against serde_json, cut anywhere. Input: a byte whose low half says how many cuts there are, two bytes
//! for each of them, and the body.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/relay-policy/tests/scan_oracle/mod.rs"]
mod scan_oracle;

fuzz_target!(|data: &[u8]| {
    let Some((count, rest)) = data.split_first() else { return };
    let bytes = usize::from(count & 15) * 2;
    let (cuts, body) = rest.split_at(bytes.min(rest.len()));
    let cuts: Vec<usize> =
        cuts.chunks_exact(2).map(|pair| usize::from(u16::from_le_bytes([pair[0], pair[1]]))).collect();
    scan_oracle::check(body, &cuts);
});
