//! Functions of lists and tuples as a whole.

use bastionless_model::value::{Kind, Marks, Number, Type, Value, equal, unify};

use super::function::{
    Args, Function, FunctionError, NOT_WHOLE, Parameter,
    ParameterType::{Any, Bool, Bools, List, Number as Num, Strings},
    Returns::{Always, Computed},
    converted, known_length,
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
        "chunklist",
        "Splits a list into lists of a size.",
        &[
            Parameter::new("list", List).marked(),
            Parameter::new("size", Num),
        ],
        Computed(|args| Ok(Type::list(type_of(args, 0)))),
        chunklist,
    )
    .examples(&[(
        "chunklist([\"a\", \"b\", \"c\"], 2)",
        "[[\"a\", \"b\"], [\"c\"]]",
    )]),
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
        "concat",
        "Joins lists to one.",
        &[],
        Computed(concat_type),
        concat,
    )
    .variadic(Parameter::new("seqs", Any).marked())
    .examples(&[(
        "concat([\"a\", \"\"], [\"b\", \"c\"])",
        "[\"a\", \"\", \"b\", \"c\"]",
    )]),
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
        "distinct",
        "Leaves out elements that came before.",
        &[Parameter::new("list", List)],
        Computed(|args| Ok(type_of(args, 0))),
        distinct,
    )
    .examples(&[("distinct([\"a\", \"b\", \"a\"])", "[\"a\", \"b\"]")]),
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
        "flatten",
        "Puts the elements of lists in a list in their place.",
        &[LIST.marked()],
        Computed(|args| {
            let Some(list) = args.first() else {
                return Ok(Type::Dynamic);
            };
            if !is_sequence(list) {
                return Err(FunctionError::new(
                    "can only flatten lists, sets and tuples",
                ));
            }
            let mut flat = Flat::default();
            flat.take(list);
            Ok(if flat.open {
                Type::Dynamic
            } else {
                Type::tuple(flat.out.iter().map(Value::type_of))
            })
        }),
        |a| {
            let mut flat = Flat::default();
            flat.take(a.get(0));
            Ok(if flat.open {
                a.unknown()
            } else {
                Value::tuple(flat.out)
            }
            .with_marks(flat.marks))
        },
    )
    .examples(&[(
        "flatten([[\"a\", \"b\"], [], [\"c\"]])",
        "[\"a\", \"b\", \"c\"]",
    )]),
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
    Function::new(
        "range",
        "Counts from a start to an end that is left out.",
        &[],
        Always(List),
        range,
    )
    .variadic(Parameter::new("params", Num))
    .examples(&[
        ("range(3)", "[0, 1, 2]"),
        ("range(1, 8, 2)", "[1, 3, 5, 7]"),
    ]),
    Function::new(
        "reverse",
        "Turns a list round.",
        &[LIST.marked()],
        Computed(|args| match type_of(args, 0) {
            Type::Tuple(ts) => Ok(Type::tuple(ts.iter().rev().cloned())),
            Type::List(t) | Type::Set(t) => Ok(Type::list((*t).clone())),
            t => {
                let message = format!(
                    "can only reverse list or tuple values, not {}",
                    t.friendly_name()
                );
                Err(FunctionError::argument(0, message))
            }
        }),
        |a| {
            Ok(sequence(
                &a.ty,
                a.elements(0).iter().rev().cloned().collect(),
                a.get(0).marks(),
            ))
        },
    )
    .examples(&[("reverse([1, 2, 3])", "[3, 2, 1]")]),
    Function::new(
        "slice",
        "Returns the elements from an index to another that is left out.",
        &[
            LIST.marked(),
            Parameter::new("start_index", Num),
            Parameter::new("end_index", Num),
        ],
        Computed(slice_type),
        |a| {
            let (start, end) = slice_indexes(&a.values)?.unwrap_or((0, 0));
            Ok(sequence(
                &a.ty,
                a.elements(0).get(start..end).unwrap_or_default().to_vec(),
                a.get(0).marks(),
            ))
        },
    )
    .examples(&[(
        "slice([\"a\", \"b\", \"c\", \"d\"], 1, 3)",
        "[\"b\", \"c\"]",
    )]),
    Function::new(
        "sort",
        "Sorts texts by their bytes.",
        &[Parameter::new("list", Strings)],
        Always(Strings),
        sort,
    )
    .examples(&[("sort([\"e\", \"d\", \"a\"])", "[\"a\", \"d\", \"e\"]")]),
];

