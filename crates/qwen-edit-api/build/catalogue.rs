//! Models: every model is its family's rules with its own entry laid over them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

use crate::cite::{Sources, entries, typed};
use crate::emit::{self, Words};
use crate::places::Region;

const PARAMETERS: [&str; 6] = ["size", "negative_prompt", "prompt_extend", "watermark", "seed", "n"];
const MICRO_PER_CNY: f64 = 1_000_000.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    id: String,
    name: Words,
    summary: Words,
    alias: Option<Alias>,
    status: Status,
    released: Released,
    input_pictures: Span,
    output_pictures: Span,
    recommended_side: Span,
    size: SizeRule,
    parameters: Vec<String>,
    negative_prompt_limit: Option<Characters>,
    prompt_limit: Tokens,
    #[serde(default)]
    prices: Vec<Price>,
    rate_limit: Option<RateLimit>,
    offered: Offered,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alias {
    of: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Current,
    Legacy,
    Experimental,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Released {
    on: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    min: u32,
    max: u32,
}

#[derive(Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields)]
enum SizeRule {
    NotAccepted,
    Area { min: u64, max: u64, max_ratio: Option<u32> },
    Side { min: u32, max: u32 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Characters {
    characters: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    tokens: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    region: String,
    output: Vec<Tier>,
    #[serde(default)]
    input_cny: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    max_pixels: Option<u64>,
    cny: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimit {
    requests: u32,
    per_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offered {
    regions: Vec<String>,
}

pub(crate) fn read_models(
    families: &str,
    models: &str,
    regions: &[Region],
    sources: &Sources,
) -> Result<Vec<Model>, String> {
    let families = read_families(families, sources)?;
    let mut catalogue: Vec<(String, Model)> = Vec::new();
    for (entry, mut own) in entries("models.toml", models, "model", "id")? {
        sources.check(&entry, &mut own)?;
        let family = inherited(&entry, &mut own, "family", &families)?
            .ok_or_else(|| format!("{entry}: `family` is missing"))?;
        let model: Model = typed(&entry, laid_over(family, own))?;
        model.check(&entry, regions)?;
        if catalogue.iter().any(|(_, known)| known.id == model.id) {
            return Err(format!("{entry}: this id is there twice"));
        }
        catalogue.push((entry, model));
    }
    for (entry, model) in &catalogue {
        if let Some(alias) = &model.alias
            && !catalogue.iter().any(|(_, known)| known.id == alias.of)
        {
            return Err(format!("{entry}: `alias.of` names `{}`, which is no model of this file", alias.of));
        }
    }
    Ok(catalogue.into_iter().map(|(_, model)| model).collect())
}

/// Families by id. One may extend another that stands before it in the file.
fn read_families(text: &str, sources: &Sources) -> Result<BTreeMap<String, Table>, String> {
    let mut families = BTreeMap::new();
    for (entry, mut own) in entries("families.toml", text, "family", "id")? {
        sources.check(&entry, &mut own)?;
        let id = own.remove("id").and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default();
        let parent = inherited(&entry, &mut own, "extends", &families)?.cloned().unwrap_or_default();
        families.insert(id, laid_over(&parent, own));
    }
    Ok(families)
}

fn inherited<'a>(
    entry: &str,
    own: &mut Table,
    key: &str,
    families: &'a BTreeMap<String, Table>,
) -> Result<Option<&'a Table>, String> {
    let Some(family) = own.remove(key) else { return Ok(None) };
    let known = family.as_str().and_then(|id| families.get(id));
    known.map(Some).ok_or_else(|| format!("{entry}: `{key}` names {family}, which is no family (so far)"))
}

/// `own` wins, key by key. An empty table there takes an inherited key away.
fn laid_over(base: &Table, own: Table) -> Table {
    let mut merged = base.clone();
    merged.extend(own);
    merged.retain(|_, value| !matches!(value, Value::Table(table) if table.is_empty()));
    merged
}

impl Model {
    fn check(&self, entry: &str, regions: &[Region]) -> Result<(), String> {
        let fail = |what: String| Err(format!("{entry}: {what}"));
        self.name.check(entry, "name")?;
        self.summary.check(entry, "summary")?;
        for (field, span) in [
            ("input_pictures", &self.input_pictures),
            ("output_pictures", &self.output_pictures),
            ("recommended_side", &self.recommended_side),
        ] {
            if span.min > span.max || span.min == 0 {
                return fail(format!("`{field}` must be min <= max, from 1"));
            }
        }
        if let Some(name) = self.parameters.iter().find(|name| !PARAMETERS.contains(&name.as_str())) {
            return fail(format!("`parameters` names {name:?}, which is no parameter of the API"));
        }
        if self.takes("size") == matches!(self.size, SizeRule::NotAccepted) {
            return fail("`size` and `parameters` disagree about whether a size is accepted".to_owned());
        }
        if self.negative_prompt_limit.is_some() && !self.takes("negative_prompt") {
            return fail(
                "`negative_prompt_limit` is set, but `parameters` has no negative_prompt".to_owned(),
            );
        }
        let priced = self.prices.iter().map(|price| &price.region);
        for id in self.offered.regions.iter().chain(priced) {
            if !regions.iter().any(|region| region.id == *id) {
                return fail(format!("region `{id}` is not in regions.toml"));
            }
        }
        for price in &self.prices {
            // Without an open last tier a large picture would have no price.
            if price.output.last().is_none_or(|tier| tier.max_pixels.is_some()) {
                return fail(format!(
                    "the last tier of the {} price must have no `max_pixels`",
                    price.region
                ));
            }
        }
        Ok(())
    }

    fn takes(&self, parameter: &str) -> bool {
        self.parameters.iter().any(|name| name == parameter)
    }

    fn emit(&self) -> String {
        let span = |span: &Span| format!("Span {{ min: {}, max: {} }}", span.min, span.max);
        let parameters = PARAMETERS.map(|name| format!("{name}: {}", self.takes(name))).join(", ");
        let prices = self.prices.iter().map(Price::emit).collect::<Vec<_>>().join(", ");
        let rate_limit = self.rate_limit.as_ref().map_or_else(
            || "None".to_owned(),
            |limit| {
                let RateLimit { requests, per_seconds } = limit;
                format!("Some(RateLimit {{ requests: {requests}, per_seconds: {per_seconds} }})")
            },
        );
        format!(
            "Model {{ id: {:?}, name: {}, summary: {}, alias_of: {}, status: Status::{:?}, released: {:?}, \
             input_pictures: {}, output_pictures: {}, recommended_side: {}, size_rule: {}, \
             parameters: ParameterSet {{ {parameters} }}, negative_prompt_limit: {}, \
             prompt_limit: PromptLimit {{ tokens: {} }}, prices: &[{prices}], rate_limit: {rate_limit}, \
             regions: {} }}",
            self.id,
            self.name.emit(),
            self.summary.emit(),
            emit::option(self.alias.as_ref().map(|alias| &alias.of)),
            self.status,
            self.released.on.to_string(),
            span(&self.input_pictures),
            span(&self.output_pictures),
            span(&self.recommended_side),
            self.size.emit(),
            emit::option(self.negative_prompt_limit.as_ref().map(|limit| &limit.characters)),
            self.prompt_limit.tokens,
            emit::strings(&self.offered.regions),
        )
    }
}

impl SizeRule {
    fn emit(&self) -> String {
        match self {
            Self::NotAccepted => "SizeRule::NotAccepted".to_owned(),
            Self::Area { min, max, max_ratio } => format!(
                "SizeRule::Area {{ min: {min}, max: {max}, max_ratio: {} }}",
                emit::option(max_ratio.as_ref())
            ),
            Self::Side { min, max } => format!("SizeRule::Side {{ min: {min}, max: {max} }}"),
        }
    }
}

impl Price {
    fn emit(&self) -> String {
        let tier = |tier: &Tier| {
            format!(
                "OutputTier {{ max_pixels: {}, micro_cny: {} }}",
                emit::option(tier.max_pixels.as_ref()),
                micro(tier.cny)
            )
        };
        let output = self.output.iter().map(tier).collect::<Vec<_>>().join(", ");
        format!(
            "Price {{ region: {:?}, output: &[{output}], input_micro_cny: {} }}",
            self.region,
            micro(self.input_cny)
        )
    }
}

/// The literal for a price in millionths of a CNY. Prices have at most six decimals, so rounding only undoes binary noise.
fn micro(cny: f64) -> String {
    format!("{:.0}", cny * MICRO_PER_CNY)
}

pub(crate) fn emit(models: &[Model]) -> String {
    emit::table("MODELS", "Model", &models.iter().map(Model::emit).collect::<Vec<_>>())
}
