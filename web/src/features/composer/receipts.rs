//! What will be sent of each picture, and what was done to it so that the model takes it.

use leptos::prelude::*;
use qwen_edit_api::fit::{Facts, Reason, Receipt};

use crate::components::lazy::lazy;
use crate::context::{DraftContext, Entry, texts};
use crate::i18n::PictureMessages;
use crate::state::display;

/// One line for each picture.
#[component]
pub(crate) fn Receipts() -> impl IntoView {
    let say = &texts().pictures;
    let draft: DraftContext = expect_context();
    let lines = move || {
        draft.tray.with(|tray| {
            let numbered = (1..).zip(tray.slots());
            numbered.map(|(number, slot)| line(number, &slot.picture, say)).collect::<Vec<_>>()
        })
    };
    view! {
        <ul class="receipt" hidden=lazy(move || draft.count() == 0)>
            {lazy(move || lines().into_iter().map(|line| view! { <li>{line}</li> }).collect_view())}
        </ul>
    }
}

fn line(number: usize, entry: &Entry, say: &PictureMessages) -> String {
    let number = (say.number)(number);
    match &entry.receipt {
        None => format!("{number} {}", say.from_link),
        Some(receipt) => format!("{number} {}", describe(receipt, say)),
    }
}

/// `turned upright, made smaller · 4032×3024 → 2304×3072, 8.2 MB → 1.9 MB`
fn describe(receipt: &Receipt, say: &PictureMessages) -> String {
    if receipt.is_untouched() {
        return format!("{} {}", say.sent_as_is, dimensions(receipt.after));
    }
    let Receipt { before, after, .. } = receipt;
    let done = done(receipt, say).join(say.list_comma);
    let change = |before: String, after: String| {
        if before == after { after } else { format!("{before} → {after}") }
    };
    let sides = change(dimensions(*before), dimensions(*after));
    let length = change(display::bytes(before.bytes), display::bytes(after.bytes));
    format!("{done} · {sides}, {length}")
}

fn dimensions(facts: Facts) -> String {
    format!("{}×{}", facts.width, facts.height)
}

fn done(receipt: &Receipt, say: &PictureMessages) -> Vec<String> {
    let Receipt { before, after, reasons, .. } = receipt;
    let has = |reason: &Reason| reasons.contains(reason);
    let smaller = after.width < before.width || after.height < before.height;
    let heavy = reasons
        .iter()
        .any(|reason| matches!(reason, Reason::FileTooLarge { .. } | Reason::BodyTooLarge { .. }));
    let converted = format!("{}{}", say.converted, after.format.name());
    let found = [
        (before.format != after.format, converted),
        (has(&Reason::Sideways), say.turned_upright.to_owned()),
        (smaller, say.made_smaller.to_owned()),
        (heavy && !smaller, say.compressed.to_owned()),
        (has(&Reason::Location), say.location_removed.to_owned()),
    ];
    found.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect()
}
