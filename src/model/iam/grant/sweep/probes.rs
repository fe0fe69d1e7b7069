//! What is asked of an order's policies: the calls that its methods make, and their neighbours.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use crate::iam::{
    evaluate::{Context, Request},
    grant::{Order, Scope},
};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Probe {
    pub(super) action: String,
    pub(super) resource: String,
    /// Values by lower-case key.
    pub(super) context: BTreeMap<String, String>,
}

impl Probe {
    /// Returns the request of a principal of the account that owns the resource.
    pub(super) fn request(&self, scope: &Scope) -> Request {
        let account = self
            .resource
            .split(':')
            .nth(4)
            .filter(|a| a.len() == 12)
            .unwrap_or(&scope.account);
        let mut context = Context::default();
        for (key, value) in &self.context {
            context.set(key, value.clone());
        }
        Request {
            principal: format!(
                "arn:{}:sts::{account}:assumed-role/operator/alice",
                scope.partition
            ),
            action: self.action.clone(),
            resource: self.resource.clone(),
            resource_account: None,
            context,
        }
    }
}

/// Actions beside those that methods use; every service has one that does not exist.
const OTHERS: [&str; 17] = [
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ec2-instance-connect:Unknown",
    "ec2:TerminateInstances",
    "ec2:Unknown",
    "iam:PassRole",
    "iam:Unknown",
    "kms:Unknown",
    "kms:CreateGrant",
    "logs:DeleteLogGroup",
    "logs:Unknown",
    "s3:GetObject",
    "s3:Unknown",
    "ssm:DeleteDocument",
    "ssm:SendCommand",
    "ssm:Unknown",
    "ssmmessages:Unknown",
    "ec2messages:Unknown",
];

/// Values worth asking about, by key; each may also be absent.
fn values(key: &str) -> &'static [&'static str] {
    match key {
        "aws:multifactorauthpresent" | "ssm:sessiondocumentaccesscheck" => &["true", "false"],
        "aws:multifactorauthage" => &["60", "900", "901"],
        "aws:sourceip" => &[
            "203.0.113.7",
            "203.0.114.7",
            "198.51.100.1",
            "198.51.100.2",
            "2001:db8:1::5",
            "2001:db8:2::5",
        ],
        "aws:currenttime" => &[
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:00Z",
            "2026-06-01T00:00:00Z",
            "2026-12-31T23:59:59Z",
            "2027-01-01T00:00:00Z",
        ],
        "aws:requestedregion" => &["eu-west-1", "cn-north-1", "us-gov-west-1", "eu-north-1"],
        "aws:userid" => &["AROAEXAMPLE:mallory"],
        "ec2-instance-connect:remoteport" => &["22", "3389", "5432"],
        "ec2-instance-connect:privateipaddress" => &[
            "10.0.1.10",
            "10.0.1.11",
            "10.0.2.0",
            "10.0.2.255",
            "10.0.3.0",
            "10.4.0.1",
            "10.4.7.1",
            "10.5.0.0",
            "2001:db8:7::1",
            "2001:db8:8::1",
        ],
        "ec2-instance-connect:maxtunnelduration" => &["900", "901", "3600", "3601"],
        "ec2:osuser" => &["ec2-user", "deploy", "root"],
        "aws:resourcetag/access" => &["team-a", "team-b"],
        "aws:resourcetag/stage" => &["prod", "test"],
        "ssm:resourcetag/aws:ssmmessages:session-id" => {
            &["AROAEXAMPLE:alice", "AROAEXAMPLE:mallory"]
        }
        "ec2:createaction" => &["CreateInstanceConnectEndpoint", "RunInstances"],
        "iam:awsservicename" => &["ec2-instance-connect.amazonaws.com", "ssm.amazonaws.com"],
        _ => &[],
    }
}

/// A call with everything right: who, from where, when.
fn call(scope: &Scope, action: &str, resource: impl Into<String>, keys: &[(&str, &str)]) -> Probe {
    let usual = [
        ("aws:userid", "AROAEXAMPLE:alice"),
        ("aws:multifactorauthpresent", "true"),
        ("aws:multifactorauthage", "60"),
        ("aws:currenttime", "2026-06-01T00:00:00Z"),
        ("aws:requestedregion", scope.region.as_str()),
        ("aws:sourceip", "203.0.113.7"),
    ];
    let context = usual
        .iter()
        .chain(keys)
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Probe {
        action: action.into(),
        resource: resource.into(),
        context,
    }
}

