//! What a grant says.

use std::collections::BTreeMap;

use super::{arn, limits::Attachment};

/// How an instance is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// A tunnel through an EC2 Instance Connect endpoint, with a key or password that the instance accepts anyhow.
    EicTunnel,
    /// SSH through an EC2 Instance Connect endpoint with a key that is pushed for a minute.
    EicSsh,
    /// SSH straight to the instance with a key that is pushed for a minute.
    InstanceConnect,
    /// A shell through Session Manager.
    SsmShell,
    /// SSH through Session Manager.
    SsmSsh,
    /// A port of the instance through Session Manager.
    SsmPortForward,
    /// A port of another host, as the instance reaches it, through Session Manager.
    SsmRemotePortForward,
}

impl Method {
    /// All methods with their names.
    pub const ALL: [(&'static str, Self); 7] = [
        ("eic-tunnel", Self::EicTunnel),
        ("eic-ssh", Self::EicSsh),
        ("instance-connect", Self::InstanceConnect),
        ("ssm-shell", Self::SsmShell),
        ("ssm-ssh", Self::SsmSsh),
        ("ssm-port-forward", Self::SsmPortForward),
        ("ssm-remote-port-forward", Self::SsmRemotePortForward),
    ];

    /// Returns the method of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, m)| *m)
    }

    /// Returns its name.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, m)| *m == self)
            .map_or("", |(n, _)| n)
    }

    /// Tells whether it goes through Session Manager.
    pub(super) fn is_ssm(self) -> bool {
        matches!(
            self,
            Self::SsmShell | Self::SsmSsh | Self::SsmPortForward | Self::SsmRemotePortForward
        )
    }

    /// Tells whether it goes through an EC2 Instance Connect endpoint.
    pub(super) fn is_eic(self) -> bool {
        matches!(self, Self::EicTunnel | Self::EicSsh)
    }
}

/// Where grants hold. Each part may be a symbol (`${ADDRESS.ATTRIBUTE}`) that stands for a text not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// For example `eu-west-1`.
    pub region: String,
    /// Twelve digits.
    pub account: String,
}

impl Scope {
    pub(super) fn check(&self, errors: &mut Vec<GrantError>) {
        let parts = [
            ("partition", &self.partition),
            ("region", &self.region),
            ("account_id", &self.account),
        ];
        for (name, text) in parts {
            let fits = match name {
                "account_id" => text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()),
                _ => {
                    !text.is_empty()
                        && text
                            .bytes()
                            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                }
            };
            if !fits && !arn::is_symbol(text) {
                errors.push(GrantError {
                    grant: None,
                    argument: name,
                    what: format!("\"{text}\" is no {}", name.replace('_', " ")),
                    instead: "Take it from `aws_partition`, `aws_region` or `aws_caller_identity`."
                        .into(),
                });
            }
        }
    }
}

/// Where the agent writes what happens in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// ARNs of log groups, with or without `:*`.
    pub log_groups: Vec<String>,
    /// ARNs of buckets, with a prefix where there is one: `arn:aws:s3:::logs/shell`.
    pub buckets: Vec<String>,
    /// ARNs of the keys that encrypt the buckets.
    pub bucket_keys: Vec<String>,
}

/// One permission: a method, its targets, its limits. What is given must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How.
    pub method: Method,
    /// Ids or ARNs of endpoints.
    pub endpoints: Vec<String>,
    /// Tags that the endpoint must have.
    pub endpoint_tags: BTreeMap<String, String>,
    /// Ids or ARNs of instances.
    pub instances: Vec<String>,
    /// Tags that the instance must have.
    pub instance_tags: BTreeMap<String, String>,
    /// Addresses and ranges that a tunnel may lead to.
    pub addresses: Vec<String>,
    /// Ports.
    pub ports: Vec<i64>,
    /// Users of the operating system.
    pub os_users: Vec<String>,
    /// Hosts behind the instance.
    pub hosts: Vec<String>,
    /// Names or ARNs of session documents.
    pub documents: Vec<String>,
    /// The longest time of a tunnel, in seconds.
    pub max_duration: Option<i64>,
    /// ARNs of the keys that encrypt sessions.
    pub session_keys: Vec<String>,
    /// Where sessions are logged.
    pub logging: Logging,
    /// Only with multi-factor authentication.
    pub require_mfa: bool,
    /// How long ago that may be, in seconds.
    pub mfa_max_age: Option<i64>,
    /// Only from these addresses.
    pub source_ranges: Vec<String>,
    /// Only from this time on, as `2026-01-31T00:00:00Z`.
    pub not_before: Option<String>,
    /// Only before this time.
    pub not_after: Option<String>,
    /// Only sessions that the user began may be ended or resumed by the user.
    pub own_sessions_only: bool,
    /// Whether to allow the calls with which clients look for instances, endpoints and sessions.
    pub discovery: bool,
    /// Instances that are denied although the tags are right.
    pub except_instances: Vec<String>,
    /// Addresses and ranges that are denied although they lie in `addresses`.
    pub except_addresses: Vec<String>,
}

impl Grant {
    /// Returns a grant of a method that says nothing else.
    pub fn new(method: Method) -> Self {
        Self {
            method,
            endpoints: Vec::new(),
            endpoint_tags: BTreeMap::new(),
            instances: Vec::new(),
            instance_tags: BTreeMap::new(),
            addresses: Vec::new(),
            ports: Vec::new(),
            os_users: Vec::new(),
            hosts: Vec::new(),
            documents: Vec::new(),
            max_duration: None,
            session_keys: Vec::new(),
            logging: Logging::default(),
            require_mfa: false,
            mfa_max_age: None,
            source_ranges: Vec::new(),
            not_before: None,
            not_after: None,
            own_sessions_only: true,
            discovery: true,
            except_instances: Vec::new(),
            except_addresses: Vec::new(),
        }
    }
}

/// What those who build the means work on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlPlane {
    /// Ids or ARNs of subnets that endpoints stand in.
    pub subnets: Vec<String>,
    /// Ids or ARNs of security groups that endpoints have.
    pub security_groups: Vec<String>,
}

/// Grants, and what is wanted of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Where they hold.
    pub scope: Scope,
    /// The grants.
    pub grants: Vec<Grant>,
    /// What the users' documents are to be, which limits their size.
    pub attachment: Attachment,
    /// Whether to deny, for the actions that give access, everything that no grant allows, whatever other policies say.
    pub deny_others: bool,
    /// Whether and on what to build.
    pub control_plane: Option<ControlPlane>,
}

/// Why an order cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantError {
    /// Number of the grant, from 0; `None` if it is the order as a whole.
    pub grant: Option<usize>,
    /// The argument.
    pub argument: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub instead: String,
}
