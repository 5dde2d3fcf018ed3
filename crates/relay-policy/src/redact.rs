//! Takes the key out of an answer that repeats it.

/// What stands in the key's place. Plain ASCII, so JSON stays JSON.
const MARK: &[u8] = b"[redacted]";

/// Shorter texts are no keys; replacing them would only damage the answer.
const MIN_SECRET: usize = 8;

/// The body without `secret`; `None` when it is not in there, which is nearly always.
#[must_use]
pub fn redact(body: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    if secret.len() < MIN_SECRET {
        return None;
    }
    let mut clean: Option<Vec<u8>> = None;
    let mut rest = body;
    while let Some(at) = rest.windows(secret.len()).position(|window| window == secret) {
        let (before, after) = rest.split_at(at);
        let out = clean.get_or_insert_with(|| Vec::with_capacity(body.len() + MARK.len()));
        out.extend_from_slice(before);
        out.extend_from_slice(MARK);
        rest = after.get(secret.len()..).unwrap_or_default();
    }
    if let Some(out) = &mut clean {
        out.extend_from_slice(rest);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_of_the_key_is_replaced() {
        let body = br#"{"message":"key sk-canary-1 is bad","again":"sk-canary-1"}"#;
        let clean = redact(body, b"sk-canary-1").unwrap();
        assert_eq!(clean, br#"{"message":"key [redacted] is bad","again":"[redacted]"}"#);
    }

    #[test]
    fn an_answer_without_the_key_is_left_alone() {
        assert_eq!(redact(br#"{"a":1}"#, b"sk-canary-1"), None);
        assert_eq!(redact(b"", b"sk-canary-1"), None);
    }

    #[test]
    fn a_text_too_short_to_be_a_key_never_damages_an_answer() {
        assert_eq!(redact(br#"{"a":"aaaa"}"#, b"a"), None);
    }
}
