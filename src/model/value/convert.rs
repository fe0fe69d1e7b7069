//! Conversion of values to types.

use std::sync::Arc;

use super::{
    Kind, Map, Number, Path, Refinement, Step, Type, Value,
    mismatch::mismatch,
    unify::unify_with,
    want::{Attributes, Shape, Want},
};

/// Why a value cannot be converted.
#[derive(Clone, Debug)]
pub struct ConvertError {
    /// Where in the value.
    pub path: Path,
    /// Terraform's words, such as `a number is required`.
    pub message: String,
}

/// Converts a value to a type, as the language does on its own: primitive types into each other, tuples to lists and
/// sets, objects to maps, and element by element. Unknown parts stay unknown, marks stay where they are.
///
/// # Errors
/// Says where and why no conversion exists.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    convert_to(value, Want::Type(ty))
}

/// Tells whether values of a type convert to another one: `unsafely` includes conversions that fail for some values.
pub fn can_convert(from: &Type, to: &Type, unsafely: bool) -> bool {
    possible(from, Want::Type(to), unsafely)
}

pub(super) fn convert_to(value: &Value, want: Want) -> Result<Value, ConvertError> {
    if already(value, want) {
        return Ok(value.clone());
    }
    let from = value.type_of();
    if !possible(&from, want, true) {
        return Err(ConvertError {
            path: Path::default(),
            message: mismatch(&from, want),
        });
    }
    apply(value, want, &mut Path::default())
}

/// Tells whether a value has the type already, without building its type.
fn already(value: &Value, want: Want) -> bool {
    match (value.kind(), want.shape()) {
        // What is untyped becomes null or unknown of the type, except where any type will do.
        (Kind::Null(t) | Kind::Unknown(t, _), _) => want.is(t),
        (Kind::Bool(_), Shape::Bool)
        | (Kind::Number(_), Shape::Number)
        | (Kind::String(_), Shape::String) => true,
        (Kind::List(t, _), Shape::List(e))
        | (Kind::Set(t, _), Shape::Set(e))
        | (Kind::Map(t, _), Shape::Map(e)) => e.is(t),
        (Kind::Tuple(vs), Shape::Tuple(es)) => {
            vs.len() == es.len() && vs.iter().zip(es).all(|(v, e)| already(v, e))
        }
        (Kind::Object(m), Shape::Object(ats)) => {
            m.len() == ats.len()
                && ats
                    .iter()
                    .all(|(k, e, _)| m.get(k).is_some_and(|v| already(v, e)))
        }
        _ => false,
    }
}

/// Tells whether a conversion between types exists.
pub(super) fn possible(from: &Type, want: Want, unsafely: bool) -> bool {
    let element = |t: &Type, e: Want| e.is(t) || possible(t, e, unsafely);
    match (from, want.shape()) {
        (_, Shape::Dynamic)
        | (Type::Bool | Type::Number | Type::String, Shape::String)
        | (Type::Bool, Shape::Bool)
        | (Type::Number, Shape::Number) => true,
        (Type::Dynamic, _) | (Type::String, Shape::Bool | Shape::Number) => unsafely,
        (Type::Object(have), Shape::Object(ats)) => {
            ats.iter().all(|(name, e, optional)| match have.get(name) {
                Some(t) => element(t, e),
                None => optional,
            })
        }
        (Type::Tuple(ts), Shape::Tuple(es)) => {
            ts.len() == es.len() && ts.iter().zip(es).all(|(t, e)| element(t, e))
        }
        (Type::List(t) | Type::Set(t), Shape::List(e))
        | (Type::Set(t), Shape::Set(e))
        | (Type::Map(t), Shape::Map(e)) => element(t, e),
        (Type::List(t), Shape::Set(e)) => unsafely && element(t, e),
        (Type::Tuple(ts), Shape::List(e) | Shape::Set(e)) => {
            all_possible(ts.iter(), e, unsafely, true)
        }
        (Type::Object(have), Shape::Map(e)) => all_possible(have.values(), e, unsafely, false),
        (Type::Map(t), Shape::Object(ats)) => unsafely && ats.iter().all(|(_, e, _)| element(t, e)),
        _ => false,
    }
}

