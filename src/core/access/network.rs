//! Who reaches whom: security groups, routes, endpoints of services.
//!
//! Security groups are stateful and only allow (VPC User Guide, "Security group rules"): a connection needs an outbound
//! rule on the side that opens it and an inbound rule on the other. Within a VPC there is always a route.

use std::net::IpAddr;

use ipnet::IpNet;

use super::estate::{Estate, Peer, RouteTarget, Rule, VpcEndpoint};

/// Whether something is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is; with what allows it, and what must hold beside.
    Yes(String, Option<String>),
    /// It is not; with why.
    No(String),
    /// It could not be seen; with what is missing.
    Unseen(String),
}

/// The other side of a connection.
#[derive(Clone, Debug, Default)]
pub struct Other<'a> {
    /// Its groups, by id; `None` where they are known only after apply.
    pub groups: Option<&'a [String]>,
    /// Its address.
    pub address: Option<IpAddr>,
    /// A range in which its address is.
    pub within: &'a [IpNet],
    /// Its prefix list.
    pub prefix_list: Option<&'a str>,
    /// Its address is the user's: any range will do, and becomes a condition.
    pub is_client: bool,
}

/// Direction of a connection, seen from the groups that are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To members of the groups.
    In,
    /// From members of the groups.
    Out,
}

enum Match {
    Whole(Option<String>),
    Maybe(String),
    Not,
}

/// Judges whether groups allow a TCP connection.
pub fn groups_allow(
    estate: &Estate,
    groups: Option<&[String]>,
    way: Way,
    port: i64,
    other: &Other<'_>,
) -> Reach {
    let Some(groups) = groups else {
        return Reach::Unseen("its security groups are known only after apply".into());
    };
    let mut maybe = None;
    let mut seen = Vec::new();
    for id in groups {
        let Some(group) = estate.group(id) else {
            maybe.get_or_insert_with(|| format!("the rules of {id} are not managed here"));
            continue;
        };
        seen.push(group.address.as_str());
        let rules = if way == Way::In {
            &group.ingress
        } else {
            &group.egress
        };
        for rule in rules.iter().filter(|r| covers(r, port)) {
            match matches(&rule.peer, other) {
                Match::Whole(condition) => return Reach::Yes(group.address.clone(), condition),
                Match::Maybe(why) => maybe = Some(why),
                Match::Not => {}
            }
        }
    }
    let direction = if way == Way::In {
        "inbound"
    } else {
        "outbound"
    };
    match maybe {
        Some(why) => Reach::Unseen(why),
        None if seen.is_empty() => Reach::No("it has no security group".into()),
        None => Reach::No(format!(
            "no {direction} rule for tcp/{port} in {}",
            seen.join(", ")
        )),
    }
}

fn covers(rule: &Rule, port: i64) -> bool {
    match rule.protocol.as_str() {
        "-1" => true,
        "tcp" => rule.from <= port && port <= rule.to,
        _ => false,
    }
}

fn matches(peer: &Peer, other: &Other<'_>) -> Match {
    match peer {
        Peer::Group(id) => match other.groups {
            Some(groups) if groups.contains(id) => Match::Whole(None),
            Some(_) => Match::Not,
            None => Match::Maybe("the groups of the other side are known only after apply".into()),
        },
        Peer::PrefixList(id) if other.prefix_list == Some(id) => Match::Whole(None),
        Peer::PrefixList(id) if other.is_client => {
            Match::Whole(Some(format!("from addresses of {id}")))
        }
        Peer::PrefixList(_) => Match::Not,
        Peer::Range(range) if other.is_client => Match::Whole(Some(format!("from {range}"))),
        Peer::Range(range) => range_matches(range, other),
        Peer::Symbol(text) => Match::Maybe(format!("{text} is known only after apply")),
    }
}

fn range_matches(range: &IpNet, other: &Other<'_>) -> Match {
    if let Some(address) = other.address {
        return if range.contains(&address) {
            Match::Whole(None)
        } else {
            Match::Not
        };
    }
    if !other.within.is_empty() && other.within.iter().any(|w| range.contains(w)) {
        return Match::Whole(None);
    }
    if other.within.iter().any(|w| w.contains(range)) {
        return Match::Maybe(format!(
            "the address of the other side may or may not be in {range}"
        ));
    }
    Match::Not
}

/// Tells where traffic from a subnet to the internet goes; `None` where the subnet's route table was not seen.
pub fn way_out(estate: &Estate, subnet: &str) -> Option<Option<RouteTarget>> {
    let routes = estate.routes.get(estate.table_of.get(subnet)?)?;
    let default = routes.iter().find(|r| r.range.prefix_len() == 0);
    Some(default.map(|r| r.target.clone()))
}

/// Returns the interface endpoints of a service in a VPC.
pub fn interfaces<'a>(
    estate: &'a Estate,
    vpc: &'a str,
    service: &'a str,
) -> impl Iterator<Item = &'a VpcEndpoint> {
    estate
        .vpc_endpoints
        .iter()
        .filter(move |e| e.vpc == vpc && e.service == service && e.is_interface)
}

/// Returns the gateway endpoints of a service that the route table of a subnet leads to.
pub fn gateways<'a>(
    estate: &'a Estate,
    subnet: &str,
    service: &'a str,
) -> impl Iterator<Item = &'a VpcEndpoint> {
    let table = estate.table_of.get(subnet).cloned().unwrap_or_default();
    estate
        .vpc_endpoints
        .iter()
        .filter(move |e| e.service == service && !e.is_interface && e.route_tables.contains(&table))
}
