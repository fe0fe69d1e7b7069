//! `terraform`

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::Type,
};

use super::{
    constant::{keyword, list, literal, primitive},
    content::{Shape, check_labels},
    names::{not_static, provider_reference},
    provider_name::{check_local, source},
    raw::{RawModule, RequiredProvider},
    refused::refused,
};
use crate::lang::{
    address::Provider,
    program::Backend,
    syntax::{Attribute, Block, Expr, ExprKind, Ident, ObjectItem},
    version::VersionConstraint,
};

const TERRAFORM: Shape = Shape {
    required: &[],
    optional: &["required_version", "experiments", "language"],
    blocks: &[
        ("backend", &["type"]),
        ("required_providers", &[]),
        ("cloud", &[]),
        ("provider_meta", &["provider"]),
        ("state_store", &["type"]),
    ],
};

/// Decodes a `terraform` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    check_labels(block, &[], diagnostics);
    TERRAFORM.check(&block.body, diagnostics);
    for attribute in block.body.attributes() {
        match &*attribute.name.name {
            "required_version" => {
                let null = matches!(&attribute.expr.kind, ExprKind::Literal(v) if v.is_null());
                if null {
                    continue;
                }
                if let Some((constraint, text)) = version(&attribute.expr, diagnostics) {
                    if text.contains('-') {
                        diagnostics.push(
                            Diagnostic::error(
                                "Invalid required_version constraint",
                                format!("Prerelease version constraints are not supported: {text}. Remove the prerelease information from the constraint. Prerelease versions of terraform will match constraints using their version core only."),
                            )
                            .at(attribute.span),
                        );
                        continue;
                    }
                    raw.required_versions.push((constraint, attribute.span));
                }
            }
            "experiments" => experiments(attribute, diagnostics),
            "language" => language(attribute, diagnostics),
            _ => {}
        }
    }
    for inner in block.body.blocks() {
        match &*inner.kind.name {
            "backend" => backend(inner, raw, diagnostics),
            "required_providers" => required_providers(inner, raw, diagnostics),
            "provider_meta" if inner.labels.first().is_some_and(|l| &*l.text == "aws") => {
                provider_meta(inner, raw, diagnostics);
            }
            _ => diagnostics.0.extend(refused(inner)),
        }
    }
}

/// Decodes a version constraint.
pub(super) fn version(
    expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> Option<(VersionConstraint, String)> {
    let Some((text, span)) = literal(expr) else {
        diagnostics.push(
            Diagnostic::error(
                "Invalid version constraint",
                "A string value is required for a version constraint.",
            )
            .at(expr.span),
        );
        return None;
    };
    let constraint = diagnostics.ok(parse_version(&text, span))?;
    Some((constraint, text.to_string()))
}

/// Reads a version constraint.
///
/// # Errors
/// It is none.
pub(crate) fn parse_version(text: &str, at: Span) -> Result<VersionConstraint, Diagnostic> {
    VersionConstraint::parse(text).ok_or_else(|| {
        Diagnostic::error(
            "Invalid version constraint",
            "This string does not use correct version constraint syntax.",
        )
        .at(at)
    })
}

fn experiments(attribute: &Attribute, diagnostics: &mut Diagnostics) {
    list(attribute, diagnostics);
    if matches!(attribute.expr.kind, ExprKind::Tuple(_)) {
        diagnostics.push(
            Diagnostic::error(
                "Module uses experimental features",
                "Experimental features are intended only for gathering early feedback on new language designs, and so are available only in alpha releases of Terraform.",
            )
            .at(attribute.name.span),
        );
    }
}

fn language(attribute: &Attribute, diagnostics: &mut Diagnostics) {
    let known = keyword(&attribute.expr).is_some_and(|k| &*k.name == "TF2021");
    if !known {
        diagnostics.push(
            Diagnostic::error(
                "Unsupported language edition",
                "The only edition of the language is TF2021. Remove this argument.",
            )
            .at(attribute.expr.span),
        );
    }
}

fn backend(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    let Some(label) = block.labels.first() else {
        return;
    };
    if let Some(first) = &raw.backend {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate 'backend' configuration block",
                "A module may have only one 'backend' configuration block.",
            )
            .at(block.header)
            .context(
                first.kind.span,
                "the backend was previously configured here",
            ),
        );
        return;
    }
    if !matches!(&*label.text, "local" | "s3") {
        diagnostics.push(
            Diagnostic::error(
                "Unsupported backend type",
                format!(
                    "There is no backend type named {:?} in bastionless: state is kept by \"s3\" or \"local\". Change the block, and take the state along with `state adopt`.",
                    &*label.text
                ),
            )
            .at(label.span),
        );
        return;
    }
    raw.backend = Some(Backend {
        kind: Ident {
            name: label.text.clone(),
            span: label.span,
        },
        body: block.body.clone(),
    });
}

