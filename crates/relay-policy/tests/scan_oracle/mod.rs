//! What the scanner must say about a body, worked out in another way: with the whole body in memory, by serde_json.

use std::collections::BTreeSet;
use std::fmt;

use relay_policy::scan::{
    Count, Facts, Field, MAX_DEPTH, MAX_KEY_BYTES, MAX_MODEL_BYTES, MAX_OPEN_KEY_BYTES, MAX_OPEN_KEYS,
    ScanError, Scanner,
};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What may be said about a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good(Facts),
    /// Not one JSON object; any error that answers with `bad_json`.
    NotJson,
    /// A JSON object with something the relay does not take: each error that fits.
    Refused(BTreeSet<&'static str>),
}

/// Fails when the scanner, fed with pieces of the body, does not say what serde_json says, or lets a whole body go too
/// early. `cuts` are where the pieces end, in any order, taken modulo the body's length.
pub(crate) fn check(body: &[u8], cuts: &[usize]) {
    let (result, released) = scan(body, cuts);
    match (verdict(body), &result) {
        (Verdict::Good(facts), Ok(found)) => assert!(
            facts == *found,
            "serde_json read {:?} {:?} {:?}, the scanner read {:?} {:?} {:?}",
            facts.model,
            facts.parameters,
            facts.images,
            found.model,
            found.parameters,
            found.images
        ),
        (Verdict::NotJson, Err(_)) => {}
        (Verdict::Refused(kinds), Err(error)) => assert!(kinds.contains(kind(*error)), "{kinds:?}: {error}"),
        (verdict, result) => panic!("serde_json says {verdict:?}, the scanner {result:?}"),
    }
    assert_eq!(scan(body, &[]).0, result, "in one piece and in many");
    let sent = body.get(..released).unwrap();
    assert!(!is_json(sent), "what was sent on is complete JSON");
    if result.is_ok() {
        let held_back = std::str::from_utf8(body.get(released..).unwrap()).unwrap();
        assert_eq!(held_back.trim_ascii_end(), "}", "all but the last brace goes on");
    }
}

/// The scanner's result, and how many bytes it let go before the end was known.
pub(crate) fn scan(body: &[u8], cuts: &[usize]) -> (Result<Facts, ScanError>, usize) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
    cuts.extend([0, body.len()]);
    cuts.sort_unstable();
    let mut scanner = Scanner::new();
    let mut released = 0;
    let mut held_back = false;
    for pair in cuts.windows(2) {
        let &[start, end] = pair else { unreachable!() };
        let chunk = &body[start..end];
        match scanner.push(chunk) {
            Ok(taken) => {
                assert!(taken <= chunk.len());
                assert!(!held_back || taken == 0, "nothing goes on after the last brace");
                held_back |= taken < chunk.len();
                released += taken;
            }
            Err(error) => {
                assert_eq!(scanner.push(b" "), Err(error), "an error stays");
                assert_eq!(scanner.finish(), Err(error));
                return (Err(error), released);
            }
        }
    }
    (scanner.finish(), released)
}

fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

fn kind(error: ScanError) -> &'static str {
    match error {
        ScanError::Syntax { .. } => "half a surrogate pair",
        ScanError::TooDeep { .. } => "too deep",
        ScanError::DuplicateKey { .. } => "duplicate key",
        ScanError::TooManyKeys { .. } => "too many keys",
        ScanError::KeyTooLong { .. } => "key too long",
        ScanError::NotAnObject { .. } | ScanError::Incomplete { .. } => "not JSON",
    }
}

/// What serde_json says.
pub(crate) fn verdict(body: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(body) else { return Verdict::NotJson };
    let Ok(raw) = serde_json::from_str::<&RawValue>(text) else { return Verdict::NotJson };
    if !raw.get().starts_with('{') {
        return Verdict::NotJson;
    }
    let mut kinds = BTreeSet::new();
    walk(raw, 1, (0, 0), &mut kinds);
    let facts = facts(raw, &mut kinds);
    if kinds.is_empty() { Verdict::Good(facts) } else { Verdict::Refused(kinds) }
}

/// `open`: how many keys the objects around this value have had so far, and how many bytes those are.
fn walk(raw: &RawValue, depth: usize, mut open: (usize, usize), kinds: &mut BTreeSet<&'static str>) {
    let is_object = raw.get().starts_with('{');
    if !is_object && !raw.get().starts_with('[') {
        return;
    }
    if depth > MAX_DEPTH {
        kinds.insert("too deep");
        return;
    }
    if !is_object {
        for item in serde_json::from_str::<Vec<&RawValue>>(raw.get()).unwrap() {
            walk(item, depth + 1, open, kinds);
        }
        return;
    }
    let mut seen = BTreeSet::new();
    for (key, value) in pairs(raw) {
        let key = decoded(key).unwrap_or_else(|| {
            kinds.insert("half a surrogate pair");
            key.get().to_owned()
        });
        open = (open.0 + 1, open.1 + key.len());
        if key.len() > MAX_KEY_BYTES {
            kinds.insert("key too long");
        }
        if open.0 > MAX_OPEN_KEYS || open.1 > MAX_OPEN_KEY_BYTES {
            kinds.insert("too many keys");
        }
        if !seen.insert(key) {
            kinds.insert("duplicate key");
        }
        walk(value, depth + 1, open, kinds);
    }
}

fn facts(raw: &RawValue, kinds: &mut BTreeSet<&'static str>) -> Facts {
    let mut facts = Facts::default();
    for (key, value) in pairs(raw) {
        let text = value.get();
        if decoded(key).as_deref() == Some("model") {
            facts.model = match decoded(value) {
                Some(model) if model.len() <= MAX_MODEL_BYTES => Field::Value(model),
                None if text.starts_with('"') => {
                    kinds.insert("half a surrogate pair");
                    Field::WrongType
                }
                _ => Field::WrongType,
            };
        }
        if decoded(key).as_deref() == Some("parameters") {
            facts.parameters = if text.starts_with('{') { Field::Value(()) } else { Field::WrongType };
            let n = pairs(value).into_iter().find(|(key, _)| decoded(key).as_deref() == Some("n"));
            facts.images = n.map_or(Field::Absent, |(_, n)| count(n.get()));
        }
    }
    facts
}

fn count(text: &str) -> Field<Count> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Field::Value(Count::Whole(text.parse().unwrap_or(u32::MAX)))
    } else if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        Field::Value(Count::Other)
    } else {
        Field::WrongType
    }
}

/// What a string spells; `None` when it is no string, or spells half a surrogate pair.
fn decoded(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// The pairs of an object as they are written, in order, also those whose key comes twice; none of anything else.
fn pairs(raw: &RawValue) -> Vec<(&RawValue, &RawValue)> {
    serde_json::from_str(raw.get()).map(|Pairs(pairs)| pairs).unwrap_or_default()
}

struct Pairs<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Read)
    }
}
