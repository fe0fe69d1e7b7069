//! A plan that asks nobody: what `validate` can see.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    schema::Catalogue,
    value::{Type, Value},
};

use crate::{
    lang::{functions::Host, graph::StaticGraph, inputs::variable_value, program::Program},
    plan::{
        Options, Plan,
        finalise::Finaliser,
        policies::projected,
        settler::{Answer, Inputs, ReadKey, Round, Settler},
    },
    state::Snapshot,
};

/// Plans a configuration as if nothing existed: variables have their defaults or are unknown, data sources stay unknown, and what cannot
/// be evaluated so is left out. The configuration is one that [`crate::plan::validate`] finds no fault with. Returns the plan and the state that it leaves, with names in place of what is not known.
pub fn rehearse(
    program: &Arc<Program>,
    graph: &Arc<StaticGraph>,
    host: &Arc<dyn Host + Send + Sync>,
    catalogue: &'static Catalogue,
) -> Option<(Plan, Snapshot)> {
    // Importing needs objects that exist.
    let mut program = program.clone();
    if !program.imports.is_empty() {
        Arc::make_mut(&mut program).imports.clear();
    }
    let root = program.modules.first()?;
    let mut variables = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (name, variable) in &root.variables {
        let value = variable
            .default
            .as_ref()
            .and_then(|_| variable_value(variable, None).ok());
        let ty = variable.constraint.to_type();
        let value = value.unwrap_or_else(|| Value::unknown(ty.clone()));
        let is_text = value.is_unknown() && ty == Type::String;
        names.insert(
            name.clone(),
            if is_text {
                Value::from(format!("${{var.{name}}}"))
            } else {
                value.clone()
            },
        );
        variables.insert(name.clone(), value);
    }
    let mut settler = Settler::new(Inputs {
        program: program.clone(),
        graph: graph.clone(),
        variables,
        set_variables: Vec::new(),
        prior: Arc::new(Snapshot::default()),
        host: host.clone(),
        catalogue,
        options: Options {
            refresh: false,
            offline: true,
            ..Options::default()
        },
    });
    // Only the providers of the language itself still ask; nobody answers, and what depends on them is not judged.
    let mut answers: Vec<(ReadKey, Answer)> = Vec::new();
    let mut plan = loop {
        match settler.advance(std::mem::take(&mut answers)) {
            Round::Done(plan) => break *plan,
            Round::Needs(reads) => {
                answers.extend(reads.into_iter().map(|r| (r.key, Answer::Failed(nobody()))))
            }
        }
    };
    plan.variables = names;
    let shared = Arc::new(plan.clone());
    let mut finaliser = Finaliser::new(
        program.clone(),
        graph.clone(),
        shared,
        "default",
        host.clone(),
        catalogue,
    );
    let state = projected(&plan, &mut finaliser, catalogue);
    Some((plan, state))
}

fn nobody() -> OpError {
    OpError::new(OpErrorKind::Unsupported, "rehearse", "nobody is asked")
}
