//! What is sent to IAM, and what is made of its answers.

use std::fmt::Write;

use bastionless_model::{
    cloud::{Found, Identity, Observed, OpErrorKind},
    value::{Type, Value},
};

use super::{policy::Policy, role::Role};
use crate::{
    kind::Kind,
    shape::Shape,
    testing::{Notes, Step, intent, known, operation, query_error, scripted, step},
};

const TRUST: &str = r#"{"Statement":[{"Action":"sts:AssumeRole"}],"Version":"2012-10-17"}"#;

fn role_xml(name: &str, inside: &str) -> String {
    format!(
        "<Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA1</RoleId><Arn>arn:aws:iam::123456789012:role/{name}</Arn><CreateDate>2026-11-22T00:00:00Z</CreateDate><AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D</AssumeRolePolicyDocument>{inside}"
    )
}

fn get_role(name: &str, inside: &str) -> Step {
    let body = format!(
        "<GetRoleResponse><GetRoleResult><Role>{}</Role></GetRoleResult></GetRoleResponse>",
        role_xml(name, inside)
    );
    step("GetRole", 200, body)
}

fn state(name: &str) -> Value {
    Shape::managed("aws_iam_role").object([("id", name.into()), ("name", name.into())])
}

fn names(count: usize) -> Vec<Identity> {
    (0..count)
        .map(|i| known(&format!("r{i}"), state(&format!("r{i}"))))
        .collect()
}

fn lists(count: usize) -> (Step, Step) {
    let (mut details, mut roles) = (String::new(), String::new());
    for i in 0..count {
        let tags = "<Tags><member><Key>Name</Key><Value>n</Value></member><member><Key>bastionless:intent</Key><Value>x</Value></member></Tags>";
        write!(
            details,
            "<member>{}</member>",
            role_xml(&format!("r{i}"), tags)
        )
        .unwrap();
        let rest = "<Description>d</Description><MaxSessionDuration>7200</MaxSessionDuration>";
        write!(
            roles,
            "<member>{}</member>",
            role_xml(&format!("r{i}"), rest)
        )
        .unwrap();
    }
    (
        step(
            "GetAccountAuthorizationDetails",
            200,
            format!(
                "<R><GetAccountAuthorizationDetailsResult><RoleDetailList>{details}</RoleDetailList><IsTruncated>false</IsTruncated></GetAccountAuthorizationDetailsResult></R>"
            ),
        ),
        step(
            "ListRoles",
            200,
            format!(
                "<R><ListRolesResult><Roles>{roles}</Roles><IsTruncated>false</IsTruncated></ListRolesResult></R>"
            ),
        ),
    )
}

#[tokio::test]
async fn many_roles_are_read_with_two_lists() {
    let (details, roles) = lists(50);
    let (scope, script) = scripted(vec![details, roles]);
    let seen = Role::new(scope).observe(&names(50)).await;
    script.done();
    let Some(Observed::Present(role)) = seen.get(49) else {
        panic!("{:?}", seen.get(49))
    };
    assert_eq!(role.get_str("name"), Some("r49"));
    assert_eq!(role.get_str("assume_role_policy"), Some(TRUST));
    assert_eq!(role.get_str("description"), Some("d"));
    assert_eq!(role.get_i64("max_session_duration"), Some(7200));
    let tags = role.get("tags_all").unwrap();
    assert_eq!(
        (
            tags.get_str("Name"),
            tags.get("bastionless:intent").is_some()
        ),
        (Some("n"), false)
    );
}

#[tokio::test]
async fn a_role_that_the_lists_lack_is_asked_for_itself() {
    let (details, roles) = lists(4);
    let missing = step(
        "GetRole",
        404,
        query_error("NoSuchEntity", "The role with name r4 cannot be found."),
    );
    let (scope, script) = scripted(vec![details, roles, missing]);
    let seen = Role::new(scope).observe(&names(5)).await;
    script.done();
    assert!(
        matches!(seen.last(), Some(Observed::Absent)),
        "{:?}",
        seen.last()
    );
}

#[tokio::test]
async fn a_refused_list_is_never_an_absence() {
    let refused = || query_error("AccessDenied", "not authorized");
    let mut steps = vec![step("GetAccountAuthorizationDetails", 403, refused())];
    steps.extend((0..4).map(|_| get_role("r", "")));
    steps.push(step("GetRole", 403, refused()));
    let (scope, script) = scripted(steps);
    let seen = Role::new(scope).observe(&names(5)).await;
    script.done();
    assert!(
        seen.iter()
            .take(4)
            .all(|o| matches!(o, Observed::Present(_)))
    );
    let Some(Observed::Unreadable(e)) = seen.last() else {
        panic!("{:?}", seen.last())
    };
    assert_eq!(
        (e.kind, e.operation.as_str()),
        (OpErrorKind::Denied, "iam:GetRole")
    );
    assert_eq!(e.request_id.as_deref(), Some("r-1"));
}

fn planned_role() -> Value {
    Shape::managed("aws_iam_role")
        .object([
            ("assume_role_policy", TRUST.into()),
            ("name", "app".into()),
            ("path", "/".into()),
            (
                "tags_all",
                Value::map(Type::String, [("Name", Value::from("n"))]),
            ),
        ])
        .with("arn", Value::unknown(Type::String))
        .with("id", Value::unknown(Type::String))
}

