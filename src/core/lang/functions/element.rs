//! Functions that choose from lists, or say something of them.

use bastionless_model::value::{Kind, Marks, Number, Type, Value, equal, unify};

use super::{
    function::{
        Args, Function, FunctionError, NOT_WHOLE, Parameter,
        ParameterType::{Any, Bool, Bools, List, Number as Num, Strings},
        Returns::{Always, Computed},
        converted, known_length,
    },
    sequence::{is_sequence, sequence, type_of},
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const LIST: Parameter = Parameter::new("list", Any);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "alltrue",
        "Tells whether all elements of a list are true.",
        &[Parameter::new("list", Bools)],
        Always(Bool),
        |a| Ok(every(a, true)),
    )
    .examples(&[("alltrue([true, false])", "false"), ("alltrue([])", "true")]),
    Function::new(
        "anytrue",
        "Tells whether an element of a list is true.",
        &[Parameter::new("list", Bools)],
        Always(Bool),
        |a| Ok(every(a, false)),
    )
    .examples(&[("anytrue([true, false])", "true"), ("anytrue([])", "false")]),
    Function::new(
        "coalesce",
        "Returns the first argument that is neither null nor an empty text.",
        &[],
        Computed(|args| {
            let types: Vec<Type> = args.iter().map(Value::type_of).collect();
            unify(&types).ok_or_else(|| FunctionError::new("all arguments must have the same type"))
        }),
        coalesce,
    )
    .variadic(Parameter::new("vals", Any).null().unknown().dynamic())
    .examples(&[
        ("coalesce(\"\", \"b\")", "\"b\""),
        ("coalesce(null, 1)", "1"),
    ]),
    Function::new(
        "coalescelist",
        "Returns the first argument that is not empty.",
        &[],
        Computed(coalescelist_type),
        coalescelist,
    )
    .variadic(Parameter::new("vals", Any).null().unknown().dynamic())
    .examples(&[("coalescelist([], [\"c\"])", "[\"c\"]")]),
    Function::new(
        "compact",
        "Leaves out null and empty texts of a list.",
        &[Parameter::new("list", Strings)],
        Always(Strings),
        compact,
    )
    .examples(&[("compact([\"a\", \"\", null, \"b\"])", "[\"a\", \"b\"]")]),
    Function::new(
        "contains",
        "Tells whether a list or set has an element.",
        &[LIST, Parameter::new("value", Any)],
        Always(Bool),
        contains,
    )
    .examples(&[
        ("contains([\"a\", \"b\"], \"a\")", "true"),
        ("contains([1], \"1\")", "false"),
    ]),
    Function::new(
        "element",
        "Returns an element by its index, beginning anew behind the last one.",
        &[LIST.marked(), Parameter::new("index", Num)],
        Computed(element_type),
        element,
    )
    .maybe_null()
    .examples(&[
        ("element([\"a\", \"b\", \"c\"], 3)", "\"a\""),
        ("element([\"a\", \"b\"], -1)", "\"b\""),
    ]),
    Function::new(
        "index",
        "Returns where a value stands in a list.",
        &[LIST, Parameter::new("value", Any)],
        Always(Num),
        index,
    )
    .examples(&[("index([\"a\", \"b\", \"c\"], \"b\")", "1")]),
    Function::new(
        "length",
        "Counts the elements of a collection or the characters of a text.",
        &[Parameter::new("value", Any).unknown().dynamic().marked()],
        Computed(|args| match type_of(args, 0) {
            Type::Bool | Type::Number => Err(FunctionError::new(
                "argument must be a string, a collection type, or a structural type",
            )),
            _ => Ok(Type::Number),
        }),
        length,
    )
    .examples(&[("length([\"a\", \"b\"])", "2"), ("length(\"hello\")", "5")]),
    Function::new(
        "matchkeys",
        "Returns the values whose keys are in a list.",
        &[
            Parameter::new("values", List),
            Parameter::new("keys", List),
            Parameter::new("searchset", List),
        ],
        Computed(|args| match unify(&[type_of(args, 1), type_of(args, 2)]) {
            Some(_) => Ok(type_of(args, 0)),
            None => Err(FunctionError::new(
                "keys and searchset must be of the same type",
            )),
        }),
        matchkeys,
    )
    .examples(&[(
        "matchkeys([1, 2, 3], [\"a\", \"b\", \"a\"], [\"a\"])",
        "[1, 3]",
    )]),
    Function::new(
        "one",
        "Returns the only element, or null where there is none.",
        &[LIST],
        Computed(one_type),
        one,
    )
    .maybe_null()
    .examples(&[("one([\"hello\"])", "\"hello\""), ("one([])", "null")]),
];

