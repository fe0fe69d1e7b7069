//! `aws_vpc_endpoint`

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_ec2::{
    operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder as Modify,
    types::{
        DnsOptions, DnsOptionsSpecification, DnsRecordIpType, Filter, IpAddressType, PrefixList,
        ResourceType, State, SubnetConfiguration, VpcEndpoint, VpcEndpointType,
    },
};
use bastionless_model::{
    cloud::{Failure, OpError, OpErrorKind, Operation},
    value::{Type, Value},
};

use super::{
    attributes::{Attributes, block_of, changed, known, optional_text, text_of, texts_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, is_any, missing, some},
    kind::{Described, after_update, read_back, wait_for, wait_gone},
    tagging::specification,
    wait::retry,
};
use crate::waiters::PROPAGATION;

/// Reconciles `aws_vpc_endpoint`.
pub(crate) struct AwsVpcEndpoint(Arc<Ec2>);

reconciled!(AwsVpcEndpoint);

impl Described for AwsVpcEndpoint {
    type Raw = VpcEndpoint;
    const TYPE: &'static str = "aws_vpc_endpoint";
    const ID_FILTER: &'static str = "vpc-endpoint-id";
    const NOUN: &'static str = "EC2 VPC Endpoint";

    fn id(raw: &VpcEndpoint) -> Option<&str> {
        raw.vpc_endpoint_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<VpcEndpoint>, OpError> {
        let call = ec2
            .client
            .describe_vpc_endpoints()
            .set_filters(some(filters));
        let pages = call.into_paginator().page_size(1000).items().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during("reading EC2 VPC Endpoints")
    }

    fn is_there(raw: &VpcEndpoint) -> bool {
        !in_state(raw, &["deleted"])
    }

    fn is_moving(raw: &VpcEndpoint) -> Result<bool, OpError> {
        usable(raw, "waiting for EC2 VPC Endpoint", false).map(|done| !done)
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(VpcEndpoint, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        let lists = prefix_lists(ec2, objects.iter().map(|(e, _)| e)).await;
        let value = |(endpoint, prior): &(VpcEndpoint, Option<&Value>)| {
            let list = prefix_list(endpoint, &lists, *prior)?;
            Ok(flatten(ec2, endpoint, list, *prior))
        };
        objects.iter().map(value).collect()
    }
}

/// The prefix list of a gateway endpoint: its id and ranges.
type ListOf = Option<(String, Vec<String>)>;

/// Returns the prefix list of an endpoint. It never changes: where it cannot be read, what is known of it stays.
fn prefix_list(
    endpoint: &VpcEndpoint,
    lists: &Result<BTreeMap<String, PrefixList>, OpError>,
    prior: Option<&Value>,
) -> Result<ListOf, OpError> {
    if !is_gateway(endpoint) {
        return Ok(None);
    }
    let known = prior.and_then(|p| Some((p, text_of(p, "prefix_list_id")?.to_owned())));
    match (lists, known) {
        (Ok(lists), _) => {
            let list = endpoint.service_name().and_then(|name| lists.get(name));
            Ok(list.and_then(|l| Some((l.prefix_list_id()?.to_owned(), l.cidrs().to_vec()))))
        }
        (Err(_), Some((prior, id))) => Ok(Some((id, texts_of(prior, "cidr_blocks")))),
        (Err(e), None) => Err(e.clone()),
    }
}

/// Tells whether the endpoint is in one of the states; the service answers them in lower or upper case.
fn in_state(endpoint: &VpcEndpoint, states: &[&str]) -> bool {
    let state = endpoint.state().map_or("", State::as_str);
    states.iter().any(|s| s.eq_ignore_ascii_case(state))
}

fn is_gateway(endpoint: &VpcEndpoint) -> bool {
    endpoint
        .vpc_endpoint_type()
        .is_some_and(|t| t.as_str().eq_ignore_ascii_case("Gateway"))
}

/// Returns the prefix lists of the services of gateway endpoints, by service name, in one call.
async fn prefix_lists<'a>(
    ec2: &Ec2,
    endpoints: impl Iterator<Item = &'a VpcEndpoint>,
) -> Result<BTreeMap<String, PrefixList>, OpError> {
    let services = endpoints
        .filter(|e| is_gateway(e))
        .filter_map(VpcEndpoint::service_name);
    let mut services: Vec<_> = services.map(str::to_owned).collect();
    services.sort();
    services.dedup();
    if services.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = ec2
        .client
        .describe_prefix_lists()
        .filters(is_any("prefix-list-name", services));
    let pages = call.into_paginator().items().send();
    let found = pages
        .collect::<Result<Vec<_>, _>>()
        .await
        .during("reading EC2 Prefix Lists");
    let found = found?.into_iter();
    Ok(found
        .filter_map(|l| Some((l.prefix_list_name()?.to_owned(), l)))
        .collect())
}

fn flatten(ec2: &Ec2, endpoint: &VpcEndpoint, list: ListOf, prior: Option<&Value>) -> Value {
    let id = endpoint.vpc_endpoint_id();
    let arn = id.and_then(|id| ec2.arn(endpoint.owner_id(), "vpc-endpoint", id));
    let kind = endpoint.vpc_endpoint_type().map(VpcEndpointType::as_str);
    let (list_id, ranges) = list.unwrap_or_default();
    let state = endpoint.state().map(|s| s.as_str().to_ascii_lowercase());
    let dns = endpoint.dns_entries().iter().map(|d| {
        Value::object([
            ("dns_name", optional_text(d.dns_name())),
            ("hosted_zone_id", optional_text(d.hosted_zone_id())),
        ])
    });
    let attributes = Attributes::default()
        .text("id", id)
        .text("arn", arn.as_deref())
        .text("owner_id", endpoint.owner_id())
        .text("vpc_id", endpoint.vpc_id())
        .text("service_name", endpoint.service_name())
        .text(
            "service_region",
            endpoint.service_region().or(Some(&ec2.region)),
        )
        .text("service_network_arn", endpoint.service_network_arn())
        .text(
            "resource_configuration_arn",
            endpoint.resource_configuration_arn(),
        )
        .text("vpc_endpoint_type", kind)
        .text("state", state.as_deref())
        .text("policy", endpoint.policy_document())
        .text(
            "ip_address_type",
            endpoint.ip_address_type().map(IpAddressType::as_str),
        )
        .flag(
            "private_dns_enabled",
            Some(endpoint.private_dns_enabled() == Some(true)),
        )
        .flag(
            "requester_managed",
            Some(endpoint.requester_managed() == Some(true)),
        )
        .texts(
            "network_interface_ids",
            endpoint.network_interface_ids().iter().map(String::as_str),
        )
        .texts(
            "route_table_ids",
            endpoint.route_table_ids().iter().map(String::as_str),
        )
        .texts(
            "subnet_ids",
            endpoint.subnet_ids().iter().map(String::as_str),
        )
        .texts(
            "security_group_ids",
            endpoint.groups().iter().filter_map(|g| g.group_id()),
        )
        .value("dns_entry", Value::list(Type::Dynamic, dns.collect()))
        .text("prefix_list_id", Some(&list_id))
        .texts("cidr_blocks", ranges.iter().map(String::as_str))
        .value("dns_options", dns_options(endpoint.dns_options()))
        .value("subnet_configuration", subnet_configuration(prior));
    ec2.with_tags(attributes, endpoint.tags(), prior)
        .resource(AwsVpcEndpoint::TYPE, &ec2.region)
}

fn dns_options(options: Option<&DnsOptions>) -> Value {
    let Some(o) = options else {
        return Value::NULL;
    };
    let domains = o.private_dns_specified_domains().iter().map(String::as_str);
    let block = Attributes::default()
        .text(
            "dns_record_ip_type",
            o.dns_record_ip_type().map(DnsRecordIpType::as_str),
        )
        .flag(
            "private_dns_only_for_inbound_resolver_endpoint",
            o.private_dns_only_for_inbound_resolver_endpoint(),
        )
        .text("private_dns_preference", o.private_dns_preference())
        .texts("private_dns_specified_domains", domains);
    Value::list(Type::Dynamic, vec![block.object()])
}

/// The addresses per subnet stand on the endpoint's interfaces, not on the endpoint: what was sent stays.
fn subnet_configuration(prior: Option<&Value>) -> Value {
    let known = prior.and_then(|p| p.get("subnet_configuration"));
    known
        .filter(|v| v.is_wholly_known())
        .cloned()
        .unwrap_or(Value::NULL)
}

fn asked_dns_options(planned: &Value) -> Option<DnsOptionsSpecification> {
    let block = block_of(planned, "dns_options")?;
    let domains = Some(texts_of(block, "private_dns_specified_domains")).filter(|d| !d.is_empty());
    let made = DnsOptionsSpecification::builder()
        .set_dns_record_ip_type(text_of(block, "dns_record_ip_type").map(DnsRecordIpType::from))
        .set_private_dns_only_for_inbound_resolver_endpoint(
            block.get_bool("private_dns_only_for_inbound_resolver_endpoint"),
        )
        .set_private_dns_preference(text_of(block, "private_dns_preference").map(str::to_owned))
        .set_private_dns_specified_domains(domains);
    Some(made.build())
}

fn asked_subnets(planned: &Value) -> Option<Vec<SubnetConfiguration>> {
    let blocks = planned
        .get("subnet_configuration")
        .and_then(Value::elements)?;
    let made = blocks.iter().map(|b| {
        let text = |name| text_of(b, name).map(str::to_owned);
        SubnetConfiguration::builder()
            .set_subnet_id(text("subnet_id"))
            .set_ipv4(text("ipv4"))
            .set_ipv6(text("ipv6"))
            .build()
    });
    Some(made.collect::<Vec<_>>()).filter(|m| !m.is_empty())
}

/// Tells whether the endpoint is usable; an error where it never will be.
fn usable(endpoint: &VpcEndpoint, what: &str, accept: bool) -> Result<bool, OpError> {
    if in_state(endpoint, &["available"]) {
        return Ok(true);
    }
    // An endpoint of a service whose owner must accept it is complete for us.
    if in_state(endpoint, &["pendingacceptance"]) {
        return Ok(!accept);
    }
    if in_state(endpoint, &["pending", "deleting", "partial"]) || endpoint.state().is_none() {
        return Ok(false);
    }
    let state = endpoint.state().map_or("unknown", State::as_str);
    let reason = endpoint
        .failure_reason()
        .or(endpoint.last_error().and_then(|e| e.message()));
    let message = format!(
        "the endpoint is {state}: {}",
        reason.unwrap_or("no reason is given")
    );
    Err(OpError::new(OpErrorKind::Invalid, what, message))
}

impl AwsVpcEndpoint {
    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 VPC Endpoint";
        let vpc = text_of(planned, "vpc_id").ok_or_else(|| missing(what, "vpc_id"))?;
        let text = |name| text_of(planned, name).map(str::to_owned);
        let ids = |name| Some(texts_of(planned, name)).filter(|ids: &Vec<_>| !ids.is_empty());
        let call = self
            .0
            .client
            .create_vpc_endpoint()
            .vpc_id(vpc)
            .set_vpc_endpoint_type(text_of(planned, "vpc_endpoint_type").map(VpcEndpointType::from))
            .set_service_name(text("service_name"))
            .set_service_network_arn(text("service_network_arn"))
            .set_resource_configuration_arn(text("resource_configuration_arn"))
            .set_service_region(text("service_region").filter(|r| **r != *self.0.region))
            .set_policy_document(text("policy"))
            .set_route_table_ids(ids("route_table_ids"))
            .set_subnet_ids(ids("subnet_ids"))
            .set_security_group_ids(ids("security_group_ids"))
            .set_ip_address_type(text_of(planned, "ip_address_type").map(IpAddressType::from))
            .set_dns_options(asked_dns_options(planned))
            .set_subnet_configurations(asked_subnets(planned))
            // The service's default is not written down: never left out.
            .private_dns_enabled(planned.get_bool("private_dns_enabled").unwrap_or(false))
            .client_token(&op.intent.id)
            .tag_specifications(specification(ResourceType::VpcEndpoint, op, planned));
        let passes = |e: &OpError| {
            let codes = [
                "InvalidVpcId.NotFound",
                "InvalidSubnetId.NotFound",
                "InvalidRouteTableId.NotFound",
            ];
            is(e, &codes)
                || is(
                    e,
                    &["InvalidSecurityGroupId.NotFound", "InvalidGroup.NotFound"],
                )
        };
        let made = retry(&self.0, op, PROPAGATION, what, passes, || async {
            let _turn = self.0.endpoint_turn.lock().await;
            self.0.change(op, what, call.clone().send()).await
        });
        let made = made.await?;
        let id = made.vpc_endpoint().and_then(VpcEndpoint::vpc_endpoint_id);
        let id = id.ok_or_else(|| incomplete(what, "endpoint id"))?;
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        let done = self.complete(op, id, planned).await;
        done.map_err(|e| failed_with(&state, e))
    }

