//! Changes of instances in place.

use aws_sdk_ec2::{
    primitives::Blob,
    types::{
        AttributeBooleanValue, AttributeValue, EbsInstanceBlockDeviceSpecification,
        HttpTokensState, IamInstanceProfileSpecification, Instance, InstanceAutoRecoveryState,
        InstanceBlockDeviceMappingSpecification, InstanceCreditSpecificationRequest,
        InstanceMetadataEndpointState, InstanceMetadataOptionsState, InstanceMetadataProtocolState,
        InstanceMetadataTagsState, InstanceStateName as State, SecureBlobAttributeValue,
        VolumeType,
    },
};
use bastionless_model::{
    cloud::{OpError, OpErrorKind, Operation},
    value::Value,
};

use super::{
    attributes::{block_of, changed, number_of, text_of, texts_of},
    aws_instance::{AwsInstance, reached, state_of},
    call::{Outcome, incomplete, is},
    instance_launch::user_data,
    instance_read::primary,
    kind::{fetch_one, wait_for},
    wait::{retry, until},
};
use crate::{tags::from_value, waiters::PROPAGATION};

/// Changes that only a stopped instance bears.
const NEEDS_STOP: [&str; 3] = ["instance_type", "user_data", "user_data_base64"];

/// Changes that are not built.
const NOT_BUILT: [&str; 5] = [
    "capacity_reservation_specification",
    "cpu_options",
    "host_resource_group_arn",
    "ipv6_address_count",
    "launch_template",
];

fn flag(value: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(value).build()
}

fn value(text: &str) -> AttributeValue {
    AttributeValue::builder().value(text).build()
}

impl AwsInstance {
    /// Brings an instance from `prior` to `planned`.
    pub(super) async fn bring(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let what = format!("updating EC2 Instance ({id})");
        if let Some(name) = NOT_BUILT.iter().find(|name| changed(prior, planned, name)) {
            let message = format!(
                "changing `{name}` of an instance in place is not built yet; replace the instance"
            );
            return Err(OpError::new(OpErrorKind::Unsupported, what, message));
        }
        let instance = fetch_one::<Self>(&self.0, id).await?;
        let instance = instance.ok_or_else(|| incomplete(&what, "instance"))?;
        self.0.retag(op, id, prior, planned).await?;
        self.bring_tags_of_volumes(op, &instance, prior, planned)
            .await?;
        self.bring_profile(op, id, prior, planned).await?;
        self.bring_network(op, id, &instance, prior, planned)
            .await?;
        self.bring_switches(op, id, prior, planned).await?;
        self.bring_options(op, id, prior, planned).await?;
        self.bring_root(op, id, &instance, prior, planned).await?;
        if NEEDS_STOP.iter().any(|name| changed(prior, planned, name)) {
            self.bring_stopped(op, id, &instance, prior, planned)
                .await?;
        }
        Ok(())
    }

    async fn bring_tags_of_volumes(
        &self,
        op: &Operation<'_>,
        instance: &Instance,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        if changed(prior, planned, "volume_tags") {
            let (old, new) = (
                from_value(prior.get("volume_tags")),
                from_value(planned.get("volume_tags")),
            );
            for mapping in instance.block_device_mappings() {
                if let Some(volume) = mapping.ebs().and_then(|e| e.volume_id()) {
                    self.0.retag_maps(op, volume, &old, &new).await?;
                }
            }
        }
        let root = |state| block_of(state, "root_block_device");
        let volume = root(prior).and_then(|b| text_of(b, "volume_id"));
        if let (Some(old), Some(new), Some(volume)) = (root(prior), root(planned), volume)
            && changed(old, new, "tags")
        {
            let (old, new) = (from_value(old.get("tags")), from_value(new.get("tags")));
            self.0.retag_maps(op, volume, &old, &new).await?;
        }
        if changed(prior, planned, "ebs_block_device") {
            self.tag_devices(op, instance, planned).await?;
        }
        Ok(())
    }