const PROVIDER_META: Shape = Shape {
    required: &[],
    optional: &["user_agent"],
    blocks: &[],
};

/// Decodes what a module wants to be named as in the calls for its resources.
fn provider_meta(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    PROVIDER_META.check(&block.body, diagnostics);
    let Some(attribute) = block.body.attribute("user_agent") else {
        return;
    };
    for item in list(attribute, diagnostics) {
        let text = primitive(item, &Type::String, diagnostics);
        let product = text.as_ref().and_then(|t| t.as_str()).map(product);
        raw.products.extend(product);
    }
}

/// Brings a product to the form `name/version` of a user agent, which holds few characters beside letters and digits.
fn product(text: &str) -> Arc<str> {
    let token = |t: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        t.chars()
            .map(|c| if allowed(c) { c } else { '-' })
            .collect::<String>()
    };
    match text.split_once('/') {
        Some((name, version)) => format!("{}/{}", token(name), token(version)).into(),
        None => token(text).into(),
    }
}

fn required_providers(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if let Some(first) = raw.required_providers_at {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate required providers configuration",
                "A module may have only one required providers configuration.",
            )
            .at(block.header)
            .context(
                first,
                "the required providers were previously configured here",
            ),
        );
        return;
    }
    raw.required_providers_at = Some(block.header);
    for inner in block.body.blocks() {
        diagnostics.push(
            Diagnostic::error(
                format!("Unexpected {:?} block", &*inner.kind.name),
                "Blocks are not allowed here.",
            )
            .at(inner.kind.span),
        );
    }
    for attribute in block.body.attributes() {
        let name = &attribute.name.name;
        check_local(name, attribute.span, diagnostics);
        if let Some(entry) = required_provider(attribute, diagnostics) {
            raw.required_providers.insert(name.clone(), entry);
        }
    }
}

fn required_provider(
    attribute: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Option<RequiredProvider> {
    let mut entry = RequiredProvider {
        span: attribute.span,
        provider: Provider::implied(&attribute.name.name),
        version: None,
        aliases: Vec::new(),
    };
    match &attribute.expr.kind {
        ExprKind::Object(items) => {
            for item in items {
                entry_item(item, &mut entry, diagnostics);
            }
        }
        _ if literal(&attribute.expr).is_some() => {
            let (constraint, text) = version(&attribute.expr, diagnostics)?;
            entry.version = Some((constraint, text, attribute.expr.span));
        }
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid required_providers syntax",
                    "required_providers entries must be strings or objects.",
                )
                .at(attribute.expr.span),
            );
            return None;
        }
    }
    Some(entry)
}

fn entry_item(item: &ObjectItem, entry: &mut RequiredProvider, diagnostics: &mut Diagnostics) {
    match literal(&item.key).as_ref().map(|(k, _)| &**k) {
        Some("version") => {
            entry.version = version(&item.value, diagnostics)
                .map(|(constraint, text)| (constraint, text, item.value.span));
        }
        Some("source") => match literal(&item.value) {
            Some((text, span)) => {
                if let Some(provider) = diagnostics.ok(source(&text, span).map_err(|d| *d)) {
                    entry.provider = provider;
                }
            }
            None => diagnostics.push(
                Diagnostic::error("Invalid source", "Source must be specified as a string.")
                    .at(item.value.span),
            ),
        },
        Some("configuration_aliases") => {
            let ExprKind::Tuple(names) = &item.value.kind else {
                diagnostics.push(
                    Diagnostic::error("Invalid expression", "A static list expression is required.")
                        .at(item.value.span),
                );
                return;
            };
            let names = names
                .iter()
                .filter_map(|n| match &n.kind {
                    ExprKind::Traversal { .. } => {
                        provider_reference(n, "configuration_aliases", diagnostics)
                    }
                    _ => {
                        diagnostics.push(not_static(n.span));
                        None
                    }
                });
            entry.aliases = names.collect();
        }
        _ => diagnostics.push(
            Diagnostic::error(
                "Invalid required_providers object",
                "required_providers objects can only contain \"version\", \"source\" and \"configuration_aliases\" attributes. To configure a provider, use a \"provider\" block.",
            )
            .at(item.key.span),
        ),
    }
}
