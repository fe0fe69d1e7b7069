//! What changes of configurations change of the access.

use bastionless_model::schema::Catalogue;

use super::bench::{Edit, planned};
use crate::access::{
    Estate,
    change::{AccessChange, ChangeKind, changes},
    things,
};

/// Returns the changes from one version of an example to another.
fn between(example: &str, before: &[Edit<'_>], after: &[Edit<'_>]) -> Vec<AccessChange> {
    let old = things(&planned(example, before), Catalogue::builtin());
    let new = things(&planned(example, after), Catalogue::builtin());
    changes(&Estate::read(&old, None), &Estate::read(&new, Some(&old)))
}

/// Writes changes as `kind principal method instance`, with the hop of those that go or come.
fn told(changes: &[AccessChange]) -> Vec<String> {
    let hop = |c: &AccessChange| {
        c.hop
            .as_ref()
            .map(|h| format!(" ({})", h.hop))
            .unwrap_or_default()
    };
    changes
        .iter()
        .map(|c| {
            format!(
                "{} {} {}{}",
                c.kind.name(),
                c.key.principal,
                c.key.method.name(),
                hop(c)
            )
        })
        .collect()
}

#[test]
fn nothing_changes_between_equals() {
    assert_eq!(told(&between("eic-endpoint", &[], &[])), [""; 0]);
    assert_eq!(told(&between("session-manager", &[], &[])), [""; 0]);
}

#[test]
fn a_port_of_a_grant() {
    let port = [("policy.tf", "values   = [\"22\"]", "values   = [\"3389\"]")];
    let found = between("eic-endpoint", &[], &port);
    let hop = "(permission:ec2-instance-connect:OpenTunnel)";
    assert_eq!(
        told(&found),
        ["eic-console", "eic-tunnel", "eic-ssh"]
            .map(|m| format!("lost aws_iam_role.operator {m} {hop}"))
    );
    let witness = &found[1].before.as_ref().unwrap().witnesses[0];
    assert_eq!(witness.action, "ec2-instance-connect:OpenTunnel");
    assert_eq!(witness.context["ec2-instance-connect:remoteport"], "22");
    assert_eq!(
        witness.context["ec2-instance-connect:privateipaddress"],
        "10.20.1.4"
    );
    // The endpoint's and the instance's groups let nothing to 3389: no access is gained. With both it is.
    let rdp = r#"
resource "aws_vpc_security_group_egress_rule" "rdp_out" {
  security_group_id            = aws_security_group.endpoint.id
  ip_protocol                  = "tcp"
  from_port                    = 3389
  to_port                      = 3389
  referenced_security_group_id = aws_security_group.instance.id
}
resource "aws_vpc_security_group_ingress_rule" "rdp_in" {
  security_group_id            = aws_security_group.instance.id
  ip_protocol                  = "tcp"
  from_port                    = 3389
  to_port                      = 3389
  referenced_security_group_id = aws_security_group.endpoint.id
}
"#;
    let both = [port[0], ("rdp.tf", "", rdp)];
    let gained: Vec<_> = between("eic-endpoint", &[], &both)
        .into_iter()
        .filter(|c| c.kind == ChangeKind::Gained)
        .collect();
    assert_eq!(
        told(&gained),
        [format!("gained aws_iam_role.operator eic-rdp {hop}")]
    );
    assert_eq!(
        gained[0].after.as_ref().unwrap().witnesses[0].context["ec2-instance-connect:remoteport"],
        "3389"
    );
}

#[test]
fn a_rule_of_a_group() {
    let gone = [(
        "access.tf",
        "resource \"aws_vpc_security_group_ingress_rule\" \"instance_from_endpoint\" {",
        "resource \"aws_vpc_security_group_ingress_rule\" \"instance_from_endpoint\" {\n  count = 0",
    )];
    let methods = ["eic-console", "eic-tunnel", "eic-ssh"];
    assert_eq!(
        told(&between("eic-endpoint", &[], &gone)),
        methods.map(|m| format!("lost aws_iam_role.operator {m} (instance-ingress)"))
    );
    assert_eq!(
        told(&between("eic-endpoint", &gone, &[])),
        methods.map(|m| format!("gained aws_iam_role.operator {m} (instance-ingress)"))
    );
}

