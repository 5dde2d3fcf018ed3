//! Who calls, as far as money is concerned: the owner of an API key, the holder of an invite, or anybody.

use std::sync::Arc;

use http::header::{AUTHORIZATION, FORWARDED, HeaderMap, HeaderName, VIA};
use sha2::{Digest as _, Sha256};

use crate::access::{Access, Invite, Quota};
use crate::answer::KeyHolder;
use crate::credential::Credential;
use crate::reject::{Code, Reject};

/// What proxies add for callers from elsewhere. Programs on this machine have no reason to send any of them; its
/// development servers (`trunk serve`) add `X-Forwarded-Host`, which is not on the list for that.
const MARKS_OF_PROXIES: [HeaderName; 4] =
    [FORWARDED, VIA, HeaderName::from_static("x-forwarded-for"), HeaderName::from_static("x-real-ip")];

/// Whose money a call spends. No variant shows its credential.
#[derive(Debug, Clone)]
pub enum Identity {
    /// The caller's own: the vendor judges the key.
    Key(Credential),
    /// The operator's, within the limits of an invite.
    Invited {
        /// The invite the token belongs to.
        invite: Arc<Invite>,
        /// The limits of all invites together.
        total: Quota,
        /// The token; it never goes to the API.
        token: Credential,
    },
    /// The operator's, on a relay that only this machine can reach. What was sent only tells callers apart.
    Anyone(Option<Credential>),
}

impl Identity {
    /// The identity for a region, by who holds its key.
    ///
    /// # Errors
    /// `key_missing`, `token_invalid`, `bad_request` with two credentials, `origin_not_allowed` for who comes through a
    /// proxy to a relay that only its own machine may use.
    pub fn for_region(
        holder: KeyHolder,
        access: Option<&Access>,
        headers: &HeaderMap,
    ) -> Result<Self, Reject> {
        match (holder, access) {
            (KeyHolder::Client, _) => Credential::from_headers(headers).map(Self::Key),
            (KeyHolder::Server, Some(access)) => {
                let token = Credential::from_headers(headers).map_err(ask_for_token)?;
                match access.find(token.token()) {
                    Some(invite) => Ok(Self::Invited { invite, total: access.total, token }),
                    None => Err(Code::TokenInvalid.into()),
                }
            }
            (KeyHolder::Server, None) => Self::anyone(headers),
        }
    }

    /// The identity on a route that belongs to no region: whoever may call one of them may use it.
    ///
    /// # Errors
    /// As [`Identity::for_region`]; an unknown token is `token_invalid` only where no region takes API keys,
    /// since it could be one.
    pub fn for_any_region(
        holders: impl Iterator<Item = KeyHolder> + Clone,
        access: Option<&Access>,
        headers: &HeaderMap,
    ) -> Result<Self, Reject> {
        let mut holders = holders;
        let takes_keys = holders.clone().any(|holder| holder == KeyHolder::Client);
        let holds_keys = holders.any(|holder| holder == KeyHolder::Server);
        if holds_keys {
            let invited = Self::for_region(KeyHolder::Server, access, headers);
            if access.is_none() || invited.is_ok() || !takes_keys {
                return invited;
            }
        }
        Self::for_region(KeyHolder::Client, access, headers)
    }

    /// The relay is bound to loopback then, but somebody may have put a proxy before it: who comes through that is not
    /// from this machine.
    fn anyone(headers: &HeaderMap) -> Result<Self, Reject> {
        if MARKS_OF_PROXIES.iter().any(|name| headers.contains_key(name)) {
            return Err(Reject::from(Code::OriginNotAllowed).with_message(
                "This relay pays for its own machine only, and this request came through a proxy. Its operator can hand out invites: see [access].",
            ));
        }
        if headers.contains_key(AUTHORIZATION) {
            Credential::from_headers(headers).map(Some).map(Self::Anyone)
        } else {
            Ok(Self::Anyone(None))
        }
    }

