//! What expressions and bodies refer to.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::base::{Diagnostic, Diagnostics, Span};

use crate::lang::{
    address::{Mode, Resource},
    program::{Reference, Subject},
    suggest::did_you_mean,
    syntax::{Block, Body, Expr, ExprKind, Ident, Item, TemplatePart, TraversalStep},
};

/// Collects the references of an expression in the order of writing, and says which ones make no sense. Names bound by
/// `for` expressions and template directives are left out.
pub fn references(expr: &Expr) -> (Vec<Reference>, Diagnostics) {
    let mut walk = Walk::default();
    walk.expr(expr);
    (walk.found, walk.diagnostics)
}

/// Collects the references of a body and all its nested blocks; names that `dynamic` blocks bind are left out.
pub fn body_references(body: &Body) -> (Vec<Reference>, Diagnostics) {
    let mut walk = Walk::default();
    walk.body(body);
    (walk.found, walk.diagnostics)
}

/// Returns the names that an expression takes from its surroundings: the root of every traversal not bound inside.
pub(super) fn free_names(parts: &[TemplatePart]) -> Vec<Ident> {
    let mut walk = Walk {
        names_only: true,
        ..Walk::default()
    };
    walk.parts(parts);
    walk.roots
}

#[derive(Default)]
struct Walk {
    bound: Vec<Arc<str>>,
    found: Vec<Reference>,
    diagnostics: Diagnostics,
    names_only: bool,
    roots: Vec<Ident>,
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

