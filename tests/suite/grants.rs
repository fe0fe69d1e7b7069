//! Grants compiled from a configuration, and what is said where no service can enforce one; permissions without credentials.

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

const EXAMPLE: &str = include_str!("../../examples/granted-access/main.tf");

#[test]
fn the_example_compiles_without_provider_and_credentials() {
    let s = Sandbox::new(EXAMPLE);
    s.ok("apply -auto-approve");
    let policies: Vec<String> = serde_json::from_str(&s.ok("output -json developers")).unwrap();
    assert_eq!(policies.len(), 1);
    let policy: Json = serde_json::from_str(&policies[0]).unwrap();
    let tunnel = &policy["Statement"][0];
    assert_eq!(tunnel["Action"], "ec2-instance-connect:OpenTunnel");
    assert_eq!(
        tunnel["Condition"]["IpAddress"]["ec2-instance-connect:privateIpAddress"],
        "10.20.1.0/24"
    );
    assert_eq!(
        tunnel["Condition"]["Bool"]["aws:MultiFactorAuthPresent"],
        "true"
    );
    let documents: Json = serde_json::from_str(&s.ok("output -json session_documents")).unwrap();
    assert!(
        documents["analysts-database"]
            .as_str()
            .unwrap()
            .contains("^(5432)$"),
        "{documents}"
    );
    assert!(
        s.ok("output -raw instances")
            .contains("ssmmessages:OpenControlChannel")
    );
    assert!(
        s.ok("iam policy")
            .contains("data.bastionless_access_policy.analysts.user_policies.0")
    );
}

#[test]
fn what_no_service_enforces_is_an_error_at_its_place() {
    let s = Sandbox::new(&EXAMPLE.replace(
        "ports         = [5432]",
        "ports         = [5432]\n    max_duration  = 60",
    ));
    let said = s.exits("plan", 1).err;
    assert!(
        said.contains("main.tf:") && said.contains("max_duration  = 60"),
        "{said}"
    );
    assert!(
        said.contains("Invalid grant") && said.contains("`maxSessionDuration`"),
        "{said}"
    );
    let s = Sandbox::new(&EXAMPLE.replace(
        "method        = \"eic-ssh\"",
        "method        = \"eic-tunnel\"",
    ));
    let said = s.exits("plan", 1).err;
    assert!(
        said.contains("`OpenTunnel` is decided on the endpoint and never sees the instance"),
        "{said}"
    );
}

#[test]
fn permissions_need_no_credentials() {
    let s = Sandbox::new(
        r#"
provider "aws" { region = "eu-central-1" }
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = false
}
"#,
    );
    let policy: Json =
        serde_json::from_str(&s.ok("permissions apply -account=111122223333")).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let of = |action: &str| {
        let names = |s: &&Json| {
            s["Action"] == action
                || s["Action"]
                    .as_array()
                    .is_some_and(|a| a.iter().any(|n| n == action))
        };
        statements.iter().find(names)
    };
    assert_eq!(
        of("iam:CreateRole").unwrap()["Resource"],
        "arn:aws:iam::111122223333:role/app"
    );
    assert_eq!(
        of("ec2:CreateVpc").unwrap()["Resource"],
        "arn:aws:ec2:eu-central-1:111122223333:vpc/*"
    );
    assert_eq!(
        of("ec2:CreateTags").unwrap()["Condition"]["StringEquals"]["ec2:CreateAction"],
        "CreateVpc"
    );
    assert!(
        of("ec2:ModifyVpcAttribute").is_none() && of("iam:AttachRolePolicy").is_none(),
        "{policy:#}"
    );
    let plan: Vec<Json> = s
        .ok("permissions plan -json")
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(
        plan.iter()
            .map(|l| l["action"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["sts:GetCallerIdentity"]
    );
}
