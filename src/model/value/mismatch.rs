//! Why a type does not convert to another, in Terraform's words.

use super::{
    Type,
    convert::possible,
    quote,
    want::{Attributes, Shape, Want},
};

/// Says why values of a type do not convert to another type, such as `string required, but have list of number`.
pub fn mismatch_message(got: &Type, want: &Type) -> String {
    mismatch(got, Want::Type(want))
}

pub(super) fn mismatch(got: &Type, want: Want) -> String {
    match (got, want.shape()) {
        (Type::Object(_), Shape::Object(ats)) => objects(got, ats),
        (Type::Tuple(_), Shape::List(e)) if is_dynamic(e) => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Shape::Set(e)) if is_dynamic(e) => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Shape::Map(e)) if is_dynamic(e) => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(ts), Shape::List(e) | Shape::Set(e)) => {
            let wrong = ts
                .iter()
                .enumerate()
                .find(|(_, t)| !e.is(t) && !possible(t, e, true));
            match wrong {
                Some((i, t)) => format!("element {i}: {}", mismatch(t, e)),
                None => format!("all elements must be {}", e.to_type().constraint_name()),
            }
        }
        (Type::Object(ats), Shape::Map(e)) => {
            let wrong = ats.iter().find(|(_, t)| !e.is(t) && !possible(t, e, true));
            match wrong {
                Some((name, t)) => format!("element {}: {}", quote(name), mismatch(t, e)),
                None => format!("all elements must be {}", e.to_type().constraint_name()),
            }
        }
        (Type::Tuple(_) | Type::Object(_), Shape::List(_) | Shape::Set(_) | Shape::Map(_)) => {
            format!("{} required", want.to_type().constraint_name())
        }
        (Type::List(t) | Type::Set(t), Shape::List(e)) => {
            format!("incorrect list element type: {}", mismatch(t, e))
        }
        (Type::List(t) | Type::Set(t), Shape::Set(e)) => {
            format!("incorrect set element type: {}", mismatch(t, e))
        }
        (Type::Map(t), Shape::Map(e)) => format!("incorrect map element type: {}", mismatch(t, e)),
        (_, Shape::List(_) | Shape::Set(_) | Shape::Map(_)) if got.is_collection() => {
            format!("{} required", want.to_type().constraint_name())
        }
        _ => {
            let brief = match want.shape() {
                Shape::Tuple(_) => !got.is_primitive() && *got != Type::Dynamic,
                Shape::Object(_) => got.is_collection(),
                _ => false,
            };
            let (got, want) = (got.friendly_name(), want.to_type().friendly_name());
            if brief || got == want {
                format!("{want} required")
            } else {
                format!("{want} required, but have {got}")
            }
        }
    }
}

fn is_dynamic(want: Want) -> bool {
    matches!(want.shape(), Shape::Dynamic)
}

fn objects(got: &Type, want: Attributes) -> String {
    let Type::Object(have) = got else {
        return "incorrect object attributes".into();
    };
    let missing: Vec<&str> = want
        .iter()
        .filter(|(name, _, optional)| !optional && !have.contains_key(*name))
        .map(|(n, ..)| &**n)
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return format!("attribute {one:?} is required"),
        [one, two] => return format!("attributes {one:?} and {two:?} are required"),
        [first @ .., last] => {
            let first: String = first.iter().map(|n| format!("{n:?}, ")).collect();
            return format!("attributes {first}and {last:?} are required");
        }
    }
    let wrong = |unsafely: bool| {
        let (name, want, _) = want.iter().find(|(name, want, _)| {
            have.get(*name)
                .is_some_and(|t| !want.is(t) && !possible(t, *want, unsafely))
        })?;
        Some(format!(
            "attribute {name:?}: {}",
            mismatch(have.get(name)?, want)
        ))
    };
    wrong(true)
        .or_else(|| wrong(false))
        .unwrap_or_else(|| "incorrect object attributes".into())
}
