//! Values as expressions of the language: what `console` and `output` show.

use bastionless_model::value::{Kind, Marks, Type, Value, quote, to_json};

/// Writes a value as an expression of the language, as Terraform's console does; what is sensitive, ephemeral or not known is
/// not shown.
pub fn value_text(value: &Value) -> String {
    text(value, 0)
}

fn text(value: &Value, indent: usize) -> String {
    if value.is_unknown() {
        return "(known after apply)".into();
    }
    if value.marks().contains(Marks::SENSITIVE) {
        return "(sensitive value)".into();
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return "(ephemeral value)".into();
    }
    let elements = |l: &[Value]| {
        l.iter()
            .map(|v| format!("{},", text(v, indent + 2)))
            .collect()
    };
    let entries = |m: &bastionless_model::value::Map| {
        m.iter()
            .map(|(k, v)| format!("{} = {}", string(k, indent + 2), text(v, indent + 2)))
            .collect()
    };
    match value.kind() {
        Kind::Null(ty) => null(ty),
        Kind::String(s) => string(s, indent),
        Kind::List(_, l) => lines("tolist([", "])", elements(l), indent),
        Kind::Set(_, l) => lines("toset([", "])", elements(l), indent),
        Kind::Tuple(l) => lines("[", "]", elements(l), indent),
        Kind::Map(_, m) => lines("tomap({", "})", entries(m), indent),
        Kind::Object(m) => lines("{", "}", entries(m), indent),
        Kind::Number(n) if n.is_infinite() => if n.is_negative() { "-Inf" } else { "+Inf" }.into(),
        _ => to_json(value).to_string(),
    }
}

/// Writes what stands between two brackets, each item in a line of its own.
fn lines(open: &str, close: &str, items: Vec<String>, indent: usize) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let pad = " ".repeat(indent);
    let items: String = items.iter().map(|i| format!("{pad}  {i}\n")).collect();
    format!("{open}\n{items}{pad}{close}")
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".into(),
        Type::String => "tostring(null)".into(),
        Type::Number => "tonumber(null)".into(),
        Type::Bool => "tobool(null)".into(),
        Type::List(t) => format!("tolist(null) /* of {} */", t.friendly_name()),
        Type::Set(t) => format!("toset(null) /* of {} */", t.friendly_name()),
        Type::Map(t) => format!("tomap(null) /* of {} */", t.friendly_name()),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

/// Writes a text in quotes, or one of several lines as a heredoc whose end marker is no line of it.
fn string(text: &str, indent: usize) -> String {
    if !text.contains('\n') {
        return quote(text);
    }
    let mut marker = String::from("EOT");
    while text.split('\n').any(|line| line.trim() == marker) {
        marker.push('_');
    }
    let (sign, pad) = if indent == 0 {
        ("<<", String::new())
    } else {
        ("<<-", " ".repeat(indent))
    };
    let body: String = text
        .split('\n')
        .map(|line| format!("{pad}{line}\n"))
        .collect();
    format!("{sign}{marker}\n{body}{pad}{marker}")
}

/// Writes a type as the function `type` of the console does.
pub fn type_text(ty: &Type) -> String {
    type_lines(ty, 0)
}

fn type_lines(ty: &Type, indent: usize) -> String {
    let collection = |name: &str, element: &Type| {
        // A structure stands in lines of its own; a collection of one does not start a new line.
        if matches!(element, Type::Tuple(_) | Type::Object(_)) {
            let (pad, inner) = (" ".repeat(indent), " ".repeat(indent + 4));
            format!(
                "{name}(\n{inner}{},\n{pad})",
                type_lines(element, indent + 4)
            )
        } else {
            format!("{name}({})", type_lines(element, indent))
        }
    };
    let structure = |open: &str, close: &str, items: Vec<String>| {
        if items.is_empty() {
            return format!("{open}{close}");
        }
        let pad = " ".repeat(indent);
        let items: String = items.iter().map(|i| format!("{pad}    {i},\n")).collect();
        format!("{open}\n{items}{pad}{close}")
    };
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool | Type::Number | Type::String => ty.friendly_name(),
        Type::List(t) => collection("list", t),
        Type::Set(t) => collection("set", t),
        Type::Map(t) => collection("map", t),
        Type::Tuple(ts) => structure(
            "tuple([",
            "])",
            ts.iter().map(|t| type_lines(t, indent + 4)).collect(),
        ),
        Type::Object(ats) => {
            let items = ats
                .iter()
                .map(|(k, t)| format!("{k}: {}", type_lines(t, indent + 4)))
                .collect();
            structure("object({", "})", items)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_terraform_writes_outputs() {
        let value = Value::object([
            ("a", Value::from("x")),
            ("b", Value::list(Type::Number, vec![Value::from(1_i64)])),
            ("c", Value::tuple(vec![])),
        ]);
        assert_eq!(
            value_text(&value),
            "{\n  \"a\" = \"x\"\n  \"b\" = tolist([\n    1,\n  ])\n  \"c\" = []\n}"
        );
    }
}
