//! Policy variables, and symbols for values that a plan does not know yet.
//!
//! `${…}` in a policy text is one of three things:
//! - an escape: `${*}`, `${?}`, `${$}` (version 2012-10-17 only);
//! - a policy variable, which has a colon after its service prefix: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`
//!   (version 2012-10-17 only; before, it is plain text);
//! - anything else is a *symbol*: what [`iam policy`](super) prints for an unknown value, `${aws_instance.a.arn}`. It stands for
//!   one text that nobody knows: it equals itself and nothing else.

use super::{
    ast::Version,
    pattern::{Pattern, Token, wildcard},
};

/// A part of a policy text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A character or wildcard.
    Token(Token),
    /// A policy variable.
    Variable {
        /// The condition key, as written.
        key: String,
        /// The text that stands where the request has no such key.
        default: Option<String>,
    },
    /// An unknown value, with its `${` and `}`.
    Symbol(String),
}

/// A policy text whose `${…}` are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Template {
    /// The parts in their order.
    pub parts: Vec<Part>,
}

impl Template {
    /// Reads a text in which `*` and `?` are wildcards: patterns of resources, values of `StringLike` and of ARN operators.
    pub fn wild(text: &str, version: Version) -> Self {
        Self::read(text, version, wildcard)
    }

    /// Reads a text without wildcards: values of `StringEquals`.
    pub fn plain(text: &str, version: Version) -> Self {
        Self::read(text, version, Token::Char)
    }

    fn read(text: &str, version: Version, token: fn(char) -> Token) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((part, length)) = placeholder(rest, version) {
                parts.push(part);
                rest = rest.get(length..).unwrap_or_default();
            } else {
                parts.push(Part::Token(token(c)));
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
        Self { parts }
    }

    /// Tells whether it holds a policy variable.
    pub fn has_variables(&self) -> bool {
        self.parts
            .iter()
            .any(|p| matches!(p, Part::Variable { .. }))
    }

    /// Tells whether it holds an unknown value.
    pub fn has_symbols(&self) -> bool {
        self.parts.iter().any(|p| matches!(p, Part::Symbol(_)))
    }

    /// Puts values in place of variables; `None` if one has neither a value nor a default. Wildcards in values stand for themselves.
    pub fn fill<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> Option<Pattern> {
        let mut tokens = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            match part {
                Part::Token(t) => tokens.push(*t),
                Part::Symbol(text) => tokens.extend(text.chars().map(Token::Char)),
                Part::Variable { key, default } => {
                    let text = value(key).or(default.as_deref())?;
                    tokens.extend(text.chars().map(Token::Char));
                }
            }
        }
        Some(Pattern::new(tokens))
    }

    /// Makes the variables before the fifth colon plain text: in `Resource` only what follows may hold variables.
    #[must_use]
    pub fn for_resource(mut self) -> Self {
        let mut colons = 0;
        for part in &mut self.parts {
            match part {
                Part::Token(Token::Char(':')) => colons += 1,
                Part::Variable { key, default } if colons < 5 => {
                    let default = default
                        .as_ref()
                        .map(|d| format!(", '{d}'"))
                        .unwrap_or_default();
                    *part = Part::Symbol(format!("${{{key}{default}}}"));
                }
                _ => {}
            }
        }
        self
    }
}

/// Reads a `${…}` at the start of the text, with its length in bytes. `None` if there is none that means something.
fn placeholder(text: &str, version: Version) -> Option<(Part, usize)> {
    let inner = text.strip_prefix("${")?;
    if version == Version::V2012 {
        for c in ['*', '?', '$'] {
            if inner.strip_prefix(c).is_some_and(|r| r.starts_with('}')) {
                return Some((Part::Token(Token::Char(c)), 4));
            }
        }
    }
    let end = closing(inner)?;
    let body = inner.get(..end)?;
    let length = 2 + end + 1;
    if let Some((prefix, _)) = body.split_once(':')
        && !prefix.contains(['.', '[', '"'])
    {
        if version == Version::V2008 {
            return None;
        }
        let (key, default) = match body.split_once(',') {
            None => (body, None),
            Some((key, default)) => {
                let quoted = default
                    .trim()
                    .strip_prefix('\'')
                    .and_then(|d| d.strip_suffix('\''));
                (key, Some(quoted?.to_owned()))
            }
        };
        return Some((
            Part::Variable {
                key: key.trim().to_owned(),
                default,
            },
            length,
        ));
    }
    if body.is_empty() || (version == Version::V2008 && ["*", "?", "$"].contains(&body)) {
        return None;
    }
    Some((Part::Symbol(text.get(..length)?.to_owned()), length))
}

/// Finds the brace that closes, outside quotes: keys of instances and default values may hold one.
fn closing(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (i, c) in inner.char_indices() {
        match (quote, c) {
            (None, '}') => return Some(i),
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, version: Version) -> Option<String> {
        let value = |key: &str| (key == "aws:username").then_some("al*ce");
        Template::wild(text, version)
            .fill(value)
            .map(|p| p.to_string())
    }

    #[test]
    fn variables_escapes_and_symbols() {
        use Version::{V2008, V2012};
        for (text, version, expected) in [
            ("u/${aws:username}/*", V2012, Some("u/al${*}ce/*")),
            ("u/${aws:username}", V2008, Some("u/${aws:username}")),
            ("${aws:userid}", V2012, None),
            ("${aws:PrincipalTag/t, 'x}y'}", V2012, Some("x}y")),
            ("${*}${?}${$}", V2012, Some("${*}${?}$")),
            ("${*}", V2008, Some("${*}")),
            (
                "a${aws_instance.b[\"*\"].id}*",
                V2012,
                Some("a${aws_instance.b[\"${*}\"].id}*"),
            ),
            (
                "${aws_x.y[\"a:b\"].id}",
                V2012,
                Some("${aws_x.y[\"a:b\"].id}"),
            ),
            ("${open", V2012, Some("${open")),
        ] {
            assert_eq!(filled(text, version).as_deref(), expected, "{text}");
        }
        // In the old version `${*}` is a wildcard between braces.
        assert!(
            Template::wild("${*}", V2008)
                .fill(|_| None)
                .unwrap()
                .matches("${abc}")
        );
        assert!(
            !Template::wild("${*}", V2012)
                .fill(|_| None)
                .unwrap()
                .matches("abc")
        );
    }

    #[test]
    fn resources_have_variables_only_after_the_fifth_colon() {
        let template = Template::wild(
            "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
            Version::V2012,
        )
        .for_resource();
        let keys: Vec<_> = template
            .parts
            .iter()
            .filter(|p| matches!(p, Part::Variable { .. }))
            .collect();
        assert_eq!(keys.len(), 1);
    }
}
