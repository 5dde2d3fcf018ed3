//! Answers: pictures, or a failure, from whatever the server or something before it sent.
//!
//! Read leniently and by hand, because a picture that was paid for must not be lost to an unexpected type elsewhere.

use std::borrow::Cow;
use std::fmt;

use crate::failure::{Shape, UpstreamFailure, capped};
use crate::json::{Json, NotJson};
use crate::link::Redacted;
use crate::text::find;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// At least one picture.
    Done(EditResponse),
    /// None.
    Failed(UpstreamFailure),
}

/// A successful answer. It may hold fewer pictures than were asked for; only these are billed.
#[derive(Clone, Default, PartialEq)]
pub struct EditResponse {
    /// Links to the pictures, exactly as given: at least one. They live 24 hours.
    pub images: Vec<String>,
    /// What was counted.
    pub usage: Option<Usage>,
    /// The vendor's name for this call.
    pub request_id: Option<String>,
}

impl fmt::Debug for EditResponse {
    /// Without the signatures of the links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditResponse")
            .field("images", &self.images.iter().map(|link| Redacted(link)).collect::<Vec<_>>())
            .field("usage", &self.usage)
            .field("request_id", &self.request_id)
            .finish()
    }
}

/// What a call made and used, from both forms of answer (2.0 and 3.0 families).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Real width of the results in pixels.
    pub width: Option<u32>,
    /// Real height of the results in pixels.
    pub height: Option<u32>,
    /// How many pictures were made.
    pub image_count: Option<u32>,
    /// How many pictures went in.
    pub input_image_count: Option<u32>,
    /// Price tier of the pictures that went in, in the vendor's words.
    pub input_image_type: Option<String>,
    /// Price tier of the results, in the vendor's words.
    pub output_image_type: Option<String>,
}

/// Reads any answer to a request.
///
/// Pictures in a 2xx answer always win, even beside a `code`. Everything else is a failure, with what could be read
/// of it.
#[must_use]
pub fn parse_answer(status: u16, content_type: Option<&str>, body: &[u8]) -> Answer {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    let fail = |shape, message| {
        Answer::Failed(UpstreamFailure { status, code: None, message, request_id: None, shape })
    };
    if body.is_empty() {
        return fail(Shape::Empty, None);
    }
    match Json::parse(body) {
        Ok(answer) if answer.is_object() => read_answer(status, &answer),
        Err(_) if is_html(content_type, body) => fail(Shape::Html, readable(body)),
        // What is left of a cut answer may hold signed links, so none of it becomes a message.
        Err(NotJson::Cut) => fail(Shape::Truncated, None),
        _ => fail(Shape::Other, readable(body)),
    }
}

fn is_html(content_type: Option<&str>, body: &[u8]) -> bool {
    body.starts_with(b"<")
        || content_type.is_some_and(|kind| find(&kind.to_ascii_lowercase(), "html").is_some())
}

fn readable(body: &[u8]) -> Option<String> {
    // As far as it is text: another encoding would only show as question marks.
    let head = body.get(..4096).unwrap_or(body);
    let valid = std::str::from_utf8(head).map_or_else(|error| error.valid_up_to(), str::len);
    let text = head.get(..valid).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
    Some(capped(text))
}

/// Reads an answer that is parsed already. What is no object is a failure that says nothing.
#[must_use]
pub fn read_answer(status: u16, answer: &Json) -> Answer {
    let output = answer.field("output");
    let request_id = string(answer.field("request_id"));
    let images = if (200..300).contains(&status) { images(output) } else { Vec::new() };
    if images.is_empty() {
        return Answer::Failed(read_failure(status, answer, request_id));
    }
    Answer::Done(EditResponse { images, usage: read_usage(answer.field("usage")), request_id })
}

/// One choice with n content items is documented; more choices would be read just as well.
fn content<'a>(output: &'a Json, mut see: impl FnMut(&'a Json)) {
    for choice in output.field("choices").items() {
        choice.field("message").field("content").items().iter().for_each(&mut see);
    }
}

fn images(output: &Json) -> Vec<String> {
    let mut images = Vec::new();
    content(output, |item| images.extend(string(item.field("image"))));
    images
}

/// Code and message stand at the top; in `output` for failed tasks; in `error` in the OpenAI mode and from relays.
fn read_failure(status: u16, answer: &Json, request_id: Option<String>) -> UpstreamFailure {
    let places = [answer, answer.field("output"), answer.field("error")];
    let first = |key: &str| places.iter().find_map(|place| string(place.field(key)));
    let said = || {
        let mut said = None;
        content(places[1], |item| said = said.take().or_else(|| string(item.field("text"))));
        said
    };
    UpstreamFailure {
        status,
        code: first("code").or_else(|| string(places[2].field("type"))),
        message: first("message").or_else(said).map(|message| capped(&message)),
        request_id: request_id.or_else(|| first("request_id")),
        shape: Shape::Json,
    }
}

fn read_usage(usage: &Json) -> Option<Usage> {
    let either = |name, other| number(usage.field(name)).or_else(|| number(usage.field(other)));
    usage.is_object().then(|| Usage {
        width: either("width", "output_width"),
        height: either("height", "output_height"),
        image_count: either("image_count", "output_image_count"),
        input_image_count: number(usage.field("input_image_count")),
        input_image_type: string(usage.field("input_image_type")),
        output_image_type: string(usage.field("output_image_type")),
    })
}

/// A text that says something: the vendor's SDK and some gateways write `""` for "none".
fn string(value: &Json) -> Option<String> {
    value.text().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn number(value: &Json) -> Option<u32> {
    value.count().and_then(|number| u32::try_from(number).ok())
}

/// The link as a page served over https can use it: `http` becomes `https`, as some samples of the vendor have it.
///
/// Left alone: loopback hosts (the simulator) and links with a port of their own. Not a byte behind the host changes,
/// or the signature would not fit any more.
#[must_use]
pub fn https_link(url: &str) -> Cow<'_, str> {
    let rest = match url.split_at_checked("http://".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http://") => rest,
        _ => return Cow::Borrowed(url),
    };
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    if has_port(authority) || is_loopback(authority) {
        return Cow::Borrowed(url);
    }
    Cow::Owned(["https://", rest].concat())
}

/// The last colon stands before a port, unless it is one of an IPv6 address.
fn has_port(authority: &str) -> bool {
    authority.as_bytes().contains(&b':') && !authority.ends_with(']')
}

fn is_loopback(host: &str) -> bool {
    let is = |name: &str| host.eq_ignore_ascii_case(name);
    let ends = |end: &str| {
        let start = host.len().checked_sub(end.len()).and_then(|start| host.get(start..));
        start.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    is("localhost") || ends(".localhost") || is("[::1]") || is_loopback_v4(host)
}

/// `127.` and three more numbers. By hand: the parser of the standard library weighs more than all of this file.
fn is_loopback_v4(host: &str) -> bool {
    let mut parts = 0;
    let all_numbers = host.as_bytes().split(|byte| *byte == b'.').all(|part| {
        parts += 1;
        is_octet(part)
    });
    host.starts_with("127.") && parts == 4 && all_numbers
}

/// A number up to 255, as one writes it.
fn is_octet(part: &[u8]) -> bool {
    let value = || part.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    let has_leading_zero = part.len() > 1 && part.starts_with(b"0");
    matches!(part.len(), 1..=3) && part.iter().all(u8::is_ascii_digit) && !has_leading_zero && value() <= 255
}
