//! Random pairs against random requests: what the comparison says is never contradicted by the evaluator.

use std::fmt::Write as _;

use super::*;
use crate::iam::evaluate::Context;

/// A small generator of numbers, so that runs are alike (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    fn list(&mut self, list: &[&str], most: usize) -> String {
        let count = 1 + self.roll(most);
        let items: Vec<_> = (0..count)
            .map(|_| format!("\"{}\"", self.pick(list)))
            .collect();
        format!("[{}]", items.join(","))
    }
}

const ACTIONS: &[&str] = &[
    "*",
    "ec2-instance-connect:*",
    "ec2-instance-connect:Open*",
    "ssm:*",
    "s3:Get*",
    "ec2:*Tags",
    "ssm:StartSessio?",
    "*:*Session",
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
    "ssm:StartSession",
    "ec2:CreateTags",
    "s3:GetObject",
    "EC2:describeinstances",
    "kms:Decrypt",
    "dynamodb:GetItem",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:ec2:us-east-1:111122223333:instance/i-a",
    "arn:aws:s3:::bkt/*",
    "arn:aws:ec2:*:111122223333:instance-connect-endpoint/eice-?",
    "arn:aws:s3:::bkt/*/y",
    "arn:aws:ec2:us-*-1:111122223333:*",
    "arn:*:ec2:us-east-?:111122223333:instance*",
    "arn:aws:s3:::b?t/a*",
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:s3:::*",
    "arn:aws:dynamodb:*:*:table/t",
    "arn:aws:ssm:*:*:document/D?c",
    "arn:aws:ec2:us-east-1:*:instance/i-?",
];
const WITH_VARIABLES: &[&str] = &[
    "arn:aws:s3:::bkt/${aws:username}/*",
    "arn:aws:s3:::bkt/${aws:PrincipalTag/team, 'bob'}/*",
    "arn:aws:s3:::bkt/alice/*",
    "arn:aws:s3:::bkt/*",
];
const CONDITIONS: &[(&[&str], &str, &[&str])] = &[
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        "aws:ResourceTag/Env",
        &["dev", "prod", "d*", "b?b", "D*V"],
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        "ec2-instance-connect:remotePort",
        &["22", "3389", "1024"],
    ),
    (&["Bool"], "aws:MultiFactorAuthPresent", &["true", "false"]),
    (
        &["IpAddress", "NotIpAddress"],
        "aws:SourceIp",
        &["10.0.0.0/16", "10.0.1.5", "10.0.0.0/8", "2001:db8::/32"],
    ),
    (
        &["DateLessThan", "DateGreaterThan", "DateEquals"],
        "aws:CurrentTime",
        &["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ),
    (
        &["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"],
        "aws:PrincipalArn",
        &[
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::111122223333:user/alice",
        ],
    ),
    (&["Null"], "aws:ResourceTag/Env", &["true", "false"]),
    (&["Null"], "aws:TagKeys", &["true", "false"]),
];
const TAG_KEYS: (&[&str], &[&str]) = (
    &[
        "ForAllValues:StringEquals",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringLike",
        "ForAnyValue:StringLike",
        "ForAllValues:StringNotEquals",
        "ForAnyValue:StringNotLike",
        "StringEquals",
        "StringNotLike",
    ],
    &["a", "b", "?", "c*"],
);

fn condition(dice: &mut Dice) -> String {
    if dice.chance(20) {
        return format!(
            "{{\"{}\":{{\"aws:TagKeys\":{}}}}}",
            dice.pick(TAG_KEYS.0),
            dice.list(TAG_KEYS.1, 2)
        );
    }
    let (operators, key, values) = CONDITIONS[dice.roll(CONDITIONS.len())];
    let operator = dice.pick(operators);
    let suffix = if operator != "Null" && dice.chance(40) {
        "IfExists"
    } else {
        ""
    };
    let most = if operator == "Null" { 1 } else { 2 };
    format!(
        "{{\"{operator}{suffix}\":{{\"{key}\":{}}}}}",
        dice.list(values, most)
    )
}

fn statement(dice: &mut Dice, resources: &[&str]) -> String {
    let effect = if dice.chance(28) { "Deny" } else { "Allow" };
    let action = if dice.chance(12) {
        "NotAction"
    } else {
        "Action"
    };
    let resource = if dice.chance(12) {
        "NotResource"
    } else {
        "Resource"
    };
    let mut out = format!(
        "{{\"Effect\":\"{effect}\",\"{action}\":{},\"{resource}\":{}",
        dice.list(ACTIONS, 2),
        dice.list(resources, 3)
    );
    if dice.chance(50) {
        let _ = write!(out, ",\"Condition\":{}", condition(dice));
    }
    out.push('}');
    out
}

fn policy(statements: &[String]) -> Document {
    document(&format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{}]}}",
        statements.join(",")
    ))
}

