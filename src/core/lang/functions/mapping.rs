//! Functions of maps and objects.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::value::{Kind, Map, Marks, Type, Value};

use super::{
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, MapOfStrings, String as Text, Strings},
        Returns::{Always, Computed},
        converted,
    },
    sequence::{sequence, type_of},
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "keys",
        "Returns the keys of a map in order.",
        &[Parameter::new("inputMap", Any).unknown().marked()],
        Computed(|args| match type_of(args, 0) {
            Type::Map(_) => Ok(Type::list(Type::String)),
            Type::Object(ats) => Ok(Type::tuple(ats.keys().map(|_| Type::String))),
            _ => Err(FunctionError::argument(0, "must have map or object type")),
        }),
        keys,
    )
    .examples(&[("keys({ a = 1, c = 2, d = 3 })", "[\"a\", \"c\", \"d\"]")]),
    Function::new(
        "lookup",
        "Returns an element of a map by its key, or a default.",
        &[
            Parameter::new("inputMap", Any).marked(),
            Parameter::new("key", Text).marked(),
        ],
        Computed(lookup_type),
        lookup,
    )
    .variadic(
        Parameter::new("default", Any)
            .null()
            .unknown()
            .dynamic()
            .marked(),
    )
    .maybe_null()
    .examples(&[("lookup({ a = \"ay\" }, \"c\", \"what?\")", "\"what?\"")]),
    Function::new(
        "merge",
        "Merges maps; the last one that has a key wins.",
        &[],
        Computed(merge_type),
        merge,
    )
    .variadic(Parameter::new("maps", Any).null().dynamic().marked())
    .examples(&[("merge({ a = 1 }, { a = 2, b = 3 })", "{ a = 2, b = 3 }")]),
    Function::new(
        "transpose",
        "Swaps keys and values of a map of lists.",
        &[Parameter::new("values", MapOfStrings)],
        Always(MapOfStrings),
        transpose,
    )
    .examples(&[(
        "transpose({ a = [\"1\", \"2\"], b = [\"2\"] })",
        "{ \"1\" = [\"a\"], \"2\" = [\"a\", \"b\"] }",
    )]),
    Function::new(
        "values",
        "Returns the values of a map in the order of its keys.",
        &[Parameter::new("mapping", Any).marked()],
        Computed(|args| match type_of(args, 0) {
            Type::Map(t) => Ok(Type::list((*t).clone())),
            Type::Object(ats) => Ok(Type::tuple(ats.values().cloned())),
            _ => Err(FunctionError::new(
                "values() requires a map as the first argument",
            )),
        }),
        |a| {
            Ok(sequence(
                &a.ty,
                a.entries(0).values().cloned().collect(),
                a.get(0).marks(),
            ))
        },
    )
    .examples(&[("values({ a = 3, c = 2 })", "[3, 2]")]),
    Function::new(
        "zipmap",
        "Makes a map of a list of keys and a list of values.",
        &[
            Parameter::new("keys", Strings).marked(),
            Parameter::new("values", Any).marked(),
        ],
        Computed(zipmap_type),
        zipmap,
    )
    .examples(&[("zipmap([\"a\", \"b\"], [1, 2])", "{ a = 1, b = 2 }")]),
];

fn keys(args: &Args<'_>) -> Result {
    let map = args.get(0);
    let keys: Vec<Value> = match (map.kind(), map.type_of()) {
        (_, Type::Object(ats)) => ats.keys().map(|k| Value::from(k.clone())).collect(),
        (Kind::Unknown(..), _) => return Ok(args.unknown().with_marks(map.marks())),
        _ => args
            .entries(0)
            .keys()
            .map(|k| Value::from(k.clone()))
            .collect(),
    };
    Ok(sequence(&args.ty, keys, map.marks()))
}

fn lookup_type(args: &[Value]) -> Result<Type> {
    if args.len() > 3 {
        return Err(FunctionError::new(format!(
            "lookup() takes two or three arguments, got {}",
            args.len()
        )));
    }
    match type_of(args, 0) {
        Type::Object(ats) => {
            let Some(key) = args.get(1).and_then(Value::as_str) else {
                return Ok(Type::Dynamic);
            };
            match (ats.get(key), args.get(2)) {
                (Some(t), _) => Ok(t.clone()),
                (None, Some(default)) => Ok(default.type_of()),
                (None, None) => Err(FunctionError::argument(
                    0,
                    format!("the given object has no attribute {key:?}"),
                )),
            }
        }
        Type::Map(t) => {
            if args.get(2).is_some_and(|d| converted(d, &t).is_err()) {
                let message = "the default value must have the same type as the map elements";
                return Err(FunctionError::argument(2, message));
            }
            Ok((*t).clone())
        }
        _ => Err(FunctionError::argument(
            0,
            "lookup() requires a map as the first argument",
        )),
    }
}

