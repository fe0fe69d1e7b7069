//! `validate`: everything that can be known without values and without a cloud.

use std::sync::Arc;

use bastionless_core::{plan::validate, store::DEFAULT_WORKSPACE};

use super::{Failed, check, env::Env, load, place::workspace, request::VariableSource};

/// Checks the configuration of the working directory; the result holds warnings, too.
pub(crate) fn run(env: &Env, given: &[VariableSource]) -> Failed {
    let linked = load::program_with(given);
    let (program, graph) = linked.value;
    let program = Arc::new(program);
    let mut found = linked.diagnostics;
    // A plan may leave a block out; whether it is right does not depend on that.
    let blocks = program.modules.iter().flat_map(|m| m.resources.values());
    let mut more: Vec<_> = blocks.flat_map(|b| b.problems.iter().cloned()).collect();
    if !found.has_errors() {
        // A workspace that cannot be read matters where its state is needed.
        let workspace = workspace(env).unwrap_or_else(|_| DEFAULT_WORKSPACE.to_owned());
        more.extend(validate(&program, &graph, Arc::new(load::host()), &workspace).0);
    }
    for problem in more {
        if !found.0.contains(&problem) {
            found.push(problem);
        }
    }
    found.0.sort_by_key(|d| {
        d.primary
            .as_ref()
            .map(|l| (l.span.source, l.span.start, l.span.end))
    });
    if !found.has_errors() {
        found.extend(check::diagnostics(&check::rehearsed(&program, graph)));
    }
    Failed::new(found, program.sources.clone())
}
