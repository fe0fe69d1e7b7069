//! Every method once to the letter, and everything that no service enforces.

use std::collections::BTreeMap;

use super::*;

pub(super) fn scope() -> Scope {
    Scope {
        partition: "aws".into(),
        region: "eu-west-1".into(),
        account: "111122223333".into(),
    }
}

pub(super) fn order(grants: Vec<Grant>) -> Order {
    Order {
        scope: scope(),
        grants,
        attachment: Attachment::Managed,
        deny_others: false,
        control_plane: None,
    }
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

fn eic(method: Method) -> Grant {
    let mut g = Grant::new(method);
    g.endpoints = list(&["eice-0a"]);
    g.addresses = list(&["10.0.1.10"]);
    if method == Method::EicSsh {
        g.instances = list(&["i-0a"]);
        g.os_users = list(&["ec2-user"]);
    }
    g
}

fn ssm(method: Method) -> Grant {
    let mut g = Grant::new(method);
    g.instances = list(&["i-0a"]);
    g
}

#[track_caller]
fn compiled(grants: Vec<Grant>) -> Compiled {
    compile(&order(grants)).unwrap_or_else(|e| panic!("{e:#?}"))
}

#[track_caller]
fn refused(grant: Grant, argument: &str, what: &str) {
    let errors = compile(&order(vec![grant])).expect_err("compiles");
    let found = errors
        .iter()
        .find(|e| e.argument == argument && e.what.contains(what));
    let found = found.unwrap_or_else(|| panic!("{errors:#?}"));
    assert!(
        !found.instead.is_empty() && found.instead.ends_with('.') && !found.what.ends_with('.'),
        "{found:?}"
    );
}

const TUNNEL: &str = r#"{"Sid":"Tunnel","Effect":"Allow","Action":"ec2-instance-connect:OpenTunnel","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance-connect-endpoint/eice-0a","Condition":{"IpAddress":{"ec2-instance-connect:privateIpAddress":"10.0.1.10/32"},"NumericEquals":{"ec2-instance-connect:remotePort":"22"},"NumericLessThanEquals":{"ec2-instance-connect:maxTunnelDuration":"3600"}}}"#;
const PUSH: &str = r#"{"Sid":"PushKey","Effect":"Allow","Action":"ec2-instance-connect:SendSSHPublicKey","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a","Condition":{"StringEquals":{"ec2:osuser":"ec2-user"}}}"#;

fn policy(statements: &[&str]) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn find(actions: &str) -> String {
    format!(
        r#"{{"Sid":"Find","Effect":"Allow","Action":{actions},"Resource":"*","Condition":{{"StringEquals":{{"aws:RequestedRegion":"eu-west-1"}}}}}}"#
    )
}

#[test]
fn tunnels_and_pushed_keys() {
    let both = find(r#"["ec2:DescribeInstanceConnectEndpoints","ec2:DescribeInstances"]"#);
    assert_eq!(
        compiled(vec![eic(Method::EicTunnel)]).users,
        [policy(&[TUNNEL, &both])]
    );
    let ssh = compiled(vec![eic(Method::EicSsh)]);
    assert_eq!(ssh.users, [policy(&[TUNNEL, PUSH, &both])]);
    assert_eq!((ssh.instance, ssh.control_plane), (None, None));
    let mut direct = Grant::new(Method::InstanceConnect);
    direct.instances = list(&["i-0a"]);
    direct.os_users = list(&["ec2-user"]);
    assert_eq!(
        compiled(vec![direct]).users,
        [policy(&[PUSH, &find(r#""ec2:DescribeInstances""#)])]
    );
}

#[test]
fn sessions() {
    let session = |documents: &str| {
        format!(
            r#"{{"Sid":"Session","Effect":"Allow","Action":"ssm:StartSession","Resource":["arn:aws:ec2:eu-west-1:111122223333:instance/i-0a",{documents}],"Condition":{{"BoolIfExists":{{"ssm:SessionDocumentAccessCheck":"true"}}}}}}"#
        )
    };
    let rest = [
        r#"{"Sid":"Channel","Effect":"Allow","Action":"ssmmessages:OpenDataChannel","Resource":"arn:aws:ssm:eu-west-1:111122223333:session/*"}"#,
        r#"{"Sid":"OwnSessions","Effect":"Allow","Action":["ssm:ResumeSession","ssm:TerminateSession"],"Resource":"arn:aws:ssm:eu-west-1:111122223333:session/*","Condition":{"StringEquals":{"ssm:resourceTag/aws:ssmmessages:session-id":"${aws:userid}"}}}"#,
        r#"{"Sid":"Status","Effect":"Allow","Action":"ssm:GetConnectionStatus","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a"}"#,
    ];
    let find = find(r#""ssm:DescribeSessions""#);
    let all = |documents: &str| policy(&[&session(documents), rest[0], rest[1], rest[2], &find]);
    let shell = compiled(vec![ssm(Method::SsmShell)]);
    assert_eq!(
        shell.users,
        [all(
            r#""arn:aws:ssm:eu-west-1:111122223333:document/SSM-SessionManagerRunShell""#
        )]
    );
    assert!(
        shell
            .instance
            .unwrap()
            .contains("ssmmessages:OpenControlChannel")
    );
    assert_eq!(
        compiled(vec![ssm(Method::SsmSsh)]).users,
        [all(
            r#""arn:aws:ssm:eu-west-1::document/AWS-StartSSHSession""#
        )]
    );
    let mut forward = ssm(Method::SsmPortForward);
    forward.documents = list(&["db-ports"]);
    forward.ports = vec![5432, 3306];
    let forward = compiled(vec![forward]);
    assert_eq!(
        forward.users,
        [all(
            r#""arn:aws:ssm:eu-west-1:111122223333:document/db-ports""#
        )]
    );
    assert!(forward.session_documents["db-ports"].contains("^(3306|5432)$"));
    let mut remote = ssm(Method::SsmRemotePortForward);
    remote.documents = list(&["db"]);
    remote.ports = vec![5432];
    remote.hosts = list(&["db.example.internal"]);
    assert!(
        compiled(vec![remote]).session_documents["db"].contains(r"^(db\\.example\\.internal)$")
    );
}

#[test]
fn tags_stand_apart_from_documents() {
    let mut g = Grant::new(Method::SsmShell);
    g.instance_tags = BTreeMap::from([("Access".to_owned(), "team-a".to_owned())]);
    let text = compiled(vec![g]).users.remove(0);
    let tagged = r#""Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/*","Condition":{"BoolIfExists":{"ssm:SessionDocumentAccessCheck":"true"},"StringEquals":{"aws:ResourceTag/Access":"team-a"}}"#;
    assert!(text.contains(tagged), "{text}");
    assert!(text.contains(r#""Resource":"arn:aws:ssm:eu-west-1:111122223333:document/SSM-SessionManagerRunShell","Condition":{"BoolIfExists""#), "{text}");
}

#[test]
fn what_a_tunnel_cannot_enforce() {
    let with = |change: &dyn Fn(&mut Grant)| {
        let mut g = eic(Method::EicTunnel);
        change(&mut g);
        g
    };
    refused(
        with(&|g| g.instance_tags = BTreeMap::from([("a".into(), "b".into())])),
        "instance_tags",
        "never sees the instance",
    );
    refused(
        with(&|g| g.instances = list(&["i-1"])),
        "instances",
        "never sees the instance",
    );
    refused(with(&|g| g.ports = vec![5432]), "ports", "22 and 3389 only");
    refused(
        with(&|g| g.os_users = list(&["root"])),
        "os_users",
        "sshd alone",
    );
    refused(with(&|g| g.addresses.clear()), "addresses", "every address");
    refused(
        with(&|g| g.addresses = list(&["10.0.1.10/24"])),
        "addresses",
        "leaves open",
    );
    refused(
        with(&|g| g.endpoints.clear()),
        "endpoints",
        "reach everything",
    );
    refused(
        with(&|g| g.endpoints = list(&["eice-*"])),
        "endpoints",
        "pattern",
    );
    refused(
        with(&|g| g.endpoints = list(&["i-0a"])),
        "endpoints",
        "not what the argument takes",
    );
    refused(
        with(&|g| g.max_duration = Some(3601)),
        "max_duration",
        "3600",
    );
    refused(
        with(&|g| g.hosts = list(&["db"])),
        "hosts",
        "opens no session",
    );
    refused(
        with(&|g| g.documents = list(&["x"])),
        "documents",
        "opens no session",
    );
    refused(
        with(&|g| g.own_sessions_only = false),
        "own_sessions_only",
        "opens no session",
    );
    refused(
        with(&|g| g.logging.log_groups = list(&["arn:aws:logs:r:1:log-group:a"])),
        "log_group_arns",
        "nothing can log",
    );
    refused(
        with(&|g| g.source_ranges = list(&["10.0.0.0/8"])),
        "source_ranges",
        "private",
    );
    refused(
        with(&|g| g.except_addresses = list(&["10.9.0.0/16"])),
        "except_addresses",
        "changes nothing",
    );
    refused(
        with(&|g| g.except_addresses = list(&["10.0.1.0/24"])),
        "except_addresses",
        "changes nothing",
    );
    refused(
        with(&|g| g.except_addresses = list(&["10.0.1.10"])),
        "except_addresses",
        "leaves nothing",
    );
    refused(
        with(&|g| g.not_before = Some("tomorrow".into())),
        "not_before",
        "UTC",
    );
    refused(
        with(&|g| g.mfa_max_age = Some(0)),
        "mfa_max_age",
        "36 hours",
    );
    refused(
        with(&|g| {
            g.not_before = Some("2026-02-01T00:00:00Z".into());
            g.not_after = Some("2026-01-01T00:00:00Z".into());
        }),
        "not_after",
        "empty",
    );
    let mut ssh = eic(Method::EicSsh);
    ssh.ports = vec![3389];
    refused(ssh.clone(), "ports", "port 22");
    ssh.os_users.clear();
    refused(ssh.clone(), "os_users", "root included");
    ssh.os_users = list(&["*"]);
    refused(ssh, "os_users", "to the letter");
}

#[test]
fn what_a_direct_connection_cannot_enforce() {
    let mut g = Grant::new(Method::InstanceConnect);
    g.instances = list(&["i-1"]);
    g.os_users = list(&["a"]);
    let with = |change: &dyn Fn(&mut Grant)| {
        let mut g = g.clone();
        change(&mut g);
        g
    };
    refused(with(&|g| g.ports = vec![22]), "ports", "no policy sees");
    refused(
        with(&|g| g.addresses = list(&["10.0.0.1"])),
        "addresses",
        "no policy sees",
    );
    refused(
        with(&|g| g.max_duration = Some(60)),
        "max_duration",
        "60 seconds",
    );
    refused(
        with(&|g| g.endpoints = list(&["eice-1"])),
        "endpoints",
        "no EC2 Instance Connect endpoint",
    );
    refused(
        with(&|g| g.except_instances = list(&["i-1"])),
        "except_instances",
        "one by one",
    );
    refused(
        with(&|g| g.instances = list(&["mi-1"])),
        "instances",
        "not what the argument takes",
    );
}

#[test]
fn what_a_session_cannot_enforce() {
    let with = |method, change: &dyn Fn(&mut Grant)| {
        let mut g = ssm(method);
        change(&mut g);
        g
    };
    use Method::{
        SsmPortForward as Port, SsmRemotePortForward as Remote, SsmShell as Shell, SsmSsh as Ssh,
    };
    refused(
        with(Shell, &|g| g.os_users = list(&["a"])),
        "os_users",
        "user of the operating system",
    );
    refused(
        with(Shell, &|g| g.max_duration = Some(60)),
        "max_duration",
        "no duration",
    );
    refused(with(Shell, &|g| g.ports = vec![1]), "ports", "shell");
    refused(
        with(Shell, &|g| g.addresses = list(&["10.0.0.1"])),
        "addresses",
        "by id",
    );
    refused(
        with(Shell, &|g| g.documents = list(&["AWS-StartSSHSession"])),
        "documents",
        "instead of a logged shell",
    );
    refused(
        with(Shell, &|g| g.documents = list(&["x*"])),
        "documents",
        "no name",
    );
    refused(
        with(Shell, &|g| g.instances.clear()),
        "instances",
        "reach everything",
    );
    refused(
        with(Shell, &|g| g.session_keys = list(&["alias/a"])),
        "session_key_arns",
        "not what",
    );
    refused(
        with(Shell, &|g| {
            g.logging.bucket_keys = list(&["arn:aws:kms:r:1:key/a"])
        }),
        "log_bucket_key_arns",
        "no bucket",
    );
    refused(
        with(Ssh, &|g| g.ports = vec![22]),
        "ports",
        "IAM does not see which",
    );
    refused(
        with(Ssh, &|g| g.session_keys = list(&["arn:aws:kms:r:1:key/a"])),
        "session_key_arns",
        "type Port",
    );
    refused(
        with(Ssh, &|g| g.logging.buckets = list(&["arn:aws:s3:::a"])),
        "log_bucket_arns",
        "logs no content",
    );
    refused(with(Port, &|_| ()), "documents", "any port");
    refused(
        with(Port, &|g| g.ports = vec![80]),
        "ports",
        "IAM does not see which",
    );
    refused(
        with(Port, &|g| {
            g.ports = vec![80];
            g.documents = list(&["AWS-StartPortForwardingSession"]);
        }),
        "ports",
        "IAM does not see which",
    );
    refused(
        with(Port, &|g| {
            g.documents = list(&["AWS-StartInteractiveCommand"])
        }),
        "documents",
        "is not the document of",
    );
    refused(
        with(Port, &|g| g.hosts = list(&["db"])),
        "hosts",
        "ends in the instance",
    );
    refused(
        with(Remote, &|g| g.hosts = list(&["db"])),
        "ports",
        "leaves every one",
    );
    refused(
        with(Remote, &|g| {
            g.documents = list(&["AWS-StartPortForwardingSession"])
        }),
        "documents",
        "is not the document of",
    );
}

#[test]
fn grants_that_mix_are_refused() {
    let (mut a, mut b) = (ssm(Method::SsmShell), ssm(Method::SsmSsh));
    assert!(
        compile(&order(vec![a.clone(), b.clone()])).is_ok(),
        "same target"
    );
    b.instances = list(&["i-0b"]);
    let errors = compile(&order(vec![a.clone(), b.clone()])).expect_err("shell on i-0b");
    assert!(
        errors.len() == 1 && errors[0].grant == Some(1) && errors[0].what.contains("apart"),
        "{errors:#?}"
    );
    b.method = Method::SsmShell;
    assert!(
        compile(&order(vec![a.clone(), b.clone()])).is_ok(),
        "same document"
    );
    a.instances.clear();
    a.instance_tags = BTreeMap::from([("t".into(), "1".into())]);
    a.except_instances = list(&["i-0b"]);
    let errors = compile(&order(vec![a, b])).expect_err("denied and allowed");
    assert_eq!(errors[0].argument, "except_instances");
}

#[test]
fn the_scope_is_checked_and_may_be_unknown() {
    let mut o = order(vec![eic(Method::EicTunnel)]);
    o.scope = Scope {
        partition: "${data.aws_partition.p.partition}".into(),
        region: "us-gov-west-1".into(),
        account: "${data.aws_caller_identity.c.account_id}".into(),
    };
    let users = compile(&o).unwrap().users.remove(0);
    assert!(users.contains("arn:${data.aws_partition.p.partition}:ec2:us-gov-west-1:${data.aws_caller_identity.c.account_id}:instance-connect-endpoint/eice-0a"), "{users}");
    o.scope.account = "1234".into();
    assert_eq!(compile(&o).unwrap_err()[0].argument, "account_id");
}

#[test]
fn the_control_plane_is_compiled_when_asked_for() {
    let mut o = order(vec![eic(Method::EicSsh)]);
    o.control_plane = Some(ControlPlane::default());
    assert!(compile(&o).unwrap_err()[0].what.contains("subnets"));
    o.control_plane = Some(ControlPlane {
        subnets: list(&["subnet-0a"]),
        security_groups: list(&["sg-0a"]),
    });
    let text = compile(&o).unwrap().control_plane.unwrap();
    for part in [
        "iam:CreateServiceLinkedRole",
        "AWSServiceRoleForE?2InstanceConnect",
        "ec2:CreateNetworkInterface",
        "subnet/subnet-0a",
        "security-group/sg-0a",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let mut direct = Grant::new(Method::InstanceConnect);
    direct.instances = list(&["i-0a"]);
    direct.os_users = list(&["a"]);
    o.grants = vec![direct];
    o.control_plane = Some(ControlPlane::default());
    assert!(compile(&o).unwrap_err()[0].what.contains("neither"));
}
