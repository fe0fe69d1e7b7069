//! Access in plans, the questions about it, and rules that refuse plans, on the emulator.

use serde_json::Value as Json;

use super::{Bench, bench::changes};

#[test]
fn a_plan_says_who_gains_and_loses_which_access() {
    let bench = Bench::with_example("eic-endpoint");
    let plan = bench.run(&["plan", "-input=false"]).exits(0);
    let gained = "+ aws_iam_role.operator gains eic-console, eic-ssh to aws_instance.private via aws_ec2_instance_connect_endpoint.main";
    assert!(
        plan.out.contains("Access changes:") && plan.out.contains(gained),
        "{}",
        plan.out
    );
    assert!(plan.out.contains("for example ec2-instance-connect:OpenTunnel on arn:aws:ec2:eu-west-1:123456789012:instance-connect-endpoint/"), "{}", plan.out);
    bench
        .run(&["apply", "-input=false", "-auto-approve"])
        .exits(0);
    // The same access, without planning and without a call.
    bench.forget_calls();
    let matrix = bench.run(&["access", "matrix", "-state", "-json"]).exits(0);
    assert!(bench.calls().is_empty());
    let json: Json = serde_json::from_str(&matrix.out).unwrap();
    let methods: Vec<_> = json["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["method"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(methods, ["eic-console", "eic-tunnel", "eic-ssh"]);
    bench
        .run(&[
            "access",
            "path",
            "aws_iam_role.operator",
            "aws_instance.private",
            "-method=eic-ssh",
            "-state",
        ])
        .exits(0);
    let blocked = bench
        .run(&[
            "access",
            "path",
            "eic-demo-operator",
            "aws_instance.private",
            "-method=D",
            "-state",
        ])
        .exits(3);
    assert!(
        blocked
            .out
            .contains("first missing hop: permission:ec2-instance-connect:OpenTunnel"),
        "{}",
        blocked.out
    );
    assert!(
        bench
            .run(&["access", "path", "nobody", "aws_instance.private", "-state"])
            .exits(1)
            .err
            .contains("There are: aws_iam_role.operator")
    );
    let unchanged = bench
        .run(&["plan", "-input=false", "-detailed-exitcode"])
        .exits(0);
    assert!(
        !unchanged.out.contains("Access changes"),
        "{}",
        unchanged.out
    );
    // A rule of a group that goes takes the access with it.
    let access = std::fs::read_to_string(bench.dir.join("access.tf")).unwrap();
    let rule = "resource \"aws_vpc_security_group_ingress_rule\" \"instance_from_endpoint\" {";
    bench.write(
        "access.tf",
        &access.replace(rule, &format!("{rule}\n  count = 0")),
    );
    let lost = bench.run(&["plan", "-input=false", "-out=p"]).exits(0);
    assert!(
        lost.out
            .contains("- aws_iam_role.operator loses eic-console, eic-ssh to aws_instance.private"),
        "{}",
        lost.out
    );
    assert!(lost.out.contains("(instance-ingress)"), "{}", lost.out);
    let shown = bench.run(&["show", "-json", "p"]).exits(0);
    let json: Json = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(
        json["bastionless_access"]["changes"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert!(
        bench
            .run(&["plan", "-input=false", "-markdown"])
            .exits(0)
            .out
            .contains("#### Access changes")
    );
    bench.run(&["access", "diff", "-input=false"]).exits(0);
}

#[test]
fn a_rule_refuses_a_plan_until_it_is_overridden() {
    let bench = Bench::with_example("eic-endpoint");
    bench.write(
        "bastionless.rules.hcl",
        "rule \"ticket\" {\n  forbid = \"gained_access\"\n  message = \"Ask first.\"\n}\n",
    );
    let plan = bench.run(&["plan", "-input=false", "-out=p"]).exits(3);
    assert!(
        plan.out.contains("refused by rule \"ticket\"") && plan.out.contains("Ask first."),
        "{}",
        plan.out
    );
    bench.forget_calls();
    let refused = bench.run(&["apply", "-input=false", "p"]).exits(3);
    assert!(refused.err.contains("Refused by a rule"), "{}", refused.err);
    bench
        .run(&["apply", "-input=false", "-auto-approve"])
        .exits(3);
    let made: Vec<_> = bench.calls().into_iter().filter(changes).collect();
    assert!(made.is_empty(), "{made:#?}");
    bench
        .run(&["apply", "-input=false", "-override-rule=ticket", "p"])
        .exits(0);
    let state: Json = serde_json::from_str(&bench.run(&["state", "pull"]).exits(0).out).unwrap();
    assert_eq!(state["overridden_rules"][0]["rule"], "ticket");
    // What is there already is not gained.
    bench
        .run(&["plan", "-input=false", "-detailed-exitcode"])
        .exits(0);
}
