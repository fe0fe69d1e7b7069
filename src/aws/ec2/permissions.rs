//! Rules of security groups, taken apart: one source each.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, SecurityGroupRule,
    UserIdGroupPair,
};
use bastionless_model::value::Value;

use super::attributes::{list_of_texts, number_of, optional_number, text_of, texts_of};

/// Where traffic may come from or go to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    /// IPv4 addresses.
    V4(String),
    /// IPv6 addresses.
    V6(String),
    /// A prefix list.
    List(String),
    /// A security group; of another account as `account/group`.
    Group(String),
}

impl Peer {
    /// Returns the IPv4 range.
    pub(crate) fn v4(&self) -> Option<&str> {
        match self {
            Self::V4(c) => Some(c),
            _ => None,
        }
    }

    /// Returns the IPv6 range.
    pub(crate) fn v6(&self) -> Option<&str> {
        match self {
            Self::V6(c) => Some(c),
            _ => None,
        }
    }

    /// Returns the prefix list.
    pub(crate) fn list(&self) -> Option<&str> {
        match self {
            Self::List(l) => Some(l),
            _ => None,
        }
    }

    /// Returns the group.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Group(g) => Some(g),
            _ => None,
        }
    }
}

/// What a rule allows, without its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ports {
    /// Name or number as the service answers it, `-1` for all.
    pub(crate) protocol: String,
    /// First port or ICMP type.
    pub(crate) from: Option<i32>,
    /// Last port or ICMP code.
    pub(crate) to: Option<i32>,
}

/// Rules by what makes them one and the same: ports and source. The value is the description.
pub(crate) type Rules = BTreeMap<(Ports, Peer), Option<String>>;

impl Ports {
    /// Makes ports as the service compares them: all protocols have none.
    pub(crate) fn new(protocol: &str, from: Option<i32>, to: Option<i32>) -> Self {
        let protocol = normal_protocol(protocol);
        let all = protocol == "-1";
        Self {
            from: from.filter(|_| !all),
            to: to.filter(|_| !all),
            protocol,
        }
    }
}