fn lookup(args: &Args<'_>) -> Result {
    let (map, key) = (args.get(0), args.get(1));
    let marks = map.marks().union(key.marks());
    if let Some(found) = args.entries(0).get(args.text(1)) {
        return Ok(found.clone().with_marks(marks));
    }
    match args.values.get(2) {
        Some(default) => Ok(converted(default, &args.ty)?.with_marks(marks)),
        None if marks.contains(Marks::SENSITIVE) => Err(FunctionError::new(
            "lookup failed to find key (sensitive value)",
        )),
        None => Err(FunctionError::new(format!(
            "lookup failed to find key {:?}",
            args.text(1)
        ))),
    }
}

fn merge_type(args: &[Value]) -> Result<Type> {
    let mut attributes: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    let (mut matching, mut open) = (true, false);
    let first = type_of(args, 0);
    if args.is_empty() {
        return Ok(Type::object::<Arc<str>>([]));
    }
    for arg in args {
        let ty = arg.type_of();
        matching &= ty == first;
        match &ty {
            Type::Dynamic => return Ok(Type::Dynamic),
            Type::Object(_) | Type::Map(_) if arg.is_null() => {}
            Type::Object(ats) => attributes.extend(ats.iter().map(|(k, t)| (k.clone(), t.clone()))),
            Type::Map(_) if arg.is_unknown() => open = true,
            Type::Map(t) => {
                attributes.extend(
                    arg.entries()
                        .into_iter()
                        .flatten()
                        .map(|(k, _)| (k.clone(), (**t).clone())),
                );
            }
            t => {
                let message = format!(
                    "arguments must be maps or objects, got {:?}",
                    t.friendly_name()
                );
                return Err(FunctionError::new(message));
            }
        }
    }
    Ok(match (matching, open) {
        (true, _) => first,
        (false, true) => Type::Dynamic,
        _ => Type::object(attributes),
    })
}

fn merge(args: &Args<'_>) -> Result {
    let mut out = Map::new();
    let mut marks = Marks::NONE;
    for arg in &args.values {
        if arg.is_null() {
            continue;
        }
        marks = marks.union(arg.marks());
        out.extend(
            arg.entries()
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.clone(), v.clone())),
        );
    }
    Ok(mapping(&args.ty, out, marks))
}

fn mapping(ty: &Type, entries: Map, marks: Marks) -> Value {
    let kind = match ty {
        Type::Map(t) => Kind::Map((**t).clone(), Arc::new(entries)),
        _ => Kind::Object(Arc::new(entries)),
    };
    Value::from(kind).with_marks(marks)
}

fn transpose(args: &Args<'_>) -> Result {
    if !args.get(0).is_wholly_known() {
        return Ok(args.unknown());
    }
    let mut out: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, list) in args.entries(0) {
        if list.is_null() {
            return Err(FunctionError::new("input must not contain null list"));
        }
        for value in list.children() {
            let name = value
                .as_str()
                .ok_or_else(|| FunctionError::new("input list must not contain null string"))?;
            out.entry(name.into())
                .or_default()
                .push(Value::from(key.clone()));
        }
    }
    let lists = out
        .into_iter()
        .map(|(k, l)| (k, Value::list(Type::String, l)));
    Ok(Value::map(Type::list(Type::String), lists))
}

fn zipmap_type(args: &[Value]) -> Result<Type> {
    match type_of(args, 1) {
        Type::List(t) => Ok(Type::map((*t).clone())),
        Type::Tuple(ts) => {
            let Some(keys) = args
                .first()
                .filter(|k| k.is_wholly_known())
                .and_then(Value::elements)
            else {
                return Ok(Type::Dynamic);
            };
            check_counts(keys.len(), ts.len())?;
            Ok(Type::object(
                key_names(keys)?.into_iter().zip(ts.iter().cloned()),
            ))
        }
        _ => Err(FunctionError::new(
            "values argument must be a list or tuple value",
        )),
    }
}

fn check_counts(keys: usize, values: usize) -> Result<()> {
    if keys == values {
        return Ok(());
    }
    Err(FunctionError::new(format!(
        "number of keys ({keys}) does not match number of values ({values})"
    )))
}

fn key_names(keys: &[Value]) -> Result<Vec<Arc<str>>> {
    let name = |(i, k): (usize, &Value)| {
        k.as_str()
            .map(Arc::from)
            .ok_or_else(|| FunctionError::new(format!("keys list has null value at index {i}")))
    };
    keys.iter().enumerate().map(name).collect()
}

fn zipmap(args: &Args<'_>) -> Result {
    let (keys, values) = (args.get(0), args.get(1));
    let marks = keys.marks().union(values.marks());
    if !keys.is_wholly_known() {
        return Ok(args.unknown().with_marks(marks));
    }
    let marks = keys.children().fold(marks, |m, k| m.union(k.marks()));
    check_counts(args.elements(0).len(), args.elements(1).len())?;
    let entries = key_names(args.elements(0))?
        .into_iter()
        .zip(args.elements(1).iter().cloned())
        .collect();
    Ok(mapping(&args.ty, entries, marks))
}
