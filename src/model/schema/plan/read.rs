//! From an answer of the cloud to a state.

use super::{
    Settings, names,
    same::{content_equal, equivalent, is_empty, is_zero, protocol},
    tags,
};
use crate::{
    iam,
    schema::{Attribute, Block, Default, Equivalence, NestedBlock, Nesting, Schema, refine},
    value::{Kind, Map, Type, Value},
};

/// Settles what was read into the attributes of the state.
///
/// `prior` is the state, or after a create or update the planned value; `None` for an import. `observed` is a value of the
/// schema's type in which null stands for what the cloud does not tell; `tags` in it are all tags of the object. Texts
/// that mean the same as before stay; tags are split; rules of security groups keep their grouping; what the cloud never
/// tells is kept.
pub fn normalise_read(
    schema: &Schema,
    settings: &Settings,
    prior: Option<&Value>,
    observed: &Value,
) -> Value {
    let prior = prior.filter(|p| !p.is_null());
    let reader = Reader {
        settings,
        legacy: schema.legacy,
    };
    let mut out = reader.block(&schema.block, prior, observed);
    let has = |name: &str| schema.block.attributes.contains_key(name);
    if has("tags") && has("tags_all") {
        let told = observed.get("tags").unwrap_or(&Value::NULL).clone();
        let all = observed.get("tags_all").unwrap_or(&Value::NULL).clone();
        out = tags::split(
            settings,
            prior,
            out.with("tags", told).with("tags_all", all),
        );
    }
    out = names::settle_prefixes(schema, out);
    match refine::of(schema).and_then(|r| r.read) {
        Some(read) => read(settings, prior, out),
        None => out,
    }
}

struct Reader<'a> {
    settings: &'a Settings,
    legacy: bool,
}

impl Reader<'_> {
    fn block(&self, block: &Block, prior: Option<&Value>, observed: &Value) -> Value {
        let null = Value::NULL;
        let before = |name: &str| prior.map(|p| p.get(name).unwrap_or(&null));
        let mut out = Map::new();
        for (name, a) in &block.attributes {
            let value = observed.get(name).unwrap_or(&null);
            out.insert(name.clone(), self.attribute(a, before(name), value));
        }
        for (name, n) in &block.blocks {
            let value = observed.get(name).unwrap_or(&null);
            out.insert(name.clone(), self.nested(n, before(name), value));
        }
        Kind::Object(out.into()).into()
    }

    fn attribute(&self, a: &Attribute, prior: Option<&Value>, observed: &Value) -> Value {
        let null = || Value::null(a.ty.clone());
        if a.write_only {
            return null();
        }
        let known = prior.filter(|p| p.is_wholly_known());
        if observed.is_null() {
            return match known {
                Some(prior) if a.unread || is_empty(prior) => prior.clone(),
                Some(prior)
                    if self.legacy
                        && is_zero(prior)
                        && !matches!(a.default, Some(Default::Value(_))) =>
                {
                    prior.clone()
                }
                _ if matches!(a.default, Some(Default::ProviderRegion)) => {
                    self.settings.region.clone().map_or_else(null, Value::from)
                }
                _ if self.legacy && a.is_computed() && !a.unread => zero(&a.ty),
                _ => null(),
            };
        }
        if let Some(prior) = known {
            let unset = self.legacy && prior.is_null() && !a.is_computed() && a.default.is_none();
            if (is_empty(prior) && is_empty(observed))
                || (unset && is_zero(observed))
                || content_equal(prior, observed)
                || equivalent(a.equivalence, prior, observed)
            {
                return prior.clone();
            }
        }
        match (a.equivalence, observed.as_str()) {
            (Equivalence::IamPolicy | Equivalence::Json, Some(text)) => {
                iam::normalise(text).map_or_else(|| observed.clone(), Value::from)
            }
            (Equivalence::Protocol, Some(text)) => protocol(text).into(),
            _ => observed.clone(),
        }
    }

    fn nested(&self, n: &NestedBlock, prior: Option<&Value>, observed: &Value) -> Value {
        let none = || {
            let ty = n.block.implied_type();
            match n.nesting {
                Nesting::Single => Value::null(ty),
                Nesting::List => Value::list(ty, Vec::new()),
                Nesting::Set => Value::set(ty, Vec::new()),
                Nesting::Map => Value::map(ty, std::iter::empty::<(&str, Value)>()),
            }
        };
        if n.unread {
            return prior
                .filter(|p| p.is_wholly_known())
                .cloned()
                .unwrap_or_else(none);
        }
        if is_empty(observed) {
            return none();
        }
        let priors = prior.and_then(Value::elements).unwrap_or_default();
        let elements = observed.elements().unwrap_or_default();
        let ty = || n.block.implied_type();
        let inside = |p: Option<&Value>, v: &Value| {
            self.block(&n.block, p.filter(|p| !p.is_null() && p.is_known()), v)
        };
        match n.nesting {
            Nesting::Single => inside(prior, observed),
            Nesting::Map => {
                let entries = observed.entries().into_iter().flatten();
                Value::map(
                    ty(),
                    entries.map(|(k, v)| (k.clone(), inside(prior.and_then(|p| p.get(k)), v))),
                )
            }
            Nesting::List => Value::list(
                ty(),
                elements
                    .iter()
                    .enumerate()
                    .map(|(i, v)| inside(priors.get(i), v))
                    .collect(),
            ),
            Nesting::Set => {
                let mut left: Vec<_> = priors.iter().collect();
                let one = |v: &Value| {
                    let place = left.iter().position(|p| fits(p, &inside(Some(p), v)));
                    match place {
                        Some(i) => inside(Some(left.remove(i)), v),
                        None => inside(None, v),
                    }
                };
                Value::set(ty(), elements.iter().map(one).collect())
            }
        }
    }
}

/// Tells whether a value became what was planned; what was unknown may have become anything.
fn fits(planned: &Value, actual: &Value) -> bool {
    if planned.is_unknown() {
        return true;
    }
    match (planned.kind(), actual.kind()) {
        (Kind::Object(p) | Kind::Map(_, p), Kind::Object(a) | Kind::Map(_, a)) => {
            p.len() == a.len() && p.iter().all(|(k, v)| a.get(k).is_some_and(|w| fits(v, w)))
        }
        (Kind::List(_, p), Kind::List(_, a)) => {
            p.len() == a.len() && p.iter().zip(a.iter()).all(|(v, w)| fits(v, w))
        }
        (Kind::Set(_, p), Kind::Set(_, a)) => p.iter().all(|v| a.iter().any(|w| fits(v, w))),
        _ => content_equal(planned, actual),
    }
}

/// What SDKv2 stores for a computed attribute that has no value.
fn zero(ty: &Type) -> Value {
    match ty {
        Type::String => "".into(),
        Type::Number => 0.into(),
        Type::Bool => false.into(),
        Type::List(t) => Value::list((**t).clone(), Vec::new()),
        Type::Set(t) => Value::set((**t).clone(), Vec::new()),
        Type::Map(t) => Value::map((**t).clone(), std::iter::empty::<(&str, Value)>()),
        _ => Value::null(ty.clone()),
    }
}