pub(super) fn type_of(args: &[Value], i: usize) -> Type {
    args.get(i).map_or(Type::Dynamic, Value::type_of)
}

fn is_sequence(v: &Value) -> bool {
    matches!(v.type_of(), Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

/// Makes the list or tuple of the type.
pub(super) fn sequence(ty: &Type, elements: Vec<Value>, marks: Marks) -> Value {
    let value = match ty {
        Type::List(t) => Value::list((**t).clone(), elements),
        Type::Set(t) => Value::set((**t).clone(), elements),
        _ => Value::tuple(elements),
    };
    value.with_marks(marks)
}

/// Tells whether all (or any, with `all` false) are true; what is unknown counts only where it could matter.
fn every(args: &Args<'_>, all: bool) -> Value {
    let mut unknown = false;
    for v in args.elements(0) {
        match v.as_bool() {
            Some(b) if b != all => return Value::from(!all),
            Some(_) => {}
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

fn chunklist(args: &Args<'_>) -> Result {
    let marks = args.get(0).marks();
    let size = args
        .int(1)
        .map_err(|e| FunctionError::new(format!("invalid size: {}", e.message)))?;
    let inner = args.ty.element().cloned().unwrap_or(Type::Dynamic);
    let element = inner.element().cloned().unwrap_or(Type::Dynamic);
    let all = args.elements(0);
    let size = match usize::try_from(size) {
        Ok(0) => all.len().max(1),
        Ok(n) => n,
        Err(_) => return Err(FunctionError::new("size must not be negative")),
    };
    let chunks = all
        .chunks(size)
        .map(|c| Value::list(element.clone(), c.to_vec()))
        .collect();
    Ok(Value::list(inner, chunks).with_marks(marks))
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

fn concat_type(args: &[Value]) -> Result<Type> {
    if args.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    let types: Vec<Type> = args.iter().map(Value::type_of).collect();
    if types.iter().all(|t| matches!(t, Type::List(_)))
        && let Some(common) = unify(&types)
    {
        return Ok(common);
    }
    let mut elements = Vec::new();
    for (i, (arg, ty)) in args.iter().zip(types).enumerate() {
        match ty {
            Type::Tuple(ts) => elements.extend(ts.iter().cloned()),
            Type::List(_) if arg.is_unknown() => return Ok(Type::Dynamic),
            Type::List(t) => elements.extend(arg.children().map(|_| (*t).clone())),
            t => {
                let message = format!(
                    "all arguments must be lists or tuples; got {}",
                    t.friendly_name()
                );
                return Err(FunctionError::argument(i, message));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(args: &Args<'_>) -> Result {
    let mut out = Vec::new();
    let mut marks = Marks::NONE;
    for arg in &args.values {
        marks = marks.union(arg.marks());
        match &args.ty {
            Type::List(_) => out.extend(converted(arg, &args.ty)?.children().cloned()),
            _ => out.extend(arg.children().cloned()),
        }
    }
    Ok(sequence(&args.ty, out, marks))
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

fn distinct(args: &Args<'_>) -> Result {
    if !args.get(0).is_wholly_known() {
        return Ok(args.unknown());
    }
    let mut kept: Vec<Value> = Vec::new();
    let mut seen: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for v in args.elements(0) {
        let new = match v.as_str() {
            Some(s) => seen.insert(s),
            None => !kept.iter().any(|k| equal(k, v).as_bool() == Some(true)),
        };
        if new {
            kept.push(v.clone());
        }
    }
    Ok(sequence(&args.ty, kept, Marks::NONE))
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

#[derive(Default)]
struct Flat {
    out: Vec<Value>,
    marks: Marks,
    /// Something unknown may still become a list.
    open: bool,
}

impl Flat {
    fn take(&mut self, list: &Value) {
        self.marks = self.marks.union(list.marks());
        if known_length(list).is_none() {
            self.open = true;
            return;
        }
        for v in list.children() {
            if v.is_unknown() && (v.type_of() == Type::Dynamic || is_sequence(v)) {
                self.marks = self.marks.union(v.marks());
                self.open = true;
            } else if !v.is_null() && is_sequence(v) {
                self.take(v);
            } else {
                self.out.push(v.clone());
            }
        }
    }
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
    if !search.is_empty() && !(args.get(0).is_wholly_known() && keys.is_wholly_known()) {
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

fn range(args: &Args<'_>) -> Result {
    let numbers: Vec<&Number> = args.values.iter().filter_map(Value::as_number).collect();
    let zero = Number::from(0);
    let unit = |down: bool| Number::from(if down { -1 } else { 1 });
    let (start, end, step) = match numbers.as_slice() {
        [end] => (&zero, *end, unit(*end < &zero)),
        [start, end] => (*start, *end, unit(end < start)),
        [start, end, step] => (*start, *end, (*step).clone()),
        _ => return Err(FunctionError::new("must have one, two, or three arguments")),
    };
    let down = step < zero;
    if down && end > start {
        return Err(FunctionError::argument(
            1,
            "end must be less than start when step is negative",
        ));
    }
    if !down && end < start {
        return Err(FunctionError::argument(
            1,
            "end must be greater than start when step is positive",
        ));
    }
    let mut out = Vec::new();
    let mut n = start.clone();
    while if down { n > *end } else { n < *end } {
        if out.len() >= 1024 {
            let message = "more than 1024 values were generated; either decrease the difference between start and end or use a smaller step";
            return Err(FunctionError::new(message));
        }
        let next = n.add(&step).map_err(|e| FunctionError::new(e.0))?;
        out.push(Value::from(std::mem::replace(&mut n, next)));
    }
    Ok(Value::list(Type::Number, out))
}

fn slice_type(args: &[Value]) -> Result<Type> {
    let ty = type_of(args, 0);
    match &ty {
        Type::Set(_) => {
            let message = "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important";
            return Err(FunctionError::argument(0, message));
        }
        Type::List(_) | Type::Tuple(_) => {}
        _ => return Err(FunctionError::argument(0, "must be a list or tuple value")),
    }
    let indexes = slice_indexes(args)?;
    Ok(match (ty, indexes) {
        (Type::Tuple(ts), Some((start, end))) => {
            Type::tuple(ts.get(start..end).unwrap_or_default().iter().cloned())
        }
        (Type::Tuple(_), None) => Type::Dynamic,
        (ty, _) => ty,
    })
}

/// Checks the indexes as far as they are known; `None` where one is not.
fn slice_indexes(args: &[Value]) -> Result<Option<(usize, usize)>> {
    let length = args.first().and_then(known_length);
    let index = |at: usize, name: &str| -> Result<Option<usize>> {
        let wrong = |m: String| FunctionError::argument(at, m);
        let Some(value) = args.get(at).filter(|v| v.is_known()) else {
            return Ok(None);
        };
        let n = value
            .as_i64()
            .ok_or_else(|| wrong(format!("invalid {name} index: {NOT_WHOLE}")))?;
        let n = usize::try_from(n)
            .map_err(|_| wrong(format!("{name} index must not be less than zero")))?;
        if length.is_some_and(|l| n > l) {
            return Err(wrong(format!(
                "{name} index must not be greater than the length of the list"
            )));
        }
        Ok(Some(n))
    };
    match (index(1, "start")?, index(2, "end")?) {
        (Some(start), Some(end)) if start > end => Err(FunctionError::argument(
            1,
            "start index must not be greater than end index",
        )),
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

fn sort(args: &Args<'_>) -> Result {
    if !args.get(0).is_wholly_known() {
        return Ok(args.unknown());
    }
    let mut texts = args.elements(0).to_vec();
    if let Some(i) = texts.iter().position(Value::is_null) {
        return Err(FunctionError::new(format!(
            "given list element {i} is null; a null string cannot be sorted"
        )));
    }
    texts.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::list(Type::String, texts))
}
