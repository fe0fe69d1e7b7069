//! Every hop of the examples, broken one by one.

use super::bench::{Edit, estate};
use crate::access::{Analysis, Estate, Logged, Method, Path, Verdict};

const EIC: &str = "eic-endpoint";
const SSM: &str = "session-manager";

/// Returns the best path of the example's user to its instance by a method.
fn best(estate: &Estate, method: Method) -> Path {
    assert!(estate.unreadable.is_empty(), "{:?}", estate.unreadable);
    let analysis = Analysis::new(estate);
    let principal = estate
        .roles
        .values()
        .find(|r| r.address.ends_with(".operator"))
        .map(|r| r.address.clone());
    analysis
        .paths(&principal.unwrap(), "aws_instance.private", method)
        .into_iter()
        .next()
        .unwrap()
}

fn told(path: &Path) -> String {
    path.hops()
        .map(|h| format!("   {} {:?} {}\n", h.kind, h.state, h.detail))
        .collect()
}

#[test]
fn the_examples_are_sound() {
    let eic = estate(EIC, &[]);
    for method in [Method::EicConsole, Method::EicTunnel, Method::EicSsh] {
        let path = best(&eic, method);
        assert_eq!(path.verdict(), Verdict::Open, "{}", told(&path));
        assert_eq!(path.logged, Logged::Never);
    }
    let conditions = best(&eic, Method::EicSsh).conditions();
    assert_eq!(
        conditions,
        [
            "ec2-instance-connect:maxTunnelDuration NumericLessThanEquals 3600",
            "ec2:osuser StringEquals ec2-user"
        ]
    );
    let ssm = estate(SSM, &[]);
    let path = best(&ssm, Method::SsmShell);
    assert_eq!(
        (path.verdict(), path.via.as_str()),
        (Verdict::Open, "ssm-demo-session"),
        "{}",
        told(&path)
    );
    let to = [
        "s3://ssm-demo-sessions-123456789012-eu-west-1",
        "log group /sessions/ssm-demo",
    ]
    .map(str::to_owned)
    .to_vec();
    assert_eq!(path.logged, Logged::To(to));
}

#[test]
fn what_the_examples_do_not_give_is_blocked() {
    let eic = estate(EIC, &[]);
    let missing = |e: &Estate, m| best(e, m).first_missing().unwrap().kind.to_string();
    assert_eq!(
        missing(&eic, Method::EicRdp),
        "permission:ec2-instance-connect:OpenTunnel"
    );
    assert_eq!(missing(&eic, Method::InstanceConnect), "public-address");
    assert_eq!(
        missing(&eic, Method::SsmShell),
        "permission:ssm:StartSession:instance"
    );
    assert_eq!(
        missing(&eic, Method::SerialConsole),
        "permission:ec2-instance-connect:SendSerialConsoleSSHPublicKey"
    );
    let ssm = estate(SSM, &[]);
    for method in [
        Method::SsmSsh,
        Method::SsmPortForward,
        Method::SsmRemotePortForward,
        Method::FleetManagerRdp,
    ] {
        assert_eq!(
            missing(&ssm, method),
            "permission:ssm:StartSession:document",
            "{}",
            method.name()
        );
    }
    assert_eq!(missing(&ssm, Method::EicTunnel), "eic-endpoint");
}

/// Example, method, changes, the hop that is missing then.
type Fault<'a> = (&'a str, Method, &'a [Edit<'a>], &'a str);

const DENY: &str = r#"resource "aws_iam_role_policy" "deny" {
  name   = "deny"
  role   = aws_iam_role.operator.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "ec2-instance-connect:Open*", Resource = "*" }] })
}
"#;
const DENY_ADDRESS: &str = r#"resource "aws_iam_role_policy" "deny" {
  name = "deny"
  role = aws_iam_role.operator.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Deny", Action = "*", Resource = "*"
    Condition = { IpAddress = { "ec2-instance-connect:privateIpAddress" = "10.20.0.0/16" } }
  }] })
}
"#;
const PROFILELESS: &str = "  iam_instance_profile   = aws_iam_instance_profile.instance.name\n";

