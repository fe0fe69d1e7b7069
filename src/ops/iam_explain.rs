//! `iam explain`: policies in plain words.

use std::path::Path;

use bastionless_core::lang::Target;
use bastionless_model::{
    base::Diagnostic,
    iam::{ast::Document, explain::explain},
};

use super::{Done, Failed, check, iam_lint, load};

/// A policy in plain words.
pub(crate) struct Explained {
    /// The file, or the object and its argument.
    pub(crate) name: String,
    /// The words.
    pub(crate) text: String,
}

/// Explains policy files, folders of them, or `-`.
pub(crate) fn of_files(arguments: &[String]) -> Done<Vec<Explained>> {
    iam_lint::files(arguments)?
        .iter()
        .map(|path| of_file(path))
        .collect()
}

fn of_file(path: &Path) -> Done<Explained> {
    let name = path.display().to_string();
    let text = words(&name, &iam_lint::read(path)?)?;
    Ok(Explained { name, text })
}

/// Explains the policies of the configuration, those of the targets only where there are any.
pub(crate) fn of_configuration(targets: &[Target]) -> Done<Vec<Explained>> {
    let linked = load::program();
    let (program, graph) = linked.value;
    if linked.diagnostics.has_errors() {
        let sources = program.sources.clone();
        return Err(Failed::new(linked.diagnostics, sources));
    }
    let all = check::policies(&std::sync::Arc::new(program), graph);
    for target in targets {
        if !all.iter().any(|(address, _, _)| target.covers(address)) {
            let detail = format!(
                "The configuration makes no policy at `{target}`, as far as that is known without a plan."
            );
            return Err(Diagnostic::error("No policy found", detail).into());
        }
    }
    let chosen = all
        .into_iter()
        .filter(|(a, _, _)| targets.is_empty() || targets.iter().any(|t| t.covers(a)));
    chosen
        .map(|(address, argument, text)| {
            let name = format!("{address}.{argument}");
            let text = words(&name, &text)?;
            Ok(Explained { name, text })
        })
        .collect()
}

fn words(name: &str, text: &str) -> Done<String> {
    let parsed = Document::parse(text)
        .map_err(|e| Diagnostic::error("Not a policy", format!("`{name}`: {e}")))?;
    let mut out = explain(&parsed.document);
    if !parsed.problems.is_empty() {
        // What could not be read is not in the words above.
        out.push_str("\nAWS would not take it as it stands:\n");
        for p in &parsed.problems {
            out.push_str(&format!("- {}.\n", p.what.trim_end_matches('.')));
        }
    }
    Ok(out)
}
