//! Unification of types.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{Type, convert::can_convert};

/// Returns the type to which values of all given types convert (safe and unsafe conversions as in Terraform's
/// conditionals and collection constructors), or `None`.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_with(types, true)
}

/// Unifies with or without conversions that may fail for a value.
pub(super) fn unify_with(types: &[Type], unsafely: bool) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    if rest.iter().all(|t| t == first) {
        return Some(first.clone());
    }
    // Long lists have few types.
    let mut distinct: Vec<Type> = Vec::new();
    for t in types {
        if !distinct.contains(t) {
            distinct.push(t.clone());
        }
    }
    let types = distinct.as_slice();
    let count = |f: fn(&Type) -> bool| types.iter().filter(|t| f(t)).count();
    let maps = count(|t| matches!(t, Type::Map(_)));
    let lists = count(|t| matches!(t, Type::List(_)));
    let sets = count(|t| matches!(t, Type::Set(_)));
    let objects = count(|t| matches!(t, Type::Object(_)));
    let tuples = count(|t| matches!(t, Type::Tuple(_)));
    let dynamics = count(|t| *t == Type::Dynamic);
    let all = types.len();
    if maps > 0 && maps + dynamics == all {
        return collections(types, unsafely, dynamics > 0, Type::map);
    }
    if maps > 0 && maps + objects + dynamics == all {
        let as_map = |t: &Type| matches!(t, Type::Object(_));
        if let Some(t @ Type::Map(_)) = structures_as(types, unsafely, as_map, objects_to_map) {
            return Some(t);
        }
    } else if lists > 0 && lists + dynamics == all {
        return collections(types, unsafely, dynamics > 0, Type::list);
    } else if lists > 0 && lists + tuples + dynamics == all {
        let as_list = |t: &Type| matches!(t, Type::Tuple(_));
        if let Some(t @ Type::List(_)) = structures_as(types, unsafely, as_list, tuples_to_list) {
            return Some(t);
        }
    } else if sets > 0 && sets + dynamics == all {
        return collections(types, unsafely, dynamics > 0, Type::set);
    } else if objects > 0 && objects + dynamics == all {
        return if dynamics > 0 {
            Some(Type::Dynamic)
        } else {
            unify_objects(types, unsafely)
        };
    } else if tuples > 0 && tuples + dynamics == all {
        return if dynamics > 0 {
            Some(Type::Dynamic)
        } else {
            unify_tuples(types, unsafely)
        };
    } else if objects > 0 && tuples > 0 {
        return None;
    }
    by_preference(types, unsafely)
}

/// Takes the first type, in the order of preference, to which all others convert.
fn by_preference(types: &[Type], unsafely: bool) -> Option<Type> {
    preference(types)
        .into_iter()
        .find(|want| {
            types
                .iter()
                .all(|t| t == *want || can_convert(t, want, unsafely))
        })
        .cloned()
}

fn collections(
    types: &[Type],
    unsafely: bool,
    dynamic: bool,
    make: fn(Type) -> Type,
) -> Option<Type> {
    if dynamic {
        return Some(Type::Dynamic);
    }
    let elements: Vec<Type> = types.iter().filter_map(|t| t.element().cloned()).collect();
    let whole = make(unify_with(&elements, unsafely)?);
    types
        .iter()
        .all(|t| *t == whole || can_convert(t, &whole, unsafely))
        .then_some(whole)
}

/// Replaces objects by the map (or tuples by the list) that they are in disguise, then unifies again.
fn structures_as(
    types: &[Type],
    unsafely: bool,
    disguised: fn(&Type) -> bool,
    reveal: fn(&[Type], bool) -> Option<Type>,
) -> Option<Type> {
    let hidden: Vec<Type> = types.iter().filter(|t| disguised(t)).cloned().collect();
    let revealed = reveal(&hidden, unsafely)?;
    let types: Vec<Type> = types
        .iter()
        .map(|t| if disguised(t) { &revealed } else { t }.clone())
        .collect();
    unify_with(&types, unsafely)
}

