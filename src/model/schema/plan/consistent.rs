//! Whether an object became what was planned.
//!
//! As `objchange.AssertObjectCompatible` of Terraform 1.15. For types of the old SDK Terraform only logs the result.

use super::{Problem, same::content_equal};
use crate::{
    schema::{Block, NestedBlock, Nesting, Schema},
    value::{Kind, Path, Value},
};

const SUMMARY: &str = "Provider produced inconsistent result after apply";

/// Compares what was planned with what an apply gave. What was unknown may have become anything.
pub fn plan_consistent(schema: &Schema, planned: &Value, actual: &Value) -> Vec<Problem> {
    let mut out = Vec::new();
    block(&schema.block, planned, actual, &Path::default(), &mut out);
    out
}

fn problem(out: &mut Vec<Problem>, path: &Path, detail: impl Into<String>) {
    out.push(Problem {
        path: path.clone(),
        summary: SUMMARY.to_owned(),
        detail: detail.into(),
    });
}

fn block(schema: &Block, planned: &Value, actual: &Value, path: &Path, out: &mut Vec<Problem>) {
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return problem(out, path, "was absent, but now present"),
        (false, true) => return problem(out, path, "was present, but now absent"),
        (false, false) => {}
    }
    let null = Value::NULL;
    for (name, a) in &schema.attributes {
        let (p, v) = (
            planned.get(name).unwrap_or(&null),
            actual.get(name).unwrap_or(&null),
        );
        let path = path.clone().attribute(name.clone());
        if a.sensitive {
            let mut inner = Vec::new();
            value(p, v, &path, &mut inner);
            if !inner.is_empty() {
                problem(out, &path, "inconsistent values for sensitive attribute");
            }
        } else {
            value(p, v, &path, out);
        }
    }
    for (name, n) in &schema.blocks {
        let (p, v) = (
            planned.get(name).unwrap_or(&null),
            actual.get(name).unwrap_or(&null),
        );
        nested(n, p, v, &path.clone().attribute(name.clone()), out);
    }
}

fn nested(n: &NestedBlock, planned: &Value, actual: &Value, path: &Path, out: &mut Vec<Problem>) {
    if planned.is_unknown() {
        return;
    }
    let (ps, vs) = (
        planned.elements().unwrap_or_default(),
        actual.elements().unwrap_or_default(),
    );
    match n.nesting {
        Nesting::Single | Nesting::Group => block(&n.block, planned, actual, path, out),
        Nesting::Map => value(planned, actual, path, out),
        Nesting::List => {
            if ps.len() != vs.len() {
                return problem(
                    out,
                    path,
                    format!("block count changed from {} to {}", ps.len(), vs.len()),
                );
            }
            for (i, (p, v)) in ps.iter().zip(vs).enumerate() {
                let index = path
                    .clone()
                    .index(Value::from(i64::try_from(i).unwrap_or(i64::MAX)));
                if p.is_known() {
                    block(&n.block, p, v, &index, out);
                }
            }
        }
        Nesting::Set => {
            if ps.iter().all(Value::is_wholly_known) && ps.len() != vs.len() {
                return problem(
                    out,
                    path,
                    format!("block set length changed from {} to {}", ps.len(), vs.len()),
                );
            }
            let fits = |p: &Value| {
                vs.iter().any(|v| {
                    let mut inner = Vec::new();
                    block(&n.block, p, v, path, &mut inner);
                    inner.is_empty()
                })
            };
            if ps.iter().any(|p| p.is_known() && !fits(p)) {
                problem(
                    out,
                    path,
                    "planned set element does not correlate with any element in actual",
                );
            }
        }
    }
}

