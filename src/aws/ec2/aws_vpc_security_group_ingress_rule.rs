//! `aws_vpc_security_group_ingress_rule`

use super::security_group_rules::SecurityGroupRules;
use crate::clients::Scope;

/// Makes the reconciler of inbound rules of a provider in a region; both directions are one reconciler.
pub(crate) fn ingress_rules(scope: &Scope) -> SecurityGroupRules {
    SecurityGroupRules {
        ec2: scope.clone().network(),
        egress: false,
    }
}
