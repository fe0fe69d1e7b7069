//! Functions of types and marks.

use bastionless_model::value::{Marks, Type, Value, can_convert, convert, quote};

use super::{
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, Bool},
        Returns::{Always, Computed},
    },
    sequence::type_of,
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const V: &[Parameter] = &[Parameter::new("v", Any).null().unknown().dynamic().marked()];
const VALUE: Parameter = Parameter::new("value", Any)
    .null()
    .unknown()
    .dynamic()
    .marked();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "ephemeralasnull",
        "Puts null in the place of what must not be stored.",
        &[VALUE],
        Computed(|args| Ok(type_of(args, 0))),
        |a| {
            Ok(a.get(0).clone().transform(&mut |v: Value| {
                if !v.marks().contains(Marks::EPHEMERAL) {
                    return v;
                }
                let marks = v.marks().without(Marks::EPHEMERAL);
                Value::null(v.type_of()).with_marks(marks)
            }))
        },
    )
    .maybe_null()
    .examples(&[("ephemeralasnull(\"a\")", "\"a\"")]),
    Function::new(
        "issensitive",
        "Tells whether a value is sensitive.",
        &[VALUE],
        Always(Bool),
        |a| {
            let value = a.get(0);
            Ok(match (value.is_sensitive(), value.is_unknown()) {
                (true, _) => Value::from(true),
                (false, true) => a.unknown(),
                (false, false) => Value::from(false),
            })
        },
    )
    .maybe_null()
    .examples(&[
        ("issensitive(sensitive(\"secret\"))", "true"),
        ("issensitive(\"hello\")", "false"),
    ]),
    Function::new(
        "nonsensitive",
        "Returns a value that is no longer sensitive.",
        &[VALUE],
        Computed(|args| Ok(type_of(args, 0))),
        |a| {
            let (value, marks) = a.get(0).clone().unmark();
            Ok(value.with_marks(marks.without(Marks::SENSITIVE)))
        },
    )
    .maybe_null()
    .examples(&[("nonsensitive(sensitive(\"a\"))", "\"a\"")]),
    Function::new(
        "sensitive",
        "Marks a value as sensitive.",
        &[VALUE],
        Computed(|args| Ok(type_of(args, 0))),
        |a| Ok(a.get(0).clone().sensitive()),
    )
    .maybe_null()
    .examples(&[("issensitive(sensitive(1))", "true")]),
    Function::new(
        "tobool",
        "Converts to a truth value.",
        V,
        Computed(|a| target(a, Type::Bool)),
        to,
    )
    .maybe_null()
    .examples(&[("tobool(\"true\")", "true"), ("tobool(null)", "null")]),
    Function::new(
        "tolist",
        "Converts to a list.",
        V,
        Computed(|a| target(a, Type::list(Type::Dynamic))),
        to,
    )
    .maybe_null()
    .examples(&[("tolist([\"a\", 1])", "[\"a\", \"1\"]")]),
    Function::new(
        "tomap",
        "Converts to a map.",
        V,
        Computed(|a| target(a, Type::map(Type::Dynamic))),
        to,
    )
    .maybe_null()
    .examples(&[("tomap({ a = 1, b = \"x\" })", "{ a = \"1\", b = \"x\" }")]),
    Function::new(
        "tonumber",
        "Converts to a number.",
        V,
        Computed(|a| target(a, Type::Number)),
        to,
    )
    .maybe_null()
    .examples(&[("tonumber(\"1.50\")", "1.5")]),
    Function::new(
        "toset",
        "Converts to a set.",
        V,
        Computed(|a| target(a, Type::set(Type::Dynamic))),
        to,
    )
    .maybe_null()
    .examples(&[("toset([\"b\", \"a\", \"b\"])", "[\"a\", \"b\"]")]),
    Function::new(
        "tostring",
        "Converts to a text.",
        V,
        Computed(|a| target(a, Type::String)),
        to,
    )
    .maybe_null()
    .examples(&[
        ("tostring(1.50)", "\"1.5\""),
        ("tostring(true)", "\"true\""),
    ]),
];

fn target(args: &[Value], want: Type) -> Result<Type> {
    let got = type_of(args, 0);
    if got == want || can_convert(&got, &want, true) {
        return Ok(want);
    }
    let message = format!(
        "cannot convert {} to {}",
        got.friendly_name(),
        want.constraint_name()
    );
    Err(FunctionError::argument(0, message))
}

fn to(args: &Args<'_>) -> Result {
    let value = args.get(0);
    if value.is_unknown() {
        return Ok(args.unknown().with_marks(value.marks()));
    }
    convert(value, &args.ty).map_err(|_| {
        let got = value.type_of();
        let (from, into) = (got.friendly_name(), args.ty.constraint_name());
        let (_, marks) = value.clone().unmark_deep();
        let what = value.as_str().map_or_else(|| "string".into(), quote);
        let message = match (got, &args.ty) {
            _ if marks.contains(Marks::SENSITIVE) => format!("cannot convert this sensitive {from} to {into}"),
            (Type::String, Type::Bool) => {
                format!("cannot convert {what} to bool; only the strings \"true\" or \"false\" are allowed")
            }
            (Type::String, Type::Number) => format!(
                "cannot convert {what} to number; given string must be a decimal representation of a number"
            ),
            _ => format!("cannot convert {from} to {into}"),
        };
        FunctionError::argument(0, message)
    })
}
