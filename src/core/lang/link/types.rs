//! Types of resources, and what is said of those that we do not know.

use std::sync::Arc;

use bastionless_model::{
    base::Diagnostic,
    schema::{Catalogue, Schema, SchemaKind},
};

use crate::lang::{
    address::{Mode, Provider, Resource},
    program::{ModuleId, Program, Repetition, ResourceBlock},
    suggest::did_you_mean,
    syntax::{Expr, ExprKind},
};

/// Returns the schema of a resource's type.
pub(super) fn schema_of(
    catalogue: &Catalogue,
    provider: &Provider,
    resource: &Resource,
) -> Option<Arc<Schema>> {
    if !catalogue.is_origin(&provider.host, &provider.namespace) {
        return None;
    }
    match resource.mode {
        Mode::Managed => catalogue.managed(&resource.type_name),
        Mode::Data => catalogue.data(&resource.type_name),
    }
}

/// Returns the schema of a provider's configuration.
pub(super) fn provider_schema(catalogue: &Catalogue, provider: &Provider) -> Option<Arc<Schema>> {
    catalogue
        .is_origin(&provider.host, &provider.namespace)
        .then(|| catalogue.provider(&provider.name))
        .flatten()
}

/// The error for a resource whose type we do not know. It is one only if the block has instances.
pub fn unsupported_type_diagnostic(block: &ResourceBlock) -> Diagnostic {
    let Resource {
        mode, type_name, ..
    } = &block.resource;
    let (kind, what, other) = match mode {
        Mode::Managed => (SchemaKind::Managed, "resource type", Mode::Data),
        Mode::Data => (SchemaKind::Data, "data source", Mode::Managed),
    };
    let provider = &block.provider.provider;
    if &*provider.namespace == "builtin" {
        let summary = match mode {
            Mode::Managed => "Invalid resource type",
            Mode::Data => "Invalid data source",
        };
        return Diagnostic::error(
            summary,
            format!(
                "The provider {provider} does not support {what} {:?}.",
                &**type_name
            ),
        )
        .at(block.header);
    }
    let catalogue = Catalogue::builtin();
    let twin = match other {
        Mode::Managed => catalogue.managed(type_name),
        Mode::Data => catalogue.data(type_name),
    };
    let hint = match twin {
        Some(_) if *mode == Mode::Managed => {
            format!(" Did you mean the data source {:?}?", &**type_name)
        }
        Some(_) => format!(" Did you mean the resource type {:?}?", &**type_name),
        None => did_you_mean(type_name, catalogue.names(kind)),
    };
    let summary = match mode {
        Mode::Managed => "Unsupported resource type",
        Mode::Data => "Unsupported data source",
    };
    Diagnostic::error(
        summary,
        format!(
            "bastionless does not support the {what} {:?} of provider {provider}.{hint} Keep it in a configuration that Terraform applies, or switch the block off with `count = 0` where its module allows that.",
            &**type_name
        ),
    )
    .at(block.header)
}

/// Tells whether a block has at least one instance whatever the values of variables are.
pub(super) fn surely_has_instances(program: &Program, id: ModuleId, block: &ResourceBlock) -> bool {
    let mut repetitions = vec![&block.repetition];
    let mut at = program.modules.get(id.0);
    while let Some((module, parent)) = at.and_then(|m| Some((m, m.parent?))) {
        let above = program.modules.get(parent.0);
        let name = module.path.0.last();
        if let Some(call) = above.zip(name).and_then(|(a, n)| a.calls.get(n)) {
            repetitions.push(&call.repetition);
        }
        at = above;
    }
    repetitions.into_iter().all(|r| match r {
        Repetition::Single => true,
        Repetition::Count(e) => literal_number(e).is_some_and(|n| n > 0),
        Repetition::ForEach(_) => false,
    })
}

fn literal_number(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(v) => v.as_i64(),
        ExprKind::Parens(e) => literal_number(e),
        _ => None,
    }
}
