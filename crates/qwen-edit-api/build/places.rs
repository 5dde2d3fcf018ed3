//! Regions and size presets: small flat tables.

use serde::Deserialize;
use toml::Table;

use crate::cite::{Sources, entries, typed};
use crate::emit::{self, Words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Region {
    pub(crate) id: String,
    name: Words,
    upstream: String,
    needs_key: bool,
    #[serde(default)]
    key_page: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preset {
    ratio: String,
    small: [u32; 2],
    large: [u32; 2],
}

pub(crate) fn read_regions(text: &str, sources: &Sources) -> Result<Vec<Region>, String> {
    let mut regions: Vec<Region> = Vec::new();
    for (entry, mut table) in entries("regions.toml", text, "region", "id")? {
        sources.check(&entry, &mut table)?;
        let region: Region = typed(&entry, table)?;
        region.name.check(&entry, "name")?;
        if region.needs_key && region.key_page.is_empty() {
            return Err(format!("{entry}: needs a key, so `key_page` must say where to get one"));
        }
        if regions.iter().any(|known| known.id == region.id) {
            return Err(format!("{entry}: this id is there twice"));
        }
        regions.push(region);
    }
    Ok(regions)
}

pub(crate) fn read_presets(text: &str, sources: &Sources) -> Result<Vec<Preset>, String> {
    let read = |(entry, mut table): (String, Table)| {
        sources.check(&entry, &mut table)?;
        typed(&entry, table)
    };
    entries("sizes.toml", text, "preset", "ratio")?.into_iter().map(read).collect()
}

pub(crate) fn emit_regions(regions: &[Region]) -> String {
    let item = |region: &Region| {
        format!(
            "Region {{ id: {:?}, name: {}, upstream: {:?}, needs_key: {}, key_page: {:?} }}",
            region.id,
            region.name.emit(),
            region.upstream,
            region.needs_key,
            region.key_page,
        )
    };
    emit::table("REGIONS", "Region", &regions.iter().map(item).collect::<Vec<_>>())
}

pub(crate) fn emit_presets(presets: &[Preset]) -> String {
    let size = |[width, height]: [u32; 2]| format!("Size {{ width: {width}, height: {height} }}");
    let item = |preset: &Preset| {
        format!(
            "SizePreset {{ ratio: {:?}, small: {}, large: {} }}",
            preset.ratio,
            size(preset.small),
            size(preset.large)
        )
    };
    emit::table("PRESETS", "SizePreset", &presets.iter().map(item).collect::<Vec<_>>())
}
