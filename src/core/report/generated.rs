//! Configuration for imported objects, in the layout of `plan -generate-config-out`.

use std::fmt::Write as _;

use bastionless_model::{
    schema::{Attribute, Block, Catalogue, Mode, NestedBlock, Schema},
    value::{Kind, Type, Value, from_json, to_json},
};

use crate::lang::{
    address::{AbsInstance, quote},
    format::format,
    syntax::is_identifier,
};

/// An object whose configuration is to be written.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Where it is to live.
    pub address: AbsInstance,
    /// The id that it was imported with.
    pub id: String,
    /// What was read.
    pub value: Value,
}

/// Writes a file of resource blocks for imported objects; what is sensitive is left out, and what only the provider sets.
pub fn generated_text(objects: &[Imported], catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "# __generated__ by Terraform\n# Please review these resources and move them into your main configuration files.\n",
    );
    for object in objects {
        let resource = &object.address.resource.resource;
        let Some(schema) = catalogue.managed(&resource.type_name) else {
            continue;
        };
        let _ = write!(
            out,
            "\n# __generated__ by Terraform from {}\nresource {} {} {{\n",
            quote(&object.id),
            quote(&resource.type_name),
            quote(&resource.name)
        );
        body(&mut out, &schema.block, &sparing(&schema, &object.value));
        out.push_str("}\n");
    }
    format(&out).unwrap_or(out)
}

/// Leaves one of arguments that exclude each other.
fn sparing(schema: &Schema, value: &Value) -> Value {
    let mut value = value.clone();
    for set in schema.conflicts.iter().chain(&schema.exactly_one) {
        let is_set = |name: &str, value: &Value| value.get(name).is_some_and(|v| !is_empty(v));
        let given: Vec<_> = set.iter().filter(|n| is_set(n, &value)).cloned().collect();
        for name in given.into_iter().skip(1) {
            let ty = value.get(&name).map_or(Type::Dynamic, Value::type_of);
            value = value.with(name, Value::null(ty));
        }
    }
    value
}

fn is_empty(value: &Value) -> bool {
    value.is_null()
        || value.as_str().is_some_and(str::is_empty)
        || value.elements().is_some_and(<[Value]>::is_empty)
}

fn body(out: &mut String, block: &Block, value: &Value) {
    for (name, attribute) in &block.attributes {
        if !is_written(name, attribute) {
            continue;
        }
        let null = Value::NULL;
        let found = value.get(name).unwrap_or(&null);
        if attribute.sensitive || found.has_marks() {
            let _ = writeln!(out, "{name} = null # sensitive");
        } else {
            let _ = writeln!(out, "{name} = {}", argument(attribute, found));
        }
    }
    for (name, nested) in &block.blocks {
        if nested.block.deprecated.is_none() && !nested.computed {
            blocks(out, name, nested, value.get(name));
        }
    }
}

fn is_written(name: &str, attribute: &Attribute) -> bool {
    // The SDK of old adds an `id` that a configuration may set, which hardly any type means.
    let is_id = name == "id" && attribute.mode == Mode::OptionalComputed;
    attribute.is_configurable() && !is_id && attribute.deprecated.is_none() && !attribute.write_only
}

fn blocks(out: &mut String, name: &str, nested: &NestedBlock, value: Option<&Value>) {
    let Some(value) = value.filter(|v| !v.is_null() && v.is_known()) else {
        return;
    };
    let one = |out: &mut String, label: &str, v: &Value| {
        let _ = writeln!(out, "{name} {label}{{");
        body(out, &nested.block, v);
        out.push_str("}\n");
    };
    match value.kind() {
        Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => {
            l.iter().for_each(|v| one(out, "", v))
        }
        Kind::Map(_, m) => m
            .iter()
            .for_each(|(k, v)| one(out, &format!("{} ", quote(k)), v)),
        _ => one(out, "", value),
    }
}

fn argument(attribute: &Attribute, value: &Value) -> String {
    if let Some(text) = value.as_str() {
        // The SDK of old gives an empty text for what is not set.
        if text.is_empty() && attribute.mode != Mode::Required {
            return "null".into();
        }
        let document: Option<serde_json::Value> = serde_json::from_str(text).ok();
        if let Some(document) = document.filter(|d| d.is_array() || d.is_object()) {
            return format!("jsonencode({})", expression(&from_json(&document)));
        }
    }
    expression(value)
}

/// Writes a known value as an expression; collections in one line, objects with a line an attribute.
fn expression(value: &Value) -> String {
    match value.kind() {
        Kind::String(s) => quote(s),
        Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => {
            format!(
                "[{}]",
                l.iter().map(expression).collect::<Vec<_>>().join(", ")
            )
        }
        Kind::Map(_, m) | Kind::Object(m) if m.is_empty() => "{}".into(),
        Kind::Map(_, m) | Kind::Object(m) => {
            let entry = |(k, v): (&std::sync::Arc<str>, &Value)| {
                let key = if is_identifier(k) {
                    k.to_string()
                } else {
                    quote(k)
                };
                format!("{key} = {}\n", expression(v))
            };
            format!("{{\n{}}}", m.iter().map(entry).collect::<String>())
        }
        Kind::Unknown(..) => "null".into(),
        _ => to_json(value).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_written_as_blocks() {
        let object = |address: &str, value: &str| Imported {
            address: AbsInstance::parse(address).unwrap(),
            id: "an-id".into(),
            value: from_json(&serde_json::from_str(value).unwrap()),
        };
        let key = r#"{"id": "an-id", "arn": "arn:x", "description": "for ${logs}", "enable_key_rotation": true, "policy":
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Action\":\"*\"}]}", "tags": {"Name": "k", "a b": "c"}, "tags_all": {}, "key_id": "x"}"#;
        let text = generated_text(
            &[
                object("terraform_data.a", r#"{"id": "an-id"}"#),
                object("aws_kms_key.k", key),
            ],
            Catalogue::builtin(),
        );
        insta::assert_snapshot!(text, @r##"
# __generated__ by Terraform
# Please review these resources and move them into your main configuration files.

# __generated__ by Terraform from "an-id"
resource "terraform_data" "a" {
  input            = null
  triggers_replace = null
}

# __generated__ by Terraform from "an-id"
resource "aws_kms_key" "k" {
  bypass_policy_lockout_safety_check = null
  custom_key_store_id                = null
  customer_master_key_spec           = null
  deletion_window_in_days            = null
  description                        = "for $${logs}"
  enable_key_rotation                = true
  is_enabled                         = null
  key_usage                          = null
  multi_region                       = null
  policy = jsonencode({
    Statement = [{
      Action = "*"
    }]
    Version = "2012-10-17"
  })
  region                  = null
  rotation_period_in_days = null
  tags = {
    Name  = "k"
    "a b" = "c"
  }
  tags_all   = {}
  xks_key_id = null
}
"##);
        assert_eq!(
            format(&text).as_deref(),
            Some(text.as_str()),
            "it is formatted"
        );
    }
}
