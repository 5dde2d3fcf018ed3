//! Every sentence of the studio, in each language, as typed constants: a missing text does not compile.
//!
//! What a failure means and what to do about it is data of `qwen-edit-api` (`data/advice-*.json`), shared with the npm
//! package and loaded apart from the app; here is only what the page itself says.

mod en;
mod zh;

use qwen_edit_api::failure::NextStep;
pub use qwen_edit_api::text::Language;

/// The texts of one language. Functions are used where a number or a name stands inside the sentence.
#[derive(Debug)]
pub struct Messages {
    /// Value of `<html lang>`.
    pub html_lang: &'static str,
    pub tagline: &'static str,
    pub page_title: &'static str,
    pub switch_language: &'static str,
    pub switch_language_label: &'static str,
    pub theme_auto: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub open_settings: &'static str,
    pub close: &'static str,
    pub offline: &'static str,
    pub demo_badge: &'static str,
    pub key_missing_badge: fn(region: &str) -> String,
    pub skip_to_results: &'static str,

    pub pictures: PictureMessages,
    pub instruction: InstructionMessages,
    pub parameters: ParameterMessages,
    pub run: RunMessages,
    pub results: ResultMessages,
    pub failure: FailureMessages,
    pub settings: SettingsMessages,
    pub violation: ViolationMessages,
    pub code: CodeMessages,
}

#[derive(Debug)]
pub struct PictureMessages {
    pub heading: &'static str,
    pub hint: &'static str,
    pub add: &'static str,
    pub add_hint: &'static str,
    pub add_first: &'static str,
    pub add_first_hint: &'static str,
    pub add_link: &'static str,
    pub link_label: &'static str,
    pub link_hint: &'static str,
    pub link_add: &'static str,
    /// The seal on a picture and the word inserted in the instruction: 图1, Image 1.
    pub number: fn(usize) -> String,
    pub remove: fn(usize) -> String,
    pub move_earlier: fn(usize) -> String,
    pub move_later: fn(usize) -> String,
    pub from_link: &'static str,
    pub no_preview: &'static str,
    pub drop_here: &'static str,
    pub too_many: fn(max: usize) -> String,
    pub reading: &'static str,
    pub added: fn(usize) -> String,
    pub removed: fn(usize) -> String,
    pub moved: fn(usize) -> String,
    pub try_samples: &'static str,
    pub not_a_picture: fn(&str) -> String,
    pub unsupported: fn(name: &str, format: &str) -> String,
    pub too_large: fn(name: &str, size: &str, max: &str) -> String,
    pub empty: fn(&str) -> String,
    pub unreadable: fn(&str) -> String,
    pub damaged: fn(&str) -> String,
    pub link_invalid: &'static str,
    pub too_many_pixels: fn(&str) -> String,
    pub cannot_convert: fn(&str) -> String,
    pub sent_as_is: &'static str,
    /// Between the things that were done to a picture.
    pub list_comma: &'static str,
    pub converted: &'static str,
    pub made_smaller: &'static str,
    pub turned_upright: &'static str,
    pub compressed: &'static str,
    pub location_removed: &'static str,
    pub small: fn(label: &str, min: u32) -> String,
    pub large: fn(label: &str, max: u32) -> String,
    pub heavy: fn(size: &str) -> String,
}

#[derive(Debug)]
pub struct InstructionMessages {
    pub heading: &'static str,
    pub placeholder: &'static str,
    pub insert: &'static str,
    pub insert_number: fn(&str) -> String,
    pub count: fn(usize) -> String,
    pub ideas: &'static str,
    pub undo: &'static str,
    pub long: &'static str,
    pub mentions_missing: fn(&str) -> String,
}

#[derive(Debug)]
pub struct ParameterMessages {
    pub model: &'static str,
    pub model_recommended: &'static str,
    pub model_snapshots: &'static str,
    pub model_legacy: &'static str,
    pub model_experimental: &'static str,
    pub model_other: &'static str,
    pub model_id: &'static str,
    pub model_unknown: &'static str,
    pub model_experimental_note: &'static str,
    pub model_legacy_note: &'static str,
    pub per_picture: &'static str,
    pub free: &'static str,
    pub price_unknown: &'static str,
    pub size: &'static str,
    pub size_auto: &'static str,
    pub size_auto_hint: &'static str,
    pub size_custom: &'static str,
    pub size_standard: &'static str,
    pub size_large: &'static str,
    pub size_scale: &'static str,
    pub width: &'static str,
    pub height: &'static str,
    pub count: &'static str,
    pub fewer: &'static str,
    pub more: &'static str,
    pub seed: &'static str,
    pub seed_random: &'static str,
    pub seed_roll: &'static str,
    pub seed_hint: &'static str,
    pub advanced: &'static str,
    pub negative: &'static str,
    pub negative_hint: &'static str,
    pub extend: &'static str,
    pub extend_hint: &'static str,
    pub watermark: &'static str,
    pub watermark_hint: &'static str,
}

#[derive(Debug)]
pub struct RunMessages {
    pub run: fn(u32) -> String,
    pub about: fn(&str) -> String,
    pub cancel: &'static str,
    pub cancelled_before_sending: &'static str,
    pub preparing: &'static str,
    pub working: &'static str,
    pub usual_time: &'static str,
    pub long_wait: &'static str,
    pub note_links: &'static str,
    pub note_demo: &'static str,
    pub keep_open: &'static str,
    pub started: &'static str,
    pub finished: fn(usize) -> String,
    pub shortcut: &'static str,
}

