//! Functions of numbers.

use bastionless_model::value::{Kind, Number, Type, Value, quote};

use super::{
    float,
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, Number as Num},
        Returns::{Always, Computed},
    },
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const NUM: Parameter = Parameter::new("num", Num);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "abs",
        "Returns a number without its sign.",
        &[NUM.marked()],
        Always(Num),
        |a| Ok(Value::from(number(a, 0).abs()).with_marks(a.get(0).marks())),
    )
    .examples(&[("abs(-12.4)", "12.4"), ("abs(0)", "0")]),
    Function::new(
        "ceil",
        "Returns the smallest whole number not below a number.",
        &[NUM],
        Always(Num),
        |a| Ok(number(a, 0).ceil().into()),
    )
    .examples(&[("ceil(5.1)", "6"), ("ceil(-1.2)", "-1")]),
    Function::new(
        "floor",
        "Returns the greatest whole number not above a number.",
        &[NUM],
        Always(Num),
        |a| Ok(number(a, 0).floor().into()),
    )
    .examples(&[("floor(4.9)", "4"), ("floor(-1.8)", "-2")]),
    Function::new(
        "log",
        "Returns the logarithm of a number in a base.",
        &[NUM, Parameter::new("base", Num)],
        Always(Num),
        |a| from_float(float::log(number(a, 0).to_f64()) / float::log(number(a, 1).to_f64())),
    )
    .examples(&[("log(16, 2)", "4"), ("log(1, 10)", "0")]),
    Function::new(
        "max",
        "Returns the greatest of its arguments.",
        &[],
        Always(Num),
        |a| extreme(a, true),
    )
    .variadic(Parameter::new("numbers", Num).dynamic())
    .examples(&[("max(12, 54, 3)", "54")]),
    Function::new(
        "min",
        "Returns the smallest of its arguments.",
        &[],
        Always(Num),
        |a| extreme(a, false),
    )
    .variadic(Parameter::new("numbers", Num).dynamic())
    .examples(&[("min(12, 54, 3)", "3")]),
    Function::new(
        "parseint",
        "Reads a whole number in a base from 2 to 62.",
        &[Parameter::new("number", Any), Parameter::new("base", Num)],
        Computed(|args| match args.first().map(Value::type_of) {
            Some(Type::String) | None => Ok(Type::Number),
            Some(t) => Err(FunctionError::argument(
                0,
                format!("first argument must be a string, not {}", t.friendly_name()),
            )),
        }),
        parseint,
    )
    .examples(&[
        ("parseint(\"FF\", 16)", "255"),
        ("parseint(\"-0010\", 2)", "-2"),
    ]),
    Function::new(
        "pow",
        "Raises a number to a power.",
        &[NUM, Parameter::new("power", Num)],
        Always(Num),
        |a| from_float(float::power(number(a, 0).to_f64(), number(a, 1).to_f64())),
    )
    .examples(&[("pow(3, 2)", "9"), ("pow(4, 0)", "1")]),
    Function::new(
        "signum",
        "Returns -1, 0 or 1 by the sign of a number.",
        &[NUM],
        Always(Num),
        |a| Ok(a.int(0)?.signum().into()),
    )
    .examples(&[("signum(-13)", "-1"), ("signum(0)", "0")]),
    Function::new(
        "sum",
        "Adds the numbers of a list, set or tuple.",
        &[Parameter::new("list", Any)],
        Always(Num),
        sum,
    )
    .examples(&[("sum([10, 13, 6, 4.5])", "33.5")]),
];

pub(super) fn number<'a>(args: &'a Args<'_>, i: usize) -> &'a Number {
    args.get(i).as_number().unwrap_or(&Number::ZERO)
}

fn from_float(f: f64) -> Result {
    // The very words of Terraform, whose implementation panics here.
    Number::from_f64(f).map(Value::from).ok_or_else(|| {
        FunctionError::new("panic in function implementation: Float.SetFloat64(NaN)")
    })
}

fn extreme(args: &Args<'_>, greatest: bool) -> Result {
    let numbers = args.values.iter().filter_map(Value::as_number);
    let found = if greatest {
        numbers.reduce(|a, b| if b > a { b } else { a })
    } else {
        numbers.reduce(|a, b| if b < a { b } else { a })
    };
    found
        .map(|n| Value::from(n.clone()))
        .ok_or_else(|| FunctionError::new("must pass at least one number"))
}

fn parseint(args: &Args<'_>) -> Result {
    let base = args
        .int(1)
        .map_err(|e| FunctionError::argument(1, e.message))?;
    let Some(radix) = u32::try_from(base).ok().filter(|b| (2..=62).contains(b)) else {
        return Err(FunctionError::argument(
            1,
            "base must be a whole number between 2 and 62 inclusive",
        ));
    };
    let text = args.text(0);
    Number::parse_integer(text, radix)
        .map(Value::from)
        .ok_or_else(|| {
            FunctionError::argument(
                0,
                format!("cannot parse {} as a base {base} integer", quote(text)),
            )
        })
}

fn sum(args: &Args<'_>) -> Result {
    let list = args.get(0);
    let wrong = |m: &str| FunctionError::argument(0, m);
    if !matches!(list.kind(), Kind::List(..) | Kind::Set(..) | Kind::Tuple(_)) {
        return Err(match list.entries() {
            Some(entries) if entries.is_empty() => wrong("cannot sum an empty list"),
            Some(_) => wrong(&format!(
                "argument must be list, set, or tuple. Received {}",
                list.type_of().friendly_name()
            )),
            None => wrong("cannot sum noniterable"),
        });
    }
    let elements = args.elements(0);
    if elements.is_empty() {
        return Err(wrong("cannot sum an empty list"));
    }
    if !list.is_wholly_known() {
        return Ok(args.unknown());
    }
    let mut total: Option<Number> = None;
    for element in elements {
        let number = bastionless_model::value::convert(element, &Type::Number)
            .ok()
            .and_then(|v| v.as_number().cloned())
            .ok_or_else(|| wrong("argument must be list, set, or tuple of number values"))?;
        total = Some(match total {
            None => number,
            Some(t) => t.add(&number).map_err(|e| FunctionError::new(e.0))?,
        });
    }
    Ok(total.unwrap_or(Number::ZERO).into())
}
