//! Reading and printing of documents.

use super::{ast::*, parse::ParseError};

fn problems(text: &str) -> Vec<String> {
    let parsed = Document::parse(text).unwrap();
    parsed
        .problems
        .into_iter()
        .map(|p| format!("{}: {}", &text[p.span], p.what))
        .collect()
}

#[test]
fn what_aws_accepts_has_no_problems_and_prints_canonically() {
    let text = r#"{"Statement": {"Principal": {"Service": ["b", "a"], "AWS": "1"}, "NotAction": ["s3:*", "a:b", "s3:*"], "Effect": "Deny",
        "Condition": {"NumericEquals": {"ec2-instance-connect:remotePort": 22}, "Bool": {"aws:SecureTransport": [false]}}}, "Id": "x"}"#;
    assert_eq!(problems(text), [""; 0]);
    let document = Document::parse(text).unwrap().document;
    assert_eq!(
        document.to_text(),
        r#"{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Deny","Principal":{"AWS":"1","Service":["a","b"]},"NotAction":["a:b","s3:*"],"Condition":{"Bool":{"aws:SecureTransport":"false"},"NumericEquals":{"ec2-instance-connect:remotePort":"22"}}}]}"#
    );
    let again = Document::parse(&document.to_text()).unwrap();
    assert_eq!(
        (again.document.to_text(), again.problems),
        (document.to_text(), Vec::new())
    );
}

#[test]
fn spans_name_the_text() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["ec2:*"],"Resource":"*","Condition":{"Bool":{"k":true}}}]}"#;
    let document = Document::parse(text).unwrap().document;
    let s = &document.statements[0];
    let at = |span: &std::ops::Range<usize>| &text[span.clone()];
    assert_eq!(
        at(&document.version_span.clone().unwrap()),
        "\"2012-10-17\""
    );
    assert_eq!(at(&s.sid.as_ref().unwrap().span), "\"A\"");
    assert_eq!(
        (at(&s.action.span), at(&s.action.patterns[0].span)),
        ("[\"ec2:*\"]", "\"ec2:*\"")
    );
    let c = &s.conditions[0];
    assert_eq!(
        (
            at(&c.operator.span),
            at(&c.key.span),
            at(&c.span),
            at(&c.values[0].span)
        ),
        ("\"Bool\"", "\"k\"", "true", "true")
    );
    assert!(at(&s.span).starts_with("{\"Sid\""));
}

#[test]
fn what_aws_refuses_is_a_problem() {
    for (text, expected) in [
        (r#"{}"#, "{}: The policy has no `Statement`"),
        (
            r#"{"Statement":[{"Effect":"allow","Action":"*"}]}"#,
            "\"allow\": `Effect` must be",
        ),
        (r#"{"Statement":[{"Action":"*"}]}"#, "has no `Effect`"),
        (
            r#"{"Statement":[{"Effect":"Deny"}]}"#,
            "neither `Action` nor",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","NotAction":"a:b"}]}"#,
            "exclude each other",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","action":"a:b"}]}"#,
            "\"action\": `action` is written `Action`",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Action":"a:b"}]}"#,
            "`Action` occurs more than once",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Extra":1}]}"#,
            "\"Extra\": A statement has no element",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":[1]}]}"#,
            "1: `Action` is a number",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Principal":"me"}]}"#,
            "\"me\": `Principal` is either",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Principal":{"Aws":"1"}}]}"#,
            "`Aws` is written `AWS`",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Condition":{"Bool":{"a":null}}}]}"#,
            "null: A condition value",
        ),
        (
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Condition":{"Bool":{"a":"1","a":"2"}}}]}"#,
            "`a` occurs more",
        ),
        (r#"{"Statement":["x"]}"#, "\"x\": A statement is a string"),
        (
            r#"{"Version":"2012","Statement":{"Effect":"Deny","Action":"*"}}"#,
            "\"2012\": `Version`",
        ),
    ] {
        let found = problems(text);
        assert!(
            found.iter().any(|p| p.contains(expected)),
            "{text}: {found:?}"
        );
    }
    assert_eq!(
        Document::parse("[]").unwrap_err(),
        ParseError::NotAnObject("an array")
    );
    assert!(matches!(
        Document::parse("{").unwrap_err(),
        ParseError::Json(_)
    ));
}
