//! The certificates a mock can show.

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
}

impl CertificateKind {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        match text.trim().replace(['-', ' '], "_").as_str() {
            "good" | "ok" => Ok(Self::Good),
            "self_signed" => Ok(Self::SelfSigned),
            "wrong_name" | "wrong_host" => Ok(Self::WrongName),
            "expired" => Ok(Self::Expired),
            "not_yet_valid" => Ok(Self::NotYetValid),
            "untrusted" | "untrusted_ca" | "unknown_ca" | "unknown_authority" => Ok(Self::UnknownAuthority),
            "stall" | "hang" | "silence" | "timeout" => Ok(Self::Silence),
            "garbage" | "plain" | "plain_http" => Ok(Self::Garbage),
            other => Err(format!("mock \"tls:{other}\"")),
        }
    }
}
