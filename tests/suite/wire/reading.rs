//! Cost of reading: the number of calls of a refresh beside the least that the API allows.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    Bench,
    bench::{changes, name},
};

const CONFIG: &str = r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_vpc" "v" {
  cidr_block = "10.50.0.0/16"
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.50.1.0/24"
}
resource "aws_security_group" "g" {
  count  = 20
  name   = "g${count.index}"
  vpc_id = aws_vpc.v.id
}
resource "aws_vpc_security_group_ingress_rule" "r" {
  count             = 200
  security_group_id = aws_security_group.g[count.index % 20].id
  ip_protocol       = "tcp"
  from_port         = 1000 + count.index
  to_port           = 1000 + count.index
  cidr_ipv4         = "10.0.0.0/8"
}
resource "aws_vpc_endpoint" "e" {
  count              = 20
  vpc_id             = aws_vpc.v.id
  service_name       = "com.amazonaws.eu-west-1.ssm"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.s.id]
  security_group_ids = [aws_security_group.g[count.index].id]
}
resource "aws_iam_role" "r" {
  count = 50
  name  = "r${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "p" {
  count = 50
  name  = "p"
  role  = aws_iam_role.r[count.index].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ssm:UpdateInstanceInformation", Resource = "*" }]
  })
}
resource "aws_s3_bucket" "b" {
  count  = 10
  bucket = "reading-${count.index}-123456789012"
}
"#;

/// The least number of calls, written before measuring: operation, objects, objects a page (docs of each API), calls.
///
/// Of a VPC three attributes are read one by one; of a bucket one call says whether it is there and whose it is.
const LEAST: &[(&str, usize, usize, usize)] = &[
    ("ec2:DescribeSecurityGroupRules", 200, 1000, 1),
    ("ec2:DescribeSecurityGroups", 20, 1000, 1),
    ("ec2:DescribeVpcEndpoints", 20, 1000, 1),
    ("ec2:DescribeSubnets", 1, 1000, 1),
    ("ec2:DescribeVpcs", 1, 1000, 1),
    ("ec2:DescribeVpcAttribute", 3, 1, 3),
    ("ec2:DescribeNetworkAcls", 1, 1000, 1),
    ("ec2:DescribeRouteTables", 1, 100, 1),
    ("iam:GetAccountAuthorizationDetails", 100, 1000, 1),
    ("s3: one call a bucket", 10, 1, 10),
    ("sts:GetCallerIdentity", 1, 1, 1),
];

#[test]
fn a_refresh_needs_at_most_half_as_many_calls_again_as_the_least() {
    let least: usize = LEAST
        .iter()
        .map(|(operation, objects, page, calls)| {
            assert_eq!(objects.div_ceil(*page), *calls, "{operation}");
            calls
        })
        .sum();
    let bench = Bench::with_files(&[("main.tf", CONFIG)]);
    bench.http(
        "PUT",
        "/_bastionless/knobs",
        r#"{"vpc-endpoint":{"immediate":true}}"#,
    );
    bench
        .run(&["apply", "-auto-approve", "-parallelism=30"])
        .exits(0);
    bench.forget_calls();
    let plan = bench.run(&["plan", "-refresh-only"]).exits(0);
    assert!(plan.out.contains("No changes."), "{}", plan.out);
    let calls: Vec<Json> = bench.calls();
    assert!(!calls.iter().any(changes), "a plan changes nothing");
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for call in &calls {
        *made.entry(name(call)).or_default() += 1;
    }
    assert!(
        calls.len() * 2 <= least * 3,
        "{} calls, the least is {least}: {made:#?}",
        calls.len()
    );
}