#[tokio::test]
async fn a_create_is_marked_recorded_and_repeated_for_a_new_principal() {
    let early = query_error(
        "MalformedPolicyDocument",
        "Invalid principal in policy: \"AWS\":\"arn\"",
    );
    let made = format!(
        "<R><CreateRoleResult><Role>{}</Role></CreateRoleResult></R>",
        role_xml("app", "")
    );
    let (scope, script) = scripted(vec![
        step("CreateRole", 400, early),
        step("CreateRole", 200, made),
        get_role("app", ""),
    ]);
    let (intent, notes) = (intent(), Notes::default());
    let state = Role::new(scope)
        .create(&operation(&intent, &notes), &planned_role())
        .await
        .unwrap();
    script.done();
    assert!(
        script.sent()[1].contains("Key=bastionless%3Aintent"),
        "{:?}",
        script.sent()
    );
    assert!(script.sent()[1].contains("Value=intent-1"));
    assert_eq!(notes.created().len(), 1);
    assert_eq!(notes.permits(), 2);
    assert_eq!(
        state.get_str("arn"),
        Some("arn:aws:iam::123456789012:role/app")
    );
    assert!(state.is_wholly_known());
}

#[tokio::test]
async fn an_interrupted_wait_leaves_a_usable_object() {
    let made = format!(
        "<R><CreateRoleResult><Role>{}</Role></CreateRoleResult></R>",
        role_xml("app", "")
    );
    let missing = query_error("NoSuchEntity", "not yet");
    let (scope, _) = scripted(vec![
        step("CreateRole", 200, made),
        step("GetRole", 404, missing),
    ]);
    let (intent, notes) = (intent(), Notes::interrupted());
    let failure = Role::new(scope)
        .create(&operation(&intent, &notes), &planned_role())
        .await
        .unwrap_err();
    assert_eq!(failure.error.kind, OpErrorKind::Cancelled);
    assert!(failure.usable);
    assert_eq!(failure.state.unwrap().get_str("id"), Some("app"));
}

#[tokio::test]
async fn only_the_marker_proves_whose_role_it_is() {
    let mark = |value: &str| {
        format!("<Tags><member><Key>bastionless:intent</Key><Value>{value}</Value></member></Tags>")
    };
    let (scope, script) = scripted(vec![
        get_role("app", &mark("other")),
        get_role("app", &mark("intent-1")),
        get_role("app", &mark("intent-1")),
        step("GetRole", 404, query_error("NoSuchEntity", "none")),
    ]);
    let role = Role::new(scope);
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(role.find(Some(&intent()), &planned_role()).await.unwrap());
    }
    script.done();
    assert!(
        matches!(
            found.as_slice(),
            [Found::Unproven { .. }, Found::Ours(_), Found::Nothing]
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn the_oldest_version_makes_room_for_a_sixth() {
    let versions: String = [("v6", true), ("v5", false), ("v10", false), ("v3", false), ("v4", false)]
        .iter()
        .map(|(id, default)| format!("<member><VersionId>{id}</VersionId><IsDefaultVersion>{default}</IsDefaultVersion></member>"))
        .collect();
    let policy = "<Policy><PolicyName>p</PolicyName><Arn>arn:aws:iam::123456789012:policy/p</Arn><DefaultVersionId>v11</DefaultVersionId></Policy>";
    let (scope, script) = scripted(vec![
        step(
            "ListPolicyVersions",
            200,
            format!(
                "<R><ListPolicyVersionsResult><Versions>{versions}</Versions><IsTruncated>false</IsTruncated></ListPolicyVersionsResult></R>"
            ),
        ),
        step("DeletePolicyVersion", 200, "<R></R>"),
        step(
            "CreatePolicyVersion",
            200,
            "<R><CreatePolicyVersionResult><PolicyVersion><VersionId>v11</VersionId></PolicyVersion></CreatePolicyVersionResult></R>",
        ),
        step(
            "GetPolicy",
            200,
            format!("<R><GetPolicyResult>{policy}</GetPolicyResult></R>"),
        ),
        step(
            "GetPolicyVersion",
            200,
            "<R><GetPolicyVersionResult><PolicyVersion><Document>%7B%22a%22%3A2%7D</Document></PolicyVersion></GetPolicyVersionResult></R>",
        ),
    ]);
    let shape = Shape::managed("aws_iam_policy");
    let arn = Value::from("arn:aws:iam::123456789012:policy/p");
    let prior = shape.object([("id", arn.clone()), ("policy", r#"{"a":1}"#.into())]);
    let planned = shape.object([("id", arn), ("policy", r#"{"a":2}"#.into())]);
    let (intent, notes) = (intent(), Notes::default());
    Policy::new(scope)
        .update(&operation(&intent, &notes), &prior, &planned)
        .await
        .unwrap();
    script.done();
    assert!(
        script.sent()[1].contains("VersionId=v3"),
        "{:?}",
        script.sent()
    );
    assert!(
        script.sent()[2].contains("SetAsDefault=true"),
        "{:?}",
        script.sent()
    );
}
