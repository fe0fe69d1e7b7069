//! Single comparisons, each for one thing that must hold.

use super::*;

fn statement(rest: &str) -> [Document; 1] {
    [document(&format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{rest}]}}"
    ))]
}

fn allow(action: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() {
        String::new()
    } else {
        format!(",\"Condition\":{{{condition}}}")
    };
    format!(
        "{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"{resource}\"{condition}}}"
    )
}

/// Returns how many differences there are: new, lost, undecided, and whether the answer is ambiguous.
#[track_caller]
fn check(old: &str, new: &str, expected: (usize, usize, usize, bool)) -> Comparison {
    let (old, new) = (statement(old), statement(new));
    let found = compare(&old, &new, &Options::default());
    confirm(&found, &old, &new);
    let counts = (
        found.new_access.len(),
        found.lost_access.len(),
        found.undecided.len(),
        found.ambiguous,
    );
    assert_eq!(counts, expected, "{found:#?}");
    let mirrored = compare(&new, &old, &Options::default());
    assert_eq!(
        (mirrored.new_access.len(), mirrored.lost_access.len()),
        (expected.1, expected.0)
    );
    found
}

#[test]
fn only_resources_that_an_action_can_have() {
    // A tunnel is opened through an endpoint, never to an instance.
    let tunnel = |resource| allow("ec2-instance-connect:OpenTunnel", resource, "");
    check(
        &tunnel("arn:aws:ec2:*:*:instance-connect-endpoint/*"),
        &tunnel("arn:aws:ec2:*:*:instance*"),
        (0, 0, 0, false),
    );
    // An action without resources is granted by `*` only.
    let describe = |resource| allow("ec2:DescribeInstances", resource, "");
    check(
        &describe("arn:aws:ec2:*:*:instance/*"),
        &describe("arn:aws:s3:::b"),
        (0, 0, 0, false),
    );
    let found = check(
        &describe("arn:aws:ec2:*:*:instance/*"),
        &describe("*"),
        (1, 0, 0, false),
    );
    assert_eq!(found.new_access[0].witness.resource, "*");
}

#[test]
fn lists_and_wildcards_that_say_the_same() {
    let key = |values: &str| {
        allow(
            "ec2:CreateTags",
            "*",
            &format!("\"StringLike\":{{\"aws:ResourceTag/a\":{values}}}"),
        )
    };
    check(
        &key("[\"a*\",\"b\"]"),
        &key("[\"b\",\"a*\",\"ab\"]"),
        (0, 0, 0, false),
    );
    check(&key("\"a*\""), &key("[\"a\",\"a?*\"]"), (0, 0, 0, false));
    let found = check(&key("\"a*b\""), &key("\"a*\""), (1, 0, 0, false));
    assert_eq!(found.new_access[0].actions, ["ec2:CreateTags"]);
}

#[test]
fn networks_numbers_and_dates_have_edges() {
    let ip = |net: &str| {
        allow(
            "s3:GetObject",
            "*",
            &format!("\"IpAddress\":{{\"aws:SourceIp\":{net}}}"),
        )
    };
    check(
        &ip("\"10.0.0.0/8\""),
        &ip("[\"10.0.0.0/9\",\"10.128.0.0/9\"]"),
        (0, 0, 0, false),
    );
    check(
        &ip("\"10.0.0.0/8\""),
        &ip("[\"10.0.0.0/9\",\"10.128.0.0/10\"]"),
        (0, 1, 0, false),
    );
    let port = |condition: &str| {
        allow(
            "ec2-instance-connect:OpenTunnel",
            "*",
            &condition.replace("PORT", "ec2-instance-connect:remotePort"),
        )
    };
    check(
        &port("\"NumericEquals\":{\"PORT\":\"22\"}"),
        &port("\"NumericEquals\":{\"PORT\":\"22.0\"}"),
        (0, 0, 0, false),
    );
    check(
        &port("\"NumericLessThan\":{\"PORT\":\"22\"}"),
        &port("\"NumericLessThanEquals\":{\"PORT\":\"22\"}"),
        (1, 0, 0, false),
    );
    let until = |day: &str| {
        allow(
            "s3:GetObject",
            "*",
            &format!("\"DateLessThan\":{{\"aws:CurrentTime\":\"{day}\"}}"),
        )
    };
    check(
        &until("2027-01-01T00:00:00Z"),
        &until("2027-01-01T01:00:00+01:00"),
        (0, 0, 0, false),
    );
    check(
        &until("2027-01-01T00:00:00Z"),
        &until("2027-01-01T00:00:01Z"),
        (1, 0, 0, false),
    );
    // Between two seconds there is time, too.
    let between = "\"DateGreaterThan\":{\"aws:CurrentTime\":\"2027-01-01T00:00:00Z\"},\"DateLessThan\":{\"aws:CurrentTime\":\"2027-01-01T00:00:01Z\"}";
    let found = check("", &allow("s3:GetObject", "*", between), (1, 0, 0, false));
    assert_eq!(
        found.new_access[0].witness.context["aws:CurrentTime"].values,
        ["2027-01-01T00:00:00.5Z"]
    );
}

