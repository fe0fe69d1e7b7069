//! Template files and texts.

use bastionless_model::{
    base::{Diagnostic, SourceId, SourceMap},
    value::Value,
};

use super::{Env, eval::Evaluator, references::free_names};
use crate::lang::{
    functions::{FunctionError, Host},
    syntax::{is_identifier, parse_template},
};

/// Renders a template with the variables of an object or map: what [`Host::render_template`] is to do.
///
/// # Errors
/// Says what is wrong with the template or its variables.
pub fn render_template(
    host: &dyn Host,
    name: &str,
    text: &str,
    vars: &Value,
) -> Result<Value, FunctionError> {
    let mut sources = SourceMap::default();
    let id = sources.add(name, text);
    let say = |d: &Diagnostic| problem(&sources, d);
    let Some(variables) = vars.entries() else {
        return Err(FunctionError::argument(
            1,
            "invalid vars value: must be a map",
        ));
    };
    if let Some(bad) = variables.keys().find(|k| !is_identifier(k)) {
        return Err(FunctionError::argument(
            1,
            format!(
                "invalid template variable name {bad:?}: must start with a letter, followed by zero or more letters, digits, and underscores"
            ),
        ));
    }
    let template = parse_template(id, text)
        .map_err(|ds| FunctionError::new(ds.iter().map(say).collect::<Vec<_>>().join("; ")))?;
    for root in free_names(&template.parts) {
        if !variables.contains_key(&root.name) {
            return Err(FunctionError::argument(
                1,
                format!(
                    "vars map does not contain key {:?}, referenced at {}",
                    root.name,
                    place(&sources, root.span)
                ),
            ));
        }
    }
    let mut env = Env::without_references(host);
    env.in_template = true;
    env.names = variables
        .iter()
        .map(|(k, v)| (k.clone(), v.clone().with_marks(vars.marks())))
        .collect();
    let mut evaluator = Evaluator::new(&env);
    let end = bastionless_model::base::Span::new(SourceId(id.0), 0, text.len());
    let value = evaluator.template(&template.parts, end);
    evaluator.finish(value).map_err(|ds| {
        let mut problems = ds.iter().map(say);
        let first = problems.next().unwrap_or_default();
        let more = problems.count();
        FunctionError::new(match more {
            0 => first,
            n => format!("{first}, and {n} other diagnostic(s)"),
        })
    })
}

/// Writes `name:line,column-column`.
fn place(sources: &SourceMap, span: bastionless_model::base::Span) -> String {
    let Some((source, start, end)) = sources.positions(span) else {
        return String::new();
    };
    if start.line == end.line {
        format!(
            "{}:{},{}-{}",
            source.name, start.line, start.column, end.column
        )
    } else {
        format!(
            "{}:{},{}-{},{}",
            source.name, start.line, start.column, end.line, end.column
        )
    }
}

/// Writes a problem in one line, with its place.
pub(super) fn problem(sources: &SourceMap, d: &Diagnostic) -> String {
    let at = d
        .primary
        .as_ref()
        .map_or_else(String::new, |l| format!("{}: ", place(sources, l.span)));
    format!("{at}{}; {}", d.summary, d.detail)
}
