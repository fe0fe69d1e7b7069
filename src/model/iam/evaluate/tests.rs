//! What decides, and the corners that generated requests do not reach.

use super::*;
use crate::iam::ast::Document;

const USER: &str = "arn:aws:iam::111122223333:user/alice";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/dev/alice";

fn document(statements: &str) -> Document {
    let parsed = Document::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ))
    .unwrap();
    assert_eq!(parsed.problems, Vec::new());
    parsed.document
}

fn request(principal: &str) -> Request {
    Request {
        principal: principal.into(),
        action: "s3:GetObject".into(),
        resource: "arn:aws:s3:::b/x".into(),
        resource_account: Some("111122223333".into()),
        context: Context::default(),
    }
}

fn words(request: &Request, policies: &PolicySet) -> String {
    decide(request, policies).in_words()
}

const ALL: &str = r#"{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}"#;
const OTHER: &str = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;

#[test]
fn the_answer_names_the_statement() {
    let mut policies = PolicySet {
        identity: vec![document(OTHER), document(&format!("{OTHER},{ALL}"))],
        ..PolicySet::default()
    };
    let r = request(USER);
    assert_eq!(
        words(&r, &policies),
        "Allowed: statement 2 (`All`) of identity policy 2 allows it."
    );
    policies.boundary = Some(document(OTHER));
    assert_eq!(
        words(&r, &policies),
        "Denied: no statement of the permissions boundary allows it."
    );
    policies.boundary = None;
    policies.scps = Some(vec![
        vec![document(ALL)],
        vec![document(OTHER), document(OTHER)],
    ]);
    let by = decide(&r, &policies).by.unwrap();
    assert_eq!((by.layer, by.policy, by.statement), (Layer::Scp, 1, None));
    policies.scps = Some(vec![
        vec![document(ALL)],
        vec![document(
            r#"{"Sid":"No","Effect":"Deny","NotAction":"ec2:*","Resource":"*"}"#,
        )],
    ]);
    assert_eq!(
        words(&r, &policies),
        "Denied: statement 1 (`No`) of service control policy 2 denies it."
    );
    policies.scps = None;
    policies.session = Some(vec![document(OTHER)]);
    assert_eq!(
        words(&r, &policies),
        "Denied: no statement of the session policy allows it."
    );
    policies.identity.clear();
    assert_eq!(
        words(&r, &policies),
        "Denied: no statement of the identity policy allows it."
    );
}

#[test]
fn statements_keep_their_place_where_one_before_was_unreadable() {
    let text = format!(r#"{{"Statement":[{{"Effect":"?"}},{ALL}]}}"#);
    let policies = PolicySet {
        identity: vec![Document::parse(&text).unwrap().document],
        ..PolicySet::default()
    };
    assert_eq!(
        decide(&request(USER), &policies).by.unwrap().statement,
        Some(1)
    );
}

fn bucket(principal: &str) -> PolicySet {
    let statement =
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"*","Resource":"*"}}"#);
    PolicySet {
        resource: Some(document(&statement)),
        ..PolicySet::default()
    }
}

