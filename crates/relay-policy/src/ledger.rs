//! The budget's arithmetic: pictures are reserved before a call goes out, and settled by what was really made.
//! A reservation whose outcome is unknown stays: money that may be spent counts as spent.

/// A day in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub u32);

const DAY_SECONDS: u64 = 24 * 60 * 60;
/// The most days by which a clock that is set back is seen through.
pub const SET_BACK_DAYS: u32 = 2;

impl Day {
    /// The day of a time in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn of(unix_seconds: u64) -> Self {
        Self(u32::try_from(unix_seconds / DAY_SECONDS).unwrap_or(u32::MAX))
    }

    /// The day whose book a call is entered in: a clock that is set back opens no book again that was closed, and so gives
    /// no budget back. A book from further ahead than [`SET_BACK_DAYS`] is taken for the work of a clock that was wrong
    /// then.
    #[must_use]
    pub fn of_book(self, newest: Option<Self>) -> Self {
        let ahead = |newest: &Self| *newest > self && newest.0 - self.0 <= SET_BACK_DAYS;
        newest.filter(ahead).unwrap_or(self)
    }

    /// Seconds until this day is over; at least one.
    #[must_use]
    pub fn seconds_left(self, unix_seconds: u64) -> u64 {
        let end = (u64::from(self.0) + 1) * DAY_SECONDS;
        end.saturating_sub(unix_seconds).max(1)
    }
}

/// Which account is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    /// The invite's own.
    Invite,
    /// The one of all invites together.
    Total,
}

/// One account of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Pictures reserved or made.
    pub used: u32,
    /// Most pictures of a day; `None` is no limit.
    pub limit: Option<u32>,
}

impl Account {
    /// Whether `pictures` more fit.
    #[must_use]
    pub fn admits(self, pictures: u32) -> bool {
        self.limit.is_none_or(|limit| self.used.checked_add(pictures).is_some_and(|used| used <= limit))
    }
}

/// Adds a reservation to both accounts, or to none.
///
/// # Errors
/// Which account it does not fit.
pub fn reserve(invite: Account, total: Account, pictures: u32) -> Result<(u32, u32), Exhausted> {
    if !invite.admits(pictures) {
        return Err(Exhausted::Invite);
    }
    if !total.admits(pictures) {
        return Err(Exhausted::Total);
    }
    Ok((invite.used.saturating_add(pictures), total.used.saturating_add(pictures)))
}

/// What an account holds after `reserved` pictures turned out to be `made`.
#[must_use]
pub fn settle(used: u32, reserved: u32, made: u32) -> u32 {
    used.saturating_sub(reserved).saturating_add(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn account(used: u32, limit: impl Into<Option<u32>>) -> Account {
        Account { used, limit: limit.into() }
    }

    #[test]
    fn a_clock_set_back_opens_no_closed_book() {
        for (today, newest, book) in [
            (100, None, 100),
            (100, Some(99), 100),
            (100, Some(100), 100),
            (100, Some(101), 101),
            (100, Some(102), 102),
            (100, Some(103), 100),
            (u32::MAX, Some(0), u32::MAX),
        ] {
            assert_eq!(Day(today).of_book(newest.map(Day)), Day(book), "{today} {newest:?}");
        }
    }

    #[test]
    fn a_reservation_fits_exactly_up_to_the_limit() {
        assert_eq!(reserve(account(4, 10), account(4, None), 6), Ok((10, 10)));
        assert_eq!(reserve(account(5, 10), account(5, None), 6), Err(Exhausted::Invite));
        assert_eq!(reserve(account(0, None), account(499, 500), 1), Ok((1, 500)));
        assert_eq!(reserve(account(0, 50), account(500, 500), 1), Err(Exhausted::Total));
        assert_eq!(reserve(account(u32::MAX, u32::MAX), account(0, None), 1), Err(Exhausted::Invite));
    }

    #[test]
    fn days_begin_at_midnight_utc() {
        assert_eq!(Day::of(86_399), Day(0));
        assert_eq!(Day::of(86_400), Day(1));
        assert_eq!(Day(0).seconds_left(86_399), 1);
        assert_eq!(Day(1).seconds_left(86_400), 86_400);
        assert_eq!(Day(2).seconds_left(86_400), 2 * 86_400, "the clock was set back");
        assert_eq!(Day(0).seconds_left(86_400), 1);
    }

    proptest! {
        /// However calls overlap, an account never holds more than its limit while every call makes at most
        /// what it reserved, and comes back to what was made.
        #[test]
        fn an_account_never_passes_its_limit(
            limit in 0u32..60,
            calls in proptest::collection::vec((1u32..=6, 0u32..=6, any::<bool>()), 0..40),
        ) {
            let (mut used, mut made_total, mut open) = (0, 0, Vec::new());
            for (wanted, made, settle_now) in calls {
                if let Ok((after, _)) = reserve(account(used, limit), account(0, None), wanted) {
                    used = after;
                    open.push((wanted, made.min(wanted)));
                }
                prop_assert!(used <= limit);
                if settle_now && let Some((reserved, made)) = open.pop() {
                    used = settle(used, reserved, made);
                    made_total += made;
                }
            }
            for (reserved, made) in open {
                used = settle(used, reserved, made);
                made_total += made;
            }
            prop_assert_eq!(used, made_total);
        }
    }
}