#[test]
fn a_boundary_of_a_role() {
    let edge = r#"resource "aws_iam_policy" "edge" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["ec2-instance-connect:OpenTunnel"], Resource = "*" }] })
}
"#;
    let bounded = [
        (
            "policy.tf",
            "  description        = \"Connects",
            "  permissions_boundary = aws_iam_policy.edge.arn\n  description        = \"Connects",
        ),
        ("edge.tf", "", edge),
    ];
    let found = told(&between("eic-endpoint", &[], &bounded));
    assert_eq!(
        found,
        [
            "lost aws_iam_role.operator eic-console (permission:ec2-instance-connect:SendSSHPublicKey)",
            "lost aws_iam_role.operator eic-ssh (permission:ec2-instance-connect:SendSSHPublicKey)",
        ]
    );
}

#[test]
fn a_policy_of_an_endpoint() {
    let narrow = [(
        "main.tf",
        "  vpc_endpoint_type = \"Gateway\"",
        "  vpc_endpoint_type = \"Gateway\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"s3:GetObject\", Resource = \"*\" }] })",
    )];
    let found = told(&between("session-manager", &[], &narrow));
    assert_eq!(
        found,
        [
            "lost aws_iam_policy.operator ssm-shell (service-policy:s3:s3:GetEncryptionConfiguration)"
        ]
    );
}

#[test]
fn conditions_and_logging() {
    let user = [("policy.tf", "[var.os_user]", "[\"root\"]")];
    let found = between("eic-endpoint", &[], &user);
    assert_eq!(
        told(&found),
        [
            "conditions aws_iam_role.operator eic-console",
            "conditions aws_iam_role.operator eic-ssh"
        ]
    );
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
    let found = told(&between("session-manager", &[], &unlogged));
    assert_eq!(
        found,
        ["no_longer_logged aws_iam_policy.operator ssm-shell"]
    );
}

#[test]
fn what_is_sensitive_is_not_shown() {
    let secret = [
        (
            "policy.tf",
            "values   = [var.os_user]",
            "values   = [\"hush\"]",
        ),
        (
            "policy.tf",
            "policy      = data.aws_iam_policy_document.connect.json",
            "policy      = sensitive(data.aws_iam_policy_document.connect.json)",
        ),
    ];
    let state = planned("eic-endpoint", &secret);
    let judgement = crate::access::judge(
        &crate::state::Snapshot::default(),
        &state,
        Catalogue::builtin(),
        &[],
    );
    assert!(
        judgement
            .changes
            .iter()
            .any(|c| c.kind == ChangeKind::Gained)
    );
    let text = serde_json::to_string(&judgement).unwrap();
    assert!(
        !text.contains("hush") && text.contains("ec2:osuser (sensitive value)"),
        "{text}"
    );
}

#[test]
fn a_change_is_told_in_text_and_markdown() {
    let user = [("policy.tf", "[var.os_user]", "[\"root\"]")];
    let (before, after) = (planned("eic-endpoint", &[]), planned("eic-endpoint", &user));
    let judgement = crate::access::judge(&before, &after, Catalogue::builtin(), &[]);
    let text = crate::report::access_text(&judgement, crate::report::Style::default());
    let markdown = crate::report::access_markdown(&judgement);
    let unseen = "Not seen: service control policies; session policies; network ACLs; accounts of the operating system.\n";
    for (told, policies) in [
        (&text, "  aws_iam_policy.connect.policy statement PushKey\n"),
        (&markdown, "#### Policies by statement\n\n```diff\n"),
    ] {
        assert!(told.contains(policies) && told.contains(unseen), "{told}");
    }
    let request = "for example ec2-instance-connect:SendSSHPublicKey on arn:aws:ec2:eu-west-1:123456789012:instance/${aws_instance.private.id} with ec2:osuser=root\n";
    assert!(text.contains(request), "{text}");
}