/// Tells whether all (or any, with `all` false) are true. Like Terraform it gives up asking for all at the first unknown.
fn every(args: &Args<'_>, all: bool) -> Value {
    let mut unknown = false;
    for v in args.elements(0) {
        match v.as_bool() {
            Some(b) if b != all => return Value::from(!all),
            Some(_) => {}
            None if v.is_unknown() && all => return args.unknown(),
            None if v.is_unknown() => unknown = true,
            // Null is not true.
            None if all => return Value::from(false),
            None => {}
        }
    }
    if unknown {
        args.unknown()
    } else {
        Value::from(all)
    }
}

fn coalesce(args: &Args<'_>) -> Result {
    for arg in &args.values {
        let value = converted(arg, &args.ty)?;
        if value.is_unknown() {
            return Ok(args.unknown());
        }
        if !value.is_null() && value.as_str() != Some("") {
            return Ok(value);
        }
    }
    Err(FunctionError::new(
        "no non-null, non-empty-string arguments",
    ))
}

fn coalescelist_type(args: &[Value]) -> Result<Type> {
    if args.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    for arg in args {
        if arg.is_unknown() {
            return Ok(Type::Dynamic);
        }
        if !matches!(arg.type_of(), Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::new(
                "coalescelist arguments must be lists or tuples",
            ));
        }
    }
    let first = type_of(args, 0);
    Ok(if args.iter().all(|a| a.type_of() == first) {
        first
    } else {
        Type::Dynamic
    })
}

fn coalescelist(args: &Args<'_>) -> Result {
    for arg in &args.values {
        if arg.is_unknown() {
            return Ok(args.unknown());
        }
        if arg.elements().is_some_and(|l| !l.is_empty()) {
            return Ok(arg.clone());
        }
    }
    Err(FunctionError::new("no non-null arguments"))
}

fn compact(args: &Args<'_>) -> Result {
    if !args.get(0).is_wholly_known() {
        return Ok(args.unknown());
    }
    let kept = args
        .elements(0)
        .iter()
        .filter(|v| v.as_str().is_some_and(|s| !s.is_empty()));
    Ok(Value::list(Type::String, kept.cloned().collect()))
}

fn contains(args: &Args<'_>) -> Result {
    if !is_sequence(args.get(0)) {
        return Err(FunctionError::new("argument must be list, tuple, or set"));
    }
    let mut unknown = false;
    for v in args.elements(0) {
        match equal(args.get(1), v).as_bool() {
            Some(true) => return Ok(Value::from(true)),
            Some(false) => {}
            None => unknown = true,
        }
    }
    Ok(if unknown {
        args.unknown()
    } else {
        Value::from(false)
    })
}

fn element_type(args: &[Value]) -> Result<Type> {
    match type_of(args, 0) {
        Type::List(t) => Ok((*t).clone()),
        Type::Tuple(ts) => {
            let Some(index) = args.get(1).filter(|i| i.is_known()) else {
                return Ok(Type::Dynamic);
            };
            let at = wrapped(index.as_i64(), ts.len())?;
            Ok(ts.get(at).cloned().unwrap_or(Type::Dynamic))
        }
        t => Err(FunctionError::new(format!(
            "cannot read elements from {}",
            t.friendly_name()
        ))),
    }
}

fn wrapped(index: Option<i64>, count: usize) -> Result<usize> {
    let index = index.ok_or_else(|| FunctionError::new(format!("invalid index: {NOT_WHOLE}")))?;
    let empty = || FunctionError::new("cannot use element function with an empty list");
    let count = i64::try_from(count)
        .ok()
        .filter(|c| *c > 0)
        .ok_or_else(empty)?;
    usize::try_from(index.rem_euclid(count)).map_err(|_| empty())
}

