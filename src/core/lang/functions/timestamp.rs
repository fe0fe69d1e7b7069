//! RFC 3339 times and durations, with the words of Terraform for what is wrong.

use std::fmt;

use bastionless_model::value::quote;

/// A time with its offset from UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timestamp {
    pub(super) year: i64,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    nanosecond: u32,
    /// Seconds east of UTC.
    pub(super) offset: i64,
}

impl Timestamp {
    /// Makes the UTC time of seconds since 1970.
    pub(super) fn utc(seconds: i64) -> Self {
        Self::at(i128::from(seconds) * 1_000_000_000, 0)
    }

    /// Makes the time of nanoseconds since 1970 as seen in an offset.
    fn at(nanoseconds: i128, offset: i64) -> Self {
        let local = nanoseconds + i128::from(offset) * 1_000_000_000;
        let seconds = i64::try_from(local.div_euclid(1_000_000_000)).unwrap_or(0);
        let nanosecond = u32::try_from(local.rem_euclid(1_000_000_000)).unwrap_or(0);
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let of_day = u32::try_from(seconds.rem_euclid(86_400)).unwrap_or(0);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            nanosecond,
            offset,
        }
    }

    /// Returns nanoseconds since 1970.
    pub(super) fn nanoseconds(&self) -> i128 {
        let of_day =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let seconds = days(self.year, self.month, self.day) * 86_400 + of_day - self.offset;
        i128::from(seconds) * 1_000_000_000 + i128::from(self.nanosecond)
    }

    /// Returns the time so many nanoseconds later.
    pub(super) fn plus(&self, nanoseconds: i64) -> Self {
        Self::at(self.nanoseconds() + i128::from(nanoseconds), self.offset)
    }

    /// Returns the day of the week, from Sunday.
    pub(super) fn weekday(&self) -> u32 {
        u32::try_from((days(self.year, self.month, self.day) + 4).rem_euclid(7)).unwrap_or(0)
    }

    /// Returns `Z` or the offset.
    pub(super) fn zone(&self) -> String {
        if self.offset == 0 {
            "Z".into()
        } else {
            self.offset_text(":")
        }
    }

    /// Returns the offset with a separator between hours and minutes.
    pub(super) fn offset_text(&self, separator: &str) -> String {
        let minutes = self.offset.abs() / 60;
        let sign = if self.offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// Reads an RFC 3339 time; `strictly` without an hour of one digit, a decimal comma and offsets of a day.
    pub(super) fn parse(text: &str, strictly: bool) -> Result<Self, String> {
        let mut reader = Reader {
            rest: text,
            strictly,
            lapse: None,
        };
        let time = reader
            .time()
            .and_then(|time| reader.lapse.map_or(Ok(time), Err));
        time.map_err(|m| format!("not a valid RFC3339 timestamp: {m}"))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        let sign = if *year < 0 { "-" } else { "" };
        write!(
            f,
            "{sign}{:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}",
            year.unsigned_abs(),
            self.zone()
        )
    }
}

struct Reader<'a> {
    rest: &'a str,
    strictly: bool,
    /// The first thing that only a strict reader minds.
    lapse: Option<String>,
}

