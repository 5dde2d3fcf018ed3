//! The catalogue, row by row, against the API reference.

use std::collections::HashSet;

use qwen_edit_api::catalogue::RateLimit;
use qwen_edit_api::{
    DEFAULT_MODEL, DEMO_KEY, GENERATION_PATH, Language, MediaType, Model, Parameter, Size, SizeRule, Span,
    Status, estimate_micro_cny, find_model, find_region, models, regions,
};

const AREA: SizeRule = SizeRule::Area { min: 262_144, max: 4_194_304, max_ratio: None };
const AREA_AND_RATIO: SizeRule = SizeRule::Area { min: 262_144, max: 4_194_304, max_ratio: Some(8) };
const SIDE: SizeRule = SizeRule::Side { min: 512, max: 2048 };
const ALL_PARAMETERS: [bool; 6] = [true; 6];
const PER_MINUTE_2: Option<RateLimit> = Some(RateLimit { requests: 2, per_seconds: 60 });
const PER_SECOND_2: Option<RateLimit> = Some(RateLimit { requests: 2, per_seconds: 1 });

/// What the reference says about a model.
struct Row {
    id: &'static str,
    alias_of: Option<&'static str>,
    status: Status,
    released: &'static str,
    inputs: u32,
    outputs: u32,
    size: SizeRule,
    /// size, negative_prompt, prompt_extend, watermark, seed, n
    parameters: [bool; 6],
    tokens: u32,
    /// Millionths of a CNY for one large picture: Beijing, Singapore.
    prices: [Option<u32>; 2],
    rate_limit: Option<RateLimit>,
}

const PRO: Row = Row {
    id: "qwen-image-2.0-pro",
    alias_of: Some("qwen-image-2.0-pro-2026-03-03"),
    status: Status::Current,
    released: "2026-03-03",
    inputs: 3,
    outputs: 6,
    size: AREA,
    parameters: ALL_PARAMETERS,
    tokens: 1300,
    prices: [Some(500_000), Some(550_443)],
    rate_limit: None,
};
const STANDARD: Row = Row {
    id: "qwen-image-2.0",
    alias_of: Some("qwen-image-2.0-2026-03-03"),
    prices: [Some(200_000), Some(256_873)],
    ..PRO
};
const EDIT_MAX: Row = Row {
    id: "qwen-image-edit-max",
    alias_of: Some("qwen-image-edit-max-2026-01-16"),
    released: "2026-01-16",
    size: SIDE,
    tokens: 800,
    rate_limit: PER_MINUTE_2,
    ..PRO
};
const EDIT_PLUS: Row = Row {
    id: "qwen-image-edit-plus",
    alias_of: Some("qwen-image-edit-plus-2025-10-30"),
    released: "2025-10-30",
    prices: [Some(200_000), Some(220_177)],
    rate_limit: PER_SECOND_2,
    ..EDIT_MAX
};
const NEWEST: Row = Row {
    id: "qwen-image-3.0-pro",
    alias_of: None,
    status: Status::Experimental,
    released: "2026-07-20",
    size: AREA_AND_RATIO,
    tokens: 4500,
    prices: [Some(500_000), Some(562_065)],
    ..PRO
};

