//! What the settler asks and what it is told.

use std::sync::Arc;

use bastionless_model::{
    cloud::{Identity, Observed, OpError},
    value::Value,
};

use crate::lang::address::{AbsInstance, ProviderConfig};

/// Names a question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadKey {
    /// The configuration of a provider.
    Provider(ProviderConfig),
    /// A stored object, current or deposed, by its address after moving.
    Object(AbsInstance, Option<Arc<str>>),
    /// A data source.
    Data(AbsInstance),
    /// An object that is to be imported.
    Import(AbsInstance),
}

/// A question with its name.
#[derive(Clone, Debug)]
pub struct Read {
    /// The name.
    pub key: ReadKey,
    /// The question.
    pub question: Question,
}

/// A question.
#[derive(Clone, Debug)]
pub enum Question {
    /// Configure a provider.
    Configure {
        /// Which configuration.
        provider: ProviderConfig,
        /// The arguments; wholly known, without marks.
        config: Value,
    },
    /// Read an object.
    Observe {
        /// Through which provider configuration.
        provider: ProviderConfig,
        /// The type.
        type_name: Arc<str>,
        /// The region argument of the object, where it has one.
        region: Option<Arc<str>>,
        /// Which object.
        identity: Identity,
    },
    /// Read a data source.
    Lookup {
        /// Through which provider configuration.
        provider: ProviderConfig,
        /// The type.
        type_name: Arc<str>,
        /// The region argument, where it has one.
        region: Option<Arc<str>>,
        /// The arguments; wholly known, without marks.
        config: Value,
    },
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The provider is configured and works in this region.
    Configured {
        /// The region, where the provider has one.
        region: Option<String>,
    },
    /// The object.
    Observed(Observed),
    /// The result of a data source.
    Found(Value),
    /// The data source is not asked now: what it says is known after apply.
    Later,
    /// It failed.
    Failed(OpError),
}
