//! Requests with policies at random, from a seed: every element, every operator, and the corners of each.

use serde_json::{Map, Value as Json, json};

const A: &str = "111122223333";
const B: &str = "444455556666";

/// A generator of random numbers (SplitMix64): the same seed gives the same requests everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn some(&mut self, from: &[&str], most: usize) -> Vec<String> {
        let n = 1 + self.below(most);
        (0..n).map(|_| self.pick(from).to_owned()).collect()
    }
}

const ACTIONS: &[&str] = &[
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
    "ssm:StartSession",
    "s3:GetObject",
    "kms:Decrypt",
    "sts:AssumeRole",
    "ec2:DescribeInstances",
];
const ACTION_PATTERNS: &[&str] = &[
    "*",
    "*:*",
    "ec2-instance-connect:*",
    "EC2-Instance-Connect:opentunnel",
    "ssm:Start?ession",
    "ssm:StartSession",
    "s3:Get*",
    "s3:*",
    "kms:*",
    "kms:De*t",
    "sts:AssumeRole*",
    "sts:*",
    "ec2:Describe*",
    "ec2*",
    "?3:*Object",
    "iam:PassRole",
];
const RESOURCES: &[&str] = &[
    "arn:aws:ec2:us-east-1:111122223333:instance/i-a",
    "arn:aws:ec2:us-east-1:444455556666:instance/i-b",
    "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-a",
    "arn:aws:s3:::bkt/alice/x",
    "arn:aws:s3:::bkt/bob/*",
    "arn:aws:kms:us-east-1:111122223333:key/k",
    "arn:aws:iam::111122223333:role/dev",
    "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s",
    "*",
];
const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "*",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:ec2:us-east-1:111122223333:instance/i-a",
    "arn:aws:ec2:us-*-1:111122223333:*",
    "arn:*:ec2:us-east-?:*:instance*",
    "arn:aws:s3:::bkt/*",
    "arn:aws:s3:::bkt/${aws:username}/*",
    "arn:aws:s3:::bkt/*/x",
    "arn:aws:s3:::bkt/${aws:PrincipalTag/team, 'bob'}/${*}",
    "arn:aws:s3:::bkt/bob/${aws:TagKeys}",
    "arn:aws:s3",
    "arn:aws:ec2:*",
    "arn:aws:kms:*:${aws:PrincipalAccount}:key/*",
    "arn:aws:kms:*:111122223333:key/k",
    "arn:aws:iam::*:role/dev",
    "arn:aws:logs:*:*:log-group:*:s",
    "arn:aws:logs:*:log-group:g:log-stream:s",
    "arn:aws:s3:::${aws:userid}",
    "**",
    "arn:aws:ec2:us-east-1:111122223333:INSTANCE/i-a",
];
const STRINGS: &[&str] = &["dev", "Dev", "prod", "d*v", "", "b?b", "bob", "${x}"];
const STRING_PATTERNS: &[&str] = &[
    "dev",
    "DEV",
    "d*",
    "d?v",
    "*",
    "",
    "?*",
    "${aws:username}",
    "${aws:PrincipalTag/team, 'dev'}",
    "b${?}b",
    "d${*}v",
    "${$}{x}",
    "*b",
    "${aws:TagKeys}",
];
const NUMBERS: &[&str] = &[
    "22", "22.0", "2.2e1", "-1", "0", "3389", "1024.5", "x", "", " 22", "1e400", ".5", "5.",
];
const TIMES: &[&str] = &[
    "2026-11-21T00:00:00Z",
    "2026-11-21T01:00:00+01:00",
    "1795219200",
    "2026-11-21",
    "2024-02-29",
    "2025-02-29",
    "x",
    "1700000000",
    "2030-01-01T12:30:15-08:00",
];
const ADDRESSES: &[&str] = &[
    "10.0.1.5",
    "10.1.0.1",
    "192.0.2.7",
    "2001:db8::1",
    "2001:db9::1",
    "x",
];
const BLOCKS: &[&str] = &[
    "10.0.0.0/16",
    "10.0.1.5",
    "10.0.9.9/8",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
    "2001:db8::1",
    "192.0.2.7/31",
    "x",
];
const TRUTHS: &[&str] = &["true", "false", "TRUE", "False", "yes"];
const ARNS: &[&str] = &[
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/dev",
    "arn:aws:sns:us-east-1:444455556666:topic",
    "arn:aws:logs:us-east-1:111122223333:log-group:g",
    "x",
    "arn:aws:s3:::bkt",
];
const ARN_PATTERNS: &[&str] = &[
    "*",
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::111122223333:role/dev",
    "arn:aws:iam::${aws:PrincipalAccount}:*",
    "arn:aws:sns:*:topic",
    "arn:aws:sns:*",
    "arn:*:*:*:*:*",
    "${aws:PrincipalArn}",
    "arn:aws:logs:*:*:log-group:*",
    "x",
    "arn:aws:s3:::b?t",
];

