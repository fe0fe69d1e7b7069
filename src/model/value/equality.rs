//! Equality and order.

use std::{cmp::Ordering, sync::Arc};

use super::{Kind, Marks, Number, Refinement, Type, Value, quote};

/// Compares with the operator `==`: unknown where something that matters is unknown; marks of both rise to the result.
pub fn equal(a: &Value, b: &Value) -> Value {
    let result = compare(a, b, false).map_or_else(unknown_bool, Value::from);
    result.with_marks(all_marks(a).union(all_marks(b)))
}

/// Makes an unknown truth value that will not be null.
fn unknown_bool() -> Value {
    Value::unknown_refined(
        Type::Bool,
        Refinement {
            not_null: true,
            ..Refinement::default()
        },
    )
}

fn all_marks(v: &Value) -> Marks {
    v.children().fold(v.marks(), |m, c| m.union(all_marks(c)))
}

/// Compares without regard to marks; `None` is unknown. `typed`: the types are known to be equal.
fn compare(a: &Value, b: &Value, typed: bool) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Unknown(..), Kind::Unknown(..)) => None,
        (Kind::Unknown(t, r), _) => compare_unknown(t, r.as_ref(), b),
        (_, Kind::Unknown(t, r)) => compare_unknown(t, r.as_ref(), a),
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Null(_), _) | (_, Kind::Null(_)) => Some(false),
        (Kind::Bool(x), Kind::Bool(y)) => Some(x == y),
        (Kind::Number(x), Kind::Number(y)) => Some(x == y),
        (Kind::String(x), Kind::String(y)) => Some(x == y),
        _ if typed => compare_alike(a, b),
        _ => compare_compound(a, b),
    }
}

fn compare_compound(a: &Value, b: &Value) -> Option<bool> {
    let (ta, tb) = (a.type_of(), b.type_of());
    if has_untyped(a) || has_untyped(b) {
        // An unknown part without a type may still become of the other type.
        return if !ta.conforms_to(&tb) && !tb.conforms_to(&ta) {
            Some(false)
        } else {
            None
        };
    }
    if ta == tb {
        compare_alike(a, b)
    } else {
        Some(false)
    }
}

/// Compares compound values of one type.
fn compare_alike(a: &Value, b: &Value) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Set(_, xs), Kind::Set(_, ys)) => {
            if xs.iter().chain(ys.iter()).any(Value::is_unknown) {
                return None;
            }
            Some(xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| same_element(x, y)))
        }
        (Kind::Map(_, x), Kind::Map(_, y)) if x.len() != y.len() || x.keys().ne(y.keys()) => {
            Some(false)
        }
        _ => compare_parts(a, b),
    }
}

/// Tells whether a part is unknown even in its type.
fn has_untyped(v: &Value) -> bool {
    matches!(v.kind(), Kind::Unknown(Type::Dynamic, _)) || v.children().any(has_untyped)
}

fn compare_parts(a: &Value, b: &Value) -> Option<bool> {
    if a.children().count() != b.children().count() {
        return Some(false);
    }
    for (x, y) in a.children().zip(b.children()) {
        match compare(x, y, true) {
            Some(true) => {}
            other => return other,
        }
    }
    Some(true)
}

fn compare_unknown(ty: &Type, refinement: Option<&Arc<Refinement>>, known: &Value) -> Option<bool> {
    if let Some(r) = refinement
        && excludes(r, known)
    {
        return Some(false);
    }
    if known.is_null() || known.type_of().conforms_to(ty) || has_untyped(known) {
        return None;
    }
    Some(false)
}

/// Tells whether what is known of an unknown value rules a known one out.
fn excludes(r: &Refinement, known: &Value) -> bool {
    let outside = |bound: &Option<(Number, bool)>, n: &Number, wrong: Ordering| {
        bound
            .as_ref()
            .is_some_and(|(b, inclusive)| n.cmp(b) == wrong || (!inclusive && n == b))
    };
    match known.kind() {
        Kind::Null(_) => r.not_null,
        Kind::String(s) => r.prefix.as_ref().is_some_and(|p| !s.starts_with(&**p)),
        Kind::Number(n) => {
            outside(&r.min, n, Ordering::Less) || outside(&r.max, n, Ordering::Greater)
        }
        Kind::List(..) | Kind::Set(..) | Kind::Map(..) => {
            let count = known.children().count();
            r.max_length.is_some_and(|m| count > m) || r.min_length.is_some_and(|m| count < m)
        }
        _ => false,
    }
}

