//! From what a case says to what goes over the wire: placeholders, paths, bodies.

mod body;
mod expand;
mod paths;
mod secrets;

pub(crate) use body::{Body, Framing, build as build_body};
pub(crate) use expand::{Expander, escape_sequences};
pub(crate) use paths::{GENERATION, HEALTH, JOBS, raw_with_real_paths, real_path};
pub(crate) use secrets::Secrets;

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::case_file::KeyMode;
use crate::relay::Address;
use crate::world::places;

/// The largest request body, as the relay under test is configured.
pub(crate) const MAX_BODY: u64 = 50_331_648;
/// The largest picture.
pub(crate) const MAX_IMG: u64 = 33_554_432;
/// How much memory the relay may take with 32 uploads of 45 MB on their way.
pub(crate) const RSS_CAP_MB: u64 = 128;
/// The smallest body that the API takes.
pub(crate) const JSON_OK: &str = r#"{"model":"qwen-image-edit","input":{"messages":[{"role":"user","content":[{"image":"https://pictures.example/a.png"},{"text":"make it blue"}]}]},"parameters":{"n":1}}"#;

/// What every placeholder stands for in one run of one case.
pub(crate) fn placeholders(mode: KeyMode, secrets: &Secrets) -> Expander {
    let bearer = |secret: &str| format!("Bearer {secret}");
    let (first, second) = match mode {
        KeyMode::Passthrough => (&secrets.key, &secrets.key2),
        KeyMode::ServerKey => (&secrets.token, &secrets.token2),
    };
    let image = format!("https://{}/1d/33/a.png?{}", places::IMAGE_NAME, secrets.link_query);
    let origin_host = places::ORIGIN.trim_start_matches("https://");
    let token_start: String = secrets.token.chars().take(secrets.token.len() - 4).collect();
    let values = [
        ("ORIGIN", places::ORIGIN.to_owned()),
        ("ORIGIN_HOST", origin_host.to_owned()),
        ("ORIGIN_UPPER", places::ORIGIN.to_uppercase()),
        ("ORIGIN_DOT_AS_X", places::ORIGIN.replace('.', "X")),
        ("AUTH", bearer(first)),
        ("AUTH2", bearer(second)),
        ("KEY", secrets.key.clone()),
        ("KEY2", secrets.key2.clone()),
        ("SERVER_KEY", secrets.server_key.clone()),
        ("TOKEN", secrets.token.clone()),
        ("TOKEN2", secrets.token2.clone()),
        ("TOKEN_PREFIX", format!("{token_start}AAAA")),
        ("IK", Uuid::new_v4().to_string()),
        ("UUID2", Uuid::new_v4().to_string()),
        ("IK2", Uuid::new_v4().to_string()),
        ("JSON_OK", JSON_OK.to_owned()),
        ("IMGHOST", places::IMAGE_NAME.to_owned()),
        ("IMG_OK_ENC", utf8_percent_encode(&image, NON_ALPHANUMERIC).to_string()),
        ("IMG_OK", image),
        // Nobody can forge a grant, so any well-formed one is one for something else; see also expand.rs.
        ("GRANT", "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
        ("EVIL", places::EVIL_NAME.to_owned()),
        ("PUB", places::IMAGE_IP.to_string()),
        ("MAX_BODY", MAX_BODY.to_string()),
        ("MAX_IMG", MAX_IMG.to_string()),
        ("RSS_CAP", RSS_CAP_MB.to_string()),
        ("RELAY_NAME", "qwen-edit-relay".to_owned()),
        ("N", "1".to_owned()),
    ];
    Expander::new(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The placeholders that a running relay adds.
pub(crate) fn relay_placeholders(relay: &Address) -> BTreeMap<String, String> {
    let values = [
        ("RELAY", format!("http://{}/relay", relay.authority())),
        ("RELAY_HOSTPORT", relay.authority()),
        ("RELAY_HOST", places::RELAY_NAME.to_owned()),
        ("ADMIN", format!("http://{}", relay.admin)),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
