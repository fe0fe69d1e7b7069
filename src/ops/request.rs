//! What a run is asked, as the command line or a caller says it.

use std::time::Duration;

use bastionless_core::{
    io::VariableArgument,
    lang::{Target, address::AbsInstance},
    plan::Mode,
};

/// Where values of root variables come from, in the order of the command line; later ones win.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariableSource {
    /// `-var NAME=TEXT`
    Text(String, String),
    /// `-var-file PATH`
    File(String),
}

impl VariableSource {
    /// Returns it as the loader takes it.
    pub(crate) fn argument(&self) -> VariableArgument {
        match self {
            Self::Text(name, text) => VariableArgument::Value(format!("{name}={text}")),
            Self::File(path) => VariableArgument::File(path.clone()),
        }
    }
}

/// A file of the root module that the run itself made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extra {
    /// Its name.
    pub(crate) name: String,
    /// What it says.
    pub(crate) text: String,
    /// It holds empty blocks only, so that their objects can be read.
    pub(crate) is_stub: bool,
}

/// How a run locks the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locking {
    /// `-lock=false`: not at all.
    pub(crate) enabled: bool,
    /// `-lock-timeout`
    pub(crate) patience: Duration,
}

/// What a plan is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// What the run is for.
    pub(crate) mode: Mode,
    /// `-target`
    pub(crate) targets: Vec<Target>,
    /// `-replace`
    pub(crate) replace: Vec<AbsInstance>,
    /// `-refresh=false`: no.
    pub(crate) refresh: bool,
    /// `-var`, `-var-file`
    pub(crate) variables: Vec<VariableSource>,
    /// `-parallelism`
    pub(crate) parallelism: usize,
    /// `-lock`, `-lock-timeout`
    pub(crate) locking: Locking,
    /// Whether missing variables may be asked for.
    pub(crate) input: bool,
    /// A file that belongs to the configuration without being in its directory.
    pub(crate) extra: Option<Extra>,
    /// Waits that an earlier run gave up come to their end before the plan is made: what follows is an apply.
    pub(crate) finish_waits: bool,
    /// `import ADDR ID`: an object to be taken over beside those of `import` blocks.
    pub(crate) import: Option<(AbsInstance, String)>,
}

impl Default for Locking {
    fn default() -> Self {
        Self {
            enabled: true,
            patience: Duration::ZERO,
        }
    }
}

impl Default for Request {
    fn default() -> Self {
        Self {
            mode: Mode::Normal,
            targets: Vec::new(),
            replace: Vec::new(),
            refresh: true,
            variables: Vec::new(),
            parallelism: 10,
            locking: Locking::default(),
            input: false,
            extra: None,
            finish_waits: false,
            import: None,
        }
    }
}