fn value(planned: &Value, actual: &Value, path: &Path, out: &mut Vec<Problem>) {
    if planned.is_unknown() {
        return;
    }
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return problem(out, path, "was null, but now is not"),
        (false, true) => return problem(out, path, "was not null, but now is"),
        (false, false) => {}
    }
    match (planned.kind(), actual.kind()) {
        (Kind::List(_, ps), Kind::List(_, vs)) | (Kind::Tuple(ps), Kind::Tuple(vs)) => {
            for (i, (p, v)) in ps.iter().zip(vs.iter()).enumerate() {
                value(
                    p,
                    v,
                    &path
                        .clone()
                        .index(Value::from(i64::try_from(i).unwrap_or(i64::MAX))),
                    out,
                );
            }
            for (i, _) in ps.iter().enumerate().skip(vs.len()) {
                problem(
                    out,
                    &path
                        .clone()
                        .index(Value::from(i64::try_from(i).unwrap_or(i64::MAX))),
                    "element has vanished",
                );
            }
            for (i, _) in vs.iter().enumerate().skip(ps.len()) {
                problem(
                    out,
                    &path
                        .clone()
                        .index(Value::from(i64::try_from(i).unwrap_or(i64::MAX))),
                    "new element has appeared",
                );
            }
        }
        (Kind::Map(_, ps), Kind::Map(_, vs)) | (Kind::Object(ps), Kind::Object(vs)) => {
            let step = |k: &std::sync::Arc<str>| match planned.kind() {
                Kind::Map(..) => path.clone().index(k.clone()),
                _ => path.clone().attribute(k.clone()),
            };
            for (k, p) in ps.iter() {
                match vs.get(k) {
                    Some(v) => value(p, v, &step(k), out),
                    None => problem(out, &step(k), "element has vanished"),
                }
            }
            for k in vs.keys().filter(|k| !ps.contains_key(*k)) {
                problem(out, &step(k), "new element has appeared");
            }
        }
        (Kind::Set(_, ps), Kind::Set(_, vs)) => {
            let fits = |p: &Value, v: &Value| {
                let mut inner = Vec::new();
                value(p, v, path, &mut inner);
                inner.is_empty()
            };
            if ps.iter().any(|p| !vs.iter().any(|v| fits(p, v))) {
                problem(
                    out,
                    path,
                    "planned set element does not correlate with any element in actual",
                );
            }
            if vs.iter().any(|v| !ps.iter().any(|p| fits(p, v))) {
                problem(
                    out,
                    path,
                    "actual set element does not correlate with any element in plan",
                );
            }
        }
        _ if content_equal(planned, actual) => {}
        _ => problem(
            out,
            path,
            format!("was {}, but now {}", show(planned), show(actual)),
        ),
    }
}

fn show(v: &Value) -> String {
    match v.kind() {
        Kind::String(s) => format!("{s:?}"),
        Kind::Bool(b) => b.to_string(),
        Kind::Number(n) => n.to_string(),
        _ => format!("a value of type {}", v.type_of()),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{object, schema},
        *,
    };

    #[track_caller]
    fn check(name: &str, planned: &str, actual: &str, expected: &[&str]) {
        let schema = schema(name);
        let found = plan_consistent(&schema, &object(&schema, planned), &object(&schema, actual));
        let found: Vec<_> = found
            .iter()
            .map(|p| format!("{}: {}", p.path, p.detail))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_was_unknown_may_become_anything_and_what_was_known_nothing_else() {
        let name = "aws_ec2_instance_connect_endpoint";
        let planned =
            r#"{"id":"?","subnet_id":"s","security_group_ids":["a"],"tags_all":{"A":"1"}}"#;
        check(
            name,
            planned,
            r#"{"id":"e","subnet_id":"s","security_group_ids":["a"],"tags_all":{"A":"1"}}"#,
            &[],
        );
        let actual = r#"{"id":"e","subnet_id":"t","security_group_ids":["b"],"tags_all":{"B":"1"},"vpc_id":"v"}"#;
        let expected = [
            ".security_group_ids: planned set element does not correlate with any element in actual",
            ".security_group_ids: actual set element does not correlate with any element in plan",
            r#".subnet_id: was "s", but now "t""#,
            r#".tags_all["A"]: element has vanished"#,
            r#".tags_all["B"]: new element has appeared"#,
            ".vpc_id: was null, but now is not",
        ];
        check(name, planned, actual, &expected);
    }

    #[test]
    fn blocks_are_counted() {
        let name = "aws_s3_bucket_lifecycle_configuration";
        let rule = r#"{"id":"a","status":"Enabled"}"#;
        let planned = format!(r#"{{"bucket":"b","rule":[{rule}]}}"#);
        check(
            name,
            &planned,
            r#"{"bucket":"b"}"#,
            &[".rule: block count changed from 1 to 0"],
        );
        check(
            name,
            &planned,
            &planned.replace("Enabled", "Disabled"),
            &[r#".rule[0].status: was "Enabled", but now "Disabled""#],
        );
    }
}
