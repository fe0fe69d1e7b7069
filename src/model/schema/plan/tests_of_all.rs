//! What must hold for every type: after an apply there is nothing to do.

use std::sync::Arc;

use super::{
    content_equal, drift, normalise_read, plan_consistent, plan_resource, propose,
    testing::{changes, settings},
    validate,
};
use crate::{
    schema::{Attribute, Block, Catalogue, Equivalence, Format, Mode, Nesting, Schema, SchemaKind},
    value::{Kind, Map, Type, Value},
};

/// Which arguments a made-up configuration sets.
#[derive(Clone, Copy)]
enum Extent {
    Required,
    All,
}

fn sample(a: &Attribute, ty: &Type) -> Value {
    let text = || match (a.format, a.equivalence, a.values.first()) {
        (Some(Format::Ipv4Cidr), ..) => "10.0.0.0/16",
        (Some(Format::Ipv6Cidr), ..) => "2001:db8::/56",
        (_, Equivalence::IamPolicy | Equivalence::Json, _) => "{\"Statement\":[]}",
        (_, _, Some(first)) => first,
        _ => "text",
    };
    match ty {
        Type::String => text().into(),
        Type::Number => a.range.map_or(1, |r| r.0.max(1)).into(),
        Type::Bool => true.into(),
        Type::List(t) => Value::list((**t).clone(), vec![sample(a, t)]),
        Type::Set(t) => Value::set((**t).clone(), vec![sample(a, t)]),
        Type::Map(t) => Value::map((**t).clone(), [("key", sample(a, t))]),
        Type::Object(ats) => Value::object(ats.iter().map(|(k, t)| (k.clone(), sample(a, t)))),
        _ => "any".into(),
    }
}

/// Makes up a configuration; of arguments that exclude each other the first stands.
fn configuration(schema: &Schema, extent: Extent) -> Value {
    let groups = schema.conflicts.iter().chain(&schema.exactly_one);
    // A member inside a block is set with the block, so nothing of its group is set beside it.
    let later = groups.flat_map(|g| match g.iter().any(|n| n.contains('.')) {
        true => g.as_slice(),
        false => g.get(1..).unwrap_or_default(),
    });
    // Arguments that are known and refused because they are not built yet.
    let refused: &[&str] = match &*schema.name.name {
        "aws_instance" => &["secondary_network_interface", "get_password_data"],
        "aws_s3_bucket" => &[
            "acceleration_status",
            "acl",
            "cors_rule",
            "grant",
            "lifecycle_rule",
            "logging",
            "object_lock_configuration",
            "policy",
            "replication_configuration",
            "request_payer",
            "server_side_encryption_configuration",
            "versioning",
            "website",
        ],
        _ => &[],
    };
    let later: Vec<Arc<str>> = later
        .cloned()
        .chain(refused.iter().map(|n| Arc::from(*n)))
        .collect();
    let firsts: Vec<_> = schema
        .exactly_one
        .iter()
        .filter_map(|g| g.first())
        .cloned()
        .collect();
    block(&schema.block, extent, &later, &firsts)
}

fn block(block_: &Block, extent: Extent, without: &[Arc<str>], with: &[Arc<str>]) -> Value {
    let mut out = Map::new();
    for (name, a) in &block_.attributes {
        let wanted = match extent {
            Extent::Required => a.mode == Mode::Required || with.contains(name),
            Extent::All => a.is_configurable() && !without.contains(name) && !a.write_only,
        };
        let value = if wanted {
            sample(a, &a.ty)
        } else {
            Value::null(a.ty.clone())
        };
        out.insert(name.clone(), value);
    }
    for (name, n) in &block_.blocks {
        let wanted = n.min > 0 || (matches!(extent, Extent::All) && !without.contains(name));
        let ty = n.block.implied_type();
        let elements = if wanted {
            vec![block(&n.block, extent, &[], &[])]
        } else {
            Vec::new()
        };
        let value = match n.nesting {
            Nesting::List => Value::list(ty, elements),
            Nesting::Set => Value::set(ty, elements),
            _ => Value::null(ty),
        };
        out.insert(name.clone(), value);
    }
    Kind::Object(out.into()).into()
}

/// What a cloud makes of a plan: values for all that is unknown, null for what it never tells.
fn applied(b: &Block, planned: &Value) -> Value {
    let mut out = planned.entries().unwrap().clone();
    for (name, a) in &b.attributes {
        if a.unread {
            out.insert(name.clone(), Value::null(a.ty.clone()));
        } else if planned.get(name).unwrap().is_unknown() {
            out.insert(
                name.clone(),
                if &**name == "tags_all" {
                    Value::null(a.ty.clone())
                } else {
                    sample(a, &a.ty)
                },
            );
        }
    }
    for (name, n) in &b.blocks {
        let value = planned.get(name).unwrap();
        let inner = |l: &[Value]| l.iter().map(|e| applied(&n.block, e)).collect::<Vec<_>>();
        let elements = inner(value.elements().unwrap_or_default());
        let told = match n.nesting {
            Nesting::List => Value::list(n.block.implied_type(), elements),
            Nesting::Set => Value::set(n.block.implied_type(), elements),
            _ => Value::null(n.block.implied_type()),
        };
        out.insert(name.clone(), told);
    }
    Kind::Object(out.into()).into()
}

#[track_caller]
fn settled(schema: &Schema, extent: Extent) {
    let name = &schema.name.name;
    let config = configuration(schema, extent);
    let problems = validate(schema, &config);
    assert!(problems.is_empty(), "{name}: {problems:?}");
    let planned = plan_resource(schema, &settings(), None, &config).value;
    let observed = applied(&schema.block, &planned);
    let state = normalise_read(schema, &settings(), Some(&planned), &observed);
    let problems = plan_consistent(schema, &planned, &state);
    assert!(problems.is_empty(), "{name}: {problems:?}");
    let again = plan_resource(schema, &settings(), Some(&state), &config);
    let difference = changes(&state, &again.value);
    assert!(
        difference.is_empty() && again.requires_replace.is_empty(),
        "{name}: {difference}"
    );
    let read = normalise_read(schema, &settings(), Some(&state), &observed);
    assert!(
        content_equal(&read, &state),
        "{name}: {}",
        changes(&state, &read)
    );
    let found = drift(schema, &state, Some(&config), &read);
    assert!(found.is_empty(), "{name}: {found:?}");
    let proposed = propose(schema, &state, &state);
    assert!(
        content_equal(&proposed, &state),
        "{name}: {}",
        changes(&state, &proposed)
    );
}

fn all() -> impl Iterator<Item = Arc<Schema>> {
    let catalogue = Catalogue::builtin();
    catalogue
        .names(SchemaKind::Managed)
        .filter_map(|name| catalogue.managed(name))
}

#[test]
fn after_an_apply_of_what_is_required_there_is_nothing_to_do() {
    all().for_each(|schema| settled(&schema, Extent::Required));
}

#[test]
fn after_an_apply_of_all_arguments_there_is_nothing_to_do() {
    all().for_each(|schema| settled(&schema, Extent::All));
}
