//! Sums, products and quotients.

use std::cmp::Ordering;

use dashu_base::BitTest;
use dashu_int::UBig;

use super::{
    Number, NumberError,
    number::{INTEGER_PRECISION, Parts, Repr, fits},
};

impl Number {
    /// Adds.
    ///
    /// # Errors
    /// Opposing infinities have no sum; none is larger than numbers may be.
    pub fn add(&self, other: &Self) -> Result<Self, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(n) = a.checked_add(*b)
            && fits(n, precision)
        {
            return Ok(Self {
                repr: Repr::Small(n),
                precision,
            });
        }
        match (self.parts(), other.parts()) {
            (None, None) if self.is_negative() != other.is_negative() => Err(NumberError(
                "can't compute sum of opposing infinities".into(),
            )),
            (None, _) => Ok(Self {
                repr: self.repr.clone(),
                precision,
            }),
            (_, None) => Ok(Self {
                repr: other.repr.clone(),
                precision,
            }),
            (Some(a), Some(b)) => Self::bounded(sum(a, b, precision), precision),
        }
    }

    /// Subtracts.
    ///
    /// # Errors
    /// An infinity cannot be taken from itself; no difference is larger than numbers may be.
    pub fn sub(&self, other: &Self) -> Result<Self, NumberError> {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(n) = a.checked_sub(*b)
            && fits(n, self.precision.max(other.precision))
        {
            return Ok(Self {
                repr: Repr::Small(n),
                precision: self.precision.max(other.precision),
            });
        }
        self.add(&other.neg())
            .map_err(|e| match self.is_infinite() {
                true => NumberError("can't subtract infinity from itself".into()),
                false => e,
            })
    }

    /// Multiplies.
    ///
    /// # Errors
    /// Zero and infinity have no product; none is larger or smaller than numbers may be.
    pub fn mul(&self, other: &Self) -> Result<Self, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(n) = a.checked_mul(*b)
            && n != 0
            && fits(n, precision)
        {
            return Ok(Self {
                repr: Repr::Small(n),
                precision,
            });
        }
        let negative = self.is_negative() != other.is_negative();
        match (self.parts(), other.parts()) {
            (Some(a), Some(b)) => {
                let parts = Parts {
                    negative,
                    mantissa: a.mantissa * b.mantissa,
                    exponent: a.exponent + b.exponent,
                };
                Self::bounded(parts, precision)
            }
            _ if self.is_zero() || other.is_zero() => {
                Err(NumberError("can't multiply zero by infinity".into()))
            }
            _ => Ok(Self {
                repr: Repr::Infinite { negative },
                precision,
            }),
        }
    }

    /// Divides; a number by zero is infinite.
    ///
    /// # Errors
    /// Zero by zero and infinity by infinity have no quotient; none is larger or smaller than numbers may be.
    pub fn div(&self, other: &Self) -> Result<Self, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && *a != 0
            && *b != 0
            && a % b == 0
            && fits(a / b, precision)
        {
            return Ok(Self {
                repr: Repr::Small(a / b),
                precision,
            });
        }
        let negative = self.is_negative() != other.is_negative();
        match (self.parts(), other.parts()) {
            (None, None) => Err(no_quotient()),
            (None, Some(_)) => Ok(Self {
                repr: Repr::Infinite { negative },
                precision,
            }),
            (Some(_), None) => Ok(Self::rounded(
                Parts {
                    negative,
                    mantissa: UBig::ZERO,
                    exponent: 0,
                },
                precision,
            )),
            (Some(_), Some(_)) if other.is_zero() => {
                if self.is_zero() {
                    Err(no_quotient())
                } else {
                    Ok(Self {
                        repr: Repr::Infinite { negative },
                        precision,
                    })
                }
            }
            (Some(a), Some(b)) => Self::bounded(quotient(a, &b, precision), precision),
        }
    }

    /// Returns the remainder of a division towards zero; by zero it is the number itself.
    ///
    /// # Errors
    /// Infinities have no remainder.
    pub fn rem(&self, other: &Self) -> Result<Self, NumberError> {
        if self.is_infinite() || other.is_infinite() {
            return self
                .mul(other)
                .map_err(|_| NumberError("can't use modulo with infinity".into()));
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && self.precision >= INTEGER_PRECISION
        {
            return Ok(Self {
                repr: Repr::Small(a % b),
                precision: self.precision,
            });
        }
        let whole = self.div(other)?.trunc();
        let whole = if whole.is_zero() {
            Self {
                repr: Repr::Small(0),
                ..whole
            }
        } else {
            whole
        };
        // The whole quotient and its product are kept at the precision of the left number alone.
        let whole = whole.with_precision(self.precision);
        let product = whole.mul(other)?.with_precision(self.precision);
        self.sub(&product).map(|n| n.with_precision(self.precision))
    }

    fn bounded(parts: Parts, precision: u16) -> Result<Self, NumberError> {
        if parts.is_far() {
            return Err(NumberError(format!(
                "the result is not between 1e-{0} and 1e{0}, the smallest and the largest number",
                Self::FARTHEST
            )));
        }
        Ok(Self::rounded(parts, precision))
    }
}

