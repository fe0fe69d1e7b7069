//! A saved plan is applied as it was reviewed, or refused without a changing call.

use super::{Bench, bench::changes};

const CONFIG: &str = r#"
variable "name" {
  default = "a"
}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_cloudwatch_log_group" "g" {
  name              = "/saved/g"
  retention_in_days = 7
  tags              = { Name = var.name }
}
"#;

/// Makes an applied configuration, and a saved plan that changes one object of it.
fn with_plan() -> Bench {
    let bench = Bench::with_files(&[("main.tf", CONFIG)]);
    bench.run(&["apply", "-auto-approve"]).exits(0);
    bench.write("terraform.tfvars", "name = \"b\"\n");
    let plan = bench.run(&["plan", "-out=p"]).exits(0);
    assert!(
        plan.out.contains("0 to add, 1 to change, 0 to destroy"),
        "{}",
        plan.out
    );
    bench
}

#[track_caller]
fn is_refused(bench: &Bench, why: &str) {
    bench.forget_calls();
    let refused = bench.run(&["apply", "-input=false", "p"]).exits(1);
    assert!(refused.err.contains(why), "{}", refused.err);
    let made: Vec<_> = bench.calls().into_iter().filter(changes).collect();
    assert!(made.is_empty(), "changing calls were made: {made:#?}");
}

#[test]
fn it_is_applied_when_nothing_changed() {
    let bench = with_plan();
    bench.run(&["apply", "-input=false", "p"]).exits(0);
    bench.run(&["plan", "-detailed-exitcode"]).exits(0);
}

#[test]
fn it_is_refused_when_the_state_changed() {
    let bench = with_plan();
    bench
        .run(&["apply", "-auto-approve", "-var=name=c"])
        .exits(0);
    is_refused(&bench, "Saved plan is stale");
}

#[test]
fn it_is_refused_when_the_configuration_changed() {
    let bench = with_plan();
    bench.write("more.tf", "output \"x\" {\n  value = 1\n}\n");
    is_refused(&bench, "the configuration was changed");
}

#[test]
fn it_is_refused_when_a_variable_changed() {
    let bench = with_plan();
    bench.write("terraform.tfvars", "name = \"d\"\n");
    is_refused(&bench, "the value of the variable `name` was changed");
}

#[test]
fn it_is_refused_when_it_carries_errors() {
    let bench = with_plan();
    bench.write("terraform.tfvars", "name = \"b\"\n");
    bench.write("bad.tf", "resource \"terraform_data\" \"bad\" {\n  lifecycle {\n    precondition {\n      condition     = var.name == \"x\"\n      error_message = \"no\"\n    }\n  }\n}\n");
    bench.run(&["plan", "-out=p"]).exits(1);
    is_refused(&bench, "Cannot apply incomplete plan");
}

#[test]
fn it_is_refused_when_an_object_that_it_changes_was_changed() {
    let bench = with_plan();
    bench.hands(&["change", "saved_group_changed"]);
    is_refused(&bench, "aws_cloudwatch_log_group.g was changed");
}