/// A key, its values, operators for it, and values for policies.
type Kind = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const STRING_OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const KINDS: &[Kind] = &[
    (
        "aws:ResourceTag/Env",
        STRINGS,
        STRING_OPERATORS,
        STRING_PATTERNS,
    ),
    (
        "aws:PrincipalTag/team",
        STRINGS,
        STRING_OPERATORS,
        STRING_PATTERNS,
    ),
    (
        "aws:username",
        &["alice", "bob", "a*"],
        STRING_OPERATORS,
        STRING_PATTERNS,
    ),
    (
        "ec2-instance-connect:remotePort",
        NUMBERS,
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        NUMBERS,
    ),
    (
        "aws:CurrentTime",
        TIMES,
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        TIMES,
    ),
    ("aws:MultiFactorAuthPresent", TRUTHS, &["Bool"], TRUTHS),
    (
        "x:Binary",
        &["QUJD", "QUJE"],
        &["BinaryEquals"],
        &["QUJD", "qujd"],
    ),
    (
        "aws:SourceIp",
        ADDRESSES,
        &["IpAddress", "NotIpAddress"],
        BLOCKS,
    ),
    (
        "aws:SourceArn",
        ARNS,
        &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        ARN_PATTERNS,
    ),
    (
        "aws:PrincipalArn",
        ARNS,
        &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        ARN_PATTERNS,
    ),
];
const TAGS: &[&str] = &["a", "b", "A", "c*"];

const PRINCIPALS: &[&str] = &[
    "*",
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/dev/alice",
    "arn:aws:iam::111122223333:role/dev",
    "arn:aws:iam::111122223333:role/other",
    "arn:aws:iam::444455556666:root",
];

/// Returns a request with its policies, in the shape that `iam can -requests` reads.
pub(crate) fn line(r: &mut Random) -> Json {
    let principal = match r.below(8) {
        0..4 => "arn:aws:iam::111122223333:user/alice",
        4..7 => "arn:aws:sts::111122223333:assumed-role/dev/alice",
        _ => "ec2.amazonaws.com",
    };
    let mut out = json!({"principal": principal, "action": r.pick(ACTIONS), "resource": r.pick(RESOURCES), "context": context(r)});
    if r.percent(60) {
        out["resource_account"] = r.pick(&[A, A, A, B]).into();
    }
    out["identity"] = policies(r, "identity");
    if r.percent(20) {
        out["boundary"] = policy(r, "boundary");
    }
    if r.percent(20) {
        out["session"] = if r.percent(50) {
            policy(r, "session")
        } else {
            policies(r, "session")
        };
    }
    if r.percent(40) {
        out["resource_policy"] = policy(r, "resource_policy");
    }
    if r.percent(15) {
        let levels = 1 + r.below(2);
        out["scps"] = (0..levels).map(|_| policies(r, "scps")).collect();
    }
    if r.percent(15) {
        out["endpoint"] = policy(r, "endpoint");
    }
    out
}

fn context(r: &mut Random) -> Json {
    let mut out = Map::new();
    for (key, values, _, _) in KINDS {
        if r.percent(60) {
            let key = if r.percent(10) {
                key.to_uppercase()
            } else {
                (*key).to_owned()
            };
            out.insert(key, r.pick(values).into());
        }
    }
    if r.percent(60) {
        let n = r.below(4);
        out.insert(
            "aws:TagKeys".into(),
            (0..n).map(|_| Json::from(r.pick(TAGS))).collect(),
        );
    }
    if r.percent(50) {
        out.insert("aws:PrincipalAccount".into(), A.into());
    }
    if r.percent(5) {
        out.retain(|k, _| {
            !k.to_lowercase().contains("multifactor") && !k.to_lowercase().contains("port")
        });
        out.insert("ec2-instance-connect:remotePort".into(), 22.into());
        out.insert("aws:MultiFactorAuthPresent".into(), true.into());
    }
    Json::Object(out)
}

