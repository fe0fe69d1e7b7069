//! Values around thresholds: of numbers, dates and networks, so that every gap between two thresholds has a value.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::iam::evaluate::values::Instant;

/// Returns numbers at, below, between and above some numbers; `None` if one is too large or too fine for exact arithmetic.
pub(super) fn around_numbers(texts: &[&str]) -> Option<Vec<String>> {
    let parsed: Vec<_> = texts
        .iter()
        .filter_map(|t| decimal(t))
        .collect::<Option<Vec<_>>>()?;
    let scale = parsed.iter().map(|(_, s)| *s).max().unwrap_or_default();
    // One digit more than any threshold has, for the middle of the narrowest gap.
    let unit = 10_i128.checked_pow(scale + 1)?;
    let mut points = Vec::new();
    for (digits, s) in parsed {
        points.push(digits.checked_mul(10_i128.checked_pow(scale + 1 - s)?)?);
    }
    points.sort_unstable();
    points.dedup();
    let mut out = points.clone();
    out.extend(points.first().map(|p| p - unit));
    out.extend(points.last().map(|p| p + unit));
    for pair in points.windows(2) {
        if let [a, b] = pair {
            let whole = (a.div_euclid(unit) + 1) * unit;
            out.push(if whole < *b { whole } else { a + (b - a) / 2 });
        }
    }
    Some(out.into_iter().map(|p| print(p, unit, scale + 1)).collect())
}

/// Reads `-12.50e1` as digits and how many of them are behind the point. Outer `None`: no number; inner: too large or too fine.
fn decimal(text: &str) -> Option<Option<(i128, u32)>> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let digits = format!("{unsigned}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() > 24 || !(-9..=9).contains(&exponent) || fraction.len() > 9 {
        return Some(None);
    }
    let value: i128 = digits.parse().ok()?;
    let value = if whole.starts_with('-') {
        -value
    } else {
        value
    };
    let behind = i32::try_from(fraction.len()).ok()? - exponent;
    let power = 10_i128.checked_pow(behind.min(0).unsigned_abs())?;
    Some(
        value
            .checked_mul(power)
            .map(|v| (v, behind.max(0).unsigned_abs())),
    )
}

fn print(value: i128, unit: i128, places: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / unit, value.abs() % unit);
    let places = usize::try_from(places).unwrap_or_default();
    let rest = format!("{rest:0places$}");
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    }
}

const SECOND: i128 = 1_000_000_000;

