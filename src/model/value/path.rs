//! Places inside a value.

use std::{fmt, sync::Arc};

use super::Value;

/// One step into a value.
#[derive(Clone, Debug)]
pub enum Step {
    /// An attribute of an object.
    Attribute(Arc<str>),
    /// An element of a list, tuple (number) or map (string).
    Index(Value),
    /// An element of a set, named by itself.
    Element(Value),
}

/// A place inside a value, from the root.
#[derive(Clone, Debug, Default)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// Returns the path with one attribute step more.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<Arc<str>>) -> Self {
        self.0.push(Step::Attribute(name.into()));
        self
    }

    /// Returns the path with one index step more.
    #[must_use]
    pub fn index(mut self, key: impl Into<Value>) -> Self {
        self.0.push(Step::Index(key.into()));
        self
    }

    /// Returns the name of the first attribute on the way.
    pub fn root(&self) -> Option<&str> {
        match self.0.first() {
            Some(Step::Attribute(name)) => Some(name),
            _ => None,
        }
    }
}

/// Prints as in the language: `.tags["Name"]`, `.rule[0].id`; an element of a set prints as `[...]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Index(k) => match (k.as_str(), k.as_number()) {
                    (Some(s), _) => write!(f, "[{s:?}]")?,
                    (None, Some(n)) => write!(f, "[{n}]")?,
                    _ => f.write_str("[...]")?,
                },
                Step::Element(_) => f.write_str("[...]")?,
            }
        }
        Ok(())
    }
}
