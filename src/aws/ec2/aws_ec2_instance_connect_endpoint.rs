//! `aws_ec2_instance_connect_endpoint`

use std::sync::Arc;

use aws_sdk_ec2::types::{
    Ec2InstanceConnectEndpoint as Endpoint, Ec2InstanceConnectEndpointState as State, Filter,
    IpAddressType, ResourceType,
};
use bastionless_model::{
    cloud::{Failure, OpError, OpErrorKind, Operation},
    value::Value,
};

use super::{
    attributes::{Attributes, changed, known, text_of, texts_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, missing, some},
    kind::{Described, after_update, each, fetch_one, read_back, wait_for, wait_gone},
    tagging::specification,
    wait::retry,
};
use crate::waiters::PROPAGATION;

/// Reconciles `aws_ec2_instance_connect_endpoint`.
pub(crate) struct AwsEc2InstanceConnectEndpoint(Arc<Ec2>);

reconciled!(AwsEc2InstanceConnectEndpoint);

impl Described for AwsEc2InstanceConnectEndpoint {
    type Raw = Endpoint;
    const TYPE: &'static str = "aws_ec2_instance_connect_endpoint";
    const ID_FILTER: &'static str = "instance-connect-endpoint-id";
    const NOUN: &'static str = "EC2 Instance Connect Endpoint";

