//! File patterns: `*`, `?`, `[…]`, `{…,…}` within a directory, `**` across directories.
//!
//! The rules are those of Terraform, found by asking it for a thousand patterns: a name is compared from its begin, a mistake counts
//! only where the comparison reaches it (and never behind a `*`), alternatives do not nest (the first `}` ends them, and each is put
//! before the rest of the pattern as if it had been written there), and only `*` or `**` can follow where the name has ended.

use std::collections::{BTreeSet, HashSet};

/// How many characters of patterns a comparison with one name may look at; far more than any pattern of use.
const MOST_STEPS: usize = 1_000_000;
/// How many wildcards and alternatives may be open at once.
const DEEPEST: usize = 500;

/// Why a pattern cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Its syntax is wrong.
    Syntax,
    /// It has too many wildcards.
    TooLong,
}

/// Tells whether a path matches a pattern.
///
/// # Errors
/// The comparison came to a mistake in the pattern, or takes too many steps.
pub(super) fn matches(pattern: &str, path: &str) -> Result<bool, Problem> {
    let parts: Vec<&str> = pattern.split('/').collect();
    let end = parts.len();
    // How many parts of the pattern may be used up by the names so far.
    let mut reached = BTreeSet::from([0]);
    for name in path.split('/') {
        let mut next = BTreeSet::new();
        while let Some(i) = reached.pop_first() {
            let Some(part) = parts.get(i) else { continue };
            if *part == "**" {
                // It takes this name, or none; as the last part it must take one.
                next.insert(i);
                let last = i + 1 == end;
                if last { &mut next } else { &mut reached }.insert(i + 1);
            } else if Comparison::default().component(part, name, 0)? {
                next.insert(i + 1);
            }
        }
        reached = next;
    }
    Ok(reached.contains(&end))
}

/// One name being compared with one part of a pattern.
#[derive(Default)]
struct Comparison {
    steps: usize,
    /// Rests of the pattern that do not match the last so many bytes of the name.
    failed: HashSet<(String, usize)>,
}

impl Comparison {
    fn component(&mut self, pattern: &str, name: &str, depth: usize) -> Result<bool, Problem> {
        let (mut pattern, mut name) = (pattern, name);
        loop {
            self.steps += 1;
            let (Some(c), Some(p)) = (name.chars().next(), pattern.chars().next()) else {
                let is_end = matches!(pattern, "" | "*" | "**");
                return Ok(is_end && name.is_empty());
            };
            let rest = skip(pattern, p);
            pattern = match p {
                '*' if rest.is_empty() => return Ok(true),
                '*' => return self.any_end(rest, name, depth),
                '{' => return self.any_choice(rest, name, depth),
                '\\' => match rest.chars().next().ok_or(Problem::Syntax)? {
                    escaped if escaped == c => skip(rest, escaped),
                    _ => return Ok(false),
                },
                '[' => {
                    let (class, after) = split_at(rest, ']').ok_or(Problem::Syntax)?;
                    if !in_class(class, c)? {
                        return Ok(false);
                    }
                    after
                }
                '?' => rest,
                p if p == c => rest,
                _ => return Ok(false),
            };
            name = skip(name, c);
        }
    }

    /// Compares what follows a `*` with every end of the name.
    fn any_end(&mut self, pattern: &str, name: &str, depth: usize) -> Result<bool, Problem> {
        for (at, _) in name.char_indices() {
            match self.again(pattern, name.get(at..).unwrap_or_default(), depth) {
                Ok(true) => return Ok(true),
                Err(Problem::TooLong) => return Err(Problem::TooLong),
                Ok(false) | Err(Problem::Syntax) => {}
            }
        }
        Ok(false)
    }

    /// Compares every alternative with what follows them.
    fn any_choice(&mut self, pattern: &str, name: &str, depth: usize) -> Result<bool, Problem> {
        let (mut choices, after) = split_at(pattern, '}').ok_or(Problem::Syntax)?;
        loop {
            let (choice, others) = match split_at(choices, ',') {
                Some((choice, others)) => (choice, Some(others)),
                None => (choices, None),
            };
            if self.again(&format!("{choice}{after}"), name, depth)? {
                return Ok(true);
            }
            match others {
                Some(others) => choices = others,
                None => return Ok(false),
            }
        }
    }

