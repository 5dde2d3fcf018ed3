//! What is said to the picture codec (`js/`) and what its answers mean. Pure: both sides are JSON and plain values, so
//! that whoever holds the codec, Rust or JavaScript, says and understands the same.

use qwen_edit_api::fit::{
    self, Attempt, Conversion, Facts, Limits, MAX_SOURCE_BYTES, MAX_SOURCE_PIXELS, Reason, Receipt,
    SourceFormat, attempts, upright,
};
use qwen_edit_api::json::{Json, ObjectWriter, list};
use qwen_edit_api::{MAX_PICTURE_BYTES, MediaType, PictureFacts};

use crate::PictureError;

/// What the codec threw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thrown {
    /// The error's name: "DecodeError".
    pub name: String,
    /// The format in which something was wrong, where the header could not be read.
    pub format: Option<String>,
    /// Width and height of a picture that is too small or too large, in pixels.
    pub source_size: (u32, u32),
}

impl Thrown {
    /// From `{name, format, sourceWidth, sourceHeight}`.
    #[must_use]
    pub fn read(thrown: &Json) -> Thrown {
        let text = |field: &str| thrown.field(field).text().map(str::to_owned);
        let side = |field: &str| side(thrown, field).unwrap_or_default();
        Thrown {
            name: text("name").unwrap_or_else(|| "unknown error".to_owned()),
            format: text("format"),
            source_size: (side("sourceWidth"), side("sourceHeight")),
        }
    }
}

/// What `inspect.js` found, as a plan needs it.
///
/// # Errors
/// When it is no picture, of a format that nothing here reads, or over [`MAX_SOURCE_BYTES`].
pub fn read_header(inspection: &Json, bytes: u64, name: &str) -> Result<fit::Original, PictureError> {
    let told = inspection.field("format").text().unwrap_or_default();
    let format = match (told, format_named(told)) {
        (_, Some(format)) => format,
        ("other", None) => {
            let detected = inspection.field("called").text().unwrap_or_default().to_owned();
            return Err(PictureError::UnsupportedFormat { name: name.to_owned(), detected: detected.into() });
        }
        _ => return Err(PictureError::NotAPicture { name: name.to_owned() }),
    };
    // After the format: "this is a video" helps more than "this video is too large".
    if bytes > MAX_SOURCE_BYTES {
        return Err(PictureError::TooLarge { name: name.to_owned(), bytes, max: MAX_SOURCE_BYTES });
    }
    Ok(fit::Original {
        format,
        bytes,
        size: side(inspection, "width").zip(side(inspection, "height")),
        orientation: side(inspection, "orientation").map_or(1, |orientation| orientation as u8),
        has_location: inspection.field("hasLocation").is_true(),
    })
}

/// Why a header could not be read.
#[must_use]
pub fn refused_header(name: &str, thrown: Thrown) -> PictureError {
    let name = name.to_owned();
    match thrown.format.as_deref().and_then(format_named) {
        Some(format) => PictureError::Damaged { name, format: format.name().into() },
        None => PictureError::Unreadable { name, detail: thrown.name },
    }
}

/// What to tell the API of a file that goes exactly as it is.
///
/// # Errors
/// When the API does not take the format, or it is over [`MAX_PICTURE_BYTES`].
pub fn as_it_is(name: &str, header: &fit::Original) -> Result<PictureFacts, PictureError> {
    let (name, bytes) = (name.to_owned(), header.bytes);
    match header.format {
        SourceFormat::Taken(media_type) if bytes <= MAX_PICTURE_BYTES => {
            let (width, height) = header.size.unwrap_or_default();
            Ok(PictureFacts { media_type, bytes, width, height })
        }
        SourceFormat::Taken(_) => Err(PictureError::TooLarge { name, bytes, max: MAX_PICTURE_BYTES }),
        other => Err(PictureError::UnsupportedFormat { name, detected: other.name().into() }),
    }
}

