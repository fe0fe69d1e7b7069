//! `data "aws_vpc"`

use aws_sdk_ec2::types::{Tenancy, Vpc, VpcCidrBlockState, VpcCidrBlockStateCode, VpcState};
use bastionless_model::{
    cloud::OpError,
    value::{Type, Value},
};

use super::{
    attributes::{Attributes, optional_text},
    aws_vpc::{list_vpcs, put_switches},
    context::is_value,
    lookups::{filters, only},
};
use crate::kind::Source;

looked_up!(
    /// Looks a VPC up.
    DataAwsVpc
);

impl Source for DataAwsVpc {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let arguments = [
            ("id", "vpc-id"),
            ("cidr_block", "cidr"),
            ("dhcp_options_id", "dhcp-options-id"),
            ("state", "state"),
        ];
        let mut filters = filters(config, "tags", &arguments);
        if config.get_bool("default") == Some(true) {
            filters.push(is_value("is-default", "true"));
        }
        let vpc = only(list_vpcs(&self.0, filters).await?, "EC2 VPC")?;
        let id = vpc.vpc_id().unwrap_or_default();
        let main = vec![is_value("vpc-id", id), is_value("association.main", "true")];
        let main = self.0.list_route_tables(main).await?;
        let arn = self.0.arn(vpc.owner_id(), "vpc", id);
        let attributes = Attributes::default()
            .text("id", Some(id))
            .text("arn", arn.as_deref())
            .text("owner_id", vpc.owner_id())
            .text("cidr_block", vpc.cidr_block())
            .flag("default", Some(vpc.is_default() == Some(true)))
            .text("dhcp_options_id", vpc.dhcp_options_id())
            .text(
                "instance_tenancy",
                vpc.instance_tenancy().map(Tenancy::as_str),
            )
            .text("state", vpc.state().map(VpcState::as_str))
            .text(
                "main_route_table_id",
                main.first().and_then(|t| t.route_table_id()),
            );
        let attributes = put_switches(&self.0, id, blocks(attributes, &vpc)).await?;
        let attributes = self.0.with_found_tags(attributes, vpc.tags());
        Ok(attributes.data("aws_vpc", &self.0.region, config))
    }
}

fn state(state: Option<&VpcCidrBlockState>) -> Value {
    optional_text(
        state
            .and_then(|s| s.state())
            .map(VpcCidrBlockStateCode::as_str),
    )
}

fn blocks(attributes: Attributes, vpc: &Vpc) -> Attributes {
    let v4 = vpc.cidr_block_association_set().iter().map(|a| {
        Value::object([
            ("association_id", optional_text(a.association_id())),
            ("cidr_block", optional_text(a.cidr_block())),
            ("state", state(a.cidr_block_state())),
        ])
    });
    let v6 = vpc.ipv6_cidr_block_association_set().iter().map(|a| {
        Value::object([
            ("association_id", optional_text(a.association_id())),
            (
                "ip_source",
                optional_text(a.ip_source().map(|s| s.as_str())),
            ),
            (
                "ipv6_address_attribute",
                optional_text(a.ipv6_address_attribute().map(|s| s.as_str())),
            ),
            ("ipv6_cidr_block", optional_text(a.ipv6_cidr_block())),
            ("ipv6_pool", optional_text(a.ipv6_pool())),
            (
                "network_border_group",
                optional_text(a.network_border_group()),
            ),
            ("state", state(a.ipv6_cidr_block_state())),
        ])
    });
    let first = vpc.ipv6_cidr_block_association_set().first();
    attributes
        .value(
            "cidr_block_associations",
            Value::list(Type::Dynamic, v4.collect()),
        )
        .value(
            "ipv6_cidr_block_associations",
            Value::list(Type::Dynamic, v6.collect()),
        )
        .text(
            "ipv6_association_id",
            first.and_then(|a| a.association_id()),
        )
        .text("ipv6_cidr_block", first.and_then(|a| a.ipv6_cidr_block()))
}