/// `typed`: elements of different structure may not leave the common type open.
fn all_possible<'a>(
    types: impl ExactSizeIterator<Item = &'a Type> + Clone,
    e: Want,
    unsafely: bool,
    typed: bool,
) -> bool {
    if types.len() == 0 {
        return true;
    }
    if matches!(e.shape(), Shape::Dynamic) {
        let types: Vec<Type> = types.cloned().collect();
        let Some(common) = unify_with(&types, unsafely) else {
            return false;
        };
        if typed && common == Type::Dynamic {
            return types.iter().all(|t| *t == Type::Dynamic);
        }
        return types
            .iter()
            .all(|t| *t == common || possible(t, Want::Type(&common), unsafely));
    }
    types
        .into_iter()
        .all(|t| e.is(t) || possible(t, e, unsafely))
}

/// Converts a value whose type is known to be convertible.
fn apply(value: &Value, want: Want, path: &mut Path) -> Result<Value, ConvertError> {
    if already(value, want) {
        return Ok(value.clone());
    }
    let marks = value.marks();
    let failed = |path: &Path, message: &str| ConvertError {
        path: path.clone(),
        message: message.into(),
    };
    let shape = want.shape();
    let converted: Value = match (value.kind(), shape) {
        (_, Shape::Dynamic) => return Ok(value.clone()),
        (Kind::Null(t), _) => Value::null(replace_dynamic(t, &want.to_type())),
        (Kind::Unknown(t, r), _) => {
            unknown_as(t, r.as_deref(), replace_dynamic(t, &want.to_type()))
        }
        (Kind::Bool(b), Shape::String) => Value::from(if *b { "true" } else { "false" }),
        (Kind::Number(n), Shape::String) => Value::from(n.to_string()),
        (Kind::String(s), Shape::Number) => match Number::parse(s) {
            Some(n) => Value::from(n),
            None => return Err(failed(path, "a number is required")),
        },
        (Kind::String(s), Shape::Bool) => parse_bool(s).map_err(|m| failed(path, m))?,
        (Kind::Set(t, vs), Shape::List(_))
            if vs.len() > 1 && !vs.iter().all(Value::is_wholly_known) =>
        {
            // Unknown elements may turn out to be equal to others.
            let length = Refinement {
                not_null: true,
                min_length: Some(1),
                max_length: Some(vs.len()),
                ..Refinement::default()
            };
            Value::unknown_refined(
                replace_dynamic(&Type::set(t.clone()), &want.to_type()),
                length,
            )
        }
        (Kind::List(..) | Kind::Set(..) | Kind::Tuple(_), Shape::List(e)) => {
            let (element, vs) = elements(value, e, path)?;
            Value::list(element, vs)
        }
        (Kind::List(..) | Kind::Set(..) | Kind::Tuple(_), Shape::Set(e)) => {
            let (element, vs) = elements(value, e, path)?;
            Value::set(element, vs)
        }
        (Kind::Tuple(vs), Shape::Tuple(es)) => {
            let mut out = Vec::with_capacity(vs.len());
            for (i, (v, e)) in vs.iter().zip(es).enumerate() {
                out.push(step(path, || Step::Index(i.into()), |p| apply(v, e, p))?);
            }
            Value::tuple(out)
        }
        (Kind::Map(..) | Kind::Object(_), Shape::Map(e)) => entries(value, e, path)?,
        (Kind::Object(m), Shape::Object(ats)) => object(m, ats, false, path)?,
        (Kind::Map(_, m), Shape::Object(ats)) => object(m, ats, true, path)?,
        // Not reached for convertible types.
        _ => return Err(failed(path, &mismatch(&value.type_of(), want))),
    };
    Ok(converted.with_marks(marks))
}

fn step<T>(path: &mut Path, step: impl FnOnce() -> Step, f: impl FnOnce(&mut Path) -> T) -> T {
    path.0.push(step());
    let result = f(path);
    path.0.pop();
    result
}

fn parse_bool(s: &str) -> Result<Value, &'static str> {
    match s {
        "true" | "1" => Ok(true.into()),
        "false" | "0" => Ok(false.into()),
        "True" | "TRUE" => {
            Err("a bool is required; to convert from string, use lowercase \"true\"")
        }
        "False" | "FALSE" => {
            Err("a bool is required; to convert from string, use lowercase \"false\"")
        }
        _ => Err("a bool is required"),
    }
}

