use bastionless_model::value::Value;

use super::testing::{linked, problems};
use crate::lang::{
    address::Mode,
    graph::{ConfigNode, NodeKind},
    program::ModuleId,
};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn undeclared_names_are_reported_together() {
    check(
        r#"
output "a" { value = path.nope }
output "b" { value = terraform.nope }
output "c" { value = count.index }
output "d" { value = each.key }
output "e" { value = self.id }
output "f" { value = data.x.y }
output "g" { value = module.nope }
output "h" { value = var.nope }
output "i" { value = aws }
output "j" { value = terraform_data.r }
output "n" { value = local.nope }
variable "nop" { default = 1 }
"#,
        &[
            r#"Invalid "path" attribute @ main.tf:2:22"#,
            r#"Invalid "terraform" attribute @ main.tf:3:22"#,
            r#"Reference to "count" in non-counted context @ main.tf:4:22"#,
            r#"Reference to "each" in context without for_each @ main.tf:5:22"#,
            r#"Invalid "self" reference @ main.tf:6:22"#,
            "Reference to undeclared resource @ main.tf:7:22",
            "Reference to undeclared module @ main.tf:8:22",
            "Reference to undeclared input variable @ main.tf:9:22",
            "Invalid reference @ main.tf:10:22",
            "Reference to undeclared resource @ main.tf:11:22",
            "Reference to undeclared local value @ main.tf:12:22",
        ],
    );
}

#[test]
fn suggestions_name_what_is_near() {
    let (_, _, diagnostics) = linked(
        "output \"a\" { value = var.nope }\noutput \"b\" { value = terraform_data.man.id }\nvariable \"nop\" { default = 1 }\nresource \"terraform_data\" \"main\" {}\n",
    );
    let details: Vec<&str> = diagnostics.iter().map(|d| &*d.detail).collect();
    assert_eq!(
        details,
        [
            "An input variable with the name \"nope\" has not been declared. Did you mean \"nop\"?",
            "A managed resource \"terraform_data\" \"man\" has not been declared in the root module. Did you mean \"main\"?",
        ]
    );
}

#[test]
fn variables_are_held_to_their_rules() {
    check(
        r#"
variable "count" {}
variable "a b" {}
variable "a" {
  default = null
  nullable = false
}
variable "b" {
  validation {
    condition = 1 == 1
    error_message = "x"
  }
}
variable "c" {
  validation {
    error_message = "x"
  }
  type2 = 1
  nope {}
}
variable "e" {
  sensitive = "x"
  nullable = null
}
variable "e" {}
"#,
        &[
            "Invalid variable name @ main.tf:2:10",
            "Invalid variable name @ main.tf:3:10",
            "Invalid default value for variable @ main.tf:5:13",
            "Invalid validation expression @ main.tf:10:17",
            "Invalid variable validation condition @ main.tf:10:17",
            "Unsupported argument @ main.tf:18:3",
            "Unsupported block type @ main.tf:19:3",
            "Missing required argument @ main.tf:15:14",
            "Unsuitable value type @ main.tf:23:14",
            "Unsuitable value type @ main.tf:22:15",
            "Duplicate variable declaration @ main.tf:25:1",
        ],
    );
}

#[test]
fn what_we_never_run_is_refused_by_name() {
    check(
        r#"
terraform {
  cloud {}
  experiments = [foo]
  backend "remote" {}
  provider_meta "nope" {}
}
ephemeral "aws_x" "y" {}
resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "true"
  }
  connection {
    host = "x"
  }
  lifecycle {
    action_trigger {}
  }
}
"#,
        &[
            "Module uses experimental features @ main.tf:4:3",
            "HCP Terraform is not supported @ main.tf:3:3",
            "Unsupported backend type @ main.tf:5:11",
            "Provider metadata is not supported @ main.tf:6:3",
            "Ephemeral resources are not supported @ main.tf:8:1",
            "Actions are not supported @ main.tf:17:5",
            "Provisioners are not supported @ main.tf:10:3",
            "Connections are not supported @ main.tf:13:3",
        ],
    );
}

