//! Time of the access analysis: principals times instances, all methods.
//!
//! `cargo bench -p bastionless-core --bench access` prints one line a size, and how the time grows from size to size.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and ends where its own input is wrong"
)]

use std::{collections::BTreeMap, time::Instant};

use bastionless_core::access::{
    Analysis, Estate,
    estate::{EicEndpoint, Group, Instance, Peer, Role, Rule, Subnet, VpcEndpoint},
};
use bastionless_model::iam::ast::Document;

const ACCOUNT: &str = "111122223333";

fn policy(i: usize) -> Document {
    let arn = |rest: &str| format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:{rest}");
    let text = serde_json::json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Tunnel", "Effect": "Allow", "Action": "ec2-instance-connect:OpenTunnel", "Resource": arn("instance-connect-endpoint/eice-1"),
          "Condition": { "NumericEquals": { "ec2-instance-connect:remotePort": "22" },
                         "IpAddress": { "ec2-instance-connect:privateIpAddress": format!("10.0.{}.0/24", i % 8) } } },
        { "Sid": "Push", "Effect": "Allow", "Action": "ec2-instance-connect:SendSSHPublicKey", "Resource": arn("instance/*"),
          "Condition": { "StringEquals": { "aws:ResourceTag/Team": format!("t{}", i % 20), "ec2:osuser": "ec2-user" } } },
        { "Sid": "Shell", "Effect": "Allow", "Action": "ssm:StartSession", "Resource": arn("instance/*"),
          "Condition": { "StringLike": { "aws:ResourceTag/Team": format!("t{}*", i % 5) } } },
        { "Sid": "Document", "Effect": "Allow", "Action": "ssm:StartSession", "Resource": "arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell" },
        { "Sid": "Channel", "Effect": "Allow", "Action": "ssmmessages:OpenDataChannel", "Resource": "*" },
        { "Sid": "Find", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*" },
        { "Sid": "Factor", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } } },
    ] });
    Document::parse(&text.to_string())
        .expect("a policy")
        .document
}

fn estate(principals: usize, instances: usize) -> Estate {
    let mut estate = Estate {
        account: ACCOUNT.into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        ..Estate::default()
    };
    let range = |t: &str| t.parse().expect("a range");
    let subnet = Subnet {
        address: "aws_subnet.a".into(),
        vpc: "vpc-1".into(),
        ranges: vec![range("10.0.0.0/16")],
    };
    estate.subnets.insert("subnet-1".into(), subnet);
    let all = Rule {
        protocol: "tcp".into(),
        from: 0,
        to: 65535,
        peer: Peer::Range(range("10.0.0.0/16")),
    };
    let group = Group {
        address: "aws_security_group.a".into(),
        vpc: "vpc-1".into(),
        ingress: [all.clone()].into(),
        egress: [all].into(),
        has_rules: true,
    };
    estate.groups.insert("sg-1".into(), group);
    estate.eic_endpoints.push(EicEndpoint {
        address: "aws_ec2_instance_connect_endpoint.a".into(),
        arn: format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:instance-connect-endpoint/eice-1"),
        subnet: "subnet-1".into(),
        groups: Some(vec!["sg-1".into()]),
        preserves_client_ip: false,
        tags: BTreeMap::new(),
    });
    for service in ["ssm", "ssmmessages"] {
        estate.vpc_endpoints.push(VpcEndpoint {
            address: format!("aws_vpc_endpoint.{service}"),
            vpc: "vpc-1".into(),
            service: service.into(),
            is_interface: true,
            subnets: vec!["subnet-1".into()],
            groups: Some(vec!["sg-1".into()]),
            has_private_dns: true,
            route_tables: Vec::new(),
            prefix_list: None,
            policy: None,
        });
    }
    for i in 0..instances {
        estate.instances.push(Instance {
            address: format!("aws_instance.i[{i}]"),
            id: format!("i-{i:017x}"),
            arn: format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-{i:017x}"),
            subnet: Some("subnet-1".into()),
            groups: Some(vec!["sg-1".into()]),
            private_ip: format!("10.0.{}.{}", i % 8, i / 8 % 250 + 4).parse().ok(),
            is_public: false,
            profile: Some("p".into()),
            tags: BTreeMap::from([("Team".to_owned(), format!("t{}", i % 20))]),
            has_metadata: true,
            is_windows: false,
        });
    }
    for i in 0..principals {
        let name = format!("role{i}");
        estate.roles.insert(
            name.clone(),
            Role {
                address: format!("aws_iam_role.{name}"),
                arn: format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
                policies: vec![(format!("aws_iam_policy.{name}"), policy(i))],
                name,
                ..Role::default()
            },
        );
    }
    estate.profiles.insert("p".into(), Some("role0".into()));
    estate
}

fn main() {
    let mut last: Option<f64> = None;
    for (principals, instances) in [(50, 125), (100, 125), (200, 125), (200, 250), (200, 500)] {
        let estate = estate(principals, instances);
        let start = Instant::now();
        let open = Analysis::new(&estate).all().len();
        let seconds = start.elapsed().as_secs_f64();
        let growth = last
            .map(|l| format!(", {:.2} x the line before", seconds / l))
            .unwrap_or_default();
        println!(
            "{principals:>4} principals x {instances:>4} instances: {seconds:.3} s, {open} paths{growth}"
        );
        last = Some(seconds);
    }
}