    async fn bring_profile(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        if !changed(prior, planned, "iam_instance_profile") {
            return Ok(());
        }
        let what = format!("updating EC2 Instance ({id}) IAM instance profile");
        let association = self.profile_association(id).await?;
        let profile = text_of(planned, "iam_instance_profile");
        let profile = profile.map(|name| {
            IamInstanceProfileSpecification::builder()
                .name(name)
                .build()
        });
        let client = &self.0.client;
        let passes = |e: &OpError| {
            is(e, &["InvalidParameterValue", "NoSuchEntity"])
                && e.message.to_ascii_lowercase().contains("profile")
        };
        match (association, profile) {
            (Some(association), Some(profile)) => {
                let call = client.replace_iam_instance_profile_association();
                let call = call
                    .association_id(association)
                    .iam_instance_profile(profile);
                retry(&self.0, op, PROPAGATION, &what, passes, || {
                    self.0.change(op, &what, call.clone().send())
                })
                .await?;
            }
            (None, Some(profile)) => {
                let call = client.associate_iam_instance_profile().instance_id(id);
                let call = call.iam_instance_profile(profile);
                retry(&self.0, op, PROPAGATION, &what, passes, || {
                    self.0.change(op, &what, call.clone().send())
                })
                .await?;
            }
            (Some(association), None) => {
                let call = client.disassociate_iam_instance_profile();
                self.0
                    .change(op, &what, call.association_id(association).send())
                    .await?;
            }
            (None, None) => {}
        }
        Ok(())
    }

    async fn bring_network(
        &self,
        op: &Operation<'_>,
        id: &str,
        instance: &Instance,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        if changed(prior, planned, "source_dest_check") {
            let check = planned.get_bool("source_dest_check").unwrap_or(true);
            self.set_source_dest_check(op, id, check).await?;
        }
        let interface = primary(instance).and_then(|n| n.network_interface_id());
        if changed(prior, planned, "vpc_security_group_ids") {
            let what = format!("updating EC2 Instance ({id}) security groups");
            let groups = Some(texts_of(planned, "vpc_security_group_ids"));
            // With several interfaces only the primary one is the instance's business.
            match interface.filter(|_| instance.network_interfaces().len() > 1) {
                Some(interface) => {
                    let call = self.0.client.modify_network_interface_attribute();
                    let call = call.network_interface_id(interface).set_groups(groups);
                    self.0.change(op, &what, call.send()).await?;
                }
                None => {
                    let call = self.0.client.modify_instance_attribute().instance_id(id);
                    self.0
                        .change(op, &what, call.set_groups(groups).send())
                        .await?;
                }
            }
        }
        if let (true, Some(interface)) =
            (changed(prior, planned, "secondary_private_ips"), interface)
        {
            let what = format!("updating EC2 Instance ({id}) secondary private addresses");
            let name = "secondary_private_ips";
            let (old, new) = (texts_of(prior, name), texts_of(planned, name));
            let gone: Vec<_> = old.iter().filter(|ip| !new.contains(ip)).cloned().collect();
            let fresh: Vec<_> = new.iter().filter(|ip| !old.contains(ip)).cloned().collect();
            if !fresh.is_empty() {
                let call = self.0.client.assign_private_ip_addresses();
                let call = call
                    .network_interface_id(interface)
                    .set_private_ip_addresses(Some(fresh));
                self.0.change(op, &what, call.send()).await?;
            }
            if !gone.is_empty() {
                let call = self.0.client.unassign_private_ip_addresses();
                let call = call
                    .network_interface_id(interface)
                    .set_private_ip_addresses(Some(gone));
                self.0.change(op, &what, call.send()).await?;
            }
        }
        Ok(())
    }

    /// Switches the check of source and destination.
    pub(super) async fn set_source_dest_check(
        &self,
        op: &Operation<'_>,
        id: &str,
        on: bool,
    ) -> Result<(), OpError> {
        let what = format!("updating EC2 Instance ({id}) source_dest_check");
        let call = self.0.client.modify_instance_attribute().instance_id(id);
        self.0
            .change(op, &what, call.source_dest_check(flag(on)).send())
            .await
            .map(drop)
    }

    /// Switches the protection against stopping or terminating.
    pub(super) async fn set_protection(
        &self,
        op: &Operation<'_>,
        id: &str,
        name: &str,
        on: bool,
    ) -> Result<(), OpError> {
        let what = format!("updating EC2 Instance ({id}) {name}");
        let call = self.0.client.modify_instance_attribute().instance_id(id);
        let call = match name {
            "disable_api_stop" => call.disable_api_stop(flag(on)),
            _ => call.disable_api_termination(flag(on)),
        };
        self.0.change(op, &what, call.send()).await.map(drop)
    }

