//! A plan as Markdown, for the comment of a pull request.

use std::fmt::Write as _;

use bastionless_model::schema::Catalogue;

use super::{Counts, Style, plan_text};
use crate::plan::{Action, Change, Plan};

/// GitHub refuses comments of more than 65,536 characters; what is longer is cut here.
const LIMIT: usize = 60_000;

/// Writes the summary, a table of what changes, and the whole plan folded away.
pub fn plan_markdown(plan: &Plan, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let shown: Vec<&Change> = plan
        .changes
        .iter()
        .filter(|c| c.action != Action::NoOp || c.previous.is_some() || c.importing.is_some())
        .collect();
    let outputs = plan
        .outputs
        .iter()
        .filter(|(_, o)| o.action != Action::NoOp)
        .count();
    if shown.is_empty() && outputs == 0 {
        out.push_str("### No changes.\n\n");
    } else {
        let _ = write!(out, "### {}\n\n", Counts::of(plan).line());
    }
    if !shown.is_empty() {
        out.push_str("| | object | why |\n|---|---|---|\n");
        for c in &shown {
            let why = c
                .reason
                .map(|r| r.name().replace('_', " "))
                .unwrap_or_default();
            let moved = c
                .previous
                .as_ref()
                .map(|p| format!("moved from {}", code(&p.to_string())))
                .unwrap_or_default();
            let imported = c
                .importing
                .as_ref()
                .map(|id| format!("imported from {}", code(id)))
                .unwrap_or_default();
            let why: Vec<String> = [why, moved, imported]
                .into_iter()
                .filter(|w| !w.is_empty())
                .collect();
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                word(c.action),
                code(&c.address.to_string()),
                why.join(", ")
            );
        }
        out.push('\n');
    }
    let text = plan_text(plan, catalogue, Style { color: false });
    let room = LIMIT.saturating_sub(out.len());
    let (text, cut) = shorten(&text, room);
    let fence = fence(text);
    let _ = write!(
        out,
        "<details><summary>The whole plan</summary>\n\n{fence}diff\n{}{fence}\n\n</details>\n",
        marked(text)
    );
    if cut {
        out.push_str("\nThe plan is longer than a comment may be; the rest is left out here.\n");
    }
    out
}

fn word(action: Action) -> &'static str {
    match action {
        Action::NoOp => "keep",
        Action::Read => "read",
        Action::Create => "**create**",
        Action::Update => "**update**",
        Action::DeleteThenCreate | Action::CreateThenDelete => "**replace**",
        Action::Delete => "**destroy**",
        Action::Forget => "forget",
    }
}

/// Writes a text as code inside a table.
pub(super) fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', "\\|"))
}

/// Returns a fence that does not stand in the text.
pub(super) fn fence(text: &str) -> String {
    let mut fence = String::from("```");
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}

/// Moves the signs of changes to the first column, where a difference has them.
pub(super) fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let inner = line.trim_start();
        let sign = match inner.get(..2) {
            Some("+ ") => Some('+'),
            Some("- ") => Some('-'),
            Some("~ ") => Some('!'),
            _ if inner.starts_with("-/+ ") || inner.starts_with("+/- ") => Some('!'),
            _ => None,
        };
        match sign {
            Some(sign) => {
                let _ = writeln!(out, "{sign}{line}");
            }
            None => {
                let _ = writeln!(out, " {line}");
            }
        }
    }
    out
}

fn shorten(text: &str, room: usize) -> (&str, bool) {
    if text.len() <= room {
        return (text, false);
    }
    let end = text
        .char_indices()
        .map(|(i, _)| i)
        .take_while(|i| *i <= room)
        .last()
        .unwrap_or(0);
    let cut = text.get(..end).unwrap_or_default();
    (
        cut.rfind('\n')
            .and_then(|i| cut.get(..=i))
            .unwrap_or_default(),
        true,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_stand_in_the_first_column() {
        assert_eq!(
            marked("  + resource \"a\" \"b\" {\n      ~ x = 1\n"),
            "+  + resource \"a\" \"b\" {\n!      ~ x = 1\n"
        );
        assert_eq!(fence("a ``` b"), "````");
        assert_eq!(code("a[\"x|`\"]"), "``a[\"x\\|`\"]``");
        assert_eq!(shorten("ab\ncd\n", 4), ("ab\n", true));
    }
}
