//! An instruction cut at the places where it names a picture, so that they can be coloured.

use qwen_edit_api::mention::mentions;

/// A piece of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Ordinary words.
    Text(String),
    /// The name of a picture, as written.
    Mention(String),
}

/// Cuts an instruction at its mentions. The pieces put together are the text again.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for mention in mentions(text) {
        push_text(&mut pieces, text.get(from..mention.range.start));
        pieces.extend(text.get(mention.range.clone()).map(|name| Piece::Mention(name.to_owned())));
        from = mention.range.end;
    }
    push_text(&mut pieces, text.get(from..));
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_stand_apart_from_the_words_around_them() {
        let mention = |text: &str| Piece::Mention(text.to_owned());
        let words = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(pieces("让图1拿着图二"), [words("让"), mention("图1"), words("拿着"), mention("图二")]);
        assert_eq!(pieces("Image 1 on top"), [mention("Image 1"), words(" on top")]);
    }

    #[test]
    fn nothing_is_lost_or_added() {
        for text in ["", "图1", "a图1b 图2\n图", "é Image 3", "图", "第1张图图2"] {
            let together: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Mention(text) => text,
                })
                .collect();
            assert_eq!(together, text);
        }
    }
}
