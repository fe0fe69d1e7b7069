//! What one directory says, decoded and not yet linked.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::base::Span;

use crate::lang::{
    address::{Provider, Resource},
    program::{
        Backend, Check, Import, Local, LocalProvider, MoveEnd, Output, Reference, Repetition,
        ResourceBlock, Variable,
    },
    syntax::{Body, Expr, Ident},
    version::VersionConstraint,
};

/// The files of one directory, decoded.
#[derive(Clone, Debug, Default)]
pub struct RawModule {
    /// `required_version`, each with its place.
    pub required_versions: Vec<(VersionConstraint, Span)>,
    /// `required_providers`
    pub required_providers: BTreeMap<Arc<str>, RequiredProvider>,
    /// Where `required_providers` is written.
    pub required_providers_at: Option<Span>,
    /// `backend`
    pub backend: Option<Backend>,
    /// `provider_meta "aws"`: products to be named in calls.
    pub products: Vec<Arc<str>>,
    /// `provider`
    pub providers: BTreeMap<LocalProvider, RawProvider>,
    /// `variable`
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// `locals`
    pub locals: BTreeMap<Arc<str>, Local>,
    /// `output`
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// `resource` and `data`, those of `check` blocks too.
    pub resources: BTreeMap<Resource, RawResource>,
    /// `module`
    pub calls: BTreeMap<Arc<str>, RawCall>,
    /// `moved`
    pub moved: Vec<RawMoved>,
    /// `removed`
    pub removed: Vec<RawRemoved>,
    /// `import`
    pub imports: Vec<Import>,
    /// `check`
    pub checks: BTreeMap<Arc<str>, Check>,
}

/// One entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    /// Where it is written.
    pub span: Span,
    /// What the local name stands for.
    pub provider: Provider,
    /// `version`, with its text and place.
    pub version: Option<(VersionConstraint, String, Span)>,
    /// `configuration_aliases`
    pub aliases: Vec<LocalProvider>,
}

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct RawProvider {
    /// The header of the block.
    pub header: Span,
    /// The arguments of the provider, without `alias` and `version`.
    pub body: Body,
    /// Nothing stands in the block but its alias: it may stand for what the caller passes.
    pub is_empty: bool,
}

/// A `resource` or `data` block.
#[derive(Clone, Debug)]
pub struct RawResource {
    /// The block; its provider and schema are set when it is linked.
    pub block: ResourceBlock,
    /// The provider configuration as named inside the module; without `provider`, by the type.
    pub provider: LocalProvider,
    /// Where `provider` is written, or the type.
    pub provider_span: Span,
}

/// A `module` block.
#[derive(Clone, Debug)]
pub struct RawCall {
    /// The label.
    pub name: Ident,
    /// The header of the block.
    pub header: Span,
    /// Where a missing argument is reported.
    pub missing_at: Span,
    /// `source`, with its place; empty where it is an expression.
    pub source: (Arc<str>, Span),
    /// `source` where it is made of constants.
    pub source_expr: Option<Arc<Expr>>,
    /// `version`, with its text and place.
    pub version: Option<(VersionConstraint, String, Span)>,
    /// `version` where it is made of constants.
    pub version_expr: Option<Arc<Expr>>,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// `depends_on`
    pub depends_on: Vec<Reference>,
    /// `providers`: name in the called module, name here, place.
    pub providers: Vec<(LocalProvider, LocalProvider, Span)>,
    /// `ignore_nested_deprecations`
    pub ignore_nested_deprecations: bool,
    /// Arguments with the places of their names.
    pub arguments: BTreeMap<Arc<str>, (Ident, Arc<Expr>)>,
}

/// A `moved` block.
#[derive(Clone, Debug)]
pub struct RawMoved {
    /// `from`
    pub from: MoveEnd,
    /// `to`
    pub to: MoveEnd,
    /// The block.
    pub span: Span,
}

/// A `removed` block.
#[derive(Clone, Debug)]
pub struct RawRemoved {
    /// `from`, without keys.
    pub from: MoveEnd,
    /// `lifecycle { destroy = … }`
    pub destroy: bool,
    /// The block.
    pub span: Span,
}
