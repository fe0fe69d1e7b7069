//! The linked program: the module tree decoded, references resolved to objects, schemas attached.
//!
//! Everything here is static: nothing has been evaluated. `link` makes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostics, SourceMap, Span},
    schema::Schema,
    value::{Constraint, Type, Value},
};

use super::{
    address::{
        AbsInstance, AbsResource, ConfigResource, ModulePath, Provider, ProviderConfig, Resource,
    },
    syntax::{Body, Expr, Ident, TraversalStep},
};

/// Names a module of a [`Program`]; the root is `ModuleId(0)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

/// A configuration, ready to be settled.
#[derive(Clone, Debug)]
pub struct Program {
    /// All source texts.
    pub sources: Arc<SourceMap>,
    /// The modules; every parent stands before its children.
    pub modules: Vec<Module>,
    /// `moved` blocks of all modules, in the order of modules and of writing.
    pub moved: Vec<Moved>,
    /// `removed` blocks.
    pub removed: Vec<Removed>,
    /// `import` blocks (root module only).
    pub imports: Vec<Import>,
}

/// One module as written.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its name in the tree.
    pub path: ModulePath,
    /// Directory, relative to the working directory as the user gave it; what `path.module` is.
    pub dir: Arc<str>,
    /// The module that calls it.
    pub parent: Option<ModuleId>,
    /// The modules that it calls, by name of the call.
    pub children: BTreeMap<Arc<str>, ModuleId>,
    /// `variable`
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// `locals`, one entry a name.
    pub locals: BTreeMap<Arc<str>, Local>,
    /// `output`
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// `resource` and `data`
    pub resources: BTreeMap<Resource, ResourceBlock>,
    /// `module`
    pub calls: BTreeMap<Arc<str>, Call>,
    /// `provider`, and the empty ones implied by use, by address inside this module.
    pub providers: BTreeMap<LocalProvider, ProviderBlock>,
    /// What each local provider name stands for.
    pub provider_sources: BTreeMap<Arc<str>, Provider>,
    /// The names by which the module calls functions of the provider that Terraform has built in.
    pub function_providers: BTreeSet<Arc<str>>,
    /// `check`
    pub checks: BTreeMap<Arc<str>, Check>,
    /// `backend` or `cloud` (root module only).
    pub backend: Option<Backend>,
}

/// A provider as a module names it: `aws` or `aws.west`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalProvider {
    /// The local name.
    pub name: Arc<str>,
    /// The alias.
    pub alias: Option<Arc<str>>,
}

/// `variable`
#[derive(Clone, Debug)]
pub struct Variable {
    /// The label.
    pub name: Ident,
    /// `type`; `any` where it is missing.
    pub constraint: Constraint,
    /// A text given for it from outside is an expression: its `type` is there and not primitive.
    pub is_expression: bool,
    /// `default`, not yet converted.
    pub default: Option<Value>,
    /// `nullable`
    pub nullable: bool,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `const`: known before anything is planned, so that sources of modules may be made of it.
    pub constant: bool,
    /// `description`
    pub description: Option<String>,
    /// `deprecated`
    pub deprecated: Option<String>,
    /// `validation` blocks.
    pub validations: Vec<CheckRule>,
}

/// One name of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// The name.
    pub name: Ident,
    /// Its value.
    pub expr: Arc<Expr>,
}

/// `output`
#[derive(Clone, Debug)]
pub struct Output {
    /// The label.
    pub name: Ident,
    /// `value`
    pub value: Arc<Expr>,
    /// `type`
    pub constraint: Option<Constraint>,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `description`
    pub description: Option<String>,
    /// `deprecated`
    pub deprecated: Option<String>,
    /// `depends_on`
    pub depends_on: Vec<Reference>,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
}

/// How often something stands.
#[derive(Clone, Debug)]
pub enum Repetition {
    /// Once.
    Single,
    /// `count`
    Count(Arc<Expr>),
    /// `for_each`
    ForEach(Arc<Expr>),
}

