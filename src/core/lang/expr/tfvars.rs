//! Texts of variables files, for the function that reads them.

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap},
    value::Value,
};

use super::{constant, render::problem};
use crate::lang::{
    functions::FunctionError,
    syntax::{Item, parse},
};

/// Reads names with constant values.
///
/// # Errors
/// Says what is wrong with the text.
pub(super) fn decode_tfvars(text: &str) -> Result<Value, FunctionError> {
    let mut sources = SourceMap::default();
    let parsed = parse(sources.add("<decode_tfvars argument>", text), text);
    let refused = |what: &str, problems: &Diagnostics| {
        let all: Vec<&Diagnostic> = problems.iter().collect();
        let first = all
            .first()
            .map_or_else(String::new, |d| problem(&sources, d));
        let more = match all.len() {
            0 | 1 => String::new(),
            n => format!(", and {} other diagnostic(s)", n - 1),
        };
        FunctionError::new(format!("{what}: {first}{more}"))
    };
    if parsed.diagnostics.has_errors() {
        return Err(refused("invalid tfvars syntax", &parsed.diagnostics));
    }
    let mut values = Vec::new();
    for item in &parsed.value.body.items {
        match item {
            Item::Attribute(a) => match constant(&a.expr) {
                Ok(value) => values.push((a.name.name.clone(), value)),
                Err(problems) => {
                    let what = format!("invalid expression for variable {:?}", &*a.name.name);
                    return Err(refused(&what, &problems));
                }
            },
            Item::Block(b) => {
                let summary = format!("Unexpected {:?} block", &*b.kind.name);
                let mut problems = Diagnostics::default();
                problems.push(
                    Diagnostic::error(summary, "Blocks are not allowed here.").at(b.kind.span),
                );
                return Err(refused("invalid tfvars content", &problems));
            }
        }
    }
    Ok(Value::object(values))
}