const ROWS: [Row; 16] = [
    PRO,
    Row { id: "qwen-image-2.0-pro-2026-03-03", alias_of: None, ..PRO },
    STANDARD,
    Row { id: "qwen-image-2.0-2026-03-03", alias_of: None, ..STANDARD },
    EDIT_MAX,
    Row { id: "qwen-image-edit-max-2026-01-16", alias_of: None, ..EDIT_MAX },
    EDIT_PLUS,
    Row { id: "qwen-image-edit-plus-2025-12-15", alias_of: None, released: "2025-12-15", ..EDIT_PLUS },
    Row { id: "qwen-image-edit-plus-2025-10-30", alias_of: None, ..EDIT_PLUS },
    Row {
        id: "qwen-image-edit",
        alias_of: None,
        status: Status::Legacy,
        released: "2025-09-22",
        outputs: 1,
        size: SizeRule::NotAccepted,
        parameters: [false, true, false, true, true, true],
        prices: [Some(300_000), Some(330_266)],
        ..EDIT_PLUS
    },
    Row {
        id: "qwen-image-2.0-pro-2026-04-22",
        alias_of: None,
        status: Status::Experimental,
        released: "2026-04-22",
        ..PRO
    },
    Row {
        id: "qwen-image-2.0-pro-2026-06-22",
        alias_of: None,
        status: Status::Experimental,
        released: "2026-06-22",
        ..PRO
    },
    NEWEST,
    Row { id: "qwen-image-3.0", released: "2026-08-04", prices: [Some(180_000), Some(224_826)], ..NEWEST },
    Row {
        id: "qwen-image-2.1-pro",
        released: "2026-10-02",
        inputs: 10,
        parameters: [true, false, true, true, true, true],
        prices: [Some(250_000), None],
        rate_limit: Some(RateLimit { requests: 20, per_seconds: 60 }),
        ..NEWEST
    },
    Row {
        id: "qwen-image-2.1-turbo",
        released: "2026-10-09",
        inputs: 10,
        prices: [Some(100_000), None],
        rate_limit: Some(RateLimit { requests: 120, per_seconds: 60 }),
        ..NEWEST
    },
];

fn model(id: &str) -> &'static Model {
    find_model(id).unwrap_or_else(|| panic!("{id} is not in the catalogue"))
}

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

#[test]
fn every_model_is_as_the_reference_says() {
    for row in &ROWS {
        let model = model(row.id);
        let id = row.id;
        assert_eq!(
            (model.alias_of, model.status, model.released),
            (row.alias_of, row.status, row.released),
            "{id}"
        );
        assert_eq!(model.input_pictures, Span { min: 1, max: row.inputs }, "{id}");
        assert_eq!(model.output_pictures, Span { min: 1, max: row.outputs }, "{id}");
        assert_eq!((model.size_rule, model.prompt_limit.tokens), (row.size, row.tokens), "{id}");
        let parameters = [
            Parameter::Size,
            Parameter::NegativePrompt,
            Parameter::PromptExtend,
            Parameter::Watermark,
            Parameter::Seed,
            Parameter::N,
        ];
        assert_eq!(parameters.map(|parameter| model.parameters.has(parameter)), row.parameters, "{id}");
        let prices = ["beijing", "singapore"]
            .map(|region| model.price_in(region).map(|price| price.per_output(Some(size(2048, 2048)))));
        assert_eq!((prices, model.rate_limit), (row.prices, row.rate_limit), "{id}");
    }
}

#[test]
fn there_are_no_models_beside_those_of_the_reference() {
    let known: HashSet<_> = ROWS.iter().map(|row| row.id).collect();
    let listed: Vec<_> = models().iter().map(|model| model.id).collect();
    assert_eq!(listed.len(), known.len());
    assert!(listed.iter().all(|id| known.contains(id)), "{listed:?}");
    assert_eq!(find_model("qwen-image-9"), None);
}

#[test]
fn the_model_to_start_with_is_listed_first() {
    assert_eq!(models().first().map(|model| model.id), Some(DEFAULT_MODEL));
}

#[test]
fn an_alias_stands_for_a_snapshot_with_the_same_rules() {
    for alias in models() {
        let Some(target) = alias.alias_of.map(model) else { continue };
        assert_eq!(target.alias_of, None, "{}", alias.id);
        assert_eq!(
            (alias.size_rule, alias.parameters, alias.prices, alias.input_pictures, alias.output_pictures),
            (
                target.size_rule,
                target.parameters,
                target.prices,
                target.input_pictures,
                target.output_pictures
            ),
        );
    }
}

