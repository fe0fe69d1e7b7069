//! What an expression or a body names.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::base::Span;

use crate::lang::{
    address::{Mode, Resource},
    program::{Reference, Subject},
    syntax::{Block, Body, Expr, ExprKind, Ident, Item, TemplatePart, TraversalStep},
};

/// Collects the references of an expression, in the order of writing.
pub fn references(expr: &Expr) -> Vec<Reference> {
    let mut walk = Walk::default();
    walk.expr(expr);
    walk.found
}

/// Collects the references of a body and all its nested blocks; names that `dynamic` blocks bind are left out.
pub fn body_references(body: &Body) -> Vec<Reference> {
    let mut walk = Walk::default();
    walk.body(body);
    walk.found
}

#[derive(Default)]
struct Walk {
    bound: Vec<Arc<str>>,
    found: Vec<Reference>,
}

impl Walk {
    fn body(&mut self, body: &Body) {
        for item in &body.items {
            match item {
                Item::Attribute(a) => self.expr(&a.expr),
                Item::Block(b) if &*b.kind.name == "dynamic" => self.dynamic(b),
                Item::Block(b) => self.body(&b.body),
            }
        }
    }

    fn dynamic(&mut self, block: &Block) {
        let mut iterator = block.labels.first().map(|l| l.text.clone());
        for attribute in block.body.attributes() {
            match &*attribute.name.name {
                "iterator" => {
                    if let ExprKind::Traversal { root, .. } = &attribute.expr.kind {
                        iterator = Some(root.name.clone());
                    }
                }
                "for_each" => self.expr(&attribute.expr),
                _ => {}
            }
        }
        let depth = self.bound.len();
        self.bound.extend(iterator);
        for attribute in block.body.attributes() {
            if &*attribute.name.name == "labels" {
                self.expr(&attribute.expr);
            }
        }
        for inner in block.body.blocks() {
            self.body(&inner.body);
        }
        self.bound.truncate(depth);
    }

    fn all<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for e in exprs {
            self.expr(e);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::SplatItem => {}
            ExprKind::Template(t) => self.parts(&t.parts),
            ExprKind::Tuple(items) => self.all(items),
            ExprKind::Object(items) => {
                for i in items {
                    self.all([&i.key, &i.value]);
                }
            }
            ExprKind::Traversal { root, steps } => {
                if !self.bound.contains(&root.name) {
                    self.found.extend(reference(root, steps, expr.span));
                }
            }
            ExprKind::Relative { on, .. } => self.expr(on),
            ExprKind::Index { on, key, .. } => self.all([&**on, &**key]),
            ExprKind::Splat { on, each, .. } => self.all([&**on, &**each]),
            ExprKind::Call { args, .. } => self.all(args),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.all([&**condition, &**then, &**otherwise]),
            ExprKind::Binary { left, right, .. } => self.all([&**left, &**right]),
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::For(f) => {
                self.expr(&f.collection);
                self.with_names(f.key.iter().chain([&f.value]), |w| {
                    w.all(f.result_key.iter());
                    w.expr(&f.result);
                    w.all(f.condition.iter());
                });
            }
            ExprKind::Parens(inner) => self.expr(inner),
        }
    }

    fn parts(&mut self, parts: &[TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(..) => {}
                TemplatePart::Interpolation(e) => self.expr(e),
                TemplatePart::If {
                    condition,
                    then,
                    otherwise,
                    ..
                } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
                TemplatePart::For {
                    key,
                    value,
                    collection,
                    body,
                    ..
                } => {
                    self.expr(collection);
                    self.with_names(key.iter().chain([value]), |w| w.parts(body));
                }
            }
        }
    }

    fn with_names<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a Ident>,
        inside: impl FnOnce(&mut Self),
    ) {
        let depth = self.bound.len();
        self.bound.extend(names.into_iter().map(|n| n.name.clone()));
        inside(self);
        self.bound.truncate(depth);
    }
}

/// Reads a traversal as a reference; `None` where it is none.
pub fn reference(root: &Ident, steps: &[TraversalStep], span: Span) -> Option<Reference> {
    let name = |i: usize| match steps.get(i) {
        Some(TraversalStep::Attribute(id)) => Some(id.name.clone()),
        _ => None,
    };
    let resource = |mode, type_name: Arc<str>, at: usize| {
        Some((
            Subject::Resource(Resource {
                mode,
                type_name,
                name: name(at)?,
            }),
            at + 1,
        ))
    };
    let (subject, used) = match &*root.name {
        "var" => (Subject::Variable(name(0)?), 1),
        "local" => (Subject::Local(name(0)?), 1),
        "path" => (Subject::Path(name(0)?), 1),
        "terraform" => (Subject::Terraform(name(0)?), 1),
        "self" => (Subject::SelfObject, 0),
        "count" => (Subject::CountIndex, 1),
        "each" => match &*name(0)? {
            "key" => (Subject::EachKey, 1),
            _ => (Subject::EachValue, 1),
        },
        "data" => resource(Mode::Data, name(0)?, 1)?,
        "resource" => resource(Mode::Managed, name(0)?, 1)?,
        "module" => {
            let call = name(0)?;
            let keyed = usize::from(matches!(steps.get(1), Some(TraversalStep::Index(..))));
            match name(1 + keyed) {
                Some(output) => (Subject::ModuleOutput(call, output), 2 + keyed),
                None => (Subject::Module(call), 1),
            }
        }
        _ => resource(Mode::Managed, root.name.clone(), 0)?,
    };
    Some(Reference {
        subject,
        span,
        rest: steps.get(used..).unwrap_or_default().to_vec(),
    })
}

/// Returns the distinct subjects of references.
pub fn subjects<'a>(references: impl IntoIterator<Item = &'a Reference>) -> BTreeSet<Subject> {
    references.into_iter().map(|r| r.subject.clone()).collect()
}
