//! Numbers as decimal text: reading and exact or shortest writing, digit for digit as Terraform does.

use std::{fmt, str};

use dashu_base::BitTest;
use dashu_int::UBig;

use super::{Number, arithmetic::quotient, number::Parts};

/// The decimal digits of a number without sign: `0.DIGITS × 10^point`, without zeros at either end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    /// ASCII digits; empty for zero.
    pub digits: Vec<u8>,
    /// Where the decimal point is, counted from the first digit.
    pub point: i64,
}

impl Decimal {
    fn exact(mantissa: &UBig, exponent: i64) -> Self {
        let (text, point) = match usize::try_from(exponent) {
            Ok(shift) => {
                let text = (mantissa << shift).to_string();
                let point = text.len();
                (text, i64::try_from(point).unwrap_or(i64::MAX))
            }
            Err(_) => {
                let fives = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
                let text = (mantissa * UBig::from(5u8).pow(fives)).to_string();
                let point = i64::try_from(text.len()).unwrap_or(i64::MAX) + exponent;
                (text, point)
            }
        };
        let mut d = Self {
            digits: text.into_bytes(),
            point,
        };
        d.trim();
        d
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    fn at(&self, i: usize) -> u8 {
        self.digits.get(i).copied().unwrap_or(b'0')
    }

    /// Rounds to so many digits, half to even.
    pub fn round(&mut self, count: usize) {
        let Some(next) = self.digits.get(count) else {
            return;
        };
        let half = *next == b'5' && count + 1 == self.digits.len();
        let up = if half {
            count > 0 && (self.at(count - 1) - b'0') % 2 == 1
        } else {
            *next >= b'5'
        };
        if up {
            self.round_up(count)
        } else {
            self.round_down(count)
        }
    }

    /// Rounds to so many digits behind the decimal point.
    pub fn round_places(&mut self, places: usize) {
        let count = self
            .point
            .saturating_add(i64::try_from(places).unwrap_or(i64::MAX));
        match usize::try_from(count) {
            Ok(count) => self.round(count),
            Err(_) => *self = Self::default(),
        }
    }

    fn round_up(&mut self, mut count: usize) {
        while count > 0 && self.at(count - 1) == b'9' {
            count -= 1;
        }
        self.digits.truncate(count);
        match self.digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                self.digits.push(b'1');
                self.point += 1;
            }
        }
    }

    fn round_down(&mut self, count: usize) {
        self.digits.truncate(count);
        self.trim();
    }

    /// Cuts to the shortest digits that still read back as the same number of the precision.
    fn shorten(&mut self, parts: &Parts, precision: u16) {
        let bits = parts.mantissa.bit_len();
        let wanted = usize::from(precision) + 1;
        if bits > wanted {
            return;
        }
        // The last bit is half of a unit in the last place.
        let shift = wanted - bits;
        let mantissa = &parts.mantissa << shift;
        let exponent = parts.exponent - i64::try_from(shift).unwrap_or(0);
        let inclusive = !mantissa.bit(1);
        let lower = Self::exact(&(&mantissa - UBig::ONE), exponent);
        let upper = Self::exact(&(&mantissa + UBig::ONE), exponent);
        for i in 0..self.digits.len() {
            let (l, m, u) = (lower.at(i), self.at(i), upper.at(i));
            let down = l != m || inclusive && i + 1 == lower.digits.len();
            let up = m != u && (inclusive || m + 1 < u || i + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => return self.round(i + 1),
                (true, false) => return self.round_down(i + 1),
                (false, true) => return self.round_up(i + 1),
                (false, false) => {}
            }
        }
    }

    /// Writes without exponent; `places` digits behind the point, or as many as there are.
    pub fn write_plain(&self, places: Option<usize>, out: &mut impl fmt::Write) -> fmt::Result {
        let whole = usize::try_from(self.point).unwrap_or(0);
        if whole == 0 {
            out.write_char('0')?;
        }
        for i in 0..whole {
            out.write_char(char::from(self.at(i)))?;
        }
        let have = i64::try_from(self.digits.len()).unwrap_or(i64::MAX) - self.point;
        let places = places.unwrap_or_else(|| usize::try_from(have.max(0)).unwrap_or(0));
        if places > 0 {
            out.write_char('.')?;
        }
        for i in 0..places {
            let at = self.point + i64::try_from(i).unwrap_or(i64::MAX);
            out.write_char(usize::try_from(at).map_or('0', |at| char::from(self.at(at))))?;
        }
        Ok(())
    }

    /// Writes with exponent; `places` digits behind the point, or as many as there are.
    pub fn write_scientific(
        &self,
        places: Option<usize>,
        upper: bool,
        out: &mut impl fmt::Write,
    ) -> fmt::Result {
        out.write_char(char::from(self.at(0)))?;
        let places = places.unwrap_or_else(|| self.digits.len().saturating_sub(1));
        if places > 0 {
            out.write_char('.')?;
        }
        for i in 1..=places {
            out.write_char(char::from(self.at(i)))?;
        }
        let exponent = if self.digits.is_empty() {
            0
        } else {
            self.point - 1
        };
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(
            out,
            "{}{sign}{:02}",
            if upper { 'E' } else { 'e' },
            exponent.unsigned_abs()
        )
    }

    /// Writes in the shorter of both forms, with so many digits (at least one) or as many as there are.
    pub fn write_general(
        mut self,
        precision: Option<usize>,
        upper: bool,
        out: &mut impl fmt::Write,
    ) -> fmt::Result {
        let digits = precision.map(|p| p.max(1));
        if let Some(count) = digits {
            self.round(count);
        }
        let have = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let mut limit = digits.map_or(6, |d| i64::try_from(d).unwrap_or(i64::MAX));
        if digits.is_some() && limit > have && have >= self.point {
            limit = have;
        }
        let exponent = self.point - 1;
        if !self.digits.is_empty() && (exponent < -4 || exponent >= limit) {
            return self.write_scientific(None, upper, out);
        }
        self.write_plain(None, out)
    }
}

