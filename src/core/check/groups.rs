//! Rules of security groups, however they are written, and what groups are attached to.

use std::net::IpAddr;

use bastionless_model::value::Value;

use super::estate::{Estate, Object, texts};

/// A rule of a security group.
pub(super) struct GroupRule<'e, 'p> {
    /// The id of the group.
    pub(super) group: String,
    /// From outside in.
    pub(super) is_inbound: bool,
    protocol: String,
    ports: Option<(i64, i64)>,
    /// Networks.
    pub(super) networks: Vec<String>,
    /// Ids of groups on the other side.
    pub(super) peers: Vec<String>,
    /// Where it is written.
    pub(super) object: &'e Object<'p>,
    /// The attribute or block of the object.
    pub(super) attribute: &'static str,
}

impl GroupRule<'_, '_> {
    /// Tells whether it lets TCP to a port through.
    pub(super) fn covers(&self, port: i64) -> bool {
        let any_protocol = self.protocol == "-1" || self.protocol == "all";
        any_protocol
            || ((self.protocol == "tcp" || self.protocol == "6")
                && self.ports.is_some_and(|(a, b)| (a..=b).contains(&port)))
    }

    /// Tells whether it lets everything through.
    pub(super) fn is_everything(&self) -> bool {
        self.protocol == "-1" || self.protocol == "all"
    }
}

/// Returns the rules of all groups.
pub(super) fn rules<'e, 'p>(estate: &'e Estate<'p>) -> Vec<GroupRule<'e, 'p>> {
    let mut out = Vec::new();
    for group in estate.of("aws_security_group") {
        for (attribute, is_inbound) in [("ingress", true), ("egress", false)] {
            if group.is_unset(attribute)
                && group
                    .block
                    .body
                    .blocks()
                    .all(|b| &*b.kind.name != attribute && &*b.kind.name != "dynamic")
            {
                continue;
            }
            for rule in group.blocks(attribute) {
                let id = group.text("id").unwrap_or_default();
                out.push(of_block(rule, id, is_inbound, group, attribute));
            }
        }
    }
    for rule in estate.of("aws_security_group_rule") {
        let id = rule.text("security_group_id").unwrap_or_default();
        let mut r = of_block(
            &rule.value,
            id,
            rule.text("type") == Some("ingress"),
            rule,
            "type",
        );
        r.peers
            .extend(rule.text("source_security_group_id").map(str::to_owned));
        r.attribute = "cidr_blocks";
        out.push(r);
    }
    for (type_name, is_inbound) in [
        ("aws_vpc_security_group_ingress_rule", true),
        ("aws_vpc_security_group_egress_rule", false),
    ] {
        for rule in estate.of(type_name) {
            let text = |a| rule.text(a).map(str::to_owned);
            out.push(GroupRule {
                group: text("security_group_id").unwrap_or_default(),
                is_inbound,
                protocol: text("ip_protocol").unwrap_or_default(),
                ports: ports(&rule.value),
                networks: [text("cidr_ipv4"), text("cidr_ipv6")]
                    .into_iter()
                    .flatten()
                    .collect(),
                peers: text("referenced_security_group_id").into_iter().collect(),
                object: rule,
                attribute: "cidr_ipv4",
            });
        }
    }
    out
}

fn of_block<'e, 'p>(
    v: &Value,
    group: &str,
    is_inbound: bool,
    object: &'e Object<'p>,
    attribute: &'static str,
) -> GroupRule<'e, 'p> {
    let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut networks = owned(texts(v, "cidr_blocks"));
    networks.extend(owned(texts(v, "ipv6_cidr_blocks")));
    GroupRule {
        group: group.to_owned(),
        is_inbound,
        protocol: v.get_str("protocol").unwrap_or_default().to_lowercase(),
        ports: ports(v),
        networks,
        peers: owned(texts(v, "security_groups")),
        object,
        attribute,
    }
}

fn ports(v: &Value) -> Option<(i64, i64)> {
    Some((v.get_i64("from_port")?, v.get_i64("to_port")?))
}

/// Returns the ids of groups that instances have.
pub(super) fn of_instances<'e>(estate: &'e Estate<'_>) -> Vec<&'e str> {
    estate
        .of("aws_instance")
        .flat_map(|i| i.texts("vpc_security_group_ids"))
        .collect()
}

/// Returns the ids of groups that EC2 Instance Connect endpoints have.
pub(super) fn of_connect_endpoints<'e>(estate: &'e Estate<'_>) -> Vec<&'e str> {
    estate
        .of("aws_ec2_instance_connect_endpoint")
        .flat_map(|i| i.texts("security_group_ids"))
        .collect()
}

/// Returns the ids of groups that interface endpoints have.
pub(super) fn of_interface_endpoints<'e>(estate: &'e Estate<'_>) -> Vec<&'e str> {
    estate
        .of("aws_vpc_endpoint")
        .flat_map(|i| i.texts("security_group_ids"))
        .collect()
}

/// Tells whether a network is everything.
pub(super) fn is_everywhere(network: &str) -> bool {
    network.ends_with("/0")
        && network
            .split('/')
            .next()
            .is_some_and(|a| a.parse::<IpAddr>().is_ok())
}

/// Tells whether a network is of private addresses and more than one of them.
pub(super) fn is_private_range(network: &str) -> bool {
    let Some((address, length)) = network.split_once('/') else {
        return false;
    };
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(a)) => a.is_private() && length != "32",
        Ok(IpAddr::V6(a)) => {
            (a.segments().first().copied().unwrap_or(0) & 0xfe00) == 0xfc00 && length != "128"
        }
        // The address range of a VPC or subnet that is known only after apply.
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        assert!(
            is_everywhere("0.0.0.0/0") && is_everywhere("::/0") && !is_everywhere("10.0.0.0/8")
        );
        assert!(is_private_range("10.0.0.0/16") && is_private_range("fd00::/8"));
        assert!(
            !is_private_range("10.0.0.7/32")
                && !is_private_range("203.0.113.0/24")
                && !is_private_range("${aws_vpc.a.cidr_block}")
        );
    }
}
