//! `validate`: everything that can be known without values and without a cloud.

use super::{Failed, load};

/// Checks the configuration of the working directory; the result holds warnings, too.
pub(crate) fn run() -> Failed {
    let linked = load::program();
    let program = linked.value.0;
    let mut found = linked.diagnostics;
    // A plan may leave a block out; whether it is right does not depend on that.
    let blocks = program.modules.iter().flat_map(|m| m.resources.values());
    for problem in blocks.flat_map(|b| b.problems.iter()) {
        if !found.iter().any(|d| d == problem) {
            found.push(problem.clone());
        }
    }
    found.0.sort_by_key(|d| d.primary.as_ref().map(|l| (l.span.source, l.span.start, l.span.end)));
    Failed::new(found, program.sources)
}
