//! The static graph.

use super::super::testing::linked;
use crate::lang::{
    address::Mode,
    graph::{ConfigNode, NodeKind},
    program::ModuleId,
};

#[test]
fn cycles_name_the_way_round() {
    let (program, _, diagnostics) = linked(
        r#"
module "a" {
  source = "./m"
  v      = module.b.x
}
module "b" {
  source = "./m"
  v      = module.a.x
}
locals {
  a = local.b
  b = local.a
}
-- m/m.tf --
variable "v" {}
output "x" { value = var.v }
"#,
    );
    let cycles: Vec<String> = diagnostics
        .iter()
        .map(|d| format!("{}\n{}", d.summary, d.detail))
        .collect();
    insta::assert_snapshot!(cycles.join("\n\n"), @"
    Cycle: local.a (expand), local.b (expand)
    These objects depend on each other, so none of them can be first:

      - local.a (expand) depends on local.b (expand)
      - local.b (expand) depends on local.a (expand)

    Remove one of these references, or split one of the objects, so that the dependencies have a beginning.

    Cycle: module.a.output.x (expand), module.a.var.v (expand), module.b.output.x (expand), module.b.var.v (expand)
    These objects depend on each other, so none of them can be first:

      - module.a.var.v (expand) depends on module.b.output.x (expand)
      - module.b.output.x (expand) depends on module.b.var.v (expand)
      - module.b.var.v (expand) depends on module.a.output.x (expand)
      - module.a.output.x (expand) depends on module.a.var.v (expand)

    Remove one of these references, or split one of the objects, so that the dependencies have a beginning.
    ");
    assert_eq!(program.modules.len(), 3);
}

const NET: &str = r#"
variable "n" { default = 1 }
locals { name = terraform_data.base.id }
resource "terraform_data" "base" {}
resource "terraform_data" "other" {}
resource "terraform_data" "top" {
  input = [local.name, module.m.out]
}
module "m" {
  source     = "./m"
  v          = terraform_data.base.id
  depends_on = [terraform_data.other]
}
output "o" { value = module.m }
-- m/m.tf --
variable "v" {}
resource "terraform_data" "in" { input = var.v }
resource "terraform_data" "apart" {}
output "out" { value = terraform_data.in.id }
"#;

#[test]
fn the_order_respects_all_dependencies_and_is_always_the_same() {
    let (program, graph, _) = linked(NET);
    let order: Vec<String> = graph.order().map(|n| n.display(&program)).collect();
    insta::assert_snapshot!(order.join("\n"), @r#"
    var.n
    provider["terraform.io/builtin/terraform"]
    terraform_data.base
    local.name (expand)
    terraform_data.other
    module.m (expand)
    module.m.var.v (expand)
    module.m.terraform_data.apart
    module.m.terraform_data.in
    module.m.output.out (expand)
    terraform_data.top
    module.m (close)
    output.o (expand)
    "#);
}

#[test]
fn the_state_records_every_resource_on_the_way() {
    let (program, graph, _) = linked(NET);
    let recorded: Vec<String> = graph
        .order()
        .filter(|n| matches!(&n.kind, NodeKind::Resource(r) if r.mode == Mode::Managed))
        .map(|n| {
            let found: Vec<String> = graph
                .resource_dependencies(&program, n)
                .iter()
                .map(ToString::to_string)
                .collect();
            format!("{}: {}", n.display(&program), found.join(" "))
        })
        .collect();
    insta::assert_snapshot!(recorded.join("\n"), @"
    terraform_data.base: 
    terraform_data.other: 
    module.m.terraform_data.apart: terraform_data.other
    module.m.terraform_data.in: terraform_data.base terraform_data.other
    terraform_data.top: module.m.terraform_data.in terraform_data.base terraform_data.other
    ");
}

#[test]
fn closures_go_both_ways() {
    let (program, graph, _) = linked(NET);
    let base = ConfigNode::new(ModuleId(0), NodeKind::Local("name".into()));
    let shown = |nodes: std::collections::BTreeSet<ConfigNode>| {
        let names: Vec<String> = nodes.iter().map(|n| n.display(&program)).collect();
        names.join(" ")
    };
    assert_eq!(
        shown(graph.with_dependencies([&base])),
        r#"local.name (expand) provider["terraform.io/builtin/terraform"] terraform_data.base"#
    );
    assert_eq!(
        shown(graph.with_dependents([&base])),
        "local.name (expand) terraform_data.top"
    );
}
