//! What a healthy API and a healthy bucket answer, as far as a script does not say otherwise.

use bytes::Bytes;
use serde_json::json;

use super::places;
use super::play::Content;
use super::scene::Received;
use crate::mock_script::{AnswerScript, BodyText, Side};

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\
\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9";
const WEBP: &[u8] =
    b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00";
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";
const BUCKET_ERROR: &str =
    "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><HostId>bucket</HostId></Error>";

/// Head and body, ready to be written.
pub(super) struct Answer {
    pub(super) head: Vec<u8>,
    pub(super) body: Content,
    /// Fewer bytes follow than announced: the connection ends within the body.
    pub(super) is_cut: bool,
}

pub(super) fn answer(script: &AnswerScript, request: &Received, side: Side) -> Answer {
    let status = script.status.unwrap_or(200);
    let bodiless = matches!(status, 100..200 | 204 | 304);
    let media_type = script.media_type.clone().unwrap_or(media_type(script, side).to_owned());
    let mut body = body(script, request, side, status, &media_type);
    if bodiless {
        body = Content { start: Bytes::new(), size: 0, chunked: false, filling: 0, end: b"" };
    }
    if let Some(length) = script.length.filter(|_| script.send.is_none()) {
        body.resize(length);
    }
    let announced = script.length.unwrap_or(body.size);
    if let Some(send) = script.send {
        body.resize(send);
    }
    // Sizes that only a cap can end are not announced, so that it is the cap that ends them.
    body.chunked =
        script.chunked || (matches!(script.body, Some(BodyText::Size(_))) && script.length.is_none());

    let mut head = format!("HTTP/1.1 {status} Scripted\r\n");
    let mut header = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
    if status == 101 {
        header("Connection", "Upgrade");
        header("Upgrade", "websocket");
    } else if !bodiless {
        header("Content-Type", &media_type);
        if body.chunked {
            header("Transfer-Encoding", "chunked")
        } else {
            header("Content-Length", &announced.to_string())
        }
    }
    let key = request.header("authorization").unwrap_or_default().trim_start_matches("Bearer ");
    if script.header_echo_key {
        header("X-Echo", key);
        header("X-DashScope-Request-Id", key);
    }
    for (name, value) in &script.headers {
        header(name, value);
    }
    for number in 0..script.header_bytes.unwrap_or(0) / 1024 {
        header(&format!("X-Filling-{number}"), &"f".repeat(1000));
    }
    head.push_str("\r\n");
    let is_cut = if body.chunked { body.size < announced } else { body.size != announced };
    Answer { head: head.into_bytes(), body, is_cut }
}

impl Content {
    fn of(bytes: impl Into<Bytes>) -> Self {
        let start = bytes.into();
        Self { size: start.len() as u64, start, chunked: false, filling: 0, end: b"" }
    }

    fn resize(&mut self, size: u64) {
        self.start.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        self.end = b"";
        self.size = size;
    }
}

fn media_type(script: &AnswerScript, side: Side) -> &'static str {
    match (&script.body, side) {
        (Some(BodyText::Picture("jpeg")), _) => "image/jpeg",
        (Some(BodyText::Picture("webp")), _) => "image/webp",
        (Some(BodyText::Picture("gif")), _) => "image/gif",
        (_, Side::Images) => "image/png",
        (_, Side::Api) => "application/json",
    }
}

