//! `aws_vpc_security_group_egress_rule`

use super::security_group_rules::SecurityGroupRules;
use crate::clients::Scope;

/// Makes the reconciler of outbound rules.
pub(crate) struct AwsVpcSecurityGroupEgressRule;

impl AwsVpcSecurityGroupEgressRule {
    /// Makes the reconciler of a provider in a region.
    #[allow(clippy::new_ret_no_self, reason = "both directions are one reconciler")]
    pub(crate) fn new(scope: Scope) -> SecurityGroupRules {
        SecurityGroupRules {
            ec2: scope.network(),
            egress: true,
        }
    }
}