/// By the name that `inspect.js` gives it.
fn format_named(name: &str) -> Option<SourceFormat> {
    Some(match name {
        "png" => SourceFormat::Taken(MediaType::Png),
        "jpeg" => SourceFormat::Taken(MediaType::Jpeg),
        "webp" => SourceFormat::Taken(MediaType::Webp),
        "gif" => SourceFormat::Taken(MediaType::Gif),
        "bmp" => SourceFormat::Taken(MediaType::Bmp),
        "tiff" => SourceFormat::Taken(MediaType::Tiff),
        "avif" => SourceFormat::Avif,
        "heic" => SourceFormat::Heic,
        "svg" => SourceFormat::Svg,
        _ => return None,
    })
}

/// Who decodes.
#[must_use]
pub fn decoder(format: SourceFormat) -> &'static str {
    match format {
        SourceFormat::Heic => "heic",
        SourceFormat::Svg => "svg",
        SourceFormat::Taken(MediaType::Tiff) => "tiff",
        SourceFormat::Taken(_) | SourceFormat::Avif => "browser",
    }
}

/// What transcode() of `picture-codec.js` takes. Without a conversion the picture only has to be decoded.
#[must_use]
pub fn job(header: &fit::Original, limits: &Limits, conversion: Option<&Conversion>) -> String {
    let tries = |transparent| match conversion {
        Some(_) => list(attempts(header.format, transparent).into_iter().map(describe)),
        None => list([]),
    };
    let opaque_format = matches!(header.format, SourceFormat::Taken(MediaType::Jpeg | MediaType::Bmp));
    // A file whose size the header told was judged by it; drawings have the size that is wanted.
    let unjudged = header.size.is_none() && header.format != SourceFormat::Svg;
    let min_side = if unjudged { limits.side.min } else { 0 };
    let (max_side, max_bytes) =
        conversion.map_or((0, 0), |conversion| (conversion.max_side, conversion.max_bytes));
    let mut job = ObjectWriter::new();
    job.number("orientation", header.orientation.into());
    if let SourceFormat::Taken(media_type) = header.format {
        job.text("sourceType", media_type.as_mime());
    }
    job.number("leastSide", limits.side.min.into());
    job.number("maxPixels", MAX_SOURCE_PIXELS);
    job.number("minSide", min_side.into());
    job.number("maxSide", max_side.into());
    job.number("maxBytes", max_bytes);
    job.flag("mayBeTransparent", !opaque_format);
    job.json("opaque", &tries(false));
    job.json("transparent", &tries(true));
    job.end()
}

fn describe(attempt: Attempt) -> String {
    let mut described = ObjectWriter::new();
    described.text("type", attempt.media_type.as_mime());
    match attempt.quality {
        Some(quality) => described.number("quality", quality.into()),
        None => described.json("quality", "null"),
    }
    described.number("scale", attempt.scale.into());
    described.end()
}

/// What the codec made of a file. All absent where it could not be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Of the new encoding, if there is one.
    pub media_type: Option<MediaType>,
    /// The encoder's quality in percent, where it lost anything.
    pub quality: Option<u8>,
    /// Of the original and of the result, as they are seen, in pixels.
    pub sizes: Option<[(u32, u32); 2]>,
}

impl Decoded {
    /// What transcode() gave, but for the Blob.
    #[must_use]
    pub fn read(result: &Json) -> Decoded {
        let size = |width, height| Some((side(result, width)?, side(result, height)?));
        Decoded {
            media_type: result.field("type").text().and_then(MediaType::from_mime),
            quality: side(result, "quality").map(|quality| quality as u8),
            sizes: size("sourceWidth", "sourceHeight").zip(size("width", "height")).map(Into::into),
        }
    }

    /// What to tell the API, and what to tell people. `bytes` is the length of the file that goes.
    #[must_use]
    pub fn receipt(
        self,
        header: &fit::Original,
        bytes: u64,
        reasons: Vec<Reason>,
    ) -> (PictureFacts, Receipt) {
        let stored = header.size.unwrap_or_default();
        let [before, after] = self.sizes.unwrap_or([upright(stored, header.orientation); 2]);
        let format = self.media_type.map_or(header.format, SourceFormat::Taken);
        let told = |format, bytes, (width, height)| Facts { format, bytes, width, height };
        let before = told(header.format, header.bytes, before);
        let after = told(format, bytes, after);
        let Facts { width, height, .. } = after;
        let facts = PictureFacts { media_type: media_type_of(format), bytes, width, height };
        (facts, Receipt { before, after, reasons, quality: self.quality })
    }
}