const TAGGED: [(&str, &str); 2] = [
    ("aws:resourcetag/access", "team-a"),
    ("aws:resourcetag/stage", "prod"),
];

fn user_calls(order: &Order) -> Vec<Probe> {
    let scope = &order.scope;
    let arn = |service: &str, rest: &str| {
        format!(
            "arn:{}:{service}:{}:{}:{rest}",
            scope.partition, scope.region, scope.account
        )
    };
    let mut out = Vec::new();
    for e in ["eice-0a1", "eice-0b2"] {
        for ip in values("ec2-instance-connect:privateipaddress") {
            for port in ["22", "3389"] {
                let keys = [
                    ("ec2-instance-connect:privateipaddress", *ip),
                    ("ec2-instance-connect:remoteport", port),
                    ("ec2-instance-connect:maxtunnelduration", "600"),
                ];
                out.push(call(
                    scope,
                    "ec2-instance-connect:OpenTunnel",
                    arn("ec2", &format!("instance-connect-endpoint/{e}")),
                    &[&keys[..], &TAGGED].concat(),
                ));
            }
        }
    }
    for i in ["i-0a1", "i-0b2", "i-0c3", "i-0e9"] {
        let instance = arn("ec2", &format!("instance/{i}"));
        for user in ["ec2-user", "deploy"] {
            let keys = [("ec2:osuser", user)];
            out.push(call(
                scope,
                "ec2-instance-connect:SendSSHPublicKey",
                instance.clone(),
                &[&keys[..], &TAGGED].concat(),
            ));
        }
        let check = [("ssm:sessiondocumentaccesscheck", "true")];
        out.push(call(
            scope,
            "ssm:StartSession",
            instance.clone(),
            &[&check[..], &TAGGED].concat(),
        ));
        out.push(call(scope, "ssm:GetConnectionStatus", instance, &TAGGED));
    }
    let named = order
        .grants
        .iter()
        .flat_map(|g| g.documents.iter().map(String::as_str));
    let known = [
        "SSM-SessionManagerRunShell",
        "AWS-StartSSHSession",
        "AWS-StartPortForwardingSession",
        "team-other",
    ];
    for name in named.chain(known).collect::<BTreeSet<_>>() {
        let account = if name.starts_with("AWS-") {
            ""
        } else {
            &scope.account
        };
        let document = format!(
            "arn:{}:ssm:{}:{account}:document/{name}",
            scope.partition, scope.region
        );
        out.push(call(
            scope,
            "ssm:StartSession",
            document,
            &[("ssm:sessiondocumentaccesscheck", "true")],
        ));
    }
    let session = arn("ssm", "session/alice-0a1b2c");
    out.push(call(
        scope,
        "ssmmessages:OpenDataChannel",
        session.clone(),
        &[],
    ));
    for action in ["ssm:ResumeSession", "ssm:TerminateSession"] {
        for owner in ["AROAEXAMPLE:alice", "AROAEXAMPLE:mallory"] {
            out.push(call(
                scope,
                action,
                session.clone(),
                &[("ssm:resourcetag/aws:ssmmessages:session-id", owner)],
            ));
        }
    }
    out.push(call(
        scope,
        "kms:GenerateDataKey",
        arn("kms", "key/session"),
        &[],
    ));
    for action in [
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceConnectEndpoints",
        "ssm:DescribeSessions",
    ] {
        out.push(call(scope, action, "*", &[]));
    }
    out
}