/// Returns the protocol as the service answers it.
pub(crate) fn normal_protocol(protocol: &str) -> String {
    let protocol = protocol.to_ascii_lowercase();
    let name = match protocol.as_str() {
        "all" => "-1",
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    name.to_owned()
}

/// Takes a rule of `ingress`, `egress` or `aws_security_group_rule` apart.
pub(crate) fn expand(rule: &Value, group_id: &str) -> Rules {
    let protocol = rule.get_str("protocol").unwrap_or("-1");
    let ports = Ports::new(
        protocol,
        number_of(rule, "from_port"),
        number_of(rule, "to_port"),
    );
    let description = text_of(rule, "description").map(str::to_owned);
    let own = (rule.get_bool("self") == Some(true)).then(|| group_id.to_owned());
    let other = text_of(rule, "source_security_group_id").map(str::to_owned);
    let groups = texts_of(rule, "security_groups")
        .into_iter()
        .chain(own)
        .chain(other);
    let peers = texts_of(rule, "cidr_blocks").into_iter().map(Peer::V4);
    let peers = peers.chain(texts_of(rule, "ipv6_cidr_blocks").into_iter().map(Peer::V6));
    let peers = peers.chain(
        texts_of(rule, "prefix_list_ids")
            .into_iter()
            .map(Peer::List),
    );
    let peers = peers.chain(groups.map(Peer::Group));
    peers
        .map(|peer| ((ports.clone(), peer), description.clone()))
        .collect()
}

/// Takes all rules of an attribute apart.
pub(crate) fn expand_all(state: &Value, attribute: &str, group_id: &str) -> Rules {
    let rules = state.get(attribute).and_then(Value::elements);
    let rules = rules.unwrap_or_default().iter();
    rules.flat_map(|rule| expand(rule, group_id)).collect()
}

/// Returns the rules of a described group.
pub(crate) fn rules_of_group(group: &SecurityGroup, egress: bool) -> Rules {
    let permissions = if egress {
        group.ip_permissions_egress()
    } else {
        group.ip_permissions()
    };
    let owner = group.owner_id();
    permissions
        .iter()
        .flat_map(|p| of_permission(p, owner))
        .collect()
}

fn of_permission(permission: &IpPermission, owner: Option<&str>) -> Rules {
    let protocol = permission.ip_protocol().unwrap_or("-1");
    let ports = Ports::new(protocol, permission.from_port(), permission.to_port());
    let mut rules = Rules::new();
    let mut put = |peer: Option<Peer>, description: Option<&str>| {
        if let Some(peer) = peer {
            let description = description.filter(|d| !d.is_empty()).map(str::to_owned);
            rules.insert((ports.clone(), peer), description);
        }
    };
    for r in permission.ip_ranges() {
        put(r.cidr_ip().map(|c| Peer::V4(c.to_owned())), r.description());
    }
    for r in permission.ipv6_ranges() {
        put(
            r.cidr_ipv6().map(|c| Peer::V6(c.to_owned())),
            r.description(),
        );
    }
    for r in permission.prefix_list_ids() {
        put(
            r.prefix_list_id().map(|c| Peer::List(c.to_owned())),
            r.description(),
        );
    }
    for r in permission.user_id_group_pairs() {
        put(
            r.group_id().map(|id| group_peer(id, r.user_id(), owner)),
            r.description(),
        );
    }
    rules
}

fn group_peer(id: &str, user: Option<&str>, owner: Option<&str>) -> Peer {
    match (user, owner) {
        (Some(user), Some(owner)) if user != owner && !user.is_empty() => {
            Peer::Group(format!("{user}/{id}"))
        }
        _ => Peer::Group(id.to_owned()),
    }
}

/// Returns ports and source of a described rule.
pub(crate) fn key_of_rule(rule: &SecurityGroupRule) -> Option<(Ports, Peer)> {
    let ports = Ports::new(
        rule.ip_protocol().unwrap_or("-1"),
        rule.from_port(),
        rule.to_port(),
    );
    Some((ports, peer_of_rule(rule)?))
}

/// Returns the source of a described rule.
pub(crate) fn peer_of_rule(rule: &SecurityGroupRule) -> Option<Peer> {
    if let Some(cidr) = rule.cidr_ipv4() {
        return Some(Peer::V4(cidr.to_owned()));
    }
    if let Some(cidr) = rule.cidr_ipv6() {
        return Some(Peer::V6(cidr.to_owned()));
    }
    if let Some(list) = rule.prefix_list_id() {
        return Some(Peer::List(list.to_owned()));
    }
    let group = rule.referenced_group_info()?;
    Some(group_peer(
        group.group_id()?,
        group.user_id(),
        rule.group_owner_id(),
    ))
}

/// Puts rules together to the values of `ingress` and `egress`: those with equal ports and description are one.
pub(crate) fn collect(rules: &Rules, group_id: &str) -> Vec<Value> {
    let mut together = BTreeMap::<(&Ports, Option<&str>), BTreeSet<&Peer>>::new();
    for ((ports, peer), description) in rules {
        let peers = together.entry((ports, description.as_deref())).or_default();
        peers.insert(peer);
    }
    let made = together.into_iter();
    made.map(|((ports, description), peers)| {
        let of = |pick: fn(&Peer) -> Option<&str>| peers.iter().filter_map(move |p| pick(p));
        let groups = of(Peer::group);
        let (own, others): (Vec<_>, Vec<_>) = groups.partition(|g| *g == group_id);
        Value::object([
            ("protocol", Value::from(ports.protocol.as_str())),
            ("from_port", optional_number(Some(ports.from.unwrap_or(0)))),
            ("to_port", optional_number(Some(ports.to.unwrap_or(0)))),
            ("description", Value::from(description.unwrap_or_default())),
            ("self", Value::from(!own.is_empty())),
            ("security_groups", list_of_texts(others)),
            ("cidr_blocks", list_of_texts(of(Peer::v4))),
            ("ipv6_cidr_blocks", list_of_texts(of(Peer::v6))),
            ("prefix_list_ids", list_of_texts(of(Peer::list))),
        ])
    })
    .collect()
}

/// Makes the SDK's permissions, one for each set of ports.
pub(crate) fn permissions(rules: &Rules) -> Vec<IpPermission> {
    let mut together = BTreeMap::<&Ports, Vec<(&Peer, Option<String>)>>::new();
    for ((ports, peer), description) in rules {
        together
            .entry(ports)
            .or_default()
            .push((peer, description.clone()));
    }
    together
        .into_iter()
        .map(|(ports, peers)| permission(ports, peers))
        .collect()
}

fn permission(ports: &Ports, peers: Vec<(&Peer, Option<String>)>) -> IpPermission {
    let made = IpPermission::builder()
        .ip_protocol(&ports.protocol)
        .set_from_port(ports.from)
        .set_to_port(ports.to);
    let made = peers.into_iter().fold(made, |made, (peer, d)| match peer {
        Peer::V4(c) => made.ip_ranges(IpRange::builder().cidr_ip(c).set_description(d).build()),
        Peer::V6(c) => {
            made.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(c).set_description(d).build())
        }
        Peer::List(l) => made.prefix_list_ids(
            PrefixListId::builder()
                .prefix_list_id(l)
                .set_description(d)
                .build(),
        ),
        Peer::Group(g) => {
            let (user, group) = match g.split_once('/') {
                Some((user, group)) => (Some(user.to_owned()), group),
                None => (None, g.as_str()),
            };
            let pair = UserIdGroupPair::builder().set_user_id(user).group_id(group);
            made.user_id_group_pairs(pair.set_description(d).build())
        }
    });
    made.build()
}