#[test]
fn meta_arguments_are_checked() {
    check(
        r#"
resource "terraform_data" "a" {
  count    = 1
  for_each = {}
}
resource "terraform_data" "b" {
  depends_on = [terraform_data.c.id, "terraform_data.c", 1]
  provider   = terraform["x"]
}
resource "terraform_data" "c" {
  lifecycle {
    ignore_changes       = ["*"]
    prevent_destroy      = null
    replace_triggered_by = [var.x, each.key, terraform_data.a]
  }
  lifecycle {}
}
resource "terraform_data" "c" {}
variable "x" { default = 1 }
data "terraform_remote_state" "r" {
  count   = 0
  backend = "local"
  lifecycle {
    create_before_destroy = true
  }
}
"#,
        &[
            "Invalid combination of \"count\" and \"for_each\" @ main.tf:4:3",
            "Invalid provider configuration reference @ main.tf:8:16",
            "Invalid depends_on reference @ main.tf:7:33",
            "warning: Quoted references are deprecated @ main.tf:7:38",
            "Invalid expression @ main.tf:7:58",
            "Duplicate lifecycle block @ main.tf:16:3",
            "Unsuitable value type @ main.tf:13:28",
            "Invalid ignore_changes wildcard @ main.tf:12:29",
            "Invalid reference in replace_triggered_by expression @ main.tf:14:29",
            "Invalid replace_triggered_by expression @ main.tf:14:36",
            "Duplicate resource \"terraform_data\" configuration @ main.tf:18:1",
            "Invalid data resource lifecycle argument @ main.tf:24:5",
        ],
    );
}

#[test]
fn references_fit_what_they_name() {
    check(
        r#"
resource "terraform_data" "one" {}
resource "terraform_data" "many" {
  count = 1
}
output "a" { value = terraform_data.one[0].id }
output "b" { value = terraform_data.many.id }
output "c" { value = terraform_data.one.foo }
output "d" { value = terraform_data.one.id.x }
output "e" { value = module.m.nope }
output "f" { value = module.m.x.anything }
output "g" { value = module.n[0].nope }
module "m" { source = "./m" }
module "n" {
  source = "./m"
  count  = 1
}
-- m/m.tf --
output "x" { value = 1 }
"#,
        &[
            "Unexpected resource instance key @ main.tf:6:22",
            "Missing resource instance key @ main.tf:7:22",
            "Unsupported attribute @ main.tf:8:40",
            "Unsupported attribute @ main.tf:9:43",
            "Unsupported attribute @ main.tf:10:30",
            "Unsupported attribute @ main.tf:12:33",
        ],
    );
}

#[test]
fn calls_are_compared_with_the_variables_of_the_module() {
    check(
        r#"
module "m" {
  source = "./m"
  extra  = 1
  old    = 1
}
module "n" { source = "./nope" }
module "o" { source = "foo" }
module "p" { source = "hashicorp/consul/aws" }
module "q" { source = "registry/module/aws" }
module "r" {
  source  = "registry/module/aws"
  version = "~> 2.0"
}
module "s" { source = "bastionless::door" }
output "o" { value = module.n.x }
-- m/m.tf --
variable "v" {}
variable "old" {
  default    = 1
  deprecated = "use new"
}
-- .terraform/modules/q/main.tf --
output "x" { value = 1 }
"#,
        &[
            "Unreadable module directory @ main.tf:7:23",
            "Invalid module source address @ main.tf:8:23",
            "Module not installed @ main.tf:9:23",
            "Module version requirements have changed @ main.tf:13:13",
            "Unknown built-in module @ main.tf:15:23",
            "Missing required argument @ main.tf:2:12",
            "Unsupported argument @ main.tf:4:3",
            "warning: Deprecated variable got a value @ main.tf:5:12",
        ],
    );
}

#[test]
fn a_module_that_calls_itself_is_refused() {
    check(
        "module \"a\" { source = \"./a\" }\n-- a/a.tf --\nmodule \"a\" { source = \"../a\" }\n",
        &["Module calls itself @ a/a.tf:1:23"],
    );
}

