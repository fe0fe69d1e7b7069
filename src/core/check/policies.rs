//! The policies in a configuration: what they are for, what the lints say, and where in the configuration that is.

use bastionless_model::{
    base::{Patch, SourceMap, Span},
    iam::{
        ast::Document,
        lint::{self, Finding, Kind},
        parse::Parsed,
    },
    schema::{Block, Equivalence, Schema},
    value::Value,
};

use super::{
    Found,
    estate::{Estate, Object},
};
use crate::lang::syntax::{Body, Expr, ExprKind, TraversalStep, is_identifier};

/// A policy in the configuration.
pub(super) struct ConfigPolicy<'e, 'p> {
    /// The object.
    pub(super) object: &'e Object<'p>,
    /// The attribute or block of the object.
    pub(super) attribute: String,
    /// Its text, with names in place of what is not known.
    pub(super) text: String,
    /// What it is for.
    pub(super) kind: Kind,
    /// The policy.
    pub(super) parsed: Parsed,
}

/// Returns the policies of managed objects, and of policy documents that none of these has.
pub(super) fn all<'e, 'p>(estate: &'e Estate<'p>) -> Vec<ConfigPolicy<'e, 'p>> {
    let mut out = Vec::new();
    for object in estate.objects().iter().filter(|o| !o.is_data()) {
        let Some(schema) = object.block.schema.clone() else {
            continue;
        };
        of_object(object, &schema, &mut out);
    }
    for object in estate.objects().iter().filter(|o| {
        o.is_data() && &*o.address.resource.resource.type_name == "aws_iam_policy_document"
    }) {
        let Some(text) = object.text("json") else {
            continue;
        };
        let is_used = out.iter().any(|p| {
            p.object.text(&p.attribute).is_some_and(|t| t == text)
                || is_part(object, &p.object.block.body)
        });
        if !is_used {
            push(object, "statement", text, None, &mut out);
        }
    }
    out
}

/// Tells whether a body names the data source.
fn is_part(data: &Object<'_>, body: &Body) -> bool {
    let name = &*data.address.resource.resource.name;
    body.attributes()
        .any(|a| document_name(&a.expr) == Some(name))
}

fn of_object<'e, 'p>(object: &'e Object<'p>, schema: &Schema, out: &mut Vec<ConfigPolicy<'e, 'p>>) {
    attributes(
        object,
        &schema.block,
        &object.config,
        &object.value,
        None,
        out,
    );
}

fn attributes<'e, 'p>(
    object: &'e Object<'p>,
    block: &Block,
    config: &Value,
    value: &Value,
    outer: Option<&str>,
    out: &mut Vec<ConfigPolicy<'e, 'p>>,
) {
    for (name, attribute) in &block.attributes {
        let given = config.get(name).is_some_and(|v| !v.is_null());
        let is_policy = attribute.equivalence == Equivalence::IamPolicy && given;
        if let Some(text) = value.get_str(name).filter(|t| is_policy && !t.is_empty()) {
            let kind = kind(
                &object.address.resource.resource.type_name,
                name,
                outer.is_some(),
            );
            push(object, outer.unwrap_or(name), text, kind, out);
        }
    }
    for (name, nested) in &block.blocks {
        let (Some(configs), Some(values)) = (
            config.get(name).and_then(Value::elements),
            value.get(name).and_then(Value::elements),
        ) else {
            continue;
        };
        for (i, v) in values.iter().enumerate() {
            let own = configs.get(i).or(configs.first()).unwrap_or(v);
            attributes(
                object,
                &nested.block,
                own,
                v,
                Some(outer.unwrap_or(name)),
                out,
            );
        }
    }
}

fn push<'e, 'p>(
    object: &'e Object<'p>,
    attribute: &str,
    text: &str,
    kind: Option<Kind>,
    out: &mut Vec<ConfigPolicy<'e, 'p>>,
) {
    // A policy that is a name is known only after apply; anything else that is no JSON is the plan's to refuse.
    if let Ok(parsed) = Document::parse(text) {
        let kind = kind.unwrap_or_else(|| Kind::guess(&parsed.document));
        out.push(ConfigPolicy {
            object,
            attribute: attribute.to_owned(),
            text: text.to_owned(),
            kind,
            parsed,
        });
    }
}

/// Returns what the policy of an argument is for.
fn kind(type_name: &str, attribute: &str, is_nested: bool) -> Option<Kind> {
    Some(match (type_name, attribute) {
        ("aws_iam_role", "assume_role_policy") => Kind::Trust,
        ("aws_iam_role", "policy") if is_nested => Kind::InlineRole,
        ("aws_iam_role_policy", _) => Kind::InlineRole,
        ("aws_iam_user_policy", _) => Kind::InlineUser,
        ("aws_iam_group_policy", _) => Kind::InlineGroup,
        ("aws_iam_policy", _) => Kind::Managed,
        ("aws_s3_bucket" | "aws_s3_bucket_policy", _) => Kind::Bucket,
        ("aws_kms_key" | "aws_kms_key_policy", _) => Kind::Key,
        ("aws_vpc_endpoint" | "aws_vpc_endpoint_policy", _) => Kind::Endpoint,
        _ => return None,
    })
}