impl Reader<'_> {
    fn time(&mut self) -> Result<Timestamp, String> {
        let year = self.number(4, "year")?;
        self.expect('-')?;
        let month = self.within(1..=12, "month")?;
        self.expect('-')?;
        let day = self.number(2, "day of month")?;
        if !self.rest.starts_with('T') {
            return Err("missing required time introducer 'T'".into());
        }
        self.skip(1);
        let hour = self.hour()?;
        self.expect(':')?;
        let minute = self.within(0..=59, "minute")?;
        self.expect(':')?;
        let second = self.within(0..=59, "second")?;
        let nanosecond = self.fraction();
        let offset = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!(
                "cannot use {} as timestamp segment",
                quote(self.rest)
            ));
        }
        let year = i64::from(year);
        if day < 1 || day > month_length(year, month) {
            return Err("day out of range".into());
        }
        Ok(Timestamp {
            year,
            month,
            day,
            hour,
            minute,
            second,
            nanosecond,
            offset,
        })
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn lapse(&mut self, what: String) {
        if self.strictly {
            self.lapse.get_or_insert(what);
        }
    }

    fn number(&mut self, digits: usize, what: &str) -> Result<u32, String> {
        if self.rest.is_empty() {
            return Err(format!("end of string before {what}"));
        }
        let found = self
            .rest
            .get(..digits)
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let number = found.and_then(|d| d.parse().ok());
        let number = number.ok_or_else(|| format!("cannot use {} as {what}", quote(self.rest)))?;
        self.skip(digits);
        Ok(number)
    }

    fn within(&mut self, range: std::ops::RangeInclusive<u32>, what: &str) -> Result<u32, String> {
        let number = self.number(2, what)?;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(self.out_of_range(what))
        }
    }

    /// Says of a number that is too large what stands behind it, as Terraform does.
    fn out_of_range(&self, what: &str) -> String {
        match (what, self.rest.starts_with(':') && self.strictly) {
            _ if self.rest.is_empty() => format!("end of string before {what}"),
            ("hour", true) => "hour must be between 0 and 23 inclusive".into(),
            ("minute", true) => "minute must have exactly two digits".into(),
            _ => format!("cannot use {} as {what}", quote(self.rest)),
        }
    }

    fn hour(&mut self) -> Result<u32, String> {
        let bytes = self.rest.as_bytes();
        if let (Some(one @ b'0'..=b'9'), next) = (bytes.first().copied(), bytes.get(1))
            && !next.is_some_and(u8::is_ascii_digit)
        {
            self.lapse("hour must have exactly two digits".into());
            self.skip(1);
            return Ok(u32::from(one - b'0'));
        }
        self.within(0..=23, "hour")
    }

    fn expect(&mut self, c: char) -> Result<(), String> {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None if self.rest.is_empty() => Err(format!("end of string where \"{c}\" is expected")),
            None => Err(format!(
                "found {} where \"{c}\" is expected",
                quote(self.rest)
            )),
        }
    }

    fn fraction(&mut self) -> u32 {
        let Some(after) = self.rest.strip_prefix(['.', ',']) else {
            return 0;
        };
        let length = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if length == 0 {
            return 0;
        }
        if self.rest.starts_with(',') {
            self.lapse("cannot use \",\" as timestamp segment".into());
        }
        let digits: String = after.chars().take(length.min(9)).collect();
        self.skip(length + 1);
        format!("{digits:0<9}").parse().unwrap_or(0)
    }

    fn offset(&mut self) -> Result<i64, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        if self.rest.is_empty() {
            return Err("end of string before UTC offset".into());
        }
        let wrong = format!("cannot use {} as UTC offset", quote(self.rest));
        let sign = match self.rest.bytes().next() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(wrong),
        };
        let Some(text) = self
            .rest
            .get(1..6)
            .filter(|t| t.as_bytes().get(2) == Some(&b':'))
        else {
            return Err(wrong);
        };
        let part = |from: usize| {
            let digits = text
                .get(from..from + 2)
                .filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
            digits.and_then(|d| d.parse::<i64>().ok())
        };
        let (Some(hours), Some(minutes)) = (part(0), part(3)) else {
            return Err(wrong);
        };
        self.skip(6);
        if hours > 24 || minutes > 60 {
            return Err(self.out_of_range("UTC offset"));
        }
        if hours == 24 || minutes == 60 {
            self.lapse(wrong);
        }
        Ok(sign * (hours * 3600 + minutes * 60))
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: u32) -> u32 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts days since 1970.
fn days(year: i64, month: u32, day: u32) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let of_year = (153 * i64::from(m) + 2) / 5 + i64::from(day) - 1;
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Returns year, month and day of days since 1970.
fn civil(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * of_year + 2) / 153;
    let day = of_year - (153 * m + 2) / 5 + 1;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        year,
        u32::try_from(month).unwrap_or(1),
        u32::try_from(day).unwrap_or(1),
    )
}

/// Reads a duration such as `-1h30m0.5s` as nanoseconds.
pub(super) fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut total = 0f64;
    let mut exact = 0i128;
    while !rest.is_empty() {
        let length = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number = rest.get(..length).unwrap_or_default();
        if number.is_empty() || number == "." || number.matches('.').count() > 1 {
            return Err(invalid());
        }
        rest = rest.get(length..).unwrap_or_default();
        let length = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let unit = rest.get(..length).unwrap_or_default();
        rest = rest.get(length..).unwrap_or_default();
        let factor: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse().map_err(|_| invalid())?
        };
        exact = whole
            .checked_mul(factor)
            .and_then(|w| exact.checked_add(w))
            .ok_or_else(invalid)?;
        if !fraction.is_empty() {
            // Factors are small: nothing of them is lost.
            let part = format!("0.{fraction}").parse::<f64>().unwrap_or(0.0) * factor as f64;
            total += part.trunc();
        }
    }
    // Fractions of units are far below 2^63.
    let total = exact + total as i128;
    let signed = if text.starts_with('-') { -total } else { total };
    i64::try_from(signed).map_err(|_| invalid())
}
