//! What depends on what, as written: the graph of configuration objects, whatever their number of instances.
//!
//! An edge says "is done after". It comes from references (`depends_on` included), from the provider of a resource, and
//! from the expansion of the module call that an object stands in.

mod build;
mod cycle;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    sync::Arc,
};

use bastionless_model::base::Outcome;

pub(crate) use build::resource_references;

use super::{
    address::{ConfigResource, Resource},
    program::{LocalProvider, ModuleId, Program},
};

/// An object of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigNode {
    /// The module that holds it.
    pub module: ModuleId,
    /// Which one.
    pub kind: NodeKind,
}

/// What a [`ConfigNode`] is. The order is the one in which independent objects of a module come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// The expansion (`count`, `for_each`, `depends_on`) of a module call of this module.
    Call(Arc<str>),
    /// `variable`, its validation included.
    Variable(Arc<str>),
    /// One name of `locals`.
    Local(Arc<str>),
    /// A provider configuration.
    Provider(LocalProvider),
    /// `resource` or `data`.
    Resource(Resource),
    /// `output`
    Output(Arc<str>),
    /// Everything inside a called module is done; nothing is to be done for the node itself.
    Close(Arc<str>),
    /// `check`
    Check(Arc<str>),
}

/// The dependencies between the objects of a [`Program`].
#[derive(Clone, Debug)]
pub struct StaticGraph {
    nodes: Vec<ConfigNode>,
    index: BTreeMap<ConfigNode, usize>,
    /// For each node what is done before.
    before: Vec<BTreeSet<usize>>,
    /// What an `import` block that makes the resource names: done before too, but no dependency of the object.
    before_import: BTreeMap<usize, BTreeSet<usize>>,
    after: Vec<BTreeSet<usize>>,
    order: Vec<usize>,
}

impl StaticGraph {
    /// Builds the graph. Cycles are errors; their nodes come last in [`StaticGraph::order`].
    pub fn new(program: &Program) -> Outcome<Self> {
        let (nodes, before, before_import) = build::edges(program);
        let index = nodes.iter().cloned().zip(0..).collect();
        let mut after = vec![BTreeSet::new(); nodes.len()];
        let imports = before_import.iter().map(|(n, b)| (*n, b));
        for (n, befores) in before.iter().enumerate().chain(imports) {
            for b in befores {
                if let Some(a) = after.get_mut(*b) {
                    a.insert(n);
                }
            }
        }
        let mut graph = Self {
            nodes,
            index,
            before,
            before_import,
            after,
            order: Vec::new(),
        };
        graph.order = graph.sort();
        let diagnostics = cycle::report(program, &graph);
        Outcome {
            value: graph,
            diagnostics,
        }
    }

    /// Returns all nodes, each after everything that it depends on; always the same order for the same program.
    pub fn order(&self) -> impl Iterator<Item = &ConfigNode> {
        self.order.iter().filter_map(|i| self.nodes.get(*i))
    }

    /// Tells whether there is such a node.
    pub fn contains(&self, node: &ConfigNode) -> bool {
        self.index.contains_key(node)
    }

    /// Returns what a node depends on directly.
    pub fn dependencies(&self, node: &ConfigNode) -> impl Iterator<Item = &ConfigNode> {
        let i = self.index.get(node);
        let own = i.and_then(|i| self.before.get(*i)).into_iter().flatten();
        let import = i
            .and_then(|i| self.before_import.get(i))
            .into_iter()
            .flatten();
        own.chain(import).filter_map(|i| self.nodes.get(*i))
    }

    /// Returns what depends on a node directly.
    pub fn dependents(&self, node: &ConfigNode) -> impl Iterator<Item = &ConfigNode> {
        let i = self.index.get(node);
        i.and_then(|i| self.after.get(*i))
            .into_iter()
            .flatten()
            .filter_map(|i| self.nodes.get(*i))
    }