/// A request that somebody could make: its resource is one that the action can have.
fn request(dice: &mut Dice) -> Request {
    let (action, resources): (&str, &[&str]) = [
        (
            "ec2-instance-connect:OpenTunnel",
            &[
                "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-a",
                "arn:aws:ec2:eu-west-1:111122223333:instance-connect-endpoint/eice-ab",
            ][..],
        ),
        (
            "ec2-instance-connect:SendSSHPublicKey",
            &[
                "arn:aws:ec2:us-east-1:111122223333:instance/i-a",
                "arn:aws:ec2:us-west-1:111122223333:instance/i-b",
                "arn:aws-cn:ec2:us-east-2:111122223333:instance/i-bc",
            ],
        ),
        (
            "ssm:StartSession",
            &[
                "arn:aws:ec2:us-east-1:111122223333:instance/i-a",
                "arn:aws:ssm:us-east-1:111122223333:document/Doc",
                "arn:aws:ssm:us-east-1:111122223333:document/Other",
            ],
        ),
        (
            "ec2:CreateTags",
            &[
                "arn:aws:ec2:us-east-1:111122223333:instance/i-a",
                "arn:aws:ec2:us-east-1:111122223333:volume/v",
                "arn:aws:ec2:us-east-1:444455556666:instance/i-c",
            ],
        ),
        (
            "s3:GetObject",
            &[
                "arn:aws:s3:::bkt/alice/x",
                "arn:aws:s3:::bkt/bob/y",
                "arn:aws:s3:::bat/ax",
                "arn:aws:s3:::other/z",
            ],
        ),
        ("ec2:DescribeInstances", &["*"]),
        ("kms:Decrypt", &["arn:aws:kms:us-east-1:111122223333:key/k"]),
        (
            "dynamodb:GetItem",
            &[
                "arn:aws:dynamodb:us-east-1:111122223333:table/t",
                "arn:aws:dynamodb:us-east-1:111122223333:table/u",
                "*",
            ],
        ),
        (
            "ec2:SomeUnknownAction",
            &["arn:aws:ec2:us-east-1:111122223333:instance/i-a", "*"],
        ),
    ][dice.roll(9)];
    let mut context = Context::default();
    let keys: &[(&str, &[&str])] = &[
        (
            "aws:ResourceTag/Env",
            &["dev", "prod", "Dev", "d*v", "bob", "", "x"],
        ),
        (
            "ec2-instance-connect:remotePort",
            &["22", "3389", "22.0", "80", "1024", "5000"],
        ),
        ("aws:MultiFactorAuthPresent", &["true", "false"]),
        (
            "aws:SourceIp",
            &[
                "10.0.1.5",
                "10.0.9.9",
                "10.1.0.1",
                "2001:db8::1",
                "192.0.2.1",
            ],
        ),
        (
            "aws:CurrentTime",
            &[
                "2025-11-21T00:00:00Z",
                "2026-11-21T00:00:00Z",
                "2027-01-01T00:00:00Z",
                "2028-01-01T00:00:00Z",
            ],
        ),
        (
            "aws:PrincipalArn",
            &[
                USER,
                "arn:aws:iam::111122223333:role/dev",
                "arn:aws:iam::111122223333:user/bob",
            ],
        ),
        ("aws:username", &["alice", "bob", "x"]),
        ("aws:PrincipalTag/team", &["bob", "x"]),
    ];
    for (key, values) in keys {
        if dice.chance(60) {
            context.set(key, dice.pick(values));
        }
    }
    if dice.chance(60) {
        let values = (0..1 + dice.roll(2))
            .map(|_| dice.pick(&["a", "b", "cc", "dd"]).to_owned())
            .collect();
        context.set_all("aws:TagKeys", values);
    }
    Request {
        principal: USER.into(),
        action: action.into(),
        resource: dice.pick(resources).into(),
        resource_account: Some("111122223333".into()),
        context,
    }
}

