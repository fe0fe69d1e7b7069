//! What can be said against a configuration before anything is read.

use std::sync::Arc;

use super::format;
use crate::{
    schema::{Attribute, Block, Equivalence, Mode, NestedBlock, Nesting, Schema},
    value::{Kind, Path, Step, Value},
};

/// Something that is wrong with a configuration, plan or result.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where, from the object on.
    pub path: Path,
    /// What, in few words.
    pub summary: String,
    /// What exactly.
    pub detail: String,
}

impl Problem {
    /// Makes a problem of a top-level argument.
    pub fn at(name: &str, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            path: Path::default().attribute(name),
            summary: summary.into(),
            detail: detail.into(),
        }
    }
}

/// Checks a configuration: required arguments, exclusion, allowed values, JSON texts, number of blocks. What is unknown is
/// passed over. That names exist and types fit is decided before, when the configuration is decoded.
pub fn validate(schema: &Schema, config: &Value) -> Vec<Problem> {
    let mut out = Vec::new();
    for group in &schema.conflicts {
        exclusive(schema, group, config, &mut out);
    }
    for group in &schema.exactly_one {
        exclusive(schema, group, config, &mut out);
        if !group
            .iter()
            .any(|name| is_set(schema, config, name) != Some(false))
        {
            out.push(missing(schema, group));
        }
    }
    block(&schema.block, config, &Path::default(), &mut out);
    if let Some(check) = schema.refine.and_then(|r| r.validate) {
        out.extend(check(config));
    }
    out
}

fn missing(schema: &Schema, group: &[Arc<str>]) -> Problem {
    let (summary, detail) = if schema.legacy {
        let detail = format!("one of `{}` must be specified", group.join(","));
        ("Invalid combination of arguments", detail)
    } else {
        let names = group.join(",");
        let detail = format!("Exactly one of these attributes must be configured: [{names}]");
        ("Missing Attribute Configuration", detail)
    };
    Problem {
        path: Path::default(),
        summary: summary.into(),
        detail,
    }
}

/// Tells whether an argument is given; `None` while that is not known. A block is given if there is one, an attribute if it
/// is not null, empty or not.
fn is_set(schema: &Schema, config: &Value, name: &str) -> Option<bool> {
    let is_block = schema.block.blocks.contains_key(name);
    let values = values_at(config, name);
    let set = |v: &Value| match v.elements() {
        Some(elements) if is_block => !elements.is_empty(),
        _ => v.is_known() && !v.is_null(),
    };
    match values.iter().any(|v| set(v)) {
        true => Some(true),
        false if values.iter().any(|v| v.is_unknown()) => None,
        false => Some(false),
    }
}

fn exclusive(schema: &Schema, group: &[Arc<str>], config: &Value, out: &mut Vec<Problem>) {
    let set = |name: &&Arc<str>| is_set(schema, config, name) == Some(true);
    let set: Vec<_> = group.iter().filter(set).collect();
    for name in &set {
        if let Some(other) = set.iter().find(|n| n != &name) {
            let detail = format!("\"{name}\": conflicts with {other}");
            out.push(Problem::at(
                first(name),
                "Conflicting configuration arguments",
                detail,
            ));
        }
    }
}

fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Returns the values at a name; a dot leads into all blocks of a name.
fn values_at<'a>(config: &'a Value, name: &str) -> Vec<&'a Value> {
    match name.split_once('.') {
        None => config.get(name).into_iter().collect(),
        Some((block, rest)) => {
            let blocks = config
                .get(block)
                .and_then(Value::elements)
                .unwrap_or_default();
            blocks.iter().flat_map(|b| values_at(b, rest)).collect()
        }
    }
}

/// Checks what the blocks that an attribute holds say.
fn attribute_blocks(n: &NestedBlock, value: &Value, path: &Path, out: &mut Vec<Problem>) {
    for element in value.elements().unwrap_or_default() {
        let mut inner = path.clone();
        inner.0.push(Step::Element(element.clone()));
        block(&n.block, element, &inner, out);
    }
}

