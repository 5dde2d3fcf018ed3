//! Which pictures a prompt speaks of, and where: 图1, 图一, 圖片2, 第2张图, Image 1, picture 2.
//!
//! Simple on purpose: a missed form costs nothing, and what is found only makes a warning or a colour.
//!
//! ```
//! let found = qwen_edit_api::mention::mentions("让图2飞起来");
//! assert_eq!((found[0].number, found[0].range.clone()), (2, 3..7));
//! ```

use std::ops::Range;

/// A place where a prompt names a picture by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands, in bytes of the prompt.
    pub range: Range<usize>,
    /// The picture's number, counted from 1.
    pub number: u32,
}

/// More than any model takes. Larger numbers are years, sizes or amounts.
pub(crate) const MOST: u32 = 10;

/// Words before a number, the longer ones first. Those in Latin letters are in small letters.
const WORDS: [&str; 11] =
    ["图片", "图像", "圖片", "圖像", "照片", "图", "圖", "image", "picture", "photo", "pic"];

/// Every mention, from first to last; they do not overlap.
#[must_use]
pub fn mentions(prompt: &str) -> Vec<Mention> {
    // The words are ASCII or have no case, so the Unicode case tables can stay out of the wasm, and every byte
    // stays in its place.
    let lower = prompt.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut before = None;
    let mut rest = lower.as_str();
    while let Some(character) = rest.chars().next() {
        let hit = if character == '第' { ordinal(rest) } else { numbered(rest, before) };
        let after = match hit {
            Some((_, after)) => after,
            None => rest.get(character.len_utf8()..).unwrap_or_default(),
        };
        if let Some((number, after)) = hit {
            found.push(Mention { range: lower.len() - rest.len()..lower.len() - after.len(), number });
        }
        before = Some(character);
        rest = after;
    }
    found
}

/// `图1`, `图一`, `image 1`, `image #1`: not inside a word, and not followed by more of a word (`image 3d`).
/// Gives the number and the text behind it.
fn numbered(text: &str, before: Option<char>) -> Option<(u32, &str)> {
    let (word, rest) = WORDS.iter().find_map(|word| Some((word, text.strip_prefix(word)?)))?;
    if word.is_ascii() && before.is_some_and(|before: char| before.is_ascii_alphanumeric()) {
        return None;
    }
    let (number, rest) = leading_number(rest.trim_start_matches([' ', '#']))?;
    (!rest.starts_with(|next: char| next.is_ascii_alphanumeric())).then_some((number, rest))
}

/// `第2张图`, `第二幅照片`. Gives the number and the text behind the first word for a picture.
fn ordinal(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = leading_number(text.strip_prefix('第')?)?;
    let rest = rest.strip_prefix(['张', '張', '幅'])?;
    let rest = ["图", "圖", "照片"].iter().find_map(|word| rest.strip_prefix(word))?;
    Some((number, rest))
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len());
    if end > 0 {
        let (digits, rest) = text.split_at_checked(end)?;
        let number = digits.parse().ok()?;
        return (1..=MOST).contains(&number).then_some((number, rest));
    }
    let mut rest = text.chars();
    let number = match rest.next()? {
        '一' => 1,
        '二' | '两' | '兩' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        _ => return None,
    };
    Some((number, rest.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_cut_out_the_words_as_written() {
        let prompt = "Put IMAGE 1 on 图二, not on 图12 or image 3d; 第3张图 stays";
        let words: Vec<_> =
            mentions(prompt).into_iter().map(|found| (&prompt[found.range], found.number)).collect();
        assert_eq!(words, [("IMAGE 1", 1), ("图二", 2), ("第3张图", 3)]);
    }

    #[test]
    fn repeated_mentions_are_all_found() {
        assert_eq!(mentions("图1和图1").len(), 2);
    }
}
