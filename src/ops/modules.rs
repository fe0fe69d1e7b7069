//! `get`, and the part of `init` that installs modules.

use std::{path::Path, sync::Arc};

use bastionless_core::io::{
    RealSystem, VariableArgument,
    modules::{Accounts, Installation, Wanted, install},
};
use bastionless_model::base::{Diagnostics, SourceMap};

use super::{Done, Failed, fetch::Http};

/// What is wanted of modules.
pub(crate) struct Asked<'a> {
    /// Look for newer versions and contents.
    pub(crate) upgrade: bool,
    /// The lock file must not change.
    pub(crate) frozen: bool,
    /// Values of root variables, for sources that are made of constants.
    pub(crate) variables: Vec<VariableArgument>,
    /// Is told what is done, a line each.
    pub(crate) tell: &'a dyn Fn(&str),
}

/// Installs the modules of the working directory. Returns warnings with the texts that they point into.
pub(crate) fn get(asked: &Asked<'_>) -> Done<(Diagnostics, Arc<SourceMap>)> {
    let mut sources = SourceMap::default();
    let (accounts, mut notes) = Accounts::read(&RealSystem);
    let http = Http::new();
    let wanted = Wanted {
        variables: &asked.variables,
        upgrade: asked.upgrade,
        frozen: asked.frozen,
        fetch: &http,
        accounts: &accounts,
        tell: asked.tell,
    };
    let Installation { diagnostics, .. } =
        install(&RealSystem, Path::new("."), &wanted, &mut sources);
    notes.extend(diagnostics);
    let sources = Arc::new(sources);
    if notes.has_errors() {
        Err(Failed::new(notes, sources))
    } else {
        Ok((notes, sources))
    }
}
