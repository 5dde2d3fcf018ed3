//! How many bytes each picture may have when all have to fit into one request.

use super::Limits;

/// Bytes of the body that are not pictures: instruction, parameters and what stands around a data URL. The longest
/// prompt and negative prompt are a few kB.
const REST_OF_BODY: u64 = 16 * 1024;

/// A share for each file, in order, given what each [demands](super::demand).
///
/// Small ones take what they need and leave the rest to the large ones, which share it equally.
///
/// ```
/// use qwen_edit_api::fit::{Limits, shares};
///
/// // 6 MB of body are about 4.5 MB of files.
/// let limits = Limits::of(None, None);
/// let shares = shares(&[500_000, 8_000_000, 3_000_000], &limits);
/// assert_eq!(shares[0], 500_000);
/// assert_eq!(shares[1], shares[2]);
/// ```
#[must_use]
pub fn shares(demands: &[u64], limits: &Limits) -> Vec<u64> {
    let mut room = limits.body_bytes.saturating_sub(REST_OF_BODY) / 4 * 3;
    let mut waiting: Vec<usize> = (0..demands.len()).collect();
    let mut shares = vec![0; demands.len()];
    // The least demanding first. Sorting a handful of numbers is not worth the code of a sort in the page.
    while let Some(place) = (0..waiting.len()).min_by_key(|place| demands[waiting[*place]]) {
        let equal = room / waiting.len() as u64;
        let index = waiting.swap_remove(place);
        let share = demands[index].min(limits.picture_bytes).min(equal);
        shares[index] = share;
        room -= share;
    }
    shares
}
