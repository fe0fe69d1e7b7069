//! `public_path`: an instance with a public address, a route to the internet, and an inbound rule for addresses of the internet.

use ipnet::IpNet;

use super::{Found, Planned, Rule};
use crate::access::{
    estate::{Instance, Peer, RouteTarget},
    network::way_out,
};

pub(super) fn find(_rule: &Rule, planned: &Planned<'_>) -> Found {
    let public = planned
        .estate
        .instances
        .iter()
        .filter(|i| i.is_public && is_routed(planned, i));
    let open = public.flat_map(|i| i.groups.iter().flatten().map(move |g| (i, g)));
    let mut out = Vec::new();
    for (instance, id) in open {
        let Some(group) = planned.estate.group(id) else {
            continue;
        };
        for rule in &group.ingress {
            if let Peer::Range(range) = &rule.peer
                && !is_private(range)
            {
                let detail = format!(
                    "{range} reaches it at {} {}-{} ({})",
                    rule.protocol, rule.from, rule.to, group.address
                );
                out.push((instance.address.clone(), detail));
            }
        }
    }
    out
}

/// A subnet whose route table was not seen counts as routed: it may be.
fn is_routed(planned: &Planned<'_>, instance: &Instance) -> bool {
    let way = instance
        .subnet
        .as_deref()
        .and_then(|s| way_out(planned.estate, s));
    matches!(way, None | Some(Some(RouteTarget::Internet)))
}

/// Ranges of RFC 1918, RFC 6598 and RFC 4193.
fn is_private(range: &IpNet) -> bool {
    let private = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    ];
    private
        .iter()
        .filter_map(|p| p.parse::<IpNet>().ok())
        .any(|p| p.contains(range))
}