    async fn complete(
        &self,
        op: &Operation<'_>,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("waiting for EC2 VPC Endpoint ({id}) to be available");
        let accept = planned.get_bool("auto_accept") == Some(true);
        let decided =
            |e: &VpcEndpoint| Ok(in_state(e, &["pendingacceptance"]) || usable(e, &what, accept)?);
        let endpoint = wait_for::<Self>(&self.0, op, id, decided).await?;
        if accept && in_state(&endpoint, &["pendingacceptance"]) {
            self.accept(op, id, &endpoint).await?;
            wait_for::<Self>(&self.0, op, id, |e| usable(e, &what, accept)).await?;
        }
        read_back::<Self>(&self.0, op, id, planned).await
    }

    async fn accept(
        &self,
        op: &Operation<'_>,
        id: &str,
        endpoint: &VpcEndpoint,
    ) -> Result<(), OpError> {
        let what = format!("accepting EC2 VPC Endpoint ({id})");
        let name = endpoint.service_name().unwrap_or_default();
        let service = self
            .0
            .client
            .describe_vpc_endpoint_services()
            .service_names(name);
        let service = service.send().await.during(&what)?;
        let service = service
            .service_details()
            .first()
            .and_then(|s| s.service_id());
        let service = service.ok_or_else(|| incomplete(&what, "service id"))?;
        let call = self.0.client.accept_vpc_endpoint_connections();
        let call = call.service_id(service).vpc_endpoint_ids(id);
        self.0.change(op, &what, call.send()).await.map(drop)
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 VPC Endpoint")?;
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
        const PARTS: [&str; 8] = [
            "dns_options",
            "ip_address_type",
            "policy",
            "private_dns_enabled",
            "route_table_ids",
            "security_group_ids",
            "subnet_configuration",
            "subnet_ids",
        ];
        if PARTS.iter().any(|name| changed(prior, planned, name)) {
            let what = format!("updating EC2 VPC Endpoint ({id})");
            let call = self.0.client.modify_vpc_endpoint().vpc_endpoint_id(id);
            let call = modification(call, prior, planned);
            {
                let _turn = self.0.endpoint_turn.lock().await;
                self.0.change(op, &what, call.send()).await?;
            }
            let what = format!("waiting for EC2 VPC Endpoint ({id}) to be updated");
            wait_for::<Self>(&self.0, op, id, |e| usable(e, &what, false)).await?;
        }
        self.0.retag(op, id, prior, planned).await
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 VPC Endpoint")?;
        let what = format!("deleting EC2 VPC Endpoint ({id})");
        let call = self.0.client.delete_vpc_endpoints().vpc_endpoint_ids(id);
        let made = {
            let _turn = self.0.endpoint_turn.lock().await;
            self.0.change(op, &what, call.send()).await
        };
        let made = match made {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done?,
        };
        // The call succeeds even where the deletion does not.
        if let Some(error) = made.unsuccessful().iter().find_map(|u| u.error()) {
            let code = error.code().unwrap_or_default();
            if code.ends_with(".NotFound") {
                return Ok(());
            }
            let message = format!("{code}: {}", error.message().unwrap_or_default());
            let mut error = OpError::new(OpErrorKind::Invalid, what, message);
            error.code = Some(code.to_owned());
            return Err(error);
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }
}

/// Puts what changed into one call: sets as what is added and what is removed.
fn modification(call: Modify, prior: &Value, planned: &Value) -> Modify {
    let policy = text_of(planned, "policy");
    let policy_changed = changed(prior, planned, "policy");
    let address = text_of(planned, "ip_address_type").map(IpAddressType::from);
    let private = planned.get_bool("private_dns_enabled");
    let (add_groups, drop_groups) = exchange(prior, planned, "security_group_ids");
    let (add_subnets, drop_subnets) = exchange(prior, planned, "subnet_ids");
    let (add_tables, drop_tables) = exchange(prior, planned, "route_table_ids");
    let dns =
        changed(prior, planned, "dns_options") || changed(prior, planned, "private_dns_enabled");
    let subnets = changed(prior, planned, "subnet_configuration");
    call.set_policy_document(policy.filter(|_| policy_changed).map(str::to_owned))
        .set_reset_policy((policy_changed && policy.is_none()).then_some(true))
        .set_ip_address_type(address.filter(|_| changed(prior, planned, "ip_address_type")))
        .set_private_dns_enabled(private.filter(|_| changed(prior, planned, "private_dns_enabled")))
        .set_dns_options(asked_dns_options(planned).filter(|_| dns))
        .set_subnet_configurations(asked_subnets(planned).filter(|_| subnets))
        .set_add_security_group_ids(add_groups)
        .set_remove_security_group_ids(drop_groups)
        .set_add_subnet_ids(add_subnets)
        .set_remove_subnet_ids(drop_subnets)
        .set_add_route_table_ids(add_tables)
        .set_remove_route_table_ids(drop_tables)
}

type Ids = Option<Vec<String>>;

/// Returns what is added to and what is removed from a set; nothing where the plan does not say.
fn exchange(prior: &Value, planned: &Value, name: &str) -> (Ids, Ids) {
    if !changed(prior, planned, name) {
        return (None, None);
    }
    let (old, new) = (texts_of(prior, name), texts_of(planned, name));
    let only = |these: &[String], others: &[String]| {
        let ids: Vec<_> = these
            .iter()
            .filter(|i| !others.contains(i))
            .cloned()
            .collect();
        Some(ids).filter(|ids| !ids.is_empty())
    };
    (only(&new, &old), only(&old, &new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ec2::attributes::list_of_texts;

    #[test]
    fn sets_change_by_what_is_new_and_what_is_gone() {
        let state =
            |ids: &[&str]| Value::object([("subnet_ids", list_of_texts(ids.iter().copied()))]);
        let (add, drop) = exchange(&state(&["a", "b"]), &state(&["b", "c"]), "subnet_ids");
        assert_eq!(add, Some(vec!["c".to_owned()]));
        assert_eq!(drop, Some(vec!["a".to_owned()]));
        assert_eq!(
            exchange(&state(&["a"]), &state(&["a"]), "subnet_ids"),
            (None, None)
        );
    }

    #[test]
    fn states_count_in_any_case() {
        let endpoint = |s: &str| VpcEndpoint::builder().state(State::from(s)).build();
        assert_eq!(usable(&endpoint("Available"), "x", false).ok(), Some(true));
        assert_eq!(
            usable(&endpoint("pendingAcceptance"), "x", false).ok(),
            Some(true)
        );
        assert_eq!(usable(&endpoint("pending"), "x", false).ok(), Some(false));
        assert!(usable(&endpoint("rejected"), "x", false).is_err());
    }
}