fn policies(r: &mut Random, layer: &str) -> Json {
    let n = 1 + r.below(2);
    (0..n).map(|_| policy(r, layer)).collect()
}

fn policy(r: &mut Random, layer: &str) -> Json {
    let mut out = Map::new();
    match r.below(10) {
        0 => None,
        1 => out.insert("Version".into(), "2008-10-17".into()),
        _ => out.insert("Version".into(), "2012-10-17".into()),
    };
    let n = 1 + r.below(3);
    let statements: Vec<Json> = (0..n).map(|_| statement(r, layer)).collect();
    let single = n == 1 && r.percent(50);
    out.insert(
        "Statement".into(),
        if single {
            statements[0].clone()
        } else {
            statements.into()
        },
    );
    Json::Object(out)
}

fn statement(r: &mut Random, layer: &str) -> Json {
    let mut out = Map::new();
    if r.percent(20) {
        out.insert("Sid".into(), "S".into());
    }
    out.insert(
        "Effect".into(),
        if r.percent(12) { "Deny" } else { "Allow" }.into(),
    );
    if layer == "resource_policy" || layer == "endpoint" {
        let element = if r.percent(10) {
            "NotPrincipal"
        } else {
            "Principal"
        };
        out.insert(element.into(), principal(r, layer));
    }
    let element = if r.percent(12) { "NotAction" } else { "Action" };
    let actions = if r.percent(25) {
        vec!["*".into()]
    } else {
        r.some(ACTION_PATTERNS, 3)
    };
    out.insert(element.into(), one_or_list(r, actions));
    if layer != "resource_policy" || r.percent(80) {
        let element = if r.percent(12) {
            "NotResource"
        } else {
            "Resource"
        };
        let resources = if r.percent(25) {
            vec!["*".into()]
        } else {
            r.some(RESOURCE_PATTERNS, 3)
        };
        out.insert(element.into(), one_or_list(r, resources));
    }
    let mut conditions = Map::new();
    for _ in 0..[0, 0, 1, 1, 2][r.below(5)] {
        let (operator, key, values) = condition(r);
        let keys = conditions.entry(operator).or_insert_with(|| json!({}));
        keys[key] = values;
    }
    if !conditions.is_empty() {
        out.insert("Condition".into(), Json::Object(conditions));
    }
    Json::Object(out)
}

fn principal(r: &mut Random, layer: &str) -> Json {
    if r.percent(if layer == "endpoint" { 70 } else { 15 }) {
        return "*".into();
    }
    let mut out = Map::new();
    let listed = r.some(PRINCIPALS, 2);
    out.insert("AWS".into(), one_or_list(r, listed));
    if r.percent(20) {
        out.insert("Service".into(), "ec2.amazonaws.com".into());
    }
    Json::Object(out)
}

fn condition(r: &mut Random) -> (String, String, Json) {
    let (key, operator, values) = if r.percent(20) {
        let quantifier = r.pick(&["ForAllValues:", "ForAnyValue:", ""]);
        let operator = format!("{quantifier}{}", r.pick(STRING_OPERATORS));
        (
            "aws:TagKeys",
            operator,
            r.some(&["a", "b", "c*", "A", "?", "c${*}"], 2),
        )
    } else {
        let (key, _, operators, values) = &KINDS[r.below(KINDS.len())];
        let quantifier = if r.percent(10) {
            r.pick(&["ForAllValues:", "ForAnyValue:"])
        } else {
            ""
        };
        (
            *key,
            format!("{quantifier}{}", r.pick(operators)),
            r.some(values, 3),
        )
    };
    let key = if r.percent(10) {
        key.to_lowercase()
    } else {
        key.to_owned()
    };
    if r.percent(10) {
        return (
            "Null".into(),
            key,
            r.pick(&[
                &json!("true"),
                &json!("false"),
                &json!(true),
                &json!(["false"]),
            ])
            .clone(),
        );
    }
    if operator == "Bool" && r.percent(30) {
        return (operator, key, r.percent(50).into());
    }
    let suffix = if r.percent(30) { "IfExists" } else { "" };
    (operator + suffix, key, one_or_list(r, values))
}

fn one_or_list(r: &mut Random, values: Vec<String>) -> Json {
    if values.len() == 1 && r.percent(50) {
        values[0].clone().into()
    } else {
        values.into()
    }
}
