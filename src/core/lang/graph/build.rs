//! The edges of the graph.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{ConfigNode, NodeKind};
use crate::lang::{
    address::{ModulePath, ProviderConfig},
    expr::{body_references, references},
    program::{
        Call, CheckRule, Module, ModuleId, Program, Reference, Repetition, ResourceBlock, Subject,
    },
    syntax::Expr,
};

type Before = Vec<BTreeSet<usize>>;

/// Returns the nodes in the order of [`ConfigNode`], what is done before each, and what the imports of some name.
pub(super) fn edges(
    program: &Program,
) -> (Vec<ConfigNode>, Before, BTreeMap<usize, BTreeSet<usize>>) {
    let mut nodes: Vec<ConfigNode> = program
        .modules
        .iter()
        .enumerate()
        .flat_map(|(i, m)| module_nodes(ModuleId(i), m))
        .collect();
    nodes.sort();
    let mut build = Build::new(program, nodes);
    for (i, module) in program.modules.iter().enumerate() {
        build.module(ModuleId(i), module);
    }
    build.imports();
    (build.nodes, build.before, build.before_import)
}

fn module_nodes(id: ModuleId, m: &Module) -> Vec<ConfigNode> {
    let calls = m.calls.keys().cloned();
    let kinds = calls
        .clone()
        .map(NodeKind::Call)
        .chain(calls.map(NodeKind::Close))
        .chain(m.variables.keys().cloned().map(NodeKind::Variable))
        .chain(m.locals.keys().cloned().map(NodeKind::Local))
        .chain(m.providers.keys().cloned().map(NodeKind::Provider))
        .chain(m.resources.keys().cloned().map(NodeKind::Resource))
        .chain(m.outputs.keys().cloned().map(NodeKind::Output))
        .chain(m.checks.keys().cloned().map(NodeKind::Check));
    kinds.map(|k| ConfigNode::new(id, k)).collect()
}

struct Build<'a> {
    program: &'a Program,
    nodes: Vec<ConfigNode>,
    index: BTreeMap<ConfigNode, usize>,
    before: Before,
    before_import: BTreeMap<usize, BTreeSet<usize>>,
    paths: BTreeMap<&'a ModulePath, ModuleId>,
    providers: BTreeMap<&'a ProviderConfig, usize>,
}

impl<'a> Build<'a> {
    fn new(program: &'a Program, nodes: Vec<ConfigNode>) -> Self {
        let index: BTreeMap<_, _> = nodes.iter().cloned().zip(0..).collect();
        let mut providers = BTreeMap::new();
        let mut paths = BTreeMap::new();
        for (i, m) in program.modules.iter().enumerate() {
            paths.insert(&m.path, ModuleId(i));
            for (local, block) in &m.providers {
                let node = ConfigNode::new(ModuleId(i), NodeKind::Provider(local.clone()));
                if let Some(n) = index.get(&node) {
                    providers.insert(&block.address, *n);
                }
            }
        }
        Self {
            program,
            before: vec![BTreeSet::new(); nodes.len()],
            before_import: BTreeMap::new(),
            nodes,
            index,
            paths,
            providers,
        }
    }

    fn module(&mut self, id: ModuleId, m: &'a Module) {
        let mut own = Vec::new();
        for (name, variable) in &m.variables {
            let node = self.node(id, NodeKind::Variable(name.clone()));
            own.extend(node);
            self.argument(node, m, name);
            let itself = Subject::Variable(name.clone());
            let rules = rule_references(&variable.validations);
            self.refer(node, id, rules.iter().filter(|r| r.subject != itself));
        }
        for (name, local) in &m.locals {
            let node = self.node(id, NodeKind::Local(name.clone()));
            own.extend(node);
            self.refer(node, id, &named(&local.expr));
        }
        for (name, call) in &m.calls {
            let node = self.node(id, NodeKind::Call(name.clone()));
            own.extend(node);
            self.refer(node, id, &call_references(call));
        }
        for (local, block) in &m.providers {
            let node = self.node(id, NodeKind::Provider(local.clone()));
            own.extend(node);
            if let Some(body) = &block.body {
                self.refer(node, id, &body_references(body).0);
            }
        }
        for (resource, block) in &m.resources {
            let node = self.node(id, NodeKind::Resource(resource.clone()));
            own.extend(node);
            self.refer(node, id, &resource_references(block));
            let provider = self.providers.get(&block.provider).copied();
            self.edge(node, provider);
        }
        for (name, output) in &m.outputs {
            let node = self.node(id, NodeKind::Output(name.clone()));
            own.extend(node);
            self.refer(node, id, &named(&output.value));
            self.refer(node, id, &output.depends_on);
            self.refer(node, id, &rule_references(&output.preconditions));
        }
        for (name, check) in &m.checks {
            let node = self.node(id, NodeKind::Check(name.clone()));
            own.extend(node);
            self.refer(node, id, &rule_references(&check.asserts));
            if let Some(data) = &check.data {
                let data = self.node(id, NodeKind::Resource(data.clone()));
                self.edge(node, data);
            }
        }
        for name in m.calls.keys() {
            own.extend(self.node(id, NodeKind::Close(name.clone())));
        }
        self.enclose(m, &own);
    }

