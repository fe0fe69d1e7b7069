//! What stays open of a request: which conditions are told, which requests meet them, and which nobody can meet.

use super::bench::{Edit, estate};
use crate::access::{Analysis, Estate, Method, Path, Verdict, Witness};

/// Returns the example with an inline policy of the operator, whose statements are given as JSON.
fn with_statements(statements: &str) -> Estate {
    let text = format!(
        r#"resource "aws_iam_role_policy" "more" {{
  name   = "more"
  role   = aws_iam_role.operator.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = {statements} }})
}}
"#
    );
    estate("eic-endpoint", &[("more.tf", "", &text)])
}

fn ssh(estate: &Estate) -> (Path, Vec<Witness>) {
    let analysis = Analysis::new(estate);
    let path = analysis
        .paths(
            "aws_iam_role.operator",
            "aws_instance.private",
            Method::EicSsh,
        )
        .into_iter()
        .next()
        .unwrap();
    let witnesses = analysis.witnesses(&path);
    (path, witnesses)
}

/// Returns a key of the first witness for an action.
fn key(witnesses: &[Witness], action: &str, key: &str) -> String {
    let witness = witnesses
        .iter()
        .find(|w| w.action.ends_with(action))
        .unwrap_or_else(|| panic!("no witness for {action}: {witnesses:?}"));
    let (_, value) = witness
        .context
        .iter()
        .find(|(k, _)| k.eq_ignore_ascii_case(key))
        .unwrap_or_else(|| panic!("no {key}: {witness:?}"));
    value.clone()
}

#[test]
fn a_denial_of_what_is_allowed_leaves_nothing() {
    let estate = with_statements(
        r#"[{ Effect = "Deny", Action = "*", Resource = "*", Condition = { StringLike = { "ec2:osuser" = "ec2-*" } } }]"#,
    );
    let (path, _) = ssh(&estate);
    let missing = path.first_missing().unwrap();
    assert_eq!(
        missing.kind.to_string(),
        "permission:ec2-instance-connect:SendSSHPublicKey"
    );
    assert_eq!(
        missing.detail,
        "no request for ec2-instance-connect:SendSSHPublicKey meets all its conditions: ec2:osuser StringEquals ec2-user, \
         unless ec2:osuser StringLike ec2-*"
    );
}

#[test]
fn a_second_statement_is_a_way_round_a_denial() {
    let estate = with_statements(
        r#"[
    { Effect = "Deny", Action = "*", Resource = "*", Condition = { StringLike = { "ec2:osuser" = "ec2-*" } } },
    { Sid = "Other", Effect = "Allow", Action = "ec2-instance-connect:SendSSHPublicKey", Resource = "*", Condition = { StringEquals = { "ec2:osuser" = "admin" } } }
  ]"#,
    );
    let (path, witnesses) = ssh(&estate);
    assert_eq!(path.verdict(), Verdict::Open);
    assert!(
        path.conditions()
            .contains(&"ec2:osuser StringEquals admin".to_owned()),
        "{:?}",
        path.conditions()
    );
    assert_eq!(key(&witnesses, ":SendSSHPublicKey", "ec2:osuser"), "admin");
}

#[test]
fn requests_keep_clear_of_denials() {
    let estate = with_statements(
        r#"[
    { Effect = "Deny", Action = "*", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } },
    { Effect = "Deny", Action = "*", Resource = "*", Condition = { NotIpAddress = { "aws:SourceIp" = ["192.0.2.0/24", "198.51.100.7/32"] } } },
    { Effect = "Deny", Action = "*", Resource = "*", Condition = { NumericGreaterThan = { "ec2-instance-connect:maxTunnelDuration" = "600" } } }
  ]"#,
    );
    let (path, witnesses) = ssh(&estate);
    assert_eq!(path.verdict(), Verdict::Open);
    assert!(
        path.conditions()
            .contains(&"unless aws:MultiFactorAuthPresent BoolIfExists false".to_owned()),
        "{:?}",
        path.conditions()
    );
    for action in [":OpenTunnel", ":SendSSHPublicKey"] {
        assert_eq!(
            key(&witnesses, action, "aws:MultiFactorAuthPresent"),
            "true"
        );
        let address = key(&witnesses, action, "aws:SourceIp");
        assert!(
            address.starts_with("192.0.2.") || address == "198.51.100.7",
            "{address}"
        );
    }
    let duration: u32 = key(
        &witnesses,
        ":OpenTunnel",
        "ec2-instance-connect:maxTunnelDuration",
    )
    .parse()
    .unwrap();
    assert!(duration <= 600, "{duration}");
}

#[test]
fn conditions_of_a_boundary_hold_as_well() {
    let edge = r#"resource "aws_iam_policy" "edge" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "192.0.2.0/24" } } }] })
}
"#;
    let edits: [Edit<'_>; 2] = [
        (
            "policy.tf",
            "  description        = \"Connects",
            "  permissions_boundary = aws_iam_policy.edge.arn\n  description        = \"Connects",
        ),
        ("edge.tf", "", edge),
    ];
    let (path, witnesses) = ssh(&estate("eic-endpoint", &edits));
    assert_eq!(path.verdict(), Verdict::Open);
    assert!(
        path.conditions()
            .contains(&"aws:SourceIp IpAddress 192.0.2.0/24".to_owned()),
        "{:?}",
        path.conditions()
    );
    assert!(key(&witnesses, ":OpenTunnel", "aws:SourceIp").starts_with("192.0.2."));
}
