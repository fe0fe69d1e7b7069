//! How long policies may be.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>, and the guides of S3, KMS, VPC and Organizations.

use super::Kind;

/// How long a kind of policy may be.
pub(super) struct Limit {
    /// The most characters.
    pub(super) most: usize,
    /// The most after a raise of the quota, where there is one.
    pub(super) raised: Option<usize>,
    /// Whether white space counts.
    pub(super) counts_space: bool,
    /// What the limit holds for.
    pub(super) what: &'static str,
}

/// Returns the limit of a kind; `None` where services differ.
pub(super) fn of(kind: Kind) -> Option<Limit> {
    let limit = |most, raised, counts_space, what| {
        Some(Limit {
            most,
            raised,
            counts_space,
            what,
        })
    };
    match kind {
        Kind::Managed => limit(6_144, None, false, "a managed policy"),
        Kind::InlineUser => limit(2_048, None, false, "all inline policies of a user together"),
        Kind::InlineRole => limit(
            10_240,
            None,
            false,
            "all inline policies of a role together",
        ),
        Kind::InlineGroup => limit(
            5_120,
            None,
            false,
            "all inline policies of a group together",
        ),
        Kind::Session => limit(2_048, None, true, "a session policy"),
        Kind::ServiceControl => limit(5_120, Some(10_240), true, "a service-control policy"),
        Kind::Trust => limit(2_048, Some(4_096), false, "a trust policy"),
        Kind::Bucket => limit(20_480, None, true, "a bucket policy"),
        Kind::Key => limit(32_768, None, true, "a key policy"),
        Kind::Endpoint => limit(20_480, None, true, "an endpoint policy"),
        Kind::Resource => None,
    }
}
