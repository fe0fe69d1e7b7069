//! Versions and version constraints, as Terraform writes them.

use std::{cmp::Ordering, fmt};

/// The version of the language that we implement; what `required_version` is checked against.
pub const LANGUAGE_VERSION: &str = "1.15.5";

/// A version such as `1.15.5` or `2.0.0-beta1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    segments: Vec<u64>,
    prerelease: Option<String>,
}

impl Version {
    /// Reads a version; build metadata is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(v, _)| v);
        let (numbers, prerelease) = match text.split_once('-') {
            Some((n, p)) => (n, Some(p.to_owned())),
            None => (text, None),
        };
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let segments = numbers
            .split('.')
            .map(|s| plain(s).then(|| s.parse().ok()).flatten())
            .collect::<Option<Vec<u64>>>()?;
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '~');
        if prerelease
            .as_ref()
            .is_some_and(|p: &String| p.is_empty() || !p.chars().all(valid))
        {
            return None;
        }
        Some(Self {
            segments,
            prerelease,
        })
    }

    /// Tells whether it comes before the release of its numbers.
    pub fn is_prerelease(&self) -> bool {
        self.prerelease.is_some()
    }

    fn segment(&self, i: usize) -> u64 {
        self.segments.get(i).copied().unwrap_or(0)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let count = self.segments.len().max(other.segments.len());
        (0..count)
            .map(|i| self.segment(i).cmp(&other.segment(i)))
            .find(|o| o.is_ne())
            .unwrap_or_else(|| match (&self.prerelease, &other.prerelease) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) => compare_prerelease(a, b),
            })
    }
}

fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) => match (x.parse::<u64>(), y.parse::<u64>()) {
                (Ok(x), Ok(y)) => x.cmp(&y),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => x.cmp(y),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, s) in self.segments.iter().enumerate() {
            write!(f, "{}{s}", if i > 0 { "." } else { "" })?;
        }
        self.prerelease
            .as_ref()
            .map_or(Ok(()), |p| write!(f, "-{p}"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Pessimistic,
}

/// Constraints that must all hold, such as `>= 1.2, < 2.0`.
#[derive(Clone, Debug)]
pub struct VersionConstraint {
    parts: Vec<(Operator, Version)>,
}

impl VersionConstraint {
    /// Reads constraints that are separated by commas; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(part).collect::<Option<Vec<_>>>()?;
        Some(Self { parts })
    }

    /// Tells whether a version fulfils all of them. A prerelease is only accepted by a constraint that names one of the same
    /// numbers.
    pub fn allows(&self, version: &Version) -> bool {
        self.parts.iter().all(|(op, v)| holds(*op, version, v))
    }
}

fn part(text: &str) -> Option<(Operator, Version)> {
    let text = text.trim();
    let operators = [
        ("~>", Operator::Pessimistic),
        (">=", Operator::GreaterEqual),
        ("<=", Operator::LessEqual),
        ("!=", Operator::NotEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("=", Operator::Equal),
    ];
    let (op, rest) = operators
        .iter()
        .find_map(|(s, op)| Some((*op, text.strip_prefix(s)?)))
        .unwrap_or((Operator::Equal, text));
    Some((op, Version::parse(rest)?))
}

fn holds(op: Operator, version: &Version, limit: &Version) -> bool {
    let same_numbers = || {
        let count = version.segments.len().max(limit.segments.len());
        (0..count).all(|i| version.segment(i) == limit.segment(i))
    };
    let comparable = match (&version.prerelease, &limit.prerelease) {
        (Some(_), None) => false,
        (Some(_), Some(_)) => same_numbers(),
        (None, _) => true,
    };
    match op {
        Operator::Equal => version == limit || version.cmp(limit).is_eq(),
        Operator::NotEqual => version.cmp(limit).is_ne(),
        Operator::Greater => comparable && version > limit,
        Operator::GreaterEqual => comparable && version >= limit,
        Operator::Less => comparable && version < limit,
        Operator::LessEqual => comparable && version <= limit,
        Operator::Pessimistic => {
            let fixed = limit.segments.len().saturating_sub(1);
            comparable
                && version >= limit
                && (0..fixed).all(|i| version.segment(i) == limit.segment(i))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_hold_as_in_terraform() {
        let cases = [
            (">= 1.0", "1.15.5", true),
            ("< 1.0, > 0.12", "1.15.5", false),
            ("~> 1.2", "1.15.5", true),
            ("~> 1.14.0", "1.15.5", false),
            ("~> 1.15.0", "1.15.5", true),
            ("~> 5.0", "6.69.1", false),
            ("~> 1", "2.3.0", true),
            ("!= 1.15.5", "1.15.5", false),
            ("1.15.5", "1.15.5", true),
            ("= 1.15", "1.15.0", true),
            (">= 1.15.5-beta1", "1.15.5", true),
            (">= 1.0.0", "1.1.0-beta1", false),
            (">= v1.3", "1.15.5", true),
        ];
        for (constraint, version, expected) in cases {
            let allowed = VersionConstraint::parse(constraint)
                .unwrap()
                .allows(&Version::parse(version).unwrap());
            assert_eq!(allowed, expected, "{constraint} against {version}");
        }
    }

    #[test]
    fn texts_that_are_no_constraints_are_refused() {
        for text in [
            "nope",
            "",
            ">",
            ">= 1.x",
            "1.0,",
            "=> 1.0",
            "1..0",
            "~> 1.0 beta",
        ] {
            assert!(VersionConstraint::parse(text).is_none(), "{text:?}");
        }
    }
}