#[test]
fn roles_are_told_apart_by_their_path_where_it_is_known() {
    let with_path = bucket(r#"{"AWS":"arn:aws:iam::111122223333:role/team/dev"}"#);
    let mut r = request(SESSION);
    // The session's ARN does not tell the path.
    assert_eq!(decide(&r, &with_path).verdict, Verdict::Allow);
    r.context
        .set("aws:PrincipalArn", "arn:aws:iam::111122223333:role/dev");
    assert_eq!(decide(&r, &with_path).verdict, Verdict::ImplicitDeny);
    r.context.set(
        "aws:PrincipalArn",
        "arn:aws:iam::111122223333:role/team/dev",
    );
    assert_eq!(decide(&r, &with_path).verdict, Verdict::Allow);
    let elsewhere = bucket(r#"{"AWS":"arn:aws-cn:iam::111122223333:role/dev"}"#);
    assert_eq!(decide(&r, &elsewhere).verdict, Verdict::ImplicitDeny);
}

#[test]
fn unique_ids_stand_for_principals_that_were_deleted() {
    let mut r = request(USER);
    assert_eq!(
        decide(&r, &bucket(r#"{"AWS":"AIDAX"}"#)).verdict,
        Verdict::ImplicitDeny
    );
    r.context.set("aws:userid", "AIDAX");
    assert_eq!(
        decide(&r, &bucket(r#"{"AWS":"AIDAX"}"#)).verdict,
        Verdict::Allow
    );
    let mut r = request(SESSION);
    r.context.set("aws:userid", "AROAX:alice");
    assert_eq!(
        decide(&r, &bucket(r#"{"AWS":"AROAX"}"#)).verdict,
        Verdict::Allow
    );
    assert_eq!(
        decide(&r, &bucket(r#"{"AWS":"AROAY"}"#)).verdict,
        Verdict::ImplicitDeny
    );
}

#[test]
fn not_principal_never_exempts_who_has_a_boundary() {
    let deny = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"*","Resource":"*"}"#;
    let mut policies = PolicySet {
        identity: vec![document(ALL)],
        resource: Some(document(deny)),
        ..PolicySet::default()
    };
    assert_eq!(decide(&request(USER), &policies).verdict, Verdict::Allow);
    assert_eq!(decide(&request(SESSION), &policies).verdict, Verdict::Deny);
    policies.boundary = Some(document(ALL));
    assert_eq!(decide(&request(USER), &policies).verdict, Verdict::Deny);
}

#[test]
fn an_unknown_value_equals_itself_only() {
    let only = r#"{"Effect":"Allow","Action":"*","Resource":"${aws_s3_bucket.b[\"*\"].arn}/*"}"#;
    let policies = PolicySet {
        identity: vec![document(only)],
        ..PolicySet::default()
    };
    let mut r = request(USER);
    assert_eq!(decide(&r, &policies).verdict, Verdict::ImplicitDeny);
    r.resource = r#"${aws_s3_bucket.b["*"].arn}/x"#.into();
    assert_eq!(decide(&r, &policies).verdict, Verdict::Allow);
    r.resource = r#"${aws_s3_bucket.b["x"].arn}/x"#.into();
    assert_eq!(decide(&r, &policies).verdict, Verdict::ImplicitDeny);
}

#[test]
fn lines_say_what_is_wrong() {
    for (text, expected) in [
        ("[]", "must be an object"),
        ("{", "not JSON"),
        (
            r#"{"principal":"p","action":"a","resource":1}"#,
            "`resource` is a number",
        ),
        (r#"{"action":"a","resource":"r"}"#, "`principal` is missing"),
        (
            r#"{"principal":"p","action":"a","resource":"r","context":{"K":"1","k":"2"}}"#,
            "twice",
        ),
        (
            r#"{"principal":"p","action":"a","resource":"r","context":{"k":{}}}"#,
            "`k` in `context` is an object",
        ),
        (
            r#"{"principal":"p","action":"a","resource":"r","scps":{}}"#,
            "list of levels",
        ),
        (
            r#"{"principal":"p","action":"a","resource":"r","identity":[{"Statement":{"Effect":"allow","Action":"*"}}]}"#,
            "`identity`: \"allow\": `Effect`",
        ),
        (
            r#"{"principal":"p","action":"a","resource":"r","endpoint":{"Statement":{"Effect":"Allow","Action":"*","Condition":{"StringEqual":{"a":"b"}}}}}"#,
            "no operator `StringEqual`",
        ),
    ] {
        let error = Line::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let line = Line::parse(r#"{"id":7,"principal":"p","action":"a","resource":"r","session":{"Statement":[]},"more":1}"#).unwrap();
    assert_eq!(
        (line.id, line.policies.session.map(|s| s.len())),
        (7.into(), Some(1))
    );
}