fn unify_objects(types: &[Type], unsafely: bool) -> Option<Type> {
    let all: Vec<&BTreeMap<_, Type>> = types.iter().filter_map(attributes).collect();
    let first = all.first()?;
    if !all.iter().all(|a| a.keys().eq(first.keys())) {
        return objects_to_map(types, unsafely);
    }
    let mut unified = Vec::with_capacity(first.len());
    for name in first.keys() {
        let across: Vec<Type> = all.iter().filter_map(|a| a.get(name).cloned()).collect();
        unified.push((name.clone(), unify_with(&across, unsafely)?));
    }
    let whole = Type::object(unified);
    if types
        .iter()
        .all(|t| *t == whole || can_convert(t, &whole, unsafely))
    {
        return Some(whole);
    }
    objects_to_map(types, unsafely)
}

fn attributes(t: &Type) -> Option<&BTreeMap<std::sync::Arc<str>, Type>> {
    match t {
        Type::Object(m) => Some(m),
        _ => None,
    }
}

fn objects_to_map(types: &[Type], unsafely: bool) -> Option<Type> {
    let across: Vec<Type> = types
        .iter()
        .filter_map(attributes)
        .flat_map(|a| a.values().cloned())
        .collect();
    let whole = Type::map(unify_with(&across, unsafely)?);
    types
        .iter()
        .all(|t| can_convert(t, &whole, unsafely))
        .then_some(whole)
}

fn unify_tuples(types: &[Type], unsafely: bool) -> Option<Type> {
    let all: Vec<&[Type]> = types.iter().filter_map(elements).collect();
    let first = all.first()?;
    if !all.iter().all(|t| t.len() == first.len()) {
        return tuples_to_list(types, unsafely);
    }
    let mut unified = Vec::with_capacity(first.len());
    for i in 0..first.len() {
        let across: Vec<Type> = all.iter().filter_map(|t| t.get(i).cloned()).collect();
        unified.push(unify_with(&across, unsafely)?);
    }
    let whole = Type::tuple(unified);
    if types
        .iter()
        .all(|t| *t == whole || can_convert(t, &whole, unsafely))
    {
        return Some(whole);
    }
    tuples_to_list(types, unsafely)
}

fn elements(t: &Type) -> Option<&[Type]> {
    match t {
        Type::Tuple(ts) => Some(ts),
        _ => None,
    }
}

fn tuples_to_list(types: &[Type], unsafely: bool) -> Option<Type> {
    let across: Vec<Type> = types
        .iter()
        .filter_map(elements)
        .flatten()
        .cloned()
        .collect();
    let whole = Type::list(unify_with(&across, unsafely)?);
    types
        .iter()
        .all(|t| can_convert(t, &whole, unsafely))
        .then_some(whole)
}

/// Orders types so that the more general come first, otherwise as they stand.
fn preference(types: &[Type]) -> Vec<&Type> {
    let mut left: Vec<&Type> = types.iter().collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let next = left
            .iter()
            .position(|t| !left.iter().any(|u| generality(u, t).is_lt()))
            .unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

/// Less: the first is more general than the second.
fn generality(a: &Type, b: &Type) -> Ordering {
    match (a, b) {
        (Type::Dynamic, Type::Dynamic) => Ordering::Equal,
        (_, Type::Dynamic) => Ordering::Less,
        (Type::Dynamic, _) => Ordering::Greater,
        (Type::String, Type::String) => Ordering::Equal,
        (Type::String, Type::Bool | Type::Number) => Ordering::Less,
        (Type::Bool | Type::Number, Type::String) => Ordering::Greater,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => generality(a, b),
        // A list can be made of a set without loss, and structures become collections.
        (Type::List(_), Type::Set(_) | Type::Tuple(_))
        | (Type::Set(_), Type::Tuple(_))
        | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::Set(_) | Type::Tuple(_), Type::List(_))
        | (Type::Tuple(_), Type::Set(_))
        | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
