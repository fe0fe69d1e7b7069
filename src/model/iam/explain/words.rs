//! What actions and keys of access mean.

use super::Base;
use crate::iam::catalogue::is_key;

/// Actions with what they do.
const ACTIONS: &[(&str, &str)] = &[
    (
        "ec2-instance-connect:OpenTunnel",
        "opens tunnels through an EC2 Instance Connect endpoint",
    ),
    (
        "ec2-instance-connect:SendSSHPublicKey",
        "pushes an SSH key to an instance for 60 seconds",
    ),
    (
        "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
        "pushes an SSH key to the serial console, past all security groups",
    ),
    (
        "ssm:StartSession",
        "starts sessions with a document: shells, commands, forwarded ports",
    ),
    ("ssm:ResumeSession", "takes up a session again"),
    ("ssm:TerminateSession", "ends sessions"),
    ("ssm:SendCommand", "runs commands as root"),
    ("ssm:UpdateInstanceInformation", "lets the agent register"),
    ("ssm:DescribeSessions", "lists sessions"),
    ("ssm:GetConnectionStatus", "tells whether an agent is there"),
    (
        "ssmmessages:OpenDataChannel",
        "carries the data of sessions",
    ),
    (
        "ssmmessages:CreateDataChannel",
        "carries the data of sessions, on the agent's side",
    ),
    (
        "ssmmessages:OpenControlChannel",
        "lets the agent wait for sessions",
    ),
    (
        "ssmmessages:CreateControlChannel",
        "lets the agent wait for sessions, at the start",
    ),
    ("ec2:DescribeInstances", "lists instances"),
    (
        "ec2:DescribeInstanceConnectEndpoints",
        "lists EC2 Instance Connect endpoints",
    ),
    ("ec2:CreateTags", "sets tags, of which access may depend"),
    ("ec2:DeleteTags", "removes tags, of which access may depend"),
    ("ec2:RunInstances", "starts instances"),
    (
        "iam:PassRole",
        "gives a role to a service, which then has its rights",
    ),
    (
        "iam:CreateServiceLinkedRole",
        "lets a service make its own role",
    ),
    ("kms:Decrypt", "decrypts with a key"),
    (
        "kms:GenerateDataKey",
        "gets data keys, such as for encrypted sessions",
    ),
    ("kms:CreateGrant", "lets others use a key"),
    ("s3:PutObject", "writes objects"),
    ("s3:GetObject", "reads objects"),
    ("s3:ListBucket", "lists the objects of a bucket"),
    (
        "s3:GetEncryptionConfiguration",
        "reads how a bucket encrypts",
    ),
    ("logs:CreateLogStream", "makes log streams"),
    ("logs:PutLogEvents", "writes logs"),
    ("logs:DescribeLogGroups", "lists log groups"),
    ("logs:DescribeLogStreams", "lists log streams"),
    ("sts:AssumeRole", "takes on a role"),
    ("sts:TagSession", "gives a session tags"),
    (
        "sts:AssumeRoleWithWebIdentity",
        "takes on a role with a token",
    ),
    (
        "sts:AssumeRoleWithSAML",
        "takes on a role with an assertion",
    ),
];

