//! Values of a schema's implied type.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    schema::{Block, Catalogue, Mode, Nesting},
    value::{Kind, Map, Type, Value, convert},
};

/// What a type's objects look like.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    fields: Arc<BTreeMap<Arc<str>, Field>>,
    /// Attributes that only the cloud gives.
    computed: Arc<BTreeSet<Arc<str>>>,
}

#[derive(Clone, Debug)]
enum Field {
    Attribute(Type),
    Block(Nesting, Shape),
}

impl Shape {
    /// Returns the shape of a resource type; one that is not in the catalogue has no attributes.
    pub(crate) fn managed(name: &str) -> Self {
        Catalogue::builtin()
            .managed(name)
            .map_or_else(Self::empty, |s| Self::of(&s.block))
    }

    /// Returns the shape of a data source.
    pub(crate) fn data(name: &str) -> Self {
        Catalogue::builtin()
            .data(name)
            .map_or_else(Self::empty, |s| Self::of(&s.block))
    }

    fn empty() -> Self {
        Self {
            fields: Arc::default(),
            computed: Arc::default(),
        }
    }

    fn of(block: &Block) -> Self {
        let attributes = block
            .attributes
            .iter()
            .map(|(k, a)| (k.clone(), Field::Attribute(a.ty.clone())));
        let computed = block
            .attributes
            .iter()
            .filter(|(_, a)| a.mode == Mode::Computed)
            .map(|(k, _)| k);
        let blocks = block
            .blocks
            .iter()
            .map(|(k, b)| (k.clone(), Field::Block(b.nesting, Self::of(&b.block))));
        Self {
            fields: Arc::new(attributes.chain(blocks).collect()),
            computed: Arc::new(computed.cloned().collect()),
        }
    }

    /// Makes an object; attributes that are not given are null, blocks that are not given are none.
    ///
    /// Objects inside need not be complete either. Lists serve for sets too. A name that the schema does not know, or a value
    /// that does not fit, is left out.
    pub(crate) fn object<const N: usize>(&self, known: [(&str, Value); N]) -> Value {
        self.fill(&known.into_iter().map(|(k, v)| (Arc::from(k), v)).collect())
    }

    /// Makes an object from a map, see [`Shape::object`].
    pub(crate) fn fill(&self, known: &Map) -> Value {
        Value::object(self.fields.iter().map(|(name, field)| {
            let given = known.get(name).filter(|v| !v.is_null());
            (name.clone(), field.fit(given))
        }))
    }

    /// Returns the state after a change: what was planned where that is known, else what was observed. What only the cloud
    /// gives may have changed although nobody planned it.
    pub(crate) fn settled(&self, planned: &Value, observed: &Value) -> Value {
        let state = settled(planned, observed);
        self.computed.iter().fold(state, |state, name| {
            match observed.get(name).filter(|v| !v.is_null()) {
                Some(seen) => state.with(name.clone(), seen.clone()),
                None => state,
            }
        })
    }

    /// Returns the type of the objects.
    fn ty(&self) -> Type {
        Type::object(self.fields.iter().map(|(k, f)| (k.clone(), f.ty())))
    }
}

impl Field {
    fn ty(&self) -> Type {
        match self {
            Self::Attribute(ty) => ty.clone(),
            Self::Block(Nesting::Single | Nesting::Group, shape) => shape.ty(),
            Self::Block(Nesting::List, shape) => Type::list(shape.ty()),
            Self::Block(Nesting::Set, shape) => Type::set(shape.ty()),
            Self::Block(Nesting::Map, shape) => Type::map(shape.ty()),
        }
    }

    fn fit(&self, given: Option<&Value>) -> Value {
        let (nesting, shape) = match self {
            Self::Attribute(ty) => {
                return given
                    .and_then(|v| fit(v, ty))
                    .unwrap_or_else(|| Value::null(ty.clone()));
            }
            Self::Block(nesting, shape) => (nesting, shape),
        };
        let fill = |v: &Value| shape.fill(v.entries().unwrap_or(&Map::new()));
        let all = || {
            given
                .and_then(Value::elements)
                .unwrap_or_default()
                .iter()
                .map(fill)
                .collect()
        };
        match nesting {
            Nesting::Single => given.map_or_else(|| Value::null(shape.ty()), fill),
            Nesting::Group => given.map_or_else(|| shape.fill(&Map::new()), fill),
            Nesting::List => Value::list(shape.ty(), all()),
            Nesting::Set => Value::set(shape.ty(), all()),
            Nesting::Map => Value::map(
                shape.ty(),
                given
                    .and_then(Value::entries)
                    .into_iter()
                    .flatten()
                    .map(|(k, v)| (k.clone(), fill(v))),
            ),
        }
    }
}

