//! The rules of the data files: a wrong entry stops the build and is named.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

#[path = "../build/catalogue.rs"]
mod catalogue;
#[path = "../build/cite.rs"]
mod cite;
#[path = "../build/emit.rs"]
mod emit;
#[path = "../build/failures.rs"]
mod failures;
#[path = "../build/places.rs"]
mod places;
#[path = "../build/sentences.rs"]
mod sentences;

use cite::Sources;

const SOURCES: &str = include_str!("../data/sources.toml");
const REGIONS: &str = include_str!("../data/regions.toml");
const SIZES: &str = include_str!("../data/sizes.toml");
const FAMILIES: &str = include_str!("../data/families.toml");
const MODELS: &str = include_str!("../data/models.toml");
const FAILURES: &str = include_str!("../data/failures.toml");
const ADVICE_ZH: &str = include_str!("../data/advice-zh.json");
const ADVICE_EN: &str = include_str!("../data/advice-en.json");

fn sources() -> Sources {
    Sources::parse(SOURCES).unwrap()
}

fn models(families: &str, models: &str) -> Result<String, String> {
    let regions = places::read_regions(REGIONS, &sources())?;
    catalogue::read_models(families, models, &regions, &sources()).map(|models| catalogue::emit(&models))
}

/// The data with one place changed; the place must be there.
fn changed(data: &str, from: &str, to: &str) -> String {
    assert!(data.contains(from), "{from} is not in the data");
    data.replacen(from, to, 1)
}

/// The message of a build that must fail, with everything it must name.
#[track_caller]
fn stopped<T>(result: Result<T, String>, names: &[&str]) {
    let Err(message) = result else { panic!("the build should stop, naming {names:?}") };
    for name in names {
        assert!(message.contains(name), "{name} is not named: {message}");
    }
    assert!(!message.contains('\n'), "one line only: {message}");
}

#[test]
fn the_data_of_this_crate_keeps_its_rules() {
    assert!(models(FAMILIES, MODELS).unwrap().contains("id: \"qwen-image-edit\""));
    let regions = places::read_regions(REGIONS, &sources()).unwrap();
    assert!(places::emit_regions(&regions).contains("id: \"demo\""));
    let presets = places::read_presets(SIZES, &sources()).unwrap();
    assert!(places::emit_presets(&presets).contains("ratio: \"21:9\""));
    let advice = failures::read_advice(FAILURES, &sources()).unwrap();
    assert!(failures::emit(&advice).contains("id: \"unknown\""));
}

#[test]
fn one_entry_adds_a_model() {
    let entry = r#"
        [[model]]
        id = "qwen-image-9"
        family = "3.0"
        name = { zh = "九", en = "Nine" }
        summary = { zh = "新", en = "New" }
        status = "experimental"
        released = { on = 2027-01-01, evidence = "T", source = "S14" }
    "#;
    let code = models(FAMILIES, &format!("{MODELS}{entry}")).unwrap();
    assert!(code.contains("id: \"qwen-image-9\"") && code.contains("released: \"2027-01-01\""), "{code}");
}

#[test]
fn a_number_without_evidence_stops_the_build() {
    let bare = changed(FAMILIES, "tokens = 1300, evidence = \"D\", source = \"S1\"", "tokens = 1300");
    stopped(models(&bare, MODELS), &["family `2.0`", "prompt_limit.tokens", "evidence"]);

    let price = changed(FAMILIES, "[{ cny = 0.3 }], evidence = \"D\", source = \"S5\"", "[{ cny = 0.3 }]");
    stopped(models(&price, MODELS), &["family `edit`", "prices.output.cny", "evidence"]);

    let date = changed(MODELS, "on = 2025-09-22, evidence = \"T\", source = \"S14\"", "on = 2025-09-22");
    stopped(models(FAMILIES, &date), &["model `qwen-image-edit`", "released.on", "evidence"]);

    let preset = changed(SIZES, "evidence = \"D\"\nsource = \"S1\"\n", "");
    // Which of the preset's two sizes is looked at first depends on how the table was parsed; either is right.
    stopped(places::read_presets(&preset, &sources()), &["preset `1:1`", "is a number without `evidence`"]);
}

