//! `iam can`, as a user runs it: in a directory without a configuration, without a cloud.
#![expect(
    clippy::unwrap_used,
    reason = "a sandbox that cannot be made fails the test that needs it"
)]

use serde_json::{Value as Json, json};

use crate::sandbox::Sandbox;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const TUNNEL: &str = "ec2-instance-connect:OpenTunnel arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/eice-1";

fn sandbox() -> Sandbox {
    let s = Sandbox::new("");
    std::fs::remove_file(s.path("main.tf")).unwrap();
    let tunnel = json!({"Version": "2012-10-17", "Statement": {
        "Sid": "Tunnel", "Effect": "Allow", "Action": "ec2-instance-connect:OpenTunnel", "Resource": "*",
        "Condition": {"NumericEquals": {"ec2-instance-connect:remotePort": 22}, "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}
    }});
    s.file("tunnel.json", &tunnel.to_string());
    s.file("boundary.json", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#);
    s.file(
        "many.json",
        &json!([tunnel, {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}])
            .to_string(),
    );
    s
}

#[test]
fn one_request_with_policies_of_files() {
    let s = sandbox();
    let port = "ec2-instance-connect:remotePort=22";
    let allowed = s.ok(&format!(
        "iam can -policy=tunnel.json {ALICE} {TUNNEL} {port} aws:TagKeys=a aws:tagkeys=b"
    ));
    assert_eq!(
        allowed,
        "Allowed: statement 1 (`Tunnel`) of identity policy 1 allows it.\n"
    );
    let other = s.exits(
        &format!("iam can -policy=tunnel.json {ALICE} {TUNNEL} {port} aws:TagKeys=a aws:TagKeys=c"),
        3,
    );
    assert_eq!(
        other.out,
        "Denied: no statement of the identity policy allows it.\n"
    );
    s.exits(&format!("iam can -policy=tunnel.json {ALICE} {TUNNEL}"), 3);
    let bounded = s.exits(
        &format!(
            "iam can -policy=tunnel.json -boundary=boundary.json -json {ALICE} {TUNNEL} {port}"
        ),
        3,
    );
    let by = json!({"layer": "boundary", "policy": 0, "statement": null, "sid": null});
    assert_eq!(
        bounded.out.parse::<Json>().unwrap(),
        json!({"id": null, "decision": "implicit_deny", "by": by})
    );
    let denied = s.exits(
        &format!("iam can -policy=many.json {ALICE} {TUNNEL} {port}"),
        3,
    );
    assert_eq!(
        denied.out,
        "Denied: statement 1 of identity policy 2 denies it.\n"
    );
}

#[test]
fn requests_of_a_file() {
    let s = sandbox();
    let line = |id: &str, policy: &str| {
        format!(
            r#"{{"id":{id},"principal":"{ALICE}","action":"s3:GetObject","resource":"arn:aws:s3:::b/x","identity":[{policy}]}}"#
        )
    };
    let all = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    s.file(
        "good.jsonl",
        &format!("{}\n\n{}\n", line("\"a\"", all), line("7", "")),
    );
    assert_eq!(
        s.ok("iam can -requests=good.jsonl"),
        "a: allow\n7: implicit_deny\n"
    );
    let answers: Vec<Json> = s
        .ok("iam can -requests good.jsonl -json")
        .lines()
        .map(|l| l.parse().unwrap())
        .collect();
    assert_eq!(
        (&answers[0]["decision"], &answers[1]["id"]),
        (&json!("allow"), &json!(7))
    );
    // A line that cannot be decided does not hide the others, and the exit code tells of it.
    s.file(
        "bad.jsonl",
        &format!(
            "{}\n{}\n",
            line("1", r#"{"Statement":{"Effect":"allow","Action":"*"}}"#),
            line("2", all)
        ),
    );
    let ran = s.exits("iam can -requests=bad.jsonl -json", 1);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(
        ran.err.contains("line 1") && ran.err.contains("`Effect` must be"),
        "{}",
        ran.err
    );
}

#[test]
fn what_cannot_be_asked_is_said() {
    let s = sandbox();
    s.file("list.json", "[]");
    s.file("text.json", "hello");
    s.file("wrong.json", "{\n  \"Statement\": [{\n    \"Effect\": \"Allow\", \"Action\": \"*\", \"Sids\": 1\n  }]\n}");
    s.file(
        "operator.json",
        r#"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"StringEqual":{"a:b":"c"}}}}"#,
    );
    for (line, expected) in [
        ("iam can".to_owned(), "Nothing to decide"),
        ("iam can -policy=none.json a:b c *".to_owned(), "none.json"),
        (
            format!("iam can -policy=tunnel.json {ALICE} {TUNNEL} port=22"),
            "no condition key",
        ),
        (
            format!("iam can -policy=text.json {ALICE} {TUNNEL}"),
            "not JSON",
        ),
        (
            format!("iam can -policy=wrong.json {ALICE} {TUNNEL}"),
            "line 3: A statement has no element `Sids`",
        ),
        (
            format!("iam can -policy=operator.json {ALICE} {TUNNEL}"),
            "no condition operator `StringEqual`",
        ),
        (
            format!("iam can -policy=tunnel.json -boundary=many.json {ALICE} {TUNNEL}"),
            "exactly one policy",
        ),
    ] {
        let ran = s.exits(&line, 1);
        let err = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(err.contains(expected), "{line}: {err}");
    }
}

/// A state with a role, its policy, its boundary and a bucket whose policy names the role.
fn state() -> Json {
    let arn = |what: &str| format!("arn:aws:iam::111122223333:{what}");
    let policy = |sid: &str, action: &str| {
        let statement = json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "*"});
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let bucket = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Dev", "Effect": "Allow", "Principal": {"AWS": arn("role/dev")}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}]});
    let resource = |kind: &str, name: &str, version: u64, attributes: Json| {
        json!({"mode": "managed", "type": kind, "name": name, "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{"schema_version": version, "attributes": attributes}]})
    };
    json!({"version": 4, "terraform_version": "1.15.5", "serial": 1, "lineage": "7f0a7b0e-3c6d-4e55-9a55-0d1d6c1f2a10", "outputs": {}, "resources": [
        resource("aws_iam_policy", "edge", 0, json!({"arn": arn("policy/edge"), "id": arn("policy/edge"), "name": "edge", "policy": policy("Edge", "*")})),
        resource("aws_iam_policy", "tunnel", 0, json!({"arn": arn("policy/tunnel"), "id": arn("policy/tunnel"), "name": "tunnel", "policy": policy("Tunnel", "ec2-instance-connect:*")})),
        resource("aws_iam_role", "dev", 0, json!({"arn": arn("role/dev"), "id": "dev", "name": "dev", "assume_role_policy": trust.to_string(), "permissions_boundary": arn("policy/edge")})),
        resource("aws_iam_role", "other", 0, json!({"arn": arn("role/other"), "id": "other", "name": "other", "assume_role_policy": trust.to_string()})),
        resource("aws_iam_role_policy_attachment", "a", 0, json!({"id": "dev/x", "role": "dev", "policy_arn": arn("policy/tunnel")})),
        resource("aws_iam_role_policy_attachment", "b", 0, json!({"id": "other/x", "role": "other", "policy_arn": arn("policy/elsewhere")})),
        resource("aws_s3_bucket", "logs", 0, json!({"arn": "arn:aws:s3:::logs", "id": "logs", "bucket": "logs"})),
        resource("aws_s3_bucket_policy", "logs", 0, json!({"id": "logs", "bucket": "logs", "policy": bucket.to_string()})),
    ]})
}

#[test]
fn policies_of_the_configuration() {
    let s = Sandbox::new("");
    s.file("bastionless.tfstate", &state().to_string());
    let can = |words: &str| s.run(&format!("iam can -state {words}"));
    let tunnel = can(&format!("aws_iam_role.dev {TUNNEL}"));
    assert_eq!(
        (tunnel.code, tunnel.out.as_str()),
        (
            0,
            "Allowed: statement 1 (`Tunnel`) of identity policy 1 allows it. It is aws_iam_policy.tunnel.\n"
        ),
        "{}",
        tunnel.err
    );
    let json: Json = can(&format!(
        "-json arn:aws:iam::111122223333:role/dev {TUNNEL}"
    ))
    .out
    .parse()
    .unwrap();
    assert_eq!(json["by"]["address"], "aws_iam_policy.tunnel");
    // The bucket's policy names the role; reading is not in the role's own policies.
    let read = can("dev s3:GetObject arn:aws:s3:::logs/x");
    assert_eq!(
        (read.code, read.out.as_str()),
        (
            0,
            "Allowed: statement 1 (`Dev`) of resource policy 1 allows it.\n"
        ),
        "{}",
        read.err
    );
    assert_eq!(can("dev s3:PutObject arn:aws:s3:::logs/x").code, 3);
    assert_eq!(can("dev s3:ListBucket aws_s3_bucket.logs").code, 3);
    // A boundary of a file stands in the place of the configuration's.
    s.file("boundary.json", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#);
    let bounded = can(&format!(
        "-boundary=boundary.json aws_iam_role.dev {TUNNEL}"
    ));
    assert_eq!(
        (bounded.code, bounded.out.as_str()),
        (
            3,
            "Denied: no statement of the permissions boundary allows it.\n"
        )
    );
    let unseen = can(&format!("aws_iam_role.other {TUNNEL}"));
    assert!(
        unseen.code == 1 && unseen.err.contains("policy/elsewhere"),
        "{}",
        unseen.err
    );
    let unknown = can(&format!("aws_iam_role.none {TUNNEL}"));
    assert!(
        unknown.code == 1 && unknown.err.contains("aws_iam_role.dev"),
        "{}",
        unknown.err
    );
}
