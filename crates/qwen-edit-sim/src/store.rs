//! A first-in-first-out store with a limit: pictures stay in memory, so something has to leave when much comes in.

use std::collections::{HashMap, VecDeque};

/// Keeps the newest entries, up to a number of entries and a total weight in bytes.
#[derive(Debug)]
pub(crate) struct BoundedStore<V> {
    limit: StoreLimit,
    total_bytes: usize,
    order: VecDeque<String>,
    entries: HashMap<String, Entry<V>>,
}

/// Both limits hold at the same time. The newest entry always stays, even when it alone is over the limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoreLimit {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
}

impl<V> BoundedStore<V> {
    pub(crate) fn new(limit: StoreLimit) -> Self {
        Self { limit, total_bytes: 0, order: VecDeque::new(), entries: HashMap::new() }
    }

    /// Adds an entry that counts for `bytes`, then drops the oldest ones until the limits hold again.
    /// An entry with the same key is replaced.
    pub(crate) fn insert(&mut self, key: String, bytes: usize, value: V) {
        if let Some(replaced) = self.entries.insert(key.clone(), Entry { value, bytes }) {
            self.total_bytes -= replaced.bytes;
            self.order.retain(|known| *known != key);
        }
        self.order.push_back(key);
        self.total_bytes += bytes;
        while self.order.len() > 1
            && (self.order.len() > self.limit.entries || self.total_bytes > self.limit.bytes)
        {
            self.drop_oldest();
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub(crate) fn clear(&mut self) {
        self.order.clear();
        self.entries.clear();
        self.total_bytes = 0;
    }

    fn drop_oldest(&mut self) {
        if let Some(dropped) = self.order.pop_front().and_then(|key| self.entries.remove(&key)) {
            self.total_bytes -= dropped.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(entries: usize, bytes: usize) -> BoundedStore<&'static str> {
        BoundedStore::new(StoreLimit { entries, bytes })
    }

    #[test]
    fn the_oldest_entry_leaves_when_there_are_too_many() {
        let mut store = store(2, 1000);
        for key in ["a", "b", "c"] {
            store.insert(key.to_owned(), 1, key);
        }
        assert_eq!(store.get("a"), None);
        assert_eq!(store.get("b"), Some(&"b"));
        assert_eq!(store.get("c"), Some(&"c"));
    }

    #[test]
    fn the_oldest_entries_leave_when_they_weigh_too_much() {
        let mut store = store(10, 100);
        store.insert("a".to_owned(), 40, "a");
        store.insert("b".to_owned(), 40, "b");
        store.insert("c".to_owned(), 90, "c");
        assert!(!store.contains("a") && !store.contains("b") && store.contains("c"));
        store.insert("d".to_owned(), 10, "d");
        assert!(store.contains("c") && store.contains("d"));
    }

    #[test]
    fn the_newest_entry_stays_even_when_it_is_over_the_limit() {
        let mut store = store(10, 100);
        store.insert("a".to_owned(), 500, "a");
        assert!(store.contains("a"));
    }

    #[test]
    fn replacing_an_entry_counts_it_once() {
        let mut store = store(10, 100);
        for _ in 0..50 {
            store.insert("a".to_owned(), 60, "a");
        }
        store.insert("b".to_owned(), 40, "b");
        assert!(store.contains("a") && store.contains("b"));
        store.clear();
        assert!(!store.contains("a"));
    }
}
