//! Wildcards, and ARNs segment by segment.
//!
//! `*` is any run of characters, also none; `?` is one character. An ARN has six segments parted by the first five colons; a
//! wildcard does not reach over these. AWS's guide says of `Resource` that a `*` which ends a segment may run over colons; engines
//! that were measured against AWS do not do that, and neither does this one (the lint names such patterns).

use std::fmt::{self, Write as _};

/// How many segments an ARN has.
pub const SEGMENTS: usize = 6;

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Token {
    /// `*`
    Any,
    /// `?`
    One,
    /// A character that stands for itself, be it `*`.
    Char(char),
}

/// A text with wildcards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    /// Makes a pattern of tokens; runs of `*` become one.
    pub fn new(tokens: impl IntoIterator<Item = Token>) -> Self {
        let mut tokens: Vec<_> = tokens.into_iter().collect();
        tokens.dedup_by(|a, b| *a == Token::Any && *b == Token::Any);
        Self { tokens }
    }

    /// Reads a text in which `*` and `?` are wildcards and all else stands for itself.
    pub fn wild(text: &str) -> Self {
        Self::new(text.chars().map(wildcard))
    }

    /// Makes the pattern that only `text` matches.
    pub fn literal(text: &str) -> Self {
        Self::new(text.chars().map(Token::Char))
    }

    /// Returns the parts.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Tells whether it is `*`.
    pub fn is_any(&self) -> bool {
        self.tokens == [Token::Any]
    }

    /// Tells whether it holds a wildcard.
    pub fn has_wildcards(&self) -> bool {
        !self.tokens.iter().all(|t| matches!(t, Token::Char(_)))
    }

    /// Returns the characters, wildcards as they are written.
    pub fn text(&self) -> String {
        let character = |t: &Token| match t {
            Token::Any => '*',
            Token::One => '?',
            Token::Char(c) => *c,
        };
        self.tokens.iter().map(character).collect()
    }

    /// Returns the pattern with lower-case letters.
    #[must_use]
    pub fn lower(&self) -> Self {
        Self::new(self.tokens.iter().flat_map(|t| {
            let lower = match t {
                Token::Char(c) => Some(c.to_lowercase().map(Token::Char)),
                _ => None,
            };
            let same = if lower.is_some() { None } else { Some(*t) };
            same.into_iter().chain(lower.into_iter().flatten())
        }))
    }

    /// Tells whether the whole text matches. Letter case counts. The time is at most the product of the lengths.
    pub fn matches(&self, text: &str) -> bool {
        let mut tokens = self.tokens.iter();
        let mut chars = text.chars();
        // After the last `*`: what followed it, and the text from which its run may be made longer.
        let mut retry = None;
        loop {
            let chars_here = chars.clone();
            match (tokens.next(), chars.next()) {
                (None, None) => return true,
                (Some(Token::Any), _) => {
                    if tokens.as_slice().is_empty() {
                        return true;
                    }
                    chars = chars_here;
                    retry = Some((tokens.clone(), chars.clone()));
                }
                (Some(Token::One), Some(_)) => {}
                (Some(Token::Char(p)), Some(c)) if *p == c => {}
                _ => {
                    let Some((after, from)) = &mut retry else {
                        return false;
                    };
                    if from.next().is_none() {
                        return false;
                    }
                    tokens = after.clone();
                    chars = from.clone();
                }
            }
        }
    }

    /// Splits at the first five colons.
    pub fn segments(&self) -> Vec<Self> {
        self.tokens
            .splitn(SEGMENTS, |t| *t == Token::Char(':'))
            .map(|s| Self { tokens: s.to_vec() })
            .collect()
    }
}

/// Prints wildcards as `*` and `?`, and characters that only look like wildcards as `${*}` and `${?}`.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.iter().try_for_each(|t| match t {
            Token::Any => f.write_char('*'),
            Token::One => f.write_char('?'),
            Token::Char(c @ ('*' | '?')) => write!(f, "${{{c}}}"),
            Token::Char(c) => f.write_char(*c),
        })
    }
}

/// Returns what a character of a policy text means.
pub(super) fn wildcard(c: char) -> Token {
    match c {
        '*' => Token::Any,
        '?' => Token::One,
        c => Token::Char(c),
    }
}

