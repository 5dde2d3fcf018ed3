//! The certificates a mock can show.

use super::Side;

/// What the server's side of TLS looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum CertificateKind {
    #[default]
    Good,
    SelfSigned,
    WrongName,
    Expired,
    NotYetValid,
    /// Signed by an authority the relay does not know.
    UnknownAuthority,
    /// The connection is taken and nothing follows.
    Silence,
    /// Bytes that are no TLS.
    Garbage,
    /// The first message is answered with a reset,
    Reset,
    /// with the end of the connection,
    Close,
    /// or with an alert.
    Alert,
}

impl CertificateKind {
    /// True when a handshake begins at all.
    pub(crate) fn is_shown(self) -> bool {
        !matches!(self, Self::Silence | Self::Garbage | Self::Reset | Self::Close | Self::Alert)
    }
}

/// Who shows which certificate; whoever is not meant shows a good one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Certificate {
    kind: CertificateKind,
    /// Only this side; otherwise whichever server is asked.
    only: Option<Side>,
}

impl Certificate {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (text, only) = Side::at_end_of(text);
        let kind = match text.replace(['-', ' '], "_").as_str() {
            "good" | "ok" => CertificateKind::Good,
            "self_signed" => CertificateKind::SelfSigned,
            "wrong_name" | "wrong_host" => CertificateKind::WrongName,
            "expired" | "expired_cert" => CertificateKind::Expired,
            "not_yet_valid" => CertificateKind::NotYetValid,
            "untrusted" | "untrusted_ca" | "unknown_ca" | "unknown_authority" => {
                CertificateKind::UnknownAuthority
            }
            "stall" | "hang" | "silence" | "silent" | "timeout" => CertificateKind::Silence,
            "garbage" | "plain" | "plain_http" => CertificateKind::Garbage,
            "reset" | "rst" => CertificateKind::Reset,
            "close" | "fin" => CertificateKind::Close,
            "handshake_failure" | "handshake_fail" | "alert" => CertificateKind::Alert,
            other => return Err(format!("mock \"tls:{other}\"")),
        };
        Ok(Self { kind, only })
    }

    /// What `side` shows.
    pub(crate) fn of(self, side: Side) -> CertificateKind {
        if self.only.is_none_or(|only| only == side) { self.kind } else { CertificateKind::Good }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_may_be_that_of_one_side() {
        let both = Certificate::read("self-signed").unwrap();
        assert_eq!(both.of(Side::Api), CertificateKind::SelfSigned);
        assert_eq!(both.of(Side::Images), CertificateKind::SelfSigned);
        let of_api = Certificate::read("expired api").unwrap();
        assert_eq!(of_api.of(Side::Api), CertificateKind::Expired);
        assert_eq!(of_api.of(Side::Images), CertificateKind::Good);
        let of_images = Certificate::read("wrong name img").unwrap();
        assert_eq!(of_images.of(Side::Images), CertificateKind::WrongName);
    }

    #[test]
    fn a_handshake_may_end_before_a_certificate_is_shown() {
        for text in ["reset", "close", "handshake_failure", "stall"] {
            let kind = Certificate::read(text).unwrap().of(Side::Images);
            assert!(!kind.is_shown(), "{text}");
        }
        assert!(Certificate::read("expired_cert").unwrap().of(Side::Api).is_shown());
    }
}
