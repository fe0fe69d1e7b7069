//! Graphs in DOT, with Terraform's node names.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::{
    lang::{graph::StaticGraph, program::Program},
    plan::{ExecutionNode, NodeId, Plan, execution::node_name},
};

/// Writes the execution graph of a plan: an edge leads from a node to what is done before it. Joining nodes are not shown.
pub fn execution_dot(plan: &Plan) -> String {
    let name = |n: &ExecutionNode| {
        let change = plan.changes.get(n.kind.change()?)?;
        Some(node_name(change, Some(&n.kind)))
    };
    let names: Vec<Option<String>> = plan.graph.nodes.iter().map(name).collect();
    let named = |i: usize| names.get(i).cloned().flatten();
    let edges = (0..names.len()).flat_map(|i| {
        let from = named(i);
        let before = if from.is_some() {
            plan.graph.before(NodeId(i))
        } else {
            BTreeSet::new()
        };
        before
            .into_iter()
            .filter_map(move |b| Some((from.clone()?, named(b.0)?)))
    });
    let shown: Vec<String> = names.iter().flatten().cloned().collect();
    dot(&shown, edges)
}

/// Writes the graph of the configuration's objects; with `all` those between resources too.
pub fn static_dot(program: &Program, graph: &StaticGraph) -> String {
    let names: Vec<String> = graph.order().map(|n| n.display(program)).collect();
    let edges = graph.order().flat_map(|n| {
        graph
            .dependencies(n)
            .map(move |d| (n.display(program), d.display(program)))
    });
    dot(&names, edges)
}

fn dot(names: &[String], edges: impl Iterator<Item = (String, String)>) -> String {
    let mut out = String::from(
        "digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n",
    );
    for name in names {
        let _ = writeln!(
            out,
            "\t\t\"[root] {}\" [label = \"{}\", shape = \"box\"]",
            escape(name),
            escape(name)
        );
    }
    for (from, to) in edges {
        let _ = writeln!(
            out,
            "\t\t\"[root] {}\" -> \"[root] {}\"",
            escape(&from),
            escape(&to)
        );
    }
    out.push_str("\t}\n}\n");
    out
}

fn escape(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}
