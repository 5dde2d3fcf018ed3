//! Which pictures a prompt speaks of: 图1, 图一, 圖片2, 第2张图, Image 1, picture 2.
//!
//! Simple on purpose: a missed form costs nothing, and what is found only ever makes a warning.

/// More than any model takes. Larger numbers are years, sizes or amounts.
const MOST: u32 = 10;

/// Words before a number, the longer ones first. Those in Latin letters are in small letters.
const WORDS: [&str; 11] =
    ["图片", "图像", "圖片", "圖像", "照片", "图", "圖", "image", "picture", "photo", "pic"];

/// The numbers of the pictures that are mentioned, each once, in rising order.
pub(crate) fn mentioned_pictures(prompt: &str) -> Vec<u32> {
    // The words are ASCII or have no case, so the Unicode case tables can stay out of the wasm.
    let prompt = prompt.to_ascii_lowercase();
    let mut numbers: Vec<u32> = Vec::new();
    let mut before = None;
    let mut rest = prompt.chars();
    loop {
        let text = rest.as_str();
        let Some(character) = rest.next() else { return numbers };
        let found = if character == '第' { ordinal(text) } else { numbered(text, before) };
        before = Some(character);
        if let Some(number) = found
            && let Err(place) = numbers.binary_search(&number)
        {
            numbers.insert(place, number);
        }
    }
}

/// `图1`, `图一`, `image 1`, `image #1`: not inside a word, and not followed by more of a word (`image 3d`).
fn numbered(text: &str, before: Option<char>) -> Option<u32> {
    let (word, rest) = WORDS.iter().find_map(|word| Some((word, text.strip_prefix(word)?)))?;
    if word.is_ascii() && before.is_some_and(|before: char| before.is_ascii_alphanumeric()) {
        return None;
    }
    let (number, rest) = leading_number(rest.trim_start_matches([' ', '#']))?;
    (!rest.starts_with(|next: char| next.is_ascii_alphanumeric())).then_some(number)
}

/// `第2张图`, `第二幅照片`.
fn ordinal(text: &str) -> Option<u32> {
    let (number, rest) = leading_number(text.strip_prefix('第')?)?;
    let rest = rest.strip_prefix(['张', '張', '幅'])?;
    rest.starts_with(['图', '圖', '照']).then_some(number)
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