/// Converts the elements of a sequence to the type of a collection; where any type will do they get one type in common.
fn elements(
    value: &Value,
    want: Want,
    path: &mut Path,
) -> Result<(Type, Vec<Value>), ConvertError> {
    let vs = value.elements().unwrap_or_default();
    let from_set = matches!(value.kind(), Kind::Set(..));
    let declared = match value.kind() {
        Kind::List(t, _) | Kind::Set(t, _) => Some(t.clone()),
        _ => None,
    };
    let common;
    let (want, element) = if want_has_dynamic(want) {
        if vs.is_empty() {
            let declared =
                declared.map_or_else(|| want.to_type(), |t| replace_dynamic(&t, &want.to_type()));
            return Ok((declared, Vec::new()));
        }
        let types: Vec<Type> = match declared {
            Some(t) => vec![t],
            None => vs.iter().map(Value::type_of).collect(),
        };
        common = common_type(&types, want);
        (want_or(&common, want), common.clone())
    } else {
        (want, Some(want.to_type()))
    };
    let mut out = Vec::with_capacity(vs.len());
    for (i, v) in vs.iter().enumerate() {
        let at = || {
            if from_set {
                Step::Element(v.clone())
            } else {
                Step::Index(i.into())
            }
        };
        out.push(step(path, at, |p| apply(v, want, p))?);
    }
    settle(element, out, path)
}

fn want_or<'a>(common: &'a Option<Type>, want: Want<'a>) -> Want<'a> {
    match (common, want.shape()) {
        // Any type: the one that the elements have in common.
        (Some(t), Shape::Dynamic) => Want::Type(t),
        _ => want,
    }
}

fn common_type(types: &[Type], want: Want) -> Option<Type> {
    match want.shape() {
        Shape::Dynamic => unify_with(types, true),
        // The parts decide, after conversion.
        _ => None,
    }
}

/// Finds the one type of converted elements where parts of it were open, and converts them to it.
fn settle(
    element: Option<Type>,
    out: Vec<Value>,
    path: &Path,
) -> Result<(Type, Vec<Value>), ConvertError> {
    if let Some(t) = element
        && !t.has_dynamic()
    {
        return Ok((t, out));
    }
    let failed = |message: &str| ConvertError {
        path: path.clone(),
        message: message.into(),
    };
    let types: Vec<Type> = out.iter().map(Value::type_of).collect();
    let common = unify_with(&types, true)
        .ok_or_else(|| failed("cannot find a common base type for all elements"))?;
    let out: Vec<Value> = out
        .iter()
        .map(|v| convert_to(v, Want::Type(&common)))
        .collect::<Result<_, _>>()?;
    let mut types = out.iter().map(Value::type_of);
    let first = types.next().unwrap_or(common);
    if types.any(|t| t != first) {
        return Err(failed(
            "element types must all match for conversion to list",
        ));
    }
    Ok((first, out))
}

/// Finds the one type of the entries of a map: untyped null goes with every type.
fn settle_entries(
    element: Option<Type>,
    out: Vec<Value>,
    path: &Path,
) -> Result<(Type, Vec<Value>), ConvertError> {
    if element != Some(Type::Dynamic) {
        return settle(element, out, path);
    }
    let mut types = out
        .iter()
        .map(Value::type_of)
        .filter(|t| *t != Type::Dynamic);
    let first = types.next().unwrap_or(Type::Dynamic);
    if types.any(|t| t != first) {
        return Err(ConvertError {
            path: path.clone(),
            message: "attribute types must all match for conversion to map".into(),
        });
    }
    Ok((first, out))
}

fn want_has_dynamic(want: Want) -> bool {
    match want {
        Want::Type(t) => t.has_dynamic(),
        Want::Constraint(c) => c.to_type().has_dynamic(),
    }
}

fn entries(value: &Value, want: Want, path: &mut Path) -> Result<Value, ConvertError> {
    let Some(m) = value.entries() else {
        return Ok(value.clone());
    };
    let common;
    let (inner, element) = if want_has_dynamic(want) {
        let declared = match value.kind() {
            Kind::Map(t, _) => Some(t.clone()),
            _ => None,
        };
        if m.is_empty() {
            let t =
                declared.map_or_else(|| want.to_type(), |t| replace_dynamic(&t, &want.to_type()));
            return Ok(Value::map::<Arc<str>>(t, []));
        }
        let types: Vec<Type> =
            declared.map_or_else(|| m.values().map(Value::type_of).collect(), |t| vec![t]);
        common = common_type(&types, want);
        (want_or(&common, want), common.clone())
    } else {
        (want, Some(want.to_type()))
    };
    let mut out = Vec::with_capacity(m.len());
    for (k, v) in m {
        out.push(step(
            path,
            || Step::Index(k.clone().into()),
            |p| apply(v, inner, p),
        )?);
    }
    let (element, out) = settle_entries(element, out, path)?;
    Ok(Value::map(element, m.keys().cloned().zip(out)))
}

