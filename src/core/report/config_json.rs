//! The `configuration` part of the plan JSON: what is written, with constants and references.

use std::sync::Arc;

use bastionless_model::{
    schema::{self, Nesting},
    value::{Value, to_json},
};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::value_tree;
use crate::lang::{
    address::{Mode, ProviderConfig, quote},
    expr,
    program::{
        Call, Module, ModuleId, Output, Program, ProviderBlock, Reference, Repetition,
        ResourceBlock, Subject,
    },
    syntax::{Body, Expr, TraversalStep},
};

/// Writes the configuration.
pub fn config_json(program: &Program) -> Json {
    let mut out = JsonMap::new();
    let mut providers = JsonMap::new();
    for module in &program.modules {
        for block in module.providers.values() {
            providers.insert(provider_key(&block.address), provider(block));
        }
        for block in module.resources.values() {
            let (key, address) = provider_of(block);
            if !providers.contains_key(&key) {
                providers.insert(key, provider_head(&address));
            }
        }
    }
    providers.sort_keys();
    if !providers.is_empty() {
        out.insert("provider_config".into(), Json::Object(providers));
    }
    out.insert("root_module".into(), module(program, ModuleId(0)));
    Json::Object(out)
}

/// Returns the key of the provider configuration of a block, and its address.
fn provider_of(block: &ResourceBlock) -> (String, ProviderConfig) {
    (provider_key(&block.provider), block.provider.clone())
}

fn provider_key(address: &ProviderConfig) -> String {
    let alias = address
        .alias
        .as_ref()
        .map(|a| format!(".{a}"))
        .unwrap_or_default();
    let name = format!("{}{alias}", address.provider.name);
    if address.module.is_root() {
        name
    } else {
        format!("{}:{name}", address.module)
    }
}

fn provider_head(address: &ProviderConfig) -> Json {
    let mut out = JsonMap::new();
    out.insert("name".into(), address.provider.name.to_string().into());
    out.insert("full_name".into(), address.provider.to_string().into());
    if let Some(alias) = &address.alias {
        out.insert("alias".into(), alias.to_string().into());
    }
    if !address.module.is_root() {
        out.insert("module_address".into(), address.module.to_string().into());
    }
    Json::Object(out)
}

fn provider(block: &ProviderBlock) -> Json {
    let mut out = provider_head(&block.address);
    if let (Some(body), Json::Object(fields)) = (&block.body, &mut out) {
        let inner = expressions(body, block.schema.as_deref().map(|s| &s.block));
        if !inner.is_empty() {
            fields.insert("expressions".into(), Json::Object(inner));
        }
    }
    out
}

fn module(program: &Program, id: ModuleId) -> Json {
    let Some(m) = program.modules.get(id.0) else {
        return json!({});
    };
    let mut out = JsonMap::new();
    if !m.outputs.is_empty() {
        out.insert(
            "outputs".into(),
            m.outputs
                .iter()
                .map(|(k, o)| (k.to_string(), output(o)))
                .collect(),
        );
    }
    if !m.resources.is_empty() {
        out.insert(
            "resources".into(),
            m.resources.values().map(resource).collect(),
        );
    }
    if !m.calls.is_empty() {
        out.insert(
            "module_calls".into(),
            m.calls
                .iter()
                .map(|(k, c)| (k.to_string(), call(program, m, c)))
                .collect(),
        );
    }
    if !m.variables.is_empty() {
        let variables = m.variables.iter().map(|(k, v)| {
            let mut out = JsonMap::new();
            if let Some(default) = &v.default {
                out.insert("default".into(), to_json(default));
            }
            if let Some(text) = &v.description {
                out.insert("description".into(), text.clone().into());
            }
            if v.sensitive {
                out.insert("sensitive".into(), true.into());
            }
            (k.to_string(), Json::Object(out))
        });
        out.insert("variables".into(), variables.collect());
    }
    Json::Object(out)
}

fn output(o: &Output) -> Json {
    let mut out = JsonMap::new();
    if o.sensitive {
        out.insert("sensitive".into(), true.into());
    }
    if let Some(text) = &o.description {
        out.insert("description".into(), text.clone().into());
    }
    out.insert("expression".into(), expression(&o.value));
    depends_on(&mut out, &o.depends_on);
    Json::Object(out)
}

fn resource(r: &ResourceBlock) -> Json {
    let mut out = JsonMap::new();
    out.insert("address".into(), r.resource.to_string().into());
    out.insert("mode".into(), value_tree::mode(r.resource.mode).into());
    out.insert("type".into(), r.resource.type_name.to_string().into());
    out.insert("name".into(), r.resource.name.to_string().into());
    out.insert("provider_config_key".into(), provider_of(r).0.into());
    let inner = expressions(&r.body, r.schema.as_deref().map(|s| &s.block));
    if !inner.is_empty() {
        out.insert("expressions".into(), Json::Object(inner));
    }
    let version = if r.resource.mode == Mode::Managed {
        r.schema.as_ref().map_or(0, |s| s.version)
    } else {
        0
    };
    out.insert("schema_version".into(), version.into());
    repetition(&mut out, &r.repetition);
    depends_on(&mut out, &r.depends_on);
    Json::Object(out)
}

