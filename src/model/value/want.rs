//! What a value is converted to: a plain type, or a constraint with optional attributes.

use std::sync::Arc;

use super::{Constraint, Type};

/// A type or a constraint, looked at alike.
#[derive(Clone, Copy)]
pub(super) enum Want<'a> {
    Type(&'a Type),
    Constraint(&'a Constraint),
}

/// The outermost shape of a [`Want`].
pub(super) enum Shape<'a> {
    Dynamic,
    Bool,
    Number,
    String,
    List(Want<'a>),
    Set(Want<'a>),
    Map(Want<'a>),
    Tuple(Vec<Want<'a>>),
    Object(Attributes<'a>),
}

/// The attributes of an object to be made.
#[derive(Clone, Copy)]
pub(super) enum Attributes<'a> {
    Type(&'a std::collections::BTreeMap<Arc<str>, Type>),
    Constraint(&'a std::collections::BTreeMap<Arc<str>, super::ObjectAttribute>),
}

impl<'a> Want<'a> {
    pub(super) fn shape(self) -> Shape<'a> {
        match self {
            Self::Type(t) | Self::Constraint(Constraint::Plain(t)) => match t {
                Type::Dynamic => Shape::Dynamic,
                Type::Bool => Shape::Bool,
                Type::Number => Shape::Number,
                Type::String => Shape::String,
                Type::List(e) => Shape::List(Self::Type(e)),
                Type::Set(e) => Shape::Set(Self::Type(e)),
                Type::Map(e) => Shape::Map(Self::Type(e)),
                Type::Tuple(ts) => Shape::Tuple(ts.iter().map(Self::Type).collect()),
                Type::Object(ats) => Shape::Object(Attributes::Type(ats)),
            },
            Self::Constraint(c) => match c {
                Constraint::List(e) => Shape::List(Self::Constraint(e)),
                Constraint::Set(e) => Shape::Set(Self::Constraint(e)),
                Constraint::Map(e) => Shape::Map(Self::Constraint(e)),
                Constraint::Tuple(cs) => Shape::Tuple(cs.iter().map(Self::Constraint).collect()),
                Constraint::Object(ats) => Shape::Object(Attributes::Constraint(ats)),
                // Plain types are above.
                Constraint::Plain(_) => Shape::Dynamic,
            },
        }
    }

    pub(super) fn to_type(self) -> Type {
        match self {
            Self::Type(t) => t.clone(),
            Self::Constraint(c) => c.to_type(),
        }
    }

    /// Tells whether it is this type exactly, with nothing optional inside.
    pub(super) fn is(self, ty: &Type) -> bool {
        match (self, self.shape(), ty) {
            (Self::Type(t) | Self::Constraint(Constraint::Plain(t)), _, _) => t == ty,
            (_, Shape::List(e), Type::List(t))
            | (_, Shape::Set(e), Type::Set(t))
            | (_, Shape::Map(e), Type::Map(t)) => e.is(t),
            (_, Shape::Tuple(es), Type::Tuple(ts)) => {
                es.len() == ts.len() && es.iter().zip(ts.iter()).all(|(e, t)| e.is(t))
            }
            (_, Shape::Object(a), Type::Object(ats)) => {
                a.len() == ats.len()
                    && a.iter().all(|(name, e, optional)| {
                        !optional && ats.get(name).is_some_and(|t| e.is(t))
                    })
            }
            _ => false,
        }
    }
}

impl<'a> Attributes<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Type(m) => m.len(),
            Self::Constraint(m) => m.len(),
        }
    }

    /// Returns every name with what its value must be and whether it may be left out.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'a Arc<str>, Want<'a>, bool)> {
        let (types, constraints) = match self {
            Self::Type(m) => (Some(m), None),
            Self::Constraint(m) => (None, Some(m)),
        };
        let types = types
            .into_iter()
            .flatten()
            .map(|(k, t)| (k, Want::Type(t), false));
        let constraints = constraints.into_iter().flatten();
        types.chain(constraints.map(|(k, a)| (k, Want::Constraint(&a.constraint), a.optional)))
    }

    pub(super) fn contains(self, name: &str) -> bool {
        match self {
            Self::Type(m) => m.contains_key(name),
            Self::Constraint(m) => m.contains_key(name),
        }
    }
}
