//! What the references of an expression may name, and what they do name.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    schema::Block,
    value::Type,
};

use super::tree::TreeModule;
use crate::lang::{
    address::{Mode, Resource},
    blocks::invalid_self,
    program::{Module, ModuleId, Program, Reference, Repetition, ResourceBlock, Subject},
    suggest::did_you_mean,
    syntax::TraversalStep,
};

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) program: &'a Program,
    pub(super) module: ModuleId,
    /// `count.index` is there.
    pub(super) count: bool,
    /// `each` is there.
    pub(super) each: bool,
    /// `self` is there, or was reported already.
    pub(super) itself: bool,
    /// Uses of what is deprecated are not mentioned.
    pub(super) silent: bool,
    /// The module as decoded.
    pub(super) decoded: Option<&'a TreeModule>,
    /// The `check` block around it.
    pub(super) check: Option<&'a Arc<str>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(program: &'a Program, module: ModuleId) -> Self {
        Self {
            program,
            module,
            count: false,
            each: false,
            itself: false,
            silent: false,
            decoded: None,
            check: None,
        }
    }

    /// Returns the scope inside something that is repeated.
    pub(super) fn repeated(self, repetition: &Repetition) -> Self {
        Self {
            count: matches!(repetition, Repetition::Count(_)),
            each: matches!(repetition, Repetition::ForEach(_)),
            ..self
        }
    }

    fn module(&self) -> Option<&'a Module> {
        self.program.modules.get(self.module.0)
    }

    fn place(&self) -> String {
        match self.module() {
            Some(m) if !m.path.is_root() => m.path.to_string(),
            _ => "the root module".to_owned(),
        }
    }

    /// Reports what is wrong with references.
    pub(super) fn check(
        &self,
        (references, invalid): (Vec<Reference>, Diagnostics),
        diagnostics: &mut Diagnostics,
    ) {
        diagnostics.extend(invalid);
        let Some(module) = self.module() else { return };
        for r in &references {
            if let Err(d) = self.check_one(module, r) {
                diagnostics.push(*d);
            } else if !self.silent {
                diagnostics.0.extend(self.deprecated(module, r));
            }
        }
    }

    /// Warns of outputs that are not to be used any more.
    fn deprecated(&self, module: &Module, r: &Reference) -> Option<Diagnostic> {
        let (Subject::Module(call) | Subject::ModuleOutput(call, _)) = &r.subject else {
            return None;
        };
        let child = module.children.get(call)?;
        let outputs = &self.program.modules.get(child.0)?.outputs;
        let why = match &r.subject {
            Subject::ModuleOutput(_, output) => outputs.get(output)?.deprecated.as_ref(),
            _ => outputs.values().find_map(|o| o.deprecated.as_ref()),
        };
        Some(Diagnostic::warning("Deprecated value used", why?.clone()).at(r.span))
    }

    fn check_one(&self, module: &Module, r: &Reference) -> Result<(), Box<Diagnostic>> {
        let at = |summary: &'static str, detail: String| {
            Err(Box::new(Diagnostic::error(summary, detail).at(r.span)))
        };
        match &r.subject {
            Subject::Variable(name) if !module.variables.contains_key(name) => {
                let known = module.variables.keys().map(|k| &**k);
                let mut hint = did_you_mean(name, known);
                if hint.is_empty() {
                    hint = format!(
                        " This variable can be declared with a variable {:?} {{}} block.",
                        &**name
                    );
                }
                at(
                    "Reference to undeclared input variable",
                    format!("An input variable with the name {:?} has not been declared.{hint}", &**name),
                )
            }
            Subject::Local(name) if !module.locals.contains_key(name) => {
                let hint = did_you_mean(name, module.locals.keys().map(|k| &**k));
                at(
                    "Reference to undeclared local value",
                    format!("A local value with the name {:?} has not been declared.{hint}", &**name),
                )
            }
            Subject::Module(name) | Subject::ModuleOutput(name, _)
                if !module.calls.contains_key(name) =>
            {
                // A call whose module could not be found was reported there.
                if self.decoded.is_some_and(|t| t.raw.calls.contains_key(name)) {
                    return Ok(());
                }
                let hint = did_you_mean(name, module.calls.keys().map(|k| &**k));
                at(
                    "Reference to undeclared module",
                    format!("No module call named {:?} is declared in {}.{hint}", &**name, self.place()),
                )
            }
            Subject::ModuleOutput(call, output) => self.check_output(module, call, output, r),
            Subject::Resource(resource) => self.check_resource(module, resource, r),
            Subject::CountIndex if !self.count => at(
                "Reference to \"count\" in non-counted context",
                "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only when the \"count\" argument is set.".into(),
            ),
            Subject::EachKey | Subject::EachValue if !self.each => at(
                "Reference to \"each\" in context without for_each",
                "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \"for_each\" argument is set.".into(),
            ),
            Subject::SelfObject if !self.itself => Err(Box::new(invalid_self().at(r.span))),
            _ => Ok(()),
        }
    }

    fn check_output(
        &self,
        module: &Module,
        call: &Arc<str>,
        output: &Arc<str>,
        r: &Reference,
    ) -> Result<(), Box<Diagnostic>> {
        let step = output_span(r, output);
        let child = module
            .children
            .get(call)
            .and_then(|c| self.program.modules.get(c.0));
        match module.calls.get(call).map(|c| &c.repetition) {
            // The name is the key of an instance then: that is for the evaluation to judge.
            Some(Repetition::ForEach(_)) if r.is_unkeyed_output() => return Ok(()),
            Some(Repetition::Count(_)) if r.is_unkeyed_output() => {
                let known = child.is_some_and(|c| c.outputs.contains_key(output));
                let what = if known {
                    format!("attribute {:?}", &**output)
                } else {
                    "an attribute".to_owned()
                };
                let detail = format!(
                    "Can't access attributes on a list of objects. Did you mean to access {what} for a specific element of the list, or across all elements of the list?"
                );
                return Err(Box::new(
                    Diagnostic::error("Unsupported attribute", detail).at(step),
                ));
            }
            _ => {}
        }
        let Some(child) = child.filter(|c| !c.outputs.contains_key(output)) else {
            return Ok(());
        };
        let hint = did_you_mean(output, child.outputs.keys().map(|k| &**k));
        Err(Box::new(
            Diagnostic::error(
                "Unsupported attribute",
                format!(
                    "This object does not have an attribute named {:?}.{hint}",
                    &**output
                ),
            )
            .at(step),
        ))
    }

    fn check_resource(
        &self,
        module: &Module,
        resource: &Resource,
        r: &Reference,
    ) -> Result<(), Box<Diagnostic>> {
        let Some(block) = module.resources.get(resource) else {
            return Err(Box::new(self.undeclared(module, resource).at(r.span)));
        };
        if block.check.is_some() && block.check.as_ref() != self.check {
            return Err(Box::new(
                Diagnostic::error(
                    "Reference to scoped resource",
                    format!("The referenced data resource {:?} {:?} is not available from this context.", &*resource.type_name, &*resource.name),
                )
                .at(r.span),
            ));
        }
        check_key(block, r)?;
        let rest = match r.rest.first() {
            Some(TraversalStep::Index(..)) => r.rest.get(1..),
            _ => r.rest.get(..),
        };
        match &block.schema {
            Some(schema) => check_attribute(&schema.block, rest.unwrap_or_default()),
            None => Ok(()),
        }
    }

    fn undeclared(&self, module: &Module, resource: &Resource) -> Diagnostic {
        let (word, other) = match resource.mode {
            Mode::Managed => ("managed", Mode::Data),
            Mode::Data => ("data", Mode::Managed),
        };
        let twin = Resource {
            mode: other,
            ..resource.clone()
        };
        let hint = if module.resources.contains_key(&twin) {
            let kind = if other == Mode::Data {
                "data"
            } else {
                "managed"
            };
            format!("\n\nDid you mean the {kind} resource {twin}?")
        } else {
            let mut names = module
                .resources
                .keys()
                .filter(|k| k.mode == resource.mode && k.type_name == resource.type_name)
                .map(|k| &*k.name);
            did_you_mean(&resource.name, &mut names)
        };
        Diagnostic::error(
            "Reference to undeclared resource",
            format!(
                "A {word} resource {:?} {:?} has not been declared in {}.{hint}",
                &*resource.type_name,
                &*resource.name,
                self.place()
            ),
        )
    }
}

