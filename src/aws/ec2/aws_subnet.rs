//! `aws_subnet`

use std::sync::Arc;

use aws_sdk_ec2::{
    operation::modify_subnet_attribute::builders::ModifySubnetAttributeFluentBuilder as Modify,
    types::{
        AttributeBooleanValue, Filter, HostnameType, ResourceType, Subnet,
        SubnetCidrBlockStateCode, SubnetIpv6CidrBlockAssociation, SubnetState,
    },
};
use bastionless_model::{
    cloud::{Failure, OpError, Operation},
    value::Value,
};

use super::{
    attributes::{Attributes, changed, known, number_of, text_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, missing, some},
    kind::{Described, after_update, each, read_back, wait_for, wait_gone},
    tagging::specification,
    wait::retry,
};

/// Reconciles `aws_subnet`.
pub(crate) struct AwsSubnet(Arc<Ec2>);

reconciled!(AwsSubnet);

impl Described for AwsSubnet {
    type Raw = Subnet;
    const TYPE: &'static str = "aws_subnet";
    const ID_FILTER: &'static str = "subnet-id";
    const NOUN: &'static str = "EC2 Subnet";

    fn id(raw: &Subnet) -> Option<&str> {
        raw.subnet_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<Subnet>, OpError> {
        list_subnets(ec2, filters).await
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(Subnet, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        each(objects, |subnet, prior| {
            let attributes = attributes(subnet);
            ec2.with_tags(attributes, subnet.tags(), prior)
                .resource(Self::TYPE, &ec2.region)
        })
    }
}

/// Lists subnets.
pub(crate) async fn list_subnets(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<Subnet>, OpError> {
    let call = ec2.client.describe_subnets().set_filters(some(filters));
    let pages = call.into_paginator().page_size(1000).items().send();
    pages
        .collect::<Result<Vec<_>, _>>()
        .await
        .during("reading EC2 Subnets")
}

/// Collects what resource and data source have in common.
pub(crate) fn attributes(subnet: &Subnet) -> Attributes {
    let names = subnet.private_dns_name_options_on_launch();
    let ipv6 = ipv6_block(subnet);
    let lni = subnet.enable_lni_at_device_index().filter(|n| *n != 0);
    Attributes::default()
        .text("id", subnet.subnet_id())
        .text("arn", subnet.subnet_arn())
        .text("owner_id", subnet.owner_id())
        .text("vpc_id", subnet.vpc_id())
        .text("cidr_block", subnet.cidr_block())
        .text("availability_zone", subnet.availability_zone())
        .text("availability_zone_id", subnet.availability_zone_id())
        .text("outpost_arn", subnet.outpost_arn())
        .text(
            "customer_owned_ipv4_pool",
            subnet.customer_owned_ipv4_pool(),
        )
        .flag(
            "map_customer_owned_ip_on_launch",
            subnet.map_customer_owned_ip_on_launch().filter(|b| *b),
        )
        .flag(
            "map_public_ip_on_launch",
            Some(subnet.map_public_ip_on_launch() == Some(true)),
        )
        .flag(
            "assign_ipv6_address_on_creation",
            Some(subnet.assign_ipv6_address_on_creation() == Some(true)),
        )
        .flag("enable_dns64", Some(subnet.enable_dns64() == Some(true)))
        .flag("ipv6_native", Some(subnet.ipv6_native() == Some(true)))
        .number("enable_lni_at_device_index", lni)
        .flag(
            "enable_resource_name_dns_a_record_on_launch",
            Some(names.and_then(|n| n.enable_resource_name_dns_a_record()) == Some(true)),
        )
        .flag(
            "enable_resource_name_dns_aaaa_record_on_launch",
            Some(names.and_then(|n| n.enable_resource_name_dns_aaaa_record()) == Some(true)),
        )
        .text(
            "private_dns_hostname_type_on_launch",
            names
                .and_then(|n| n.hostname_type())
                .map(HostnameType::as_str),
        )
        .text("ipv6_cidr_block", ipv6.and_then(|a| a.ipv6_cidr_block()))
        .text(
            "ipv6_cidr_block_association_id",
            ipv6.and_then(|a| a.association_id()),
        )
}

/// Returns the IPv6 block that counts: one that is neither on its way in nor on its way out.
fn ipv6_block(subnet: &Subnet) -> Option<&SubnetIpv6CidrBlockAssociation> {
    use SubnetCidrBlockStateCode::{Associating, Disassociated, Disassociating, Failed, Failing};
    let associations = subnet.ipv6_cidr_block_association_set();
    associations.iter().find(|a| {
        let state = a.ipv6_cidr_block_state().and_then(|s| s.state());
        !matches!(
            state,
            Some(Associating | Disassociated | Disassociating | Failed | Failing)
        )
    })
}

/// Attributes that are truth values and change one a call.
const SWITCHES: [&str; 5] = [
    "map_public_ip_on_launch",
    "enable_dns64",
    "enable_resource_name_dns_a_record_on_launch",
    "enable_resource_name_dns_aaaa_record_on_launch",
    "map_customer_owned_ip_on_launch",
];

const ASSIGN_IPV6: &str = "assign_ipv6_address_on_creation";

/// Puts one truth value into a call; `None` for names that are none.
fn switched(call: Modify, name: &str, value: bool) -> Modify {
    let value = AttributeBooleanValue::builder().value(value).build();
    match name {
        ASSIGN_IPV6 => call.assign_ipv6_address_on_creation(value),
        "map_public_ip_on_launch" => call.map_public_ip_on_launch(value),
        "enable_dns64" => call.enable_dns64(value),
        "enable_resource_name_dns_a_record_on_launch" => {
            call.enable_resource_name_dns_a_record_on_launch(value)
        }
        "enable_resource_name_dns_aaaa_record_on_launch" => {
            call.enable_resource_name_dns_aaaa_record_on_launch(value)
        }
        _ => call.map_customer_owned_ip_on_launch(value),
    }
}

impl AwsSubnet {
    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 Subnet";
        let vpc = text_of(planned, "vpc_id").ok_or_else(|| missing(what, "vpc_id"))?;
        let text = |name| text_of(planned, name).map(str::to_owned);
        let call = self
            .0
            .client
            .create_subnet()
            .vpc_id(vpc)
            .set_availability_zone(text("availability_zone"))
            .set_availability_zone_id(text("availability_zone_id"))
            .set_cidr_block(text("cidr_block"))
            .set_ipv4_ipam_pool_id(text("ipv4_ipam_pool_id"))
            .set_ipv4_netmask_length(number_of(planned, "ipv4_netmask_length"))
            .set_ipv6_cidr_block(text("ipv6_cidr_block"))
            .set_ipv6_ipam_pool_id(text("ipv6_ipam_pool_id"))
            .set_ipv6_netmask_length(number_of(planned, "ipv6_netmask_length"))
            .set_ipv6_native(planned.get_bool("ipv6_native").filter(|b| *b))
            .set_outpost_arn(text("outpost_arn"))
            .tag_specifications(specification(ResourceType::Subnet, op, planned));
        let answer = self.0.change(op, what, call.send()).await?;
        let subnet = answer.subnet().ok_or_else(|| incomplete(what, "subnet"))?;
        let id = subnet
            .subnet_id()
            .ok_or_else(|| incomplete(what, "subnet id"))?;
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        let fresh = attributes(subnet).resource(Self::TYPE, &self.0.region);
        self.complete(op, id, &fresh, planned)
            .await
            .map_err(|e| failed_with(&state, e))
    }

    async fn complete(
        &self,
        op: &Operation<'_>,
        id: &str,
        fresh: &Value,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let available = |s: &Subnet| Ok(s.state() == Some(&SubnetState::Available));
        wait_for::<Self>(&self.0, op, id, available).await?;
        if text_of(planned, "ipv6_cidr_block").is_some() {
            wait_for::<Self>(&self.0, op, id, |s| Ok(ipv6_block(s).is_some())).await?;
        }
        self.bring(op, id, fresh, planned).await?;
        read_back::<Self>(&self.0, op, id, planned).await
    }

    /// Changes what `ModifySubnetAttribute` changes, one attribute a call.
    async fn bring(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        for name in SWITCHES.into_iter().chain([ASSIGN_IPV6]) {
            let value = planned
                .get_bool(name)
                .filter(|v| prior.get_bool(name).unwrap_or(false) != *v);
            if let Some(value) = value {
                self.set(op, id, name, |call| match name {
                    "map_customer_owned_ip_on_launch" => switched(call, name, value)
                        .set_customer_owned_ipv4_pool(
                            text_of(planned, "customer_owned_ipv4_pool").map(str::to_owned),
                        ),
                    _ => switched(call, name, value),
                })
                .await?;
            }
        }
        if changed(prior, planned, "private_dns_hostname_type_on_launch")
            && let Some(kind) = text_of(planned, "private_dns_hostname_type_on_launch")
        {
            let name = "private_dns_hostname_type_on_launch";
            self.set(op, id, name, |call| {
                call.private_dns_hostname_type_on_launch(HostnameType::from(kind))
            })
            .await?;
        }
        if changed(prior, planned, "enable_lni_at_device_index") {
            let index = number_of(planned, "enable_lni_at_device_index").filter(|n| *n != 0);
            let off = AttributeBooleanValue::builder().value(true).build();
            self.set(op, id, "enable_lni_at_device_index", |call| match index {
                Some(index) => call.enable_lni_at_device_index(index),
                None => call.disable_lni_at_device_index(off),
            })
            .await?;
        }
        Ok(())
    }

    async fn set(
        &self,
        op: &Operation<'_>,
        id: &str,
        name: &str,
        with: impl FnOnce(Modify) -> Modify,
    ) -> Result<(), OpError> {
        let what = format!("updating EC2 Subnet ({id}) {name}");
        let call = with(self.0.client.modify_subnet_attribute().subnet_id(id));
        self.0.change(op, &what, call.send()).await.map(drop)
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 Subnet")?;
        let done = self.update_all(op, id, prior, planned).await;
        after_update::<Self>(&self.0, op, id, planned, done).await
    }

    async fn update_all(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let mut now = prior.clone();
        if changed(prior, planned, "ipv6_cidr_block") {
            // A subnet that hands out IPv6 addresses keeps its block.
            if prior.get_bool(ASSIGN_IPV6) == Some(true) {
                self.set(op, id, ASSIGN_IPV6, |call| {
                    switched(call, ASSIGN_IPV6, false)
                })
                .await?;
                now = now.with(ASSIGN_IPV6, false.into());
            }
            self.exchange_ipv6(op, id, prior, planned).await?;
        }
        self.bring(op, id, &now, planned).await?;
        self.0.retag(op, id, prior, planned).await
    }

    async fn exchange_ipv6(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        if let Some(association) = text_of(prior, "ipv6_cidr_block_association_id") {
            let what = format!("disassociating EC2 Subnet ({id}) IPv6 CIDR block");
            let call = self.0.client.disassociate_subnet_cidr_block();
            let call = call.association_id(association);
            self.0.change(op, &what, call.send()).await?;
            wait_for::<Self>(&self.0, op, id, |s| Ok(ipv6_block(s).is_none())).await?;
        }
        if let Some(block) = text_of(planned, "ipv6_cidr_block") {
            let what = format!("associating EC2 Subnet ({id}) IPv6 CIDR block");
            let call = self.0.client.associate_subnet_cidr_block().subnet_id(id);
            self.0
                .change(op, &what, call.ipv6_cidr_block(block).send())
                .await?;
            wait_for::<Self>(&self.0, op, id, |s| Ok(ipv6_block(s).is_some())).await?;
        }
        Ok(())
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 Subnet")?;
        let what = format!("deleting EC2 Subnet ({id})");
        // Network interfaces of managed services go some time after the service's object.
        let passes = |e: &OpError| is(e, &["DependencyViolation"]);
        let done = retry(&self.0, op, op.timeout, &what, passes, || {
            self.0.change(
                op,
                &what,
                self.0.client.delete_subnet().subnet_id(id).send(),
            )
        });
        match done.await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }
}