/// Of a picture that is ready to go.
fn media_type_of(format: SourceFormat) -> MediaType {
    match format {
        SourceFormat::Taken(media_type) => media_type,
        // Never goes as it is.
        SourceFormat::Avif | SourceFormat::Heic | SourceFormat::Svg => MediaType::Png,
    }
}

/// Why the codec gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The codec's module, or a decoder, could not be loaded.
    Missing(String),
    /// The picture is to blame, or the browser.
    Refused(PictureError),
}

impl Failed {
    /// What a thrown error means.
    #[must_use]
    pub fn of(name: &str, header: &fit::Original, limits: &Limits, thrown: Thrown) -> Failed {
        let name = name.to_owned();
        let (width, height) = thrown.source_size;
        Failed::Refused(match thrown.name.as_str() {
            "NoDecoderError" => return Failed::Missing("no decoder".to_owned()),
            "DecodeError" => PictureError::Damaged { name, format: header.format.name().into() },
            "TooSmallError" => PictureError::TooSmall { name, width, height, min: limits.side.min },
            "TooManyPixelsError" => PictureError::TooManyPixels { name, width, height },
            "NotReadableError" | "NotFoundError" => PictureError::Unreadable { name, detail: thrown.name },
            _ => PictureError::CannotConvert { name, detail: thrown.name },
        })
    }

    /// What it means for a file that was to be decoded. Where nothing here can decode one that is to go as it is, it gets
    /// the benefit of the doubt: the API refuses broken ones without charge.
    ///
    /// # Errors
    /// When the file cannot go.
    pub fn or_unjudged(
        self,
        name: &str,
        header: &fit::Original,
        conversion: Option<&Conversion>,
    ) -> Result<Decoded, PictureError> {
        match (self, header.format) {
            (Failed::Refused(error), _) => Err(error),
            (Failed::Missing(_), _) if conversion.is_none() => Ok(Decoded::default()),
            (Failed::Missing(detail), SourceFormat::Taken(_)) => {
                Err(PictureError::CannotConvert { name: name.to_owned(), detail })
            }
            (Failed::Missing(_), other) => {
                Err(PictureError::UnsupportedFormat { name: name.to_owned(), detected: other.name().into() })
            }
        }
    }
}

fn side(value: &Json, field: &str) -> Option<u32> {
    value.field(field).count().and_then(|count| u32::try_from(count).ok())
}

