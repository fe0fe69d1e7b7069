//! From decoded files to a [`Program`].
//!
//! [`load`] reads the module tree through a [`ModuleSource`]; [`link`] puts it together, attaches schemas and reports all
//! static problems at once. Neither evaluates anything.

mod assemble;
mod constants;
mod expression;
mod moves;
mod providers;
mod scope;
mod source;
mod statics;
mod tree;
mod types;

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostics, Outcome, SourceMap},
    schema::Catalogue,
};

use super::program::Program;

pub use constants::Given;
pub use expression::check_expression;
pub use source::{Installed, ModuleSource};
pub use tree::{NO_FILES, Tree, TreeModule, load, load_with};
pub use types::unsupported_type_diagnostic;

/// Links a module tree. The diagnostics are what stops everything; what stops one resource only is in its
/// [`ResourceBlock::problems`](super::program::ResourceBlock::problems), and cycles are found by
/// [`StaticGraph::new`](super::graph::StaticGraph::new).
pub fn link(sources: Arc<SourceMap>, tree: &Tree, catalogue: &Catalogue) -> Outcome<Program> {
    let mut diagnostics = Diagnostics::default();
    let mut program = assemble::assemble(sources, tree, catalogue, &mut diagnostics);
    statics::check(&mut program, tree, &mut diagnostics);
    moves::check(&mut program, tree, &mut diagnostics);
    if tree.is_broken {
        // What seems not to be declared may stand in what could not be read.
        diagnostics = Diagnostics::default();
    }
    Outcome {
        value: program,
        diagnostics: sorted(diagnostics),
    }
}

/// Sorts by place and drops repetitions: a directory that is called twice says everything twice.
fn sorted(diagnostics: Diagnostics) -> Diagnostics {
    let mut all = diagnostics.0;
    all.sort_by_key(|d| {
        d.primary
            .as_ref()
            .map(|l| (l.span.source, l.span.start, l.span.end))
    });
    let mut kept: Vec<bastionless_model::base::Diagnostic> = Vec::with_capacity(all.len());
    for d in all {
        let place = |d: &bastionless_model::base::Diagnostic| d.primary.as_ref().map(|l| l.span);
        let seen = kept
            .iter()
            .rev()
            .take_while(|k| place(k) == place(&d))
            .any(|k| *k == d);
        if !seen {
            kept.push(d);
        }
    }
    Diagnostics(kept)
}

#[cfg(test)]
mod json_tests;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
