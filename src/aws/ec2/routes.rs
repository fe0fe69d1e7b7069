//! Routes: what `aws_route_table` and `aws_route` have in common.

use aws_sdk_ec2::{
    operation::{
        create_route::builders::CreateRouteFluentBuilder as Create,
        replace_route::builders::ReplaceRouteFluentBuilder as Replace,
    },
    types::Route,
};
use bastionless_model::value::Value;

use super::attributes::{Attributes, text_of};

/// Where a route leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Destination {
    /// IPv4 addresses.
    V4(String),
    /// IPv6 addresses.
    V6(String),
    /// A prefix list.
    List(String),
}

impl Destination {
    /// Returns the destination of a described route.
    pub(crate) fn of(route: &Route) -> Option<Self> {
        let list = route
            .destination_prefix_list_id()
            .map(|l| Self::List(l.to_owned()));
        let v6 = route
            .destination_ipv6_cidr_block()
            .map(|c| Self::V6(canonical(c)));
        let v4 = route
            .destination_cidr_block()
            .map(|c| Self::V4(c.to_owned()));
        v4.or(v6).or(list)
    }

    /// Returns the destination that an object asks for; the names of its IPv4 and IPv6 attributes differ.
    pub(crate) fn asked(object: &Value, v4: &str, v6: &str) -> Option<Self> {
        let list = text_of(object, "destination_prefix_list_id");
        let v6 = text_of(object, v6).map(|c| Self::V6(canonical(c)));
        let v4 = text_of(object, v4).map(|c| Self::V4(c.to_owned()));
        v4.or(v6).or(list.map(|l| Self::List(l.to_owned())))
    }

    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::V4(t) | Self::V6(t) | Self::List(t) => t,
        }
    }
}

/// IPv6 ranges are compared as addresses, not as texts.
pub(crate) fn canonical(cidr: &str) -> String {
    let Some((address, length)) = cidr.split_once('/') else {
        return cidr.to_owned();
    };
    match address.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("{address}/{length}"),
        Err(_) => cidr.to_owned(),
    }
}

/// The kinds of targets, by the names that the schemas have in common.
pub(crate) const TARGETS: [&str; 11] = [
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "odb_network_arn",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
];

/// Returns the target that an object asks for: the kind and the id.
pub(crate) fn asked_target(object: &Value) -> Option<(&'static str, String)> {
    let mut targets = TARGETS.into_iter();
    targets.find_map(|name| Some((name, text_of(object, name)?.to_owned())))
}

/// Returns the target of a described route: the kind and the id. Endpoints are told as gateways.
pub(crate) fn target(route: &Route) -> Option<(&'static str, String)> {
    let gateway = route.gateway_id();
    let endpoint = gateway.filter(|g| g.starts_with("vpce-"));
    let gateway = gateway.filter(|g| !g.starts_with("vpce-"));
    let all = [
        ("carrier_gateway_id", route.carrier_gateway_id()),
        ("core_network_arn", route.core_network_arn()),
        (
            "egress_only_gateway_id",
            route.egress_only_internet_gateway_id(),
        ),
        ("gateway_id", gateway),
        ("local_gateway_id", route.local_gateway_id()),
        ("nat_gateway_id", route.nat_gateway_id()),
        ("network_interface_id", route.network_interface_id()),
        ("odb_network_arn", route.odb_network_arn()),
        ("transit_gateway_id", route.transit_gateway_id()),
        ("vpc_endpoint_id", endpoint),
        (
            "vpc_peering_connection_id",
            route.vpc_peering_connection_id(),
        ),
    ];
    let mut all = all.into_iter();
    all.find_map(|(name, id)| Some((name, id?.to_owned())))
}

/// Puts the target in.
pub(crate) fn with_target(attributes: Attributes, route: &Route) -> Attributes {
    match target(route) {
        Some((name, id)) => attributes.text(name, Some(&id)),
        None => attributes,
    }
}

/// Makes the functions that put destination and target into a call.
macro_rules! route_call {
    ($name:ident, $builder:ty) => {
        /// Puts destination and target into the call.
        pub(crate) fn $name(
            call: $builder,
            destination: &Destination,
            (kind, id): (&str, &str),
        ) -> $builder {
            let call = match destination {
                Destination::V4(c) => call.destination_cidr_block(c),
                Destination::V6(c) => call.destination_ipv6_cidr_block(c),
                Destination::List(l) => call.destination_prefix_list_id(l),
            };
            match kind {
                "carrier_gateway_id" => call.carrier_gateway_id(id),
                "core_network_arn" => call.core_network_arn(id),
                "egress_only_gateway_id" => call.egress_only_internet_gateway_id(id),
                "local_gateway_id" => call.local_gateway_id(id),
                "nat_gateway_id" => call.nat_gateway_id(id),
                "network_interface_id" => call.network_interface_id(id),
                "odb_network_arn" => call.odb_network_arn(id),
                "transit_gateway_id" => call.transit_gateway_id(id),
                "vpc_endpoint_id" => call.vpc_endpoint_id(id),
                "vpc_peering_connection_id" => call.vpc_peering_connection_id(id),
                _ => call.gateway_id(id),
            }
        }
    };
}

route_call!(create_call, Create);
route_call!(replace_call, Replace);

/// Terraform's hash of a text, as it stands in ids that are made of attributes: CRC-32 of IEEE.
pub(crate) fn hash(text: &str) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xEDB8_8320
        } else {
            crc >> 1
        }
    };
    let crc = text.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc))
    });
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_ieee() {
        assert_eq!(hash("123456789"), 0xCBF4_3926);
        // The id that Terraform gives a default route.
        assert_eq!(hash("0.0.0.0/0"), 1_080_289_494);
    }

    #[test]
    fn an_endpoint_comes_back_as_a_gateway() {
        let route = Route::builder()
            .gateway_id("vpce-1")
            .destination_ipv6_cidr_block("0::/0")
            .build();
        assert_eq!(target(&route), Some(("vpc_endpoint_id", "vpce-1".into())));
        assert_eq!(
            Destination::of(&route),
            Some(Destination::V6("::/0".into()))
        );
    }
}
