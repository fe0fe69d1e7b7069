//! Addresses: names of configuration objects and of their instances.
//!
//! `Abs…` names something inside one module instance; a [`ModulePath`] names a module as written, whatever its number of
//! instances. Order is Terraform's: by module, then data before managed, type, name, key (numbers before texts).

use std::{fmt, sync::Arc};

/// Which instance of a resource or module call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Key {
    /// The only one; neither `count` nor `for_each`.
    #[default]
    None,
    /// With `count`.
    Int(u64),
    /// With `for_each`.
    Str(Arc<str>),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Int(i) => write!(f, "[{i}]"),
            Self::Str(s) => write!(f, "[{}]", quote(s)),
        }
    }
}

/// Writes a text as a quoted string of the language, template sequences escaped.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A module as written: the names of the calls that lead to it; empty is the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModulePath(pub Vec<Arc<str>>);

impl ModulePath {
    /// Returns the path of a module called from this one.
    #[must_use]
    pub fn child(&self, name: &Arc<str>) -> Self {
        let mut path = self.0.clone();
        path.push(name.clone());
        Self(path)
    }

    /// Tells whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            write!(f, "{}module.{name}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

/// One instance of a module; empty is the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModuleInstance(pub Vec<(Arc<str>, Key)>);

impl ModuleInstance {
    /// The root module.
    pub const ROOT: Self = Self(Vec::new());

    /// Tells whether this is the other instance or inside it.
    pub fn is_in(&self, outer: &Self) -> bool {
        self.0.starts_with(&outer.0)
    }

    /// Returns the instance so many calls below the root that this is or is inside of.
    #[must_use]
    pub fn outer(&self, depth: usize) -> Self {
        Self(self.0.get(..depth).unwrap_or(&self.0).to_vec())
    }

    /// Returns the instance of a module called from this one.
    #[must_use]
    pub fn child(&self, name: &Arc<str>, key: Key) -> Self {
        let mut steps = self.0.clone();
        steps.push((name.clone(), key));
        Self(steps)
    }

    /// Returns the module without instance keys.
    pub fn path(&self) -> ModulePath {
        ModulePath(self.0.iter().map(|(n, _)| n.clone()).collect())
    }

    /// Returns the instance that holds the call, with the last step; `None` for the root.
    pub fn parent(&self) -> Option<(Self, &Arc<str>, &Key)> {
        let ((name, key), rest) = self.0.split_last()?;
        Some((Self(rest.to_vec()), name, key))
    }

    /// Tells whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, key)) in self.0.iter().enumerate() {
            write!(f, "{}module.{name}{key}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

/// Managed resource or data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// `data`
    Data,
    /// `resource`
    Managed,
}

/// A resource or data block inside its module, such as `aws_vpc.main` or `data.aws_ami.linux`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// Managed or data.
    pub mode: Mode,
    /// The type, such as `aws_vpc`.
    pub type_name: Arc<str>,
    /// The name in the configuration.
    pub name: Arc<str>,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = if self.mode == Mode::Data { "data." } else { "" };
        write!(f, "{data}{}.{}", self.type_name, self.name)
    }
}

/// A resource block as written, in whatever number of instances.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigResource {
    /// The module that holds the block.
    pub module: ModulePath,
    /// The block.
    pub resource: Resource,
}

/// All instances of a resource inside one module instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsResource {
    /// The module instance.
    pub module: ModuleInstance,
    /// The block.
    pub resource: Resource,
}

impl AbsResource {
    /// Returns one of its instances.
    pub fn instance(&self, key: Key) -> AbsInstance {
        AbsInstance {
            resource: self.clone(),
            key,
        }
    }

    /// Returns the block as written.
    pub fn config(&self) -> ConfigResource {
        ConfigResource {
            module: self.module.path(),
            resource: self.resource.clone(),
        }
    }
}

/// One instance of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsInstance {
    /// The resource.
    pub resource: AbsResource,
    /// Which one.
    pub key: Key,
}

fn with_module(
    f: &mut fmt::Formatter<'_>,
    module: &impl fmt::Display,
    is_root: bool,
) -> fmt::Result {
    if is_root {
        Ok(())
    } else {
        write!(f, "{module}.")
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_module(f, &self.module, self.module.is_root())?;
        self.resource.fmt(f)
    }
}

impl fmt::Display for AbsResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_module(f, &self.module, self.module.is_root())?;
        self.resource.fmt(f)
    }
}

impl fmt::Display for AbsInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.resource, self.key)
    }
}

/// A provider's source address, such as `registry.terraform.io/hashicorp/aws`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provider {
    /// `registry.terraform.io` or `terraform.io`.
    pub host: Arc<str>,
    /// `hashicorp`, `builtin`.
    pub namespace: Arc<str>,
    /// `aws`, `terraform`.
    pub name: Arc<str>,
}

impl Provider {
    /// Returns the provider that a local name stands for without `required_providers`.
    pub fn implied(name: &str) -> Self {
        match name {
            "terraform" | "bastionless" => Self::new("terraform.io", "builtin", name),
            _ => Self::new("registry.terraform.io", "hashicorp", name),
        }
    }

    /// Tells whether this is the provider that Terraform has built in.
    pub fn is_terraform(&self) -> bool {
        *self == Self::implied("terraform")
    }

    /// Tells whether this is one of those that are built in.
    pub fn is_builtin(&self) -> bool {
        &*self.host == "terraform.io" && &*self.namespace == "builtin"
    }

    /// Makes an address of its parts.
    pub fn new(host: &str, namespace: &str, name: &str) -> Self {
        Self {
            host: host.into(),
            namespace: namespace.into(),
            name: name.into(),
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.name)
    }
}

/// A provider configuration of a module, as the state names it: `provider["registry.terraform.io/hashicorp/aws"].west`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderConfig {
    /// The module whose `provider` block it is.
    pub module: ModulePath,
    /// The provider.
    pub provider: Provider,
    /// Its `alias`.
    pub alias: Option<Arc<str>>,
}

impl fmt::Display for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_module(f, &self.module, self.module.is_root())?;
        write!(f, "provider[{}]", quote(&self.provider.to_string()))?;
        self.alias.as_ref().map_or(Ok(()), |a| write!(f, ".{a}"))
    }
}

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(pub String);
