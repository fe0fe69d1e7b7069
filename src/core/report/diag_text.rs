//! Diagnostics for people. The only file that knows annotate-snippets.

use annotate_snippets::{
    AnnotationKind, Group, Level, Patch, Renderer, Snippet, renderer::DecorStyle,
};
use bastionless_model::base::{Diagnostic, Severity, SourceMap, Span};

/// Writes one diagnostic; ends in a newline.
pub fn diagnostic_text(d: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(d.summary.as_ref());
    let mut group = Group::with_title(title);
    let mut places: Vec<(Span, &str, AnnotationKind)> = Vec::new();
    if let Some(label) = &d.primary {
        places.push((label.span, &label.text, AnnotationKind::Primary));
    }
    for label in &d.context {
        places.push((label.span, &label.text, AnnotationKind::Context));
    }
    let mut files: Vec<u32> = Vec::new();
    for (span, _, _) in &places {
        if !files.contains(&span.source.0) && sources.get(span.source).is_some() {
            files.push(span.source.0);
        }
    }
    for file in files {
        let own = || places.iter().filter(|(s, _, _)| s.source.0 == file);
        let Some(source) = own().next().and_then(|(s, _, _)| sources.get(s.source)) else {
            continue;
        };
        let mut snippet = Snippet::source(source.text.as_ref())
            .path(source.name.as_ref())
            .fold(true);
        for (span, text, kind) in own() {
            let end = span.range().end.min(source.text.len());
            let start = span.range().start.min(end);
            let annotation = kind.span(start..end);
            snippet = snippet.annotation(if text.is_empty() {
                annotation
            } else {
                annotation.label(*text)
            });
        }
        group = group.element(snippet);
    }
    let mut report = Vec::new();
    if !d.detail.is_empty() {
        group = group.element(Level::NOTE.no_name().message(d.detail.as_str()));
    }
    if let Some(address) = d
        .address
        .as_ref()
        .filter(|a| !d.detail.contains(a.as_str()))
    {
        group = group.element(Level::NOTE.message(format!("with {address}")));
    }
    report.push(group);
    for patch in &d.patches {
        let Some(source) = sources.get(patch.span.source) else {
            continue;
        };
        let snippet = Snippet::source(source.text.as_ref())
            .path(source.name.as_ref())
            .patch(Patch::new(patch.span.range(), patch.replacement.as_str()));
        report.push(
            Group::with_title(Level::HELP.secondary_title(patch.text.as_str())).element(snippet),
        );
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = renderer
        .decor_style(DecorStyle::Ascii)
        .render(&report)
        .clone();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_and_a_patch() {
        let mut sources = SourceMap::default();
        let main = sources.add(
            "main.tf",
            "module \"door\" {\n  source = \"./door\"\n  regon  = \"x\"\n}\n",
        );
        let door = sources.add("door/variables.tf", "variable \"region\" {}\n");
        let d = Diagnostic::error(
            "Unsupported argument",
            "An argument named `regon` is not expected here.",
        )
        .primary(Span::new(main, 38, 43), "no such variable")
        .context(
            Span::new(door, 0, 17),
            "a similar variable is declared here",
        )
        .patch(Span::new(main, 38, 43), "region", "did you mean `region`?");
        let text = diagnostic_text(&d, &sources, false);
        assert!(text.contains("main.tf:3:3"), "{text}");
        assert!(text.contains("door/variables.tf:1:1"), "{text}");
        assert!(text.contains("^^^^^ no such variable"), "{text}");
        assert!(
            text.contains("+   region  = \"x\"") || text.contains("region"),
            "{text}"
        );
    }
}
