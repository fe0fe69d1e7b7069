//! Numbers: binary floating point of 512 bits, as Terraform's.

use std::{cmp::Ordering, fmt};

/// A number.
#[derive(Clone, Debug)]
pub struct Number {
    stub: f64,
}

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NumberError(pub String);

impl Number {
    /// Reads a decimal text as the language does.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(|stub| Self { stub })
    }

    /// Returns the nearest `f64`.
    pub fn to_f64(&self) -> f64 {
        self.stub
    }

    /// Returns the number if it is whole and fits.
    pub fn to_i64(&self) -> Option<i64> {
        Some(self.stub as i64).filter(|i| (*i as f64) == self.stub)
    }

    /// Returns the number if it is whole, not negative and fits.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_i64().and_then(|i| usize::try_from(i).ok())
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Self { stub: n as f64 }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
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
        self.stub.total_cmp(&other.stub)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stub)
    }
}