/// Adds what the lints say of all policies.
pub(super) fn lints(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let sources = &estate.program().sources;
    for policy in all(estate) {
        for finding in lint::lint(&policy.parsed, &policy.text, policy.kind) {
            out.push(found(estate, &policy, finding, sources));
        }
    }
}

fn found(
    estate: &Estate<'_>,
    policy: &ConfigPolicy<'_, '_>,
    finding: Finding,
    sources: &SourceMap,
) -> Found {
    let object = policy.object;
    let (home, home_block) = home(estate, policy);
    let value = string_at(&policy.text, &finding.span);
    let at = value
        .as_deref()
        .and_then(|v| literal(sources, home, v).or_else(|| bare_key(sources, home, v)))
        .or(object.at(&policy.attribute));
    let patch = finding.patch.as_ref().and_then(|p| {
        let old = string_at(&policy.text, &p.span)?;
        let new: String = serde_json::from_str(&p.replacement).ok()?;
        match literal(sources, home, &old) {
            Some(span) => Some(Patch {
                span,
                replacement: hcl(&new),
                text: p.text.clone(),
            }),
            None => Some(Patch {
                span: bare_key(sources, home, &old)?,
                replacement: key(&new),
                text: p.text.clone(),
            }),
        }
    });
    let mut message = finding.message;
    if let (Some(p), None) = (&finding.patch, &patch) {
        message = format!("{message} Suggestion: {}", p.text);
    }
    Found {
        rule: finding.rule,
        level: finding.level,
        address: object.address.to_string(),
        span: at,
        message,
        context: None,
        patch,
        block: home_block.or(object.header()),
    }
}

/// Returns where the text of a policy is written: the document that the argument names, or the argument's own expression.
fn home(estate: &Estate<'_>, policy: &ConfigPolicy<'_, '_>) -> (Option<Span>, Option<Span>) {
    let object = policy.object;
    if object.is_data() {
        return (Some(object.block.body.span), object.header());
    }
    let Some(attribute) = object.block.body.attribute(&policy.attribute) else {
        return (Some(object.block.body.span), None);
    };
    if let Some(name) = document_name(&attribute.expr) {
        let module = object.address.resource.module.path();
        let module = estate.program().modules.iter().find(|m| m.path == module);
        let found = module.and_then(|m| {
            m.resources
                .iter()
                .find(|(r, _)| &*r.type_name == "aws_iam_policy_document" && &*r.name == name)
                .map(|(_, b)| b)
        });
        if let Some(block) = found {
            return (Some(block.body.span), Some(block.header));
        }
    }
    (Some(attribute.expr.span), None)
}

/// Returns the name of the document in `data.aws_iam_policy_document.NAME…`.
fn document_name(expr: &Expr) -> Option<&str> {
    let ExprKind::Traversal { root, steps } = &expr.kind else {
        return None;
    };
    match steps.as_slice() {
        [
            TraversalStep::Attribute(ty),
            TraversalStep::Attribute(name),
            ..,
        ] if &*root.name == "data" && &*ty.name == "aws_iam_policy_document" => Some(&*name.name),
        _ => None,
    }
}

/// Returns the text of a JSON string of the policy.
fn string_at(policy: &str, span: &std::ops::Range<usize>) -> Option<String> {
    serde_json::from_str(policy.get(span.clone())?).ok()
}

/// Returns where a text stands between quotes in a part of a source, if it stands there once.
fn literal(sources: &SourceMap, within: Option<Span>, value: &str) -> Option<Span> {
    let within = within?;
    let text = sources.text(within);
    let needle = hcl(value);
    let mut places = text.match_indices(&needle);
    let (at, _) = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let start = within.start as usize + at;
    Some(Span::new(within.source, start, start + needle.len()))
}

/// Returns where a text stands as a key without quotes in a part of a source, if it stands there once.
fn bare_key(sources: &SourceMap, within: Option<Span>, value: &str) -> Option<Span> {
    let within = within?;
    if !is_identifier(value) {
        return None;
    }
    let text = sources.text(within);
    let is_part = |c: char| c.is_alphanumeric() || "_-.\"".contains(c);
    let mut places = text.match_indices(value).filter(|(at, found)| {
        let (before, after) = (
            text.get(..*at).unwrap_or_default(),
            text.get(at + found.len()..).unwrap_or_default(),
        );
        !before.ends_with(is_part) && !after.starts_with(is_part)
    });
    let (at, _) = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let start = within.start as usize + at;
    Some(Span::new(within.source, start, start + value.len()))
}

/// Writes a text as a key: without quotes where that is possible.
fn key(value: &str) -> String {
    if is_identifier(value) {
        value.to_owned()
    } else {
        hcl(value)
    }
}

/// Writes a text as a quoted text of the language.
fn hcl(value: &str) -> String {
    let json = serde_json::Value::from(value).to_string();
    json.replace("${", "$${").replace("%{", "%%{")
}
