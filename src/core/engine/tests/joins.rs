//! Many instances that wait for many: the order is that of every pair, the edges are few.

use std::collections::BTreeMap;

use super::{lifecycle::Stage, *};
use crate::{
    plan::{Options, execution::node_name, finalise::Finaliser},
    report::execution_dot,
};

/// For every node with a change, what must be done before it, by name.
fn order(plan: &Plan) -> BTreeMap<String, Vec<String>> {
    let name = |i: usize| {
        let kind = &plan.graph.nodes[i].kind;
        Some(node_name(&plan.changes[kind.change()?], Some(kind)))
    };
    let all = (0..plan.graph.nodes.len()).filter_map(|i| {
        let before = plan.graph.before(NodeId(i)).into_iter();
        Some((name(i)?, before.filter_map(|b| name(b.0)).collect()))
    });
    all.collect()
}

fn edges(plan: &Plan) -> usize {
    plan.graph.nodes.iter().map(|n| n.after.len()).sum()
}

/// Two counted resources, the second refers to the first; another value of `v` replaces both.
fn counted(n: usize, v: usize, lifecycle: &str) -> String {
    format!(
        r#"
resource "terraform_data" "a" {{
  count            = {n}
  input            = count.index
  triggers_replace = {v}
  {lifecycle}
}}
resource "terraform_data" "b" {{
  count            = {n}
  input            = terraform_data.a[count.index].output
  triggers_replace = {v}
  {lifecycle}
}}
"#
    )
}

fn names(resource: &str, n: usize, suffix: &str) -> Vec<String> {
    (0..n)
        .map(|i| format!("terraform_data.{resource}[{i}]{suffix}"))
        .collect()
}

#[tokio::test]
async fn edges_add_up_and_the_order_is_that_of_every_pair() {
    const N: usize = 9;
    let stage = Stage::new();
    let made = stage.plan(&counted(N, 1, ""), Options::default()).await;
    let before = order(&made.plan);
    for b in names("b", N, "") {
        assert_eq!(before[&b], names("a", N, ""), "{b}");
    }
    assert_eq!(edges(&made.plan), 2 * N);
    let dot = execution_dot(&made.plan);
    assert_eq!(dot.matches("label = ").count(), 2 * N);
    assert_eq!(
        dot.matches(" -> ").count(),
        N * N,
        "shown as Terraform does: without what joins"
    );
    clean(&stage.apply(made).await);

    // Destroy, then create: b goes, a goes, a comes, b comes.
    let made = stage.plan(&counted(N, 2, ""), Options::default()).await;
    let before = order(&made.plan);
    for (i, name) in names("a", N, " (destroy)").iter().enumerate() {
        assert_eq!(before[name], names("b", N, " (destroy)"));
        let mut a: Vec<String> = names("b", N, " (destroy)");
        a.push(name.clone());
        let mut found = before[&format!("terraform_data.a[{i}]")].clone();
        found.sort();
        a.sort();
        assert_eq!(found, a);
    }
    assert!(edges(&made.plan) <= 10 * N, "{}", edges(&made.plan));
    clean(&stage.apply(made).await);

    // Create, then destroy: old objects of a go when all of b has changed over.
    let first = "lifecycle {\n create_before_destroy = true\n }";
    let made = stage.plan(&counted(N, 3, first), Options::default()).await;
    let before = order(&made.plan);
    for i in 0..N {
        let found = &before[&format!("terraform_data.a[{i}] (destroy deposed 00000000)")];
        for b in names("b", N, "")
            .iter()
            .chain(&names("b", N, " (destroy deposed 00000000)"))
        {
            assert!(found.contains(b), "{b} before {i}: {found:?}");
        }
    }
    assert!(edges(&made.plan) <= 10 * N, "{}", edges(&made.plan));
    clean(&stage.apply(made).await);

    let made = stage.plan("", Options::default()).await;
    assert_eq!(edges(&made.plan), 2 * N);
    clean(&stage.apply(made).await);
    assert!(
        open(&*stage.store(), &RealDisk)
            .await
            .unwrap()
            .snapshot
            .is_empty()
    );
}

