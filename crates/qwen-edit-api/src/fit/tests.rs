use proptest::prelude::*;

use super::*;
use crate::find_model;

fn limits() -> Limits {
    Limits::of(find_model("qwen-image-2.0-pro"), None)
}

fn jpeg(bytes: u64, size: (u32, u32)) -> Original {
    Original {
        format: SourceFormat::Taken(MediaType::Jpeg),
        bytes,
        size: Some(size),
        orientation: 1,
        has_location: false,
    }
}

fn reasons_of(original: &Original) -> Vec<Reason> {
    match plan(original, &limits(), 4_000_000).unwrap() {
        Plan::AsIs => Vec::new(),
        Plan::WithoutMetadata => vec![Reason::Location],
        Plan::Convert(conversion) => conversion.reasons,
    }
}

#[test]
fn what_the_api_takes_goes_as_it_is() {
    assert_eq!(plan(&jpeg(4_000_000, (3072, 384)), &limits(), 4_000_000), Ok(Plan::AsIs));
}

#[test]
fn every_reason_is_found_and_named() {
    let fits = jpeg(1000, (1000, 800));
    let cases = [
        (Original { format: SourceFormat::Heic, size: None, ..fits }, Reason::Format),
        (Original { bytes: 11 << 20, ..fits }, Reason::FileTooLarge { max: MAX_PICTURE_BYTES }),
        (Original { bytes: 5_000_000, ..fits }, Reason::BodyTooLarge { max: SAFE_BODY_BYTES }),
        (Original { size: Some((3073, 1000)), ..fits }, Reason::SideTooLong { max: 3072 }),
        (Original { orientation: 3, ..fits }, Reason::Sideways),
        (Original { has_location: true, ..fits }, Reason::Location),
    ];
    for (original, reason) in cases {
        assert_eq!(reasons_of(&original), [reason]);
    }
}

#[test]
fn a_location_costs_a_jpeg_none_of_its_pixels() {
    let located = Original { has_location: true, ..jpeg(1000, (1000, 800)) };
    assert_eq!(plan(&located, &limits(), 1000), Ok(Plan::WithoutMetadata));
    let png = Original { format: SourceFormat::Taken(MediaType::Png), ..located };
    assert!(matches!(plan(&png, &limits(), 1000), Ok(Plan::Convert(_))));
}

#[test]
fn a_converted_picture_fits_as_a_data_url_too() {
    let Ok(Plan::Convert(conversion)) = plan(&jpeg(50 << 20, (9000, 6000)), &limits(), u64::MAX) else {
        panic!("too large to go as it is")
    };
    assert!(conversion.max_bytes.div_ceil(3) * 4 + 30 <= 10_485_760);
}

#[test]
fn sizes_beyond_help_are_refused_as_they_are_seen() {
    let lying = Original { orientation: 6, ..jpeg(1000, (500, 200)) };
    assert_eq!(plan(&lying, &limits(), 1000), Err(Misfit::TooSmall { width: 200, height: 500, min: 384 }));
    let panorama = jpeg(1000, (10_000, 1000));
    assert!(matches!(plan(&panorama, &limits(), 1000), Err(Misfit::TooSmall { .. })));
    let huge = jpeg(1000, (20_000, 5_001));
    assert_eq!(plan(&huge, &limits(), 1000), Err(Misfit::TooManyPixels { width: 20_000, height: 5_001 }));
}

#[test]
fn photos_become_jpeg_and_transparency_survives() {
    let photo = attempts(SourceFormat::Heic, false);
    assert!(photo.iter().all(|attempt| attempt.media_type == MediaType::Jpeg));
    let drawing = attempts(SourceFormat::Svg, false);
    assert_eq!(drawing[0], Attempt { media_type: MediaType::Png, quality: None, scale: 100 });
    let layer = attempts(SourceFormat::Taken(MediaType::Webp), true);
    assert!(layer.iter().all(|attempt| attempt.media_type != MediaType::Jpeg));
    assert_eq!(layer[0].quality, None);
}

#[test]
fn an_encoding_may_be_larger_than_the_file_it_comes_from() {
    let heic = Original { format: SourceFormat::Heic, size: None, ..jpeg(1_000_000, (0, 0)) };
    assert!(demand(&heic, &limits()) > heic.bytes);
    let located = Original { has_location: true, ..jpeg(1_000_000, (1000, 800)) };
    assert_eq!(demand(&located, &limits()), 1_000_000);
    let png = Original { format: SourceFormat::Taken(MediaType::Png), ..located };
    assert!(demand(&png, &limits()) > png.bytes);
}

proptest! {
    #[test]
    fn all_shares_together_fit_into_the_body(
        bytes in prop::collection::vec(0_u64..80_000_000, 1..10),
        body in 100_000_u64..60_000_000,
    ) {
        let limits = Limits { body_bytes: body, ..limits() };
        let shares = shares(&bytes, &limits);
        let encoded: u64 = shares.iter().map(|share| share.div_ceil(3) * 4).sum();
        prop_assert!(encoded <= body);
        for (share, bytes) in shares.iter().zip(&bytes) {
            prop_assert!(share <= bytes && *share <= limits.picture_bytes);
        }
    }

    #[test]
    fn when_everything_fits_everybody_gets_what_they_need(bytes in prop::collection::vec(0_u64..400_000, 1..10)) {
        prop_assert_eq!(shares(&bytes, &limits()), bytes);
    }
}
