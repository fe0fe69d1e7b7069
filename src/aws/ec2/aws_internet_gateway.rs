//! `aws_internet_gateway`

use std::sync::Arc;

use aws_sdk_ec2::types::{Filter, InternetGateway, ResourceType};
use bastionless_model::{
    cloud::{Failure, OpError, Operation},
    value::Value,
};

use super::{
    attributes::{Attributes, changed, known, text_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, some},
    kind::{Described, after_update, each, read_back, wait_for, wait_gone},
    tagging::specification,
    wait::retry,
};
use crate::waiters::PROPAGATION;

/// Reconciles `aws_internet_gateway`.
pub(crate) struct AwsInternetGateway(Arc<Ec2>);

reconciled!(AwsInternetGateway);

impl Described for AwsInternetGateway {
    type Raw = InternetGateway;
    const TYPE: &'static str = "aws_internet_gateway";
    const ID_FILTER: &'static str = "internet-gateway-id";
    const NOUN: &'static str = "EC2 Internet Gateway";

    fn id(raw: &InternetGateway) -> Option<&str> {
        raw.internet_gateway_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<InternetGateway>, OpError> {
        let call = ec2
            .client
            .describe_internet_gateways()
            .set_filters(some(filters));
        let pages = call.into_paginator().page_size(1000).items().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during("reading EC2 Internet Gateways")
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(InternetGateway, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        each(objects, |gateway, prior| {
            let id = gateway.internet_gateway_id();
            let arn = id.and_then(|id| ec2.arn(gateway.owner_id(), "internet-gateway", id));
            let attributes = Attributes::default()
                .text("id", id)
                .text("arn", arn.as_deref())
                .text("owner_id", gateway.owner_id())
                .text("vpc_id", attached(gateway));
            ec2.with_tags(attributes, gateway.tags(), prior)
                .resource(Self::TYPE, &ec2.region)
        })
    }
}

fn attached(gateway: &InternetGateway) -> Option<&str> {
    gateway.attachments().first().and_then(|a| a.vpc_id())
}

impl AwsInternetGateway {
    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 Internet Gateway";
        let tags = specification(ResourceType::InternetGateway, op, planned);
        let call = self
            .0
            .client
            .create_internet_gateway()
            .tag_specifications(tags);
        let made = self.0.change(op, what, call.send()).await?;
        let id = made
            .internet_gateway()
            .and_then(|g| g.internet_gateway_id());
        let id = id.ok_or_else(|| incomplete(what, "internet gateway id"))?;
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
        if let Some(vpc) = text_of(planned, "vpc_id") {
            self.attach(op, id, vpc).await?;
        }
        read_back::<Self>(&self.0, op, id, planned).await
    }

    async fn attach(&self, op: &Operation<'_>, id: &str, vpc: &str) -> Result<(), OpError> {
        let what = format!("attaching EC2 Internet Gateway ({id}) to EC2 VPC ({vpc})");
        let passes = |e: &OpError| {
            is(
                e,
                &["InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"],
            )
        };
        let call = self
            .0
            .client
            .attach_internet_gateway()
            .internet_gateway_id(id)
            .vpc_id(vpc);
        let done = retry(&self.0, op, PROPAGATION, &what, passes, || {
            self.0.change(op, &what, call.clone().send())
        });
        done.await?;
        wait_for::<Self>(&self.0, op, id, |g| Ok(attached(g) == Some(vpc))).await?;
        Ok(())
    }

    async fn detach(&self, op: &Operation<'_>, id: &str, vpc: &str) -> Result<(), OpError> {
        let what = format!("detaching EC2 Internet Gateway ({id}) from EC2 VPC ({vpc})");
        let call = self
            .0
            .client
            .detach_internet_gateway()
            .internet_gateway_id(id)
            .vpc_id(vpc);
        // Addresses that are mapped through the gateway must go first.
        let passes = |e: &OpError| is(e, &["DependencyViolation"]);
        let done = retry(&self.0, op, op.timeout, &what, passes, || {
            self.0.change(op, &what, call.clone().send())
        });
        match done.await {
            Err(e) if is_gone(&e) || is(&e, &["Gateway.NotAttached"]) => Ok(()),
            done => done.map(drop),
        }
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 Internet Gateway")?;
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
        if changed(prior, planned, "vpc_id") {
            if let Some(vpc) = text_of(prior, "vpc_id") {
                self.detach(op, id, vpc).await?;
            }
            if let Some(vpc) = text_of(planned, "vpc_id") {
                self.attach(op, id, vpc).await?;
            }
        }
        self.0.retag(op, id, prior, planned).await
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 Internet Gateway")?;
        if let Some(vpc) = text_of(prior, "vpc_id") {
            self.detach(op, id, vpc).await?;
        }
        let what = format!("deleting EC2 Internet Gateway ({id})");
        let passes = |e: &OpError| is(e, &["DependencyViolation"]);
        let done = retry(&self.0, op, op.timeout, &what, passes, || {
            let call = self
                .0
                .client
                .delete_internet_gateway()
                .internet_gateway_id(id);
            self.0.change(op, &what, call.send())
        });
        match done.await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }
}
