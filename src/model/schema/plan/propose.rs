//! The proposed new value: what Terraform itself makes of state and configuration before it asks the provider.
//!
//! As `objchange.ProposedNew` of Terraform 1.15: computed attributes that the configuration leaves out keep the state's value;
//! blocks of a list are matched by index, of a map by key, of a set by the values that the configuration sets.

use super::same::content_equal;
use crate::{
    schema::{Block, NestedBlock, Nesting, Schema},
    value::{Kind, Map, Value},
};

/// Merges a configuration into the state. Computed attributes of an object that is yet to be made are null.
pub fn propose(schema: &Schema, prior: &Value, config: &Value) -> Value {
    if prior.is_null() && config.is_null() {
        return prior.clone();
    }
    block(&schema.block, known_object(prior), config)
}

/// Returns what is known of a data source that is not read yet: the configuration, and unknown for all that is computed.
pub fn planned_data(schema: &Schema, config: &Value) -> Value {
    unread(&schema.block, config)
}

fn known_object(prior: &Value) -> Option<&Value> {
    prior.entries().map(|_| prior)
}

fn block(schema: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let Some(entries) = config.entries() else {
        return prior.unwrap_or(config).clone();
    };
    let mut out = Map::new();
    for (name, a) in &schema.attributes {
        let configured = entries
            .get(name)
            .cloned()
            .unwrap_or_else(|| Value::null(a.ty.clone()));
        let value = if a.is_computed() && configured.is_null() {
            prior
                .and_then(|p| p.get(name))
                .cloned()
                .unwrap_or_else(|| Value::null(a.ty.clone()))
        } else {
            configured
        };
        out.insert(name.clone(), value);
    }
    for (name, n) in &schema.blocks {
        if let Some(configured) = entries.get(name) {
            out.insert(
                name.clone(),
                nested(n, prior.and_then(|p| p.get(name)), configured),
            );
        }
    }
    Kind::Object(out.into()).into()
}

fn nested(n: &NestedBlock, prior: Option<&Value>, config: &Value) -> Value {
    if config.is_unknown() || config.is_null() {
        return config.clone();
    }
    let ty = || n.block.implied_type();
    match (n.nesting, config.kind()) {
        (Nesting::Single | Nesting::Group, _) => {
            block(&n.block, prior.and_then(known_object), config)
        }
        (Nesting::Map, Kind::Map(_, m)) => {
            let entry = |(k, c): (&std::sync::Arc<str>, &Value)| {
                (
                    k.clone(),
                    block(
                        &n.block,
                        prior.and_then(|p| p.get(k)).and_then(known_object),
                        c,
                    ),
                )
            };
            Value::map(ty(), m.iter().map(entry))
        }
        (Nesting::Set, _) => set(n, prior, config),
        _ => {
            let priors = prior.and_then(Value::elements).unwrap_or_default();
            let configs = config.elements().unwrap_or_default().iter().enumerate();
            Value::list(
                ty(),
                configs
                    .map(|(i, c)| match priors.get(i) {
                        Some(p) => block(&n.block, known_object(p), c),
                        None => c.clone(),
                    })
                    .collect(),
            )
        }
    }
}

fn set(n: &NestedBlock, prior: Option<&Value>, config: &Value) -> Value {
    let mut priors: Vec<_> = prior
        .and_then(Value::elements)
        .unwrap_or_default()
        .iter()
        .collect();
    let elements = config.elements().unwrap_or_default().iter().map(|c| {
        let place = priors.iter().position(|p| matches(&n.block, p, c));
        let prior = place.map(|i| priors.remove(i));
        block(&n.block, prior, c)
    });
    let elements = elements.collect();
    Value::set(n.block.implied_type(), elements)
}

