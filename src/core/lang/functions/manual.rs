//! The manual of the functions in Markdown, from what they say of themselves.

use super::{
    Example, Parameter, ParameterType,
    table::{FAMILIES, OF_EXPRESSIONS},
};

const HEAD: &str = "# Functions

The functions of Terraform 1.15, by family. Written by `bastionless console -functions`; a test compares, and evaluates every example.
`core::` may stand in front of each name. A result is unknown where an argument is that the function needs, and sensitive where an
argument is.
";

/// Writes the manual of all functions: what `docs/functions.md` holds.
pub fn manual() -> String {
    let mut out = String::from(HEAD);
    for (title, functions) in FAMILIES {
        out.push_str(&format!("\n## {title}\n"));
        for f in *functions {
            let notes = if f.pure {
                ""
            } else {
                " While planning, the result is unknown."
            };
            entry(
                &mut out,
                f.name,
                &signature(f.name, f.parameters, f.variadic),
                &format!("{}{notes}", f.doc),
                f.examples,
            );
        }
    }
    out.push_str("\n## Expressions as arguments\n");
    for f in OF_EXPRESSIONS {
        entry(&mut out, f.name, f.signature, f.doc, f.examples);
    }
    out
}

fn entry(out: &mut String, name: &str, signature: &str, doc: &str, examples: &[Example]) {
    out.push_str(&format!("\n### {name}\n\n`{signature}`\n\n{doc}\n"));
    if !examples.is_empty() {
        let lines: Vec<_> = examples
            .iter()
            .map(|(call, result)| format!("{call} # {result}\n"))
            .collect();
        out.push_str(&format!("\n```hcl\n{}```\n", lines.concat()));
    }
}

/// Writes a call with the types of its arguments, such as `join(separator: string, lists: list(string)...)`.
fn signature(name: &str, parameters: &[Parameter], variadic: Option<Parameter>) -> String {
    let one = |p: &Parameter| format!("{}: {}", p.name, constraint(p.ty));
    let more = variadic.iter().map(|p| format!("{}...", one(p)));
    let all: Vec<_> = parameters.iter().map(one).chain(more).collect();
    format!("{name}({})", all.join(", "))
}

fn constraint(ty: ParameterType) -> &'static str {
    match ty {
        ParameterType::Any => "any",
        ParameterType::Bool => "bool",
        ParameterType::Number => "number",
        ParameterType::String => "string",
        ParameterType::List => "list(any)",
        ParameterType::Bools => "list(bool)",
        ParameterType::Strings => "list(string)",
        ParameterType::Set => "set(any)",
        ParameterType::StringSet => "set(string)",
        ParameterType::MapOfStrings => "map(list(string))",
    }
}
