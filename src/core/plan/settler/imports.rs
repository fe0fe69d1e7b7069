//! `import` blocks.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceId, Span},
    cloud::{Identity, Observed},
    schema::plan,
    value::Value,
};

use super::{Answer, Question, Read, ReadKey, Settler, provider::is_builtin};
use crate::{
    lang::{
        address::{AbsInstance, ConfigResource, ModuleInstance},
        program::{Import, ModuleId, Program, ResourceBlock},
    },
    plan::{
        imports,
        world::{Each, ModuleScope},
    },
};

/// The imports of a run.
pub(super) struct Imports {
    blocks: Vec<Import>,
    /// Evaluated: address to id.
    wanted: BTreeMap<AbsInstance, (String, Span)>,
    evaluated: Vec<bool>,
    /// Resources with an import that says nothing.
    broken: BTreeSet<ConfigResource>,
    found: BTreeMap<AbsInstance, (String, Value)>,
}

impl Imports {
    /// Takes the blocks of a program, and what the command line asks for.
    pub(super) fn new(program: &Program, asked: &[(AbsInstance, String)]) -> Self {
        let nowhere = Span::new(SourceId(u32::MAX), 0, 0);
        Self {
            blocks: program.imports.clone(),
            wanted: asked
                .iter()
                .map(|(a, id)| (a.clone(), (id.clone(), nowhere)))
                .collect(),
            evaluated: vec![false; program.imports.len()],
            broken: BTreeSet::new(),
            found: BTreeMap::new(),
        }
    }

    /// Returns the object that is imported to an address, with its id.
    pub(super) fn found(&self, address: &AbsInstance) -> Option<(String, Value)> {
        self.found.get(address).cloned()
    }

    /// Tells whether an object is to be imported to an address.
    pub(super) fn is_wanted(&self, address: &AbsInstance) -> bool {
        self.wanted.contains_key(address) || self.broken.contains(&address.resource.config())
    }

    /// Returns all objects that were found: address, id, value.
    pub(super) fn all(&self) -> impl Iterator<Item = (&AbsInstance, &str, &Value)> {
        self.found.iter().map(|(a, (id, v))| (a, id.as_str(), v))
    }

    /// Adds an import from the command line.
    pub(super) fn add(&mut self, address: AbsInstance, id: String, span: Span) {
        self.wanted.insert(address, (id, span));
    }

    /// Returns the addresses that no block of the configuration made.
    pub(super) fn unused(&self, made: impl Fn(&AbsInstance) -> bool) -> Vec<(&AbsInstance, Span)> {
        self.wanted
            .iter()
            .filter(|(a, _)| !made(a))
            .map(|(a, (_, s))| (a, *s))
            .collect()
    }
}

impl Settler {
    /// Evaluates the imports to a resource and asks for their objects; takes over the answers.
    pub(super) fn prepare_imports(&mut self, id: ModuleId, block: &ResourceBlock) -> Vec<Read> {
        let Some(path) = self.world.module(id).map(|m| m.path.clone()) else {
            return Vec::new();
        };
        for n in 0..self.imports.blocks.len() {
            let Some(import) = self.imports.blocks.get(n).cloned() else {
                continue;
            };
            let here = import.to.resource == block.resource && import.to.module.path() == path;
            let Some(done) = self.imports.evaluated.get_mut(n) else {
                continue;
            };
            if here && !std::mem::replace(done, true) {
                let outcome = self.evaluate_import(block, &import);
                if let Err(d) = outcome {
                    self.imports.broken.insert(import.to.config());
                    self.conditions.diagnostics.extend(d);
                }
            }
        }
        let targets: Vec<(AbsInstance, String)> = self
            .imports
            .wanted
            .iter()
            .filter(|(a, _)| {
                a.resource.resource == block.resource && a.resource.module.path() == path
            })
            .filter(|(a, _)| self.prior.object(a, None).is_none())
            .map(|(a, (id, _))| (a.clone(), id.clone()))
            .collect();
        targets
            .into_iter()
            .filter_map(|(address, id)| self.fetch(block, &address, &id))
            .collect()
    }