/// `resource` or `data`
#[derive(Clone, Debug)]
pub struct ResourceBlock {
    /// Its address inside the module.
    pub resource: Resource,
    /// The header of the block.
    pub header: Span,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// The provider configuration, after inheritance and passing; `None` where none exists (an error was reported).
    pub provider: ProviderConfig,
    /// `depends_on`
    pub depends_on: Vec<Reference>,
    /// `lifecycle`
    pub lifecycle: Lifecycle,
    /// Arguments and nested blocks, without meta-arguments.
    pub body: Body,
    /// The type's schema; `None` for a type that we do not know.
    pub schema: Option<Arc<Schema>>,
    /// Inside a `check` block: problems are warnings.
    pub check: Option<Arc<str>>,
    /// What is statically wrong inside the block: arguments that the type does not have, references to itself. As in
    /// Terraform it stops this block when it is walked, and a plan of the other blocks is still made.
    pub problems: Diagnostics,
}

/// `lifecycle`
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`, with its place.
    pub prevent_destroy: Option<(bool, Span)>,
    /// `ignore_changes`
    pub ignore_changes: IgnoreChanges,
    /// `replace_triggered_by`
    pub replace_triggered_by: Vec<Expr>,
    /// `precondition`
    pub preconditions: Vec<CheckRule>,
    /// `postcondition`
    pub postconditions: Vec<CheckRule>,
}

/// `ignore_changes`
#[derive(Clone, Debug, Default)]
pub enum IgnoreChanges {
    /// Not given.
    #[default]
    None,
    /// `all`
    All,
    /// Paths from the root of the object.
    Paths(Vec<Vec<TraversalStep>>),
}

/// `validation`, `precondition`, `postcondition` or `assert`
#[derive(Clone, Debug)]
pub struct CheckRule {
    /// The block.
    pub span: Span,
    /// `condition`
    pub condition: Arc<Expr>,
    /// `error_message`
    pub error_message: Arc<Expr>,
}

/// `module`
#[derive(Clone, Debug)]
pub struct Call {
    /// The label.
    pub name: Ident,
    /// The module it calls.
    pub module: ModuleId,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// `depends_on`
    pub depends_on: Vec<Reference>,
    /// Arguments: values of the variables.
    pub arguments: BTreeMap<Arc<str>, Arc<Expr>>,
    /// The header of the block.
    pub header: Span,
}

/// `provider`
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// Its absolute address.
    pub address: ProviderConfig,
    /// The arguments; `None` where there is no block (an empty configuration).
    pub body: Option<Body>,
    /// The provider's schema; `None` for a provider that we do not know.
    pub schema: Option<Arc<Schema>>,
    /// Products that the modules with resources of this configuration want to be named in calls (`provider_meta`).
    pub products: BTreeSet<Arc<str>>,
    /// The header of the block, or the first use.
    pub header: Span,
}

impl ProviderBlock {
    /// Adds the products of `provider_meta` to those of an evaluated configuration.
    #[must_use]
    pub fn with_products(&self, config: Value) -> Value {
        if self.products.is_empty() {
            return config;
        }
        let own = config.get("user_agent").filter(|v| v.is_known());
        let own = own.and_then(Value::elements).unwrap_or_default().to_vec();
        let more = self.products.iter().cloned().map(Value::from);
        let all = own.into_iter().chain(more).collect();
        config.with("user_agent", Value::list(Type::String, all))
    }
}

/// `check`
#[derive(Clone, Debug)]
pub struct Check {
    /// The label.
    pub name: Ident,
    /// The scoped data source; it is in `resources` of the module too.
    pub data: Option<Resource>,
    /// `assert` blocks.
    pub asserts: Vec<CheckRule>,
}

/// `backend "type" { … }`
#[derive(Clone, Debug)]
pub struct Backend {
    /// Its type, such as `s3`.
    pub kind: Ident,
    /// Its arguments: constants only.
    pub body: Body,
}

/// `moved`
#[derive(Clone, Debug)]
pub struct Moved {
    /// The module that holds the block.
    pub module: ModulePath,
    /// `from`
    pub from: MoveEnd,
    /// `to`
    pub to: MoveEnd,
    /// The block.
    pub span: Span,
}

/// One end of a move, relative to the module that holds the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveEnd {
    /// A module call, all instances or one.
    Module {
        /// Steps from the holding module; the last is the call itself.
        steps: Vec<(Arc<str>, Option<super::address::Key>)>,
    },
    /// A resource, all instances or one.
    Resource {
        /// Steps from the holding module.
        steps: Vec<(Arc<str>, Option<super::address::Key>)>,
        /// The block.
        resource: Resource,
        /// One instance only.
        key: Option<super::address::Key>,
    },
}

/// `removed`
#[derive(Clone, Debug)]
pub struct Removed {
    /// The resource, or a module with all that is in it.
    pub from: RemovedFrom,
    /// `lifecycle { destroy = … }`
    pub destroy: bool,
    /// The block.
    pub span: Span,
}

/// What a `removed` block names.
#[derive(Clone, Debug)]
pub enum RemovedFrom {
    /// A resource.
    Resource(ConfigResource),
    /// A module.
    Module(ModulePath),
}

/// `import`
#[derive(Clone, Debug)]
pub struct Import {
    /// `to`, as far as it is constant: the resource.
    pub to: AbsResource,
    /// The instance key expression of `to`; may use `each` with `for_each`.
    pub key: Option<Expr>,
    /// Keys of the modules in `to` that use `each`: the number of the module's step with the expression.
    pub module_keys: Vec<(usize, Expr)>,
    /// `id`
    pub id: Arc<Expr>,
    /// `for_each`
    pub for_each: Option<Arc<Expr>>,
    /// `provider`
    pub provider: Option<LocalProvider>,
    /// Where `to` is written.
    pub to_span: Span,
    /// The block.
    pub span: Span,
}

/// What a reference names, seen from the module that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// `var.name`
    Variable(Arc<str>),
    /// `local.name`
    Local(Arc<str>),
    /// `module.name`: all instances.
    Module(Arc<str>),
    /// `module.name.output`, where the call has one instance only, or `module.name[key].output`: the output of the call.
    ModuleOutput(Arc<str>, Arc<str>),
    /// `aws_vpc.main`, `data.aws_ami.linux`: all instances.
    Resource(Resource),
    /// `count.index`
    CountIndex,
    /// `each.key`
    EachKey,
    /// `each.value`
    EachValue,
    /// `self`
    SelfObject,
    /// `path.module`, `path.root`, `path.cwd`
    Path(Arc<str>),
    /// `terraform.workspace` and others
    Terraform(Arc<str>),
}

/// A reference in an expression or a `depends_on`.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What is named.
    pub subject: Subject,
    /// The subject as written, a constant key of an instance included: what messages about it underline.
    pub span: Span,
    /// The steps after the subject. For `module.name[key].output` the key comes first: the value of the subject is then the
    /// tuple or object of the output of all instances.
    pub rest: Vec<TraversalStep>,
}

impl Reference {
    /// Tells whether this is `module.name.output`, without the key of an instance.
    pub fn is_unkeyed_output(&self) -> bool {
        let Subject::ModuleOutput(call, output) = &self.subject else {
            return false;
        };
        let least = "module..".len() + call.len() + output.len();
        (self.span.end - self.span.start) as usize <= least
    }
}

/// An instance of a resource with its place, for messages.
#[derive(Clone, Debug)]
pub struct Located {
    /// The instance.
    pub instance: AbsInstance,
    /// Where it is written.
    pub span: Span,
}