    /// Puts everything of a called module after the expansion of the call, and the call's closing after everything.
    fn enclose(&mut self, m: &Module, own: &[usize]) {
        let (Some(parent), Some(name)) = (m.parent, m.path.0.last()) else {
            return;
        };
        let call = self.node(parent, NodeKind::Call(name.clone()));
        let close = self.node(parent, NodeKind::Close(name.clone()));
        for n in own {
            self.edge(Some(*n), call);
            self.edge(close, Some(*n));
        }
        self.edge(close, call);
    }

    /// Puts a variable after what the caller's argument names.
    fn argument(&mut self, node: Option<usize>, m: &Module, name: &Arc<str>) {
        let call = m
            .parent
            .and_then(|p| self.program.modules.get(p.0))
            .zip(m.path.0.last())
            .and_then(|(parent, call)| parent.calls.get(call));
        if let (Some(parent), Some(argument)) = (m.parent, call.and_then(|c| c.arguments.get(name)))
        {
            self.refer(node, parent, &named(argument));
        }
    }

    fn imports(&mut self) {
        for import in &self.program.imports {
            let module = self.paths.get(&import.to.module.path()).copied();
            let Some(node) =
                module.and_then(|m| self.node(m, NodeKind::Resource(import.to.resource.clone())))
            else {
                continue;
            };
            let exprs = [
                Some(&*import.id),
                import.for_each.as_deref(),
                import.key.as_ref(),
            ];
            let found: BTreeSet<usize> = exprs
                .into_iter()
                .flatten()
                .flat_map(named)
                .filter_map(|r| self.target(ModuleId(0), &r.subject))
                .filter(|t| *t != node)
                .collect();
            self.before_import.entry(node).or_default().extend(found);
        }
    }

    fn node(&self, module: ModuleId, kind: NodeKind) -> Option<usize> {
        self.index.get(&ConfigNode::new(module, kind)).copied()
    }

    fn edge(&mut self, node: Option<usize>, before: Option<usize>) {
        if let (Some(n), Some(b)) = (node, before)
            && let Some(set) = self.before.get_mut(n)
        {
            set.insert(b);
        }
    }

    fn refer<'r>(
        &mut self,
        node: Option<usize>,
        module: ModuleId,
        references: impl IntoIterator<Item = &'r Reference>,
    ) {
        for r in references {
            let target = self.target(module, &r.subject);
            // What names itself is reported where it stands, with better words than "cycle".
            if target != node {
                self.edge(node, target);
            }
        }
    }

    fn target(&self, module: ModuleId, subject: &Subject) -> Option<usize> {
        match subject {
            Subject::Variable(n) => self.node(module, NodeKind::Variable(n.clone())),
            Subject::Local(n) => self.node(module, NodeKind::Local(n.clone())),
            Subject::Resource(r) => self.node(module, NodeKind::Resource(r.clone())),
            Subject::Module(n) => self.node(module, NodeKind::Close(n.clone())),
            Subject::ModuleOutput(call, output) => {
                let child = self.program.modules.get(module.0)?.children.get(call)?;
                // Where the call is repeated the name may be the key of an instance.
                self.node(*child, NodeKind::Output(output.clone()))
                    .or_else(|| self.node(module, NodeKind::Close(call.clone())))
            }
            Subject::CountIndex
            | Subject::EachKey
            | Subject::EachValue
            | Subject::SelfObject
            | Subject::Path(_)
            | Subject::Terraform(_) => None,
        }
    }
}

fn named(expr: &Expr) -> Vec<Reference> {
    references(expr).0
}

fn repetition(repetition: &Repetition) -> Vec<Reference> {
    match repetition {
        Repetition::Single => Vec::new(),
        Repetition::Count(e) | Repetition::ForEach(e) => named(e),
    }
}

fn call_references(call: &Call) -> Vec<Reference> {
    let mut found = repetition(&call.repetition);
    found.extend(call.depends_on.iter().cloned());
    found
}

fn rule_references(rules: &[CheckRule]) -> Vec<Reference> {
    let exprs = rules
        .iter()
        .flat_map(|r| [&*r.condition, &*r.error_message]);
    exprs.flat_map(named).collect()
}

/// Returns everything that a resource block names, `depends_on` and `lifecycle` included.
pub(crate) fn resource_references(block: &ResourceBlock) -> Vec<Reference> {
    let mut found = repetition(&block.repetition);
    found.extend(block.depends_on.iter().cloned());
    found.extend(body_references(&block.body).0);
    let lifecycle = &block.lifecycle;
    found.extend(lifecycle.replace_triggered_by.iter().flat_map(named));
    found.extend(rule_references(&lifecycle.preconditions));
    found.extend(rule_references(&lifecycle.postconditions));
    found
}