#[test]
fn what_is_no_number_fails_both_operators() {
    let port = |condition: &str| {
        allow(
            "ec2-instance-connect:OpenTunnel",
            "*",
            &condition.replace("PORT", "ec2-instance-connect:remotePort"),
        )
    };
    let both = format!(
        "{},{}",
        port("\"NumericEqualsIfExists\":{\"PORT\":\"22\"}"),
        port("\"NumericNotEquals\":{\"PORT\":\"22\"}")
    );
    let found = check(
        &both,
        &allow("ec2-instance-connect:OpenTunnel", "*", ""),
        (1, 0, 0, false),
    );
    assert_eq!(
        found.new_access[0].witness.context["ec2-instance-connect:remotePort"].values,
        ["none"]
    );
}

#[test]
fn spellings_of_one_value_are_texts_of_their_own() {
    let tag = |condition: &str| {
        allow(
            "ec2:CreateTags",
            "*",
            &condition.replace("TAG", "aws:ResourceTag/n"),
        )
    };
    let number = "\"NumericEquals\":{\"TAG\":\"22\"}";
    let found = check(
        &tag("\"StringEquals\":{\"TAG\":[\"22\",\"22.0\"]}"),
        &tag(number),
        (1, 0, 0, false),
    );
    assert_eq!(
        found.new_access[0].witness.context["aws:ResourceTag/n"].values,
        ["22.00"]
    );
    let bool = "\"Bool\":{\"TAG\":\"true\"}";
    check(
        &tag("\"StringEquals\":{\"TAG\":\"true\"}"),
        &tag(bool),
        (1, 0, 0, false),
    );
    check(
        &tag(bool),
        &tag("\"StringEqualsIgnoreCase\":{\"TAG\":\"true\"}"),
        (0, 0, 0, false),
    );
}

#[test]
fn a_denial_that_goes_is_new_access() {
    let all = allow("s3:*", "arn:aws:s3:::b/*", "");
    let deny = "{\"Effect\":\"Deny\",\"Action\":\"s3:DeleteObject\",\"Resource\":\"*\"}";
    let found = check(&format!("{all},{deny}"), &all, (1, 0, 0, false));
    assert!(
        matches!(&found.new_access[0].cause, Cause::Denied(s) if s.statement == 1),
        "{found:?}"
    );
    assert_eq!(found.new_access[0].actions, ["s3:DeleteObject"]);
}

