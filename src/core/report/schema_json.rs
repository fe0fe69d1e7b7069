//! The schemas as Terraform's `providers schema -json`, format 1.0.

use bastionless_model::{
    schema::{Attribute, Block, Catalogue, Mode, NestedBlock, Nesting, Schema, SchemaKind},
    value::type_to_json,
};
use serde_json::{Map as JsonMap, Value as Json, json};

/// Writes the schemas of all built-in types.
pub fn schema_json(catalogue: &Catalogue) -> Json {
    let mut providers = JsonMap::new();
    for provider in catalogue.names(SchemaKind::Provider) {
        let mut out = JsonMap::new();
        if let Some(own) = catalogue.provider(provider) {
            out.insert("provider".into(), schema(&own));
        }
        out.insert(
            "resource_schemas".into(),
            types(catalogue, provider, SchemaKind::Managed),
        );
        out.insert(
            "data_source_schemas".into(),
            types(catalogue, provider, SchemaKind::Data),
        );
        let address = crate::lang::address::Provider::implied(provider).to_string();
        providers.insert(address, Json::Object(out));
    }
    // Those that are part of the language have no configuration.
    for provider in ["bastionless", "terraform"] {
        let schemas = json!({ "resource_schemas": types(catalogue, provider, SchemaKind::Managed), "data_source_schemas": types(catalogue, provider, SchemaKind::Data) });
        providers.insert(
            crate::lang::address::Provider::implied(provider).to_string(),
            schemas,
        );
    }
    json!({ "format_version": "1.0", "provider_schemas": providers })
}

/// The types of a provider.
fn types(catalogue: &Catalogue, provider: &str, kind: SchemaKind) -> Json {
    let prefix = format!("{provider}_");
    let names = catalogue.names(kind).filter(|n| n.starts_with(&prefix));
    Json::Object(
        names
            .filter_map(|n| Some((n.to_owned(), schema(&*catalogue.get(kind, n)?))))
            .collect(),
    )
}

fn schema(s: &Schema) -> Json {
    let mut body = block(&s.block);
    if !s.description.is_empty()
        && let Json::Object(b) = &mut body
    {
        b.insert("description".into(), s.description.clone().into());
        b.insert("description_kind".into(), "plain".into());
    }
    json!({ "version": s.version, "block": body })
}

fn block(b: &Block) -> Json {
    let mut out = JsonMap::new();
    if !b.attributes.is_empty() {
        let all = b
            .attributes
            .iter()
            .map(|(k, a)| (k.to_string(), attribute(a)));
        out.insert("attributes".into(), Json::Object(all.collect()));
    }
    if !b.blocks.is_empty() {
        let all = b.blocks.iter().map(|(k, n)| (k.to_string(), nested(n)));
        out.insert("block_types".into(), Json::Object(all.collect()));
    }
    if b.deprecated.is_some() {
        out.insert("deprecated".into(), true.into());
    }
    out.insert("description_kind".into(), "plain".into());
    Json::Object(out)
}

fn attribute(a: &Attribute) -> Json {
    let mut out = JsonMap::new();
    out.insert("type".into(), type_to_json(&a.ty));
    if !a.description.is_empty() {
        out.insert("description".into(), a.description.clone().into());
    }
    out.insert("description_kind".into(), "plain".into());
    let mut flag = |name: &str, is: bool| {
        if is {
            out.insert(name.into(), true.into());
        }
    };
    flag("deprecated", a.deprecated.is_some());
    flag("required", a.mode == Mode::Required);
    flag(
        "optional",
        matches!(a.mode, Mode::Optional | Mode::OptionalComputed),
    );
    flag("computed", a.is_computed());
    flag("sensitive", a.sensitive);
    flag("write_only", a.write_only);
    Json::Object(out)
}

fn nested(n: &NestedBlock) -> Json {
    let mode = match n.nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    };
    let mut out = JsonMap::new();
    out.insert("nesting_mode".into(), mode.into());
    out.insert("block".into(), block(&n.block));
    if n.min > 0 {
        out.insert("min_items".into(), n.min.into());
    }
    if let Some(max) = n
        .max
        .filter(|_| !matches!(n.nesting, Nesting::Single | Nesting::Group))
    {
        out.insert("max_items".into(), max.into());
    }
    Json::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_listed_in_terraforms_shape() {
        let catalogue = Catalogue::builtin();
        let json = schema_json(catalogue);
        let aws = &json["provider_schemas"]["registry.terraform.io/hashicorp/aws"];
        let managed = catalogue
            .names(SchemaKind::Managed)
            .filter(|n| n.starts_with("aws_"))
            .count();
        assert_eq!(aws["resource_schemas"].as_object().unwrap().len(), managed);
        let vpc = &aws["resource_schemas"]["aws_vpc"]["block"]["attributes"];
        assert_eq!(vpc["arn"]["computed"], true);
        assert_eq!(vpc["tags"]["type"], json!(["map", "string"]));
        assert_eq!(vpc["tags"]["optional"], true);
        assert!(vpc["tags"].get("required").is_none());
        assert!(json["provider_schemas"]["terraform.io/builtin/terraform"]["resource_schemas"]["terraform_data"].is_object());
        assert!(json["provider_schemas"]["terraform.io/builtin/bastionless"]["data_source_schemas"]["bastionless_access_policy"].is_object());
    }
}