/// Compares random policies with mutants of them. Returns how many had new access, and how many none.
fn check(
    seed: u64,
    pairs: usize,
    resources: &[&str],
    requests: usize,
    options: &Options,
) -> (usize, usize, usize) {
    let mut dice = Dice(seed);
    let (mut yes, mut no, mut open) = (0, 0, 0);
    for pair in 0..pairs {
        let mut statements: Vec<_> = (0..1 + dice.roll(4))
            .map(|_| statement(&mut dice, resources))
            .collect();
        let old = [policy(&statements)];
        let at = dice.roll(statements.len());
        match dice.roll(4) {
            0 => statements.push(statement(&mut dice, resources)),
            1 if statements.len() > 1 => drop(statements.remove(at)),
            _ => statements[at] = statement(&mut dice, resources),
        }
        let new = [policy(&statements)];
        let found = compare(&old, &new, options);
        confirm(&found, &old, &new);
        for _ in 0..requests {
            let request = request(&mut dice);
            let (before, after) = (allows(&old, &request), allows(&new, &request));
            let (list, gains) = match (before, after) {
                (false, true) => (&found.new_access, true),
                (true, false) => (&found.lost_access, false),
                _ => continue,
            };
            let known = list.iter().any(|d| d.actions.contains(&request.action));
            let doubted = found
                .undecided
                .iter()
                .any(|u| u.gains == gains && u.actions.contains(&request.action));
            assert!(
                known || doubted,
                "pair {pair} misses {request:?}\n{}\n{}\n{found:#?}",
                old[0].to_json(),
                new[0].to_json()
            );
        }
        open += usize::from(!found.undecided.is_empty());
        if found.new_access.is_empty() {
            no += 1
        } else {
            yes += 1
        }
        for documents in [&old, &new] {
            let itself = compare(
                documents,
                documents,
                &Options {
                    thorough: true,
                    ..options.clone()
                },
            );
            assert!(
                itself.is_equal(),
                "pair {pair}: {itself:#?}\n{}",
                documents[0].to_json()
            );
        }
    }
    (yes, no, open)
}

/// The actions of [`request`].
fn asked() -> Options {
    let actions = [
        "ec2-instance-connect:OpenTunnel",
        "ec2-instance-connect:SendSSHPublicKey",
        "ssm:StartSession",
        "ec2:CreateTags",
        "s3:GetObject",
        "ec2:DescribeInstances",
        "kms:Decrypt",
        "dynamodb:GetItem",
        "ec2:SomeUnknownAction",
    ];
    Options {
        actions: Some(actions.map(str::to_owned).to_vec()),
        ..Options::default()
    }
}

#[test]
fn no_request_contradicts_the_comparison() {
    let (yes, no, open) = check(4, 40, RESOURCES, 100, &asked());
    assert!(yes > 8 && no > 8 && open == 0, "{yes} {no} {open}");
}

#[test]
fn nor_over_the_whole_catalogue() {
    let (yes, no, open) = check(5, 4, RESOURCES, 100, &Options::default());
    assert!(yes + no == 4 && open == 0, "{yes} {no} {open}");
}

#[test]
fn nor_with_variables() {
    let (yes, no, open) = check(9, 12, WITH_VARIABLES, 100, &asked());
    assert!(yes > 2 && no > 2 && open < 4, "{yes} {no} {open}");
}