/// Tells whether an element of the state can be what the configuration describes: all that it sets is equal.
fn matches(schema: &Block, prior: &Value, config: &Value) -> bool {
    let null = Value::NULL;
    let pair = |name: &str| {
        (
            prior.get(name).unwrap_or(&null),
            config.get(name).unwrap_or(&null),
        )
    };
    schema.attributes.iter().all(|(name, a)| {
        let (p, c) = pair(name);
        content_equal(p, c) || (a.is_computed() && c.is_null())
    }) && schema.blocks.iter().all(|(name, n)| {
        let (p, c) = pair(name);
        content_equal(p, c)
            || match (n.nesting, p.elements(), c.elements()) {
                (Nesting::Single | Nesting::Group, ..) => {
                    !c.is_null() && !p.is_null() && matches(&n.block, p, c)
                }
                (Nesting::List, Some(ps), Some(cs)) => {
                    ps.len() == cs.len() && ps.iter().zip(cs).all(|(p, c)| matches(&n.block, p, c))
                }
                _ => false,
            }
    })
}

fn unread(schema: &Block, config: &Value) -> Value {
    let Some(entries) = config.entries() else {
        return config.clone();
    };
    let mut out = Map::new();
    for (name, a) in &schema.attributes {
        let value = match entries.get(name) {
            Some(v) if !(a.is_computed() && v.is_null()) => v.clone(),
            _ if a.is_computed() => Value::unknown(a.ty.clone()),
            _ => Value::null(a.ty.clone()),
        };
        out.insert(name.clone(), value);
    }
    for (name, n) in &schema.blocks {
        let Some(v) = entries.get(name) else { continue };
        let inner = |l: &[Value]| l.iter().map(|e| unread(&n.block, e)).collect();
        let value = match (v.kind(), n.nesting) {
            (Kind::List(t, l), _) => Value::list(t.clone(), inner(l)),
            (Kind::Set(t, l), _) => Value::set(t.clone(), inner(l)),
            (Kind::Object(_), Nesting::Single | Nesting::Group) => unread(&n.block, v),
            _ => v.clone(),
        };
        out.insert(name.clone(), value);
    }
    Kind::Object(out.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::load;

    fn schema() -> Schema {
        let text = r#"
resource "t" {
  attribute "id" {
    type = string
    mode = "computed"
  }
  attribute "size" {
    type = number
    mode = "optional+computed"
  }
  block "disk" {
    nesting = "set"
    attribute "name" {
      type = string
      mode = "required"
    }
    attribute "serial" {
      type = string
      mode = "optional+computed"
    }
  }
}
"#;
        load("t.hcl", text).unwrap()
    }

    fn object(id: Option<&str>, size: Option<i64>, disks: &[(&str, Option<&str>)]) -> Value {
        let text = |s: &Option<&str>| s.map_or(Value::NULL, Value::from);
        let disk = |(n, s): &(&str, Option<&str>)| {
            Value::object([("name", Value::from(*n)), ("serial", text(s))])
        };
        let ty = schema().block.blocks["disk"].block.implied_type();
        Value::object([
            ("id", text(&id)),
            ("size", size.map_or(Value::NULL, Value::from)),
            ("disk", Value::set(ty, disks.iter().map(disk).collect())),
        ])
    }

    #[test]
    fn what_the_configuration_leaves_out_is_kept() {
        let prior = object(Some("x"), Some(3), &[("a", Some("1")), ("b", Some("2"))]);
        let config = object(None, None, &[("b", None), ("c", None)]);
        let proposed = propose(&schema(), &prior, &config);
        assert!(content_equal(
            &proposed,
            &object(Some("x"), Some(3), &[("b", Some("2")), ("c", None)])
        ));
    }

    #[test]
    fn a_new_object_is_its_configuration() {
        let config = object(None, Some(1), &[("b", None)]);
        assert!(content_equal(
            &propose(
                &schema(),
                &Value::null(schema().block.implied_type()),
                &config
            ),
            &config
        ));
        let planned = planned_data(&schema(), &config);
        assert!(planned.get("id").unwrap().is_unknown() && planned.get_i64("size") == Some(1));
    }
}
