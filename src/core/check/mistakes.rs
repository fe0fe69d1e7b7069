//! The mistakes that access to private instances is known for, and the rules that find them.

/// What people do, what comes of it, and the rules that find it.
pub static MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "`ssm:StartSession` on `*` without tags or ids",
        "a shell on every managed node",
        &["session-on-every-node"],
    ),
    (
        "`ssm:SendCommand` left in policies for sessions",
        "commands as root on every node",
        &["send-command-with-sessions"],
    ),
    (
        "AWS's documents for port forwarding or commands",
        "any port, host or command",
        &["open-session-document"],
    ),
    (
        "Only the instance's ARN, or an account in the ARN of a document of AWS",
        "access denied, then \"fixed\" with `*`",
        &["session-without-document"],
    ),
    (
        "A tag condition on a statement that also lists documents",
        "the document is denied",
        &["tag-condition-on-document"],
    ),
    (
        "No `ssm:SessionDocumentAccessCheck`",
        "the default document although it is not listed",
        &["default-document-open"],
    ),
    (
        "`session/${aws:username}-*` for roles",
        "own sessions cannot be ended, or everybody's can",
        &["own-sessions"],
    ),
    (
        "`SendSSHPublicKey` on `*` without `ec2:osuser`",
        "a key on any instance, as root where enabled",
        &["key-push-for-any-user", "wildcard-resource"],
    ),
    (
        "`OpenTunnel` without address and port",
        "ports 22 and 3389 of the whole VPC",
        &["tunnel-to-anywhere"],
    ),
    (
        "Instance tags to limit `OpenTunnel`",
        "never true, or true for all",
        &["tunnel-by-instance-tag"],
    ),
    (
        "Inbound rules on the endpoint's group as a control",
        "no effect",
        &["connect-endpoint-inbound"],
    ),
    (
        "Instances open to the VPC instead of the endpoint",
        "lateral movement",
        &["instance-open-to-network"],
    ),
    (
        "An endpoint without a group",
        "the default group of the VPC",
        &["endpoint-default-group"],
    ),
    ("All egress", "a way out for data", &["open-egress"]),
    (
        "`preserve_client_ip` with rules for private networks",
        "broken, or opened to everybody",
        &["client-ip-against-rules"],
    ),
    (
        "Access by tags, and `ec2:CreateTags`",
        "self-service access",
        &["tags-grant-themselves"],
    ),
    (
        "`AmazonSSMManagedInstanceCore`",
        "the instance reads all parameters",
        &["broad-managed-policy"],
    ),
    (
        "Session logs for SSH and port forwarding",
        "there are none",
        &["forwarding-not-logged"],
    ),
    (
        "A log bucket that the logged may change",
        "tampering",
        &["session-log-tampering"],
    ),
    (
        "`kms:*` or `kms:Decrypt` on `*`",
        "unrelated data",
        &["decrypt-with-any-key"],
    ),
    (
        "`kms:ViaService` with `ssm` on the session key",
        "sessions break",
        &["session-key-via-service"],
    ),
    (
        "`ForAllValues` alone, `NotAction` in an `Allow`, variables without a version",
        "more than meant, or literal `${…}`",
        &[
            "for-all-values-unguarded",
            "allow-all-but",
            "variables-without-version",
        ],
    ),
    (
        "`Deny` of plain HTTP without `BUCKET/*`",
        "objects over HTTP",
        &["transport-deny-incomplete"],
    ),
    (
        "`iam:PassRole` on `*` with `ec2:RunInstances`",
        "the rights of any role",
        &["pass-any-role"],
    ),
    (
        "`ssm-user` with `sudo`; a Run As tag that users may write",
        "root on the host",
        &["session-with-sudo", "run-as-tag-writable"],
    ),
    (
        "Open endpoint policies",
        "resources of any account",
        &["open-endpoint-policy"],
    ),
    (
        "Serial console and pushed keys forgotten when \"SSH is closed\"",
        "other ways in",
        &["other-ways-in"],
    ),
];
