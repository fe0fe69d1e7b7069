//! What a grant leaves out: denied for whoever has the policies, whatever else they allow.

use std::collections::BTreeSet;

use super::{
    arn::{ENDPOINT, INSTANCE, MANAGED},
    check::Check,
    range::text_covers,
    statement::Statement,
};

/// Returns the statements that deny the exceptions of a grant.
pub(super) fn statements(check: &mut Check<'_>) -> Vec<Statement> {
    let mut out = Vec::new();
    out.extend(instances(check));
    out.extend(addresses(check));
    out
}

fn instances(check: &mut Check<'_>) -> Option<Statement> {
    let grant = check.grant;
    if grant.except_instances.is_empty() {
        return None;
    }
    if !grant.instances.is_empty() {
        check.refuse(
            "except_instances",
            "the instances are named one by one, so nothing is to be left out",
            "Take them out of `instances`.",
        );
    }
    let kinds: &[_] = if grant.method.is_ssm() {
        &[INSTANCE, MANAGED]
    } else {
        &[INSTANCE]
    };
    let arns = check.arns("except_instances", &grant.except_instances, kinds);
    let actions: &[&str] = match (grant.method.is_ssm(), grant.discovery) {
        (true, true) => &["ssm:StartSession", "ssm:GetConnectionStatus"],
        (true, false) => &["ssm:StartSession"],
        (false, _) => &["ec2-instance-connect:SendSSHPublicKey"],
    };
    Some(Statement::deny(
        "ExceptInstances",
        actions.iter().copied(),
        arns,
    ))
}

fn addresses(check: &mut Check<'_>) -> Option<Statement> {
    let grant = check.grant;
    if grant.except_addresses.is_empty() || !grant.method.is_eic() {
        return None;
    }
    let allowed = check.ranges("addresses", &grant.addresses);
    let ranges: BTreeSet<String> = check.ranges("except_addresses", &grant.except_addresses);
    for range in &ranges {
        if !allowed.iter().any(|a| text_covers(a, range)) {
            check.refuse(
                "except_addresses",
                format!(
                    "\"{range}\" is not part of `addresses`, so leaving it out changes nothing"
                ),
                "Remove it.",
            );
        } else if let Some(a) = allowed.iter().find(|a| text_covers(range, a)) {
            check.refuse(
                "except_addresses",
                format!("\"{range}\" leaves nothing of \"{a}\""),
                "Take the range out of `addresses`.",
            );
        }
    }
    // Wrong names are reported where the tunnel is compiled.
    let mut arns: Vec<String> = grant
        .endpoints
        .iter()
        .filter_map(|e| ENDPOINT.resolve(check.scope, e))
        .collect();
    if arns.is_empty() {
        arns.push(ENDPOINT.of(check.scope, "*"));
    }
    Some(
        Statement::deny("ExceptAddresses", ["ec2-instance-connect:OpenTunnel"], arns).when(
            "IpAddress",
            "ec2-instance-connect:privateIpAddress",
            ranges,
        ),
    )
}
