//! What a schema says is not to be shown.

use super::{Block, NestedBlock, Schema};
use crate::value::{Kind, Marks, Path, Step, Value};

/// Returns where a value of the schema's type holds something sensitive, to be put there with
/// [`Value::mark_with_paths`]. Inside sets the set itself is named, since marks rise to it.
pub fn sensitive_paths(schema: &Schema, value: &Value) -> Vec<(Path, Marks)> {
    let mut out = Vec::new();
    block(&schema.block, value, &Path::default(), &mut out);
    out
}

fn block(schema: &Block, value: &Value, path: &Path, out: &mut Vec<(Path, Marks)>) {
    for (name, a) in &schema.attributes {
        let Some(inner) = value.get(name) else {
            continue;
        };
        let path = path.clone().attribute(name.clone());
        if a.sensitive && !inner.is_null() {
            out.push((path, Marks::SENSITIVE));
        } else if let Some(n) = &a.as_blocks {
            nested(n, inner, &path, out);
        }
    }
    for (name, n) in &schema.blocks {
        if let Some(inner) = value.get(name) {
            nested(n, inner, &path.clone().attribute(name.clone()), out);
        }
    }
}

fn nested(n: &NestedBlock, value: &Value, path: &Path, out: &mut Vec<(Path, Marks)>) {
    match value.kind() {
        Kind::Object(_) => block(&n.block, value, path, out),
        Kind::Map(_, m) => {
            for (k, v) in m.iter() {
                block(&n.block, v, &path.clone().index(k.clone()), out);
            }
        }
        Kind::List(_, l) => {
            for (i, v) in l.iter().enumerate() {
                let index = Step::Index(Value::from(i64::try_from(i).unwrap_or(i64::MAX)));
                let mut inner = path.clone();
                inner.0.push(index);
                block(&n.block, v, &inner, out);
            }
        }
        Kind::Set(_, l) => {
            let mut inside = Vec::new();
            for v in l.iter() {
                block(&n.block, v, path, &mut inside);
            }
            if !inside.is_empty() {
                out.push((path.clone(), Marks::SENSITIVE));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Catalogue;

    #[test]
    fn the_value_of_a_parameter_is_sensitive() {
        let schema = Catalogue::builtin().data("aws_ssm_parameter").unwrap();
        let value = Value::object([("name", Value::from("a")), ("value", "b".into())]);
        let paths = sensitive_paths(&schema, &value);
        assert_eq!(
            paths.iter().map(|(p, _)| p.to_string()).collect::<Vec<_>>(),
            [".value"]
        );
        assert!(
            value
                .mark_with_paths(&paths)
                .get("value")
                .unwrap()
                .is_sensitive()
        );
    }
}
