//! From the paths of the case file to those of this relay.

/// The paid call of the region that the relays under test have.
pub(crate) const GENERATION: &str = "/relay/test/api/v1/services/aigc/multimodal-generation/generation";
pub(crate) const JOBS: &str = "/relay/jobs/";
pub(crate) const HEALTH: &str = "/relay/healthz";

/// Below `/relay`: what the file writes, and what it is here.
const ROUTES: [(&str, &str); 5] = [
    ("/v1/generation", "/test/api/v1/services/aigc/multimodal-generation/generation"),
    ("/V1/GENERATION", "/TEST/API/V1/SERVICES/AIGC/MULTIMODAL-GENERATION/GENERATION"),
    ("/v1/image", "/image"),
    ("/v1/result/", "/jobs/"),
    ("/v1/config", "/relay.json"),
];

/// The request target for a path that starts with `{RELAY}`, placeholders still in it. Paths below other bases
/// (`{ADMIN}`) lose the base: whom they are for is decided elsewhere.
pub(crate) fn real_path(path: &str) -> String {
    match path.strip_prefix("{RELAY}") {
        Some(rest) => format!("/relay{}", routed(rest)),
        None => path.trim_start_matches("{ADMIN}").to_owned(),
    }
}

/// The same inside raw bytes, where there is no base. The path may stand behind a method, a host or a `#`.
pub(crate) fn raw_with_real_paths(raw: &str) -> String {
    let mut text = raw.to_owned();
    for (written, here) in ROUTES {
        text = text.replace(written, &format!("/relay{here}"));
    }
    text.replace("/healthz", HEALTH).replace("/relay/relay/", "/relay/")
}

fn routed(path: &str) -> String {
    ROUTES.iter().fold(path.to_owned(), |path, (written, here)| path.replacen(written, here, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_those_of_this_relay() {
        assert_eq!(real_path("{RELAY}/v1/generation?a=b"), format!("{GENERATION}?a=b"));
        assert_eq!(real_path("{RELAY}/v1/image?url={IMG_OK_ENC}"), "/relay/image?url={IMG_OK_ENC}");
        assert_eq!(real_path("{RELAY}/v1/result/{IK}"), "/relay/jobs/{IK}");
        assert_eq!(real_path("{RELAY}/healthz"), HEALTH);
        assert_eq!(real_path("{RELAY}/http://127.0.0.1/"), "/relay/http://127.0.0.1/");
        assert_eq!(real_path("{ADMIN}/metrics"), "/metrics");
    }

    #[test]
    fn oddly_written_paths_stay_odd() {
        let doubled = real_path("{RELAY}//v1/generation");
        assert_eq!(doubled, GENERATION.replacen("/relay", "/relay/", 1));
        assert!(real_path("{RELAY}/v1/generation/../../etc/passwd").ends_with("generation/../../etc/passwd"));
    }

    #[test]
    fn raw_requests_get_real_paths_wherever_the_path_stands() {
        assert_eq!(raw_with_real_paths("GET /healthz HTTP/1.1"), "GET /relay/healthz HTTP/1.1");
        let fragment = raw_with_real_paths("POST /healthz#/v1/generation HTTP/1.1");
        assert_eq!(fragment, format!("POST /relay/healthz#{GENERATION} HTTP/1.1"));
        let absolute = raw_with_real_paths("GET http://{EVIL}/v1/image?url=x HTTP/1.1");
        assert_eq!(absolute, "GET http://{EVIL}/relay/image?url=x HTTP/1.1");
    }
}
