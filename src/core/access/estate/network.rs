//! VPCs, subnets, routes, security groups and endpoints.

use std::collections::BTreeSet;

use bastionless_model::value::Value;
use ipnet::IpNet;

use super::{
    EicEndpoint, Estate, Group, Peer, Route, RouteTarget, Rule, Subnet, Thing, Vpc, VpcEndpoint,
    tags, text, texts,
};

pub(super) fn read(estate: &mut Estate, things: &[Thing], earlier: Option<&[Thing]>) {
    for thing in things {
        let v = &thing.value;
        let Some(id) = text(v, "id") else { continue };
        match thing.type_name.as_str() {
            "aws_vpc" => {
                let vpc = Vpc {
                    address: thing.address.clone(),
                    ranges: ranges(v, &["cidr_block", "ipv6_cidr_block"]),
                    dns_support: v.get_bool("enable_dns_support"),
                    dns_hostnames: v.get_bool("enable_dns_hostnames"),
                };
                put(&mut estate.vpcs, id, vpc, thing.is_data);
            }
            "aws_subnet" => {
                let subnet = Subnet {
                    address: thing.address.clone(),
                    vpc: text(v, "vpc_id").unwrap_or_default(),
                    ranges: ranges(v, &["cidr_block", "ipv6_cidr_block"]),
                };
                put(&mut estate.subnets, id, subnet, thing.is_data);
            }
            "aws_security_group" => {
                let group = Group {
                    address: thing.address.clone(),
                    vpc: text(v, "vpc_id").unwrap_or_default(),
                    has_rules: !thing.is_data,
                    ..Group::default()
                };
                put(&mut estate.groups, id, group, thing.is_data);
            }
            _ => {}
        }
    }
    rules(estate, things, earlier.unwrap_or(things));
    for thing in things {
        match (thing.type_name.as_str(), thing.is_data) {
            ("aws_route_table", false) => route_table(estate, &thing.value),
            ("aws_route", false) => {
                if let (Some(table), Some(route)) = (
                    text(&thing.value, "route_table_id"),
                    route(&thing.value, ROUTE),
                ) {
                    estate.routes.entry(table).or_default().push(route);
                }
            }
            ("aws_route_table_association", false) => {
                if let (Some(subnet), Some(table)) = (
                    text(&thing.value, "subnet_id"),
                    text(&thing.value, "route_table_id"),
                ) {
                    estate.table_of.insert(subnet, table);
                }
            }
            ("aws_ec2_instance_connect_endpoint", false) => eic_endpoint(estate, thing),
            ("aws_vpc_endpoint", false) => vpc_endpoint(estate, thing),
            _ => {}
        }
    }
}

/// What we manage tells more than what somebody else shows.
fn put<T>(into: &mut std::collections::BTreeMap<String, T>, id: String, fact: T, is_data: bool) {
    if is_data {
        into.entry(id).or_insert(fact);
    } else {
        into.insert(id, fact);
    }
}

fn ranges(value: &Value, names: &[&str]) -> Vec<IpNet> {
    names
        .iter()
        .filter_map(|n| range(&text(value, n)?))
        .collect()
}

fn range(text: &str) -> Option<IpNet> {
    text.parse().ok()
}

/// Rules of groups and rules that are resources.
fn rules(estate: &mut Estate, things: &[Thing], earlier: &[Thing]) {
    let gone: BTreeSet<(String, bool, Rule)> = earlier.iter().flat_map(own_rules).collect();
    for thing in things
        .iter()
        .filter(|t| t.type_name == "aws_security_group" && !t.is_data)
    {
        let Some(id) = text(&thing.value, "id") else {
            continue;
        };
        for (name, inbound) in [("ingress", true), ("egress", false)] {
            for block in thing
                .value
                .get(name)
                .and_then(Value::elements)
                .unwrap_or_default()
            {
                for rule in inline_rules(block, &id) {
                    if !gone.contains(&(id.clone(), inbound, rule.clone())) {
                        add(estate, &id, inbound, rule);
                    }
                }
            }
        }
    }
    for (group, inbound, rule) in things.iter().flat_map(own_rules) {
        add(estate, &group, inbound, rule);
    }
}

fn add(estate: &mut Estate, group: &str, inbound: bool, rule: Rule) {
    let group = estate.groups.entry(group.to_owned()).or_default();
    let rules = if inbound {
        &mut group.ingress
    } else {
        &mut group.egress
    };
    rules.insert(rule);
}

/// Returns the rules that a resource is: group, inbound or not, rule.
fn own_rules(thing: &Thing) -> Vec<(String, bool, Rule)> {
    let v = &thing.value;
    let Some(group) = text(v, "security_group_id") else {
        return Vec::new();
    };
    let found = match thing.type_name.as_str() {
        "aws_vpc_security_group_ingress_rule" => (true, single_rule(v).into_iter().collect()),
        "aws_vpc_security_group_egress_rule" => (false, single_rule(v).into_iter().collect()),
        "aws_security_group_rule" => (v.get_str("type") == Some("ingress"), old_rules(v, &group)),
        _ => return Vec::new(),
    };
    found
        .1
        .into_iter()
        .map(|r: Rule| (group.clone(), found.0, r))
        .collect()
}

fn single_rule(v: &Value) -> Option<Rule> {
    let peers = [
        text(v, "cidr_ipv4").map(peer),
        text(v, "cidr_ipv6").map(peer),
        text(v, "prefix_list_id").map(Peer::PrefixList),
        // `account/group` names a group of another account.
        text(v, "referenced_security_group_id")
            .map(|g| Peer::Group(g.rsplit('/').next().unwrap_or_default().to_owned())),
    ];
    Some(rule(v, "ip_protocol", peers.into_iter().flatten().next()?))
}