    fn id(raw: &Endpoint) -> Option<&str> {
        raw.instance_connect_endpoint_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<Endpoint>, OpError> {
        let call = ec2
            .client
            .describe_instance_connect_endpoints()
            .set_filters(some(filters));
        let pages = call.into_paginator().page_size(50).items().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during("reading EC2 Instance Connect Endpoints")
    }

    fn is_there(raw: &Endpoint) -> bool {
        raw.state() != Some(&State::DeleteComplete)
    }

    fn is_moving(raw: &Endpoint) -> Result<bool, OpError> {
        match raw.state() {
            Some(State::CreateFailed) => {
                Err(failed(raw, "waiting for EC2 Instance Connect Endpoint"))
            }
            Some(State::CreateInProgress | State::UpdateInProgress | State::DeleteInProgress) => {
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(Endpoint, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        each(objects, |endpoint, prior| flatten(ec2, endpoint, prior))
    }
}

fn flatten(ec2: &Ec2, endpoint: &Endpoint, prior: Option<&Value>) -> Value {
    let attributes = Attributes::default()
        .text("id", endpoint.instance_connect_endpoint_id())
        .text("arn", endpoint.instance_connect_endpoint_arn())
        .text("availability_zone", endpoint.availability_zone())
        .text("dns_name", endpoint.dns_name())
        .text("fips_dns_name", endpoint.fips_dns_name())
        .text(
            "ip_address_type",
            endpoint.ip_address_type().map(IpAddressType::as_str),
        )
        .texts(
            "network_interface_ids",
            endpoint.network_interface_ids().iter().map(String::as_str),
        )
        .text("owner_id", endpoint.owner_id())
        .flag("preserve_client_ip", endpoint.preserve_client_ip())
        .texts(
            "security_group_ids",
            endpoint.security_group_ids().iter().map(String::as_str),
        )
        .text("subnet_id", endpoint.subnet_id())
        .text("vpc_id", endpoint.vpc_id());
    ec2.with_tags(attributes, endpoint.tags(), prior)
        .resource(AwsEc2InstanceConnectEndpoint::TYPE, &ec2.region)
}

/// Says why a state is the end of what was waited for.
fn failed(endpoint: &Endpoint, what: &str) -> OpError {
    let state = endpoint.state().map_or("unknown", State::as_str);
    let reason = endpoint
        .state_message()
        .unwrap_or("the service gives no reason");
    let message = format!("the endpoint is in state {state}: {reason}");
    OpError::new(OpErrorKind::Invalid, what, message)
}

/// Tells whether a created or changed endpoint is in order.
fn settled_state(endpoint: &Endpoint, what: &str) -> Result<bool, OpError> {
    match endpoint.state() {
        Some(State::CreateComplete | State::UpdateComplete) => Ok(true),
        Some(State::CreateFailed | State::UpdateFailed | State::DeleteFailed) => {
            Err(failed(endpoint, what))
        }
        _ => Ok(false),
    }
}

impl AwsEc2InstanceConnectEndpoint {
    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 Instance Connect Endpoint";
        let subnet = text_of(planned, "subnet_id").ok_or_else(|| missing(what, "subnet_id"))?;
        let groups = texts_of(planned, "security_group_ids");
        let ip_type = text_of(planned, "ip_address_type").map(IpAddressType::from);
        let call = self
            .0
            .client
            .create_instance_connect_endpoint()
            .subnet_id(subnet)
            .set_security_group_ids(Some(groups).filter(|g| !g.is_empty()))
            // The service's default is another than the provider's: never left out.
            .preserve_client_ip(planned.get_bool("preserve_client_ip").unwrap_or(true))
            .set_ip_address_type(ip_type)
            .client_token(&op.intent.id)
            .tag_specifications(specification(
                ResourceType::InstanceConnectEndpoint,
                op,
                planned,
            ));
        let passes = |e: &OpError| {
            is(
                e,
                &[
                    "InvalidSubnetID.NotFound",
                    "InvalidSubnetId.NotFound",
                    "InvalidGroup.NotFound",
                ],
            )
        };
        let made = retry(&self.0, op, PROPAGATION, what, passes, || {
            self.0.change(op, what, call.clone().send())
        });
        let made = made.await?;
        let endpoint = made.instance_connect_endpoint();
        let endpoint = endpoint.ok_or_else(|| incomplete(what, "endpoint"))?;
        let id = endpoint.instance_connect_endpoint_id();
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
        let what = format!("waiting for EC2 Instance Connect Endpoint ({id}) to be created");
        wait_for::<Self>(&self.0, op, id, |e| settled_state(e, &what)).await?;
        read_back::<Self>(&self.0, op, id, planned).await
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 Instance Connect Endpoint")?;
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
        let groups = changed(prior, planned, "security_group_ids");
        let preserve = changed(prior, planned, "preserve_client_ip");
        let ip_type = changed(prior, planned, "ip_address_type");
        if groups || preserve || ip_type {
            let what = format!("updating EC2 Instance Connect Endpoint ({id})");
            let call = self.0.client.modify_instance_connect_endpoint();
            let call = call.instance_connect_endpoint_id(id);
            let group_ids = texts_of(planned, "security_group_ids");
            let address = text_of(planned, "ip_address_type").map(IpAddressType::from);
            let keep = planned.get_bool("preserve_client_ip");
            let call = call
                .set_security_group_ids(groups.then_some(group_ids).filter(|g| !g.is_empty()))
                .set_preserve_client_ip(keep.filter(|_| preserve || ip_type))
                .set_ip_address_type(address.filter(|_| ip_type));
            self.0.change(op, &what, call.send()).await?;
            let what = format!("waiting for EC2 Instance Connect Endpoint ({id}) to be updated");
            wait_for::<Self>(&self.0, op, id, |e| settled_state(e, &what)).await?;
        }
        self.0.retag(op, id, prior, planned).await
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 Instance Connect Endpoint")?;
        let what = format!("deleting EC2 Instance Connect Endpoint ({id})");
        let Some(endpoint) = fetch_one::<Self>(&self.0, id).await? else {
            return Ok(());
        };
        match endpoint.state() {
            Some(State::DeleteComplete) => return Ok(()),
            Some(State::DeleteInProgress) => {}
            _ => {
                // An endpoint that is being made cannot be deleted; one that cannot be made can.
                let moving = |e: &Endpoint| Self::is_moving(e).unwrap_or(false);
                if moving(&endpoint) {
                    wait_for::<Self>(&self.0, op, id, |e| Ok(!moving(e))).await?;
                }
                let call = self.0.client.delete_instance_connect_endpoint();
                let call = call.instance_connect_endpoint_id(id);
                match self.0.change(op, &what, call.send()).await {
                    Err(e) if is_gone(&e) => return Ok(()),
                    done => done.map(drop)?,
                }
            }
        }
        wait_gone::<Self>(&self.0, op, id, |e| match e.state() {
            Some(State::DeleteFailed) => Err(failed(e, &what)),
            _ => Ok(()),
        })
        .await
    }
}
