//! Output sizes: form, rules, presets, snapping.

use proptest::prelude::*;
use qwen_edit_api::{Size, SizeProblem, SizeRule, size_presets, snapped};

const AREA: SizeRule = SizeRule::Area { min: 262_144, max: 4_194_304, max_ratio: None };
const AREA_AND_RATIO: SizeRule = SizeRule::Area { min: 262_144, max: 4_194_304, max_ratio: Some(8) };
const SIDE: SizeRule = SizeRule::Side { min: 512, max: 2048 };

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

#[test]
fn the_presets_are_the_recommended_sizes_and_fit_every_model_with_a_size() {
    let ratios: Vec<_> = size_presets().iter().map(|preset| preset.ratio).collect();
    assert_eq!(ratios, ["1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "21:9"]);
    let widest = size_presets()[7];
    assert_eq!((widest.small, widest.large), (size(1344, 576), size(2048, 872)));
    for preset in size_presets() {
        for size in [preset.small, preset.large] {
            assert_eq!(size.ratio(), preset.ratio);
            for rule in [AREA, AREA_AND_RATIO, SIDE] {
                assert_eq!(rule.check(size), Ok(()), "{size}");
            }
        }
    }
}

#[test]
fn size_rules_hold_exactly_at_their_bounds() {
    for (rule, good) in [
        (AREA, size(512, 512)),
        (AREA, size(2048, 2048)),
        (AREA, size(256, 1024)),
        (AREA, size(16, 262_144)),
        (AREA_AND_RATIO, size(4096, 512)),
        (SIDE, size(512, 2048)),
    ] {
        assert_eq!(rule.check(good), Ok(()), "{good}");
    }
    let (min, max) = (262_144, 4_194_304);
    for (rule, bad, problem) in [
        (AREA, size(511, 513), SizeProblem::Area { min, max, got: 262_143 }),
        (AREA, size(2048, 2049), SizeProblem::Area { min, max, got: 4_196_352 }),
        (AREA_AND_RATIO, size(4097, 512), SizeProblem::Ratio { max: 8 }),
        (AREA_AND_RATIO, size(512, 4097), SizeProblem::Ratio { max: 8 }),
        (SIDE, size(511, 1024), SizeProblem::Side { min: 512, max: 2048, got: size(511, 1024) }),
        (SIDE, size(1024, 2049), SizeProblem::Side { min: 512, max: 2048, got: size(1024, 2049) }),
        (SizeRule::NotAccepted, size(1024, 1024), SizeProblem::NotAccepted),
    ] {
        assert_eq!(rule.check(bad), Err(problem), "{bad}");
    }
}

#[test]
fn ratios_are_in_lowest_terms() {
    assert_eq!(size(1000, 500).ratio(), "2:1");
    assert_eq!(size(1033, 1032).ratio(), "1033:1032");
    assert_eq!(size(0, 0).ratio(), "0:0");
}

#[test]
fn sides_snap_as_in_the_documented_example() {
    assert_eq!((snapped(1033), snapped(1032)), (1040, 1024));
    assert_eq!((snapped(1080), snapped(872)), (1072, 864), "ties go down: a guess");
    assert_eq!((snapped(1024), snapped(1), snapped(0)), (1024, 16, 16));
}

#[test]
fn only_two_numbers_and_an_asterisk_are_a_size() {
    assert_eq!("1024*768".parse(), Ok(size(1024, 768)));
    for bad in [
        "",
        "*",
        "1024",
        "1024x1024",
        "1024×1024",
        "1024*",
        "*1024",
        " 1024*1024",
        "1024 * 1024",
        "1024*1024 ",
        "+5*5",
        "-5*5",
        "0*5",
        "5*0",
        "007*7",
        "1*2*3",
        "1.5*2",
        "１０２４*1024",
        "99999999999*1",
        "auto",
    ] {
        assert!(bad.parse::<Size>().is_err(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn a_size_survives_the_way_through_text(width in 1..=u32::MAX, height in 1..=u32::MAX) {
        let size = size(width, height);
        prop_assert_eq!(size.to_string().parse(), Ok(size));
    }

    #[test]
    fn what_parses_as_a_size_is_written_back_the_same(text in "\\PC{0,12}|[0-9*x+ ]{0,12}") {
        if let Ok(size) = text.parse::<Size>() {
            prop_assert_eq!(size.to_string(), text);
        }
    }

    #[test]
    fn a_snapped_side_is_the_nearest_multiple_of_16(side in 16_u32..100_000) {
        let snapped = snapped(side);
        prop_assert_eq!(snapped % 16, 0);
        prop_assert!(snapped.abs_diff(side) <= 8);
    }
}
