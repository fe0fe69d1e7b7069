//! Numbers: binary floating point of 512 bits, as Terraform's.
//!
//! Whole numbers that fit 64 bits live inline; everything else is an odd mantissa with a power of two behind an `Arc`.

use std::{cmp::Ordering, sync::Arc};

use dashu_base::BitTest;
use dashu_int::UBig;

/// Bits of numbers that come from text: literals, strings and JSON.
const TEXT_PRECISION: u16 = 512;
/// Bits of numbers that come from machine integers.
pub(super) const INTEGER_PRECISION: u16 = 64;
/// Bits of numbers that come from `f64`.
const FLOAT_PRECISION: u16 = 53;

/// A number: a binary floating-point number with a precision of its own, or an infinity.
///
/// Equality and order look at the value alone, not at the precision; negative zero equals zero.
#[derive(Clone, Debug)]
pub struct Number {
    pub(super) repr: Repr,
    pub(super) precision: u16,
}

// INVARIANT: every finite number that is whole and within ±(2^63 - 1) is `Small`, except negative zero.
#[derive(Clone, Debug)]
pub(super) enum Repr {
    Small(i64),
    NegativeZero,
    Infinite { negative: bool },
    Big(Arc<Big>),
}

// INVARIANT: the mantissa is odd.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Big {
    negative: bool,
    mantissa: UBig,
    exponent: i64,
}

/// Sign, mantissa and exponent of a finite number.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) negative: bool,
    pub(super) mantissa: UBig,
    pub(super) exponent: i64,
}

impl Parts {
    /// Tells whether the number is farther from one than numbers may be.
    pub(super) fn is_far(&self) -> bool {
        let bits = i64::try_from(self.mantissa.bit_len()).unwrap_or(i64::MAX);
        // log2(10) is 3.3219…
        let bound = Number::FARTHEST * 33_220 / 10_000;
        self.mantissa != UBig::ZERO
            && bits.saturating_add(self.exponent).unsigned_abs() > bound.unsigned_abs()
    }
}

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NumberError(pub String);

impl Number {
    /// How far from one a number may be, as a power of ten.
    ///
    /// Terraform goes to about 10^±646,000,000 and writes all digits out, several times in a run: a few characters would cost seconds.
    pub const FARTHEST: i64 = 10_000;
    /// Nought.
    pub const ZERO: Self = Self {
        repr: Repr::Small(0),
        precision: TEXT_PRECISION,
    };
    /// One.
    pub const ONE: Self = Self {
        repr: Repr::Small(1),
        precision: TEXT_PRECISION,
    };