fn object(
    m: &Map,
    ats: Attributes,
    from_map: bool,
    path: &mut Path,
) -> Result<Value, ConvertError> {
    let mut out = Map::new();
    for (name, want, optional) in ats.iter() {
        let Some(v) = m.get(name) else {
            if optional {
                out.insert(name.clone(), Value::null(want.to_type()));
                continue;
            }
            let message = format!("map has no element for required attribute {name:?}");
            return Err(ConvertError {
                path: path.clone(),
                message,
            });
        };
        let at = || {
            if from_map {
                Step::Index(name.clone().into())
            } else {
                Step::Attribute(name.clone())
            }
        };
        out.insert(name.clone(), step(path, at, |p| apply(v, want, p))?);
    }
    debug_assert!(out.keys().all(|k| ats.contains(k)));
    Ok(Kind::Object(Arc::new(out)).into())
}

/// Makes an unknown value of another type, with what the old one tells of the new.
fn unknown_as(from: &Type, r: Option<&Refinement>, to: Type) -> Value {
    let r = r.cloned().unwrap_or_default();
    let mut kept = Refinement {
        not_null: r.not_null,
        ..Refinement::default()
    };
    match (from, &to) {
        (Type::Tuple(ts), Type::List(_)) => {
            (kept.min_length, kept.max_length) = (Some(ts.len()), Some(ts.len()))
        }
        (Type::Tuple(ts), Type::Set(_)) => {
            (kept.min_length, kept.max_length) = (Some(ts.len().min(1)), Some(ts.len()));
        }
        (Type::Object(ats), Type::Map(_)) => {
            (kept.min_length, kept.max_length) = (Some(ats.len()), Some(ats.len()))
        }
        (Type::List(_), Type::Set(_)) => {
            (kept.min_length, kept.max_length) = (r.min_length.map(|m| m.min(1)), r.max_length)
        }
        (a, b) if a.is_collection() && b.is_collection() => {
            (kept.min_length, kept.max_length) = (r.min_length, r.max_length);
        }
        (Type::String, Type::String) => kept.prefix = r.prefix,
        (Type::Number, Type::Number) => (kept.min, kept.max) = (r.min, r.max),
        _ => {}
    }
    Value::unknown_refined(to, kept)
}

/// Puts what the type of a null or unknown value says in the places where the wanted type is open.
fn replace_dynamic(from: &Type, to: &Type) -> Type {
    if *from == Type::Dynamic || !to.has_dynamic() {
        return to.clone();
    }
    match (from, to) {
        (_, Type::Dynamic) => from.clone(),
        (Type::List(f) | Type::Set(f), Type::List(t)) => Type::list(replace_dynamic(f, t)),
        (Type::List(f) | Type::Set(f), Type::Set(t)) => Type::set(replace_dynamic(f, t)),
        (Type::Map(f), Type::Map(t)) => Type::map(replace_dynamic(f, t)),
        (Type::Tuple(fs), Type::List(t)) => Type::list(replace_all(fs, t)),
        (Type::Tuple(fs), Type::Set(t)) => Type::set(replace_all(fs, t)),
        (Type::Object(fs), Type::Map(t)) => {
            let fs: Vec<Type> = fs.values().cloned().collect();
            Type::map(replace_all(&fs, t))
        }
        (Type::Tuple(fs), Type::Tuple(ts)) => {
            Type::tuple(fs.iter().zip(ts.iter()).map(|(f, t)| replace_dynamic(f, t)))
        }
        (Type::Object(fs), Type::Object(ts)) => Type::object(ts.iter().map(|(k, t)| {
            let t = fs
                .get(k)
                .map_or_else(|| t.clone(), |f| replace_dynamic(f, t));
            (k.clone(), t)
        })),
        (Type::Map(f), Type::Object(ts)) => {
            Type::object(ts.iter().map(|(k, t)| (k.clone(), replace_dynamic(f, t))))
        }
        _ => to.clone(),
    }
}

fn replace_all(from: &[Type], to: &Type) -> Type {
    unify_with(from, true).map_or_else(|| to.clone(), |f| replace_dynamic(&f, to))
}