fn block(schema: &Block, config: &Value, path: &Path, out: &mut Vec<Problem>) {
    if config.entries().is_none() {
        return;
    }
    let null = Value::NULL;
    for (name, a) in &schema.attributes {
        attribute(
            name,
            a,
            config.get(name).unwrap_or(&null),
            &path.clone().attribute(name.clone()),
            out,
        );
    }
    for (name, a) in &schema.attributes {
        if let (Some(n), Some(value)) = (&a.as_blocks, config.get(name)) {
            attribute_blocks(n, value, &path.clone().attribute(name.clone()), out);
        }
    }
    for (name, n) in &schema.blocks {
        nested(
            name,
            n,
            config.get(name).unwrap_or(&null),
            &path.clone().attribute(name.clone()),
            out,
        );
    }
}

fn attribute(name: &str, a: &Attribute, value: &Value, path: &Path, out: &mut Vec<Problem>) {
    let mut problem = |summary: String, detail: String| {
        out.push(Problem {
            path: path.clone(),
            summary,
            detail,
        })
    };
    if value.is_null() && a.mode == Mode::Required {
        let detail = format!("The argument \"{name}\" is required, but no definition was found.");
        return problem("Missing required argument".into(), detail);
    }
    if let Some(format) = a.format {
        // An empty text is as good as none, but not as an element.
        let one = value.as_str().filter(|t| !t.is_empty());
        let many = value
            .elements()
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str);
        for why in one
            .into_iter()
            .chain(many)
            .filter_map(|t| format::check(format, t))
        {
            problem(why, String::new());
        }
    }
    let shown = dotted(path);
    if let Some(text) = value.as_str() {
        if !a.values.is_empty() && !a.values.iter().any(|v| v == text) {
            let known: Vec<_> = a.values.iter().map(|v| format!("{v:?}")).collect();
            problem(
                format!(
                    "expected {shown} to be one of [{}], got {text}",
                    known.join(" ")
                ),
                String::new(),
            );
        }
        let policy = a.equivalence == Equivalence::IamPolicy;
        if (policy || a.equivalence == Equivalence::Json)
            && !text.is_empty()
            && serde_json::from_str::<serde_json::Value>(text).is_err()
        {
            let kind = if policy { " policy" } else { "" };
            problem(
                format!("\"{name}\" contains an invalid JSON{kind}"),
                format!("\"{name}\" is not valid JSON"),
            );
        }
    }
    if let (Some((low, high)), Some(n)) = (a.range, value.as_i64())
        && !(low..=high).contains(&n)
    {
        problem(
            format!("expected {shown} to be in the range ({low} - {high}), got {n}"),
            String::new(),
        );
    }
}

/// Prints a path as the SDK does: `rule.0.status`.
fn dotted(path: &Path) -> String {
    let step = |s: &Step| match s {
        Step::Attribute(name) => name.to_string(),
        Step::Index(v) => v
            .as_str()
            .map_or_else(|| v.as_i64().unwrap_or_default().to_string(), str::to_owned),
        Step::Element(_) => "*".to_owned(),
    };
    path.0.iter().map(step).collect::<Vec<_>>().join(".")
}

