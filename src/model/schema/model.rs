//! The shape of a schema.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::Refine;
use crate::value::{Type, Value};

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SchemaKind {
    /// `resource`
    Managed,
    /// `data`
    Data,
    /// `provider`
    Provider,
}

/// A kind and a name, such as `resource` `aws_vpc`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeName {
    /// Resource, data source or provider.
    pub kind: SchemaKind,
    /// For example `aws_vpc`.
    pub name: Arc<str>,
}

/// A type of resource, data source or provider configuration.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Which type this is.
    pub name: TypeName,
    /// One sentence on it.
    pub description: String,
    /// Version of the stored attributes; what Terraform's provider writes into the state.
    pub version: u64,
    /// Arguments, attributes and nested blocks.
    pub block: Block,
    /// Attributes that name the object, in order: what `observe` needs of it.
    pub identity: Vec<Arc<str>>,
    /// Format of the import id, for people.
    pub import: Option<String>,
    /// Default timeouts of `create`, `update`, `delete`, `read`; keys are what a `timeouts` block may set.
    pub timeouts: BTreeMap<Arc<str>, std::time::Duration>,
    /// Sets of arguments of which at most one may be set; a dot leads into a block.
    pub conflicts: Vec<Vec<Arc<str>>>,
    /// Sets of arguments of which exactly one must be set.
    pub exactly_one: Vec<Vec<Arc<str>>>,
    /// IAM actions by operation (`create`, `read`, `update`, `delete`).
    pub actions: BTreeMap<Arc<str>, Vec<String>>,
    /// Type of the object that this one is a part of, and the argument that names it; for unmanaged children and order.
    pub parent: Option<(Arc<str>, Arc<str>)>,
    /// Built by the provider SDK of old: null, empty and zero are equal, and an update without difference is none.
    pub legacy: bool,
    /// The pure functions for this type, where data does not reach.
    pub refine: Option<&'static Refine>,
}

/// Arguments, attributes and nested blocks.
#[derive(Clone, Debug, std::default::Default)]
pub struct Block {
    /// Arguments and attributes by name.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
    /// Nested blocks by name.
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
    /// Why not to use it.
    pub deprecated: Option<String>,
}

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The configuration must.
    Required,
    /// The configuration may.
    Optional,
    /// The provider does.
    Computed,
    /// The configuration may; the provider does otherwise.
    OptionalComputed,
}

/// When a change of the attribute replaces the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replace {
    /// It is updated in place.
    Never,
    /// Always.
    Always,
    /// By a named rule of `refine/`.
    When(Arc<str>),
}

/// How two texts or collections are compared before they count as a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equivalence {
    /// To the letter.
    Exact,
    /// As IAM policies.
    IamPolicy,
    /// As JSON.
    Json,
    /// Without regard to case.
    Case,
    /// A name, an id and its ARN are equal.
    Arn,
    /// IP protocol names and numbers.
    Protocol,
    /// White space at both ends does not count.
    Trimmed,
    /// A dot at the end does not count.
    TrailingDot,
    /// IPv6 addresses in any spelling.
    Cidr,
}

/// The form that a text must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An IPv4 block without host bits.
    Ipv4Cidr,
    /// An IPv6 block without host bits.
    Ipv6Cidr,
}

/// A default that is known at plan.
#[derive(Clone, Debug)]
pub enum Default {
    /// This value.
    Value(Value),
    /// The region of the provider.
    ProviderRegion,
}

