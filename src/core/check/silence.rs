//! Comments that silence rules: `# bastionless:ignore RULE[, RULE…]`, `//` works, too.

use bastionless_model::base::{SourceMap, Span};

const WORDS: &str = "bastionless:ignore";

/// Tells whether a comment silences a rule: on the line of the finding, or on the line before it or before its block.
pub(super) fn is_silenced(
    sources: &SourceMap,
    rule: &str,
    at: Option<Span>,
    block: Option<Span>,
) -> bool {
    let mut lines = Vec::new();
    for span in [at, block] {
        let Some((source, start, _)) = span.and_then(|s| sources.positions(s)) else {
            continue;
        };
        lines.push(source.line(start.line));
        // Several comments may stand one above the other.
        let mut line = start.line;
        while line > 1 && is_comment(source.line(line - 1)) {
            line -= 1;
            lines.push(source.line(line));
        }
    }
    lines.into_iter().any(|l| names(l, rule))
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') || line.starts_with("//")
}

fn names(line: &str, rule: &str) -> bool {
    let Some((before, after)) = line.split_once(WORDS) else {
        return false;
    };
    let in_comment = before.contains('#') || before.contains("//");
    in_comment && after.split([',', ' ', '=', ':']).any(|w| w == rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_that_name_a_rule() {
        assert!(names(
            "  x = 1 # bastionless:ignore open-egress",
            "open-egress"
        ));
        assert!(names(
            "// bastionless:ignore a, open-egress: why",
            "open-egress"
        ));
        assert!(!names("# bastionless:ignore open-egress-x", "open-egress"));
        assert!(!names(
            "x = \"bastionless:ignore open-egress\"",
            "open-egress"
        ));
        let mut sources = SourceMap::default();
        let id = sources.add(
            "a.tf",
            "# bastionless:ignore a\n# why\nresource {\n  x = 1\n}\n",
        );
        let header = Span::new(id, 29, 37);
        let x = Span::new(id, 42, 47);
        assert!(is_silenced(&sources, "a", Some(x), Some(header)));
        assert!(!is_silenced(&sources, "a", Some(x), None));
        assert!(!is_silenced(&sources, "b", Some(x), Some(header)));
    }
}
