//! One API key per region, and whether it may stay on the device.

/// The keys. No `Debug`: keys are printed nowhere.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it would print keys")]
pub struct Keyring(Vec<Held>);

#[derive(Clone, Default, PartialEq, Eq)]
struct Held {
    region: String,
    key: String,
    remembered: bool,
}

impl Keyring {
    /// A ring of keys that were remembered on the device.
    pub fn remembered(keys: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(keys.into_iter().map(|(region, key)| Held { region, key, remembered: true }).collect())
    }

    /// The key of a region, if there is one.
    #[must_use]
    pub fn get(&self, region: &str) -> Option<&str> {
        self.held(region).map(|held| held.key.as_str()).filter(|key| !key.is_empty())
    }

    /// Takes a key as pasted, without the spaces around it.
    pub fn set(&mut self, region: &str, key: &str) {
        key.trim().clone_into(&mut self.place(region).key);
    }

    /// Whether the region's key may stay on the device.
    #[must_use]
    pub fn remembers(&self, region: &str) -> bool {
        self.held(region).is_some_and(|held| held.remembered)
    }

    /// Lets the region's key stay on the device, or not.
    pub fn remember(&mut self, region: &str, yes: bool) {
        self.place(region).remembered = yes;
    }

    /// Drops the region's key and the wish to remember it.
    pub fn forget(&mut self, region: &str) {
        self.0.retain(|held| held.region != region);
    }

    fn held(&self, region: &str) -> Option<&Held> {
        self.0.iter().find(|held| held.region == region)
    }

    fn place(&mut self, region: &str) -> &mut Held {
        let index = self.0.iter().position(|held| held.region == region).unwrap_or_else(|| {
            self.0.push(Held { region: region.to_owned(), ..Held::default() });
            self.0.len() - 1
        });
        &mut self.0[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_a_key_of_its_own() {
        let mut ring = Keyring::default();
        ring.set("beijing", " sk-a\n");
        ring.set("singapore", "sk-b");
        assert_eq!((ring.get("beijing"), ring.get("singapore")), (Some("sk-a"), Some("sk-b")));
    }

    #[test]
    fn nothing_is_remembered_unless_asked_for() {
        let mut ring = Keyring::default();
        ring.set("beijing", "sk-a");
        assert!(!ring.remembers("beijing"));
        ring.remember("beijing", true);
        assert!(ring.remembers("beijing") && !ring.remembers("singapore"));
    }

    #[test]
    fn forgetting_drops_the_key_and_the_wish() {
        let mut ring = Keyring::remembered([("beijing".to_owned(), "sk-a".to_owned())]);
        ring.forget("beijing");
        assert!(ring.get("beijing").is_none() && !ring.remembers("beijing"));
    }

    #[test]
    fn an_emptied_field_is_no_key() {
        let mut ring = Keyring::default();
        ring.set("beijing", "");
        assert_eq!(ring.get("beijing"), None);
    }
}