/// Keys with what they hold.
const KEYS: &[(&str, &str)] = &[
    ("ec2-instance-connect:remotePort", "the port of the tunnel"),
    (
        "ec2-instance-connect:privateIpAddress",
        "the address that the tunnel leads to",
    ),
    (
        "ec2-instance-connect:maxTunnelDuration",
        "how many seconds the tunnel may stay open",
    ),
    ("ec2:osuser", "the user of the operating system"),
    (
        "ssm:SessionDocumentAccessCheck",
        "the check of the document's permission",
    ),
    (
        "ssm:resourceTag/aws:ssmmessages:session-id",
        "the owner of the session",
    ),
    ("aws:ResourceTag/${TagKey}", "a tag of the resource"),
    ("ec2:ResourceTag/${TagKey}", "a tag of the resource"),
    ("ssm:resourceTag/${TagKey}", "a tag of the resource"),
    ("aws:RequestTag/${TagKey}", "a tag that the request sets"),
    ("aws:TagKeys", "the keys of the tags that the request sets"),
    ("aws:PrincipalTag/${TagKey}", "a tag of the caller"),
    ("aws:PrincipalArn", "the ARN of the caller"),
    ("aws:PrincipalOrgID", "the organisation of the caller"),
    ("aws:ResourceOrgID", "the organisation of the resource"),
    ("aws:PrincipalAccount", "the account of the caller"),
    ("aws:SourceIp", "the public address of the caller"),
    ("aws:VpcSourceIp", "the private address of the caller"),
    ("aws:SourceVpc", "the VPC that the request comes from"),
    ("aws:SourceVpce", "the VPC endpoint that the request passes"),
    (
        "aws:SourceArn",
        "the resource on whose behalf a service calls",
    ),
    (
        "aws:SourceAccount",
        "the account on whose behalf a service calls",
    ),
    ("aws:SecureTransport", "whether the request is encrypted"),
    (
        "aws:MultiFactorAuthPresent",
        "whether the caller has shown a second factor",
    ),
    (
        "aws:MultiFactorAuthAge",
        "how many seconds ago the caller has shown a second factor",
    ),
    ("aws:CurrentTime", "the time of the request"),
    ("aws:RequestedRegion", "the region that is called"),
    ("aws:userid", "the unique id of the caller"),
    ("aws:username", "the name of the user"),
    ("iam:PassedToService", "the service that gets the role"),
    ("iam:AWSServiceName", "the service whose role is made"),
    (
        "iam:PermissionsBoundary",
        "the boundary of the user or role",
    ),
    ("iam:PolicyARN", "the policy that is attached"),
    ("kms:ViaService", "the service that calls KMS"),
    (
        "kms:EncryptionContext:${EncryptionContextKey}",
        "a part of the encryption context",
    ),
    (
        "kms:GrantIsForAWSResource",
        "whether a grant is for a resource of AWS",
    ),
    ("s3:TlsVersion", "the version of TLS"),
    ("sts:ExternalId", "the external id"),
];

/// Returns what an action does, if it is one of those that access is about.
pub(super) fn action(name: &str) -> Option<&'static str> {
    ACTIONS
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, m)| *m)
}

/// Returns what a key holds, if it is one of those that access is about.
pub(super) fn key(name: &str) -> Option<&'static str> {
    KEYS.iter().find(|(n, _)| is_key(n, name)).map(|(_, m)| *m)
}

/// Returns the verb of an operator; no two have the same.
pub(super) fn comparison(base: Base) -> &'static str {
    match base {
        Base::StringEquals => "is exactly",
        Base::StringNotEquals => "is not exactly",
        Base::StringEqualsIgnoreCase => "is, in any letter case,",
        Base::StringNotEqualsIgnoreCase => "is not, in any letter case,",
        Base::StringLike => "matches",
        Base::StringNotLike => "does not match",
        Base::NumericEquals => "equals the number",
        Base::NumericNotEquals => "does not equal the number",
        Base::NumericLessThan => "is less than",
        Base::NumericLessThanEquals => "is at most",
        Base::NumericGreaterThan => "is greater than",
        Base::NumericGreaterThanEquals => "is at least",
        Base::DateEquals => "is the moment",
        Base::DateNotEquals => "is not the moment",
        Base::DateLessThan => "is before",
        Base::DateLessThanEquals => "is not after",
        Base::DateGreaterThan => "is after",
        Base::DateGreaterThanEquals => "is not before",
        Base::Bool => "is the truth value",
        Base::BinaryEquals => "is the binary value",
        Base::IpAddress => "is an address in",
        Base::NotIpAddress => "is not an address in",
        Base::ArnEquals => "is the ARN",
        Base::ArnLike => "is an ARN like",
        Base::ArnNotEquals => "is not the ARN",
        Base::ArnNotLike => "is not an ARN like",
        Base::Null => "is missing:",
    }
}