#[tokio::test]
async fn instances_of_a_module_do_not_wait_for_each_other() {
    let mut stage = Stage::new();
    stage.files.push((
        "m/main.tf",
        r#"
resource "terraform_data" "a" {
  count = 2
}
resource "terraform_data" "b" {
  count = 2
  input = terraform_data.a[*].id
}
output "all" {
  value = terraform_data.b[*].id
}
"#,
    ));
    let text = r#"
module "m" {
  source = "./m"
  count  = 2
}
resource "terraform_data" "last" {
  count = 2
  input = module.m[*].all
}
"#;
    let made = stage.plan(text, Options::default()).await;
    let before = order(&made.plan);
    assert_eq!(
        before["module.m[1].terraform_data.b[0]"],
        [
            "module.m[1].terraform_data.a[0]",
            "module.m[1].terraform_data.a[1]"
        ]
    );
    let all: Vec<_> = (0..4)
        .map(|i| format!("module.m[{}].terraform_data.b[{}]", i / 2, i % 2))
        .collect();
    let last = &before["terraform_data.last[1]"];
    assert!(all.iter().all(|b| last.contains(b)), "{last:?}");
    clean(&stage.apply(made).await);
    let made = stage.plan("", Options::default()).await;
    let before = order(&made.plan);
    let mut a = before["module.m[0].terraform_data.a[1] (destroy)"].clone();
    a.retain(|n| n.starts_with("module."));
    assert_eq!(
        a,
        [
            "module.m[0].terraform_data.b[0] (destroy)",
            "module.m[0].terraform_data.b[1] (destroy)"
        ]
    );
    assert_eq!(
        before["module.m[0].terraform_data.b[1] (destroy)"],
        [
            "terraform_data.last[0] (destroy)",
            "terraform_data.last[1] (destroy)"
        ]
    );
    clean(&stage.apply(made).await);
}

#[tokio::test]
async fn what_waits_for_a_lost_node_through_a_join_is_lost() {
    let stage = Stage::new();
    let text = r#"
resource "aws_vpc" "v" {
  count      = 3
  cidr_block = "10.${count.index}.0.0/16"
}
resource "aws_security_group" "g" {
  count  = 3
  name   = "g${count.index}"
  vpc_id = aws_vpc.v[count.index].id
}
"#;
    let refused = super::super::fake::Wrong::Refused(bastionless_model::cloud::OpErrorKind::Quota);
    stage.cloud.order("create", "aws_vpc", 1, refused);
    let applied = stage
        .apply(stage.plan(text, Options::default()).await)
        .await;
    assert!(applied.diagnostics.has_errors());
    assert_eq!(stage.cloud.objects("aws_vpc").len(), 2);
    assert_eq!(stage.cloud.objects("aws_security_group").len(), 0);
}

/// How many expressions are evaluated while modules of two objects each are applied, their outputs and checks left out.
async fn evaluations(modules: usize) -> u64 {
    let mut stage = Stage::new();
    stage.files.push((
        "m/main.tf",
        r#"
variable "v" {}
locals {
  l = "${var.v}-l"
}
resource "terraform_data" "a" {
  input = local.l
}
resource "terraform_data" "b" {
  input = terraform_data.a.output
}
"#,
    ));
    let text = format!(
        r#"
module "m" {{
  source = "./m"
  count  = {modules}
  v      = "x${{count.index}}"
}}
"#
    );
    let made = stage.plan(&text, Options::default()).await;
    let (plan, host) = (made.plan.clone(), made.host.clone());
    let (program, graph) = made.loaded.clone();
    clean(&stage.apply(made).await);
    let state = open(&*stage.store(), &RealDisk).await.unwrap().snapshot;
    let catalogue = Catalogue::builtin();
    let mut finaliser = Finaliser::new(program, graph, plan.clone(), "default", host, catalogue);
    for (i, change) in plan.changes.iter().enumerate() {
        let known = finaliser.finalise(i, &state).unwrap().planned;
        assert!(known.get_str("input").is_some(), "{change:?}");
        finaliser.settled(i);
    }
    finaliser.evaluations()
}

#[tokio::test]
async fn a_module_instance_costs_the_same_however_many_there_are() {
    let (few, many) = (evaluations(10).await, evaluations(40).await);
    // The call is expanded once; each instance evaluates its variable, its local and its two objects.
    assert_eq!(many - few, 30 * (few - 1) / 10, "{few}, {many}");
}
