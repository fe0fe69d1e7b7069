//! Whether two patterns have a text in common.

use super::super::{
    ast::Version,
    pattern::{SEGMENTS, Token},
    template::{Part, Template},
};

/// A pattern of a resource as lints see it.
pub(super) enum ArnText {
    /// `*`
    All,
    /// It begins with a value that is not known yet: nothing is said about it.
    Opaque,
    /// Six parts; what is not known or variable is `*`.
    Segments([Vec<Token>; SEGMENTS]),
    /// No ARN: it does not begin with `arn:`, or has fewer parts.
    Broken,
}

/// Reads a pattern of a resource.
pub(super) fn arn(text: &str, version: Version) -> ArnText {
    let parts = Template::wild(text, version).parts;
    if matches!(parts.as_slice(), [Part::Token(Token::Any)]) {
        return ArnText::All;
    }
    if matches!(parts.first(), Some(Part::Symbol(_))) {
        return ArnText::Opaque;
    }
    let tokens: Vec<Token> = parts
        .into_iter()
        .map(|p| match p {
            Part::Token(t) => t,
            Part::Variable { .. } | Part::Symbol(_) => Token::Any,
        })
        .collect();
    split(&tokens).map_or(ArnText::Broken, ArnText::Segments)
}

/// Reads the ARN of a kind of resource, in which `${…}` stands for what varies.
pub(super) fn format(text: &str) -> Option<[Vec<Token>; SEGMENTS]> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((_, after)) = rest.strip_prefix("${").and_then(|r| r.split_once('}')) {
            tokens.push(Token::Any);
            rest = after;
            continue;
        }
        tokens.push(if c == '*' { Token::Any } else { Token::Char(c) });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    split(&tokens)
}

fn split(tokens: &[Token]) -> Option<[Vec<Token>; SEGMENTS]> {
    let segments: Vec<Vec<Token>> = tokens
        .splitn(SEGMENTS, |t| *t == Token::Char(':'))
        .map(<[Token]>::to_vec)
        .collect();
    let segments: [Vec<Token>; SEGMENTS] = segments.try_into().ok()?;
    let [first, ..] = &segments;
    (first.as_slice() == [Token::Char('a'), Token::Char('r'), Token::Char('n')]).then_some(segments)
}

/// Tells whether two ARN patterns have an ARN in common.
pub(super) fn arns_meet(a: &[Vec<Token>; SEGMENTS], b: &[Vec<Token>; SEGMENTS]) -> bool {
    a.iter().zip(b).all(|(a, b)| meet(a, b))
}

/// Tells whether two patterns have a text in common. The time is the product of the lengths.
pub(super) fn meet(a: &[Token], b: &[Token]) -> bool {
    // `row[j]`: the rest of `a` from the current token meets `b[j..]`.
    let mut row: Vec<bool> = vec![false; b.len() + 1];
    for i in (0..=a.len()).rev() {
        let mut next = vec![false; b.len() + 1];
        for j in (0..=b.len()).rev() {
            let at = |r: &Vec<bool>, j: usize| r.get(j).copied().unwrap_or(false);
            let holds = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(Token::Any), None) => at(&row, j),
                (None, Some(Token::Any)) => at(&next, j + 1),
                (Some(Token::Any), Some(_)) | (Some(_), Some(Token::Any)) => {
                    at(&row, j) || at(&next, j + 1)
                }
                (Some(Token::Char(x)), Some(Token::Char(y))) => x == y && at(&row, j + 1),
                (Some(_), Some(_)) => at(&row, j + 1),
                _ => false,
            };
            if let Some(slot) = next.get_mut(j) {
                *slot = holds;
            }
        }
        row = next;
    }
    row.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet() {
        let p = |t: &str| {
            Template::wild(t, Version::V2012)
                .parts
                .into_iter()
                .map(|p| match p {
                    Part::Token(t) => t,
                    _ => Token::Any,
                })
                .collect::<Vec<_>>()
        };
        for (a, b, expected) in [
            ("", "", true),
            ("", "*", true),
            ("a", "", false),
            ("a*", "*b", true),
            ("a*c", "a?c", true),
            ("ab", "a?", true),
            ("instance/*", "instance-connect-endpoint/*", false),
            ("*", "*", true),
            ("a*b", "ba*", false),
            ("a?", "a", false),
            ("log-group:x:*", "log-group:*", true),
            ("log-group:x", "log-group:*:log-stream:*", false),
        ] {
            assert_eq!(meet(&p(a), &p(b)), expected, "{a} {b}");
            assert_eq!(meet(&p(b), &p(a)), expected, "{b} {a}");
        }
    }

    #[test]
    fn arns_of_a_plan() {
        assert!(matches!(
            arn("${aws_instance.a.arn}", Version::V2012),
            ArnText::Opaque
        ));
        assert!(matches!(
            arn(
                "arn:${data.aws_partition.p.id}:ec2:*:*:instance/*",
                Version::V2012
            ),
            ArnText::Segments(_)
        ));
        assert!(matches!(
            arn("arn:aws:ec2:us-east-1:instance/i-1", Version::V2012),
            ArnText::Broken
        ));
        assert!(matches!(arn("*", Version::V2012), ArnText::All));
        assert!(
            format("arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}").is_some()
        );
    }
}
