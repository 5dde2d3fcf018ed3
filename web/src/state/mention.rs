//! Where an instruction speaks of a picture by its number: 图1, 图一, Image 1.

/// A piece of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Ordinary words.
    Text(String),
    /// The name of a picture, as written.
    Mention(String),
}

const WORDS: [&str; 6] = ["图", "圖", "Image ", "image ", "Picture ", "picture "];
const NUMBERS: [char; 6] = ['1', '2', '3', '一', '二', '三'];

/// Cuts an instruction at its mentions. The pieces put together are the text again.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        if let Some(length) = mention_length(&text[at..]) {
            push_text(&mut pieces, &text[plain_from..at]);
            pieces.push(Piece::Mention(text[at..at + length].to_owned()));
            at += length;
            plain_from = at;
        } else {
            at += character.len_utf8();
        }
    }
    push_text(&mut pieces, &text[plain_from..]);
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

/// Bytes of the mention that the text begins with. "图12" and "Image 1st" are none.
fn mention_length(text: &str) -> Option<usize> {
    let word = WORDS.iter().find(|word| text.starts_with(**word))?;
    let mut rest = text[word.len()..].chars();
    let number = rest.next().filter(|number| NUMBERS.contains(number))?;
    let ends = rest.next().is_none_or(|next| !next.is_ascii_alphanumeric());
    ends.then_some(word.len() + number.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(text: &str) -> Vec<String> {
        pieces(text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Mention(text) => Some(text),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn both_languages_are_understood() {
        assert_eq!(mentions("让图1里的人拿着图二"), ["图1", "图二"]);
        assert_eq!(mentions("Put Image 1 on image 2."), ["Image 1", "image 2"]);
    }

    #[test]
    fn longer_numbers_and_words_are_left_alone() {
        assert!(mentions("图12 图片 Image 10 Image 1st").is_empty());
    }

    #[test]
    fn nothing_is_lost_or_added() {
        for text in ["", "图1", "a图1b 图2\n图", "é Image 3", "图"] {
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