/// Returns dates at, a second before and after, and halfway between some dates. Texts that are no dates are passed over.
pub(super) fn around_dates(texts: &[&str]) -> Vec<String> {
    let mut points: Vec<i128> = texts
        .iter()
        .filter_map(|t| Instant::parse(t))
        .map(|i| i.0)
        .collect();
    points.sort_unstable();
    points.dedup();
    let halfway = |w: &[i128]| match w {
        [a, b] => Some(a + (b - a) / 2).filter(|m| m > a),
        _ => None,
    };
    // A plain time where one lies between.
    let whole = |p: i128, w: &[i128]| {
        Some(p - p.rem_euclid(SECOND))
            .filter(|p| w.first() < Some(p))
            .unwrap_or(p)
    };
    let middles: Vec<_> = points
        .windows(2)
        .filter_map(|w| Some(whole(halfway(w)?, w)))
        .collect();
    let near: Vec<_> = points
        .iter()
        .flat_map(|p| [*p, p + SECOND, p - SECOND])
        .chain(middles)
        .collect();
    near.into_iter().map(print_date).collect()
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (years counted from March, so that the leap day is the last).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

fn print_date(nanos: i128) -> String {
    let (seconds, fraction) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
    let Some(seconds) = i64::try_from(seconds).ok().filter(|s| YEARS.contains(s)) else {
        return seconds.to_string();
    };
    let (day, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The year is found from a guess that is a little too early.
    let mut year = 1970 + day.div_euclid(366);
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let mut month = 12;
    while days(year, month, 1) > day {
        month -= 1;
    }
    let date = day - days(year, month, 1) + 1;
    let fraction = format!("{fraction:09}");
    let fraction = match fraction.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    };
    format!(
        "{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}{fraction}Z",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

/// The seconds since 1970 that dates of four digits a year can name; others are written as seconds.
const YEARS: std::ops::Range<i64> = -62_135_596_800..253_402_300_800;

/// Returns addresses inside, at the edges of and just outside some networks, and one of each family besides.
pub(super) fn around_networks(texts: &[&str]) -> Vec<String> {
    let mut inside = Vec::new();
    let mut edges = Vec::new();
    for text in texts {
        let (address, prefix) = text
            .split_once('/')
            .map_or((*text, None), |(a, p)| (a, p.parse::<u32>().ok()));
        match address.parse() {
            Ok(IpAddr::V4(a)) => {
                let host = u32::MAX.checked_shr(prefix.unwrap_or(32)).unwrap_or(0);
                let (first, last) = (a.to_bits() & !host, a.to_bits() | host);
                let spread = [
                    Some(first),
                    Some(last),
                    first.checked_sub(1),
                    last.checked_add(1),
                ];
                inside.push(Ipv4Addr::from_bits(first + u32::from(first < last)).to_string());
                edges.extend(
                    spread
                        .into_iter()
                        .flatten()
                        .map(|b| Ipv4Addr::from_bits(b).to_string()),
                );
            }
            Ok(IpAddr::V6(a)) => {
                let host = u128::MAX.checked_shr(prefix.unwrap_or(128)).unwrap_or(0);
                let (first, last) = (a.to_bits() & !host, a.to_bits() | host);
                let spread = [
                    Some(first),
                    Some(last),
                    first.checked_sub(1),
                    last.checked_add(1),
                ];
                inside.push(Ipv6Addr::from_bits(first + u128::from(first < last)).to_string());
                edges.extend(
                    spread
                        .into_iter()
                        .flatten()
                        .map(|b| Ipv6Addr::from_bits(b).to_string()),
                );
            }
            Err(_) => {}
        }
    }
    // Reserved for documentation (RFC 5737, RFC 3849).
    let plain = ["198.51.100.7", "2001:db8::7"].map(str::to_owned);
    let ends = [
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]
    .map(str::to_owned);
    inside
        .into_iter()
        .chain(plain)
        .chain(edges)
        .chain(ends)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fill_every_gap() {
        assert_eq!(around_numbers(&["22"]).unwrap(), ["22", "21", "23"]);
        assert_eq!(
            around_numbers(&["3389", "22", "x"]).unwrap(),
            ["22", "3389", "21", "3390", "23"]
        );
        assert_eq!(
            around_numbers(&["1", "2"]).unwrap(),
            ["1", "2", "0", "3", "1.5"]
        );
        assert_eq!(
            around_numbers(&["-0.5", "1e2"]).unwrap(),
            ["-0.5", "100", "-1.5", "101", "0"]
        );
        assert_eq!(around_numbers(&["1e99"]), None);
    }

    #[test]
    fn dates_fill_every_gap() {
        let text = around_dates(&["2026-12-31T23:59:59Z", "2024-02-29T00:00:00+02:00"]);
        assert_eq!(
            text.get(..3).unwrap(),
            [
                "2024-02-28T22:00:00Z",
                "2024-02-28T22:00:01Z",
                "2024-02-28T21:59:59Z"
            ]
        );
        assert_eq!(
            text.get(3..6).unwrap(),
            [
                "2026-12-31T23:59:59Z",
                "2027-01-01T00:00:00Z",
                "2026-12-31T23:59:58Z"
            ]
        );
        for epoch in [
            0,
            951_782_400,
            1_709_164_800,
            4_102_444_799,
            -86_401,
            253_402_300_800,
            -62_135_596_801,
        ] {
            assert_eq!(
                Instant::parse(&print_date(epoch * SECOND)),
                Some(Instant(epoch * SECOND))
            );
        }
        // A second has room, and so has less than one.
        assert!(
            around_dates(&["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"])
                .contains(&"2026-01-01T00:00:00.5Z".to_owned())
        );
        assert!(
            around_dates(&["2026-01-01T00:00:00.2Z", "2026-01-01T00:00:00.3Z"])
                .contains(&"2026-01-01T00:00:00.25Z".to_owned())
        );
        assert!(
            around_dates(&["2026-01-01", "2026-01-03"])
                .contains(&"2026-01-02T00:00:00Z".to_owned())
        );
        assert!(around_dates(&["soon"]).is_empty());
    }

    #[test]
    fn networks_have_their_edges() {
        let near = around_networks(&["10.0.0.0/16", "2001:db8::/32", "10.9.9.9"]);
        for text in [
            "10.0.0.1",
            "10.1.0.0",
            "9.255.255.255",
            "2001:db8::1",
            "2001:db9::",
            "10.9.9.9",
            "10.9.9.10",
            "198.51.100.7",
        ] {
            assert!(near.iter().any(|n| n == text), "{text}");
        }
        assert!(around_networks(&["0.0.0.0/0"]).contains(&"255.255.255.255".to_owned()));
    }
}