fn call(program: &Program, m: &Module, c: &Call) -> Json {
    let mut out = JsonMap::new();
    out.insert("source".into(), source(program, m, c).into());
    if !c.arguments.is_empty() {
        let arguments = c
            .arguments
            .iter()
            .map(|(k, e)| (k.to_string(), expression(e)));
        out.insert("expressions".into(), arguments.collect());
    }
    repetition(&mut out, &c.repetition);
    out.insert("module".into(), module(program, c.module));
    depends_on(&mut out, &c.depends_on);
    Json::Object(out)
}

/// Returns the directory of a called module, from that of the caller.
fn source(program: &Program, m: &Module, c: &Call) -> String {
    let dir = program
        .modules
        .get(c.module.0)
        .map(|m| m.dir.clone())
        .unwrap_or_default();
    let own = if &*m.dir == "." {
        String::new()
    } else {
        format!("{}/", m.dir)
    };
    match dir.strip_prefix(own.as_str()) {
        Some(relative) if !relative.starts_with("../") => {
            format!("./{}", relative.trim_start_matches("./"))
        }
        _ => dir.to_string(),
    }
}

fn repetition(out: &mut JsonMap<String, Json>, repetition: &Repetition) {
    match repetition {
        Repetition::Single => {}
        Repetition::Count(e) => {
            out.insert("count_expression".into(), expression(e));
        }
        Repetition::ForEach(e) => {
            out.insert("for_each_expression".into(), expression(e));
        }
    }
}

fn depends_on(out: &mut JsonMap<String, Json>, references: &[Reference]) {
    if !references.is_empty() {
        let names = references
            .iter()
            .filter_map(|r| names(r).into_iter().next().map(Json::String));
        out.insert("depends_on".into(), names.collect());
    }
}

/// Writes the arguments of a body; blocks of a `dynamic` are not there, as in Terraform.
fn expressions(body: &Body, schema: Option<&schema::Block>) -> JsonMap<String, Json> {
    let mut out = JsonMap::new();
    for a in body.attributes() {
        out.insert(a.name.name.to_string(), expression(&a.expr));
    }
    for block in body.blocks() {
        let name: Arc<str> = block.kind.name.clone();
        let of_attribute = schema
            .and_then(|s| s.attributes.get(&name))
            .and_then(|a| a.as_blocks.as_deref());
        let nested = schema.and_then(|s| s.blocks.get(&name)).or(of_attribute);
        if schema.is_some() && nested.is_none() {
            continue;
        }
        let inner = Json::Object(expressions(&block.body, nested.map(|n| &n.block)));
        match nested.map(|n| n.nesting) {
            Some(Nesting::Single | Nesting::Group) => {
                out.insert(name.to_string(), inner);
            }
            Some(Nesting::Map) => {
                let all = out.entry(name.to_string()).or_insert_with(|| json!({}));
                if let (Some(label), Json::Object(all)) = (block.labels.first(), all) {
                    all.insert(label.text.to_string(), inner);
                }
            }
            _ => {
                if let Json::Array(all) = out.entry(name.to_string()).or_insert_with(|| json!([])) {
                    all.push(inner);
                }
            }
        }
    }
    out.sort_keys();
    out
}

/// Writes an expression: its value where it is constant, otherwise what it refers to.
fn expression(e: &Expr) -> Json {
    let (found, _) = expr::references(e);
    if found.is_empty() {
        return match expr::constant(e) {
            Ok(v) if v.is_wholly_known() => json!({ "constant_value": to_json(&v) }),
            _ => json!({}),
        };
    }
    let mut all: Vec<String> = Vec::new();
    for name in found.iter().flat_map(names) {
        all.push(name);
    }
    json!({ "references": all })
}

/// Names a reference as far as it is written, then without its last step, and so on down to its subject.
fn names(r: &Reference) -> Vec<String> {
    let (subject, container) = match &r.subject {
        Subject::Variable(n) => (format!("var.{n}"), None),
        Subject::Local(n) => (format!("local.{n}"), None),
        Subject::Module(n) => (format!("module.{n}"), None),
        Subject::ModuleOutput(n, o) => (format!("module.{n}.{o}"), Some(format!("module.{n}"))),
        Subject::Resource(r) => (r.to_string(), None),
        Subject::CountIndex => ("count.index".to_owned(), None),
        Subject::EachKey => ("each.key".to_owned(), None),
        Subject::EachValue => ("each.value".to_owned(), None),
        Subject::SelfObject => ("self".to_owned(), None),
        Subject::Path(n) => (format!("path.{n}"), None),
        Subject::Terraform(n) => (format!("terraform.{n}"), None),
    };
    let mut out = vec![subject.clone()];
    let mut text = subject;
    for step in &r.rest {
        text.push_str(&match step {
            TraversalStep::Attribute(name) => format!(".{}", name.name),
            TraversalStep::Index(key, _) => index(key),
        });
        out.push(text.clone());
    }
    out.reverse();
    out.extend(container);
    out
}

fn index(key: &Value) -> String {
    key.as_str().map_or_else(
        || format!("[{}]", to_json(key)),
        |s| format!("[{}]", quote(s)),
    )
}