/// What is to be done to get from some rules to others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// To be authorised.
    pub(crate) added: Rules,
    /// To be revoked.
    pub(crate) removed: Rules,
    /// To get another description.
    pub(crate) described: Rules,
}

/// Compares rules.
pub(crate) fn difference(old: &Rules, new: &Rules) -> Difference {
    let new_ones = new.iter().filter(|(k, _)| !old.contains_key(k));
    let old_ones = old.iter().filter(|(k, _)| !new.contains_key(k));
    let other = new
        .iter()
        .filter(|(k, d)| old.get(k).is_some_and(|before| before != *d));
    let own = |(k, d): (&(Ports, Peer), &Option<String>)| (k.clone(), d.clone());
    Difference {
        added: new_ones.map(own).collect(),
        removed: old_ones.map(own).collect(),
        described: other.map(own).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(protocol: &str, port: i64, cidrs: &[&str], description: &str) -> Value {
        Value::object([
            ("protocol", Value::from(protocol)),
            ("from_port", Value::from(port)),
            ("to_port", Value::from(port)),
            ("description", Value::from(description)),
            ("cidr_blocks", list_of_texts(cidrs.iter().copied())),
            ("self", Value::from(cidrs.len() > 1)),
        ])
    }

    #[test]
    fn the_grouping_of_sources_is_no_difference() {
        let state = |rules| Value::object([("ingress", Value::tuple(rules))]);
        let one = state(vec![rule(
            "TCP",
            22,
            &["10.0.0.0/8", "192.168.0.0/16"],
            "ssh",
        )]);
        let mut two = expand_all(
            &state(vec![rule("6", 22, &["192.168.0.0/16"], "ssh")]),
            "ingress",
            "sg-1",
        );
        two.extend(expand_all(&one, "ingress", "sg-1"));
        let one = expand_all(&one, "ingress", "sg-1");
        assert_eq!(one.len(), 3);
        assert_eq!(difference(&one, &two), Difference::default());
    }

    #[test]
    fn a_new_description_neither_adds_nor_removes() {
        let old = expand(&rule("tcp", 22, &["10.0.0.0/8"], "ssh"), "sg-1");
        let new = expand(&rule("tcp", 22, &["10.0.0.0/8"], "login"), "sg-1");
        let d = difference(&old, &new);
        assert!(d.added.is_empty() && d.removed.is_empty());
        assert_eq!(d.described, new);
    }

    #[test]
    fn all_protocols_have_no_ports_but_read_as_zero() {
        let rules = expand(&rule("-1", 0, &["0.0.0.0/0"], ""), "sg-1");
        let made = permissions(&rules);
        assert_eq!(made[0].from_port(), None);
        let back = of_permission(&made[0], None);
        assert_eq!(back, rules);
        let value = collect(&back, "sg-1").remove(0);
        assert_eq!(
            (value.get_i64("from_port"), value.get_str("protocol")),
            (Some(0), Some("-1"))
        );
        assert_eq!(value.get_str("description"), Some(""));
    }
}
