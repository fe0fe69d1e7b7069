//! What data sources have in common.

use aws_sdk_ec2::types::{Filter, Tag};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};

use super::{
    attributes::{Attributes, text_map, text_of, texts_of},
    context::{Ec2, is_any, is_value},
};
use crate::tags::from_ec2;

/// Returns the filters of a configuration: its `filter` blocks, the tags under `tags`, and arguments that have a filter of
/// their own.
pub(crate) fn filters(config: &Value, tags: &str, arguments: &[(&str, &str)]) -> Vec<Filter> {
    let mut all: Vec<Filter> = Vec::new();
    for (argument, filter) in arguments {
        if let Some(value) = text_of(config, argument) {
            all.push(is_value(filter, value));
        }
    }
    for (key, value) in text_map(config, tags) {
        all.push(is_value(&format!("tag:{key}"), &value));
    }
    for block in config
        .get("filter")
        .and_then(Value::elements)
        .unwrap_or_default()
    {
        if let Some(name) = text_of(block, "name") {
            all.push(is_any(name, texts_of(block, "values")));
        }
    }
    all
}

/// Returns the only object.
pub(crate) fn only<T>(found: Vec<T>, noun: &str) -> Result<T, OpError> {
    let what = format!("reading {noun}");
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => {
            let message = format!("no matching {noun} found");
            Err(OpError::new(OpErrorKind::NotFound, what, message))
        }
        (Some(_), Some(_)) => {
            let message = format!(
                "multiple {noun}s matched; use additional constraints to reduce matches to a single {noun}"
            );
            Err(OpError::new(OpErrorKind::Invalid, what, message))
        }
    }
}

impl Ec2 {
    /// Puts the tags of a found object in.
    pub(crate) fn with_found_tags(&self, attributes: Attributes, tags: &[Tag]) -> Attributes {
        let (_, all) = self.tag_rules.split(&from_ec2(tags), None);
        attributes.value("tags", all)
    }
}

/// Declares a data source with its constructor.
macro_rules! looked_up {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub(crate) struct $name(std::sync::Arc<$crate::ec2::Ec2>);

        impl $name {
            /// Makes the data source of a provider in a region.
            pub(crate) fn new(scope: $crate::clients::Scope) -> Self {
                Self(scope.network())
            }
        }
    };
}
