//! Counting tests from what their runners print.

use std::ops::AddAssign;

/// Tests of one suite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counts {
    /// Adds the numbers of a closing line of libtest, wasm-bindgen-test or nextest; other lines count nothing.
    pub(crate) fn read_line(&mut self, line: &str) {
        let line = line.trim();
        // "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; …"
        if let Some(numbers) = line.strip_prefix("test result: ") {
            let numbers = numbers.split_once(". ").map_or("", |(_, numbers)| numbers);
            *self += Self::from_pairs(numbers.split("; "));
        }
        // "Summary [   0.5s] 4 tests run: 3 passed (1 slow), 1 failed, 2 skipped"
        if line.starts_with("Summary [") {
            let numbers = line.split_once(" run: ").map_or("", |(_, numbers)| numbers);
            *self += Self::from_pairs(numbers.split(", "));
        }
    }

    /// Pairs like "3 passed" or "3 passed (1 slow)".
    fn from_pairs<'a>(pairs: impl Iterator<Item = &'a str>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            let mut words = pair.split_whitespace();
            let (Some(number), Some(kind)) = (words.next(), words.next()) else { continue };
            let number: u64 = number.parse().unwrap_or(0);
            match kind {
                "passed" => counts.passed += number,
                "failed" | "timed" => counts.failed += number,
                "ignored" | "skipped" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str]) -> Counts {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read_line(line));
        counts
    }

    #[test]
    fn several_test_binaries_add_up() {
        let ok =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let bad = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(count(&[ok, "running 3 tests", bad]), Counts { passed: 5, failed: 1, skipped: 1 });
    }

    #[test]
    fn the_closing_line_of_nextest_counts_once() {
        let line =
            "     Summary [   0.512s] 8 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 2 skipped";
        assert_eq!(count(&[line]), Counts { passed: 5, failed: 3, skipped: 2 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(count(&["3 passed", "warning: 2 failed", ""]), Counts::default());
    }
}