fn no_quotient() -> NumberError {
    NumberError("can't divide zero by zero or infinity by infinity".into())
}

/// Adds exactly, as far as the rounding can tell.
fn sum(a: Parts, b: Parts, precision: u16) -> Parts {
    if a.mantissa == UBig::ZERO || b.mantissa == UBig::ZERO {
        return match (a.mantissa == UBig::ZERO, b.mantissa == UBig::ZERO) {
            (true, true) => Parts {
                negative: a.negative && b.negative,
                ..a
            },
            (true, false) => b,
            _ => a,
        };
    }
    let top = |p: &Parts| {
        i64::try_from(p.mantissa.bit_len())
            .unwrap_or(i64::MAX)
            .saturating_add(p.exponent)
    };
    let (mut large, mut small) = if top(&a) >= top(&b) { (a, b) } else { (b, a) };
    let reach = i64::from(precision) + 4;
    if top(&small) < large.exponent.min(top(&large) - reach) - 4 {
        // Far below the last bit: all that counts is that it is there, and on which side.
        small = Parts {
            negative: small.negative,
            mantissa: UBig::ONE,
            exponent: large.exponent.min(top(&large) - reach) - 4,
        };
    }
    let exponent = large.exponent.min(small.exponent);
    let shift = |p: &Parts| usize::try_from(p.exponent - exponent).unwrap_or(0);
    let (left, right) = (shift(&large), shift(&small));
    large.mantissa <<= left;
    small.mantissa <<= right;
    if large.negative == small.negative {
        return Parts {
            negative: large.negative,
            mantissa: large.mantissa + small.mantissa,
            exponent,
        };
    }
    match large.mantissa.cmp(&small.mantissa) {
        Ordering::Equal => Parts {
            negative: false,
            mantissa: UBig::ZERO,
            exponent: 0,
        },
        Ordering::Greater => Parts {
            negative: large.negative,
            mantissa: large.mantissa - small.mantissa,
            exponent,
        },
        Ordering::Less => Parts {
            negative: small.negative,
            mantissa: small.mantissa - large.mantissa,
            exponent,
        },
    }
}

/// Divides so far that rounding cannot go wrong: a last bit says that something remains.
pub(super) fn quotient(a: Parts, b: &Parts, precision: u16) -> Parts {
    let want = usize::from(precision) + 2 + b.mantissa.bit_len();
    let shift = want.saturating_sub(a.mantissa.bit_len());
    let numerator = a.mantissa << shift;
    let mut mantissa = &numerator / &b.mantissa;
    let rest = numerator - &mantissa * &b.mantissa;
    mantissa <<= 1;
    if rest != UBig::ZERO {
        mantissa += UBig::ONE;
    }
    let exponent = a.exponent - b.exponent - i64::try_from(shift).unwrap_or(i64::MAX) - 1;
    Parts {
        negative: a.negative != b.negative,
        mantissa,
        exponent,
    }
}