fn element(args: &Args<'_>) -> Result {
    let list = args.get(0);
    let at = wrapped(args.get(1).as_i64(), list.children().count())?;
    Ok(args
        .elements(0)
        .get(at)
        .cloned()
        .unwrap_or(Value::NULL)
        .with_marks(list.marks()))
}

fn index(args: &Args<'_>) -> Result {
    if !matches!(args.get(0).kind(), Kind::List(..) | Kind::Tuple(_)) {
        return Err(FunctionError::new("argument must be a list or tuple"));
    }
    if args.elements(0).is_empty() {
        return Err(FunctionError::new("cannot search an empty list"));
    }
    for (i, v) in args.elements(0).iter().enumerate() {
        match equal(v, args.get(1)).as_bool() {
            Some(true) => return Ok(Value::from(i)),
            Some(false) => {}
            None => return Ok(args.unknown()),
        }
    }
    Err(FunctionError::new("item not found"))
}

fn length(args: &Args<'_>) -> Result {
    use unicode_segmentation::UnicodeSegmentation;
    let value = args.get(0);
    let result = match (value.kind(), known_length(value)) {
        (Kind::String(s), _) => Value::from(s.graphemes(true).count()),
        (Kind::Unknown(Type::Object(ats), _), _) => Value::from(ats.len()),
        (Kind::Unknown(Type::Dynamic, _), _) => args.unknown(),
        (Kind::Unknown(Type::String, Some(r)), _) if r.prefix.is_some() => {
            let prefix = r.prefix.as_deref().unwrap_or_default();
            args.unknown_with(bastionless_model::value::Refinement {
                not_null: true,
                min: Some((Number::from(prefix.graphemes(true).count()), true)),
                ..Default::default()
            })
        }
        (_, Some(n)) => Value::from(n),
        (kind, None) => {
            let (mut min, mut max) = (0, None);
            if let Kind::Unknown(_, Some(r)) = kind {
                (min, max) = (r.min_length.unwrap_or(0), r.max_length);
            }
            if let Kind::Set(_, s) = kind {
                (min, max) = (1, Some(s.len()));
            }
            args.unknown_with(bastionless_model::value::Refinement {
                not_null: true,
                min: Some((Number::from(min), true)),
                max: max.map(|m| (Number::from(m), true)),
                ..Default::default()
            })
        }
    };
    Ok(result.with_marks(value.marks()))
}

fn matchkeys(args: &Args<'_>) -> Result {
    if args.elements(0).len() != args.elements(1).len() {
        return Err(FunctionError::new(
            "length of keys and values should be equal",
        ));
    }
    let common =
        unify(&[type_of(&args.values, 1), type_of(&args.values, 2)]).unwrap_or(Type::Dynamic);
    let (keys, search) = (
        converted(args.get(1), &common)?,
        converted(args.get(2), &common)?,
    );
    let search: Vec<&Value> = search.children().collect();
    if !(search.is_empty() || args.get(0).is_wholly_known() && keys.is_wholly_known()) {
        return Ok(args.unknown());
    }
    let mut out = Vec::new();
    for (key, value) in keys.children().zip(args.elements(0)) {
        for wanted in &search {
            match equal(key, wanted).as_bool() {
                Some(true) => {
                    out.push(value.clone());
                    break;
                }
                Some(false) => {}
                None => return Ok(sequence(&args.ty, Vec::new(), Marks::NONE)),
            }
        }
    }
    Ok(sequence(&args.ty, out, Marks::NONE))
}

fn one_type(args: &[Value]) -> Result<Type> {
    match type_of(args, 0) {
        Type::List(t) | Type::Set(t) => Ok((*t).clone()),
        Type::Tuple(ts) if ts.len() < 2 => Ok(ts.first().cloned().unwrap_or(Type::Dynamic)),
        _ => Err(not_one()),
    }
}

fn not_one() -> FunctionError {
    FunctionError::argument(
        0,
        "must be a list, set, or tuple value with either zero or one elements",
    )
}

fn one(args: &Args<'_>) -> Result {
    match (known_length(args.get(0)), args.elements(0)) {
        (None, _) => Ok(args.unknown()),
        (_, []) => Ok(Value::null(args.ty.clone())),
        (_, [one]) => Ok(one.clone()),
        _ => Err(not_one()),
    }
}
