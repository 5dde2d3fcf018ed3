//! Language, appearance, region and keys.

use leptos::prelude::*;
use qwen_edit_api::region::{Region, find_region, regions};
use qwen_edit_api::text::Language;
use qwen_edit_client::{KeyHolder, RelayInfo};

use crate::i18n;
use crate::js::{page, storage};
use crate::state::keyring::Keyring;

const DEMO: &str = "demo";

/// Light, dark, or whatever the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    fn tag(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// What is known of the relay.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RelayState {
    Checking,
    /// Our own relay, with what it offers.
    Full(RelayInfo),
    /// Something that only mirrors the API.
    Plain,
    Unreachable,
}

/// The person's settings.
#[derive(Clone, Copy)]
pub(crate) struct SettingsContext {
    pub(crate) language: RwSignal<Language>,
    pub(crate) theme: RwSignal<Theme>,
    pub(crate) region: RwSignal<String>,
    /// One key per region. In memory; on the device only where the person asked for it.
    keys: RwSignal<Keyring>,
    pub(crate) relay: RwSignal<RelayState>,
    pub(crate) relay_base: StoredValue<String>,
    pub(crate) online: RwSignal<bool>,
    /// Whether the settings dialog is open.
    pub(crate) open: RwSignal<bool>,
}

impl SettingsContext {
    pub(super) fn load() -> Self {
        let language = i18n::choose(storage::get(storage::LANGUAGE).as_deref(), &page::preferred_languages());
        let theme = match storage::get(storage::THEME).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        };
        let remembered = regions()
            .iter()
            .filter_map(|region| Some((region.id.to_owned(), storage::get(&storage::key_of(region.id))?)));
        let region = storage::get(storage::REGION).filter(|id| find_region(id).is_some());
        Self {
            language: RwSignal::new(language),
            theme: RwSignal::new(theme),
            region: RwSignal::new(region.unwrap_or_else(|| DEMO.to_owned())),
            keys: RwSignal::new(Keyring::remembered(remembered)),
            relay: RwSignal::new(RelayState::Checking),
            relay_base: StoredValue::new(page::relay_base()),
            online: RwSignal::new(page::is_online()),
            open: RwSignal::new(false),
        }
    }

    /// Keeps the page and the device in step with language and theme.
    pub(crate) fn mirror_to_page(self) {
        Effect::new(move || {
            let messages = i18n::messages(self.language.get());
            page::set_language(messages.html_lang, messages.page_title);
        });
        Effect::new(move || page::set_theme(self.theme.get().tag()));
    }

    pub(crate) fn choose_language(self, language: Language) {
        storage::set(storage::LANGUAGE, i18n::tag(language));
        self.language.set(language);
    }

    /// First press: the opposite of what is seen now; then the system's look fixed; then back to following it.
    pub(crate) fn next_theme(self) {
        let system = if page::system_is_dark() { Theme::Dark } else { Theme::Light };
        let opposite = if system == Theme::Dark { Theme::Light } else { Theme::Dark };
        let next = match self.theme.get_untracked() {
            Theme::Auto => opposite,
            theme if theme == opposite => system,
            _ => Theme::Auto,
        };
        match next.tag() {
            Some(tag) => storage::set(storage::THEME, tag),
            None => storage::remove(storage::THEME),
        }
        self.theme.set(next);
    }

    /// The regions to choose from: those the relay offers, or all when it does not say.
    pub(crate) fn offered_regions(self) -> Vec<&'static Region> {
        let offered = self.relay.with(|relay| match relay {
            RelayState::Full(info) => {
                Some(info.regions.iter().map(|region| region.id.clone()).collect::<Vec<_>>())
            }
            _ => None,
        });
        let known = regions().iter();
        match offered {
            Some(ids) => known.filter(|region| ids.iter().any(|id| id == region.id)).collect(),
            None => known.collect(),
        }
    }

    pub(crate) fn choose_region(self, id: &str) {
        storage::set(storage::REGION, id);
        self.region.set(id.to_owned());
    }

    /// When the relay does not offer the chosen region, takes the first it does offer.
    pub(crate) fn settle_region(self) {
        let offered = self.offered_regions();
        let chosen = self.region.get_untracked();
        if !offered.iter().any(|region| region.id == chosen)
            && let Some(first) = offered.iter().find(|region| region.id == DEMO).or(offered.first())
        {
            self.region.set(first.id.to_owned());
        }
    }

    /// Name of the chosen region in the current language.
    pub(crate) fn region_name(self) -> &'static str {
        self.region.with(|id| find_region(id)).map_or("", |region| region.name.get(self.language.get()))
    }

    pub(crate) fn is_demo(self) -> bool {
        self.region.with(|id| id == DEMO)
    }

    /// Whether the relay keeps the key of the chosen region.
    pub(crate) fn relay_holds_key(self) -> bool {
        self.region.with(|id| {
            self.relay.with(|relay| match relay {
                RelayState::Full(info) => {
                    info.regions.iter().any(|region| region.id == *id && region.key == KeyHolder::Server)
                }
                _ => false,
            })
        })
    }

    /// Whether a key must be typed before a run in the chosen region.
    pub(crate) fn needs_key(self) -> bool {
        let wanted = self.region.with(|id| find_region(id).is_none_or(|region| region.needs_key));
        wanted && !self.relay_holds_key() && self.key().is_none()
    }

    /// The key of the chosen region, if there is one.
    pub(crate) fn key(self) -> Option<String> {
        self.region.with(|id| self.keys.with(|keys| keys.get(id).map(str::to_owned)))
    }

    pub(crate) fn set_key(self, key: &str) {
        let region = self.region.get_untracked();
        self.keys.update(|keys| keys.set(&region, key));
        self.keep_on_device(&region);
    }

    /// Whether the key of the chosen region is remembered on this device.
    pub(crate) fn remembers(self) -> bool {
        self.region.with(|id| self.keys.with(|keys| keys.remembers(id)))
    }

    pub(crate) fn remember(self, yes: bool) {
        let region = self.region.get_untracked();
        self.keys.update(|keys| keys.remember(&region, yes));
        self.keep_on_device(&region);
    }

    pub(crate) fn forget_key(self) {
        let region = self.region.get_untracked();
        self.keys.update(|keys| keys.forget(&region));
        self.keep_on_device(&region);
    }

    /// Makes the device hold exactly what the person agreed to.
    fn keep_on_device(self, region: &str) {
        let name = storage::key_of(region);
        self.keys.with_untracked(|keys| match keys.get(region).filter(|_| keys.remembers(region)) {
            Some(key) => storage::set(&name, key),
            None => storage::remove(&name),
        });
    }

    /// Whether to ask the relay for result pictures. One that did not answer yet is worth a try: pictures are paid.
    pub(crate) fn may_fetch_images(self) -> bool {
        self.relay.with(|relay| match relay {
            RelayState::Full(info) => info.image_route,
            RelayState::Plain => false,
            RelayState::Checking | RelayState::Unreachable => true,
        })
    }
}
