//! The table of errors: code, status, message, and whether the call may have been charged.

use http::StatusCode;

/// Whether the vendor may have charged for the call. Tells a client if pressing the button again is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charged {
    /// The call cannot have been executed.
    No,
    /// The call was executed and charged.
    Yes,
    /// The call may have been executed: resending it may pay twice.
    Unknown,
}

impl Charged {
    /// The word used in the JSON answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Unknown => "unknown",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $status:literal $code:literal $charged:ident $message:literal;)*) => {
        /// Every reason for which the relay answers by itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, for tests that must cover the whole table.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub(super) fn row(self) -> (u16, &'static str, Charged, &'static str) {
                match self { $(Self::$variant => ($status, $code, Charged::$charged, $message),)* }
            }
        }
    };
}

codes! {
    /// The request line or its headers are not ones a browser or an SDK sends.
    BadRequest = 400 "bad_request" No "The request is malformed.";
    /// No usable `Authorization: Bearer` header.
    KeyMissing = 401 "key_missing" No "Send the API key as \"Authorization: Bearer sk-…\".";
    /// The bearer token is not one of this relay's invites.
    TokenInvalid = 401 "token_invalid" No "This token is not valid here. Ask the relay's operator for an invite.";
    /// A paid call without a key on a relay that wants one.
    IdempotencyKeyMissing = 400 "idempotency_key_missing" No "Send an Idempotency-Key, for example a random UUID, so that the call can be picked up later.";
    /// Not a key.
    IdempotencyKeyInvalid = 400 "idempotency_key_invalid" No "An Idempotency-Key is 16 to 128 of A-Z, a-z, 0-9, \"_\" and \"-\", for example a random UUID.";
    /// The same call is on its way already.
    IdempotencyRunning = 409 "idempotency_running" Unknown "This call is already running. Ask for its result at /relay/jobs/ with the same key.";
    /// The key belongs to another request.
    IdempotencyConflict = 422 "idempotency_conflict" No "This Idempotency-Key was used for another request. Take a new key for a new request.";
    /// The call's end was lost: a new attempt could pay twice, so it needs a new key.
    JobUnknown = 409 "outcome_unknown" Unknown "Nobody can tell how this call ended: it may have been executed and charged. It is never sent again by itself; a new attempt needs a new Idempotency-Key.";
    /// The budget is used up until the next day.
    BudgetExhausted = 429 "budget_exhausted" No "The pictures of today are used up. Nothing was executed.";
    /// The relay cannot write down what it promises.
    StateUnavailable = 503 "state_unavailable" No "The relay cannot store jobs at the moment. Nothing was executed.";
    /// A signed grant, which this relay does not issue.
    GrantInvalid = 403 "grant_invalid" No "This relay issues no signed picture links. Leave out sig and send your credential.";
    /// The page that calls is not on the list, or hides where it comes from.
    OriginNotAllowed = 403 "origin_not_allowed" No "This page may not use the relay. Its operator can add the page's origin to allowed_origins.";
    /// No such path below `/relay`.
    NotFound = 404 "not_found" No "There is nothing at this path.";
    /// The region is not configured.
    RegionUnknown = 404 "region_unknown" No "This relay does not know that region. relay.json lists the regions it offers.";
    /// The path exists, the method does not.
    MethodNotAllowed = 405 "method_not_allowed" No "This path does not take that method.";
    /// The body arrived too slowly.
    BodyTimeout = 408 "body_timeout" No "The request body did not arrive in time. Nothing was executed.";
    /// The body ended before its announced length.
    BodyIncomplete = 400 "body_incomplete" No "The request body ended early. Nothing was executed.";
    /// The body is over the cap.
    BodyTooLarge = 413 "body_too_large" No "The request body is larger than this relay accepts.";
    /// The request line is over the cap.
    UriTooLong = 414 "uri_too_long" No "The request address is too long.";
    /// The request head is over the cap.
    HeadersTooLarge = 431 "headers_too_large" No "The request headers are too large.";
    /// Not `application/json`.
    ContentType = 415 "content_type" No "Send the body as application/json.";
    /// A compressed request body.
    ContentEncoding = 415 "content_encoding" No "Send the body without Content-Encoding.";
    /// The body cannot be a JSON object.
    BadJson = 400 "bad_json" No "The body must be one JSON object.";
    /// The body asks for something the relay does not pass on, or in a way that two readers could read differently.
    Policy = 400 "policy" No "The body asks for something this relay does not pass on.";
    /// The model is not one that the relay's own key pays for.
    ModelNotOffered = 403 "policy" No "This relay does not offer the model that the body names in \"model\". Its operator can add it to models.";
    /// The Host header names someone else.
    HostNotAllowed = 421 "host_not_allowed" No "This relay does not answer for that host name. Its operator can set public_url.";
    /// The caller is a relay of the same kind.
    LoopDetected = 508 "loop_detected" No "This request already passed a relay.";
    /// The `url` parameter is missing or not text.
    UrlInvalid = 400 "url_invalid" No "Give the link of a result picture as the url parameter, percent-encoded.";
    /// The link leads to a place the relay may not fetch from. One message for every reason, so that nothing can be probed.
    TargetNotAllowed = 403 "target_not_allowed" No "This link does not lead to a known result host.";
    /// A redirect; never followed.
    RedirectRefused = 502 "redirect_refused" No "The other side answered with a redirect, which the relay does not follow.";
    /// The bytes are not PNG, JPEG or WebP.
    NotAnImage = 502 "not_an_image" No "The other side did not answer with a PNG, JPEG or WebP picture.";
    /// The picture is over the cap.
    ImageTooLarge = 502 "image_too_large" No "The picture is larger than this relay passes on.";
    /// The signed link is past its life.
    LinkExpired = 410 "link_expired" No "The link of this picture has expired (links live 24 hours).";
    /// The picture is not there.
    ImageNotFound = 404 "image_not_found" No "There is no picture at this link.";
    /// The image host asks to wait.
    ImageHostBusy = 503 "image_host_busy" No "The image host is busy. Try again in a moment.";
    /// The image host answered with any other error.
    ImageFailed = 502 "image_failed" No "The image host answered with an error.";
    /// DNS or TCP failed: no byte was sent.
    UpstreamUnreachable = 502 "upstream_unreachable" No "The relay could not connect to the other side. Nothing was executed.";
    /// TLS failed: no HTTP byte was sent.
    UpstreamTls = 502 "upstream_tls" No "The relay could not make a secure connection to the other side. Nothing was executed.";
    /// The body went out, no answer came.
    UpstreamTimeout = 504 "upstream_timeout" Unknown "The API did not answer in time. The call may have been executed and charged.";
    /// The answer began and did not end in time.
    AnswerTimeout = 504 "outcome_unknown" Unknown "The API's answer did not arrive completely in time. The call may have been executed and charged.";
    /// The connection broke after the call may have been taken.
    AnswerBroken = 502 "outcome_unknown" Unknown "The connection to the API broke before its answer was complete. The call may have been executed and charged.";
    /// The answer is not HTTP, or not one a plain call can have.
    UpstreamInvalid = 502 "upstream_invalid" Unknown "The API's answer is not valid HTTP. The call may have been executed and charged.";
    /// The answer is not a JSON object.
    UpstreamNotJson = 502 "upstream_not_json" Unknown "The API's answer is not JSON.";
    /// The answer is over the cap.
    UpstreamTooLarge = 502 "upstream_too_large" Unknown "The API's answer is larger than this relay accepts.";
    /// The answer is compressed although that was ruled out.
    UpstreamEncoded = 502 "upstream_encoded" Unknown "The API's answer has a content encoding the relay did not ask for.";
    /// The relay's own key was refused.
    ServerKeyRejected = 502 "server_key_rejected" No "The API refused the key this relay holds. Tell its operator.";
    /// Too many requests in too short a time.
    RateLimited = 429 "rate_limited" No "Too many requests. Wait as long as Retry-After says. Nothing was executed.";
    /// Too many upload bytes in flight.
    Overloaded = 503 "overloaded" No "The relay is busy. Try again in a moment. Nothing was executed.";
    /// A fault of the relay itself.
    Internal = 500 "internal" Unknown "The relay failed. Its log has the details.";
}

impl Code {
    /// The stable text clients match on.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The answer's status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