fn body(script: &AnswerScript, request: &Received, side: Side, status: u16, media_type: &str) -> Content {
    let key = request.header("authorization").unwrap_or_default().trim_start_matches("Bearer ");
    match (&script.body, side) {
        (Some(BodyText::Bytes(bytes)), _) => Content::of(bytes.clone()),
        (Some(BodyText::Picture(kind)), _) => Content::of(picture(kind)),
        (Some(BodyText::Size(size)), Side::Api) => {
            let start = Bytes::from_static(br#"{"output":{"text":""#);
            Content { start, size: (*size).max(64), chunked: false, filling: b'a', end: br#""}}"# }
        }
        (Some(BodyText::Size(size)), Side::Images) => Content { size: *size, ..Content::of(PNG) },
        (None, Side::Images) if media_type.contains("xml") || status >= 400 => Content::of(BUCKET_ERROR),
        (None, Side::Images) if media_type.contains("html") && !media_type.contains("image") => {
            Content::of("<html><body>not a picture")
        }
        (None, Side::Images) => Content::of(PNG),
        (None, Side::Api) if script.echo_key => Content::of(
            json!({"code": "InvalidApiKey", "message": format!("Invalid API-key provided: {key}"), "request_id": "r-1"})
                .to_string(),
        ),
        (None, Side::Api) if status >= 300 => Content::of(refusal(status)),
        (None, Side::Api) => Content::of(success(request)),
    }
}

fn picture(kind: &str) -> &'static [u8] {
    match kind {
        "jpeg" => JPEG,
        "webp" => WEBP,
        "gif" => GIF,
        _ => PNG,
    }
}

fn refusal(status: u16) -> String {
    let code = match status {
        401 => "InvalidApiKey",
        429 => "Throttling.RateQuota",
        500.. => "InternalError",
        _ => "InvalidParameter",
    };
    json!({"code": code, "message": "as the script says", "request_id": "r-1"}).to_string()
}

/// Different for every request, so that a replay can be told from a second call.
fn success(request: &Received) -> String {
    let wanted = serde_json::from_slice::<serde_json::Value>(&request.body).unwrap_or_default();
    let pictures = wanted["parameters"]["n"].as_u64().unwrap_or(1).clamp(1, 6);
    let call = uuid::Uuid::new_v4().simple().to_string();
    let link = |number: u64| {
        format!("https://{}/1d/{call}-{number}.png?Expires=4102444800&Signature=s", places::IMAGE_NAME)
    };
    let content: Vec<_> = (0..pictures).map(|number| json!({"image": link(number)})).collect();
    json!({
        "output": {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": content}}]},
        "usage": {"image_count": pictures, "width": 1024, "height": 1024},
        "request_id": call,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock_script::Plan;

    fn answer_to(script: &str, side: Side) -> Answer {
        let request = Received {
            target: "/".into(),
            headers: vec![("authorization".into(), "Bearer sk-1".into())],
            body_sha256: String::new(),
            body: br#"{"parameters":{"n":2}}"#.to_vec(),
            complete: true,
        };
        answer(&Plan::read(script).unwrap().answer(0), &request, side)
    }

    fn play(script: &str, side: Side) -> (String, Content) {
        let answer = answer_to(script, side);
        (String::from_utf8(answer.head).unwrap(), answer.body)
    }

    #[test]
    fn a_body_in_chunks_can_be_cut_too() {
        for script in [
            "type=image/png;chunked;send=50;close",
            "type=image/png;bytes=500000;chunked;truncate=100000;reset",
            "type=image/png;bytes=1000000;send=300000",
        ] {
            let answer = answer_to(script, Side::Images);
            assert!(answer.body.chunked && answer.is_cut, "{script}");
        }
        assert!(!answer_to("type=image/png;bytes=500000;chunked", Side::Images).is_cut);
        assert!(!answer_to("type=image/png;chunked", Side::Images).is_cut);
    }

    #[test]
    fn a_script_without_a_body_gets_the_one_its_type_calls_for() {
        assert!(play("type=application/xml", Side::Images).1.start.starts_with(b"<?xml"));
        assert!(play("type=image/png, text/html", Side::Images).1.start.starts_with(b"\x89PNG"));
        assert!(play("status=400;echo_key", Side::Api).1.start.windows(4).any(|bytes| bytes == b"sk-1"));
    }

    #[test]
    fn lengths_can_lie() {
        let (head, body) = play("type=image/png;length=1000000;send=5000;close", Side::Images);
        assert!(head.contains("Content-Length: 1000000\r\n"));
        assert_eq!(body.size, 5000);
        assert_eq!(play("status=200;length=0", Side::Images).1.size, 0);
    }

    #[test]
    fn a_huge_answer_is_not_announced() {
        let (head, body) = play("body_bytes=1073741824", Side::Api);
        assert!(head.contains("chunked") && !head.contains("Content-Length"));
        assert_eq!(body.size, 1 << 30);
    }

    #[test]
    fn there_are_as_many_links_as_pictures_were_asked_for() {
        let (_, body) = play("status=200", Side::Api);
        let answer: serde_json::Value = serde_json::from_slice(&body.start).unwrap();
        assert_eq!(answer["output"]["choices"][0]["message"]["content"].as_array().unwrap().len(), 2);
    }
}
