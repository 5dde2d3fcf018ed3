//! Which path means what. Matched on the raw path only: no decoding, no dot segments, no case folding.

/// The vendor's path of the paid call, below a region.
pub const GENERATION_PATH: &str = "/api/v1/services/aigc/multimodal-generation/generation";

/// The vendor's path that gives upload credentials; the vendor's SDKs ask it before they send local files.
pub const UPLOADS_PATH: &str = "/api/v1/uploads";

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    /// The paid call of a region.
    Generation {
        /// As written in the path; may be unknown.
        region: &'a str,
    },
    /// Upload credentials of a region.
    Uploads {
        /// As written in the path; may be unknown.
        region: &'a str,
    },
    /// The result of a call that was given a key.
    Job {
        /// As written in the path; may be no key.
        key: &'a str,
    },
    /// One result picture.
    Image,
    /// What this relay offers.
    Description,
    /// Is the relay alive.
    Health,
    /// Below `/relay`, but nothing is there.
    Unknown,
    /// Everything else: the studio's files.
    Static,
}

impl<'a> Route<'a> {
    /// One of each, for whoever counts them.
    pub const ALL: [Self; 8] = [
        Self::Generation { region: "" },
        Self::Uploads { region: "" },
        Self::Job { key: "" },
        Self::Image,
        Self::Description,
        Self::Health,
        Self::Unknown,
        Self::Static,
    ];

    /// Matches a request path.
    #[must_use]
    pub fn of(path: &'a str) -> Self {
        let Some(rest) = path.strip_prefix("/relay").filter(|rest| rest.is_empty() || rest.starts_with('/'))
        else {
            return Self::Static;
        };
        match rest {
            "/image" => return Self::Image,
            "/relay.json" => return Self::Description,
            "/healthz" => return Self::Health,
            _ => {}
        }
        let Some((region, below)) = rest.strip_prefix('/').and_then(|rest| {
            let slash = rest.find('/')?;
            Some(rest.split_at(slash))
        }) else {
            return Self::Unknown;
        };
        match below {
            _ if region == "jobs" => match below.get(1..) {
                Some(key) if !key.is_empty() && !key.contains('/') => Self::Job { key },
                _ => Self::Unknown,
            },
            _ if !is_region_id(region) => Self::Unknown,
            GENERATION_PATH => Self::Generation { region },
            UPLOADS_PATH => Self::Uploads { region },
            _ => Self::Unknown,
        }
    }

    /// A fixed word for logs and metrics; never a part of the path.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Generation { .. } => "generation",
            Self::Uploads { .. } => "uploads",
            Self::Job { .. } => "job",
            Self::Image => "image",
            Self::Description => "description",
            Self::Health => "health",
            Self::Unknown => "unknown",
            Self::Static => "static",
        }
    }

    /// The methods of the route, as `Allow` lists them.
    #[must_use]
    pub fn methods(self) -> &'static str {
        match self {
            Self::Generation { .. } => "POST",
            Self::Uploads { .. } | Self::Job { .. } | Self::Image => "GET",
            Self::Description | Self::Health | Self::Static => "GET, HEAD",
            Self::Unknown => "GET, POST",
        }
    }
}

/// A region id as it may stand in a path: short, lower case, no dots.
#[must_use]
pub fn is_region_id(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !matches!(text, "image" | "jobs" | "healthz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_paths_are_mirrored_below_each_region() {
        let path = "/relay/beijing/api/v1/services/aigc/multimodal-generation/generation";
        assert_eq!(Route::of(path), Route::Generation { region: "beijing" });
        assert_eq!(Route::of("/relay/demo/api/v1/uploads"), Route::Uploads { region: "demo" });
    }

    #[test]
    fn the_relays_own_paths_are_exact() {
        assert_eq!(Route::of("/relay/image"), Route::Image);
        assert_eq!(Route::of("/relay/relay.json"), Route::Description);
        assert_eq!(Route::of("/relay/healthz"), Route::Health);
        assert_eq!(Route::of("/relay/jobs/abc-1"), Route::Job { key: "abc-1" });
    }

    #[test]
    fn nothing_else_below_relay_is_a_route() {
        for path in [
            "/relay",
            "/relay/",
            "/relay//image",
            "/relay/image/",
            "/relay/Image",
            "/relay/nope",
            "/relay/favicon.ico",
            "/relay/http://127.0.0.1/",
            "/relay/beijing",
            "/relay/beijing/",
            "/relay/jobs",
            "/relay/jobs/",
            "/relay/jobs/a/b",
            "/relay/beijing/api/v1",
            "/relay/beijing/api/v1/uploads/",
            "/relay//api/v1/uploads",
            "/relay/../api/v1/uploads",
            "/relay/be%69jing/api/v1/uploads",
            "/relay/BEIJING/api/v1/uploads",
            "/relay/a.b/api/v1/uploads",
            "/relay/beijing/API/V1/UPLOADS",
            "/relay/beijing/api/v1/services/aigc/image-generation/generation",
            "/relay/beijing/api/v1/services/aigc/multimodal-generation/generation/../../etc/passwd",
            "/relay/beijing//api/v1/services/aigc/multimodal-generation/generation",
            "/relay/beijing/api/v1/services/aigc/multimodal-generation/generation%2f",
        ] {
            assert_eq!(Route::of(path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn every_route_is_in_the_list_once_and_has_a_word_of_its_own() {
        // A new route does not compile without a place here.
        let place = |route: &Route<'_>| match route {
            Route::Generation { .. } => 0,
            Route::Uploads { .. } => 1,
            Route::Job { .. } => 2,
            Route::Image => 3,
            Route::Description => 4,
            Route::Health => 5,
            Route::Unknown => 6,
            Route::Static => 7,
        };
        assert!(Route::ALL.iter().map(place).eq(0..Route::ALL.len()));
        let labels = std::collections::BTreeSet::from(Route::ALL.map(Route::label));
        assert_eq!(labels.len(), Route::ALL.len());
    }

    #[test]
    fn everything_outside_relay_is_static() {
        for path in ["/", "/index.html", "/relay.json", "/relayx/image", "/RELAY/image", "", "*"] {
            assert_eq!(Route::of(path), Route::Static, "{path}");
        }
    }
}