#[test]
fn moves_removals_and_imports_are_compared_with_the_configuration() {
    check(
        r#"
moved {
  from = terraform_data.a
  to   = terraform_data.a
}
moved {
  from = terraform_data.b
  to   = terraform_data.c
}
moved {
  from = terraform_data.b
  to   = terraform_data.d
}
moved {
  from = terraform_data.e
  to   = terraform_data.f
}
moved {
  from = terraform_data.f
  to   = terraform_data.e
}
moved {
  from = terraform_data.still
  to   = terraform_data.g
}
moved {
  from = terraform_data.still
  to   = terraform_data.still[0]
}
moved {
  from = module.x
  to   = terraform_data.y
}
removed {
  from = terraform_data.still
}
removed {
  from = terraform_data.x[0]
}
removed {
  from = module.m[0].terraform_data.x
}
import {
  to = terraform_data.nope
  id = "x"
}
import {
  to = terraform_data.still
}
import {
  to = terraform_data.still[each.key]
  id = each.value
}
resource "terraform_data" "still" {}
"#,
        &[
            "Invalid \"moved\" addresses @ main.tf:30:1",
            "Resource instance keys not allowed @ main.tf:38:26",
            "Module instance keys not allowed @ main.tf:41:18",
            "Invalid import block @ main.tf:47:1",
            "Redundant move statement @ main.tf:2:1",
            "Ambiguous move statements @ main.tf:10:1",
            "Cyclic dependency in move statements @ main.tf:14:1",
            "Moved object still exists @ main.tf:22:1",
            "Ambiguous move statements @ main.tf:26:1",
            "Configuration for import target does not exist @ main.tf:43:1",
            "Reference to \"each\" in context without for_each @ main.tf:51:29",
            "Reference to \"each\" in context without for_each @ main.tf:52:8",
            "Removed resource still exists @ main.tf:54:1",
        ],
    );
}

#[test]
fn versions_are_those_of_the_language_and_of_the_built_in_types() {
    check(
        r#"
terraform {
  required_version = "< 1.0, > 0.12"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
    b = { source = "a/b/c/d" }
    c = { version = "x" }
  }
}
terraform { required_version = "nope" }
"#,
        &[
            "Invalid provider source string @ main.tf:9:20",
            "Invalid version constraint @ main.tf:10:21",
            "Invalid version constraint @ main.tf:13:32",
            "Unsupported Terraform Core version @ main.tf:3:3",
            "warning: Provider version not satisfied @ main.tf:7:17",
        ],
    );
}

#[test]
fn unsupported_types_are_errors_where_there_are_instances_for_sure() {
    check(
        r#"
resource "nope_thing" "a" {}
resource "nope_thing" "b" {
  count = 0
}
resource "nope_thing" "c" {
  count = var.n
}
resource "aws_vpcs" "d" {}
resource "terraform_nope" "e" {}
variable "n" { default = 1 }
module "off" {
  source = "./m"
  count  = 0
}
output "o" { value = nope_thing.b[0].anything }
-- m/m.tf --
resource "nope_thing" "x" {}
"#,
        &[
            "Unsupported resource type @ main.tf:2:1",
            "Unsupported resource type @ main.tf:9:1",
            "Invalid resource type @ main.tf:10:1",
        ],
    );
}

#[test]
fn override_files_replace_arguments_and_blocks() {
    let (program, _, diagnostics) = linked(
        r#"
variable "v" {
  default     = 1
  description = "kept"
}
locals {
  a = 1
  b = 2
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
-- override.tf --
variable "v" { default = 2 }
locals { b = 3 }
terraform {
  required_providers {
    west = { source = "hashicorp/aws" }
  }
}
-- x_override.tf --
output "nope" { value = 2 }
variable "v" { default = 3 }
"#,
    );
    assert_eq!(
        super::testing::shown(&program, &diagnostics),
        "Missing base output definition to override @ x_override.tf:1:1"
    );
    let root = &program.modules[0];
    let v = &root.variables["v"];
    assert_eq!(v.default.as_ref().and_then(|d| d.as_i64()), Some(3));
    assert_eq!(v.description.as_deref(), Some("kept"));
    let sources: Vec<&str> = root.provider_sources.keys().map(|k| &**k).collect();
    assert_eq!(sources, ["aws", "west"]);
    let b = root.locals["b"].expr.span;
    assert_eq!(program.sources.text(b), "3");
}

#[test]
fn provider_configurations_are_inherited_and_passed() {
    let (program, _, diagnostics) = linked(
        r#"
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_vpc" "west" {
  provider   = aws.west
  cidr_block = "10.0.0.0/16"
}
module "plain" { source = "./m" }
module "passed" {
  source    = "./m"
  providers = { aws = aws.west }
}
module "aliased" {
  source    = "./n"
  providers = { aws.src = aws.west }
}
resource "terraform_data" "x" {}
-- m/m.tf --
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
module "deep" { source = "./deep" }
-- m/deep/m.tf --
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
-- n/m.tf --
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.src]
    }
  }
}
resource "aws_vpc" "x" {
  provider   = aws.src
  cidr_block = "10.0.0.0/16"
}
"#,
    );
    assert_eq!(super::testing::shown(&program, &diagnostics), "");
    let used: Vec<String> = program
        .modules
        .iter()
        .flat_map(|m| {
            m.resources
                .values()
                .map(move |r| format!("{}: {} -> {}", m.path, r.resource, r.provider))
        })
        .collect();
    insta::assert_snapshot!(used.join("\n"), @r#"
    : aws_vpc.west -> provider["registry.terraform.io/hashicorp/aws"].west
    : terraform_data.x -> provider["terraform.io/builtin/terraform"]
    module.aliased: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"].west
    module.passed: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"].west
    module.passed.module.deep: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"].west
    module.plain: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"]
    module.plain.module.deep: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"]
    "#);
    let root: Vec<String> = program.modules[0]
        .providers
        .values()
        .map(|p| p.address.to_string())
        .collect();
    assert_eq!(
        root,
        [
            r#"provider["registry.terraform.io/hashicorp/aws"]"#,
            r#"provider["registry.terraform.io/hashicorp/aws"].west"#,
            r#"provider["terraform.io/builtin/terraform"]"#,
        ]
    );
}

