//! Cycles, told with the places where each object names the next.

use bastionless_model::base::{Diagnostic, Diagnostics, Span};
use petgraph::{algo::tarjan_scc, graph::DiGraph};

use super::{ConfigNode, NodeKind, StaticGraph};
use crate::lang::program::Program;

/// Reports every cycle of the graph.
pub(super) fn report(program: &Program, graph: &StaticGraph) -> Diagnostics {
    let mut pg = DiGraph::<(), ()>::with_capacity(graph.nodes.len(), 0);
    let ids: Vec<_> = graph.nodes.iter().map(|_| pg.add_node(())).collect();
    for i in 0..graph.nodes.len() {
        for b in graph.all_before(i) {
            if let (Some(from), Some(to)) = (ids.get(i), ids.get(b)) {
                pg.add_edge(*from, *to, ());
            }
        }
    }
    let mut cycles: Vec<Vec<usize>> = tarjan_scc(&pg)
        .into_iter()
        .filter(|c| c.len() > 1)
        .map(|c| {
            c.into_iter()
                .map(petgraph::graph::NodeIndex::index)
                .collect()
        })
        .collect();
    for c in &mut cycles {
        c.sort_unstable();
    }
    cycles.sort();
    cycles.iter().map(|c| cycle(program, graph, c)).collect()
}

fn cycle(program: &Program, graph: &StaticGraph, members: &[usize]) -> Diagnostic {
    let mut names: Vec<String> = members
        .iter()
        .filter_map(|i| graph.nodes.get(*i))
        .map(|n| n.display(program))
        .collect();
    names.sort();
    let path = shortest(graph, members);
    let steps: Vec<&ConfigNode> = path.iter().filter_map(|i| graph.nodes.get(*i)).collect();
    let shown: Vec<String> = steps.iter().map(|n| n.display(program)).collect();
    let mut detail =
        String::from("These objects depend on each other, so none of them can be first:\n");
    for (name, next) in shown.iter().zip(shown.iter().cycle().skip(1)) {
        detail.push_str("\n  - ");
        detail.push_str(name);
        detail.push_str(" depends on ");
        detail.push_str(next);
    }
    detail.push_str(
        "\n\nRemove one of these references, or split one of the objects, so that the dependencies have a beginning.",
    );
    let mut diagnostic = Diagnostic::error(format!("Cycle: {}", names.join(", ")), detail);
    let places = steps
        .iter()
        .zip(&shown)
        .filter_map(|(n, s)| Some((place(program, n)?, s)));
    for (i, (span, name)) in places.enumerate() {
        diagnostic = if i == 0 {
            diagnostic.primary(span, format!("`{name}` is part of the cycle"))
        } else {
            diagnostic.context(span, format!("`{name}` is part of the cycle"))
        };
    }
    diagnostic
}

/// Finds a shortest way from the first member back to itself.
fn shortest(graph: &StaticGraph, members: &[usize]) -> Vec<usize> {
    let Some(start) = members.first().copied() else {
        return Vec::new();
    };
    let mut from = std::collections::BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(i) = queue.pop_front() {
        for b in graph.all_before(i) {
            if b == start {
                let mut path = vec![i];
                let mut at = i;
                while let Some(p) = from.get(&at).copied() {
                    path.push(p);
                    at = p;
                }
                path.reverse();
                return path;
            }
            if members.binary_search(&b).is_ok() && !from.contains_key(&b) {
                from.insert(b, i);
                queue.push_back(b);
            }
        }
    }
    members.to_vec()
}

/// Returns where an object is written.
pub(super) fn place(program: &Program, node: &ConfigNode) -> Option<Span> {
    let m = program.modules.get(node.module.0)?;
    match &node.kind {
        NodeKind::Call(n) | NodeKind::Close(n) => m.calls.get(n).map(|c| c.header),
        NodeKind::Variable(n) => m.variables.get(n).map(|v| v.name.span),
        NodeKind::Local(n) => m.locals.get(n).map(|l| l.name.span.to(l.expr.span)),
        NodeKind::Output(n) => m.outputs.get(n).map(|o| o.name.span),
        NodeKind::Check(n) => m.checks.get(n).map(|c| c.name.span),
        NodeKind::Resource(r) => m.resources.get(r).map(|b| b.header),
        NodeKind::Provider(p) => m.providers.get(p).map(|b| b.header),
    }
}