/// Splits an ARN at the first five colons. Less than six segments: no ARN.
pub fn segments(arn: &str) -> Option<[&str; SEGMENTS]> {
    let mut parts = arn.splitn(SEGMENTS, ':');
    let mut out = [""; SEGMENTS];
    for segment in &mut out {
        *segment = parts.next()?;
    }
    Some(out)
}

/// A pattern for ARNs, matched segment by segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ArnPattern {
    /// `*`: every text, also one that is no ARN.
    All,
    /// One pattern a segment.
    Segments(Box<[Pattern; SEGMENTS]>),
    /// An ARN of which only its name in a plan is known (`${aws_s3_bucket.a.arn}/*`): where its segments part cannot be told.
    Symbol(Pattern),
    /// Nothing matches.
    Nothing,
}

impl ArnPattern {
    /// Reads a pattern of `Resource`. Segments that are missing at the end are `*`
    /// ("incomplete ARN" in
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).
    pub fn resource(pattern: &Pattern) -> Self {
        Self::padded(pattern, true)
    }

    /// Reads the value of an ARN operator. AWS says nothing of one with less than six segments: if it ends in `*`, that stands for the
    /// rest, too; otherwise it matches nothing.
    pub fn condition(pattern: &Pattern) -> Self {
        Self::padded(pattern, pattern.tokens.last() == Some(&Token::Any))
    }

    fn padded(pattern: &Pattern, pad: bool) -> Self {
        if pattern.is_any() {
            return Self::All;
        }
        if pattern
            .tokens
            .starts_with(&[Token::Char('$'), Token::Char('{')])
        {
            return Self::Symbol(pattern.clone());
        }
        let mut segments = pattern.segments();
        if pad {
            segments.resize(SEGMENTS, Pattern::new([Token::Any]));
        }
        <[Pattern; SEGMENTS]>::try_from(segments)
            .map_or(Self::Nothing, |s| Self::Segments(Box::new(s)))
    }

    /// Tells whether an ARN matches. Letter case counts.
    pub fn matches(&self, arn: &str) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Symbol(pattern) => pattern.matches(arn),
            Self::Segments(patterns) => segments(arn).is_some_and(|arn| {
                patterns
                    .iter()
                    .zip(arn)
                    .all(|(pattern, segment)| pattern.matches(segment))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b/c", true),
            ("?", "", false),
            ("?", "ä", true),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("*a*b", "xaxb", true),
            ("a?*", "a", false),
            ("**", "x", true),
            ("A", "a", false),
        ] {
            assert_eq!(
                Pattern::wild(pattern).matches(text),
                expected,
                "{pattern} {text}"
            );
        }
        assert!(!Pattern::literal("*").matches("a"));
        assert_eq!(Pattern::literal("a*").to_string(), "a${*}");
        assert!(Pattern::wild("S3:Get*").lower().matches("s3:getobject"));
    }

    #[test]
    fn many_wildcards_stay_fast() {
        let pattern = Pattern::wild(&"*a".repeat(200));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(20_000))));
    }

    #[test]
    fn arns_match_segment_by_segment() {
        for (pattern, arn, expected) in [
            ("*", "*", true),
            (
                "arn:aws:ec2:*:*:instance/*",
                "arn:aws:ec2:eu-west-1:1:instance/i-1",
                true,
            ),
            (
                "arn:aws:ec2:*:instance/*",
                "arn:aws:ec2:eu-west-1:1:instance/i-1",
                false,
            ),
            ("arn:aws:sqs", "arn:aws:sqs:eu-west-1:1:q", true),
            (
                "arn:aws:logs:*:*:log-group:*",
                "arn:aws:logs:eu-west-1:1:log-group:a:log-stream:b",
                true,
            ),
            ("arn:aws:ec2:*:*:*", "*", false),
        ] {
            assert_eq!(
                ArnPattern::resource(&Pattern::wild(pattern)).matches(arn),
                expected,
                "{pattern} {arn}"
            );
        }
        let short = ArnPattern::condition(&Pattern::wild("arn:aws:sns:*:topic"));
        assert!(!short.matches("arn:aws:sns:us-east-1:1:topic"));
        let open = ArnPattern::condition(&Pattern::wild("arn:aws:s3:*"));
        assert!(open.matches("arn:aws:s3:::bucket"));
    }
}
