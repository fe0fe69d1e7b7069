//! The planned value: what the provider makes of state and configuration.

use super::{
    Problem, Settings, replace,
    same::{equivalent, is_empty, is_zero, legacy_equal, same},
    tags,
};
use crate::{
    schema::{Attribute, Block, Default, NestedBlock, Nesting, Schema, refine},
    value::{Kind, Map, Path, Value},
};

/// What is to become of an object.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The attributes afterwards; unknown is what is known after apply.
    pub value: Value,
    /// Places whose change makes a new object necessary; none for a new object.
    pub requires_replace: Vec<Path>,
    /// Why it cannot become so.
    pub problems: Vec<Problem>,
}

/// Plans an object: `prior` is its state, `None` for an object to be made (also in place of one that is replaced).
///
/// A value that equals the state is no change.
pub fn plan_resource(
    schema: &Schema,
    settings: &Settings,
    prior: Option<&Value>,
    config: &Value,
) -> Planned {
    let prior = prior.filter(|p| !p.is_null());
    let refine = schema.refine;
    let planner = Planner {
        schema,
        settings,
        refine,
    };
    let mut value = planner.block(&schema.block, config, prior, true);
    if schema.block.attributes.contains_key("tags_all")
        && schema.block.attributes.contains_key("tags")
    {
        let all = tags::plan(settings, schema.legacy, &value, prior);
        value = value.with("tags_all", all);
    }
    if let Some(prior) = prior {
        value = mark_unknown(schema, value, prior, config);
    }
    if let Some(plan) = refine.and_then(|r| r.plan) {
        value = plan(schema, value, prior, config);
    }
    let refuse = refine.and_then(|r| r.refuse);
    let problems = |value: &Value| refuse.map(|r| r(prior, value)).unwrap_or_default();
    let Some(prior) = prior else {
        return Planned {
            problems: problems(&value),
            requires_replace: Vec::new(),
            value,
        };
    };
    if same(prior, &value) || (schema.legacy && no_difference(prior, &value)) {
        return Planned {
            value: prior.clone(),
            requires_replace: Vec::new(),
            problems: Vec::new(),
        };
    }
    let mut requires_replace = replace::paths(schema, settings, prior, &value);
    if let Some(more) = refine.and_then(|r| r.replace) {
        requires_replace.extend(more(prior, &value));
    }
    Planned {
        problems: problems(&value),
        requires_replace,
        value,
    }
}

/// SDKv2 plans the state itself where no attribute differs; a change of `timeouts` alone is none.
fn no_difference(prior: &Value, planned: &Value) -> bool {
    let plain = |v: &Value| v.clone().with("timeouts", Value::NULL);
    let planned = plain(planned);
    planned.is_wholly_known() && legacy_equal(&plain(prior), &planned)
}

/// Makes attributes unknown that will change with others.
fn mark_unknown(schema: &Schema, planned: Value, prior: &Value, config: &Value) -> Value {
    let null = Value::NULL;
    let changed = |name: &str, planned: &Value| {
        !same(
            planned.get(name).unwrap_or(&null),
            prior.get(name).unwrap_or(&null),
        )
    };
    let mut out = planned.clone();
    for (name, a) in &schema.block.attributes {
        let open = config.get(name).is_none_or(Value::is_null);
        if open && a.unknown_when_changed.iter().any(|n| changed(n, &planned)) {
            out = out.with(name.clone(), Value::unknown(a.ty.clone()));
        }
    }
    out
}

struct Planner<'a> {
    schema: &'a Schema,
    settings: &'a Settings,
    refine: Option<&'static refine::Refine>,
}

