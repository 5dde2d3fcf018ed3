//! `.br` and `.gz` beside each text and wasm file, so that the relay compresses nothing while serving.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

const COMPRESSIBLE: &[&str] =
    &["html", "css", "js", "mjs", "wasm", "svg", "json", "txt", "webmanifest", "xml", "ico"];
const BROTLI_QUALITY: i32 = 11;
/// log2 of brotli's window; 22 is what every browser must accept.
const BROTLI_WINDOW: i32 = 22;

/// Compresses the files of `folder`. A file that would not shrink gets no compressed copy.
pub(crate) fn folder(folder: &Path) -> Result<()> {
    for file in files(folder)? {
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if COMPRESSIBLE.contains(&extension) {
            let raw = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
            write_if_smaller(&beside(&file, "br"), &raw, &brotli(&raw)?)?;
            write_if_smaller(&beside(&file, "gz"), &raw, &gzip(&raw)?)?;
        }
    }
    Ok(())
}

/// All files below `folder`, compressed copies left out, in a stable order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.extension().is_some_and(|extension| extension == "br" || extension == "gz") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `app.js` and `br` give `app.js.br`.
pub(crate) fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn write_if_smaller(path: &Path, raw: &[u8], compressed: &[u8]) -> Result<()> {
    if compressed.len() < raw.len() {
        fs::write(path, compressed).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// As small as brotli makes it.
pub(crate) fn brotli(raw: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*raw, &mut compressed, &params).context("brotli")?;
    Ok(compressed)
}

/// As small as gzip makes it.
pub(crate) fn gzip(raw: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gets_both_copies_and_they_hold_the_same_bytes() {
        let folder = std::env::temp_dir().join(format!("qwen-edit-compress-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let page = folder.join("index.html");
        let text = "<p>again and again</p>".repeat(100);
        fs::write(&page, &text).unwrap();
        super::folder(&folder).unwrap();

        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*fs::read(beside(&page, "br")).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let gz = fs::File::open(beside(&page, "gz")).unwrap();
        let unpacked = std::io::read_to_string(flate2::read::GzDecoder::new(gz)).unwrap();
        assert_eq!(unpacked, text);
        assert_eq!(files(&folder).unwrap(), [page]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_that_would_grow_gets_no_copy() {
        let folder = std::env::temp_dir().join(format!("qwen-edit-compress-tiny-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let tiny = folder.join("tiny.txt");
        fs::write(&tiny, "x").unwrap();
        super::folder(&folder).unwrap();
        assert!(!beside(&tiny, "br").exists() && !beside(&tiny, "gz").exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}