impl Number {
    /// Returns all decimal digits, without the sign; `None` for infinities.
    pub fn exact_decimal(&self) -> Option<Decimal> {
        self.parts()
            .map(|p| Decimal::exact(&p.mantissa, p.exponent))
    }

    /// Returns the digits of a whole number in a radix from 2 to 36, without the sign; nothing for others.
    pub fn to_radix(&self, radix: u8) -> String {
        match self
            .parts()
            .map(|p| (p.mantissa, usize::try_from(p.exponent)))
        {
            Some((mantissa, Ok(shift))) if (2..=36).contains(&radix) => {
                (mantissa << shift).in_radix(radix).to_string()
            }
            _ => String::new(),
        }
    }

    /// Returns the fewest decimal digits that read back as the same number, without the sign; `None` for infinities.
    pub fn shortest_decimal(&self) -> Option<Decimal> {
        let parts = self.parts()?;
        let mut d = Decimal::exact(&parts.mantissa, parts.exponent);
        if parts.mantissa != UBig::ZERO {
            d.shorten(&parts, self.precision());
        }
        Some(d)
    }
}

/// Prints the shortest decimal that reads back at the same precision.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.precision() >= 64
            && let Some(n) = self.to_i64()
            && !(n == 0 && self.is_negative())
        {
            return write!(f, "{n}");
        }
        if self.is_negative() {
            f.write_str("-")?;
        }
        match self.shortest_decimal() {
            Some(d) => d.write_plain(None, f),
            None => f.write_str(if self.is_negative() { "Inf" } else { "+Inf" }),
        }
    }
}

/// Reads `[+-] (digits [. digits] | . digits) [(e|p) [+-] digits]` or an infinity; nothing beyond [`Number::FARTHEST`].
pub(super) fn parse(text: &str, precision: u16) -> Option<Number> {
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    if matches!(text, "inf" | "Inf") {
        return Some(Number::infinity(negative));
    }
    let (mantissa, exponent) = match text.find(['e', 'E', 'p', 'P']) {
        Some(at) => (text.get(..at)?, text.get(at..)?),
        None => (text, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty()
        || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let (mut tens, mut twos) = (-i64::try_from(fraction.len()).ok()?, 0i64);
    if let Some(digits) = exponent.get(1..) {
        let n = parse_exponent(digits)?;
        match exponent.as_bytes().first() {
            Some(b'p' | b'P') => twos = n,
            _ => tens = tens.checked_add(n)?,
        }
    }
    let mut digits = String::with_capacity(whole.len() + fraction.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let mantissa: UBig = digits.parse().ok()?;
    if mantissa == UBig::ZERO {
        return Some(Number::rounded(
            Parts {
                negative,
                mantissa,
                exponent: 0,
            },
            precision,
        ));
    }
    // 10^n is 5^n · 2^n; as in Terraform the power of five has 64 bits more than the result.
    let exact = Parts {
        negative,
        mantissa,
        exponent: twos.checked_add(tens)?,
    };
    let power = five_to(tens.unsigned_abs(), precision + 64)?;
    let parts = if tens < 0 {
        quotient(exact, &power, precision)
    } else {
        let exponent = exact.exponent.checked_add(power.exponent)?;
        Parts {
            negative,
            mantissa: exact.mantissa * power.mantissa,
            exponent,
        }
    };
    (!parts.is_far()).then(|| Number::rounded(parts, precision))
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = digits.parse().ok().filter(|n| *n <= Number::FARTHEST)?;
    Some(if text.starts_with('-') { -n } else { n })
}

/// Raises five to a power by squaring, rounding each step.
fn five_to(mut n: u64, precision: u16) -> Option<Parts> {
    let rounded = |p: Parts, precision| Number::rounded(p, precision).parts();
    let product = |a: &Parts, b: &Parts| Parts {
        negative: false,
        mantissa: &a.mantissa * &b.mantissa,
        exponent: a.exponent.saturating_add(b.exponent),
    };
    let small = u32::try_from(n.min(27)).unwrap_or(27);
    let mut result = Parts {
        negative: false,
        mantissa: UBig::from(5u64.pow(small)),
        exponent: 0,
    };
    if n <= 27 {
        return Some(result);
    }
    n -= 27;
    let mut factor = Parts {
        negative: false,
        mantissa: UBig::from(5u8),
        exponent: 0,
    };
    while n > 0 {
        if n & 1 != 0 {
            result = rounded(product(&result, &factor), precision)?;
        }
        n >>= 1;
        if n > 0 {
            factor = rounded(product(&factor, &factor), precision + 64)?;
        }
    }
    Some(result)
}
