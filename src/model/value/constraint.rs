//! Type constraints of variables: types with optional object attributes and their defaults.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ConvertError, Kind, Map, Type, Value, convert, convert::convert_to, unify, want::Want,
};

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
        match self {
            Self::Plain(ty) => convert(value, ty),
            _ => convert_to(&self.fill(value), Want::Constraint(self)),
        }
    }

    /// Tells whether a default is to be filled in anywhere.
    fn has_defaults(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::List(c) | Self::Set(c) | Self::Map(c) => c.has_defaults(),
            Self::Tuple(cs) => cs.iter().any(Self::has_defaults),
            Self::Object(ats) => ats
                .values()
                .any(|a| a.default.is_some() || a.constraint.has_defaults()),
        }
    }

    /// Fills in defaults, without conversion; null and unknown values stay as they are.
    fn fill(&self, value: &Value) -> Value {
        if value.is_null() || value.is_unknown() || !self.has_defaults() {
            return value.clone();
        }
        let filled = match value.kind() {
            Kind::List(t, vs) => {
                let vs = self.fill_elements(vs);
                common(&vs, t).map_or_else(Value::tuple, |(t, vs)| Value::list(t, vs))
            }
            Kind::Set(t, vs) => {
                let vs = self.fill_elements(vs);
                common(&vs, t).map_or_else(Value::tuple, |(t, vs)| Value::set(t, vs))
            }
            Kind::Tuple(vs) => Value::tuple(self.fill_elements(vs)),
            Kind::Map(t, m) => {
                let m = self.fill_entries(m);
                let values: Vec<Value> = m.values().cloned().collect();
                match common(&values, t) {
                    Ok((t, vs)) => Value::map(t, m.into_keys().zip(vs)),
                    Err(_) => Kind::Object(Arc::new(m)).into(),
                }
            }
            Kind::Object(m) => Kind::Object(Arc::new(self.fill_entries(m))).into(),
            _ => return value.clone(),
        };
        filled.with_marks(value.marks())
    }

    fn fill_elements(&self, values: &[Value]) -> Vec<Value> {
        let fill = |(i, v): (usize, &Value)| match self {
            Self::List(c) | Self::Set(c) | Self::Map(c) => c.fill(v),
            Self::Tuple(cs) => cs.get(i).map_or_else(|| v.clone(), |c| c.fill(v)),
            _ => v.clone(),
        };
        values.iter().enumerate().map(fill).collect()
    }

    fn fill_entries(&self, entries: &Map) -> Map {
        let Self::Object(ats) = self else {
            let fill = |v: &Value| match self {
                Self::List(c) | Self::Set(c) | Self::Map(c) => c.fill(v),
                _ => v.clone(),
            };
            return entries.iter().map(|(k, v)| (k.clone(), fill(v))).collect();
        };
        let fill = |(k, v): (&Arc<str>, &Value)| {
            (
                k.clone(),
                ats.get(k)
                    .map_or_else(|| v.clone(), |a| a.constraint.fill(v)),
            )
        };
        let mut filled: Map = entries.iter().map(fill).collect();
        for (name, attribute) in ats {
            if let Some(default) = &attribute.default
                && filled.get(name).is_none_or(Value::is_null)
            {
                filled.insert(name.clone(), attribute.constraint.fill(default));
            }
        }
        filled
    }
}

/// Gives the elements of a collection one type again after defaults were filled in.
fn common(values: &[Value], before: &Type) -> Result<(Type, Vec<Value>), Vec<Value>> {
    if values.is_empty() {
        return Ok((before.clone(), Vec::new()));
    }
    let types: Vec<Type> = values.iter().map(Value::type_of).collect();
    let unified = unify(&types).and_then(|t| {
        let values: Option<Vec<Value>> = values.iter().map(|v| convert(v, &t).ok()).collect();
        Some((t, values?))
    });
    unified.ok_or_else(|| values.to_vec())
}