#[test]
fn variables_are_looked_through() {
    let own = allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", "");
    let found = check(
        &own,
        &allow("s3:GetObject", "arn:aws:s3:::b/*", ""),
        (1, 0, 0, false),
    );
    assert!(
        found.new_access[0]
            .witness
            .resource
            .starts_with("arn:aws:s3:::b/")
    );
    check(
        &allow("s3:GetObject", "arn:aws:s3:::b/*", ""),
        &own,
        (0, 1, 0, false),
    );
    // Two users, two folders: what the new policy allows to one, the old one does not.
    check(
        &own,
        &allow("s3:GetObject", "arn:aws:s3:::b/alice/*", ""),
        (1, 1, 0, false),
    );
    let tag = |value: &str| {
        allow(
            "ssm:StartSession",
            "*",
            &format!("\"StringEquals\":{{\"aws:ResourceTag/owner\":{value}}}"),
        )
    };
    check(
        &tag("\"${aws:username}\""),
        &tag("[\"${aws:username}\",\"all\"]"),
        (1, 0, 0, false),
    );
    // What `StringNotEquals` refuses is this text, no pattern: the user must be named so.
    let both = "\"StringEquals\":{\"ec2:osuser\":\"${aws:username}\"}";
    let less = format!("{both},\"StringNotEquals\":{{\"ec2:osuser\":\"admin*\"}}");
    let push = |condition: &str| allow("ec2-instance-connect:SendSSHPublicKey", "*", condition);
    let found = check(&push(both), &push(&less), (0, 1, 0, false));
    assert_eq!(
        found.lost_access[0].witness.context["aws:username"].values,
        ["admin*"]
    );
}

#[test]
fn variables_of_resources_that_an_action_never_has_do_not_matter() {
    let resources = "arn:aws:s3:::b/${aws:PrincipalTag/team, 'x'}/*\",\"arn:aws:s3:::b/${aws:userid}/*\",\"arn:aws:ssm:*:*:session/${aws:username}-*";
    let own = allow("ec2-instance-connect:SendSSHPublicKey", resources, "")
        .replace(resources, &format!("[\"{resources}\"]"))
        .replace("\"[", "[")
        .replace("]\"", "]");
    let team = |team: &str| {
        allow(
            "ec2-instance-connect:SendSSHPublicKey",
            "*",
            &format!("\"StringEqualsIgnoreCase\":{{\"aws:PrincipalTag/team\":{team}}}"),
        )
    };
    let found = check(
        &format!("{own},{}", team("[\"a\",\"b\"]")),
        &format!("{own},{}", team("\"a\"")),
        (0, 1, 0, false),
    );
    assert_eq!(
        found.lost_access[0]
            .witness
            .context
            .keys()
            .collect::<Vec<_>>(),
        ["aws:PrincipalTag/team"]
    );
    check(&own, "", (0, 0, 0, false));
}

#[test]
fn unknown_arns_stay_symbols() {
    let start = |resource: &str| allow("ssm:StartSession", resource, "");
    let unknown = start("${aws_instance.a.arn}");
    check(&unknown, &unknown, (0, 0, 0, false));
    let found = check("", &unknown, (1, 0, 0, false));
    assert_eq!(
        found.new_access[0].witness.resource,
        "${aws_instance.a.arn}"
    );
    check(&unknown, &start("${aws_instance.b.arn}"), (1, 1, 0, false));
    // Whether the instance lies in that region is not known yet; that it does not hold all of them is.
    let region = start("arn:aws:ec2:us-east-1:*:instance/*");
    let found = check(&region, &unknown, (0, 1, 1, false));
    assert!(
        found.undecided[0].gains && found.undecided[0].reason.contains("${aws_instance.a.arn}"),
        "{found:#?}"
    );
    check(&start("*"), &unknown, (0, 1, 0, false));
    let bucket = |resource: &str| allow("s3:GetObject", resource, "");
    check(
        &bucket("${aws_s3_bucket.b.arn}/a/*"),
        &bucket("${aws_s3_bucket.b.arn}/*"),
        (1, 0, 0, false),
    );
    let partition = |resource: &str| {
        bucket(&format!(
            "arn:${{data.aws_partition.current.partition}}:s3:::{resource}"
        ))
    };
    check(&partition("b/x*"), &partition("b/*"), (1, 0, 0, false));
    check(&partition("b/x*"), &partition("b/x*"), (0, 0, 0, false));
}