    fn again(&mut self, pattern: &str, name: &str, depth: usize) -> Result<bool, Problem> {
        self.steps = self.steps.saturating_add(pattern.len());
        if self.steps > MOST_STEPS || depth > DEEPEST {
            return Err(Problem::TooLong);
        }
        let key = (pattern.to_owned(), name.len());
        if self.failed.contains(&key) {
            return Ok(false);
        }
        let found = self.component(pattern, name, depth + 1)?;
        if !found {
            self.failed.insert(key);
        }
        Ok(found)
    }
}

fn skip(text: &str, first: char) -> &str {
    text.get(first.len_utf8()..).unwrap_or_default()
}

/// Splits before and after the first such character that is not escaped.
fn split_at(text: &str, end: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == end => return Some((text.get(..at)?, skip(text.get(at..)?, c))),
            _ => {}
        }
    }
    None
}

/// Tells whether a character is in a class such as `a-z` or `^a-z`.
fn in_class(class: &str, wanted: char) -> Result<bool, Problem> {
    let (negated, ranges) = match class.strip_prefix('^') {
        Some(ranges) => (true, ranges),
        None => (false, class),
    };
    if class.is_empty() {
        return Err(Problem::Syntax);
    }
    let mut chars = ranges.chars().peekable();
    let mut found = false;
    while chars.peek().is_some() {
        let low = bound(&mut chars)?;
        let high = match chars.next_if_eq(&'-') {
            Some(_) => bound(&mut chars)?,
            None => low,
        };
        found |= low <= wanted && wanted <= high;
    }
    Ok(found != negated)
}

fn bound(chars: &mut impl Iterator<Item = char>) -> Result<char, Problem> {
    match chars.next() {
        Some('\\') => chars.next().ok_or(Problem::Syntax),
        Some('-') | None => Err(Problem::Syntax),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, matches};

    /// What Terraform 1.15.5 found with `fileset` in a directory with these files.
    #[test]
    fn patterns_match_as_in_terraform() {
        let files = [
            "a", "b", "ab", "abc", "a.txt", "a,b", "{a}", "a}b", "-", "é", "éa", "x/a", "x/b",
            "x/y/a", "x/y/ab", "!", "!a",
        ];
        for (pattern, want) in [
            ("*", "a b ab abc a.txt a,b {a} a}b - é éa ! !a"),
            ("?", "a b - é !"),
            ("a**", "a ab abc a.txt a,b a}b"),
            ("a***", "ab abc a.txt a,b a}b"),
            ("**", &files.join(" ")),
            ("**/a", "a x/a x/y/a"),
            ("x/**", "x/a x/b x/y/a x/y/ab"),
            ("**/y/*", "x/y/a x/y/ab"),
            ("[^a]", "b - é !"),
            ("[a-c]b", "ab"),
            ("[!a]", "a !"),
            ("é{,a}", "éa"),
            ("{a,b}", "a b"),
            ("{a,b}{}", ""),
            ("{a,{b,c}}", "b"),
            ("{a\\,b,c}", "a,b"),
            ("\\*", ""),
            ("{x,y}/*", "x/a x/b"),
        ] {
            let found: Vec<&str> = files
                .into_iter()
                .filter(|f| matches(pattern, f).unwrap())
                .collect();
            assert_eq!(found.join(" "), want, "{pattern}");
        }
    }

    #[test]
    fn mistakes_count_where_a_name_comes_to_them() {
        for (pattern, path, want) in [
            ("[a", "x", Err(Problem::Syntax)),
            ("[-a]", "a", Err(Problem::Syntax)),
            ("a{b", "ab", Err(Problem::Syntax)),
            ("x/a[", "x/ab", Err(Problem::Syntax)),
            ("a[", "a", Ok(false)),
            ("a[", "b", Ok(false)),
            ("*[", "ab", Ok(false)),
            ("**a\\", "a", Ok(false)),
        ] {
            assert_eq!(matches(pattern, path), want, "{pattern}");
        }
    }

    #[test]
    fn wildcards_without_end_are_bounded() {
        let name = "a".repeat(60);
        for (pattern, want) in [
            (format!("{}b", "*".repeat(25)), Ok(false)),
            (format!("{}b", "*a".repeat(25)), Ok(false)),
            (format!("{}b", "*".repeat(1000)), Err(Problem::TooLong)),
            ("*".repeat(100_000), Err(Problem::TooLong)),
            ("{*,a}".repeat(60), Ok(true)),
            (
                format!("{}b", "{*,a}".repeat(20_000)),
                Err(Problem::TooLong),
            ),
            (format!("{}b", "**/".repeat(20_000)), Ok(false)),
        ] {
            assert_eq!(matches(&pattern, &name), want, "{}", pattern.len());
        }
    }
}