fn agent_calls(scope: &Scope) -> Vec<Probe> {
    let arn = |service: &str, rest: &str| {
        format!(
            "arn:{}:{service}:{}:{}:{rest}",
            scope.partition, scope.region, scope.account
        )
    };
    let mut out = Vec::new();
    for action in [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "logs:DescribeLogGroups",
    ] {
        out.push(call(scope, action, "*", &[]));
    }
    for key in ["session", "bucket"] {
        for action in ["kms:Decrypt", "kms:GenerateDataKey"] {
            out.push(call(scope, action, arn("kms", &format!("key/{key}")), &[]));
        }
    }
    for (action, resource) in [
        ("logs:DescribeLogStreams", "log-group:/ssm/sessions"),
        (
            "logs:CreateLogStream",
            "log-group:/ssm/sessions:log-stream:alice-0a",
        ),
        (
            "logs:PutLogEvents",
            "log-group:/ssm/sessions:log-stream:alice-0a",
        ),
    ] {
        out.push(call(scope, action, arn("logs", resource), &[]));
    }
    for object in ["team-logs/shell/a.log", "team-logs/other/a.log"] {
        out.push(call(
            scope,
            "s3:PutObject",
            format!("arn:{}:s3:::{object}", scope.partition),
            &[],
        ));
    }
    out.push(call(
        scope,
        "s3:GetEncryptionConfiguration",
        format!("arn:{}:s3:::team-logs", scope.partition),
        &[],
    ));
    out
}

fn builder_calls(order: &Order) -> Vec<Probe> {
    let scope = &order.scope;
    let arn = |service: &str, rest: &str| {
        format!(
            "arn:{}:{service}:{}:{}:{rest}",
            scope.partition, scope.region, scope.account
        )
    };
    let mut out = Vec::new();
    for rest in [
        "subnet/subnet-0a",
        "security-group/sg-0a",
        "instance-connect-endpoint/eice-0new",
    ] {
        out.push(call(
            scope,
            "ec2:CreateInstanceConnectEndpoint",
            arn("ec2", rest),
            &[],
        ));
    }
    for rest in [
        "subnet/subnet-0a",
        "security-group/sg-0a",
        "network-interface/eni-0a",
    ] {
        out.push(call(
            scope,
            "ec2:CreateNetworkInterface",
            arn("ec2", rest),
            &[],
        ));
    }
    for id in ["eice-0a1", "eice-0b2"] {
        for action in [
            "ec2:ModifyInstanceConnectEndpoint",
            "ec2:DeleteInstanceConnectEndpoint",
        ] {
            out.push(call(
                scope,
                action,
                arn("ec2", &format!("instance-connect-endpoint/{id}")),
                &TAGGED,
            ));
        }
    }
    out.push(call(
        scope,
        "ec2:ModifyInstanceConnectEndpoint",
        arn("ec2", "security-group/sg-0a"),
        &[],
    ));
    let tag = [("ec2:createaction", "CreateInstanceConnectEndpoint")];
    out.push(call(
        scope,
        "ec2:CreateTags",
        arn("ec2", "instance-connect-endpoint/eice-0new"),
        &tag,
    ));
    out.push(call(
        scope,
        "ec2:DescribeInstanceConnectEndpoints",
        "*",
        &[],
    ));
    let service = "ec2-instance-connect.amazonaws.com";
    for spelling in ["Ec2", "EC2"] {
        let role = format!(
            "arn:{}:iam::{}:role/aws-service-role/{service}/AWSServiceRoleFor{spelling}InstanceConnect",
            scope.partition, scope.account
        );
        out.push(call(
            scope,
            "iam:CreateServiceLinkedRole",
            role,
            &[("iam:awsservicename", service)],
        ));
    }
    for name in order.grants.iter().flat_map(|g| &g.documents) {
        for action in [
            "CreateDocument",
            "DeleteDocument",
            "DescribeDocument",
            "GetDocument",
            "UpdateDocument",
            "UpdateDocumentDefaultVersion",
        ] {
            out.push(call(
                scope,
                &format!("ssm:{action}"),
                arn("ssm", &format!("document/{name}")),
                &[],
            ));
        }
    }
    out
}