#[test]
fn contested_wildcards_are_named() {
    // Read segment by segment, nothing matches the second one; run over colons, it is the first.
    let logs = |resource: &str| allow("logs:PutLogEvents", resource, "");
    let found = check("", &logs("arn:aws:logs:*:*:log-group:g*"), (1, 0, 0, false));
    assert!(!found.new_access[0].ambiguous);
    let found = check(
        &logs("arn:aws:logs:us*"),
        &logs("arn:aws:logs:*:*:log-group:*"),
        (1, 0, 0, false),
    );
    assert_eq!(found.new_access.len(), 1);
    check(
        &logs("arn:aws:logs:us*:g"),
        &logs("arn:aws:logs:us-east-1:111122223333:log-group:l:log-stream:g"),
        (1, 0, 0, true),
    );
}

#[test]
fn layers_hold_together() {
    let one = |rest: &str| {
        document(&format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{rest}]}}"
        ))
    };
    let identity = vec![one(&allow("s3:*", "arn:aws:s3:::b/*", ""))];
    let set = |boundary: Option<&str>| PolicySet {
        identity: identity.clone(),
        boundary: boundary.map(|b| one(&allow(b, "*", ""))),
        ..PolicySet::default()
    };
    let options = Options {
        thorough: true,
        ..Options::default()
    };
    let found = compare_sets(&set(Some("s3:GetObject")), &set(Some("s3:Get*")), &options);
    assert!(
        matches!(&found.new_access[..], [d] if d.actions.iter().all(|a| a.starts_with("s3:Get")) && !d.actions.contains(&"s3:GetObject".to_owned())),
        "{found:#?}"
    );
    assert!(found.lost_access.is_empty());
    let found = compare_sets(&set(Some("s3:GetObject")), &set(None), &options);
    assert!(
        found
            .new_access
            .iter()
            .all(|d| matches!(d.cause, Cause::Layer(_)))
            && !found.new_access.is_empty(),
        "{found:#?}"
    );
    assert!(compare_sets(&set(Some("ec2:*")), &set(Some("ec2:Describe*")), &options).is_equal());
}

#[test]
fn endpoint_policies_name_who_and_resources_policies_are_left_open() {
    let one = |rest: &str| {
        document(&format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{rest}]}}"
        ))
    };
    let everyone =
        "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}";
    let other = everyone.replace(
        "\"*\",\"Action\"",
        "{\"AWS\":\"arn:aws:iam::111122223333:user/bob\"},\"Action\"",
    );
    let set = |endpoint: &str| PolicySet {
        identity: vec![one(&allow("s3:GetObject", "*", ""))],
        endpoint: Some(one(endpoint)),
        ..PolicySet::default()
    };
    let found = compare_sets(&set(everyone), &set(&other), &Options::default());
    assert!(
        found.new_access.is_empty() && found.lost_access.len() == 1 && found.undecided.is_empty(),
        "{found:#?}"
    );
    // As a bucket's policy the same change is one that nobody here can judge.
    let found = compare(&[one(everyone)], &[one(&other)], &Options::default());
    assert!(
        found.undecided.iter().any(|u| u.gains) && found.undecided.iter().any(|u| !u.gains),
        "{found:#?}"
    );
    assert!(compare(&[one(&other)], &[one(&other)], &Options::default()).is_equal());
}

#[test]
fn patterns_too_entangled_for_classes_are_still_decided() {
    let item = |n: usize| {
        format!(
            "\"arn:aws:apigateway:*::/restapis/*/resources/*/{}*/x\"",
            "abcdefghijklmnopqrstuvwxyz".chars().nth(n).unwrap()
        )
    };
    let list = |count: usize| {
        let items: Vec<_> = (0..count).map(item).collect();
        format!(
            "{{\"Effect\":\"Allow\",\"Action\":\"apigateway:GET\",\"Resource\":[{}]}}",
            items.join(",")
        )
    };
    check(&list(24), &list(24), (0, 0, 0, false));
    let found = check(&list(23), &list(24), (1, 0, 0, false));
    assert!(
        found.new_access[0].witness.resource.contains("/x"),
        "{found:#?}"
    );
    let star = allow("apigateway:GET", "arn:aws:apigateway:*::/restapis/*", "");
    check(&star, &list(24), (0, 1, 0, false));
}