/// Tells whether two values are the same in type, content and marks, unknown parts included.
pub fn identical(a: &Value, b: &Value) -> bool {
    if a.marks() != b.marks() {
        return false;
    }
    match (a.kind(), b.kind()) {
        (Kind::Null(x), Kind::Null(y)) => x == y,
        (Kind::Unknown(x, r), Kind::Unknown(y, s)) => {
            x == y && (r == s || same_refinement(r.as_deref(), s.as_deref()))
        }
        (Kind::Bool(x), Kind::Bool(y)) => x == y,
        (Kind::Number(x), Kind::Number(y)) => x == y,
        (Kind::String(x), Kind::String(y)) => Arc::ptr_eq(x, y) || x == y,
        (Kind::List(t, x), Kind::List(u, y)) | (Kind::Set(t, x), Kind::Set(u, y)) => {
            t == u && identical_all(x, y)
        }
        (Kind::Tuple(x), Kind::Tuple(y)) => identical_all(x, y),
        (Kind::Map(t, x), Kind::Map(u, y)) => t == u && identical_entries(x, y),
        (Kind::Object(x), Kind::Object(y)) => identical_entries(x, y),
        _ => false,
    }
}

fn same_refinement(a: Option<&Refinement>, b: Option<&Refinement>) -> bool {
    let nothing = Refinement::default();
    a.unwrap_or(&nothing) == b.unwrap_or(&nothing)
}

fn identical_all(x: &Arc<Vec<Value>>, y: &Arc<Vec<Value>>) -> bool {
    Arc::ptr_eq(x, y)
        || (x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| identical(x, y)))
}

fn identical_entries(x: &Arc<super::Map>, y: &Arc<super::Map>) -> bool {
    Arc::ptr_eq(x, y)
        || (x.len() == y.len()
            && x.iter()
                .zip(y.iter())
                .all(|((j, x), (k, y))| j == k && identical(x, y)))
}

/// Tells whether two values that may be elements of a set count as one: both wholly known, and equal.
pub(super) fn same_element(a: &Value, b: &Value) -> bool {
    compare(a, b, false) == Some(true)
}

/// The order of the elements of a set, which is the order in which Terraform iterates over it.
///
/// Texts are in the order of their bytes, numbers ascend, `false` is before `true`, null comes after those and unknown
/// last. Everything else is ordered by the bytes that Terraform makes of it for that purpose.
pub fn compare_for_set(a: &Value, b: &Value) -> Ordering {
    match (a.kind(), b.kind()) {
        (Kind::String(x), Kind::String(y)) => x.cmp(y),
        (Kind::Number(x), Kind::Number(y)) => x.cmp(y),
        (Kind::Bool(x), Kind::Bool(y)) => x.cmp(y),
        _ => rank(a).cmp(&rank(b)).then_with(|| match rank(a) {
            0 => set_key(a).cmp(&set_key(b)).then_with(|| structural(a, b)),
            _ => structural(a, b),
        }),
    }
}

fn rank(v: &Value) -> u8 {
    match v.kind() {
        Kind::Unknown(..) => 2,
        Kind::Null(_) => 1,
        _ => 0,
    }
}

