//! Each rule fails one plan and passes the sound one.

use bastionless_model::{base::SourceId, schema::Catalogue};

use super::bench::{Edit, planned};
use crate::access::{
    Estate,
    change::changes,
    rules::{Planned, judge, parse},
    things,
};

/// Judges a version of an example, made out of nothing or of the example itself.
fn broken(example: &str, edits: &[Edit<'_>], is_new: bool, rules: &str) -> Vec<String> {
    let parsed = parse(SourceId(0), rules);
    assert!(!parsed.diagnostics.has_errors(), "{:?}", parsed.diagnostics);
    let old = if is_new {
        Vec::new()
    } else {
        things(&planned(example, &[]), Catalogue::builtin())
    };
    let new = things(&planned(example, edits), Catalogue::builtin());
    let (before, estate) = (Estate::read(&old, None), Estate::read(&new, Some(&old)));
    let changes = changes(&before, &estate);
    let found = judge(
        &parsed.value,
        &Planned {
            estate: &estate,
            changes: &changes,
        },
    );
    found
        .into_iter()
        .map(|v| format!("{} {}: {}", v.rule, v.address, v.detail))
        .collect()
}

const NONE: [&str; 0] = [];

#[test]
fn access_gained_by_some() {
    let rule = r#"rule "no" { 
  forbid     = "gained_access" 
  principals = ["*operator"]
  methods    = ["eic-ssh"]
}"#;
    assert_eq!(broken("eic-endpoint", &[], false, rule), NONE);
    assert_eq!(
        broken("eic-endpoint", &[], true, rule),
        ["no aws_iam_role.operator: gains eic-ssh to aws_instance.private"]
    );
    assert_eq!(
        broken(
            "eic-endpoint",
            &[],
            true,
            &rule.replace("*operator", "*admin*")
        ),
        NONE
    );
}

#[test]
fn access_without_a_second_factor() {
    let rule = r#"rule "mfa" { forbid = "access_without_mfa" }"#;
    let found = broken("eic-endpoint", &[], false, rule);
    assert_eq!(found.len(), 3, "{found:?}");
    let trusted = [(
        "policy.tf",
        "identifiers = [\"arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root\"]\n    }",
        "identifiers = [\"arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root\"]\n    }\n    condition {\n      test     = \"Bool\"\n      variable = \"aws:MultiFactorAuthPresent\"\n      values   = [\"true\"]\n    }",
    )];
    assert_eq!(broken("eic-endpoint", &trusted, false, rule), NONE);
    let factor = "    condition {\n      test     = \"Bool\"\n      variable = \"aws:MultiFactorAuthPresent\"\n      values   = [\"true\"]\n    }\n";
    let granted = [(
        "policy.tf",
        "    resources = [aws_ec2_instance_connect_endpoint.main.arn]\n",
        &*format!("    resources = [aws_ec2_instance_connect_endpoint.main.arn]\n{factor}"),
    )];
    assert_eq!(broken("eic-endpoint", &granted, false, rule), NONE);
}

#[test]
fn access_without_logging() {
    let rule = r#"rule "logged" { forbid = "access_without_logging" }"#;
    assert_eq!(broken("session-manager", &[], false, rule), NONE);
    let unlogged = [
        (
            "access.tf",
            "      s3BucketName                = aws_s3_bucket.logs.id\n",
            "",
        ),
        (
            "access.tf",
            "      cloudWatchLogGroupName      = aws_cloudwatch_log_group.sessions.name\n",
            "",
        ),
    ];
    let found = broken("session-manager", &unlogged, false, rule);
    assert_eq!(
        found,
        [
            "logged aws_iam_policy.operator: the content of ssm-shell to aws_instance.private is not logged"
        ]
    );
}

#[test]
fn wildcards() {
    let rule = r#"rule "stars" { forbid = "wildcard" }"#;
    assert_eq!(broken("eic-endpoint", &[], false, rule), NONE);
    let wide = [(
        "policy.tf",
        "resources = [aws_instance.private.arn]\n\n    condition {\n      test     = \"StringEquals\"\n      variable = \"ec2:osuser\"\n      values   = [var.os_user]\n    }\n",
        "resources = [\"*\"]\n",
    )];
    let found = broken("eic-endpoint", &wide, false, rule);
    assert_eq!(
        found,
        [
            "stars aws_iam_policy.connect: statement \"PushKey\" allows ec2-instance-connect:SendSSHPublicKey on the resource \"*\", for aws_iam_role.operator"
        ]
    );
    let all = [(
        "policy.tf",
        "\"ec2:DescribeInstances\", \"ec2:DescribeInstanceConnectEndpoints\"",
        "\"ec2:*\"",
    )];
    assert_eq!(
        broken("eic-endpoint", &all, false, rule),
        [
            "stars aws_iam_policy.connect: statement \"Find\" allows the action \"ec2:*\", for aws_iam_role.operator"
        ]
    );
}

#[test]
fn public_paths() {
    let rule = r#"rule "public" { forbid = "public_path" }"#;
    assert_eq!(broken("eic-endpoint", &[], false, rule), NONE);
    let public = [
        (
            "access.tf",
            "  ami                    = data.aws_ami.al2023.id",
            "  associate_public_ip_address = true\n  ami                    = data.aws_ami.al2023.id",
        ),
        (
            "access.tf",
            "referenced_security_group_id = aws_security_group.endpoint.id",
            "cidr_ipv4 = \"0.0.0.0/0\"",
        ),
        (
            "gate.tf",
            "",
            "resource \"aws_internet_gateway\" \"g\" {\n  vpc_id = aws_vpc.main.id\n}\nresource \"aws_route\" \"r\" {\n  route_table_id = aws_route_table.private.id\n  destination_cidr_block = \"0.0.0.0/0\"\n  gateway_id = aws_internet_gateway.g.id\n}\n",
        ),
    ];
    let found = broken("eic-endpoint", &public, false, rule);
    assert_eq!(
        found,
        [
            "public aws_instance.private: 0.0.0.0/0 reaches it at tcp 22-22 (aws_security_group.instance)"
        ]
    );
    assert_eq!(
        broken("eic-endpoint", &public[..2], false, rule),
        NONE,
        "no route"
    );
}

#[test]
fn files_of_rules_are_checked() {
    let told = |text: &str| {
        let parsed = parse(SourceId(0), text);
        parsed
            .diagnostics
            .iter()
            .map(|d| format!("{}: {}", d.summary, d.detail))
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert!(told("rule \"a\" {}").contains("The argument \"forbid\" is required"));
    assert!(told("rule \"a\" { forbid = \"wild\" }").contains("must be one of \"gained_access\""));
    assert!(told("rule \"a\" { forbids = \"wildcard\" }").contains("Did you mean \"forbid\"?"));
    assert!(
        told("rule \"a\" { forbid = \"wildcard\" }\nrule \"a\" { forbid = \"wildcard\" }")
            .contains("another rule \"a\"")
    );
    assert!(told("rules \"a\" { forbid = \"wildcard\" }").contains("blocks of type \"rule\" only"));
    assert!(
        told("rule \"a\" {\n forbid = \"gained_access\"\n methods = [\"telnet\"]\n}")
            .contains("\"eic-ssh\"")
    );
}
