//! Functions with regular expressions, and `replace`.

use bastionless_model::value::{Type, Value};
use regex::Captures;

use super::{
    bounds,
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::String as Text,
        Returns::{Always, Computed},
    },
    pattern::{Pattern, compile},
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const PATTERN: Parameter = Parameter::new("pattern", Text);
const STRING: Parameter = Parameter::new("string", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "regex",
        "Returns what a pattern matches, or its groups.",
        &[PATTERN, STRING],
        Computed(result_type),
        |a| {
            let pattern = checked(a.text(0))?;
            match pattern.regex.captures(a.text(1)) {
                Some(found) => Ok(matched(&pattern, &found)),
                None => Err(FunctionError::new(
                    "pattern did not match any part of the given string",
                )),
            }
        },
    )
    .examples(&[(
        "regex(\"[a-z]+\", \"53453453.345345aaabbbccc23454\")",
        "\"aaabbbccc\"",
    )]),
    Function::new(
        "regexall",
        "Returns everything that a pattern matches.",
        &[PATTERN, STRING],
        Computed(|args| result_type(args).map(Type::list)),
        |a| {
            let pattern = checked(a.text(0))?;
            let all = pattern
                .regex
                .captures_iter(a.text(1))
                .map(|found| matched(&pattern, &found))
                .collect();
            Ok(Value::list(
                a.ty.element().cloned().unwrap_or(Type::Dynamic),
                all,
            ))
        },
    )
    .examples(&[(
        "regexall(\"[a-z]+\", \"1234abcd5678efgh9\")",
        "[\"abcd\", \"efgh\"]",
    )]),
    Function::new(
        "replace",
        "Replaces a text, or what a pattern in slashes matches.",
        &[
            Parameter::new("str", Text),
            Parameter::new("substr", Text),
            Parameter::new("replace", Text),
        ],
        Always(Text),
        replace,
    )
    .examples(&[
        ("replace(\"1 + 2 + 3\", \"+\", \"-\")", "\"1 - 2 - 3\""),
        (
            "replace(\"hello world\", \"/w.*d/\", \"everybody\")",
            "\"hello everybody\"",
        ),
    ]),
];

fn checked(pattern: &str) -> Result<Pattern> {
    let wrong = |m: String| FunctionError::argument(0, format!("invalid regexp pattern: {m}"));
    let pattern = compile(pattern).map_err(wrong)?;
    if pattern.groups.iter().any(Option::is_some) && pattern.groups.iter().any(Option::is_none) {
        return Err(wrong(
            "cannot mix both named and unnamed capture groups".into(),
        ));
    }
    Ok(pattern)
}

fn result_type(args: &[Value]) -> Result<Type> {
    let Some(pattern) = args.first().and_then(Value::as_str) else {
        return Ok(Type::Dynamic);
    };
    let groups = checked(pattern)?.groups;
    Ok(match groups.first() {
        None => Type::String,
        Some(None) => Type::tuple(groups.iter().map(|_| Type::String)),
        Some(Some(_)) => Type::object(
            groups
                .into_iter()
                .flatten()
                .map(|name| (name, Type::String)),
        ),
    })
}

fn matched(pattern: &Pattern, found: &Captures<'_>) -> Value {
    let group = |i: usize| {
        found
            .get(i)
            .map_or_else(|| Value::null(Type::String), |m| Value::from(m.as_str()))
    };
    match pattern.groups.first() {
        None => group(0),
        Some(None) => Value::tuple((1..=pattern.groups.len()).map(group).collect()),
        Some(Some(_)) => {
            let named = pattern.groups.iter().enumerate();
            Value::object(named.filter_map(|(i, name)| Some((name.clone()?, group(i + 1)))))
        }
    }
}

fn replace(args: &Args<'_>) -> Result {
    let (text, search, with) = (args.text(0), args.text(1), args.text(2));
    let inner = search.strip_prefix('/').and_then(|s| s.strip_suffix('/'));
    let Some(inner) = inner else {
        let more = with.len().saturating_sub(search.len());
        let found = text.matches(search).count();
        bounds::text(text.len().saturating_add(found.saturating_mul(more)))?;
        return Ok(text.replace(search, with).into());
    };
    let pattern = compile(inner)
        .map_err(|m| FunctionError::new(format!("error parsing regexp: {}", quoted(&m))))?;
    let dollars = with.matches('$').count();
    let mut length = text.len();
    let replaced = pattern.regex.replace_all(text, |found: &Captures<'_>| {
        // No group is longer than what was found.
        let whole = found.get(0).map_or(0, |m| m.len());
        let groups = whole.saturating_mul(dollars);
        if bounds::text(length.saturating_add(groups)).is_err() {
            length = length.saturating_add(groups);
            return String::new();
        }
        let new = expand(&pattern, found, with);
        length = length.saturating_add(new.len());
        new
    });
    bounds::text(length)?;
    Ok(replaced.into_owned().into())
}

/// Puts the place of an error in backticks, as it is written outside of `regex`.
fn quoted(message: &str) -> String {
    message.split_once(" in ").map_or_else(
        || message.to_owned(),
        |(what, place)| format!("{what}: `{place}`"),
    )
}

/// Puts groups in the place of `$1`, `${1}`, `$name` and `${name}`.
fn expand(pattern: &Pattern, found: &Captures<'_>, template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let braced = after.strip_prefix('{');
        let inner = braced.unwrap_or(after);
        let length = inner
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(inner.len());
        let name = inner.get(..length).unwrap_or_default();
        let behind = inner.get(length..).unwrap_or_default();
        let behind = if braced.is_some() {
            behind.strip_prefix('}')
        } else {
            Some(behind)
        };
        let (Some(behind), false) = (behind, name.is_empty()) else {
            out.push('$');
            rest = after;
            continue;
        };
        rest = behind;
        let number = name
            .parse::<usize>()
            .ok()
            .filter(|_| name == "0" || !name.starts_with(['0', '+']));
        let group = match number {
            Some(n) => found.get(n),
            None => pattern
                .groups
                .iter()
                .enumerate()
                .filter(|(_, g)| g.as_deref() == Some(name))
                .find_map(|(i, _)| found.get(i + 1)),
        };
        out.push_str(group.map_or("", |m| m.as_str()));
    }
    out.push_str(rest);
    out
}
