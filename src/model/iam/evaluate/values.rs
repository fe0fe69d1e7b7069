//! Values of conditions: numbers, times, addresses, truth.

use std::{
    cmp::Ordering,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A decimal number of any size, compared exactly: `22.0` equals `22`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Digits without zeros at either end; none for zero.
    digits: Vec<u8>,
    /// The power of ten of the place before the first digit: 22 is 0.22 × 10².
    exponent: i64,
}

impl Number {
    /// Reads digits with an optional sign, decimal point and exponent, as Java's `BigDecimal` does: `5`, `-.5`, `5.`, `5E+3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            None => (text, 0),
            Some((mantissa, power)) => {
                let unsigned = power.strip_prefix(['+', '-']).unwrap_or(power);
                if !is_digits(unsigned) {
                    return None;
                }
                (
                    mantissa,
                    i64::from(
                        power
                            .strip_prefix('+')
                            .unwrap_or(power)
                            .parse::<i32>()
                            .ok()?,
                    ),
                )
            }
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let leading = digits.iter().take_while(|d| **d == b'0').count();
        let kept = digits.iter().rposition(|d| *d != b'0').map_or(0, |i| i + 1);
        let digits = digits.get(leading..kept).unwrap_or_default().to_vec();
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits,
                exponent: 0,
            });
        }
        let exponent = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()? + power;
        Some(Self {
            negative,
            digits,
            exponent,
        })
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => -1,
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sign().cmp(&other.sign()).then_with(|| {
            let size = (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
            if self.negative { size.reverse() } else { size }
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A point in time, in nanoseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub i128);

const SECOND: i128 = 1_000_000_000;

impl Instant {
    /// Reads a date of ISO 8601 in the forms that IAM takes (<https://www.w3.org/TR/NOTE-datetime>), or seconds since 1970. The
    /// shorter forms mean their beginning: `2026` is a number of seconds, `2026-01` the first of January. Without a zone it is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if is_digits(unsigned) {
            return Some(Self(i128::from(text.parse::<i64>().ok()?) * SECOND));
        }
        if let Some((seconds, fraction)) = unsigned.split_once('.')
            && is_digits(seconds)
        {
            let nanos = i128::from(seconds.parse::<i64>().ok()?) * SECOND + nanos(fraction)?;
            return Some(Self(if unsigned.len() == text.len() {
                nanos
            } else {
                -nanos
            }));
        }
        let (date, time) = match text.split_once(['T', 't']) {
            None => (text, None),
            Some((date, time)) => (date, Some(time)),
        };
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4)?;
        let month = number(parts.next()?, 2)?;
        let day = match parts.next() {
            Some(day) => number(day, 2)?,
            None if time.is_none() => 1,
            None => return None,
        };
        if parts.next().is_some()
            || !(1..=12).contains(&month)
            || !(1..=days_in(year, month)).contains(&day)
        {
            return None;
        }
        let time = time.map_or(Some(0), time_of_day)?;
        Some(Self(
            i128::from(days(year, month, day)) * 86_400 * SECOND + time,
        ))
    }
}

/// Reads `HH:MM[:SS[.fraction]][zone]` as nanoseconds since midnight UTC.
fn time_of_day(text: &str) -> Option<i128> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let offset = match zone {
        "" | "Z" | "z" => 0,
        _ => {
            let (sign, zone) = zone.split_at_checked(1)?;
            let (hours, minutes) = zone.split_once(':').or_else(|| zone.split_at_checked(2))?;
            let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
            let size = hours * 60 + minutes;
            if hours > 23 || minutes > 59 {
                return None;
            }
            if sign == "-" { -size } else { size }
        }
    };
    let mut parts = clock.splitn(3, ':');
    let (hours, minutes) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(s) => match s.split_once('.') {
            None => (number(s, 2)?, 0),
            Some((s, fraction)) => (number(s, 2)?, nanos(fraction)?),
        },
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some(i128::from((hours * 60 + minutes - offset) * 60 + seconds) * SECOND + fraction)
}

/// Reads digits after a decimal point as nanoseconds; further digits are cut off.
fn nanos(fraction: &str) -> Option<i128> {
    if !is_digits(fraction) {
        return None;
    }
    let nine: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    nine.parse().ok()
}

fn number(text: &str, digits: usize) -> Option<i64> {
    if text.len() == digits && is_digits(text) {
        text.parse().ok()
    } else {
        None
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts the days since 1970-01-01 in the Gregorian calendar: whole years with their leap days, then months.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let years =
        before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let months: i64 = (1..month).map(|m| days_in(year, m)).sum();
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    years + months + day - 1 - 719_162
}

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    /// The family.
    pub v6: bool,
    /// The address with its host bits cleared; an IPv4 address in the low 32 bits.
    pub address: u128,
    /// How many leading bits count, 0 to 32 or 128.
    pub bits: u32,
}

