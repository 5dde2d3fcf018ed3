//! Makes invites.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relay_policy::access::Invite;

use crate::config::{ConfigError, is_name};

/// A new invite. Its token is shown once and stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What the invited person enters in place of an API key.
    pub token: String,
    /// The line for `[access]`.
    pub config_line: String,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Invitation(…)")
    }
}

/// Makes an invite with a token of 256 random bits, too many to guess.
///
/// # Errors
/// A name that cannot stand in the configuration, or a system without randomness.
pub fn invite(name: &str) -> Result<Invitation, ConfigError> {
    if !is_name(name) {
        let plain = "is 1 to 64 of A-Z, a-z, 0-9, \".\", \"_\" and \"-\", and no token or key";
        return Err(ConfigError::invalid("NAME", plain));
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| {
        ConfigError::invalid("invite", format!("the system gives no random bytes: {error}"))
    })?;
    let token = format!("qei_{}", URL_SAFE_NO_PAD.encode(random));
    let digest = Invite::digest(&token);
    let config_line = format!(
        "{{ name = \"{name}\", token_sha256 = \"{digest}\", images_per_day = 50, requests_per_minute = 6 }},"
    );
    Ok(Invitation { token, config_line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_takes_the_token_and_does_not_tell_it() {
        let made = invite("family").unwrap();
        assert!(made.config_line.contains(&Invite::digest(&made.token)));
        assert!(!made.config_line.contains(&made.token) && !format!("{made:?}").contains(&made.token));
        assert_eq!(made.token.len(), "qei_".len() + 43);
        assert_ne!(invite("family").unwrap().token, made.token);
        for bad in ["", "a b", "a\"", "é", &"x".repeat(65)] {
            assert!(invite(bad).is_err(), "{bad}");
        }
    }
}