    fn fetch(&mut self, block: &ResourceBlock, address: &AbsInstance, id: &str) -> Option<Read> {
        let schema = block.schema.clone()?;
        let key = ReadKey::Import(address.clone());
        if is_builtin(&block.provider.provider) {
            let value = super::provider::empty(&schema).with("id", Value::from(id));
            self.imports
                .found
                .insert(address.clone(), (id.to_owned(), value));
            return None;
        }
        let span = self
            .imports
            .wanted
            .get(address)
            .map_or(block.header, |(_, s)| *s);
        let problem = |detail: String| {
            Diagnostic::error("Cannot import non-existent remote object", detail).at(span)
        };
        match self.answers.get(&key) {
            None => {
                let (id, region) = match id.split_once('@') {
                    Some((id, region)) if schema.block.attributes.contains_key("region") => {
                        (id, Some(Arc::from(region)))
                    }
                    _ => (id, None),
                };
                let question = Question::Observe {
                    provider: block.provider.clone(),
                    type_name: block.resource.type_name.clone(),
                    region,
                    identity: Identity {
                        id: id.to_owned(),
                        prior: None,
                    },
                };
                Some(Read { key, question })
            }
            Some(Answer::Observed(Observed::Present(v))) => {
                let value = plan::normalise_read(&schema, &self.settings(&block.provider), None, v);
                self.imports
                    .found
                    .insert(address.clone(), (id.to_owned(), value));
                None
            }
            Some(Answer::Observed(Observed::Unreadable(e)) | Answer::Failed(e)) => {
                let text = format!("Reading {id} for {address}: {e}.");
                self.conditions
                    .diagnostics
                    .push(Diagnostic::error("Import failed", text).at(span));
                None
            }
            Some(_) => {
                self.conditions.diagnostics.push(problem(format!(
                    "While attempting to import an existing object to \"{address}\", the provider detected that no object exists with the given id. Only pre-existing objects can be imported; check that the id is correct and that it is associated with the provider's configured region or endpoint, or use \"bastionless apply\" to create a new remote object for this resource."
                )));
                None
            }
        }
    }

    fn evaluate_import(
        &mut self,
        block: &ResourceBlock,
        import: &Import,
    ) -> Result<(), Diagnostics> {
        let root = ModuleInstance::default();
        let turns = match &import.for_each {
            None => vec![Each::default()],
            Some(expr) => {
                let value = ModuleScope::new(&self.world, &root).evaluate(expr)?;
                imports::turns(expr, &value)?.ok_or_else(|| imports::not_known_yet(expr))?
            }
        };
        for each in turns {
            let address = imports::address(import, &each)?;
            let id = {
                let scope = ModuleScope::new(&self.world, &root).with_each(each);
                imports::id(&scope.evaluate(&import.id)?, import)?.ok_or_else(|| {
                    Diagnostic::error(
                        "Invalid import id argument",
                        "The import block \"id\" argument depends on resource attributes that cannot be determined until apply, so bastionless cannot plan to import this resource.",
                    )
                    .at(import.id.span)
                })?
            };
            if self
                .imports
                .wanted
                .get(&address)
                .is_some_and(|(other, _)| *other != id)
            {
                return Err(Diagnostic::error(
                    format!("Duplicate import configuration for \"{address}\""),
                    "An import block for this resource was already declared. A resource can have only one import block.",
                )
                .at(import.span)
                .into());
            }
            if let Some(text) = imports::unfit(block, &address.key) {
                let d = Diagnostic::error("Invalid import 'to' expression", text);
                return Err(d.at(import.to_span).into());
            }
            self.imports.add(address, id, import.span);
        }
        Ok(())
    }
}