#[test]
fn half_a_citation_stops_the_build() {
    let no_source = changed(
        FAMILIES,
        "per_seconds = 60, evidence = \"D\", source = \"S6\"",
        "per_seconds = 60, evidence = \"D\"",
    );
    stopped(models(&no_source, MODELS), &["family `edit-max`", "rate_limit", "`source` is missing"]);

    let no_mark = changed(
        FAMILIES,
        "per_seconds = 60, evidence = \"D\", source = \"S6\"",
        "per_seconds = 60, source = \"S6\"",
    );
    stopped(models(&no_mark, MODELS), &["family `edit-max`", "rate_limit", "`evidence` is missing"]);
}

#[test]
fn an_unknown_mark_or_source_stops_the_build() {
    let mark = changed(FAMILIES, "per_seconds = 60, evidence = \"D\"", "per_seconds = 60, evidence = \"X\"");
    stopped(models(&mark, MODELS), &["family `edit-max`", "rate_limit", "X", "D, L, W, T, I"]);

    let source = changed(FAMILIES, "evidence = \"D\", source = \"S6\"", "evidence = \"D\", source = \"S99\"");
    stopped(models(&source, MODELS), &["family `edit-max`", "S99", "sources.toml"]);
}

#[test]
fn a_model_that_lacks_something_stops_the_build() {
    let cases = [
        ("family = \"edit\"", "", &["model `qwen-image-edit`", "`family` is missing"][..]),
        ("family = \"edit\"", "family = \"none\"", &["model `qwen-image-edit`", "none", "no family"]),
        ("status = \"legacy\"", "", &["model `qwen-image-edit`", "status"]),
        ("status = \"legacy\"", "status = \"old\"", &["model `qwen-image-edit`", "old"]),
        (
            "status = \"legacy\"",
            "status = \"legacy\"\nstatsu = \"x\"",
            &["model `qwen-image-edit`", "statsu"],
        ),
        (
            "name = { zh = \"编辑经典版\"",
            "name = { zh = \" \"",
            &["model `qwen-image-edit`", "`name.zh` is empty"],
        ),
        ("of = \"qwen-image-2.0-2026-03-03\"", "of = \"nothing\"", &["model `qwen-image-2.0`", "nothing"]),
        ("id = \"qwen-image-edit\"", "", &["models.toml: model number 5", "`id` is missing"]),
        ("id = \"qwen-image-edit\"", "id = \"qwen-image-2.0\"", &["model `qwen-image-2.0`", "twice"]),
    ];
    for (from, to, names) in cases {
        stopped(models(FAMILIES, &changed(MODELS, from, to)), names);
    }
}

#[test]
fn a_family_with_rules_that_disagree_stops_the_build() {
    let cases = [
        ("extends = \"any\"", "extends = \"later\"", &["family `2.0`", "later"][..]),
        ("{ min = 1, max = 3,", "{ min = 3, max = 1,", &["`input_pictures`", "min <= max"]),
        ("\"watermark\", \"seed\", \"n\"]", "\"watermark\", \"sead\", \"n\"]", &["sead"]),
        (
            "[\"negative_prompt\", \"watermark\"",
            "[\"size\", \"watermark\"",
            &["qwen-image-edit", "`size`", "disagree"],
        ),
        (
            "[\"negative_prompt\", \"watermark\"",
            "[\"watermark\"",
            &["qwen-image-edit", "negative_prompt_limit"],
        ),
        (
            "regions = [\"beijing\", \"singapore\"",
            "regions = [\"mars\", \"singapore\"",
            &["mars", "regions.toml"],
        ),
        ("[{ cny = 0.5 }]", "[{ max_pixels = 9, cny = 0.5 }]", &["beijing", "`max_pixels`"]),
    ];
    for (from, to, names) in cases {
        stopped(models(&changed(FAMILIES, from, to), MODELS), names);
    }
}

