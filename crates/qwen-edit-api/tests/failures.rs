//! The failure table: every known code finds its own advice, and every advice is fit for people.

mod sample;

use std::collections::HashSet;

use proptest::prelude::*;
use qwen_edit_api::{
    Advice, Answer, Charged, NextStep, Retry, Shape, UpstreamFailure, advice_by_id, advice_for_relay,
    all_advice,
};

fn failure(status: u16, code: &str, message: &str) -> UpstreamFailure {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    UpstreamFailure { status, code: some(code), message: some(message), request_id: None, shape: Shape::Json }
}

/// Status, code, message, advice: the vendor's error list (source S4 in data/sources.toml), row by row.
const KNOWN: &[(u16, &str, &str, &str)] = &[
    (
        400,
        "InvalidParameter",
        "Required body invalid, please check the request body format.",
        "request-malformed",
    ),
    (400, "InvalidParameter", "No messages found in input", "request-malformed"),
    (400, "InvalidParameter", "messages length only supports 1", "request-malformed"),
    (400, "InvalidParameter", "content length only supports 2", "request-malformed"),
    (400, "InvalidParameter", "lack of image or text", "picture-or-text-missing"),
    (
        400,
        "InvalidParameter",
        "Either \"prompt\" or \"messages\" must exist and cannot both be none",
        "request-malformed",
    ),
    (400, "InvalidParameter", "Field required: input.messages", "request-malformed"),
    (
        400,
        "InvalidParameter",
        "Required parameter(model) missing or invalid, please check.",
        "request-malformed",
    ),
    (
        400,
        "InvalidParameter",
        "The item of content should be a message of a certain modal.",
        "request-malformed",
    ),
    (400, "InvalidParameter", "num_images_per_prompt must be 1.", "count-out-of-range"),
    (400, "InvalidParameter", "Range of n should be [1, 4]", "count-out-of-range"),
    (400, "InvalidParameter", "Range of seed should be [0, 9223372036854775807]", "seed-out-of-range"),
    (400, "InvalidParameter", "the parameters must conform to the specification: xxx.", "bad-request"),
    (
        400,
        "InvalidParameter",
        "Image area must be between 262144 and 4194304 pixels. Got area=9",
        "size-not-allowed",
    ),
    (400, "InvalidParameter", "Size 9999*9999 is out of range [512*512, 2048*2048]", "size-not-allowed"),
    (
        400,
        "InvalidParameter",
        "The size does not match the allowed size 1664*928,1472*1104.",
        "size-not-allowed",
    ),
    (400, "InvalidParameter", "Image format error", "picture-unreadable"),
    (400, "InvalidParameter", "Invalid image format or corrupted file", "picture-unreadable"),
    (400, "InvalidParameter", "Image read error.", "picture-unreadable"),
    (400, "InvalidParameter", "the size of input image is too small or too large.", "picture-dimensions"),
    (400, "InvalidParameter", "Image download failed.", "picture-download-failed"),
    (400, "InvalidParameter", "OSS download error.", "picture-download-failed"),
    (400, "InvalidParameter", "Failed to download input images.", "picture-download-failed"),
    (400, "InvalidParameter", "url error, please check url!", "picture-download-failed"),
    (400, "InvalidParameter", "The provided URL does not appear to be valid.", "picture-download-failed"),
    (
        400,
        "InvalidParameter",
        "The image content does not comply with green network verification.",
        "picture-rejected",
    ),
    (400, "InvalidParameter", "Failed to decode the image during the data inspection.", "picture-unreadable"),
    (
        400,
        "InvalidParameter",
        "The image size is not supported for the data inspection.",
        "picture-dimensions",
    ),
    (400, "InvalidParameter", "The file format is illegal and cannot be opened", "picture-unreadable"),
    (
        400,
        "InvalidParameter",
        "The media format is not supported for the data inspection",
        "picture-unreadable",
    ),
    (
        400,
        "InvalidParameter",
        "Don't have authorization to access the media resource",
        "picture-link-private",
    ),
    (400, "InvalidParameter", "Wrong Content-Type of multimodal url", "picture-unreadable"),
    (405, "InvalidParameter", "Request method 'GET' is not supported.", "request-malformed"),
    (400, "InvalidParameter", "Words nobody has seen yet", "bad-request"),
    (
        400,
        "InvalidParameter.DataInspection",
        "Unable to download the media resource during the data inspection process.",
        "picture-download-failed",
    ),
    (
        400,
        "InvalidParameter.DataInspection",
        "Download the media resource timed out during the data inspection process.",
        "picture-download-slow",
    ),
    (
        400,
        "InvalidParameter.DataInspection",
        "Failed to find the requested media resource",
        "picture-download-failed",
    ),
    (400, "InvalidParameter.NotSupportEnableThinking", "", "setting-not-supported"),
    (400, "InvalidURL", "", "picture-download-failed"),
    (400, "InvalidURL.ConnectionRefused", "", "picture-download-failed"),
    (400, "InvalidURL.Timeout", "", "picture-download-slow"),
    (400, "InvalidImage.FileFormat", "", "picture-unreadable"),
    (400, "InvalidImageFormat", "", "picture-unreadable"),
    (400, "InvalidImageResolution", "", "picture-dimensions"),
    (400, "InvalidFile.Format", "", "picture-unreadable"),
    (400, "BadRequest.EmptyInput", "", "request-malformed"),
    (400, "BadRequest.EmptyParameters", "", "request-malformed"),
    (400, "BadRequest.EmptyModel", "", "model-missing"),
    (400, "BadRequest.IllegalInput", "", "request-malformed"),
    (415, "BadRequest.InputDownloadFailed", "", "picture-download-failed"),
    (415, "BadRequest.UnsupportedFileFormat", "", "picture-unreadable"),
    (400, "BadRequest.TooLarge", "Exceeded limit on max bytes to request body : 6291456", "body-too-large"),
    (413, "BadRequest.TooLarge", "", "body-too-large"),
    (400, "DataInspectionFailed", "Input data may contain inappropriate content.", "input-rejected"),
    (400, "DataInspectionFailed", "Output data may contain inappropriate content.", "output-rejected"),
    (400, "data_inspection_failed", "Input data may contain inappropriate content.", "input-rejected"),
    (400, "data_inspection_failed", "Output data may contain inappropriate content.", "output-rejected"),
    (400, "IPInfringementSuspect", "", "copyright-suspected"),
    (400, "CustomRoleBlocked", "", "blocked-by-account-rules"),
    (400, "FaqRuleBlocked", "", "blocked-by-account-rules"),
    (
        400,
        "Arrearage",
        "Access denied, please make sure your account is in good standing.",
        "account-overdue",
    ),
    (400, "UnsupportedOperation", "", "setting-not-supported"),
    (401, "InvalidApiKey", "Invalid API-key provided.", "invalid-api-key"),
    (401, "invalid_api_key", "No API-key provided.", "invalid-api-key"),
    (401, "NOT AUTHORIZED", "", "no-permission"),
    (403, "AccessDenied", "current user api does not support asynchronous calls", "request-malformed"),
    (403, "AccessDenied", "current user api does not support synchronous calls", "request-malformed"),
    (403, "AccessDenied", "Invalid according to Policy: Policy expired.", "upload-expired"),
    (403, "AccessDenied", "", "no-permission"),
    (403, "AccessDenied.Unpurchased", "", "not-activated"),
    (403, "Model.AccessDenied", "", "no-permission"),
    (403, "App.AccessDenied", "", "no-permission"),
    (403, "Workspace.AccessDenied", "", "no-permission"),
    (403, "Endpoint.AccessDenied", "", "no-permission"),
    (403, "AllocationQuota.FreeTierOnly", "", "free-quota-used"),
    (404, "ModelNotFound", "", "model-not-found"),
    (404, "model_not_found", "", "model-not-found"),
    (404, "InvalidParameter", "Model not exist.", "model-not-found"),
    (400, "InvalidParameter", "Model not exist.", "model-not-found"),
    (404, "WorkSpaceNotFound", "", "address-not-found"),
    (404, "NotFound", "", "address-not-found"),
    (429, "Throttling", "", "rate-limited"),
    (429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later.", "rate-limited"),
    (429, "LimitRequests", "", "rate-limited"),
    (429, "Throttling.BurstRate", "", "rate-limited"),
    (429, "Throttling.Concurrency", "", "too-many-at-once"),
    (429, "Throttling.AllocationQuota", "", "quota-used"),
    (400, "insufficient_quota", "", "quota-used"),
    (429, "CommodityNotPurchased", "", "not-activated"),
    (429, "PrepaidBillOverdue", "", "account-overdue"),
    (429, "PostpaidBillOverdue", "", "account-overdue"),
    (408, "RequestTimeOut", "", "server-timeout"),
    (500, "RequestTimeOut", "", "server-timeout"),
    (500, "InternalError", "", "server-error"),
    (500, "InternalError.Algo", "", "server-error"),
    (500, "SystemError", "", "server-error"),
    (500, "ModelServiceFailed", "", "server-error"),
    (500, "InternalError.FileUpload", "", "result-not-saved"),
    (500, "InternalError.Upload", "", "result-not-saved"),
    (500, "InternalError.Timeout", "", "server-timeout"),
    (500, "RewriteFailed", "", "rewrite-failed"),
    (503, "ServiceUnavailable", "", "service-busy"),
    (500, "ModelUnavailable", "", "service-busy"),
];

#[test]
fn every_known_code_finds_its_own_advice() {
    for &(status, code, message, advice) in KNOWN {
        assert_eq!(failure(status, code, message).advice().id, advice, "{status} {code}: {message}");
    }
}

#[test]
fn an_unknown_code_is_advised_by_its_status_and_survives_verbatim() {
    let cases = [
        (200, "no-pictures"),
        (302, "unknown"),
        (400, "request-refused"),
        (401, "invalid-api-key"),
        (403, "no-permission"),
        (404, "address-not-found"),
        (405, "relay-not-found"),
        (408, "server-timeout"),
        (413, "body-too-large"),
        (415, "picture-unreadable"),
        (418, "request-refused"),
        (429, "rate-limited"),
        (500, "outcome-unknown"),
        (503, "outcome-unknown"),
        (0, "unknown"),
        (700, "unknown"),
    ];
    for (status, advice) in cases {
        assert_eq!(failure(status, "Brand.NewProblem-7", "…").advice().id, advice, "{status}");
    }
    let Answer::Failed(failure) = sample::answer("unknown-code") else { panic!("a code is a failure") };
    assert_eq!(failure.code.as_deref(), Some("Brand.NewProblem-7"));
    assert_eq!(failure.message.as_deref(), Some("  Something ☃ new\nhappened "));
}

#[test]
fn a_page_is_told_from_an_answer_of_the_service() {
    let page = |status| UpstreamFailure { shape: Shape::Html, ..failure(status, "", "") };
    for (status, advice) in [
        (200, "relay-not-found"),
        (302, "relay-not-found"),
        (404, "relay-not-found"),
        (405, "relay-not-found"),
    ] {
        assert_eq!(page(status).advice().id, advice, "{status}");
    }
}

#[test]
fn what_may_have_been_paid_is_never_called_safe_to_repeat() {
    for advice in all_advice() {
        if advice.charged != Charged::No {
            assert_ne!(advice.retry, Retry::Safe, "{}", advice.id);
        }
        // Whoever waits for a call that is running will know, without a bill.
        if advice.charged == Charged::Unknown && advice.id != "relay:idempotency_running" {
            assert_eq!(advice.next, NextStep::CheckBill, "{}", advice.id);
        }
    }
}

#[test]
fn a_gateways_answer_never_claims_that_nothing_was_charged() {
    for status in [500, 502, 503, 504] {
        for shape in [Shape::Html, Shape::Empty, Shape::Truncated, Shape::Other] {
            let advice = UpstreamFailure { shape, ..failure(status, "", "") }.advice();
            assert_eq!((advice.charged, advice.retry), (Charged::Unknown, Retry::Ask), "{status} {shape:?}");
        }
    }
}

#[test]
fn every_advice_speaks_both_languages_in_plain_words() {
    let codes: HashSet<&str> =
        KNOWN.iter().map(|&(_, code, _, _)| code).filter(|code| code.len() > 8).collect();
    for advice in all_advice() {
        let said = advice.sentences();
        for text in [said.title, said.what_to_do] {
            assert!(!text.en.trim().is_empty(), "{}", advice.id);
            assert!(
                text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{}: {}",
                advice.id,
                text.zh
            );
            for language in [text.zh, text.en] {
                assert!(
                    !codes.iter().any(|code| language.contains(code)),
                    "{}: a code in {language}",
                    advice.id
                );
                assert!(!language.contains(['_', '{', '}']), "{}: {language}", advice.id);
            }
        }
        assert!(said.title.en.len() <= 60, "{}: a title is short", advice.id);
    }
}

#[test]
fn where_the_cost_is_not_certain_the_text_says_so_and_elsewhere_it_leaves_that_to_the_mark() {
    for advice in all_advice() {
        let en = advice.sentences().what_to_do.en.to_lowercase();
        let zh = advice.sentences().what_to_do.zh;
        if advice.charged == Charged::Unknown {
            assert!(["charged", "bill"].iter().any(|word| en.contains(word)), "{}", advice.id);
            assert!(["扣费", "账单"].iter().any(|word| zh.contains(word)), "{}", advice.id);
        } else {
            assert!(!en.contains("this cost nothing") && !zh.contains("没有扣费"), "{}", advice.id);
        }
    }
}

#[test]
fn ids_are_unique_and_every_one_is_found() {
    let mut seen = HashSet::new();
    for advice in all_advice() {
        assert!(seen.insert(advice.id), "{} is there twice", advice.id);
        assert_eq!(advice_by_id(advice.id), Some(advice));
    }
    assert_eq!(advice_by_id("no-such-id"), None);
}

#[test]
fn the_clients_own_outcomes_have_advice() {
    use Charged::{No, Unknown, Yes};
    let cases = [
        ("network-lost", Unknown),
        ("timeout", Unknown),
        ("cancelled", Unknown),
        ("relay-unreachable", No),
        ("relay-not-found", No),
        ("partial", Yes),
        ("link-expired", Yes),
    ];
    for (id, charged) in cases {
        assert_eq!(advice_by_id(id).unwrap().charged, charged, "{id}");
    }
}

/// That every code of the relay is known is a contract test: it needs both sides.
#[test]
fn a_code_of_the_relay_finds_its_own_advice_and_an_unknown_one_the_worst() {
    for code in ["origin_not_allowed", "token_invalid", "outcome_unknown"] {
        assert_eq!(advice_for_relay(code).id, format!("relay:{code}"));
    }
    for code in ["from_a_newer_relay", "", "relay:overloaded"] {
        let advice = advice_for_relay(code);
        assert_eq!((advice.id, advice.charged), ("relay:internal", Charged::Unknown));
    }
}

#[test]
fn an_entry_may_say_what_another_one_says() {
    let (one, other) = (advice_for_relay("content_type"), advice_for_relay("bad_json"));
    assert_eq!(Advice { id: one.id, ..*other }, *one);
}

#[test]
fn names_for_programs_are_stable() {
    let retry = [Retry::Safe, Retry::Ask, Retry::Never].map(Retry::as_str);
    let charged = [Charged::No, Charged::Yes, Charged::Unknown].map(Charged::as_str);
    assert_eq!((retry, charged), (["safe", "ask", "never"], ["no", "yes", "unknown"]));
}

proptest! {
    #[test]
    fn there_is_advice_for_everything(status: u16, code in ".*", message in ".*") {
        prop_assert!(!failure(status, &code, &message).advice().id.starts_with("relay:"));
    }
}