#[rustfmt::skip]
const FAULTS: &[Fault<'_>] = &[
    // What the user may do: EC2 Instance Connect.
    (EIC, Method::EicSsh, &[("policy.tf", "ec2-instance-connect:OpenTunnel\"]", "ec2-instance-connect:OpenTunel\"]")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicSsh, &[("policy.tf", "values   = [\"22\"]", "values   = [\"3389\"]")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("policy.tf", "${aws_instance.private.private_ip}/32", "10.99.0.0/16")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("policy.tf", "[aws_ec2_instance_connect_endpoint.main.arn]", "[aws_instance.private.arn]")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("policy.tf", "variable = \"ec2-instance-connect:remotePort\"", "variable = \"ec2-instance-connect:remotePorts\"")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("deny.tf", "", DENY)], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("deny.tf", "", DENY_ADDRESS)], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("policy.tf", "aws_iam_role_policy_attachment\" \"connect\" {", "aws_iam_role_policy_attachment\" \"connect\" {\n  count = 0")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicTunnel, &[("policy.tf", "  description        = \"Connects", "  permissions_boundary = aws_iam_policy.edge.arn\n  description        = \"Connects"), ("edge.tf", "", "resource \"aws_iam_policy\" \"edge\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\" }] })\n}\n")], "permission:ec2-instance-connect:OpenTunnel"),
    (EIC, Method::EicSsh, &[("policy.tf", "ec2-instance-connect:SendSSHPublicKey\"]", "ec2-instance-connect:SendSerialConsoleSSHPublicKey\"]")], "permission:ec2-instance-connect:SendSSHPublicKey"),
    (EIC, Method::EicSsh, &[("policy.tf", "[aws_instance.private.arn]", "[aws_ec2_instance_connect_endpoint.main.arn]")], "permission:ec2-instance-connect:SendSSHPublicKey"),
    (EIC, Method::EicSsh, &[("policy.tf", "test     = \"StringEquals\"\n      variable = \"ec2:osuser\"", "test     = \"StringEquals\"\n      variable = \"ec2:ResourceTag/Team\"")], "permission:ec2-instance-connect:SendSSHPublicKey"),
    (EIC, Method::EicSsh, &[("policy.tf", "\"ec2:DescribeInstances\", ", "")], "permission:ec2:DescribeInstances"),
    (EIC, Method::EicSsh, &[("policy.tf", ", \"ec2:DescribeInstanceConnectEndpoints\"", "")], "permission:ec2:DescribeInstanceConnectEndpoints"),
    // Its network and instance.
    (EIC, Method::EicTunnel, &[("access.tf", "resource \"aws_vpc_security_group_egress_rule\" \"endpoint_to_instance\" {", "resource \"aws_vpc_security_group_egress_rule\" \"endpoint_to_instance\" {\n  count = 0")], "eic-endpoint-egress"),
    (EIC, Method::EicTunnel, &[("access.tf", "  security_group_id            = aws_security_group.endpoint.id", "  security_group_id            = aws_security_group.instance.id")], "eic-endpoint-egress"),
    (EIC, Method::EicTunnel, &[("access.tf", "referenced_security_group_id = aws_security_group.instance.id", "cidr_ipv4 = \"10.99.0.0/16\"")], "eic-endpoint-egress"),
    (EIC, Method::EicTunnel, &[("access.tf", "resource \"aws_vpc_security_group_ingress_rule\" \"instance_from_endpoint\" {", "resource \"aws_vpc_security_group_ingress_rule\" \"instance_from_endpoint\" {\n  count = 0")], "instance-ingress"),
    (EIC, Method::EicTunnel, &[("access.tf", "referenced_security_group_id = aws_security_group.endpoint.id", "cidr_ipv4 = \"10.20.99.0/24\"")], "instance-ingress"),
    (EIC, Method::EicTunnel, &[("access.tf", "  security_group_ids = [aws_security_group.endpoint.id]", "  security_group_ids = [aws_security_group.instance.id]")], "eic-endpoint-egress"),
    (EIC, Method::EicTunnel, &[("access.tf", "vpc_security_group_ids = [aws_security_group.instance.id]", "vpc_security_group_ids = [aws_security_group.endpoint.id]")], "eic-endpoint-egress"),
    (EIC, Method::EicSsh, &[("access.tf", "http_endpoint = \"enabled\"", "http_endpoint = \"disabled\""), ("access.tf", "http_tokens   = \"required\"", "http_tokens   = \"optional\"")], "instance-metadata"),
    // What the user may do: Session Manager.
    (SSM, Method::SsmShell, &[("access.tf", "sid       = \"Target\"\n    actions   = [\"ssm:StartSession\"]", "sid       = \"Target\"\n    actions   = [\"ssm:ResumeSession\"]")], "permission:ssm:StartSession:instance"),
    (SSM, Method::SsmShell, &[("access.tf", "resources = [aws_instance.private.arn]", "resources = [aws_instance.private.arn]\n    condition {\n      test     = \"StringEquals\"\n      variable = \"aws:ResourceTag/Team\"\n      values   = [\"a\"]\n    }")], "permission:ssm:StartSession:instance"),
    (SSM, Method::SsmShell, &[("access.tf", "resources = [aws_ssm_document.session.arn]", "resources = [\"arn:aws:ssm:*:*:document/other\"]")], "permission:ssm:StartSession:document"),
    (SSM, Method::SsmShell, &[("access.tf", "resources = [aws_ssm_document.session.arn]", "resources = [aws_ssm_document.session.arn]\n    condition {\n      test     = \"StringEquals\"\n      variable = \"aws:ResourceTag/Team\"\n      values   = [\"a\"]\n    }")], "permission:ssm:StartSession:document"),
    (SSM, Method::SsmShell, &[("access.tf", "sid       = \"Channel\"\n    actions   = [\"ssmmessages:OpenDataChannel\"]", "sid       = \"Channel\"\n    actions   = [\"ssmmessages:OpenControlChannel\"]")], "permission:ssmmessages:OpenDataChannel"),
    (SSM, Method::SsmShell, &[("access.tf", "actions   = [\"kms:GenerateDataKey\"]", "actions   = [\"kms:Decrypt\"]")], "permission:kms:GenerateDataKey"),
    (SSM, Method::SsmShell, &[("logging.tf", "actions   = [\"kms:*\"]", "actions   = [\"kms:Decrypt\"]")], "permission:kms:GenerateDataKey"),
    // The instance and its role.
    (SSM, Method::SsmShell, &[("access.tf", PROFILELESS, "")], "instance-profile"),
    (SSM, Method::SsmShell, &[("access.tf", "identifiers = [\"ec2.amazonaws.com\"]", "identifiers = [\"lambda.amazonaws.com\"]")], "instance-trust"),
    (SSM, Method::SsmShell, &[("access.tf", "http_endpoint = \"enabled\"", "http_endpoint = \"disabled\""), ("access.tf", "http_tokens   = \"required\"", "http_tokens   = \"optional\"")], "instance-metadata"),
    (SSM, Method::SsmShell, &[("access.tf", "      \"ssm:UpdateInstanceInformation\",\n", "")], "instance-permission:ssm:UpdateInstanceInformation"),
    (SSM, Method::SsmShell, &[("access.tf", "      \"ssmmessages:CreateControlChannel\",\n", "")], "instance-permission:ssmmessages:CreateControlChannel"),
    (SSM, Method::SsmShell, &[("access.tf", "      \"ssmmessages:CreateDataChannel\",\n", "")], "instance-permission:ssmmessages:CreateDataChannel"),
    (SSM, Method::SsmShell, &[("access.tf", "      \"ssmmessages:OpenControlChannel\",\n", "")], "instance-permission:ssmmessages:OpenControlChannel"),
    (SSM, Method::SsmShell, &[("access.tf", "      \"ssmmessages:OpenDataChannel\",\n", "")], "instance-permission:ssmmessages:OpenDataChannel"),
    (SSM, Method::SsmShell, &[("access.tf", "\"kms:Decrypt\", \"kms:GenerateDataKey\"", "\"kms:Encrypt\", \"kms:GenerateDataKey\"")], "instance-permission:kms:Decrypt"),
    (SSM, Method::SsmShell, &[("access.tf", "\"kms:Decrypt\", \"kms:GenerateDataKey\"", "\"kms:Decrypt\"")], "instance-permission:kms:GenerateDataKey"),
    (SSM, Method::SsmShell, &[("access.tf", "actions   = [\"logs:DescribeLogGroups\"]\n    resources = [\"*\"]", "actions   = [\"logs:DescribeLogGroups\"]\n    resources = [aws_cloudwatch_log_group.sessions.arn]")], "instance-permission:logs:DescribeLogGroups"),
    (SSM, Method::SsmShell, &[("access.tf", "\"logs:CreateLogStream\", ", "")], "instance-permission:logs:CreateLogStream"),
    (SSM, Method::SsmShell, &[("access.tf", "\"logs:DescribeLogStreams\", ", "")], "instance-permission:logs:DescribeLogStreams"),
    (SSM, Method::SsmShell, &[("access.tf", ", \"logs:PutLogEvents\"", "")], "instance-permission:logs:PutLogEvents"),
    (SSM, Method::SsmShell, &[("access.tf", "actions   = [\"s3:GetEncryptionConfiguration\"]", "actions   = [\"s3:GetBucketLocation\"]")], "instance-permission:s3:GetEncryptionConfiguration"),
    (SSM, Method::SsmShell, &[("access.tf", "${aws_s3_bucket.logs.arn}/shell/*", "${aws_s3_bucket.logs.arn}/other/*")], "instance-permission:s3:PutObject"),
    (SSM, Method::SsmShell, &[("logging.tf", "variable = \"aws:SecureTransport\"\n      values   = [\"false\"]", "variable = \"aws:SecureTransport\"\n      values   = [\"true\"]")], "instance-permission:s3:GetEncryptionConfiguration"),
    // Where the content goes.
    (SSM, Method::SsmShell, &[("logging.tf", "  retention_in_days = var.retention_days\n  kms_key_id        = aws_kms_key.sessions.arn", "  retention_in_days = var.retention_days")], "log-encryption"),
    (SSM, Method::SsmShell, &[("logging.tf", "logs.${local.region}.amazonaws.com", "sns.amazonaws.com")], "log-encryption"),
    // The ways to the services.
    (SSM, Method::SsmShell, &[("main.tf", "toset([\"ssm\", ", "toset([")], "service:ssm"),
    (SSM, Method::SsmShell, &[("main.tf", "\"ssmmessages\", ", "")], "service:ssmmessages"),
    (SSM, Method::SsmShell, &[("main.tf", "\"kms\", ", "")], "service:kms"),
    (SSM, Method::SsmShell, &[("main.tf", ", \"logs\"]", "]")], "service:logs"),
    (SSM, Method::SsmShell, &[("main.tf", "route_table_ids   = [aws_route_table.private.id]", "route_table_ids   = []")], "service:s3"),
    (SSM, Method::SsmShell, &[("main.tf", "private_dns_enabled = true", "private_dns_enabled = false")], "private-dns:ssm"),
    (SSM, Method::SsmShell, &[("main.tf", "enable_dns_hostnames = true", "enable_dns_hostnames = false")], "vpc-dns"),
    (SSM, Method::SsmShell, &[("main.tf", "enable_dns_support   = true", "enable_dns_support   = false")], "vpc-dns"),
    (SSM, Method::SsmShell, &[("main.tf", "  referenced_security_group_id = aws_security_group.endpoints.id", "  cidr_ipv4 = \"10.99.0.0/16\"")], "instance-egress:ssm"),
    (SSM, Method::SsmShell, &[("main.tf", "  referenced_security_group_id = aws_security_group.instance.id", "  cidr_ipv4 = \"10.99.0.0/16\"")], "service-ingress:ssm"),
    (SSM, Method::SsmShell, &[("main.tf", "resource \"aws_vpc_security_group_egress_rule\" \"instance_to_s3\" {", "resource \"aws_vpc_security_group_egress_rule\" \"instance_to_s3\" {\n  count = 0")], "instance-egress:s3"),
    (SSM, Method::SsmShell, &[("main.tf", "  private_dns_enabled = true", "  private_dns_enabled = true\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"s3:*\", Resource = \"*\" }] })")], "service-policy:ssm:ssm:UpdateInstanceInformation"),
    (SSM, Method::SsmShell, &[("main.tf", "  vpc_endpoint_type = \"Gateway\"", "  vpc_endpoint_type = \"Gateway\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"s3:GetObject\", Resource = \"*\" }] })")], "service-policy:s3:s3:GetEncryptionConfiguration"),
];

#[test]
fn each_broken_hop_is_named() {
    assert!(FAULTS.len() >= 40);
    let mut wrong = Vec::new();
    for (example, method, edits, expected) in FAULTS {
        let path = best(&estate(example, edits), *method);
        let got = path.first_missing().map(|h| h.kind.to_string());
        if got.as_deref() != Some(*expected) {
            wrong.push(format!(
                "{edits:?}\n  expected {expected}, got {got:?}\n{}",
                told(&path)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        FAULTS.len(),
        wrong.join("\n")
    );
}
