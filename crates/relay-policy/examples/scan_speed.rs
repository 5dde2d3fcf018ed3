//! How fast bodies are scanned: `cargo run --release -p relay-policy --example scan_speed`.

use std::time::Instant;

use relay_policy::scan::{ScanError, Scanner};

const CHUNK: usize = 64 * 1024;

fn main() -> Result<(), ScanError> {
    let fill = 40 << 20;
    measure("a picture in base64", &in_a_string(&"iVBORw0KGgoAAAANSUhEUgAA".repeat(fill / 24)))?;
    measure("Chinese text", &in_a_string(&"把汽车涂成红色".repeat(fill / 21)))?;
    measure("every character escaped", &in_a_string(&"\\u0041".repeat(fill / 6)))?;
    measure("numbers", &format!("{{\"a\":[{}0]}}", "123,".repeat(fill / 4)))?;
    let keys: Vec<String> = (0..1000).map(|number| format!("\"{}\":0", (number * 577) % 1000)).collect();
    let object = format!("{{{}}},", keys.join(","));
    measure("objects with 1000 keys each", &format!("{{\"a\":[{}0]}}", object.repeat(fill / object.len())))
}

fn in_a_string(text: &str) -> String {
    format!("{{\"model\":\"m\",\"input\":\"{text}\"}}")
}

fn measure(what: &str, body: &str) -> Result<(), ScanError> {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let mut scanner = Scanner::new();
        for chunk in body.as_bytes().chunks(CHUNK) {
            scanner.push(chunk)?;
        }
        scanner.finish()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{what}: {:.2} GB/s", body.len() as f64 / best / 1e9);
    Ok(())
}