    async fn bring_switches(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        for name in ["disable_api_stop", "disable_api_termination"] {
            if changed(prior, planned, name) {
                let on = planned.get_bool(name) == Some(true);
                self.set_protection(op, id, name, on).await?;
            }
        }
        let name = "instance_initiated_shutdown_behavior";
        if let (true, Some(behavior)) = (changed(prior, planned, name), text_of(planned, name)) {
            let what = format!("updating EC2 Instance ({id}) {name}");
            let call = self.0.client.modify_instance_attribute().instance_id(id);
            let call = call.instance_initiated_shutdown_behavior(value(behavior));
            self.0.change(op, &what, call.send()).await?;
        }
        if changed(prior, planned, "monitoring") {
            let what = format!("updating EC2 Instance ({id}) monitoring");
            let client = &self.0.client;
            if planned.get_bool("monitoring") == Some(true) {
                self.0
                    .change(
                        op,
                        &what,
                        client.monitor_instances().instance_ids(id).send(),
                    )
                    .await?;
            } else {
                self.0
                    .change(
                        op,
                        &what,
                        client.unmonitor_instances().instance_ids(id).send(),
                    )
                    .await?;
            }
        }
        Ok(())
    }

    async fn bring_options(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let client = &self.0.client;
        let block = |name| block_of(planned, name).filter(|_| changed(prior, planned, name));
        if let Some(b) = block("metadata_options") {
            self.set_metadata(op, id, b).await?;
        }
        if let Some(credits) = block("credit_specification").and_then(|b| text_of(b, "cpu_credits"))
        {
            let what = format!("updating EC2 Instance ({id}) credit specification");
            let request = InstanceCreditSpecificationRequest::builder();
            let request = request.instance_id(id).cpu_credits(credits).build();
            let call = client.modify_instance_credit_specification();
            self.0
                .change(
                    op,
                    &what,
                    call.instance_credit_specifications(request).send(),
                )
                .await?;
        }
        if let Some(auto) = block("maintenance_options").and_then(|b| text_of(b, "auto_recovery")) {
            let what = format!("updating EC2 Instance ({id}) maintenance options");
            let call = client.modify_instance_maintenance_options().instance_id(id);
            let call = call.auto_recovery(InstanceAutoRecoveryState::from(auto));
            self.0.change(op, &what, call.send()).await?;
        }
        Ok(())
    }

    async fn set_metadata(&self, op: &Operation<'_>, id: &str, b: &Value) -> Result<(), OpError> {
        let what = format!("updating EC2 Instance ({id}) metadata options");
        let endpoint = text_of(b, "http_endpoint").map(InstanceMetadataEndpointState::from);
        let off = endpoint == Some(InstanceMetadataEndpointState::Disabled);
        let call = self
            .0
            .client
            .modify_instance_metadata_options()
            .instance_id(id);
        let call = call.set_http_endpoint(endpoint);
        let call = if off {
            call
        } else {
            let protocol =
                text_of(b, "http_protocol_ipv6").map(InstanceMetadataProtocolState::from);
            let tags = text_of(b, "instance_metadata_tags").map(InstanceMetadataTagsState::from);
            call.set_http_tokens(text_of(b, "http_tokens").map(HttpTokensState::from))
                .set_http_put_response_hop_limit(number_of(b, "http_put_response_hop_limit"))
                .set_http_protocol_ipv6(protocol)
                .set_instance_metadata_tags(tags)
        };
        self.0.change(op, &what, call.send()).await?;
        wait_for::<Self>(&self.0, op, id, |i| {
            let state = i.metadata_options().and_then(|m| m.state());
            Ok(state != Some(&InstanceMetadataOptionsState::Pending))
        })
        .await
        .map(drop)
    }

