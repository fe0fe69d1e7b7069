//! The parts of a path, each of which must hold.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{network::Reach, permit::Question};

/// Whether a hop holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HopState {
    /// It does.
    Open,
    /// It does not: the path ends here.
    Missing,
    /// Nothing that was read tells.
    Unseen,
}

/// What a hop is; its name is stable, for machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HopKind {
    /// The principal may call an action; on what, where it is called on several things.
    Permission(&'static str, &'static str),
    /// There is an EC2 Instance Connect endpoint in the VPC.
    Endpoint,
    /// Its groups let the connection out.
    EndpointEgress,
    /// The groups of the instance let the connection in.
    InstanceIngress,
    /// The instance has a public address.
    PublicAddress,
    /// Its subnet has a route to the internet.
    InternetRoute,
    /// Its metadata service answers.
    Metadata,
    /// It runs Windows.
    Windows,
    /// It has an instance profile with a role.
    Profile,
    /// EC2 may assume the role of the instance.
    InstanceTrust,
    /// The role of the instance may call an action.
    InstancePermission(&'static str),
    /// The VPC resolves names.
    VpcDns,
    /// There is a way to a service.
    Service(&'static str),
    /// Names of the service lead to its endpoint.
    PrivateDns(&'static str),
    /// The groups of the instance let calls of the service out.
    InstanceEgress(&'static str),
    /// The groups of the service's endpoint let calls in.
    ServiceIngress(&'static str),
    /// The policy of the service's endpoint allows an action.
    ServicePolicy(&'static str, &'static str),
    /// The destination of the session's content is there.
    LogDestination(&'static str),
    /// The log group is encrypted, where the document wants that, and its key lets the service use it.
    LogEncryption,
    /// The key of the session is known.
    Key,
    /// A switch of the account, which no configuration of this domain sets.
    AccountSetting(&'static str),
    /// The instance reaches something itself.
    OnwardEgress,
}

impl fmt::Display for HopKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permission(action, "") => write!(f, "permission:{action}"),
            Self::Permission(action, on) => write!(f, "permission:{action}:{on}"),
            Self::Endpoint => f.write_str("eic-endpoint"),
            Self::EndpointEgress => f.write_str("eic-endpoint-egress"),
            Self::InstanceIngress => f.write_str("instance-ingress"),
            Self::PublicAddress => f.write_str("public-address"),
            Self::InternetRoute => f.write_str("internet-route"),
            Self::Metadata => f.write_str("instance-metadata"),
            Self::Windows => f.write_str("windows"),
            Self::Profile => f.write_str("instance-profile"),
            Self::InstanceTrust => f.write_str("instance-trust"),
            Self::InstancePermission(action) => write!(f, "instance-permission:{action}"),
            Self::VpcDns => f.write_str("vpc-dns"),
            Self::Service(s) => write!(f, "service:{s}"),
            Self::PrivateDns(s) => write!(f, "private-dns:{s}"),
            Self::InstanceEgress(s) => write!(f, "instance-egress:{s}"),
            Self::ServiceIngress(s) => write!(f, "service-ingress:{s}"),
            Self::ServicePolicy(s, action) => write!(f, "service-policy:{s}:{action}"),
            Self::LogDestination(s) => write!(f, "log-destination:{s}"),
            Self::LogEncryption => f.write_str("log-encryption"),
            Self::Key => f.write_str("session-key"),
            Self::AccountSetting(s) => write!(f, "account-setting:{s}"),
            Self::OnwardEgress => f.write_str("onward-egress"),
        }
    }
}

/// A part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What it is.
    pub kind: HopKind,
    /// Whether it holds.
    pub state: HopState,
    /// What allows it, or what is missing.
    pub detail: String,
    /// What must hold beside, in words.
    pub conditions: Vec<String>,
    /// What was asked, of a permission that the principal has.
    pub asked: Option<Box<Question>>,
}

impl Hop {
    /// A hop that holds.
    pub fn open(kind: HopKind, by: impl Into<String>) -> Self {
        Self {
            kind,
            state: HopState::Open,
            detail: by.into(),
            conditions: Vec::new(),
            asked: None,
        }
    }

    /// A hop that does not.
    pub fn missing(kind: HopKind, why: impl Into<String>) -> Self {
        Self {
            kind,
            state: HopState::Missing,
            detail: why.into(),
            conditions: Vec::new(),
            asked: None,
        }
    }

    /// A hop of which nothing was seen.
    pub fn unseen(kind: HopKind, why: impl Into<String>) -> Self {
        Self {
            kind,
            state: HopState::Unseen,
            detail: why.into(),
            conditions: Vec::new(),
            asked: None,
        }
    }

    /// A hop of the network.
    pub fn reach(kind: HopKind, reach: Reach) -> Self {
        match reach {
            Reach::Yes(by, condition) => Self {
                conditions: condition.into_iter().collect(),
                ..Self::open(kind, by)
            },
            Reach::No(why) => Self::missing(kind, why),
            Reach::Unseen(why) => Self::unseen(kind, why),
        }
    }

    /// A hop that holds where `is_open` does.
    pub fn check(kind: HopKind, is_open: bool, by: &str, why: impl Into<String>) -> Self {
        if is_open {
            Self::open(kind, by)
        } else {
            Self::missing(kind, why)
        }
    }
}

/// Whether a path leads through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// Every hop holds.
    #[serde(rename = "allowed")]
    Open,
    /// No hop is known to be missing, but not all were seen.
    #[serde(rename = "possible")]
    Unseen,
    /// A hop is missing.
    #[serde(rename = "blocked")]
    Blocked,
}

impl Verdict {
    /// Judges hops.
    pub fn of<'a>(hops: impl IntoIterator<Item = &'a Hop>) -> Self {
        let worst = hops.into_iter().map(|h| match h.state {
            HopState::Open => Self::Open,
            HopState::Unseen => Self::Unseen,
            HopState::Missing => Self::Blocked,
        });
        worst.max().unwrap_or(Self::Open)
    }

    /// Its name, for machines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "allowed",
            Self::Unseen => "possible",
            Self::Blocked => "blocked",
        }
    }
}