fn old_rules(v: &Value, group: &str) -> Vec<Rule> {
    let mut peers = peers(v, "prefix_list_ids");
    peers.extend(text(v, "source_security_group_id").map(Peer::Group));
    if v.get_bool("self") == Some(true) {
        peers.push(Peer::Group(group.to_owned()));
    }
    peers.into_iter().map(|p| rule(v, "protocol", p)).collect()
}

fn inline_rules(v: &Value, group: &str) -> Vec<Rule> {
    let mut peers = peers(v, "prefix_list_ids");
    peers.extend(
        texts(v, "security_groups")
            .unwrap_or_default()
            .into_iter()
            .map(Peer::Group),
    );
    if v.get_bool("self") == Some(true) {
        peers.push(Peer::Group(group.to_owned()));
    }
    peers.into_iter().map(|p| rule(v, "protocol", p)).collect()
}

fn peers(v: &Value, lists: &str) -> Vec<Peer> {
    let of = |name| texts(v, name).unwrap_or_default();
    let ranges = of("cidr_blocks")
        .into_iter()
        .chain(of("ipv6_cidr_blocks"))
        .map(peer);
    ranges
        .chain(of(lists).into_iter().map(Peer::PrefixList))
        .collect()
}

fn peer(text: String) -> Peer {
    range(&text).map_or(Peer::Symbol(text), |r| Peer::Range(r.trunc()))
}

/// Protocol numbers of IANA are the same as their names; all protocols have all ports.
fn rule(v: &Value, protocol: &str, peer: Peer) -> Rule {
    let protocol = match v
        .get_str(protocol)
        .unwrap_or("-1")
        .to_ascii_lowercase()
        .as_str()
    {
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "all" => "-1".to_owned(),
        other => other.to_owned(),
    };
    let (from, to) = match protocol.as_str() {
        "-1" => (0, 65535),
        _ => (
            v.get_i64("from_port").unwrap_or(0),
            v.get_i64("to_port").unwrap_or(65535),
        ),
    };
    Rule {
        protocol,
        from,
        to,
        peer,
    }
}

/// Names of the destinations and targets of a route.
type Names = (&'static [&'static str], &'static [(&'static str, Kind)]);

#[derive(Clone, Copy)]
enum Kind {
    Gateway,
    Nat,
    Other,
}

const TARGETS: &[(&str, Kind)] = &[
    ("gateway_id", Kind::Gateway),
    ("nat_gateway_id", Kind::Nat),
    ("network_interface_id", Kind::Nat),
    ("egress_only_gateway_id", Kind::Nat),
    ("transit_gateway_id", Kind::Other),
    ("vpc_peering_connection_id", Kind::Other),
    ("vpc_endpoint_id", Kind::Other),
    ("carrier_gateway_id", Kind::Other),
    ("local_gateway_id", Kind::Other),
    ("core_network_arn", Kind::Other),
];
const ROUTE: Names = (
    &["destination_cidr_block", "destination_ipv6_cidr_block"],
    TARGETS,
);
const INLINE_ROUTE: Names = (&["cidr_block", "ipv6_cidr_block"], TARGETS);

fn route(v: &Value, names: Names) -> Option<Route> {
    let range = names.0.iter().find_map(|n| range(&text(v, n)?))?;
    let (id, kind) = names
        .1
        .iter()
        .find_map(|(n, kind)| Some((text(v, n)?, *kind)))?;
    let target = match kind {
        Kind::Gateway if id == "local" => return None,
        Kind::Gateway
            if id.starts_with("igw-")
                || id.starts_with("${") && id.contains("aws_internet_gateway.") =>
        {
            RouteTarget::Internet
        }
        Kind::Gateway | Kind::Other => RouteTarget::Other(id),
        Kind::Nat => RouteTarget::Nat,
    };
    Some(Route { range, target })
}

fn route_table(estate: &mut Estate, v: &Value) {
    let Some(id) = text(v, "id") else { return };
    let inline = v.get("route").and_then(Value::elements).unwrap_or_default();
    let routes = inline.iter().filter_map(|r| route(r, INLINE_ROUTE));
    estate.routes.entry(id).or_default().extend(routes);
}

fn eic_endpoint(estate: &mut Estate, thing: &Thing) {
    let v = &thing.value;
    let endpoint = EicEndpoint {
        address: thing.address.clone(),
        arn: v.get_str("arn").unwrap_or_default().to_owned(),
        subnet: text(v, "subnet_id").unwrap_or_default(),
        groups: texts(v, "security_group_ids"),
        preserves_client_ip: v.get_bool("preserve_client_ip").unwrap_or(true),
        tags: tags(v),
    };
    estate.eic_endpoints.push(endpoint);
}

fn vpc_endpoint(estate: &mut Estate, thing: &Thing) {
    let v = &thing.value;
    let name = v.get_str("service_name").unwrap_or_default();
    let policy = text(v, "policy").filter(|p| !p.starts_with("${"));
    let policy = policy.and_then(|p| estate.document(&thing.address, &p));
    let endpoint = VpcEndpoint {
        address: thing.address.clone(),
        vpc: text(v, "vpc_id").unwrap_or_default(),
        service: name.rsplit('.').next().unwrap_or_default().to_owned(),
        is_interface: v.get_str("vpc_endpoint_type") == Some("Interface"),
        subnets: texts(v, "subnet_ids").unwrap_or_default(),
        groups: texts(v, "security_group_ids"),
        has_private_dns: v.get_bool("private_dns_enabled") == Some(true),
        route_tables: texts(v, "route_table_ids").unwrap_or_default(),
        prefix_list: text(v, "prefix_list_id"),
        policy,
    };
    estate.vpc_endpoints.push(endpoint);
}
