//! `iam lint`, `iam explain`, and the rules in `validate`.

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

const BAD: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:StopInstancs","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"}]}"#;

fn empty() -> Sandbox {
    let s = Sandbox::new("");
    std::fs::remove_file(s.path("main.tf")).unwrap();
    s
}

#[test]
fn policy_files_are_linted_and_fixed_in_an_empty_directory() {
    let s = empty();
    s.file("p/bad.json", BAD);
    s.file("p/good.json", &BAD.replace("Instancs", "Instances"));
    s.file("broken.json", "{");
    let found = s.exits("iam lint p", 3);
    assert!(
        found.out.contains("Unknown action") && found.out.contains("0 errors, 1 warnings"),
        "{}",
        found.out
    );
    let line: Json =
        serde_json::from_str(s.exits("iam lint p/bad.json -json", 3).out.trim()).unwrap();
    assert_eq!(
        (line["rule"].as_str(), line["range"]["filename"].as_str()),
        (Some("unknown-action"), Some("p/bad.json"))
    );
    assert_eq!(line["patch"]["replacement"], "\"ec2:StopInstances\"");
    assert_eq!(s.exits("iam lint p/good.json", 0).out, "No findings.\n");
    let broken = s.exits("iam lint broken.json", 1);
    assert!(broken.err.contains("Not a policy"), "{}", broken.err);
    assert!(
        s.exits("iam lint missing.json", 1)
            .err
            .contains("missing.json")
    );
    assert!(
        s.exits("iam lint p -kind=nix", 1)
            .err
            .contains("inline-role")
    );
    s.exits("iam lint p -fix", 0);
    assert!(s.read("p/bad.json").contains("ec2:StopInstances"));
    let piped = s.run_with("iam lint - -json", BAD);
    assert_eq!(
        (piped.code, piped.out.lines().count()),
        (3, 1),
        "{}",
        piped.err
    );
}

#[test]
fn policies_are_explained() {
    let s = empty();
    s.file("p.json", BAD);
    let text = s.ok("iam explain p.json");
    assert!(
        text.contains("Whoever has this policy may do") && text.contains("ec2:StopInstancs"),
        "{text}"
    );
    s.file("bad.json", r#"{"Statement":{"Effect":"allow"}}"#);
    assert!(
        s.ok("iam explain bad.json")
            .contains("AWS would not take it")
    );
    assert!(
        s.exits("iam explain aws_iam_policy.p", 1)
            .err
            .contains("No configuration files")
    );
}

const POLICY: &str = r#"
resource "aws_iam_policy" "p" {
  name = "p"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "ec2-instance-connect:SendSSHPublicKey"
      Resource  = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"
      Condition = { StringEquals = { "ec2:osuser" = "ec2-user" } }
    }]
  })
}
"#;

#[test]
fn validate_tells_what_the_rules_find() {
    let s = Sandbox::new(POLICY);
    assert_eq!(s.run("validate").err, "");
    let warned = POLICY.replace(
        "      Condition = { StringEquals = { \"ec2:osuser\" = \"ec2-user\" } }\n",
        "",
    );
    s.file("main.tf", &warned);
    let run = s.exits("validate", 0);
    assert!(
        run.err.contains("key-push-for-any-user") && run.err.contains("main.tf:8"),
        "{}",
        run.err
    );
    let json = s.json("validate -json");
    assert_eq!(
        (json["valid"].as_bool(), json["warning_count"].as_i64()),
        (Some(true), Some(1))
    );
    assert_eq!(s.exits("iam lint", 3).code, 3);
    assert_eq!(s.exits("iam lint aws_iam_policy.p", 3).code, 3);
    s.file(
        "main.tf",
        &warned.replace(
            "\nresource",
            "\n# bastionless:ignore key-push-for-any-user\nresource",
        ),
    );
    assert_eq!(s.run("validate").err, "");
    s.file("main.tf", &POLICY.replace("StringEquals", "StringEqual"));
    let refused = s.exits("validate", 1);
    assert!(
        refused.err.contains("Unknown condition operator")
            && refused.err.contains("did you mean `StringEquals`?"),
        "{}",
        refused.err
    );
    assert!(s.ok("iam lint -rules").contains("### unknown-operator"));
}