    /// Reads a decimal text as the language does.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            let n: i64 = digits.parse().ok()?;
            let repr = match (negative, n) {
                (true, 0) => Repr::NegativeZero,
                (true, n) => Repr::Small(-n),
                (false, n) => Repr::Small(n),
            };
            return Some(Self {
                repr,
                precision: TEXT_PRECISION,
            });
        }
        super::decimal::parse(text, TEXT_PRECISION)
    }

    /// Reads a whole number in a radix from 2 to 62; letters above `z` are upper-case ones.
    pub fn parse_integer(text: &str, radix: u32) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() {
            return None;
        }
        let mut all = Vec::with_capacity(digits.len());
        for c in digits.bytes() {
            let digit = match c {
                b'0'..=b'9' => u32::from(c - b'0'),
                b'a'..=b'z' => u32::from(c - b'a') + 10,
                b'A'..=b'Z' if radix <= 36 => u32::from(c - b'A') + 10,
                b'A'..=b'Z' => u32::from(c - b'A') + 36,
                _ => return None,
            };
            if digit >= radix {
                return None;
            }
            all.push(digit);
        }
        // Reading digit by digit takes time that grows with the square of their number.
        let mantissa = if radix <= 36 {
            UBig::from_str_radix(digits, radix).ok()?
        } else {
            all.iter().fold(UBig::ZERO, |sum, digit| {
                sum * UBig::from(radix) + UBig::from(*digit)
            })
        };
        let precision = u16::try_from(mantissa.bit_len())
            .unwrap_or(u16::MAX)
            .max(INTEGER_PRECISION);
        // Zero has no sign among integers.
        let negative = negative && mantissa != UBig::ZERO;
        Some(Self::rounded(
            Parts {
                negative,
                mantissa,
                exponent: 0,
            },
            precision,
        ))
    }

    /// Makes an infinity.
    pub fn infinity(negative: bool) -> Self {
        Self {
            repr: Repr::Infinite { negative },
            precision: TEXT_PRECISION,
        }
    }

    /// Makes the number that an `f64` is; `None` for what is not a number.
    pub fn from_f64(f: f64) -> Option<Self> {
        if f.is_nan() {
            return None;
        }
        if f.is_infinite() {
            return Some(Self {
                repr: Repr::Infinite { negative: f < 0.0 },
                precision: FLOAT_PRECISION,
            });
        }
        let bits = f.to_bits();
        let biased = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if biased == 0 {
            (fraction, -1074)
        } else {
            (fraction | (1 << 52), biased - 1075)
        };
        Some(Self::rounded(
            Parts {
                negative: f.is_sign_negative(),
                mantissa: mantissa.into(),
                exponent,
            },
            FLOAT_PRECISION,
        ))
    }

    /// Returns the nearest `f64`.
    pub fn to_f64(&self) -> f64 {
        match &self.repr {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest one is what is asked for"
            )]
            Repr::Small(n) => *n as f64,
            Repr::NegativeZero => -0.0,
            Repr::Infinite { negative } => {
                if *negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            Repr::Big(big) => {
                let (head, exponent) = round_bits(big.mantissa.clone(), big.exponent, 64);
                let head = u64::try_from(head).unwrap_or(u64::MAX);
                // Scaled in two steps, for one alone may leave the range.
                let exponent = i32::try_from(exponent.clamp(-2200, 2200)).unwrap_or(0);
                let half = exponent / 2;
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "the nearest one is what is asked for"
                )]
                let f = head as f64 * 2f64.powi(half) * 2f64.powi(exponent - half);
                if big.negative { -f } else { f }
            }
        }
    }

    /// Returns the number if it is whole and fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.repr {
            Repr::Small(n) => Some(*n),
            Repr::NegativeZero => Some(0),
            Repr::Big(b) if b.negative && b.exponent == 63 && b.mantissa == UBig::ONE => {
                Some(i64::MIN)
            }
            _ => None,
        }
    }

    /// Returns the number if it is whole, not negative and fits.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_i64().and_then(|i| usize::try_from(i).ok())
    }

    /// Tells whether there is nothing behind the decimal point; infinities are not whole.
    pub fn is_whole(&self) -> bool {
        match &self.repr {
            Repr::Small(_) | Repr::NegativeZero => true,
            Repr::Infinite { .. } => false,
            Repr::Big(b) => b.exponent >= 0,
        }
    }

    /// Tells whether the number is an infinity.
    pub fn is_infinite(&self) -> bool {
        matches!(self.repr, Repr::Infinite { .. })
    }

    /// Tells whether the number is zero, of whatever sign.
    pub fn is_zero(&self) -> bool {
        matches!(self.repr, Repr::Small(0) | Repr::NegativeZero)
    }

    /// Tells whether there is a minus sign, which zero may have too.
    pub fn is_negative(&self) -> bool {
        match &self.repr {
            Repr::Small(n) => *n < 0,
            Repr::NegativeZero => true,
            Repr::Infinite { negative } => *negative,
            Repr::Big(b) => b.negative,
        }
    }

    /// Returns how many bits of mantissa the number keeps.
    pub fn precision(&self) -> u16 {
        self.precision
    }

    /// Returns -1, 0 or 1.
    pub fn signum(&self) -> i64 {
        match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Returns the number without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() {
            self.neg()
        } else {
            self.clone()
        }
    }

    /// Returns the number with its sign turned round.
    #[must_use]
    pub fn neg(&self) -> Self {
        let repr = match &self.repr {
            Repr::Small(0) => Repr::NegativeZero,
            Repr::Small(n) => Repr::Small(-n),
            Repr::NegativeZero => Repr::Small(0),
            Repr::Infinite { negative } => Repr::Infinite {
                negative: !negative,
            },
            Repr::Big(b) => Repr::Big(Arc::new(Big {
                negative: !b.negative,
                mantissa: b.mantissa.clone(),
                exponent: b.exponent,
            })),
        };
        Self {
            repr,
            precision: self.precision,
        }
    }

    /// Returns the greatest whole number that is not above; infinities stay.
    #[must_use]
    pub fn floor(&self) -> Self {
        self.to_whole(true)
    }

    /// Returns the smallest whole number that is not below; infinities stay.
    #[must_use]
    pub fn ceil(&self) -> Self {
        self.to_whole(false)
    }

    /// Returns the whole number towards zero; infinities stay.
    #[must_use]
    pub fn trunc(&self) -> Self {
        self.to_whole(!self.is_negative())
    }

    fn to_whole(&self, down: bool) -> Self {
        match &self.repr {
            Repr::Big(b) if b.exponent < 0 => {
                let shift = usize::try_from(-b.exponent).unwrap_or(usize::MAX);
                let mut mantissa = if shift > b.mantissa.bit_len() {
                    UBig::ZERO
                } else {
                    b.mantissa.clone() >> shift
                };
                if b.negative == down {
                    mantissa += UBig::ONE;
                }
                let negative = b.negative && mantissa != UBig::ZERO;
                Self::rounded(
                    Parts {
                        negative,
                        mantissa,
                        exponent: 0,
                    },
                    self.precision,
                )
            }
            Repr::NegativeZero => Self {
                repr: Repr::Small(0),
                precision: self.precision,
            },
            _ => self.clone(),
        }
    }

    /// Returns the number rounded to a precision.
    #[must_use]
    pub fn with_precision(&self, precision: u16) -> Self {
        match &self.repr {
            Repr::Small(n) if fits(*n, precision) => Self {
                repr: Repr::Small(*n),
                precision,
            },
            _ => match self.parts() {
                Some(parts) => Self::rounded(parts, precision),
                None => Self {
                    repr: self.repr.clone(),
                    precision,
                },
            },
        }
    }

    /// Returns the number as Terraform stores it in plans: a fraction that an `f64` holds as one, everything else with all bits.
    #[must_use]
    pub fn stored(&self) -> Self {
        match &self.repr {
            Repr::Small(_) => self.with_precision(INTEGER_PRECISION),
            Repr::Big(b)
                if b.exponent < 0
                    && b.mantissa.bit_len() <= 53
                    && Self::from_f64(self.to_f64()).as_ref() == Some(self) =>
            {
                self.with_precision(FLOAT_PRECISION)
            }
            _ => self.clone(),
        }
    }

    /// Returns sign, mantissa and exponent; `None` for infinities.
    pub(super) fn parts(&self) -> Option<Parts> {
        Some(match &self.repr {
            Repr::Small(n) => Parts {
                negative: *n < 0,
                mantissa: n.unsigned_abs().into(),
                exponent: 0,
            },
            Repr::NegativeZero => Parts {
                negative: true,
                mantissa: UBig::ZERO,
                exponent: 0,
            },
            Repr::Infinite { .. } => return None,
            Repr::Big(b) => Parts {
                negative: b.negative,
                mantissa: b.mantissa.clone(),
                exponent: b.exponent,
            },
        })
    }

    /// Makes the number of a precision that is nearest, the even one of two.
    pub(super) fn rounded(parts: Parts, precision: u16) -> Self {
        let Parts {
            negative,
            mantissa,
            exponent,
        } = parts;
        let (mut mantissa, mut exponent) = round_bits(mantissa, exponent, usize::from(precision));
        let Some(zeros) = mantissa.trailing_zeros() else {
            return Self {
                repr: if negative {
                    Repr::NegativeZero
                } else {
                    Repr::Small(0)
                },
                precision,
            };
        };
        if zeros > 0 {
            mantissa >>= zeros;
            exponent = exponent.saturating_add(i64::try_from(zeros).unwrap_or(i64::MAX));
        }
        let small = match (usize::try_from(exponent), u64::try_from(&mantissa)) {
            (Ok(shift), Ok(m)) if mantissa.bit_len().saturating_add(shift) <= 63 => {
                i64::try_from(m << shift).ok()
            }
            _ => None,
        };
        let repr = match small {
            Some(n) => Repr::Small(if negative { -n } else { n }),
            None => Repr::Big(Arc::new(Big {
                negative,
                mantissa,
                exponent,
            })),
        };
        Self { repr, precision }
    }
}