#[derive(Debug)]
pub struct ResultMessages {
    pub heading: &'static str,
    pub empty_title: &'static str,
    pub empty_steps: [&'static str; 3],
    pub position: fn(usize, usize) -> String,
    pub compare_hint: &'static str,
    pub compare: &'static str,
    pub before: &'static str,
    pub after: &'static str,
    pub alt: fn(usize, &str) -> String,
    pub show: fn(usize) -> String,
    pub download: &'static str,
    pub download_all: fn(usize) -> String,
    pub copy: &'static str,
    pub copied: &'static str,
    pub copy_failed: &'static str,
    pub edit_again: &'static str,
    pub now_input: &'static str,
    pub open_original: &'static str,
    pub saving: &'static str,
    pub kept: &'static str,
    pub plain_relay: &'static str,
    pub link_life: fn(&str) -> String,
    pub link_expired: &'static str,
    pub request: &'static str,
    pub seed: &'static str,
    pub earlier: &'static str,
    pub earlier_run: fn(usize) -> String,
    pub partial_title: fn(got: usize, asked: u32) -> String,
    pub partial_body: &'static str,
    pub hours_minutes: fn(hours: u64, minutes: u64) -> String,
    pub fetch_again: &'static str,
}

#[derive(Debug)]
pub struct FailureMessages {
    /// For the time until the sentences about failures are loaded.
    pub short_title: &'static str,
    pub short_advice: fn(NextStep) -> &'static str,
    pub charged_no: &'static str,
    pub charged_yes: &'static str,
    pub charged_unknown: &'static str,
    pub try_again: &'static str,
    pub open_settings: &'static str,
    pub dismiss: &'static str,
    pub details: &'static str,
    pub copy_details: &'static str,
    pub details_copied: &'static str,
    pub copy_failed: &'static str,
    pub make_again: &'static str,
    pub kept_input: &'static str,
    pub code: &'static str,
    pub status: &'static str,
    pub said: &'static str,
    pub panic: &'static str,
}

#[derive(Debug)]
pub struct SettingsMessages {
    pub heading: &'static str,
    pub region: &'static str,
    pub region_hint: &'static str,
    pub key: &'static str,
    pub key_hint: &'static str,
    pub key_show: &'static str,
    pub key_hide: &'static str,
    pub key_get: &'static str,
    pub key_remember: &'static str,
    pub key_remember_hint: &'static str,
    pub key_forget: &'static str,
    pub key_forgotten: &'static str,
    pub key_by_relay: &'static str,
    pub key_demo: &'static str,
    pub key_shape: &'static str,
    pub connection: &'static str,
    pub relay_full: fn(version: &str) -> String,
    pub relay_plain: &'static str,
    pub relay_none: &'static str,
    pub relay_checking: &'static str,
    pub demo_note: &'static str,
    pub done: &'static str,
}

#[derive(Debug)]
pub struct ViolationMessages {
    pub too_few_pictures: &'static str,
    pub too_many_pictures: fn(u32) -> String,
    pub picture_too_large: &'static str,
    pub empty_prompt: &'static str,
    pub out_of_range: fn(min: i64, max: i64) -> String,
    pub not_a_number: &'static str,
    pub size_format: &'static str,
    pub size_area: &'static str,
    pub size_side: fn(min: u32, max: u32) -> String,
    pub size_ratio: fn(max: u32) -> String,
    pub too_long: fn(max: u32) -> String,
    pub not_supported: &'static str,
    pub empty_model: &'static str,
    pub fix_first: &'static str,
}

#[derive(Debug)]
pub struct CodeMessages {
    pub show: &'static str,
    pub heading: &'static str,
    pub language: &'static str,
    pub copy: &'static str,
    pub hint: &'static str,
    pub hint_demo: &'static str,
    pub not_loaded: &'static str,
}

/// The texts of a language.
#[must_use]
pub fn messages(language: Language) -> &'static Messages {
    match language {
        Language::Zh => &zh::ZH,
        Language::En => &en::EN,
    }
}

/// The language for a visitor: their saved choice, else the first preferred one we speak, else English.
#[must_use]
pub fn choose(saved: Option<&str>, preferred: &[String]) -> Language {
    let known = |tag: &str| match tag.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("zh") => Some(Language::Zh),
        Some("en") => Some(Language::En),
        _ => None,
    };
    saved.and_then(known).or_else(|| preferred.iter().find_map(|tag| known(tag))).unwrap_or(Language::En)
}

/// The short tag that is saved and set on the page.
#[must_use]
pub fn tag(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh",
        Language::En => "en",
    }
}

/// The other language, for the one-press switch in the bar.
#[must_use]
pub fn other(language: Language) -> Language {
    match language {
        Language::Zh => Language::En,
        Language::En => Language::Zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn there_is_a_short_word_for_every_failure_before_its_own_words_are_loaded() {
        for advice in qwen_edit_api::all_advice() {
            let [zh, en] = [Language::Zh, Language::En]
                .map(|language| (messages(language).failure.short_advice)(advice.next));
            assert!(!zh.is_ascii() && en.is_ascii() && !en.is_empty(), "{}", advice.id);
        }
    }

    #[test]
    fn a_saved_choice_wins_over_the_browser() {
        assert_eq!(choose(Some("en"), &tags(&["zh-CN"])), Language::En);
    }

    #[test]
    fn the_first_language_we_speak_is_taken() {
        assert_eq!(choose(None, &tags(&["fr-FR", "zh-TW", "en"])), Language::Zh);
    }

    #[test]
    fn strangers_get_english() {
        assert_eq!(choose(None, &tags(&["fr-FR"])), Language::En);
        assert_eq!(choose(Some("é"), &[]), Language::En);
    }
}