impl Planner<'_> {
    fn block(&self, block: &Block, config: &Value, prior: Option<&Value>, top: bool) -> Value {
        let null = Value::NULL;
        let mut out = Map::new();
        for (name, a) in &block.attributes {
            let configured = config.get(name).unwrap_or(&null);
            let before = prior.map(|p| p.get(name).unwrap_or(&null));
            out.insert(
                name.clone(),
                self.attribute(name, a, configured, before, top),
            );
        }
        for (name, n) in &block.blocks {
            let configured = config.get(name).unwrap_or(&null);
            let before = prior.map(|p| p.get(name).unwrap_or(&null));
            let planned = if top && &**name == "timeouts" {
                configured.clone()
            } else {
                self.nested(n, configured, before)
            };
            out.insert(name.clone(), planned);
        }
        Kind::Object(out.into()).into()
    }

    fn attribute(
        &self,
        name: &str,
        a: &Attribute,
        configured: &Value,
        prior: Option<&Value>,
        top: bool,
    ) -> Value {
        let null = || Value::null(a.ty.clone());
        if a.write_only {
            return null();
        }
        let planned = if !configured.is_null() {
            match self.refine.and_then(|r| r.shape).filter(|_| top) {
                Some(shape) => shape(name, configured.clone()),
                None => configured.clone(),
            }
        } else if matches!(a.default, Some(Default::ProviderRegion)) {
            match (&self.settings.region, prior) {
                (Some(region), _) => region.clone().into(),
                (None, Some(prior)) => prior.clone(),
                (None, None) => Value::unknown(a.ty.clone()),
            }
        } else {
            self.unset(a, prior)
        };
        match prior {
            Some(before)
                if !same(before, &planned) && equivalent(a.equivalence, before, &planned) =>
            {
                before.clone()
            }
            _ => planned,
        }
    }

    /// The value of an attribute that the configuration leaves out.
    fn unset(&self, a: &Attribute, prior: Option<&Value>) -> Value {
        let default = match &a.default {
            Some(Default::Value(v)) => Some(v.clone()),
            _ => None,
        };
        match (prior, default) {
            (None, Some(default)) => default,
            (Some(_), Some(default)) if !a.is_computed() || !self.schema.legacy => default,
            (Some(prior), _) if a.is_computed() || a.keep_when_absent => prior.clone(),
            // In place of an empty collection SDKv2 plans what the configuration says.
            (Some(prior), _) if self.schema.legacy && a.ty.is_primitive() && is_zero(prior) => {
                prior.clone()
            }
            (None, None) if a.is_computed() => Value::unknown(a.ty.clone()),
            _ => Value::null(a.ty.clone()),
        }
    }

    fn nested(&self, n: &NestedBlock, configured: &Value, prior: Option<&Value>) -> Value {
        if configured.is_unknown() {
            return configured.clone();
        }
        if is_empty(configured) {
            return match prior {
                Some(prior)
                    if n.computed
                        || (n.keep_when_absent && prior.is_known() && !is_empty(prior)) =>
                {
                    prior.clone()
                }
                None if n.computed => Value::unknown(n.implied_type()),
                _ => n.none_value(),
            };
        }
        let ty = || n.block.implied_type();
        let priors = prior.and_then(Value::elements).unwrap_or_default();
        let configs = configured.elements().unwrap_or_default();
        match n.nesting {
            Nesting::Single | Nesting::Group => {
                self.block(&n.block, configured, prior.filter(|p| !p.is_null()), false)
            }
            Nesting::Set => Value::set(ty(), self.elements_of_set(n, configs, priors)),
            Nesting::Map => {
                let entries = configured.entries().into_iter().flatten();
                let planned = |(k, c): (&std::sync::Arc<str>, &Value)| {
                    (
                        k.clone(),
                        self.block(&n.block, c, prior.and_then(|p| p.get(k)), false),
                    )
                };
                Value::map(ty(), entries.map(planned))
            }
            Nesting::List => {
                let planned = |(i, c): (usize, &Value)| self.element(n, c, priors.get(i));
                Value::list(ty(), configs.iter().enumerate().map(planned).collect())
            }
        }
    }

    fn element(&self, n: &NestedBlock, configured: &Value, prior: Option<&Value>) -> Value {
        if configured.is_unknown() {
            configured.clone()
        } else {
            self.block(&n.block, configured, prior, false)
        }
    }

    /// An element of the state goes with the configured one that would not change it.
    fn elements_of_set(&self, n: &NestedBlock, configs: &[Value], priors: &[Value]) -> Vec<Value> {
        let mut left: Vec<_> = priors.iter().collect();
        let one = |c: &Value| {
            let place = left
                .iter()
                .position(|p| c.is_known() && same(p, &self.element(n, c, Some(p))));
            match place {
                Some(i) => left.remove(i).clone(),
                None => self.element(n, c, None),
            }
        };
        configs.iter().map(one).collect()
    }
}
