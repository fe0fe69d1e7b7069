//! Type constraints of variables: types with optional object attributes and their defaults.

use std::{collections::BTreeMap, sync::Arc};

use super::{ConvertError, Type, Value, convert};

/// A type constraint as written in a `variable` block.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// A type without optional attributes inside.
    Plain(Type),
    /// `list(C)`
    List(Box<Constraint>),
    /// `set(C)`
    Set(Box<Constraint>),
    /// `map(C)`
    Map(Box<Constraint>),
    /// `tuple([C, …])`
    Tuple(Vec<Constraint>),
    /// `object({ … })`
    Object(BTreeMap<Arc<str>, ObjectAttribute>),
}

/// One attribute of an object constraint.
#[derive(Clone, Debug)]
pub struct ObjectAttribute {
    /// What its value must be.
    pub constraint: Constraint,
    /// It may be left out.
    pub optional: bool,
    /// The value that stands in where it is left out or null; only with `optional`.
    pub default: Option<Value>,
}

impl Constraint {
    /// Returns the type, with optional attributes as ordinary ones.
    pub fn to_type(&self) -> Type {
        match self {
            Self::Plain(t) => t.clone(),
            Self::List(c) => Type::list(c.to_type()),
            Self::Set(c) => Type::set(c.to_type()),
            Self::Map(c) => Type::map(c.to_type()),
            Self::Tuple(cs) => Type::tuple(cs.iter().map(Self::to_type)),
            Self::Object(ats) => {
                Type::object(ats.iter().map(|(k, a)| (k.clone(), a.constraint.to_type())))
            }
        }
    }

    /// Fills in defaults and converts.
    ///
    /// # Errors
    /// Says where and why the value does not fit.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        convert(value, &self.to_type())
    }
}
