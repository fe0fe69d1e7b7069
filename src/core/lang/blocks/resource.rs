//! `resource` and `data`

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    content::check_labels,
    lifecycle,
    meta::repetition,
    names::{depends_on, provider_reference},
    raw::{RawModule, RawResource},
    refused::refused,
};
use crate::lang::{
    address::{Mode, ModulePath, Provider, ProviderConfig, Resource},
    program::{LocalProvider, ResourceBlock},
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Body, Item},
};

const META: [&str; 4] = ["count", "for_each", "provider", "depends_on"];

/// Decodes a `resource` or `data` block; `check` is the name of the `check` block that holds it.
pub(super) fn decode(
    block: &Block,
    mode: Mode,
    check: Option<&Arc<str>>,
    raw: &mut RawModule,
    diagnostics: &mut Diagnostics,
) -> Option<Resource> {
    check_labels(block, &["type", "name"], diagnostics);
    let [type_label, name_label, ..] = block.labels.as_slice() else {
        return None;
    };
    let what = if mode == Mode::Data {
        "data"
    } else {
        "resource"
    };
    for (label, part) in [(type_label, "type name"), (name_label, "name")] {
        if !is_identifier(&label.text) {
            let summary = if mode == Mode::Data {
                format!("Invalid data source {}", part.trim_start_matches("type "))
            } else {
                format!("Invalid resource {part}")
            };
            diagnostics.push(Diagnostic::error(summary, BAD_IDENTIFIER).at(label.span));
        }
    }
    let resource = Resource {
        mode,
        type_name: type_label.text.clone(),
        name: name_label.text.clone(),
    };
    let body = &block.body;
    let named = body.attribute("provider");
    let provider = named
        .and_then(|a| provider_reference(&a.expr, "provider", diagnostics))
        .unwrap_or_else(|| LocalProvider {
            name: implied_provider(&type_label.text),
            alias: None,
        });
    let block = RawResource {
        provider,
        provider_span: named.map_or(type_label.span, |a| a.expr.span),
        block: ResourceBlock {
            resource: resource.clone(),
            header: block.header,
            repetition: repetition(body, diagnostics),
            provider: ProviderConfig {
                module: ModulePath::default(),
                provider: Provider::implied(&implied_provider(&type_label.text)),
                alias: None,
            },
            depends_on: depends_on(body, diagnostics),
            lifecycle: lifecycle::decode(body, &resource, diagnostics),
            body: own_body(body, what, diagnostics),
            schema: None,
            check: check.cloned(),
            problems: Diagnostics::default(),
        },
    };
    if let Some(first) = raw.resources.get(&resource) {
        diagnostics.push(duplicate(&resource, &block, first));
        return None;
    }
    raw.resources.insert(resource.clone(), block);
    Some(resource)
}

/// The local name of the provider that a type belongs to: what stands before the first underscore.
fn implied_provider(type_name: &str) -> Arc<str> {
    type_name.split('_').next().unwrap_or(type_name).into()
}

/// Takes the meta-arguments out of a body and reports the blocks that are not for the provider.
fn own_body(body: &Body, what: &str, diagnostics: &mut Diagnostics) -> Body {
    let mut items = Vec::new();
    for item in &body.items {
        match item {
            Item::Attribute(a) if META.contains(&&*a.name.name) => {}
            Item::Attribute(_) => items.push(item.clone()),
            Item::Block(b) => match &*b.kind.name {
                "lifecycle" => {}
                "locals" => diagnostics.push(
                    Diagnostic::error(
                        format!("Reserved block type name in {what} block"),
                        "The block type name \"locals\" is reserved for use by Terraform in a future version.",
                    )
                    .at(b.kind.span),
                ),
                "provisioner" | "connection" | "_" => diagnostics.0.extend(refused(b)),
                _ => items.push(item.clone()),
            },
        }
    }
    Body {
        items,
        ..body.clone()
    }
}

fn duplicate(resource: &Resource, second: &RawResource, first: &RawResource) -> Diagnostic {
    let (kind, word) = match resource.mode {
        Mode::Managed => ("resource", "Resource"),
        Mode::Data => ("data resource", "Resource"),
    };
    let type_name = &*resource.type_name;
    let summary = match resource.mode {
        Mode::Managed => format!("Duplicate resource {type_name:?} configuration"),
        Mode::Data => format!("Duplicate data {type_name:?} configuration"),
    };
    Diagnostic::error(
        summary,
        format!(
            "A {type_name} {kind} named {:?} was already declared. {word} names must be unique per type in each module. Rename or remove one of them.",
            &*resource.name
        ),
    )
    .at(second.block.header)
    .context(first.block.header, "the first declaration is here")
}
