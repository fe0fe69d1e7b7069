//! `validate`: everything that can be known without values and without a cloud.

use super::{Failed, load};

/// Checks the configuration of the working directory; the result holds warnings, too.
pub(crate) fn run() -> Failed {
    let linked = load::program();
    let sources = linked.value.0.sources.clone();
    Failed::new(linked.diagnostics, sources)
}
