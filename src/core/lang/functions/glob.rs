//! File patterns: `*`, `?`, `[…]`, `{…,…}` within a directory, `**` across directories.

/// A pattern.
pub(super) struct Glob {
    /// What every part between slashes must match.
    parts: Vec<Part>,
}

enum Part {
    /// `**`
    AnyDepth,
    /// One of these.
    Choice(Vec<Vec<Token>>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Char(char),
    /// `?`
    Any,
    /// `*`
    Many,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// Reads a pattern; `None` where its syntax is wrong.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let part = |part: &str| {
            if part == "**" {
                return Some(Part::AnyDepth);
            }
            alternatives(part)?
                .iter()
                .map(|choice| tokens(choice))
                .collect::<Option<_>>()
                .map(Part::Choice)
        };
        Some(Self {
            parts: pattern.split('/').map(part).collect::<Option<_>>()?,
        })
    }

    /// Tells whether a path matches.
    pub(super) fn matches(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        match_parts(&self.parts, &parts)
    }
}

/// Writes out `{a,b}`.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut depth = 0usize;
    let (mut begin, mut cuts) = (None, Vec::new());
    let mut escaped = false;
    for (at, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => {
                if depth == 0 {
                    begin = Some(at);
                    cuts.push(at);
                }
                depth += 1;
            }
            ',' if depth == 1 => cuts.push(at),
            '}' if depth == 1 => {
                cuts.push(at);
                let before = pattern.get(..begin?)?;
                let after = alternatives(pattern.get(at + 1..)?)?;
                let mut out = Vec::new();
                for pair in cuts.windows(2) {
                    let [from, to] = pair else { return None };
                    for inner in alternatives(pattern.get(from + 1..*to)?)? {
                        out.extend(after.iter().map(|rest| format!("{before}{inner}{rest}")));
                    }
                }
                return Some(out);
            }
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (depth == 0).then(|| vec![pattern.to_owned()])
}

fn tokens(part: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match c {
            '*' => Token::Many,
            '?' => Token::Any,
            '\\' => Token::Char(chars.next()?),
            '[' => {
                let negated = chars.next_if(|c| *c == '^').is_some();
                let ranges = class(&mut chars)?;
                Token::Class { negated, ranges }
            }
            c => Token::Char(c),
        });
    }
    Some(out)
}

/// Reads the inside of a class up to its end.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Vec<(char, char)>> {
    let mut ranges = Vec::new();
    let bound = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| match chars.next()? {
        '\\' => chars.next(),
        c => Some(c),
    };
    loop {
        if chars.next_if_eq(&']').is_some() {
            return (!ranges.is_empty()).then_some(ranges);
        }
        let low = bound(chars)?;
        let high = if chars.next_if_eq(&'-').is_some() {
            bound(chars)?
        } else {
            low
        };
        ranges.push((low, high));
    }
}

fn match_parts(pattern: &[Part], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        // What stands before `**` is a directory, so that something must follow.
        (Some((Part::AnyDepth, rest)), Some(_)) => {
            (0..=path.len()).any(|n| match_parts(rest, path.get(n..).unwrap_or_default()))
        }
        (Some((Part::Choice(choices), rest)), Some((part, others))) => {
            let chars: Vec<char> = part.chars().collect();
            choices.iter().any(|tokens| match_part(tokens, &chars)) && match_parts(rest, others)
        }
        _ => false,
    }
}

fn match_part(tokens: &[Token], text: &[char]) -> bool {
    match (tokens.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((Token::Many, rest)), _) => {
            (0..=text.len()).any(|n| match_part(rest, text.get(n..).unwrap_or_default()))
        }
        (Some((token, rest)), Some((c, others))) => {
            let fits = match token {
                Token::Char(t) => t == c,
                Token::Any | Token::Many => true,
                Token::Class { negated, ranges } => {
                    ranges.iter().any(|(a, b)| a <= c && c <= b) != *negated
                }
            };
            fits && match_part(rest, others)
        }
        _ => false,
    }
}
