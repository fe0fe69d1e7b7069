//! Graphs in DOT, with Terraform's node names.

use std::fmt::Write as _;

use crate::{
    lang::{graph::StaticGraph, program::Program},
    plan::{Plan, execution::node_name},
};

/// Writes the execution graph of a plan: an edge leads from a node to what is done before it.
pub fn execution_dot(plan: &Plan) -> String {
    let names: Vec<String> = plan
        .graph
        .nodes
        .iter()
        .map(|n| {
            plan.changes
                .get(change_of(&n.kind))
                .map(|c| node_name(c, Some(&n.kind)))
                .unwrap_or_default()
        })
        .collect();
    let edges = plan.graph.nodes.iter().zip(&names).flat_map(|(n, name)| {
        n.after
            .iter()
            .filter_map(|a| names.get(a.0))
            .map(move |before| (name.clone(), before.clone()))
    });
    dot(&names, edges)
}

fn change_of(kind: &crate::plan::NodeKind) -> usize {
    match kind {
        crate::plan::NodeKind::Commit(i)
        | crate::plan::NodeKind::Destroy(i)
        | crate::plan::NodeKind::Forget(i) => *i,
    }
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