/// Converts, filling missing attributes of objects with null.
fn fit(value: &Value, ty: &Type) -> Option<Value> {
    let all = |e: &Type| {
        value
            .elements()?
            .iter()
            .map(|v| fit(v, e))
            .collect::<Option<Vec<_>>>()
    };
    match (ty, value.kind()) {
        (Type::Object(types), Kind::Object(m)) => {
            Some(Value::object(types.iter().map(|(name, ty)| {
                let given = m
                    .get(name)
                    .filter(|v| !v.is_null())
                    .and_then(|v| fit(v, ty));
                (
                    name.clone(),
                    given.unwrap_or_else(|| Value::null(ty.clone())),
                )
            })))
        }
        (Type::List(e), _) => Some(Value::list((**e).clone(), all(e)?)),
        (Type::Set(e), _) => Some(Value::set((**e).clone(), all(e)?)),
        _ => convert(value, ty).ok(),
    }
}

/// Makes a list of objects for a block or a nested attribute; [`Shape`] completes and types them.
pub(crate) fn objects(values: impl IntoIterator<Item = Value>) -> Value {
    Value::tuple(values.into_iter().collect())
}

/// Makes an object, not complete yet.
pub(crate) fn part<const N: usize>(known: [(&str, Value); N]) -> Value {
    Value::object(known)
}

/// Returns the state after a change: what was planned where that is known, else what was observed.
pub(crate) fn settled(planned: &Value, observed: &Value) -> Value {
    if planned.is_wholly_known() {
        return planned.clone();
    }
    match (planned.kind(), observed.kind()) {
        (Kind::Object(p), Kind::Object(o)) => Value::object(p.iter().map(|(k, v)| {
            let seen = o
                .get(k)
                .cloned()
                .unwrap_or_else(|| Value::null(v.type_of()));
            (k.clone(), settled(v, &seen))
        })),
        (Kind::List(t, p), Kind::List(_, o)) if p.len() == o.len() => Value::list(
            t.clone(),
            p.iter().zip(o.iter()).map(|(p, o)| settled(p, o)).collect(),
        ),
        _ => observed.clone(),
    }
}

/// Makes a text, or null.
pub(crate) fn text(value: Option<impl AsRef<str>>) -> Value {
    value.map_or(Value::null(Type::String), |v| Value::from(v.as_ref()))
}

/// Makes a text, or null where it is empty.
pub(crate) fn some_text(value: Option<impl AsRef<str>>) -> Value {
    text(value.filter(|v| !v.as_ref().is_empty()))
}

/// Makes a truth value, or null.
pub(crate) fn truth(value: Option<bool>) -> Value {
    value.map_or(Value::null(Type::Bool), Value::from)
}

/// Makes a number, or null.
pub(crate) fn number(value: Option<impl Into<i64>>) -> Value {
    value.map_or(Value::null(Type::Number), |v| Value::from(v.into()))
}

/// Makes a list of texts.
pub(crate) fn texts<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Value {
    Value::list(
        Type::String,
        values
            .into_iter()
            .map(|v| Value::from(v.as_ref()))
            .collect(),
    )
}

/// Makes a set of texts.
pub(crate) fn text_set<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Value {
    Value::set(
        Type::String,
        values
            .into_iter()
            .map(|v| Value::from(v.as_ref()))
            .collect(),
    )
}

/// Returns the texts of a list or set; null and missing are empty.
pub(crate) fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::elements)
        .unwrap_or_default()
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// Returns the text of an attribute; `None` where it is missing, null, unknown or empty.
pub(crate) fn given<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get_str(name).filter(|s| !s.is_empty())
}

/// Tells whether an attribute differs between two states; null, unknown and missing are equal.
pub(crate) fn changed(prior: &Value, planned: &Value, name: &str) -> bool {
    let known = |v: &Value| {
        v.get(name)
            .filter(|v| v.is_known() && !v.is_null())
            .cloned()
    };
    match (known(prior), known(planned)) {
        (None, None) => false,
        (Some(a), Some(b)) => !bastionless_model::value::identical(&a, &b),
        _ => true,
    }
}

/// Returns the single object of a block that stands at most once.
pub(crate) fn single<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let value = object.get(name)?;
    match value.kind() {
        Kind::Object(_) => Some(value),
        _ => value
            .elements()
            .and_then(<[Value]>::first)
            .filter(|v| !v.is_null()),
    }
}