    /// What tells this caller from others; `None` where the relay asks for nothing and nothing was sent.
    #[must_use]
    pub fn credential(&self) -> Option<&Credential> {
        match self {
            Self::Key(credential) | Self::Invited { token: credential, .. } => Some(credential),
            Self::Anyone(credential) => credential.as_ref(),
        }
    }

    /// Enters the caller into the name of what a call left behind. A token that is no invite any more counts as an API
    /// key on a relay that takes those as well: it must not lead to what the invite paid for.
    pub fn enter(&self, name: &mut Sha256) {
        if self.invite().is_some() {
            // Read as the length below, it would be that of no token.
            name.update(b"invite\0\xff");
        }
        let token = self.credential().map(Credential::token).unwrap_or_default();
        name.update((token.len() as u64).to_le_bytes());
        name.update(token);
    }

    /// The invite whose budget pays.
    #[must_use]
    pub fn invite(&self) -> Option<&Arc<Invite>> {
        match self {
            Self::Invited { invite, .. } => Some(invite),
            Self::Key(_) | Self::Anyone(_) => None,
        }
    }
}

fn ask_for_token(reject: Reject) -> Reject {
    if reject.code() == Code::KeyMissing {
        reject.with_message("Send your invite token as \"Authorization: Bearer …\".")
    } else {
        reject
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const TOKEN: &str = "qe-token-1";

    fn access() -> Access {
        let invite = Invite::new("family".to_owned(), &Invite::digest(TOKEN), Quota::default()).unwrap();
        Access { invites: vec![Arc::new(invite)], total: Quota::default() }
    }

    fn sent(token: Option<&str>) -> HeaderMap {
        let value = |token| HeaderValue::try_from(format!("Bearer {token}")).unwrap();
        token.map(|token| (AUTHORIZATION, value(token))).into_iter().collect()
    }

    fn word(identity: Result<Identity, Reject>) -> Result<&'static str, Code> {
        match identity {
            Ok(Identity::Key(_)) => Ok("key"),
            Ok(Identity::Invited { .. }) => Ok("invited"),
            Ok(Identity::Anyone(_)) => Ok("anyone"),
            Err(reject) => Err(reject.code()),
        }
    }

    #[test]
    fn a_held_key_is_spent_by_invites_only() {
        let access = access();
        let of = |token| word(Identity::for_region(KeyHolder::Server, Some(&access), &sent(token)));
        assert_eq!(of(Some(TOKEN)), Ok("invited"));
        assert_eq!(of(Some("sk-1234567890abcdef")), Err(Code::TokenInvalid));
        assert_eq!(of(None), Err(Code::KeyMissing));
    }

    #[test]
    fn a_region_of_callers_keys_takes_any_and_never_mistakes_one_for_a_token() {
        let of = |token| word(Identity::for_region(KeyHolder::Client, Some(&access()), &sent(token)));
        assert_eq!(of(Some(TOKEN)), Ok("key"));
        assert_eq!(of(None), Err(Code::KeyMissing));
    }

    #[test]
    fn without_a_region_the_strictest_rule_that_fits_counts() {
        use KeyHolder::{Client, Server};
        let access = access();
        let of = |holders: &[KeyHolder], access, token| {
            word(Identity::for_any_region(holders.iter().copied(), access, &sent(token)))
        };
        let access = Some(&access);
        assert_eq!(of(&[Server], access, Some("x")), Err(Code::TokenInvalid));
        assert_eq!(of(&[Server], access, None), Err(Code::KeyMissing));
        assert_eq!(of(&[Client, Server], access, Some("sk-x")), Ok("key"));
        assert_eq!(of(&[Client, Server], access, Some(TOKEN)), Ok("invited"));
        assert_eq!(of(&[Client, Server], access, None), Err(Code::KeyMissing));
        assert_eq!(of(&[Client], None, None), Err(Code::KeyMissing));
        assert_eq!(of(&[Client, Server], None, None), Ok("anyone"), "the relay is on loopback then");
        assert_eq!(of(&[Server], None, Some("x")), Ok("anyone"));
    }
}