/// Tells whether a machine integer needs no rounding and no other representation.
pub(super) fn fits(n: i64, precision: u16) -> bool {
    n != i64::MIN && (precision >= INTEGER_PRECISION || n.unsigned_abs() < 1 << precision)
}

/// Rounds a mantissa to so many bits, half to even.
fn round_bits(mantissa: UBig, exponent: i64, bits: usize) -> (UBig, i64) {
    let have = mantissa.bit_len();
    if have <= bits {
        return (mantissa, exponent);
    }
    let cut = have - bits;
    let half = mantissa.bit(cut - 1);
    let below = mantissa.trailing_zeros().is_some_and(|z| z < cut - 1);
    let mut head = mantissa >> cut;
    if half && (below || head.bit(0)) {
        head += UBig::ONE;
    }
    (
        head,
        exponent.saturating_add(i64::try_from(cut).unwrap_or(i64::MAX)),
    )
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        if n == i64::MIN {
            let parts = Parts {
                negative: true,
                mantissa: n.unsigned_abs().into(),
                exponent: 0,
            };
            return Self::rounded(parts, INTEGER_PRECISION);
        }
        Self {
            repr: Repr::Small(n),
            precision: INTEGER_PRECISION,
        }
    }
}

impl From<i32> for Number {
    fn from(n: i32) -> Self {
        Self::from(i64::from(n))
    }
}

