//! Turns `data/*` into `static` Rust tables, so that nothing is parsed at run time.
//!
//! A wrong or incomplete entry stops the build with a message that names the entry and what it lacks.

mod catalogue;
mod cite;
mod emit;
mod failures;
mod places;
mod sentences;

use std::env;
use std::fs;
use std::path::Path;

use cite::Sources;

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=data");
    if let Err(problem) = generate() {
        // Cargo shows this line as the error and fails the build; a returned error would be shown quoted.
        println!("cargo::error={problem}");
    }
}

fn generate() -> Result<(), String> {
    let sources = Sources::parse(&read("sources")?)?;
    let regions = places::read_regions(&read("regions")?, &sources)?;
    let presets = places::read_presets(&read("sizes")?, &sources)?;
    let models = catalogue::read_models(&read("families")?, &read("models")?, &regions, &sources)?;
    let advice = failures::read_advice(&read("failures")?, &sources)?;
    let sentences = sentences::read(&advice, &read_file("advice-zh.json")?, &read_file("advice-en.json")?)?;

    write("regions.rs", &places::emit_regions(&regions))?;
    write("sizes.rs", &places::emit_presets(&presets))?;
    write("models.rs", &catalogue::emit(&models))?;
    write("failures.rs", &failures::emit(&advice))?;
    write("sentences.rs", &sentences::emit(&sentences))
}

fn read(name: &str) -> Result<String, String> {
    read_file(&format!("{name}.toml"))
}

fn read_file(name: &str) -> Result<String, String> {
    let path = format!("data/{name}");
    fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
}

fn write(name: &str, code: &str) -> Result<(), String> {
    let folder = env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    fs::write(Path::new(&folder).join(name), code).map_err(|error| format!("{name}: {error}"))
}