    fn traversal(&mut self, root: &Ident, steps: &[TraversalStep]) {
        if self.bound.contains(&root.name) {
            return;
        }
        if self.names_only {
            self.roots.push(root.clone());
            return;
        }
        match reference(root, steps) {
            Ok(r) => self.found.push(r),
            Err(d) => self.diagnostics.push(d),
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
            ExprKind::Traversal { root, steps } => self.traversal(root, steps),
            ExprKind::Relative { on, .. } => self.expr(on),
            ExprKind::Index { on, key, .. } => self.all([&**on, &**key]),
            ExprKind::Splat { on, each, .. } => self.all([&**on, &**each]),
            ExprKind::Call { name, args, .. } => {
                // The second argument of `convert` is a type.
                let types = usize::from(matches!(&*name.name, "convert" | "core::convert"));
                self.all(args.iter().take(args.len().saturating_sub(types)));
            }
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.all([&**condition, &**then, &**otherwise]),
            ExprKind::Binary { .. } => self.binary(expr),
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

    /// Walks down the left side without calling itself: chains of operators are long.
    fn binary(&mut self, expr: &Expr) {
        let mut rights = Vec::new();
        let mut left = expr;
        while let ExprKind::Binary { left: l, right, .. } = &left.kind {
            rights.push(&**right);
            left = l;
        }
        self.expr(left);
        self.all(rights.into_iter().rev());
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

fn invalid<T>(span: Span, detail: impl Into<String>) -> Result<T, Diagnostic> {
    Err(Diagnostic::error("Invalid reference", detail).at(span))
}

fn step_span(step: &TraversalStep) -> Span {
    match step {
        TraversalStep::Attribute(name) => name.span,
        TraversalStep::Index(_, span) => *span,
    }
}

fn whole(root: &Ident, steps: &[TraversalStep]) -> Span {
    steps
        .last()
        .map_or(root.span, |s| root.span.to(step_span(s)))
}

/// Reads a traversal as a reference.
///
/// # Errors
/// Says why it is none, in Terraform's words.
pub fn reference(root: &Ident, steps: &[TraversalStep]) -> Result<Reference, Diagnostic> {
    let made = |subject: Subject, used: usize| {
        let (taken, rest) = steps.split_at(used.min(steps.len()));
        Ok(Reference {
            subject,
            span: whole(root, taken),
            rest: rest.to_vec(),
        })
    };
    match &*root.name {
        "var" => made(Subject::Variable(attribute(root, steps)?), 1),
        "local" => made(Subject::Local(attribute(root, steps)?), 1),
        "self" => made(Subject::SelfObject, 0),
        "count" => {
            let name = attribute(root, steps)?;
            match &*name {
                "index" => made(Subject::CountIndex, 1),
                _ => unknown_attribute(root, steps, &name, " The only supported attribute is count.index, which is the index of each instance of a resource block that has the \"count\" argument set."),
            }
        }
        "each" => {
            let name = attribute(root, steps)?;
            match &*name {
                "key" => made(Subject::EachKey, 1),
                "value" => made(Subject::EachValue, 1),
                _ => unknown_attribute(root, steps, &name, " The supported attributes are each.key and each.value, the current key and value pair of the \"for_each\" attribute set."),
            }
        }
        "path" => {
            let name = attribute(root, steps)?;
            match &*name {
                "module" | "root" | "cwd" => made(Subject::Path(name), 1),
                _ => {
                    let near = did_you_mean(&name, ["cwd", "module", "root"]);
                    unknown_attribute(root, steps, &name, &near)
                }
            }
        }
        "terraform" => {
            let name = attribute(root, steps)?;
            match &*name {
                "workspace" | "applying" => made(Subject::Terraform(name), 1),
                "env" => Err(Diagnostic::error(
                    "Invalid \"terraform\" attribute",
                    "The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The \"state environment\" concept was renamed to \"workspace\" in v0.12, and so the workspace name can now be accessed using the terraform.workspace attribute.",
                )
                .at(whole(root, steps.get(..1).unwrap_or_default()))),
                _ => unknown_attribute(root, steps, &name, " The only supported attributes are terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is true only during apply."),
            }
        }
        "module" => module(root, steps),
        "data" => resource(Mode::Data, "data source", root, steps),
        "resource" => resource(Mode::Managed, "resource", root, steps),
        "ephemeral" | "list" => undeclared_kind(root, steps),
        "action" => Err(Diagnostic::error(
            "Invalid reference",
            "Actions can not be referenced in this context. They can only be referenced from within a resource's lifecycle actions list.",
        )
        .at(whole(root, steps.get(..2).unwrap_or_default()))),
        "template" | "lazy" | "arg" => Err(Diagnostic::error(
            "Reserved symbol name",
            format!("The symbol name \"{}\" is reserved for use in a future Terraform version. If you are using a provider that already uses this as a resource type name, add the prefix \"resource.\" to force interpretation as a resource type name.", root.name),
        )
        .at(root.span)),
        _ => implied_resource(root, steps),
    }
}

fn unknown_attribute<T>(
    root: &Ident,
    steps: &[TraversalStep],
    name: &str,
    hint: &str,
) -> Result<T, Diagnostic> {
    let object = &root.name;
    Err(Diagnostic::error(
        format!("Invalid \"{object}\" attribute"),
        format!("The \"{object}\" object does not have an attribute named \"{name}\".{hint}"),
    )
    .at(whole(root, steps.get(..1).unwrap_or_default())))
}

/// Returns the name that follows `var`, `local` and others.
fn attribute(root: &Ident, steps: &[TraversalStep]) -> Result<Arc<str>, Diagnostic> {
    match steps.first() {
        Some(TraversalStep::Attribute(name)) => Ok(name.name.clone()),
        Some(other) => invalid(
            step_span(other),
            format!(
                "The \"{}\" object does not support this operation.",
                root.name
            ),
        ),
        None => invalid(
            root.span,
            format!(
                "The \"{}\" object cannot be accessed directly. Instead, access one of its attributes.",
                root.name
            ),
        ),
    }
}

fn module(root: &Ident, steps: &[TraversalStep]) -> Result<Reference, Diagnostic> {
    let call = attribute(root, steps)?;
    let keyed = matches!(steps.get(1), Some(TraversalStep::Index(..)));
    let at = 1 + usize::from(keyed);
    let (subject, used) = match steps.get(at) {
        None => (Subject::Module(call), 1),
        Some(TraversalStep::Attribute(output)) => {
            (Subject::ModuleOutput(call, output.name.clone()), at + 1)
        }
        Some(other) => {
            return invalid(
                step_span(other),
                "The module instance objects do not support this operation.",
            );
        }
    };
    // The key of the call's instance selects among the values of the output: it comes first in the rest.
    let output = matches!(subject, Subject::ModuleOutput(..));
    let key = steps.get(1).filter(|_| keyed && output);
    let rest = steps.get(used..).unwrap_or_default();
    Ok(Reference {
        subject,
        span: whole(root, steps.get(..used).unwrap_or_default()),
        rest: key.into_iter().chain(rest).cloned().collect(),
    })
}

fn resource_at(
    mode: Mode,
    type_name: &Arc<str>,
    name: &Arc<str>,
    root: &Ident,
    steps: &[TraversalStep],
    used: usize,
) -> Result<Reference, Diagnostic> {
    let mut shown = used;
    if let Some(TraversalStep::Index(key, span)) = steps.get(used) {
        shown += 1;
        let fits = key.as_str().is_some() || key.as_index().is_some();
        if !fits {
            return Err(Diagnostic::error(
                "Invalid index key",
                "Invalid index for resource instance: either a string or an integer is required.",
            )
            .at(*span));
        }
    }
    Ok(Reference {
        subject: Subject::Resource(Resource {
            mode,
            type_name: type_name.clone(),
            name: name.clone(),
        }),
        span: whole(root, steps.get(..shown).unwrap_or_default()),
        rest: steps.get(used..).unwrap_or_default().to_vec(),
    })
}

/// `data.type.name` and `resource.type.name`
fn resource(
    mode: Mode,
    what: &str,
    root: &Ident,
    steps: &[TraversalStep],
) -> Result<Reference, Diagnostic> {
    let [first, second, ..] = steps else {
        return invalid(
            whole(root, steps),
            format!(
                "The \"{}\" object must be followed by two attribute names: the {what} type and the resource name.",
                root.name
            ),
        );
    };
    match (first, second) {
        (TraversalStep::Attribute(ty), TraversalStep::Attribute(name)) => {
            resource_at(mode, &ty.name, &name.name, root, steps, 2)
        }
        (TraversalStep::Index(_, span), _) => invalid(
            *span,
            format!(
                "The \"{}\" object does not support this operation.",
                root.name
            ),
        ),
        (_, other) => invalid(
            step_span(other),
            format!(
                "A reference to a {what} must be followed by at least one attribute access, specifying the resource name."
            ),
        ),
    }
}

fn implied_resource(root: &Ident, steps: &[TraversalStep]) -> Result<Reference, Diagnostic> {
    const NAME: &str = "A reference to a resource type must be followed by at least one attribute access, specifying the resource name.";
    match steps.first() {
        Some(TraversalStep::Attribute(name)) => {
            resource_at(Mode::Managed, &root.name, &name.name, root, steps, 1)
        }
        Some(other) => invalid(step_span(other), NAME),
        None => invalid(root.span, NAME),
    }
}

/// Kinds of objects that bastionless does not have, so that none is ever declared.
fn undeclared_kind(root: &Ident, steps: &[TraversalStep]) -> Result<Reference, Diagnostic> {
    let (article, kind) = if &*root.name == "list" {
        ("A", "list")
    } else {
        ("An", "ephemeral")
    };
    match steps {
        [TraversalStep::Attribute(ty), TraversalStep::Attribute(name), ..] => {
            Err(Diagnostic::error(
                "Reference to undeclared resource",
                format!(
                    "{article} {kind} resource \"{}\" \"{}\" has not been declared: {kind} resources are not built yet.",
                    ty.name, name.name
                ),
            )
            .at(whole(root, steps.get(..2).unwrap_or_default())))
        }
        _ => invalid(
            whole(root, steps),
            format!(
                "The \"{}\" object must be followed by two attribute names: the {kind} resource type and the resource name.",
                root.name
            ),
        ),
    }
}

/// Returns the distinct subjects of references.
pub fn subjects<'a>(references: impl IntoIterator<Item = &'a Reference>) -> BTreeSet<Subject> {
    references.into_iter().map(|r| r.subject.clone()).collect()
}