#[test]
fn wrong_advice_stops_the_build() {
    let cases = [
        ("next = \"fix-key\"", "next = \"fix-kee\"", &["advice `invalid-api-key`", "fix-kee"][..]),
        ("charged = \"no\"", "", &["advice `invalid-api-key`", "charged"]),
        ("id = \"unknown\"", "id = \"unknwon\"", &["failures.toml", "`unknown`", "missing"]),
        ("id = \"no-permission\"", "id = \"invalid-api-key\"", &["advice `invalid-api-key`", "twice"]),
        ("[\"InvalidApiKey\",", "[\"InvalidApi*\",", &["advice `invalid-api-key`", "rules of their own"]),
        ("same_as = \"rate-limited\"", "same_as = \"rate\"", &["advice `relay:rate_limited`", "\"rate\""]),
        (
            "same_as = \"rate-limited\"",
            "same_as = \"rate-limited\"\nretry = \"safe\"",
            &["advice `relay:rate_limited`", "retry"],
        ),
        (
            "{ status = [401, 401] }",
            "{ messages = [\"x\"] }",
            &["advice `invalid-api-key`", "`codes`, `status` or `shape`"],
        ),
    ];
    for (from, to, names) in cases {
        stopped(failures::read_advice(&changed(FAILURES, from, to), &sources()), names);
    }
    let uncited = FAILURES.replacen("evidence = \"D\"\nsource = \"S4\"\n", "", 1);
    stopped(
        failures::read_advice(&uncited, &sources()),
        &["advice `invalid-api-key`", "when.status", "evidence"],
    );
}

#[test]
fn sentences_missing_or_left_over_stop_the_build() {
    let all = failures::read_advice(FAILURES, &sources()).unwrap();
    let with = |zh: &str, en: &str| sentences::read(&all, zh, en).map(|said| sentences::emit(&said));
    assert!(with(ADVICE_ZH, ADVICE_EN).unwrap().contains("The key was not accepted"));

    let renamed = changed(ADVICE_EN, "\"no-permission\"", "\"no-permit\"");
    stopped(with(ADVICE_ZH, &renamed), &["advice-en.json", "`no-permission`", "no sentences"]);
    let left_over = changed(ADVICE_ZH, "{\n", "{ \"old\": { \"title\": \"旧\", \"what_to_do\": \"旧\" },\n");
    stopped(with(&left_over, ADVICE_EN), &["advice-zh.json", "`old`", "no entry"]);
    let empty = changed(ADVICE_EN, "\"The key was not accepted\"", "\"\"");
    stopped(with(ADVICE_ZH, &empty), &["advice `invalid-api-key`", "`title.en` is empty"]);
    let misspelt = changed(ADVICE_ZH, "\"what_to_do\"", "\"what\"");
    stopped(with(&misspelt, ADVICE_EN), &["advice-zh.json", "`what`"]);
}

#[test]
fn wrong_regions_stop_the_build() {
    let keyless = changed(REGIONS, "key_page = \"https://help", "# \"https://help");
    stopped(places::read_regions(&keyless, &sources()), &["region `beijing`", "`key_page`"]);
    let twice = changed(REGIONS, "id = \"demo\"", "id = \"beijing\"");
    stopped(places::read_regions(&twice, &sources()), &["region `beijing`", "twice"]);
}

#[test]
fn a_file_that_is_no_toml_or_is_empty_stops_the_build() {
    stopped(models(FAMILIES, "[[model]"), &["models.toml"]);
    stopped(models(FAMILIES, ""), &["models.toml", "no `[[model]]`"]);
    stopped(Sources::parse("").map(drop), &["sources.toml", "[sources]"]);
}
