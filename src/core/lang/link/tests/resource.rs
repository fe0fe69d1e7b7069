//! `resource` and `data`.

use super::super::testing::linked;
use super::check;

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
