//! Interrupted and killed runs: nothing is lost, nothing is made twice.

use std::{process::Child, thread::sleep, time::Duration};

use super::{
    Bench,
    bench::{Ran, name},
};

const NETWORK: &str = r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_vpc" "v" {
  cidr_block = "10.40.0.0/16"
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.40.1.0/24"
}
resource "aws_security_group" "g" {
  name   = "crash-g"
  vpc_id = aws_vpc.v.id
}
"#;

const ENDPOINT: &str = r#"
resource "aws_ec2_instance_connect_endpoint" "e" {
  subnet_id          = aws_subnet.s.id
  security_group_ids = [aws_security_group.g.id]
  preserve_client_ip = false
}
"#;

const ROLE: &str = r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_iam_role" "r" {
  name = "crash-r"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
"#;

const BUCKET: &str = r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_s3_bucket" "b" {
  bucket = "crash-b-123456789012"
}
"#;

/// Waits until a call is in the log: it was made, whatever its answer.
fn wait_for(bench: &Bench, call: &str) {
    for _ in 0..600 {
        if bench.calls().iter().any(|c| name(c) == call) {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!(
        "{call} was never called: {:?}",
        bench.calls().iter().map(name).collect::<Vec<_>>()
    );
}

fn count(bench: &Bench, call: &str) -> usize {
    bench
        .calls()
        .iter()
        .filter(|c| name(c) == call && c.get("error").is_none_or(serde_json::Value::is_null))
        .count()
}

fn signal(child: &Child, signal: &str) {
    let sent = std::process::Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// The call is carried out, but its answer takes so long that the program is killed before it comes.
fn killed_after(files: &[(&str, &str)], service: &str, action: &str) {
    let bench = Bench::with_files(files);
    let fault =
        format!(r#"{{"service":"{service}","action":"{action}","after":true,"delay_seconds":20}}"#);
    bench.http("POST", "/_bastionless/faults", &fault);
    let mut child = bench.start(&["apply", "-auto-approve"]);
    wait_for(&bench, &format!("{service}:{action}"));
    sleep(Duration::from_millis(700));
    signal(&child, "-KILL");
    child.wait().unwrap();
    bench.http("DELETE", "/_bastionless/faults", "");
    let next = bench.run(&["apply", "-auto-approve"]).exits(0);
    assert_eq!(
        count(&bench, &format!("{service}:{action}")),
        1,
        "made twice\n{}\n{}",
        next.out,
        next.err
    );
    let third = bench.run(&["plan", "-detailed-exitcode"]).exits(0);
    assert!(third.out.contains("No changes."));
    bench.run(&["destroy", "-auto-approve"]).exits(0);
}

#[test]
fn a_security_group_is_adopted_after_a_kill() {
    killed_after(&[("main.tf", NETWORK)], "ec2", "CreateSecurityGroup");
}

#[test]
fn an_endpoint_is_adopted_after_a_kill() {
    killed_after(
        &[("main.tf", NETWORK), ("endpoint.tf", ENDPOINT)],
        "ec2",
        "CreateInstanceConnectEndpoint",
    );
}

#[test]
fn a_role_is_adopted_after_a_kill() {
    killed_after(&[("main.tf", ROLE)], "iam", "CreateRole");
}

#[test]
fn a_bucket_is_adopted_after_a_kill() {
    killed_after(&[("main.tf", BUCKET)], "s3", "CreateBucket");
}

#[test]
fn an_interrupted_wait_is_resumed() {
    let bench = Bench::with_files(&[("main.tf", NETWORK), ("endpoint.tf", ENDPOINT)]);
    bench.http(
        "PUT",
        "/_bastionless/knobs",
        r#"{"instance-connect-endpoint":{"seconds":8}}"#,
    );
    let child = bench.start(&["apply", "-auto-approve"]);
    wait_for(&bench, "ec2:CreateInstanceConnectEndpoint");
    sleep(Duration::from_millis(1500));
    signal(&child, "-INT");
    let ran: Ran = child.wait_with_output().unwrap().into();
    let ran = ran.exits(130);
    let state = std::fs::read_to_string(bench.dir.join("bastionless.tfstate")).unwrap();
    assert!(state.contains("\"eice-"), "{state}\n{}", ran.err);
    assert!(
        !bench.dir.join(".bastionless.tfstate.lock.info").exists(),
        "the lock is still there"
    );
    bench.http(
        "PUT",
        "/_bastionless/knobs",
        r#"{"instance-connect-endpoint":{"immediate":true}}"#,
    );
    sleep(Duration::from_secs(8));
    bench.run(&["apply", "-auto-approve"]).exits(0);
    assert_eq!(count(&bench, "ec2:CreateInstanceConnectEndpoint"), 1);
    bench.run(&["plan", "-detailed-exitcode"]).exits(0);
}

#[test]
fn the_second_of_two_applies_names_the_holder() {
    let backend = r#"
terraform {
  backend "s3" {
    bucket       = "states"
    key          = "a/terraform.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
  }
}
"#;
    let bench = Bench::with_files(&[
        ("main.tf", NETWORK),
        ("endpoint.tf", ENDPOINT),
        ("backend.tf", backend),
    ]);
    bench.hands(&["change", "state_bucket"]);
    bench.run(&["init", "-input=false"]).exits(0);
    bench.http(
        "PUT",
        "/_bastionless/knobs",
        r#"{"instance-connect-endpoint":{"seconds":6}}"#,
    );
    let first = bench.start(&["apply", "-auto-approve"]);
    wait_for(&bench, "ec2:CreateInstanceConnectEndpoint");
    let second = bench.run(&["apply", "-auto-approve"]).exits(1);
    for words in [
        "Error acquiring the state lock",
        "Who:",
        "Operation:",
        "ID:",
    ] {
        assert!(
            second.err.contains(words),
            "{words} is missing: {}",
            second.err
        );
    }
    let first: Ran = first.wait_with_output().unwrap().into();
    first.exits(0);
    bench.run(&["plan", "-detailed-exitcode"]).exits(0);
    assert_eq!(count(&bench, "ec2:CreateInstanceConnectEndpoint"), 1);
}