/// Returns where the name of the output stands in a reference to it, its dot included.
fn output_span(r: &Reference, output: &str) -> Span {
    Span {
        start: r.span.end.saturating_sub(short(output.len() + 1)),
        ..r.span
    }
}

fn short(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Reports an instance key that is missing or must not be there.
fn check_key(block: &ResourceBlock, r: &Reference) -> Result<(), Box<Diagnostic>> {
    let address = &block.resource;
    let problem = match (&block.repetition, r.rest.first()) {
        (Repetition::Single, Some(TraversalStep::Index(..))) => Diagnostic::error(
            "Unexpected resource instance key",
            format!(
                "Because {address} does not have \"count\" or \"for_each\" set, references to it must not include an index key. Remove the bracketed index to refer to the single instance of this resource."
            ),
        ),
        (Repetition::Count(_), Some(TraversalStep::Attribute(_))) => Diagnostic::error(
            "Missing resource instance key",
            format!(
                "Because {address} has \"count\" set, its attributes must be accessed on specific instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    {address}[count.index]"
            ),
        ),
        (Repetition::ForEach(_), Some(TraversalStep::Attribute(_))) => Diagnostic::error(
            "Missing resource instance key",
            format!(
                "Because {address} has \"for_each\" set, its attributes must be accessed on specific instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    {address}[each.key]"
            ),
        ),
        _ => return Ok(()),
    };
    Err(Box::new(problem.at(r.span)))
}

/// Follows steps into an object as far as its schema knows them.
pub(super) fn check_attribute(
    block: &Block,
    steps: &[TraversalStep],
) -> Result<(), Box<Diagnostic>> {
    let Some((TraversalStep::Attribute(name), rest)) = steps.split_first() else {
        return Ok(());
    };
    if let Some(attribute) = block.attributes.get(&name.name) {
        return check_type(&attribute.ty, rest);
    }
    if let Some(nested) = block.blocks.get(&name.name) {
        return check_type(&nested.implied_type(), rest);
    }
    let known = block.attributes.keys().chain(block.blocks.keys());
    let hint = did_you_mean(&name.name, known.map(|k| &**k));
    Err(unsupported(
        format!(
            "This object has no argument, nested block, or exported attribute named {:?}.{hint}",
            &*name.name
        ),
        name.span,
    ))
}

fn check_type(ty: &Type, steps: &[TraversalStep]) -> Result<(), Box<Diagnostic>> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok(());
    };
    match (ty, step) {
        (Type::Object(ats), TraversalStep::Attribute(name)) => match ats.get(&name.name) {
            Some(ty) => check_type(ty, rest),
            None => {
                let hint = did_you_mean(&name.name, ats.keys().map(|k| &**k));
                Err(unsupported(
                    format!(
                        "This object does not have an attribute named {:?}.{hint}",
                        &*name.name
                    ),
                    name.span,
                ))
            }
        },
        (Type::Map(element), _) | (Type::List(element), TraversalStep::Index(..)) => {
            check_type(element, rest)
        }
        (Type::List(element) | Type::Set(element), TraversalStep::Attribute(name)) => {
            let what = if matches!(ty, Type::List(_)) {
                "list"
            } else {
                "set"
            };
            let known = matches!(&**element, Type::Object(ats) if ats.contains_key(&name.name));
            let named = if known {
                format!(" {:?}", &*name.name)
            } else {
                String::new()
            };
            let detail = if what == "list" && matches!(**element, Type::Object(_)) {
                format!(
                    "Can't access attributes on a list of objects. Did you mean to access attribute{named} for a specific element of the list, or across all elements of the list?"
                )
            } else if what == "set" && matches!(**element, Type::Object(_)) {
                "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?".to_owned()
            } else {
                "This value does not have any attributes.".to_owned()
            };
            Err(unsupported(detail, name.span))
        }
        (Type::Bool | Type::Number | Type::String, TraversalStep::Attribute(name)) => {
            Err(unsupported(
                format!(
                    "Can't access attributes on a primitive-typed value ({}).",
                    ty.friendly_name()
                ),
                name.span,
            ))
        }
        _ => Ok(()),
    }
}

fn unsupported(detail: String, span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("Unsupported attribute", detail).at(span))
}
