//! What a relay says about itself in `relay.json`.
//!
//! Read leniently: relay and page are updated separately, so unknown fields are ignored and missing ones mean "no".

use qwen_edit_api::json::Json;

/// What a relay offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayInfo {
    /// The version of the relay; empty when it keeps that to itself.
    pub version: String,
    /// The regions it leads to, in the order it names them.
    pub regions: Vec<RelayRegion>,
    /// Whether [`Client::fetch_image`](crate::Client::fetch_image) works.
    pub image_route: bool,
    /// Whether the relay keeps answers for pick-up.
    pub jobs: bool,
    /// How much it takes.
    pub limits: RelayLimits,
}

/// A region the relay leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayRegion {
    /// The id in the path of the route: "beijing".
    pub id: String,
    /// Who brings the API key.
    pub key: KeyHolder,
}

/// Who brings the API key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyHolder {
    /// The user: an own API key, or the token of an invite. Also what an unknown word means: asking for a key too many
    /// is harmless.
    #[default]
    Client,
    /// The relay keeps the key and asks for nothing.
    Server,
}

/// Limits of the relay; `None` where it names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayLimits {
    /// The largest request body it takes, in bytes.
    pub body_bytes: Option<u64>,
}

impl RelayInfo {
    /// `None` when this is not the description of a relay: an HTML page, or JSON of something else.
    pub(crate) fn parse(body: &[u8]) -> Option<RelayInfo> {
        let relay = Json::parse(body).ok()?;
        let Json::List(regions) = relay.field("regions") else { return None };
        Some(RelayInfo {
            version: relay.field("version").text().unwrap_or_default().to_owned(),
            regions: regions.iter().filter_map(RelayRegion::read).collect(),
            image_route: relay.field("image_route").is_true(),
            jobs: relay.field("jobs").is_true(),
            limits: RelayLimits { body_bytes: relay.field("limits").field("body_bytes").count() },
        })
    }

    /// The region of that id, if the relay leads there.
    pub fn region(&self, id: &str) -> Option<&RelayRegion> {
        self.regions.iter().find(|region| region.id == id)
    }
}

impl RelayRegion {
    /// An entry without an id is left out instead of spoiling the list.
    fn read(entry: &Json) -> Option<RelayRegion> {
        let id = entry.field("id").text()?.to_owned();
        let key = match entry.field("key").text() {
            Some("server") if !entry.field("invite").is_true() => KeyHolder::Server,
            _ => KeyHolder::Client,
        };
        Some(RelayRegion { id, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_description_is_read() {
        let info = RelayInfo::parse(
            br#"{"version":"0.1.0","regions":[{"id":"beijing","key":"client"},{"id":"demo","key":"server"},
                {"id":"family","key":"server","invite":true}],"image_route":true,"jobs":false,"limits":{"body_bytes":50331648}}"#,
        )
        .unwrap();
        assert_eq!(info.version, "0.1.0");
        assert_eq!(info.region("beijing").unwrap().key, KeyHolder::Client);
        assert_eq!(info.region("demo").unwrap().key, KeyHolder::Server);
        assert_eq!(info.region("singapore"), None);
        assert_eq!(info.region("family").unwrap().key, KeyHolder::Client, "the user brings the token");
        assert!(info.image_route && !info.jobs);
        assert_eq!(info.limits.body_bytes, Some(50_331_648));
    }

    #[test]
    fn missing_fields_mean_no() {
        let info = RelayInfo::parse(br#"{"regions":[{"id":"demo"}]}"#).unwrap();
        assert_eq!(info.region("demo").unwrap().key, KeyHolder::Client);
        assert!(!info.image_route && !info.jobs);
        assert_eq!(info.limits.body_bytes, None);
    }

    #[test]
    fn what_a_newer_relay_adds_is_ignored() {
        let info = RelayInfo::parse(
            br#"{"regions":[{"id":"a","key":"vault","name":"A"},{"url":"no id"},7],"tea":true,"limits":{"rpm":6}}"#,
        )
        .unwrap();
        assert_eq!(info.regions, [RelayRegion { id: "a".into(), key: KeyHolder::Client }]);
    }

    #[test]
    fn something_else_is_no_description() {
        for body in ["", "<!doctype html>", "[]", "{}", "null", r#"{"regions":{}}"#, r#"{"regions":["#] {
            assert_eq!(RelayInfo::parse(body.as_bytes()), None, "{body}");
        }
    }
}