fn nested(name: &str, n: &NestedBlock, value: &Value, path: &Path, out: &mut Vec<Problem>) {
    if value.is_unknown() {
        return;
    }
    if n.nesting == Nesting::Map {
        for (key, value) in value.entries().into_iter().flatten() {
            block(&n.block, value, &path.clone().index(key.clone()), out);
        }
        return;
    }
    let Some(elements) = value.elements() else {
        return block(&n.block, value, path, out);
    };
    let mut problem = |summary: String, detail: String| {
        out.push(Problem {
            path: path.clone(),
            summary,
            detail,
        })
    };
    let count = elements.len();
    // An element of a set that is not known may stand for several.
    if count < n.min && elements.iter().all(Value::is_known) {
        let detail = format!("At least {} \"{name}\" blocks are required.", n.min);
        problem(format!("Insufficient {name} blocks"), detail);
    }
    if let Some(max) = n.max.filter(|max| count > *max) {
        problem(
            format!("Too many {name} blocks"),
            format!("No more than {max} \"{name}\" blocks are allowed"),
        );
    }
    let is_set = matches!(value.kind(), Kind::Set(..));
    for (i, element) in elements.iter().enumerate() {
        let mut inner = path.clone();
        inner.0.push(if is_set {
            Step::Element(element.clone())
        } else {
            Step::Index(Value::from(i64::try_from(i).unwrap_or(i64::MAX)))
        });
        block(&n.block, element, &inner, out);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::object, *};
    use crate::schema::{Catalogue, SchemaKind};

    #[track_caller]
    fn check(name: &str, config: &str, expected: &[&str]) {
        let catalogue = Catalogue::builtin();
        let kind = if name == "aws_iam_policy_document" {
            SchemaKind::Data
        } else {
            SchemaKind::Managed
        };
        let schema = catalogue.get(kind, name).unwrap();
        let found = validate(&schema, &object(&schema, config));
        let found: Vec<_> = found
            .iter()
            .map(|p| format!("{}|{}|{}", p.path, p.summary, p.detail))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn arguments_exclude_each_other() {
        let expected = [
            r#".name|Conflicting configuration arguments|"name": conflicts with name_prefix"#,
            r#".name_prefix|Conflicting configuration arguments|"name_prefix": conflicts with name"#,
        ];
        check(
            "aws_security_group",
            r#"{"name":"a","name_prefix":"b"}"#,
            &expected,
        );
        check(
            "aws_security_group",
            r#"{"name":"a","name_prefix":"?"}"#,
            &[],
        );
    }

    #[test]
    fn exactly_one_source_is_needed() {
        let none = "|Missing Attribute Configuration|Exactly one of these attributes must be configured: [cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id]";
        let rule = r#"{"security_group_id":"sg-1","ip_protocol":"tcp""#;
        check(
            "aws_vpc_security_group_ingress_rule",
            &format!("{rule}}}"),
            &[none],
        );
        check(
            "aws_vpc_security_group_ingress_rule",
            &format!(r#"{rule},"cidr_ipv4":"?"}}"#),
            &[],
        );
    }

    #[test]
    fn values_numbers_texts_and_blocks_are_checked() {
        check(
            "aws_vpc",
            r#"{"instance_tenancy":"mine"}"#,
            &[
                r#".instance_tenancy|expected instance_tenancy to be one of ["default" "dedicated"], got mine|"#,
            ],
        );
        check(
            "aws_kms_key",
            r#"{"deletion_window_in_days":3}"#,
            &[
                ".deletion_window_in_days|expected deletion_window_in_days to be in the range (7 - 30), got 3|",
            ],
        );
        check(
            "aws_iam_policy",
            r#"{"policy":"{"}"#,
            &[r#".policy|"policy" contains an invalid JSON policy|"policy" is not valid JSON"#],
        );
        check(
            "aws_iam_policy",
            "{}",
            &[
                r#".policy|Missing required argument|The argument "policy" is required, but no definition was found."#,
            ],
        );
        check(
            "aws_s3_bucket_versioning",
            r#"{"bucket":"b"}"#,
            &[
                r#".versioning_configuration|Insufficient versioning_configuration blocks|At least 1 "versioning_configuration" blocks are required."#,
            ],
        );
        check(
            "aws_s3_bucket_versioning",
            r#"{"bucket":"b","versioning_configuration":[{"status":"On"}]}"#,
            &[
                r#".versioning_configuration[0].status|expected versioning_configuration.0.status to be one of ["Enabled" "Suspended" "Disabled"], got On|"#,
            ],
        );
        check(
            "aws_iam_policy_document",
            r#"{"source_json":"{}"}"#,
            &[r#".source_json|expected "source_json" to be an empty string: got {}|"#],
        );
    }
    #[test]
    fn forms_are_checked_inside_attributes_that_hold_blocks_too() {
        let rule = |protocol: &str, port: i64, cidr: &str| {
            format!(
                r#"{{"name":"g","ingress":[{{"protocol":"{protocol}","from_port":{port},"to_port":{port},"cidr_blocks":["{cidr}"]}}]}}"#
            )
        };
        let host = r#".ingress[...].cidr_blocks|"10.0.0.1/8" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/8"?|"#;
        check(
            "aws_security_group",
            &rule("tcp", 22, "10.0.0.1/8"),
            &[host],
        );
        let ports = r#".ingress|from_port (22) and to_port (22) must both be 0 to use the 'ALL' "-1" protocol!|"#;
        check(
            "aws_security_group",
            &rule("all", 22, "10.0.0.0/8"),
            &[ports],
        );
        check("aws_security_group", &rule("-1", 0, "10.0.0.0/8"), &[]);
        check(
            "aws_route_table",
            r#"{"vpc_id":"v","route":[{"cidr_block":"","ipv6_cidr_block":"::/0","gateway_id":"igw-1"}]}"#,
            &[],
        );
    }
}
