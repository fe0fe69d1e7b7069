//! `provider`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    constant::literal,
    content::check_labels,
    provider_name::check_local,
    raw::{RawModule, RawProvider},
    refused::refused,
    terraform::version,
};
use crate::lang::{
    program::LocalProvider,
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Body, Item},
};

/// Decodes a `provider` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if !check_labels(block, &["name"], diagnostics) {
        return;
    }
    let Some(label) = block.labels.first() else {
        return;
    };
    check_local(&label.text, block.header, diagnostics);
    let mut local = LocalProvider {
        name: label.text.clone(),
        alias: None,
    };
    let mut items = Vec::new();
    for item in &block.body.items {
        match item {
            Item::Attribute(a) => match &*a.name.name {
                "alias" => match literal(&a.expr) {
                    Some((alias, _)) if is_identifier(&alias) => local.alias = Some(alias),
                    _ => diagnostics.push(
                        Diagnostic::error("Invalid provider configuration alias", BAD_IDENTIFIER)
                            .at(a.expr.span),
                    ),
                },
                "version" => {
                    version(&a.expr, diagnostics);
                    diagnostics.push(
                        Diagnostic::warning(
                            "Version constraints inside provider configuration blocks are deprecated",
                            "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, move the provider version constraint into the required_providers block.",
                        )
                        .at(a.name.span),
                    );
                }
                name @ ("count" | "depends_on" | "for_each" | "source") => diagnostics.push(
                    Diagnostic::error(
                        "Reserved argument name in provider block",
                        format!("The provider argument name {name:?} is reserved for use by Terraform in a future version."),
                    )
                    .at(a.name.span),
                ),
                _ => items.push(item.clone()),
            },
            Item::Block(b) => match &*b.kind.name {
                name @ ("lifecycle" | "locals") => diagnostics.push(
                    Diagnostic::error(
                        "Reserved block type name in provider block",
                        format!("The block type name {name:?} is reserved for use by Terraform in a future version."),
                    )
                    .at(b.kind.span),
                ),
                "_" => diagnostics.0.extend(refused(b)),
                _ => items.push(item.clone()),
            },
        }
    }
    let provider = RawProvider {
        header: block.header,
        is_empty: items.is_empty(),
        body: Body {
            items,
            ..block.body.clone()
        },
    };
    if let Some(first) = raw.providers.get(&local) {
        diagnostics.push(
            duplicate(&local)
                .at(block.header)
                .context(first.header, "it was already given here"),
        );
    } else {
        raw.providers.insert(local, provider);
    }
}

fn duplicate(local: &LocalProvider) -> Diagnostic {
    let name = &*local.name;
    let detail = match local.alias.as_deref() {
        None => format!(
            "A default (non-aliased) provider configuration for {name:?} was already given. If multiple configurations are required, set the \"alias\" argument for alternative configurations."
        ),
        Some(alias) => format!(
            "A provider configuration for {name:?} with alias {alias:?} was already given. Each configuration for the same provider must have a distinct alias."
        ),
    };
    Diagnostic::error("Duplicate provider configuration", detail)
}
