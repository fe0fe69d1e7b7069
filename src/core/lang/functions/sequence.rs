//! Functions that make lists of lists.

use bastionless_model::value::{Marks, Number, Refinement, Type, Value, equal, unify};

use super::function::{
    Args, Function, FunctionError, NOT_WHOLE, Parameter,
    ParameterType::{Any, List, Number as Num, Strings},
    Returns::{Always, Computed},
    converted, known_length,
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const LIST: Parameter = Parameter::new("list", Any);

pub(super) static FUNCTIONS: &[Function] = &[
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
        "distinct",
        "Leaves out elements that came before.",
        &[Parameter::new("list", List)],
        Computed(|args| Ok(type_of(args, 0))),
        distinct,
    )
    .examples(&[("distinct([\"a\", \"b\", \"a\"])", "[\"a\", \"b\"]")]),
    Function::new(
        "flatten",
        "Puts the elements of lists in a list in their place.",
        &[LIST.marked()],
        Computed(|args| {
            let Some(list) = args.first() else {
                return Ok(Type::Dynamic);
            };
            // Terraform looks at the type only where everything is known.
            if list.is_wholly_known() && !is_sequence(list) {
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
        "range",
        "Counts from a start to an end that is left out.",
        &[],
        Computed(|_| Ok(Type::list(Type::Number))),
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

/// Tells whether a value is a list, a set or a tuple.
pub(super) fn is_sequence(v: &Value) -> bool {
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
        Err(_) => return Err(FunctionError::new("the size argument must be positive")),
    };
    let chunks = all
        .chunks(size)
        .map(|c| Value::list(element.clone(), c.to_vec()))
        .collect();
    Ok(Value::list(inner, chunks).with_marks(marks))
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
        if list.is_unknown() || known_length(list).is_none() {
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
        let count = args.elements(0).len();
        return Ok(args.unknown_with(Refinement {
            not_null: true,
            min_length: Some(count),
            max_length: Some(count),
            ..Refinement::default()
        }));
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
