//! Both examples: applied, found unchanged, changed by hand in many ways, found drifted exactly there, repaired, destroyed.

use serde_json::{Value as Json, json};

use super::Bench;

/// What a change by hand must show as, and nothing else.
struct Hand {
    /// Its name in `tests/hands/hands.py`.
    name: &'static str,
    /// The lines of `drift -json`: address, kind, attribute or child type, old and live value; `null` stands for "not compared".
    lines: Vec<(&'static str, &'static str, &'static str, Json, Json)>,
}

fn hand(
    name: &'static str,
    address: &'static str,
    kind: &'static str,
    what: &'static str,
    old: Json,
    live: Json,
) -> Hand {
    Hand {
        name,
        lines: vec![(address, kind, what, old, live)],
    }
}

fn any() -> Json {
    Json::Null
}

fn eic_endpoint() -> Vec<Hand> {
    let role = "aws_iam_role.operator";
    vec![
        hand(
            "rule_removed",
            "aws_vpc_security_group_ingress_rule.instance_from_endpoint",
            "deleted",
            "",
            any(),
            any(),
        ),
        hand(
            "rule_added",
            "aws_security_group.instance",
            "unmanaged",
            "aws_vpc_security_group_ingress_rule",
            any(),
            any(),
        ),
        hand(
            "rule_widened",
            "aws_vpc_security_group_egress_rule.endpoint_to_instance",
            "changed",
            "to_port",
            json!(22),
            json!(3389),
        ),
        hand(
            "policy_edited",
            "aws_iam_policy.connect",
            "changed",
            "policy",
            any(),
            any(),
        ),
        hand(
            "policy_attached",
            role,
            "unmanaged",
            "aws_iam_role_policy_attachment",
            any(),
            any(),
        ),
        hand(
            "policy_detached",
            "aws_iam_role_policy_attachment.connect",
            "deleted",
            "",
            any(),
            any(),
        ),
        hand(
            "inline_policy_added",
            role,
            "unmanaged",
            "aws_iam_role_policy",
            any(),
            any(),
        ),
        hand(
            "trust_edited",
            role,
            "changed",
            "assume_role_policy",
            any(),
            any(),
        ),
        hand(
            "tag_removed",
            "aws_vpc.main",
            "changed",
            "tags.Name",
            json!("eic-demo"),
            any(),
        ),
        hand(
            "endpoint_groups_changed",
            "aws_ec2_instance_connect_endpoint.main",
            "changed",
            "security_group_ids",
            any(),
            any(),
        ),
        hand(
            "metadata_tokens_optional",
            "aws_instance.private",
            "changed",
            "metadata_options[0].http_tokens",
            json!("required"),
            json!("optional"),
        ),
    ]
}

fn session_manager() -> Vec<Hand> {
    let bucket = "aws_s3_bucket_public_access_block.logs";
    vec![
        hand(
            "bucket_opened",
            bucket,
            "changed",
            "block_public_policy",
            json!(true),
            json!(false),
        ),
        hand(
            "versioning_suspended",
            "aws_s3_bucket_versioning.logs",
            "changed",
            "versioning_configuration[0].status",
            json!("Enabled"),
            json!("Suspended"),
        ),
        hand(
            "bucket_policy_deleted",
            "aws_s3_bucket_policy.logs",
            "deleted",
            "",
            any(),
            any(),
        ),
        hand(
            "log_group_deleted",
            "aws_cloudwatch_log_group.sessions",
            "deleted",
            "",
            any(),
            any(),
        ),
        hand(
            "retention_shortened",
            "aws_cloudwatch_log_group.sessions",
            "changed",
            "retention_in_days",
            json!(365),
            json!(1),
        ),
        hand(
            "rotation_off",
            "aws_kms_key.sessions",
            "changed",
            "enable_key_rotation",
            json!(true),
            json!(false),
        ),
        hand(
            "document_changed",
            "aws_ssm_document.session",
            "changed",
            "content",
            any(),
            any(),
        ),
        hand(
            "inline_policy_edited",
            "aws_iam_role_policy.instance",
            "changed",
            "policy",
            any(),
            any(),
        ),
        hand(
            "interface_groups_changed",
            "aws_vpc_endpoint.interface[\"ssm\"]",
            "changed",
            "security_group_ids",
            any(),
            any(),
        ),
    ]
}

/// Applies an example and insists that nothing is left to do.
fn applied(name: &str) -> Bench {
    let bench = Bench::with_example(name);
    bench.http(
        "PUT",
        "/_bastionless/knobs",
        r#"{"instance-connect-endpoint":{"immediate":true},"vpc-endpoint":{"immediate":true}}"#,
    );
    bench.run(&["init", "-input=false"]).exits(0);
    bench.run(&["plan", "-input=false", "-out=p"]).exits(0);
    bench.run(&["apply", "-input=false", "p"]).exits(0);
    let second = bench
        .run(&["plan", "-input=false", "-detailed-exitcode"])
        .exits(0);
    assert!(second.out.contains("No changes."), "{}", second.out);
    bench.run(&["drift"]).exits(0);
    bench
}

fn is_drift(bench: &Bench, hand: &Hand) {
    let before = bench.hands(&["see", hand.name]);
    bench.hands(&["change", hand.name]);
    let found = bench.run(&["drift", "-json"]).exits(2);
    let lines = found.lines();
    assert_eq!(lines.len(), hand.lines.len(), "{}: {lines:#?}", hand.name);
    for (line, (address, kind, what, old, live)) in lines.iter().zip(&hand.lines) {
        let text = |k: &str| line.get(k).and_then(Json::as_str).unwrap_or_default();
        assert_eq!(
            (text("address"), text("kind")),
            (*address, *kind),
            "{}: {line:#}",
            hand.name
        );
        let child = line.pointer("/child/type").and_then(Json::as_str);
        assert_eq!(
            child.unwrap_or(text("attribute")),
            *what,
            "{}: {line:#}",
            hand.name
        );
        for (wanted, key) in [(old, "old"), (live, "new")] {
            assert!(
                wanted.is_null() || line.get(key) == Some(wanted),
                "{}: {line:#}",
                hand.name
            );
        }
        assert_ne!(line.get("old"), line.get("new"), "{}: {line:#}", hand.name);
    }
    if hand.lines.iter().any(|(_, kind, ..)| *kind == "unmanaged") {
        bench
            .run(&["drift", "-revert-children", "-auto-approve"])
            .exits(0);
    } else {
        bench
            .run(&["apply", "-input=false", "-auto-approve"])
            .exits(0);
    }
    bench.run(&["drift"]).exits(0);
    assert_eq!(
        bench.hands(&["see", hand.name]),
        before,
        "{}: not repaired",
        hand.name
    );
}

fn destroyed(bench: &Bench) {
    bench
        .run(&["destroy", "-input=false", "-auto-approve"])
        .exits(0);
    assert_eq!(bench.hands(&["left"]), "{}", "something is left");
}

#[test]
fn eic_endpoint_from_nothing_and_back() {
    let bench = applied("eic-endpoint");
    for hand in eic_endpoint() {
        is_drift(&bench, &hand);
    }
    for same in ["tags_reordered", "policy_reordered"] {
        bench.hands(&["change", same]);
        bench.run(&["drift"]).exits(0);
    }
    destroyed(&bench);
}

#[test]
fn session_manager_from_nothing_and_back() {
    let bench = applied("session-manager");
    for hand in session_manager() {
        is_drift(&bench, &hand);
    }
    destroyed(&bench);
}