/// An argument or attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its type.
    pub ty: Type,
    /// Who gives it its value.
    pub mode: Mode,
    /// Not to be shown.
    pub sensitive: bool,
    /// Sent, never stored.
    pub write_only: bool,
    /// What holds where the configuration says nothing.
    pub default: Option<Default>,
    /// Whether a change replaces the object.
    pub replace: Replace,
    /// Attributes (of the same object) whose change makes this one unknown until apply.
    pub unknown_when_changed: Vec<Arc<str>>,
    /// When old and new are equivalent the old text stays.
    pub equivalence: Equivalence,
    /// Changes by itself: never drift.
    pub volatile: bool,
    /// The cloud does not tell it: the state keeps what was sent.
    pub unread: bool,
    /// Absent in the configuration is no change where the state has it (SDKv2's diff suppression of removed arguments).
    pub keep_when_absent: bool,
    /// Nested attributes written as blocks too (`ingress` of a security group): absent leaves alone, `[]` removes all.
    pub as_blocks: Option<Box<NestedBlock>>,
    /// The only values that are allowed; empty allows all.
    pub values: Vec<String>,
    /// The form that the text, or each text of the list or set, must have.
    pub format: Option<Format>,
    /// Smallest and largest number that is allowed.
    pub range: Option<(i64, i64)>,
    /// Why not to use it.
    pub deprecated: Option<String>,
    /// One sentence.
    pub description: String,
}

/// How often a block may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most once; the value is an object or null.
    Single,
    /// At most once; the value is an object even where the block is absent, then one of nulls.
    Group,
    /// Ordered.
    List,
    /// Unordered.
    Set,
    /// By label.
    Map,
}

/// A nested block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// How often.
    pub nesting: Nesting,
    /// At least so many.
    pub min: usize,
    /// At most so many; `None` is no limit.
    pub max: Option<usize>,
    /// What is inside.
    pub block: Block,
    /// Absent in the configuration leaves what the provider says.
    pub computed: bool,
    /// Whether a change replaces the object.
    pub replace: Replace,
    /// Absent in the configuration is no change where the state has it.
    pub keep_when_absent: bool,
    /// The cloud does not tell it: the state keeps what was sent.
    pub unread: bool,
    /// One sentence.
    pub description: String,
    /// The type of all blocks together, worked out on first use; a schema does not change once it is used.
    pub implied: OnceLock<Type>,
}

impl Attribute {
    /// Tells whether the configuration may set it.
    pub fn is_configurable(&self) -> bool {
        self.mode != Mode::Computed
    }

    /// Tells whether the provider gives it a value where the configuration does not.
    pub fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed)
    }
}

impl Block {
    /// Returns the type of the object that the block makes.
    pub fn implied_type(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|(k, a)| (k.clone(), a.ty.clone()));
        let blocks = self
            .blocks
            .iter()
            .map(|(k, b)| (k.clone(), b.implied_type()));
        Type::object(attributes.chain(blocks))
    }

    /// Returns the object of a body in which nothing is set.
    pub fn empty_value(&self) -> Value {
        let attributes = self
            .attributes
            .iter()
            .map(|(k, a)| (k.clone(), Value::null(a.ty.clone())));
        let blocks = self.blocks.iter().map(|(k, b)| (k.clone(), b.none_value()));
        Value::object(attributes.chain(blocks))
    }
}

impl NestedBlock {
    /// Returns the type of the value that all blocks of this name make together.
    pub fn implied_type(&self) -> Type {
        let make = || {
            let inner = self.block.implied_type();
            match self.nesting {
                Nesting::Single | Nesting::Group => inner,
                Nesting::List => Type::list(inner),
                Nesting::Set => Type::set(inner),
                Nesting::Map => Type::map(inner),
            }
        };
        self.implied.get_or_init(make).clone()
    }

    /// Returns the value that stands for no block of this name.
    pub fn none_value(&self) -> Value {
        let inner = || self.block.implied_type();
        match self.nesting {
            Nesting::Single => Value::null(inner()),
            Nesting::Group => self.block.empty_value(),
            Nesting::List => Value::list(inner(), Vec::new()),
            Nesting::Set => Value::set(inner(), Vec::new()),
            Nesting::Map => Value::map(inner(), std::iter::empty::<(&str, Value)>()),
        }
    }

    /// Returns the type of the object that one block makes.
    pub fn object_type(&self) -> Type {
        let whole = self.implied_type();
        match (self.nesting, whole.element()) {
            (Nesting::Single | Nesting::Group, _) | (_, None) => whole,
            (_, Some(inner)) => inner.clone(),
        }
    }
}
