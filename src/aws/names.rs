//! Names that the provider makes.

use bastionless_model::{cloud::Intent, value::Value};

use crate::shape::given;

/// Length of what is added to a prefix.
const SUFFIX: usize = 26;

/// Returns the name of an object: the configured one, or one made of the prefix.
///
/// The suffix has the provider's form, 18 digits of time and 8 of a counter; it follows from the intent, so that the object of
/// an unfinished create can be found again. Without name and intent there is no name yet.
pub(crate) fn name(
    planned: &Value,
    attributes: (&str, &str),
    default_prefix: &str,
    intent: Option<&Intent>,
) -> Option<String> {
    if let Some(name) = given(planned, attributes.0) {
        return Some(name.to_owned());
    }
    let prefix = given(planned, attributes.1).unwrap_or(default_prefix);
    intent.map(|i| format!("{prefix}{}", suffix(i)))
}

fn suffix(intent: &Intent) -> String {
    let hash = intent.id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    let (days, seconds) = (
        intent.recorded_at.div_euclid(86_400),
        intent.recorded_at.rem_euclid(86_400),
    );
    let (year, month, day) = civil(days);
    format!(
        "{year:04}{month:02}{day:02}{:02}{:02}{:02}{:04}{:08x}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        (hash >> 32) % 10_000,
        hash & 0xffff_ffff
    )
}

/// Returns year, month and day of a day since 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that the leap day is the last of a year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Returns the prefix of a name that ends in a suffix of the provider's form.
pub(crate) fn prefix(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(SUFFIX)?;
    let (prefix, suffix) = name.split_at_checked(at)?;
    let (time, counter) = suffix.split_at_checked(18)?;
    let good = time.bytes().all(|b| b.is_ascii_digit())
        && counter
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    good.then_some(prefix)
}

/// Writes seconds since 1970 as the provider does, such as `2026-11-22T00:00:00Z`.
pub(crate) fn timestamp(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let s = seconds.rem_euclid(86_400);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        s / 3600,
        s / 60 % 60,
        s % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_name_is_stable_and_its_prefix_comes_back() {
        let intent = Intent {
            id: "5f0c".into(),
            recorded_at: 1_795_305_600,
        };
        let planned = Value::object([("name_prefix", Value::from("app-"))]);
        let first = name(
            &planned,
            ("name", "name_prefix"),
            "terraform-",
            Some(&intent),
        )
        .unwrap();
        let again = name(
            &planned,
            ("name", "name_prefix"),
            "terraform-",
            Some(&intent),
        )
        .unwrap();
        assert_eq!(first, again);
        assert!(first.starts_with("app-20261122000000"), "{first}");
        assert_eq!(first.len(), 4 + SUFFIX);
        assert_eq!(prefix(&first), Some("app-"));
        assert_eq!(prefix("app"), None);
        assert_eq!(timestamp(1_709_164_800), "2024-02-29T00:00:00Z");
    }
}