    /// Returns the given nodes and all that they depend on, through any number of steps.
    pub fn with_dependencies<'a>(
        &self,
        nodes: impl IntoIterator<Item = &'a ConfigNode>,
    ) -> BTreeSet<ConfigNode> {
        self.closure(nodes, |i| {
            let own = self.before.get(i).into_iter().flatten();
            own.chain(self.before_import.get(&i).into_iter().flatten())
        })
    }

    /// Returns the given nodes and all that depend on them, through any number of steps.
    pub fn with_dependents<'a>(
        &self,
        nodes: impl IntoIterator<Item = &'a ConfigNode>,
    ) -> BTreeSet<ConfigNode> {
        self.closure(nodes, |i| self.after.get(i).into_iter().flatten())
    }

    /// Returns what the state records as `dependencies` of a resource: all resources and data sources that it depends on,
    /// through whatever is between, sorted by their text.
    pub fn resource_dependencies(
        &self,
        program: &Program,
        node: &ConfigNode,
    ) -> Vec<ConfigResource> {
        let all = self.closure([node], |i| self.before.get(i).into_iter().flatten());
        let mut found: Vec<_> = all
            .iter()
            .filter(|n| *n != node)
            .filter_map(|n| n.resource(program))
            .map(|r| (r.to_string(), r))
            .collect();
        found.sort();
        found.into_iter().map(|(_, r)| r).collect()
    }

    fn closure<'a, 'b, I: Iterator<Item = &'b usize>>(
        &self,
        nodes: impl IntoIterator<Item = &'a ConfigNode>,
        next: impl Fn(usize) -> I,
    ) -> BTreeSet<ConfigNode> {
        let mut todo: Vec<usize> = nodes
            .into_iter()
            .filter_map(|n| self.index.get(n).copied())
            .collect();
        let mut seen: BTreeSet<usize> = todo.iter().copied().collect();
        while let Some(i) = todo.pop() {
            todo.extend(next(i).copied().filter(|n| seen.insert(*n)));
        }
        seen.into_iter()
            .filter_map(|i| self.nodes.get(i).cloned())
            .collect()
    }

    /// Sorts topologically; of the nodes that are ready the smallest comes first.
    fn sort(&self) -> Vec<usize> {
        let mut waits: Vec<usize> = (0..self.nodes.len())
            .map(|i| self.all_before(i).count())
            .collect();
        let mut ready: BinaryHeap<Reverse<usize>> = (0..self.nodes.len())
            .filter(|i| waits.get(*i) == Some(&0))
            .map(Reverse)
            .collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(Reverse(i)) = ready.pop() {
            order.push(i);
            for n in self.after.get(i).into_iter().flatten() {
                let Some(w) = waits.get_mut(*n) else { continue };
                *w = w.saturating_sub(1);
                if *w == 0 {
                    ready.push(Reverse(*n));
                }
            }
        }
        let done: BTreeSet<usize> = order.iter().copied().collect();
        order.extend((0..self.nodes.len()).filter(|i| !done.contains(i)));
        order
    }

    /// What is done before a node, each once.
    fn all_before(&self, i: usize) -> impl Iterator<Item = usize> {
        let own = self.before.get(i);
        let import = self.before_import.get(&i);
        own.into_iter().flatten().copied().chain(
            import
                .into_iter()
                .flatten()
                .copied()
                .filter(move |n| own.is_none_or(|o| !o.contains(n))),
        )
    }
}

impl ConfigNode {
    /// Makes a node.
    pub fn new(module: ModuleId, kind: NodeKind) -> Self {
        Self { module, kind }
    }

    /// Returns the address of the resource that the node is; `None` where it is something else.
    pub fn resource(&self, program: &Program) -> Option<ConfigResource> {
        let NodeKind::Resource(resource) = &self.kind else {
            return None;
        };
        Some(ConfigResource {
            module: program.modules.get(self.module.0)?.path.clone(),
            resource: resource.clone(),
        })
    }

    /// Returns the name that Terraform's messages and `graph` output use, such as `module.m.var.v (expand)`.
    pub fn display(&self, program: &Program) -> String {
        let module = program.modules.get(self.module.0);
        let prefix = match module {
            Some(m) if !m.path.is_root() => format!("{}.", m.path),
            _ => String::new(),
        };
        match &self.kind {
            NodeKind::Call(n) => format!("{prefix}module.{n} (expand)"),
            NodeKind::Close(n) => format!("{prefix}module.{n} (close)"),
            NodeKind::Variable(n) if prefix.is_empty() => format!("var.{n}"),
            NodeKind::Variable(n) => format!("{prefix}var.{n} (expand)"),
            NodeKind::Local(n) => format!("{prefix}local.{n} (expand)"),
            NodeKind::Output(n) => format!("{prefix}output.{n} (expand)"),
            NodeKind::Check(n) => format!("{prefix}check.{n}"),
            NodeKind::Resource(r) => format!("{prefix}{r}"),
            NodeKind::Provider(p) => module.and_then(|m| m.providers.get(p)).map_or_else(
                || format!("{prefix}provider.{}", p.name),
                |b| b.address.to_string(),
            ),
        }
    }
}