/// Requests that differ in one thing.
fn neighbours(p: &Probe, actions: &BTreeSet<String>, out: &mut BTreeSet<Probe>) {
    for key in p.context.keys() {
        // Region and time are in every request.
        if !matches!(key.as_str(), "aws:currenttime" | "aws:requestedregion") {
            let mut absent = p.clone();
            absent.context.remove(key);
            out.insert(absent);
        }
        for value in values(key) {
            let mut other = p.clone();
            other.context.insert(key.clone(), (*value).to_owned());
            out.insert(other);
        }
    }
    let service = |action: &str| action.split(':').next().unwrap_or_default().to_owned();
    for action in actions
        .iter()
        .filter(|a| service(a) == service(&p.action) || a.ends_with(":Unknown"))
    {
        out.insert(Probe {
            action: action.clone(),
            ..p.clone()
        });
    }
    if p.resource == "*" {
        return;
    }
    let parts: Vec<&str> = p.resource.splitn(6, ':').collect();
    let mut with = |at: usize, text: String| {
        let mut parts: Vec<String> = parts.iter().map(|s| (*s).to_owned()).collect();
        parts[at] = text;
        out.insert(Probe {
            resource: parts.join(":"),
            ..p.clone()
        });
    };
    for (at, other) in [
        (1, "aws-iso"),
        (2, "rds"),
        (3, "eu-north-1"),
        (4, "999999999999"),
    ] {
        with(at, other.to_owned());
    }
    let last = parts[5];
    with(5, format!("{last}0"));
    with(5, format!("other-{last}"));
    for separator in ['/', ':'] {
        if let Some((kind, rest)) = last.split_once(separator) {
            with(5, format!("{kind}{separator}other"));
            with(5, format!("other{separator}{rest}"));
        }
        if let Some((kind, _)) = last.rsplit_once(separator) {
            with(5, format!("{kind}{separator}other"));
            with(5, kind.to_owned());
        }
    }
}

/// A call by others, from elsewhere, at other times.
fn circumstances(call: &Probe) -> Vec<Probe> {
    let mut out = Vec::new();
    for source in [
        "203.0.113.7",
        "198.51.100.1",
        "2001:db8:1::5",
        "198.51.100.2",
    ] {
        for time in [
            "2026-06-01T00:00:00Z",
            "2025-12-31T23:59:59Z",
            "2027-01-01T00:00:00Z",
        ] {
            for (mfa, age) in [("true", "60"), ("true", "901"), ("false", "60")] {
                let mut call = call.clone();
                for (key, value) in [
                    ("aws:sourceip", source),
                    ("aws:currenttime", time),
                    ("aws:multifactorauthpresent", mfa),
                    ("aws:multifactorauthage", age),
                ] {
                    call.context.insert(key.to_owned(), value.to_owned());
                }
                out.push(call);
            }
        }
    }
    out
}

/// All requests for one side of an order.
pub(super) fn all(order: &Order, side: Side) -> Vec<Probe> {
    let calls = match side {
        Side::Users => user_calls(order),
        Side::Instance => agent_calls(&order.scope),
        Side::ControlPlane => builder_calls(order),
    };
    let mut actions: BTreeSet<String> = OTHERS.iter().map(|a| (*a).to_owned()).collect();
    actions.extend(calls.iter().map(|p| p.action.clone()));
    let mut out: BTreeSet<Probe> = calls.iter().cloned().collect();
    // Of each grant one call for an action and a resource: its neighbours reach whatever else the grant allows there. And one
    // that no other grant allows, so that the others do not hide what this one refuses.
    for (n, grant) in order.grants.iter().enumerate() {
        let of = |grants| Order {
            grants,
            deny_others: false,
            ..order.clone()
        };
        let alone = of(vec![grant.clone()]);
        let rest = of(order
            .grants
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != n)
            .map(|(_, g)| g.clone())
            .collect());
        let mut seen = BTreeSet::new();
        for call in &calls {
            for call in circumstances(call) {
                let is_allowed = super::spec::allows(&alone, side, &call);
                let is_left_out = side == Side::Users && super::spec::leaves_out(&alone, &call);
                let is_only = is_allowed && !super::spec::allows(&rest, side, &call);
                if (is_allowed || is_left_out)
                    && seen.insert((
                        call.action.clone(),
                        call.resource.clone(),
                        is_left_out,
                        is_only,
                    ))
                {
                    neighbours(&call, &actions, &mut out);
                }
            }
        }
    }
    out.into_iter().collect()
}