impl From<usize> for Number {
    fn from(n: usize) -> Self {
        match i64::try_from(n) {
            Ok(n) => Self::from(n),
            Err(_) => Self::rounded(
                Parts {
                    negative: false,
                    mantissa: n.into(),
                    exponent: 0,
                },
                INTEGER_PRECISION,
            ),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Small(a), Repr::Small(b)) => a == b,
            (Repr::Big(a), Repr::Big(b)) => Arc::ptr_eq(a, b) || a == b,
            (Repr::Infinite { negative: a }, Repr::Infinite { negative: b }) => a == b,
            _ => self.is_zero() && other.is_zero(),
        }
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr) {
            return a.cmp(b);
        }
        let by_sign = self.signum().cmp(&other.signum());
        if by_sign.is_ne() || self.is_zero() {
            return by_sign;
        }
        let size = match (self.parts(), other.parts()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => compare_size(a, b),
        };
        if self.is_negative() {
            size.reverse()
        } else {
            size
        }
    }
}

fn compare_size(mut a: Parts, mut b: Parts) -> Ordering {
    let top = |p: &Parts| {
        i64::try_from(p.mantissa.bit_len())
            .unwrap_or(i64::MAX)
            .saturating_add(p.exponent)
    };
    top(&a).cmp(&top(&b)).then_with(|| {
        let exponent = a.exponent.min(b.exponent);
        a.mantissa <<= usize::try_from(a.exponent - exponent).unwrap_or(0);
        b.mantissa <<= usize::try_from(b.exponent - exponent).unwrap_or(0);
        a.mantissa.cmp(&b.mantissa)
    })
}
