//! Types.

use std::{collections::BTreeMap, fmt, sync::Arc};

/// A type of the language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Not known yet, or anything (`any`).
    Dynamic,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(T)`
    List(Arc<Type>),
    /// `set(T)`
    Set(Arc<Type>),
    /// `map(T)`
    Map(Arc<Type>),
    /// `tuple([T, …])`
    Tuple(Arc<[Type]>),
    /// `object({ name = T, … })`
    Object(Arc<BTreeMap<Arc<str>, Type>>),
}

impl Type {
    /// Makes `list(element)`.
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// Makes `set(element)`.
    pub fn set(element: Self) -> Self {
        Self::Set(Arc::new(element))
    }

    /// Makes `map(element)`.
    pub fn map(element: Self) -> Self {
        Self::Map(Arc::new(element))
    }

    /// Makes `tuple([…])`.
    pub fn tuple(elements: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(elements.into_iter().collect())
    }

    /// Makes `object({…})`.
    pub fn object<K: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(Arc::new(
            attributes.into_iter().map(|(k, t)| (k.into(), t)).collect(),
        ))
    }

    /// Tells whether this is `bool`, `number` or `string`.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Tells whether this is a list, a set or a map.
    pub fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Set(_) | Self::Map(_))
    }

    /// Tells whether [`Type::Dynamic`] occurs anywhere in it.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(t) | Self::Set(t) | Self::Map(t) => t.has_dynamic(),
            Self::Tuple(ts) => ts.iter().any(Self::has_dynamic),
            Self::Object(ats) => ats.values().any(Self::has_dynamic),
        }
    }

    /// Tells whether this type is the other one, where `any` in the other one stands for every type.
    pub fn conforms_to(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Dynamic) => true,
            (Self::List(a), Self::List(b))
            | (Self::Set(a), Self::Set(b))
            | (Self::Map(a), Self::Map(b)) => a.conforms_to(b),
            (Self::Tuple(a), Self::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.conforms_to(b))
            }
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b.iter())
                        .all(|((j, a), (k, b))| j == k && a.conforms_to(b))
            }
            _ => self == other,
        }
    }

    /// Returns the element type of a collection.
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(t) | Self::Set(t) | Self::Map(t) => Some(t),
            _ => None,
        }
    }

    /// Returns the name that Terraform's messages use, such as `list of string`, `object`, `dynamic`.
    pub fn friendly_name(&self) -> String {
        match self {
            Self::Dynamic => "dynamic".into(),
            Self::Bool => "bool".into(),
            Self::Number => "number".into(),
            Self::String => "string".into(),
            Self::List(t) => format!("list of {}", t.friendly_name()),
            Self::Set(t) => format!("set of {}", t.friendly_name()),
            Self::Map(t) => format!("map of {}", t.friendly_name()),
            Self::Tuple(_) => "tuple".into(),
            Self::Object(_) => "object".into(),
        }
    }

    /// Returns the name of the type where it is a constraint: [`Type::Dynamic`] is `any type` then.
    pub fn constraint_name(&self) -> String {
        match self {
            Self::Dynamic => "any type".into(),
            Self::List(t) => format!("list of {}", t.element_constraint_name()),
            Self::Set(t) => format!("set of {}", t.element_constraint_name()),
            Self::Map(t) => format!("map of {}", t.element_constraint_name()),
            _ => self.friendly_name(),
        }
    }

    fn element_constraint_name(&self) -> String {
        if *self == Self::Dynamic {
            "any single type".into()
        } else {
            self.constraint_name()
        }
    }
}

/// Prints the type as a constraint of the language, such as `list(string)`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dynamic => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(t) => write!(f, "list({t})"),
            Self::Set(t) => write!(f, "set({t})"),
            Self::Map(t) => write!(f, "map({t})"),
            Self::Tuple(ts) => {
                f.write_str("tuple([")?;
                for (i, t) in ts.iter().enumerate() {
                    write!(f, "{}{t}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("])")
            }
            Self::Object(ats) => {
                f.write_str("object({")?;
                for (i, (k, t)) in ats.iter().enumerate() {
                    write!(f, "{}{k} = {t}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("})")
            }
        }
    }
}
