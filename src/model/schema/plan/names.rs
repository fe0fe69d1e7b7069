//! Generated names.
//!
//! A name that the configuration leaves out is its prefix and 26 characters: the time in UTC with 18 digits and a counter with 8
//! hexadecimal ones; without a prefix `terraform-`, for KMS aliases `alias/`.

use crate::{schema::Schema, value::Value};

/// Attributes with a generated name and those with its prefix.
const PAIRS: [(&str, &str); 3] = [
    ("name", "name_prefix"),
    ("key_name", "key_name_prefix"),
    ("bucket", "bucket_prefix"),
];

const SUFFIX: usize = 26;

/// Returns 26 characters that no other call with another time or counter returns.
pub fn unique_suffix(seconds: i64, nanoseconds: u32, counter: u32) -> String {
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let fraction = nanoseconds / 100_000;
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{fraction:04}{counter:08x}")
}

/// Returns year, month and day of a day counted from 1970-01-01 (H. Hinnant's algorithm for the proleptic Gregorian calendar).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Gives a planned object the name that the plan left open, before it is created: so the name is known before the call.
#[must_use]
pub fn fill_names(schema: &Schema, planned: Value, suffix: &str) -> Value {
    PAIRS.iter().fold(planned, |planned, (name, prefix)| {
        let has = |n: &str| schema.block.attributes.contains_key(n);
        if !has(name) || !has(prefix) {
            return planned;
        }
        let given = planned.get_str(prefix).unwrap_or_default().to_owned();
        let named = planned.get(name).is_some_and(|v| !v.is_unknown());
        let usual = if &*schema.name.name == "aws_kms_alias" {
            "alias/"
        } else {
            "terraform-"
        };
        let used = if given.is_empty() {
            usual.to_owned()
        } else {
            given
        };
        let planned = if named {
            planned
        } else {
            planned.with(*name, format!("{used}{suffix}").into())
        };
        match planned.get(prefix) {
            Some(v) if v.is_unknown() => {
                planned.with(*prefix, if named { "".into() } else { used.into() })
            }
            _ => planned,
        }
    })
}

/// Returns the prefix of a generated name; empty where the name does not look generated.
pub fn prefix_of(name: &str) -> &str {
    let cut = name
        .len()
        .checked_sub(SUFFIX)
        .filter(|at| *at > 0)
        .and_then(|at| name.split_at_checked(at));
    match cut {
        Some((prefix, suffix)) if suffix.bytes().all(|b| b.is_ascii_hexdigit()) => prefix,
        _ => "",
    }
}

/// Fills in the prefixes that the cloud does not know.
pub(super) fn settle_prefixes(
    schema: &Schema,
    prior: Option<&Value>,
    observed: &Value,
    state: Value,
) -> Value {
    PAIRS.iter().fold(state, |state, (name, prefix)| {
        let open = schema.block.attributes.contains_key(*prefix)
            && observed.get(prefix).is_none_or(Value::is_null);
        let before = prior.and_then(|p| p.get(prefix)).filter(|p| p.is_known());
        match state.get_str(name).map(prefix_of) {
            Some("") if before.is_some_and(Value::is_null) => state,
            Some(found) if open => {
                let found = found.to_owned();
                state.with(*prefix, found.into())
            }
            _ => state,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_has_26_characters_and_is_recognised() {
        let suffix = unique_suffix(1_704_067_200, 123_456_789, 1);
        assert_eq!(suffix, "20240101000000123400000001");
        assert_eq!(prefix_of(&format!("web-{suffix}")), "web-");
        assert_eq!((prefix_of("web"), prefix_of(&suffix)), ("", ""));
        assert_eq!(
            unique_suffix(951_782_399, 0, 0xab),
            "200002282359590000000000ab"
        );
    }
}
