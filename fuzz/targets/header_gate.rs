//! The HTTP/1 gate: whatever it lets pass has one reading only. Input: a byte whose low half says how many cuts there are,
//! two bytes for each of them, and what a client sends on one connection.

#![no_main]

#[path = "header_gate/gate.rs"]
mod gate;
#[path = "header_gate/lenient.rs"]
mod lenient;
#[path = "header_gate/library.rs"]
mod library;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((count, rest)) = data.split_first() else { return };
    let bytes = usize::from(count & 15) * 2;
    let (cuts, stream) = rest.split_at(bytes.min(rest.len()));
    let cuts: Vec<usize> =
        cuts.chunks_exact(2).map(|pair| usize::from(u16::from_le_bytes([pair[0], pair[1]]))).collect();

    let reading = gate::read(stream, &[]);
    assert_eq!(gate::read(stream, &cuts), reading, "in one piece and in many");
    for message in &reading.messages {
        lenient::check(stream, message);
    }
    library::check(stream.get(..reading.passed).unwrap(), &cuts, &reading.messages);
});