    async fn bring_root(
        &self,
        op: &Operation<'_>,
        id: &str,
        instance: &Instance,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let root = |state| block_of(state, "root_block_device");
        let (Some(old), Some(new)) = (root(prior), root(planned)) else {
            return Ok(());
        };
        let mut mappings = instance.block_device_mappings().iter();
        let mapping = mappings.find(|m| m.device_name() == instance.root_device_name());
        let volume = mapping.and_then(|m| m.ebs()).and_then(|e| e.volume_id());
        let parts = ["volume_size", "volume_type", "iops", "throughput"];
        if let (Some(volume), true) = (volume, parts.iter().any(|name| changed(old, new, name))) {
            self.change_volume(op, volume, old, new).await?;
        }
        if changed(old, new, "delete_on_termination") {
            let what = format!("updating EC2 Instance ({id}) root device");
            let ebs = EbsInstanceBlockDeviceSpecification::builder();
            let ebs = ebs.set_delete_on_termination(new.get_bool("delete_on_termination"));
            let mapping = InstanceBlockDeviceMappingSpecification::builder()
                .set_device_name(instance.root_device_name().map(str::to_owned))
                .ebs(ebs.build());
            let call = self.0.client.modify_instance_attribute().instance_id(id);
            self.0
                .change(
                    op,
                    &what,
                    call.block_device_mappings(mapping.build()).send(),
                )
                .await?;
        }
        Ok(())
    }

    async fn change_volume(
        &self,
        op: &Operation<'_>,
        volume: &str,
        old: &Value,
        new: &Value,
    ) -> Result<(), OpError> {
        let what = format!("updating EBS Volume ({volume})");
        let number = |name| number_of(new, name).filter(|n| changed(old, new, name) && *n > 0);
        let kind = text_of(new, "volume_type").filter(|_| changed(old, new, "volume_type"));
        let call = self
            .0
            .client
            .modify_volume()
            .volume_id(volume)
            .set_size(number("volume_size"))
            .set_volume_type(kind.map(VolumeType::from))
            .set_iops(number("iops"))
            .set_throughput(number("throughput"));
        self.0.change(op, &what, call.send()).await?;
        let what = format!("waiting for EBS Volume ({volume}) to be modified");
        until(&self.0, op, op.timeout, &what, || async {
            let call = self
                .0
                .client
                .describe_volumes_modifications()
                .volume_ids(volume);
            let found = match call.send().await.during(&what) {
                Ok(found) => found,
                Err(e) if is(&e, &["InvalidVolumeModification.NotFound"]) => return Ok(Some(())),
                Err(e) => return Err(e),
            };
            let Some(m) = found.volumes_modifications().first() else {
                return Ok(Some(()));
            };
            match m.modification_state().map_or("completed", |s| s.as_str()) {
                "failed" => {
                    let why = m.status_message().unwrap_or("the modification failed");
                    Err(OpError::new(OpErrorKind::Invalid, what.as_str(), why))
                }
                "optimizing" | "completed" => Ok(Some(())),
                _ => Ok(None),
            }
        })
        .await
    }

    /// Stops, changes, and starts again what ran before.
    async fn bring_stopped(
        &self,
        op: &Operation<'_>,
        id: &str,
        instance: &Instance,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let client = &self.0.client;
        let ran = !matches!(state_of(instance), Some(State::Stopped | State::Stopping));
        if ran {
            let what = format!("stopping EC2 Instance ({id})");
            self.0
                .change(op, &what, client.stop_instances().instance_ids(id).send())
                .await?;
        }
        let what = format!("waiting for EC2 Instance ({id}) to stop");
        wait_for::<Self>(&self.0, op, id, |i| reached(i, &State::Stopped, &what)).await?;
        if let (true, Some(kind)) = (
            changed(prior, planned, "instance_type"),
            text_of(planned, "instance_type"),
        ) {
            let what = format!("updating EC2 Instance ({id}) instance_type");
            let call = client.modify_instance_attribute().instance_id(id);
            self.0
                .change(op, &what, call.instance_type(value(kind)).send())
                .await?;
        }
        if changed(prior, planned, "user_data") || changed(prior, planned, "user_data_base64") {
            let what = format!("updating EC2 Instance ({id}) user data");
            // The SDK encodes the bytes itself.
            let encoded = user_data(planned).unwrap_or_default();
            let bytes = aws_smithy_types::base64::decode(encoded).unwrap_or_default();
            let data = SecureBlobAttributeValue::builder()
                .value(Blob::new(bytes))
                .build();
            let call = client.modify_instance_attribute().instance_id(id);
            self.0
                .change(op, &what, call.user_data(data).send())
                .await?;
        }
        if ran {
            let what = format!("starting EC2 Instance ({id})");
            self.0
                .change(op, &what, client.start_instances().instance_ids(id).send())
                .await?;
            let what = format!("waiting for EC2 Instance ({id}) to run");
            wait_for::<Self>(&self.0, op, id, |i| reached(i, &State::Running, &what)).await?;
        }
        Ok(())
    }
}