#[cfg(test)]
mod tests {
    use qwen_edit_api::find_model;
    use qwen_edit_api::fit::Plan;

    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn photo() -> fit::Original {
        let inspection =
            json(r#"{"format":"jpeg","width":4032,"height":3024,"orientation":6,"hasLocation":true}"#);
        read_header(&inspection, 3_000_000, "a.jpg").unwrap()
    }

    fn limits() -> Limits {
        Limits::of(find_model("qwen-image-2.0-pro"), None)
    }

    #[test]
    fn a_header_is_read_whatever_is_missing() {
        assert_eq!((photo().size, photo().orientation, photo().has_location), (Some((4032, 3024)), 6, true));
        let bare = read_header(&json(r#"{"format":"avif"}"#), 5, "a").unwrap();
        assert_eq!((bare.size, bare.orientation, bare.has_location), (None, 1, false));
    }

    #[test]
    fn what_is_no_picture_is_told_apart_from_what_is_another_kind() {
        let refused = |text: &str, bytes| read_header(&json(text), bytes, "a").unwrap_err().code();
        assert_eq!(refused(r#"{"format":"none"}"#, 5), "picture-not-a-picture");
        assert_eq!(refused(r#"{"format":"other","called":"video"}"#, u64::MAX), "picture-unsupported-format");
        assert_eq!(refused(r#"{"format":"png"}"#, MAX_SOURCE_BYTES + 1), "picture-too-large");
    }

    #[test]
    fn a_job_is_json_that_the_codec_understands() {
        let header = photo();
        let Plan::Convert(conversion) = fit::plan(&header, &limits(), 5_000_000).unwrap() else {
            panic!("it is to be converted")
        };
        let told: serde_json::Value =
            serde_json::from_str(&job(&header, &limits(), Some(&conversion))).unwrap();
        assert_eq!(told["orientation"], 6);
        assert_eq!(told["sourceType"], "image/jpeg");
        assert_eq!(told["maxBytes"], 5_000_000);
        assert_eq!(told["mayBeTransparent"], false);
        assert_eq!(told["opaque"][0]["type"], "image/jpeg");
        let only_decode: serde_json::Value = serde_json::from_str(&job(&header, &limits(), None)).unwrap();
        assert_eq!(only_decode["opaque"].as_array().map(Vec::len), Some(0));
    }

    #[test]
    fn a_receipt_tells_both_sides() {
        let result = r#"{"blob":{},"type":"image/jpeg","quality":92,"width":2304,"height":3072,"sourceWidth":3024,"sourceHeight":4032}"#;
        let (facts, receipt) =
            Decoded::read(&json(result)).receipt(&photo(), 900_000, vec![Reason::Sideways]);
        assert_eq!((facts.media_type, facts.bytes, facts.width), (MediaType::Jpeg, 900_000, 2304));
        assert_eq!((receipt.before.width, receipt.after.height, receipt.quality), (3024, 3072, Some(92)));
    }

    #[test]
    fn an_untouched_file_keeps_what_its_header_says() {
        let (facts, receipt) = Decoded::default().receipt(&photo(), 3_000_000, Vec::new());
        assert!(receipt.is_untouched());
        assert_eq!((facts.width, facts.height), (3024, 4032), "as it is seen");
    }

    #[test]
    fn without_a_decoder_only_what_has_to_be_changed_is_refused() {
        let header = photo();
        let Plan::Convert(conversion) = fit::plan(&header, &limits(), 5_000_000).unwrap() else {
            panic!("it is to be converted")
        };
        let missing = || Failed::Missing("no decoder".into());
        assert_eq!(missing().or_unjudged("a", &header, None), Ok(Decoded::default()));
        let refused = missing().or_unjudged("a", &header, Some(&conversion)).unwrap_err();
        assert_eq!(refused.code(), "picture-cannot-convert");
        let heic = fit::Original { format: SourceFormat::Heic, ..header };
        let refused = missing().or_unjudged("a", &heic, Some(&conversion)).unwrap_err();
        assert_eq!(refused.code(), "picture-unsupported-format");
    }

    #[test]
    fn what_the_codec_throws_is_a_picture_error() {
        let thrown = |text: &str| Thrown::read(&json(text));
        let failed = |text: &str| match Failed::of("a", &photo(), &limits(), thrown(text)) {
            Failed::Refused(error) => error.code(),
            Failed::Missing(_) => "missing",
        };
        for (text, code) in [
            (r#"{"name":"DecodeError"}"#, "picture-damaged"),
            (r#"{"name":"TooSmallError","sourceWidth":9,"sourceHeight":9}"#, "picture-too-small"),
            (r#"{"name":"TooManyPixelsError"}"#, "picture-too-many-pixels"),
            (r#"{"name":"NotReadableError"}"#, "picture-unreadable"),
            (r#"{"name":"NoDecoderError"}"#, "missing"),
            ("{}", "picture-cannot-convert"),
        ] {
            assert_eq!(failed(text), code, "{text}");
        }
        assert_eq!(refused_header("a", thrown(r#"{"name":"E","format":"png"}"#)).code(), "picture-damaged");
        assert_eq!(refused_header("a", thrown(r#"{"name":"E"}"#)).code(), "picture-unreadable");
    }
}
