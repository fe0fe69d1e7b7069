//! Diagnostics in the shape of Terraform's machine-readable output.

use bastionless_model::base::{
    Diagnostic, Diagnostics, Position, Severity, Source, SourceMap, Span,
};
use serde_json::{Map as JsonMap, Value as Json, json};

/// Writes one diagnostic.
pub fn diagnostic_json(d: &Diagnostic, sources: &SourceMap) -> Json {
    let mut out = JsonMap::new();
    out.insert("severity".into(), severity(d.severity).into());
    out.insert("summary".into(), d.summary.as_ref().into());
    out.insert("detail".into(), detail(d).into());
    if let Some(address) = &d.address {
        out.insert("address".into(), address.clone().into());
    }
    if let Some((source, start, mut end)) =
        d.primary.as_ref().and_then(|l| sources.positions(l.span))
    {
        // A place has at least one character in this shape.
        if start.byte == end.byte {
            (end.column, end.byte) = (end.column + 1, end.byte + 1);
        }
        out.insert("range".into(), range(source, start, end));
        if let Some(label) = &d.primary {
            out.insert("snippet".into(), snippet(source, start, end, label.span));
        }
    }
    Json::Object(out)
}

/// Writes the document of `validate -json`.
pub fn validate_json(diagnostics: &Diagnostics, sources: &SourceMap) -> Json {
    let count = |s| diagnostics.iter().filter(|d| d.severity == s).count();
    let errors = count(Severity::Error);
    json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": count(Severity::Warning),
        "diagnostics": diagnostics.iter().map(|d| diagnostic_json(d, sources)).collect::<Vec<_>>(),
    })
}

/// Returns Terraform's name of a severity.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The detail with labels and suggestions, which the JSON shape has no place for.
fn detail(d: &Diagnostic) -> String {
    let mut out = d.detail.clone();
    let label = d.primary.iter().map(|l| &l.text);
    let more = label
        .chain(d.patches.iter().map(|p| &p.text))
        .filter(|t| !t.is_empty());
    for text in more {
        let twice = text.starts_with("did you mean") && out.contains("Did you mean");
        if !twice && !out.contains(text.as_str()) {
            out.push_str(if out.is_empty() { "" } else { "\n\n" });
            out.push_str(text);
        }
    }
    out
}

fn range(source: &Source, start: Position, end: Position) -> Json {
    let at = |p: Position| json!({ "line": p.line, "column": p.column, "byte": p.byte });
    json!({ "filename": &*source.name, "start": at(start), "end": at(end) })
}

fn snippet(source: &Source, start: Position, end: Position, span: Span) -> Json {
    let lines: Vec<&str> = (start.line..=end.line.max(start.line))
        .map(|l| source.line(l))
        .collect();
    let code = lines.join("\n");
    let before = source
        .text
        .get(..start.byte)
        .and_then(|t| t.rfind('\n'))
        .map_or(0, |i| i + 1);
    let from = start.byte.saturating_sub(before);
    let length = span.range().len().min(code.len().saturating_sub(from));
    json!({
        "context": Json::Null, "code": code, "start_line": start.line,
        "highlight_start_offset": from, "highlight_end_offset": from + length, "values": [],
    })
}
