//! `aws_vpc`

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_ec2::{
    Client,
    types::{
        AttributeBooleanValue, Filter, ResourceType, Tenancy, Vpc, VpcAttributeName,
        VpcCidrBlockStateCode, VpcIpv6CidrBlockAssociation, VpcState, VpcTenancy,
    },
};
use bastionless_model::{
    cloud::{Failure, OpError, OpErrorKind, Operation},
    value::Value,
};

use super::{
    attributes::{Attributes, changed, known, number_of, text_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, is_any, is_value, some},
    kind::{Described, after_update, read_back, wait_for, wait_gone},
    tagging::specification,
    wait::{retry, until},
};

/// The attributes that `DescribeVpcs` leaves out, each a call of its own.
#[derive(Clone, Copy, Debug, Default)]
struct Switches {
    dns_support: Option<bool>,
    dns_hostnames: Option<bool>,
    usage_metrics: Option<bool>,
}

/// What every VPC comes with, by VPC id.
#[derive(Debug, Default)]
struct Defaults {
    acl: BTreeMap<String, String>,
    table: BTreeMap<String, String>,
    group: BTreeMap<String, String>,
}

/// Reconciles `aws_vpc`.
pub(crate) struct AwsVpc(Arc<Ec2>);

reconciled!(AwsVpc);

impl Described for AwsVpc {
    type Raw = Vpc;
    const TYPE: &'static str = "aws_vpc";
    const ID_FILTER: &'static str = "vpc-id";
    const NOUN: &'static str = "EC2 VPC";

