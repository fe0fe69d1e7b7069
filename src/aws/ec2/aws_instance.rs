//! `aws_instance`

use std::sync::Arc;

use aws_sdk_ec2::types::{Filter, Instance, InstanceStateName as State, ResourceType};
use bastionless_model::{
    cloud::{Failure, OpError, OpErrorKind, Operation},
    value::{Type, Value},
};

use super::{
    attributes::{block_of, fit, known, text_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, is_value, some},
    instance_launch::launch,
    instance_read::{reason, values},
    kind::{Described, after_update, fetch_one, read_back, wait_for, wait_gone},
    tagging::{specification, specification_of},
    wait::retry,
};
use crate::{
    tags::{from_value, to_ec2, wanted},
    waiters::PROPAGATION,
};

/// Reconciles `aws_instance`.
pub(crate) struct AwsInstance(pub(super) Arc<Ec2>);

reconciled!(AwsInstance);

impl Described for AwsInstance {
    type Raw = Instance;
    const TYPE: &'static str = "aws_instance";
    const ID_FILTER: &'static str = "instance-id";
    const NOUN: &'static str = "EC2 Instance";

    fn id(raw: &Instance) -> Option<&str> {
        raw.instance_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<Instance>, OpError> {
        list_instances(ec2, filters).await
    }

    fn is_there(raw: &Instance) -> bool {
        state_of(raw) != Some(&State::Terminated)
    }

    fn is_moving(raw: &Instance) -> Result<bool, OpError> {
        // One that was stopped by somebody stays so.
        let moving = [State::Pending, State::Stopping, State::ShuttingDown];
        Ok(state_of(raw).is_some_and(|s| moving.contains(s)))
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(Instance, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        values(ec2, &objects).await
    }
}

/// Lists instances.
pub(crate) async fn list_instances(
    ec2: &Ec2,
    filters: Vec<Filter>,
) -> Result<Vec<Instance>, OpError> {
    let call = ec2.client.describe_instances().set_filters(some(filters));
    let pages = call.into_paginator().page_size(1000).items().send();
    let reservations = pages
        .collect::<Result<Vec<_>, _>>()
        .await
        .during("reading EC2 Instances")?;
    let instances = reservations
        .into_iter()
        .flat_map(|r| r.instances.unwrap_or_default());
    Ok(instances.collect())
}

/// Returns the state of an instance.
pub(super) fn state_of(instance: &Instance) -> Option<&State> {
    instance.state().and_then(|s| s.name())
}

/// Tells whether the instance has reached a state; an error where it never will.
pub(super) fn reached(instance: &Instance, state: &State, what: &str) -> Result<bool, OpError> {
    match state_of(instance) {
        Some(now) if now == state => Ok(true),
        Some(State::Terminated | State::ShuttingDown) => {
            let message = format!("the instance ended: {}", reason(instance));
            Err(OpError::new(OpErrorKind::Invalid, what, message))
        }
        _ => Ok(false),
    }
}

/// New instance profiles and groups are not known everywhere at once.
fn not_known_yet(error: &OpError) -> bool {
    is(
        error,
        &["InvalidGroup.NotFound", "InvalidSubnetID.NotFound"],
    ) || (is(error, &["InvalidParameterValue", "NoSuchEntity"])
        && error
            .message
            .to_ascii_lowercase()
            .contains("instance profile"))
}

impl AwsInstance {
    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 Instance";
        let request = self.with_root_name(planned).await?;
        let call = launch(self.0.client.run_instances(), &request)
            .client_token(&op.intent.id)
            .tag_specifications(specification(ResourceType::Instance, op, planned));
        let volume_tags = from_value(planned.get("volume_tags"));
        let call = match volume_tags.is_empty() {
            true => call,
            false => {
                call.tag_specifications(specification_of(ResourceType::Volume, op, volume_tags))
            }
        };
        let made = retry(&self.0, op, PROPAGATION, what, not_known_yet, || {
            self.0.change(op, what, call.clone().send())
        });
        let made = made.await?;
        let id = made.instances().first().and_then(Instance::instance_id);
        let id = id.ok_or_else(|| incomplete(what, "instance id"))?;
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        let done = self.complete(op, id, planned).await;
        done.map_err(|e| failed_with(&state, e))
    }

    /// The request names the root device; its name is the image's.
    async fn with_root_name(&self, planned: &Value) -> Result<Value, OpError> {
        let (Some(root), Some(image)) = (
            block_of(planned, "root_block_device"),
            text_of(planned, "ami"),
        ) else {
            return Ok(planned.clone());
        };
        if text_of(root, "device_name").is_some() {
            return Ok(planned.clone());
        }
        let what = format!("reading EC2 AMI ({image})");
        let call = self.0.client.describe_images().image_ids(image);
        let found = call.send().await.during(&what)?;
        let name = found
            .images()
            .first()
            .and_then(|i| i.root_device_name())
            .unwrap_or("/dev/xvda");
        let root = root.clone().with("device_name", name.into());
        let ty = planned
            .get("root_block_device")
            .map_or(Type::Dynamic, Value::type_of);
        let block = fit(Value::tuple(vec![root]), &ty);
        Ok(planned.clone().with("root_block_device", block))
    }

    async fn complete(
        &self,
        op: &Operation<'_>,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("waiting for EC2 Instance ({id}) to run");
        let running = |i: &Instance| reached(i, &State::Running, &what);
        let instance = wait_for::<Self>(&self.0, op, id, running).await?;
        if planned.get_bool("source_dest_check") == Some(false) {
            self.set_source_dest_check(op, id, false).await?;
        }
        self.tag_devices(op, &instance, planned).await?;
        read_back::<Self>(&self.0, op, id, planned).await
    }

    /// Puts the tags that stand in device blocks on the volumes.
    pub(super) async fn tag_devices(
        &self,
        op: &Operation<'_>,
        instance: &Instance,
        planned: &Value,
    ) -> Result<(), OpError> {
        let root = block_of(planned, "root_block_device").into_iter();
        let others = planned.get("ebs_block_device").and_then(Value::elements);
        for block in root.chain(others.unwrap_or_default()) {
            let tags = wanted(block);
            let name = text_of(block, "device_name").or(instance.root_device_name());
            let mut mappings = instance.block_device_mappings().iter();
            let mapping = mappings.find(|m| m.device_name() == name);
            let volume = mapping.and_then(|m| m.ebs()).and_then(|e| e.volume_id());
            if let (Some(volume), false) = (volume, tags.is_empty()) {
                let what = format!("tagging EBS Volume ({volume})");
                let call = self.0.client.create_tags().resources(volume);
                let call = call.set_tags(Some(to_ec2(&tags)));
                self.0.change(op, &what, call.send()).await?;
            }
        }
        Ok(())
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 Instance")?;
        let done = self.bring(op, id, prior, planned).await;
        after_update::<Self>(&self.0, op, id, planned, done).await
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 Instance")?;
        let what = format!("terminating EC2 Instance ({id})");
        match fetch_one::<Self>(&self.0, id).await? {
            Some(instance) if Self::is_there(&instance) => {}
            _ => return Ok(()),
        }
        if prior.get_bool("force_destroy") == Some(true) {
            self.set_protection(op, id, "disable_api_stop", false)
                .await?;
            self.set_protection(op, id, "disable_api_termination", false)
                .await?;
        }
        let call = self.0.client.terminate_instances().instance_ids(id);
        match self.0.change(op, &what, call.send()).await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }

    /// Reads the association of the instance's profile.
    pub(super) async fn profile_association(&self, id: &str) -> Result<Option<String>, OpError> {
        let what = format!("reading EC2 Instance ({id}) profile association");
        let call = self.0.client.describe_iam_instance_profile_associations();
        let found = call
            .filters(is_value("instance-id", id))
            .send()
            .await
            .during(&what)?;
        let mut found = found.iam_instance_profile_associations().iter();
        let current = found.find(|a| {
            let state = a.state().map_or("", |s| s.as_str());
            matches!(state, "associated" | "associating")
        });
        Ok(current.and_then(|a| a.association_id()).map(str::to_owned))
    }
}