/// Orders elements whose bytes agree.
fn structural(a: &Value, b: &Value) -> Ordering {
    let kind = |v: &Value| match v.kind() {
        Kind::Unknown(..) => 0u8,
        Kind::Null(_) => 1,
        Kind::Bool(_) => 2,
        Kind::Number(_) => 3,
        Kind::String(_) => 4,
        Kind::List(..) => 5,
        Kind::Set(..) => 6,
        Kind::Map(..) => 7,
        Kind::Tuple(_) => 8,
        Kind::Object(_) => 9,
    };
    match (a.kind(), b.kind()) {
        (Kind::String(x), Kind::String(y)) => x.cmp(y),
        (Kind::Number(x), Kind::Number(y)) => x.cmp(y),
        (Kind::Bool(x), Kind::Bool(y)) => x.cmp(y),
        (Kind::Unknown(x, _), Kind::Unknown(y, _)) | (Kind::Null(x), Kind::Null(y)) => x.cmp(y),
        _ => kind(a).cmp(&kind(b)).then_with(|| {
            let keys = |v: &Value| v.entries().map(|m| m.keys().cloned().collect::<Vec<_>>());
            let count = a.children().count().cmp(&b.children().count());
            let keys = count.then_with(|| keys(a).cmp(&keys(b)));
            a.children()
                .zip(b.children())
                .fold(keys, |o, (x, y)| o.then_with(|| structural(x, y)))
        }),
    }
}

/// Sorts the elements of a set; the bytes of compound ones are made only once each.
pub(super) fn sort_for_set(elements: &mut Vec<Value>) {
    if elements
        .iter()
        .any(|e| e.elements().is_some() || e.entries().is_some())
    {
        let mut keyed: Vec<(u8, Vec<u8>, Value)> = elements
            .drain(..)
            .map(|e| {
                (
                    rank(&e),
                    if rank(&e) == 0 {
                        set_key(&e)
                    } else {
                        Vec::new()
                    },
                    e,
                )
            })
            .collect();
        keyed.sort_by(|a, b| {
            (a.0, &a.1)
                .cmp(&(b.0, &b.1))
                .then_with(|| structural(&a.2, &b.2))
        });
        elements.extend(keyed.into_iter().map(|(_, _, e)| e));
    } else {
        elements.sort_by(compare_for_set);
    }
}

fn set_key(v: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_key(v, &mut out);
    out
}

fn write_key(v: &Value, out: &mut Vec<u8>) {
    match v.kind() {
        Kind::Unknown(..) => out.push(b'?'),
        Kind::Null(_) => out.push(b'~'),
        Kind::Bool(b) => out.push(if *b { b'T' } else { b'F' }),
        Kind::Number(n) => write_number_key(n, out),
        Kind::String(s) => write_string_key(s, out),
        Kind::Map(_, m) => {
            out.push(b'{');
            for (k, v) in m.iter() {
                write_string_key(k, out);
                out.push(b':');
                write_key(v, out);
                out.push(b';');
            }
            out.push(b'}');
        }
        Kind::List(_, l) | Kind::Set(_, l) => write_all(b'[', l.iter(), b']', out),
        Kind::Tuple(l) => write_all(b'<', l.iter(), b'>', out),
        Kind::Object(m) => write_all(b'<', m.values(), b'>', out),
    }
}

fn write_all<'a>(open: u8, parts: impl Iterator<Item = &'a Value>, close: u8, out: &mut Vec<u8>) {
    out.push(open);
    for v in parts {
        write_key(v, out);
        out.push(b';');
    }
    out.push(close);
}

/// Ten significant digits, as Terraform has it.
fn write_number_key(n: &Number, out: &mut Vec<u8>) {
    let mut text = String::new();
    if n.is_negative() {
        text.push('-');
    }
    let written = match (n.to_i64(), n.exact_decimal()) {
        (Some(i), _) if i.unsigned_abs() < 1_000_000_000 => {
            text.push_str(&i.unsigned_abs().to_string());
            Ok(())
        }
        (_, Some(d)) => d.write_general(Some(10), false, &mut text),
        (_, None) => {
            text.push_str("Inf");
            Ok(())
        }
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    out.extend_from_slice(text.as_bytes());
}

fn write_string_key(s: &str, out: &mut Vec<u8>) {
    if s.bytes()
        .all(|b| matches!(b, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'))
    {
        out.push(b'"');
        out.extend_from_slice(s.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(quote(s).as_bytes());
    }
}
