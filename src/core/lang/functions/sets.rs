//! Functions of sets.

use bastionless_model::value::{Marks, Type, Value, equal, unify};

use super::{
    bounds,
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, Set},
        Returns::Computed,
        converted, known_length,
    },
    sequence::{sequence, type_of},
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const FIRST: Parameter = Parameter::new("first_set", Set).dynamic();
const OTHERS: Parameter = Parameter::new("other_sets", Set).dynamic();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "setintersection",
        "Returns the elements that all sets have.",
        &[FIRST],
        Computed(common_type),
        |a| {
            combine(a, false, |x, y| {
                x.iter().filter(|v| has(y, v)).cloned().collect()
            })
        },
    )
    .variadic(OTHERS)
    .examples(&[("setintersection([\"a\", \"b\"], [\"b\", \"c\"])", "[\"b\"]")]),
    Function::new(
        "setproduct",
        "Returns all combinations of elements.",
        &[],
        Computed(product_type),
        product,
    )
    .variadic(Parameter::new("sets", Any).marked().unknown())
    .examples(&[(
        "setproduct([\"a\", \"b\"], [1])",
        "[[\"a\", 1], [\"b\", 1]]",
    )]),
    Function::new(
        "setsubtract",
        "Returns the elements of a set that another one does not have.",
        &[
            Parameter::new("a", Set).dynamic(),
            Parameter::new("b", Set).dynamic(),
        ],
        Computed(common_type),
        |a| {
            combine(a, false, |x, y| {
                x.iter().filter(|v| !has(y, v)).cloned().collect()
            })
        },
    )
    .examples(&[(
        "setsubtract([\"a\", \"b\", \"c\"], [\"a\", \"c\"])",
        "[\"b\"]",
    )]),
    Function::new(
        "setunion",
        "Returns the elements that any of the sets has.",
        &[FIRST],
        Computed(common_type),
        |a| combine(a, true, |x, y| x.iter().chain(y).cloned().collect()),
    )
    .variadic(OTHERS)
    .examples(&[(
        "setunion([\"a\", \"b\"], [\"b\", \"c\"])",
        "[\"a\", \"b\", \"c\"]",
    )]),
];

fn has(set: &[Value], v: &Value) -> bool {
    set.iter().any(|x| equal(x, v).as_bool() == Some(true))
}

fn common_type(args: &[Value]) -> Result<Type> {
    let mut types = Vec::new();
    for arg in args {
        match arg.type_of().element() {
            // An empty set of no known type suits all.
            Some(Type::Dynamic) if arg.elements().is_some_and(<[Value]>::is_empty) => {}
            Some(t) => types.push(t.clone()),
            None => return Ok(Type::Dynamic),
        }
    }
    if types.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    unify(&types)
        .map(Type::set)
        .ok_or_else(|| FunctionError::new("given sets must all have compatible element types"))
}

fn combine(args: &Args<'_>, with_unknown: bool, f: fn(&[Value], &[Value]) -> Vec<Value>) -> Result {
    let element = args.ty.element().cloned().unwrap_or(Type::Dynamic);
    let mut result: Option<Value> = None;
    for (i, arg) in args.values.iter().enumerate() {
        let set = converted(arg, &args.ty).map_err(|e| FunctionError::argument(i, e.message))?;
        if !with_unknown && !set.is_wholly_known() {
            return Ok(args.unknown());
        }
        result = Some(match result {
            None => set,
            Some(r) => {
                let (x, y) = (
                    r.elements().unwrap_or_default(),
                    set.elements().unwrap_or_default(),
                );
                Value::set(element.clone(), f(x, y))
            }
        });
    }
    Ok(result.unwrap_or_else(|| Value::set(element, Vec::new())))
}

fn product_type(args: &[Value]) -> Result<Type> {
    if args.len() < 2 {
        return Err(FunctionError::new("at least two arguments are required"));
    }
    let mut elements = Vec::with_capacity(args.len());
    let mut lists = 0;
    for (i, arg) in args.iter().enumerate() {
        match arg.type_of() {
            Type::Set(t) => elements.push((*t).clone()),
            Type::List(t) => {
                elements.push((*t).clone());
                lists += 1;
            }
            Type::Tuple(ts) => {
                lists += 1;
                let common = if ts.is_empty() {
                    Some(Type::Dynamic)
                } else {
                    unify(&ts)
                };
                match common {
                    Some(t) => elements.push(t),
                    None => {
                        return Err(FunctionError::argument(
                            i,
                            "all elements must be of the same type",
                        ));
                    }
                }
            }
            _ => return Err(FunctionError::argument(i, "a set or a list is required")),
        }
    }
    let element = Type::tuple(elements);
    Ok(if lists == args.len() {
        Type::list(element)
    } else {
        Type::set(element)
    })
}

fn product(args: &Args<'_>) -> Result {
    let marks = args
        .values
        .iter()
        .fold(Marks::NONE, |m, v| m.union(v.marks()));
    if args.values.iter().any(|v| known_length(v).is_none()) {
        return Ok(args.unknown().with_marks(marks));
    }
    if args.values.iter().any(Value::is_unknown)
        && args.values.iter().all(|v| known_length(v) != Some(0))
    {
        return Ok(args.unknown().with_marks(marks));
    }
    let types = match args.ty.element() {
        Some(Type::Tuple(ts)) => ts.clone(),
        _ => [].into(),
    };
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (i, arg) in args.values.iter().enumerate() {
        let ty = types.get(i).cloned().unwrap_or(type_of(&args.values, i));
        let mut column = Vec::new();
        for v in arg.children() {
            column.push(converted(v, &ty).map_err(|e| FunctionError::argument(i, e.message))?);
        }
        // Every row is to have one value of each argument.
        let values = rows.len().saturating_mul(column.len());
        bounds::collection(values.saturating_mul(args.values.len()))?;
        rows = rows
            .iter()
            .flat_map(|row| {
                column.iter().map(|v| {
                    let mut longer = row.clone();
                    longer.push(v.clone());
                    longer
                })
            })
            .collect();
    }
    Ok(sequence(
        &args.ty,
        rows.into_iter().map(Value::tuple).collect(),
        marks,
    ))
}