#[test]
fn negative_prompts_are_limited_where_a_limit_is_stated() {
    assert_eq!(model("qwen-image-2.0").negative_prompt_limit, Some(500));
    assert_eq!(model("qwen-image-edit").negative_prompt_limit, Some(500));
    assert_eq!(model("qwen-image-2.1-turbo").negative_prompt_limit, Some(500));
    assert_eq!(model("qwen-image-3.0").negative_prompt_limit, None);
    assert_eq!(model("qwen-image-2.1-pro").negative_prompt_limit, None);
}

#[test]
fn recommended_sides_are_those_of_the_pages() {
    assert_eq!(model("qwen-image-edit").recommended_side, Span { min: 384, max: 3072 });
    assert_eq!(model("qwen-image-3.0").recommended_side, Span { min: 384, max: 2048 });
}

#[test]
fn models_have_names_and_regions_that_exist() {
    for model in models() {
        for text in [model.name, model.summary] {
            assert!(!text.get(Language::Zh).is_empty() && !text.get(Language::En).is_empty(), "{}", model.id);
        }
        assert!(!model.regions.is_empty(), "{}", model.id);
        assert!(model.regions.iter().all(|region| find_region(region).is_some()), "{}", model.id);
        assert!(model.regions.contains(&"demo"), "{}: the simulator plays every model", model.id);
    }
}

#[test]
fn regions_are_the_two_of_the_source_document_and_the_demo() {
    let found: Vec<_> =
        regions().iter().map(|region| (region.id, region.upstream, region.needs_key)).collect();
    let expected = [
        ("beijing", "https://dashscope.aliyuncs.com", true),
        ("singapore", "https://dashscope-intl.aliyuncs.com", true),
        ("demo", "http://127.0.0.1:8788", false),
    ];
    assert_eq!(found, expected);
    assert!(regions().iter().all(|region| region.needs_key != region.key_page.is_empty()));
    assert_eq!(find_region("mars"), None);
    assert!(GENERATION_PATH.starts_with("/api/v1/") && DEMO_KEY.starts_with("sk-"));
}

#[test]
fn a_run_costs_pictures_times_price() {
    let large = Some(size(2048, 2048));
    let cases = [
        (("qwen-image-2.0-pro", "beijing", 3, 2, None), Some(1_500_000)),
        (("qwen-image-edit", "singapore", 1, 3, None), Some(330_266)),
        // 1500 * 1500 is the last area of the small tier; every input picture costs too.
        (("qwen-image-3.0-pro", "beijing", 2, 3, Some(size(1500, 1500))), Some(560_000)),
        (("qwen-image-3.0-pro", "beijing", 2, 3, Some(size(1500, 1501))), Some(1_060_000)),
        (("qwen-image-3.0-pro", "beijing", 2, 3, None), Some(1_060_000)),
        (("qwen-image-3.0", "singapore", 1, 1, large), Some(247_309)),
        (("qwen-image-2.1-pro", "singapore", 1, 1, None), None),
        (("qwen-image-9", "beijing", 1, 1, None), None),
        (("qwen-image-2.0", "mars", 1, 1, None), None),
        (("qwen-image-9", "demo", 6, 3, large), Some(0)),
    ];
    for ((model, region, n, pictures_in, size), expected) in cases {
        assert_eq!(estimate_micro_cny(model, region, n, pictures_in, size), expected, "{model} {region}");
    }
}

#[test]
fn media_types_are_known_by_their_mime_names() {
    for media_type in MediaType::ALL {
        assert_eq!(MediaType::from_mime(media_type.as_mime()), Some(media_type));
        assert_eq!(MediaType::from_mime(&media_type.as_mime().to_uppercase()), Some(media_type));
        assert!(!media_type.extension().is_empty());
    }
    assert_eq!(MediaType::from_mime("image/jpg"), Some(MediaType::Jpeg));
    assert_eq!(MediaType::from_mime("image/svg+xml"), None);
}