#[test]
fn provider_configurations_that_are_missing_or_misplaced_are_reported() {
    check(
        r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_vpc" "x" {
  provider   = aws.nope
  cidr_block = "10.0.0.0/16"
}
module "a" { source = "./n" }
module "b" {
  source = "./own"
  count  = 1
}
module "c" {
  source    = "./own"
  providers = { aws = aws }
}
module "d" {
  source    = "./p"
  providers = { aws = aws.gone }
}
output "o" { value = aws_vpc.x.id }
-- p/m.tf --
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
-- n/m.tf --
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.src]
    }
  }
}
resource "aws_vpc" "x" {
  provider   = aws.src
  cidr_block = "10.0.0.0/16"
}
-- own/m.tf --
provider "aws" {
  region = "eu-west-1"
}
"#,
        &[
            "Provider configuration not present @ main.tf:6:16",
            "Missing required provider configuration @ main.tf:9:1",
            "Module is incompatible with count, for_each, and depends_on @ main.tf:10:1",
            "Cannot override provider configuration @ main.tf:16:23",
            "Provider configuration not present @ main.tf:20:23",
        ],
    );
}

#[test]
fn a_reference_to_itself_stops_one_resource_only() {
    let (program, ..) = linked(
        "resource \"terraform_data\" \"a\" {\n  input = terraform_data.a.id\n}\nresource \"terraform_data\" \"b\" {}\n",
    );
    let problems: Vec<usize> = program.modules[0]
        .resources
        .values()
        .map(|r| r.problems.0.len())
        .collect();
    assert_eq!(problems, [1, 0]);
}

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

#[test]
fn uses_of_deprecated_outputs_are_mentioned_unless_silenced() {
    check(
        r#"
module "m" { source = "./m" }
module "quiet" {
  source                     = "./q"
  ignore_nested_deprecations = true
}
output "a" { value = module.m.old }
output "b" { value = module.m }
output "c" { value = module.m.new }
output "d" {
  value      = module.m.old
  deprecated = "too"
}
-- m/m.tf --
output "old" {
  value      = 1
  deprecated = "use new"
}
output "new" { value = 1 }
-- q/m.tf --
module "m" { source = "../m" }
output "x" { value = module.m.old }
"#,
        &[
            "warning: Deprecated value used @ main.tf:7:22",
            "warning: Deprecated value used @ main.tf:8:22",
        ],
    );
}

#[test]
fn products_of_modules_reach_the_configuration_of_their_resources() {
    let (program, _, diagnostics) = linked(
        r#"
provider "aws" {
  region = "eu-west-1"
}
module "m" { source = "./m" }
-- m/m.tf --
terraform {
  provider_meta "aws" {
    user_agent = ["github.com/some-modules/vpc", "plain"]
  }
}
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
"#,
    );
    assert_eq!(super::testing::shown(&program, &diagnostics), "");
    let block = program.modules[0].providers.values().next().unwrap();
    let config = block.with_products(Value::object([("user_agent", Value::NULL)]));
    let named: Vec<_> = config
        .get("user_agent")
        .unwrap()
        .elements()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect();
    assert_eq!(named, ["github.com/some-modules-vpc", "plain"]);
}
