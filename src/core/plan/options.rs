//! What a plan is asked for.

use std::sync::Arc;

use super::Mode;
use crate::lang::{
    Target,
    address::{AbsInstance, ConfigResource, Key, ModuleInstance},
    program::Module,
};

/// What a plan is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the run is for.
    pub mode: Mode,
    /// `-target`; empty selects everything.
    pub targets: Vec<Target>,
    /// `-replace`
    pub replace: Vec<AbsInstance>,
    /// Whether objects are read first (`-refresh=false`: no).
    pub refresh: bool,
    /// Objects to be taken over, with their ids, beside those of `import` blocks.
    pub imports: Vec<(AbsInstance, String)>,
    /// `terraform.workspace`
    pub workspace: Arc<str>,
    /// Nobody is asked: providers are taken as not configured yet, so that data sources stay unknown. The configuration was validated
    /// before (see [`super::validate`]), and is not again.
    pub offline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: Mode::Normal,
            targets: Vec::new(),
            replace: Vec::new(),
            refresh: true,
            imports: Vec::new(),
            workspace: "default".into(),
            offline: false,
        }
    }
}

impl Target {
    /// Tells whether something of a block as written is selected.
    pub fn touches(&self, module: &Module, block: &ConfigResource) -> bool {
        debug_assert_eq!(module.path, block.module, "the block is of the module");
        match self {
            Self::Module(m) => {
                let path = m.path();
                block.module.0.len() >= path.0.len()
                    && block.module.0.iter().zip(&path.0).all(|(a, b)| a == b)
            }
            Self::Resource(r) => r.config() == *block,
            Self::Instance(i) => i.resource.config() == *block,
        }
    }

    /// Tells whether an instance is selected. As in Terraform a call without a key stands for all its instances only where it
    /// is what is named: `module.m` is all of `module.m[0]` and `module.m[1]`, `module.m.terraform_data.r` is nothing of them.
    pub fn covers(&self, instance: &AbsInstance) -> bool {
        let module = &instance.resource.module;
        match self {
            Self::Module(m) => covers_module(m, module),
            Self::Resource(r) => *r == instance.resource,
            Self::Instance(i) => i == instance,
        }
    }
}

fn covers_module(outer: &ModuleInstance, inner: &ModuleInstance) -> bool {
    let Some(((name, key), before)) = outer.0.split_last() else {
        return true;
    };
    inner.0.starts_with(before)
        && inner
            .0
            .get(before.len())
            .is_some_and(|(n, k)| n == name && (*key == Key::None || key == k))
}

/// Prints as given on the command line.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Module(m) => m.fmt(f),
            Self::Resource(r) => r.fmt(f),
            Self::Instance(i) => i.fmt(f),
        }
    }
}