impl Network {
    /// Reads an address or a block, such as `10.0.0.0/8` or `2001:db8::/32`. Host bits may be set and do not count. An IPv6 address
    /// that embeds an IPv4 address (`::ffff:10.0.0.1`) is that IPv4 address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) if is_digits(bits) => (address, Some(bits.parse::<u32>().ok()?)),
            Some(_) => return None,
        };
        let written: IpAddr = match address.parse::<Ipv4Addr>() {
            Ok(v4) => v4.into(),
            Err(_) => address.parse::<Ipv6Addr>().ok()?.into(),
        };
        let plain = if bits.is_none() {
            written.to_canonical()
        } else {
            written
        };
        let (v6, address, width) = match plain {
            IpAddr::V4(a) => (false, u128::from(u32::from(a)), 32),
            IpAddr::V6(a) => (true, u128::from(a), 128),
        };
        let bits = bits.unwrap_or(width);
        let host = width.checked_sub(bits)?;
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Some(Self {
            v6,
            address: address & mask,
            bits,
        })
    }

    /// Tells whether all addresses of `other` lie in this block. The families never hold each other.
    pub fn holds(&self, other: &Self) -> bool {
        let width = if self.v6 { 128 } else { 32 };
        let mask = u128::MAX.checked_shl(width - self.bits).unwrap_or(0);
        self.v6 == other.v6 && self.bits <= other.bits && self.address == other.address & mask
    }
}

/// Reads a truth value as Java's `parseBoolean`: `true` in any letter case is true, everything else is false.
pub fn truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let n = |t: &str| Number::parse(t).unwrap();
        for (a, b, order) in [
            ("22.0", "22", Ordering::Equal),
            ("0022", "2.2e1", Ordering::Equal),
            ("-0", "0.000", Ordering::Equal),
            ("-.5", "+5.", Ordering::Less),
            ("9", "10", Ordering::Less),
            ("-9", "-10", Ordering::Greater),
            ("0.09", "0.1", Ordering::Less),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("1e400", "2e399", Ordering::Greater),
            ("1E-2147483648", "0", Ordering::Greater),
        ] {
            assert_eq!(n(a).cmp(&n(b)), order, "{a} {b}");
            assert_eq!(n(a) == n(b), order == Ordering::Equal, "{a} {b}");
        }
        for text in [
            "",
            "-",
            ".",
            "e5",
            "5e",
            "5e+",
            " 5",
            "0x5",
            "1_0",
            "NaN",
            "٥",
            "--5",
            "5e99999999999",
            "1.2.3",
            "5e+-1",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times() {
        let t = |t: &str| Instant::parse(t).unwrap();
        let new_year = Instant(1_767_225_600 * SECOND);
        for text in [
            "2026-01-01T00:00:00Z",
            "1767225600",
            "2026-01",
            "2026-01-01",
            "2026-01-01T00:00Z",
            "2026-01-01T01:00:00+01:00",
            "2025-12-31T19:30:00.000-0430",
            "2026-01-01T00:00:00",
            "1767225600.0",
            "2026-01-01t00:00:00z",
        ] {
            assert_eq!(t(text), new_year, "{text}");
        }
        assert_eq!(t("0001-01-01"), Instant(-62_135_596_800 * SECOND));
        assert_eq!(t("2024-02-29").0 / SECOND, 1_709_164_800);
        assert_eq!(t("-1.5"), Instant(-1_500_000_000));
        assert!(t("2026-01-01T00:00:00.5Z") > new_year);
        for text in [
            "",
            "x",
            "2026-13-01",
            "2026-02-29",
            "2026-1-1",
            "2026-01-01T24:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01T00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00Z",
            "2026-01-01T00:00:00+1",
            "20260101T000000Z",
            "2026-01-01T00:00:00+24:00",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn networks() {
        let n = |t: &str| Network::parse(t).unwrap();
        assert!(n("10.0.0.0/8").holds(&n("10.255.0.1")));
        assert!(n("10.9.9.9/8").holds(&n("10.0.0.0/9")));
        assert!(!n("10.0.0.0/9").holds(&n("10.0.0.0/8")));
        assert!(n("0.0.0.0/0").holds(&n("255.255.255.255")));
        assert!(!n("0.0.0.0/0").holds(&n("::1")));
        assert!(!n("::/0").holds(&n("1.2.3.4")));
        assert!(n("::/0").holds(&n("2001:db8::1")));
        assert!(n("10.0.0.0/8").holds(&n("::ffff:10.0.0.1")));
        for text in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "010.0.0.1",
            "x",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