    fn id(raw: &Vpc) -> Option<&str> {
        raw.vpc_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<Vpc>, OpError> {
        list_vpcs(ec2, filters).await
    }

    async fn values(ec2: &Ec2, objects: Vec<(Vpc, Option<&Value>)>) -> Vec<Result<Value, OpError>> {
        let ids: Vec<_> = objects
            .iter()
            .filter_map(|(v, _)| v.vpc_id().map(str::to_owned))
            .collect();
        let defaults = match defaults(ec2, ids).await {
            Ok(defaults) => defaults,
            Err(e) => return objects.iter().map(|_| Err(e.clone())).collect(),
        };
        let defaults = &defaults;
        crate::kind::each(&objects, |(vpc, prior)| async move {
            let id = vpc.vpc_id().unwrap_or_default();
            let switches = switches(&ec2.client, id).await?;
            Ok(flatten(ec2, vpc, switches, defaults, *prior))
        })
        .await
    }
}

/// Lists VPCs.
pub(crate) async fn list_vpcs(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<Vpc>, OpError> {
    let call = ec2.client.describe_vpcs().set_filters(some(filters));
    let pages = call.into_paginator().page_size(1000).items().send();
    pages
        .collect::<Result<Vec<_>, _>>()
        .await
        .during("reading EC2 VPCs")
}

async fn switches(client: &Client, id: &str) -> Result<Switches, OpError> {
    let (dns_support, dns_hostnames, usage_metrics) = tokio::try_join!(
        switch(client, id, VpcAttributeName::EnableDnsSupport),
        switch(client, id, VpcAttributeName::EnableDnsHostnames),
        usage_metrics(client, id),
    )?;
    Ok(Switches {
        dns_support,
        dns_hostnames,
        usage_metrics,
    })
}

/// Some partitions do not know this attribute: then it is off.
async fn usage_metrics(client: &Client, id: &str) -> Result<Option<bool>, OpError> {
    match switch(
        client,
        id,
        VpcAttributeName::EnableNetworkAddressUsageMetrics,
    )
    .await
    {
        Err(e) if e.kind == OpErrorKind::Invalid || e.kind == OpErrorKind::Unsupported => {
            Ok(Some(false))
        }
        done => done,
    }
}

/// Reads whether an attribute of a VPC is on.
async fn switch(
    client: &Client,
    id: &str,
    name: VpcAttributeName,
) -> Result<Option<bool>, OpError> {
    let what = format!("reading EC2 VPC ({id}) attribute {name}");
    let call = client
        .describe_vpc_attribute()
        .vpc_id(id)
        .attribute(name.clone());
    let answer = call.send().await.during(&what)?;
    let attribute = match name {
        VpcAttributeName::EnableDnsSupport => answer.enable_dns_support(),
        VpcAttributeName::EnableDnsHostnames => answer.enable_dns_hostnames(),
        _ => answer.enable_network_address_usage_metrics(),
    };
    Ok(attribute.and_then(AttributeBooleanValue::value))
}

/// Reads the switches of a VPC for the data source.
pub(crate) async fn put_switches(
    ec2: &Ec2,
    id: &str,
    attributes: Attributes,
) -> Result<Attributes, OpError> {
    let s = switches(&ec2.client, id).await?;
    Ok(attributes
        .flag("enable_dns_support", s.dns_support)
        .flag("enable_dns_hostnames", s.dns_hostnames)
        .flag("enable_network_address_usage_metrics", s.usage_metrics))
}

async fn defaults(ec2: &Ec2, ids: Vec<String>) -> Result<Defaults, OpError> {
    let of_vpcs = if ids.len() > super::context::MOST_FILTER_VALUES {
        Vec::new()
    } else {
        vec![is_any("vpc-id", ids)]
    };
    let with = |filter: Filter| of_vpcs.iter().cloned().chain([filter]).collect::<Vec<_>>();
    let acls = ec2
        .client
        .describe_network_acls()
        .set_filters(Some(with(is_value("default", "true"))));
    let acls = acls.into_paginator().page_size(1000).items().send();
    let (acls, tables, groups) = tokio::join!(
        acls.collect::<Result<Vec<_>, _>>(),
        ec2.list_route_tables(with(is_value("association.main", "true"))),
        ec2.list_groups(with(is_value("group-name", "default"))),
    );
    let acls = acls.during("reading EC2 Network ACLs")?;
    let pair = |vpc: Option<&str>, id: Option<&str>| Some((vpc?.to_owned(), id?.to_owned()));
    Ok(Defaults {
        acl: acls
            .iter()
            .filter_map(|a| pair(a.vpc_id(), a.network_acl_id()))
            .collect(),
        table: tables?
            .iter()
            .filter_map(|t| pair(t.vpc_id(), t.route_table_id()))
            .collect(),
        group: groups?
            .iter()
            .filter_map(|g| pair(g.vpc_id(), g.group_id()))
            .collect(),
    })
}

fn flatten(
    ec2: &Ec2,
    vpc: &Vpc,
    switches: Switches,
    defaults: &Defaults,
    prior: Option<&Value>,
) -> Value {
    let id = vpc.vpc_id().unwrap_or_default();
    let of = |map: &BTreeMap<String, String>| map.get(id).cloned();
    let (acl, table, group) = (of(&defaults.acl), of(&defaults.table), of(&defaults.group));
    let ipv6 = ipv6_block(vpc);
    let attributes = Attributes::default()
        .text("id", Some(id))
        .text("arn", ec2.arn(vpc.owner_id(), "vpc", id).as_deref())
        .text("owner_id", vpc.owner_id())
        .text("cidr_block", vpc.cidr_block())
        .text("dhcp_options_id", vpc.dhcp_options_id())
        .text(
            "instance_tenancy",
            vpc.instance_tenancy().map(Tenancy::as_str),
        )
        .flag("enable_dns_support", switches.dns_support)
        .flag("enable_dns_hostnames", switches.dns_hostnames)
        .flag(
            "enable_network_address_usage_metrics",
            switches.usage_metrics,
        )
        .text("default_network_acl_id", acl.as_deref())
        .text("default_route_table_id", table.as_deref())
        .text("main_route_table_id", table.as_deref())
        .text("default_security_group_id", group.as_deref());
    let attributes = put_ipv6(attributes, ipv6, prior);
    ec2.with_tags(attributes, vpc.tags(), prior)
        .resource("aws_vpc", &ec2.region)
}

fn put_ipv6(
    attributes: Attributes,
    block: Option<&VpcIpv6CidrBlockAssociation>,
    prior: Option<&Value>,
) -> Attributes {
    let Some(block) = block else {
        let asked = prior.and_then(|p| p.get_bool("assign_generated_ipv6_cidr_block"));
        return attributes.flag("assign_generated_ipv6_cidr_block", asked.map(|_| false));
    };
    let amazon = block.ipv6_pool() == Some("Amazon");
    let pool = prior.and_then(|p| text_of(p, "ipv6_ipam_pool_id"));
    let length = prior.and_then(|p| number_of(p, "ipv6_netmask_length"));
    attributes
        .text("ipv6_association_id", block.association_id())
        .text("ipv6_cidr_block", block.ipv6_cidr_block())
        .text(
            "ipv6_cidr_block_network_border_group",
            block.network_border_group(),
        )
        .flag("assign_generated_ipv6_cidr_block", Some(amazon))
        .text("ipv6_ipam_pool_id", pool.filter(|_| !amazon))
        .number("ipv6_netmask_length", length.filter(|_| !amazon))
}

/// Returns the IPv6 block that counts: one that is neither on its way in nor on its way out.
fn ipv6_block(vpc: &Vpc) -> Option<&VpcIpv6CidrBlockAssociation> {
    use VpcCidrBlockStateCode::{Associating, Disassociated, Disassociating, Failed, Failing};
    vpc.ipv6_cidr_block_association_set().iter().find(|a| {
        let state = a.ipv6_cidr_block_state().and_then(|s| s.state());
        !matches!(
            state,
            Some(Associating | Disassociated | Disassociating | Failed | Failing)
        )
    })
}

fn on(value: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(value).build()
}

impl AwsVpc {
    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 VPC";
        let text = |name| text_of(planned, name).map(str::to_owned);
        let generated = planned.get_bool("assign_generated_ipv6_cidr_block");
        let call = self
            .0
            .client
            .create_vpc()
            .set_cidr_block(text("cidr_block"))
            .set_instance_tenancy(text_of(planned, "instance_tenancy").map(Tenancy::from))
            .set_amazon_provided_ipv6_cidr_block(generated.filter(|g| *g))
            .set_ipv4_ipam_pool_id(text("ipv4_ipam_pool_id"))
            .set_ipv4_netmask_length(number_of(planned, "ipv4_netmask_length"))
            .set_ipv6_cidr_block(text("ipv6_cidr_block"))
            .set_ipv6_ipam_pool_id(text("ipv6_ipam_pool_id"))
            .set_ipv6_netmask_length(number_of(planned, "ipv6_netmask_length"))
            .set_ipv6_cidr_block_network_border_group(text("ipv6_cidr_block_network_border_group"))
            .tag_specifications(specification(ResourceType::Vpc, op, planned));
        let answer = self.0.change(op, what, call.send()).await?;
        let id = answer
            .vpc()
            .and_then(Vpc::vpc_id)
            .ok_or_else(|| incomplete(what, "VPC id"))?;
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        self.complete(op, id, planned)
            .await
            .map_err(|e| failed_with(&state, e))
    }

    async fn complete(
        &self,
        op: &Operation<'_>,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let available = |v: &Vpc| Ok(v.state() == Some(&VpcState::Available));
        wait_for::<Self>(&self.0, op, id, available).await?;
        if planned.get_bool("enable_dns_support") == Some(false) {
            self.switch(op, id, VpcAttributeName::EnableDnsSupport, false)
                .await?;
        }
        if planned.get_bool("enable_dns_hostnames") == Some(true) {
            self.switch(op, id, VpcAttributeName::EnableDnsHostnames, true)
                .await?;
        }
        if planned.get_bool("enable_network_address_usage_metrics") == Some(true) {
            self.switch(
                op,
                id,
                VpcAttributeName::EnableNetworkAddressUsageMetrics,
                true,
            )
            .await?;
        }
        let asks_ipv6 = planned.get_bool("assign_generated_ipv6_cidr_block") == Some(true)
            || text_of(planned, "ipv6_cidr_block").is_some()
            || text_of(planned, "ipv6_ipam_pool_id").is_some();
        if asks_ipv6 {
            wait_for::<Self>(&self.0, op, id, |v| Ok(ipv6_block(v).is_some())).await?;
        }
        read_back::<Self>(&self.0, op, id, planned).await
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 VPC")?;
        let done = self.bring(op, id, prior, planned).await;
        after_update::<Self>(&self.0, op, id, planned, done).await
    }

    async fn bring(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let to = |name| {
            planned
                .get_bool(name)
                .filter(|_| changed(prior, planned, name))
        };
        let (support, hostnames) = (to("enable_dns_support"), to("enable_dns_hostnames"));
        // Host names need the resolver: it is switched on before them and off after them.
        if support == Some(true) {
            self.switch(op, id, VpcAttributeName::EnableDnsSupport, true)
                .await?;
        }
        if let Some(value) = hostnames {
            self.switch(op, id, VpcAttributeName::EnableDnsHostnames, value)
                .await?;
        }
        if support == Some(false) {
            self.switch(op, id, VpcAttributeName::EnableDnsSupport, false)
                .await?;
        }
        if let Some(value) = to("enable_network_address_usage_metrics") {
            let name = VpcAttributeName::EnableNetworkAddressUsageMetrics;
            self.switch(op, id, name, value).await?;
        }
        if changed(prior, planned, "instance_tenancy") {
            let what = format!("updating EC2 VPC ({id}) tenancy");
            let call = self.0.client.modify_vpc_tenancy().vpc_id(id);
            let call = call.instance_tenancy(VpcTenancy::Default);
            self.0.change(op, &what, call.send()).await?;
        }
        self.bring_ipv6(op, id, prior, planned).await?;
        self.0.retag(op, id, prior, planned).await
    }

    async fn switch(
        &self,
        op: &Operation<'_>,
        id: &str,
        name: VpcAttributeName,
        value: bool,
    ) -> Result<(), OpError> {
        let what = format!("updating EC2 VPC ({id}) attribute {name}");
        let call = self.0.client.modify_vpc_attribute().vpc_id(id);
        let call = match name {
            VpcAttributeName::EnableDnsSupport => call.enable_dns_support(on(value)),
            VpcAttributeName::EnableDnsHostnames => call.enable_dns_hostnames(on(value)),
            _ => call.enable_network_address_usage_metrics(on(value)),
        };
        self.0.change(op, &what, call.send()).await?;
        until(&self.0, op, op.timeout, &what, || async {
            let now = switch(&self.0.client, id, name.clone()).await?;
            Ok((now == Some(value)).then_some(()))
        })
        .await
    }

    async fn bring_ipv6(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let names = [
            "assign_generated_ipv6_cidr_block",
            "ipv6_cidr_block",
            "ipv6_ipam_pool_id",
        ];
        if !names.iter().any(|name| changed(prior, planned, name)) {
            return Ok(());
        }
        if let Some(association) = text_of(prior, "ipv6_association_id") {
            let what = format!("disassociating EC2 VPC ({id}) IPv6 CIDR block");
            let call = self
                .0
                .client
                .disassociate_vpc_cidr_block()
                .association_id(association);
            self.0.change(op, &what, call.send()).await?;
            wait_for::<Self>(&self.0, op, id, |v| Ok(ipv6_block(v).is_none())).await?;
        }
        let generated = planned.get_bool("assign_generated_ipv6_cidr_block") == Some(true);
        let asked = |name| text_of(planned, name).map(str::to_owned);
        let (block, pool) = (asked("ipv6_cidr_block"), asked("ipv6_ipam_pool_id"));
        if !generated && block.is_none() && pool.is_none() {
            return Ok(());
        }
        let what = format!("associating EC2 VPC ({id}) IPv6 CIDR block");
        let call = self
            .0
            .client
            .associate_vpc_cidr_block()
            .vpc_id(id)
            .set_amazon_provided_ipv6_cidr_block(generated.then_some(true))
            .set_ipv6_cidr_block(block.filter(|_| !generated))
            .set_ipv6_ipam_pool_id(pool)
            .set_ipv6_netmask_length(number_of(planned, "ipv6_netmask_length"))
            .set_ipv6_cidr_block_network_border_group(asked(
                "ipv6_cidr_block_network_border_group",
            ));
        self.0.change(op, &what, call.send()).await?;
        wait_for::<Self>(&self.0, op, id, |v| Ok(ipv6_block(v).is_some())).await?;
        Ok(())
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 VPC")?;
        let what = format!("deleting EC2 VPC ({id})");
        let done = retry(
            &self.0,
            op,
            op.timeout,
            &what,
            |e| is(e, &["DependencyViolation"]),
            || {
                self.0
                    .change(op, &what, self.0.client.delete_vpc().vpc_id(id).send())
            },
        );
        match done.await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }
}
