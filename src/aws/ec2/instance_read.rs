//! Instances as they are: what several calls tell of them.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    Instance, InstanceAttributeName, InstanceNetworkInterface, Tenancy, Volume, VolumeType,
};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::{Type, Value},
};
use futures_util::future::join_all;

use super::{
    attributes::{Attributes, optional_text, text_of},
    call::Outcome,
    context::{Ec2, by_ids, some},
};
use crate::kind::each;

/// What one instance's own calls tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    disable_api_stop: Option<bool>,
    disable_api_termination: Option<bool>,
    shutdown_behavior: Option<String>,
    /// Base64.
    user_data: Option<String>,
}

/// What one call tells of many instances.
#[derive(Debug, Default)]
pub(crate) struct Common {
    volumes: BTreeMap<String, Volume>,
    credits: BTreeMap<String, String>,
}

/// Reads what the description leaves out.
pub(crate) async fn details(ec2: &Ec2, id: &str) -> Result<Details, OpError> {
    use InstanceAttributeName::{
        DisableApiStop, DisableApiTermination, InstanceInitiatedShutdownBehavior, UserData,
    };
    let names = [
        DisableApiStop,
        DisableApiTermination,
        InstanceInitiatedShutdownBehavior,
        UserData,
    ];
    let answers = join_all(names.map(|name| async move {
        let what = format!("reading EC2 Instance ({id}) attribute {name}");
        let call = ec2
            .client
            .describe_instance_attribute()
            .instance_id(id)
            .attribute(name);
        call.send().await.during(&what)
    }));
    let mut details = Details::default();
    for answer in answers.await {
        let answer = match answer {
            Ok(answer) => answer,
            // Not every kind of instance knows every attribute.
            Err(e) if matches!(e.kind, OpErrorKind::Invalid | OpErrorKind::Unsupported) => continue,
            Err(e) => return Err(e),
        };
        if let Some(v) = answer.disable_api_stop() {
            details.disable_api_stop = v.value();
        }
        if let Some(v) = answer.disable_api_termination() {
            details.disable_api_termination = v.value();
        }
        if let Some(v) = answer.instance_initiated_shutdown_behavior() {
            details.shutdown_behavior = v.value().map(str::to_owned);
        }
        if let Some(v) = answer.user_data() {
            details.user_data = v.value().map(str::to_owned);
        }
    }
    Ok(details)
}

/// Reads the volumes and the CPU credits of many instances.
pub(crate) async fn common(ec2: &Ec2, instances: &[&Instance]) -> Result<Common, OpError> {
    let ids = |keep: &dyn Fn(&Instance) -> bool| -> Vec<String> {
        let kept = instances.iter().filter(|i| keep(i));
        kept.filter_map(|i| i.instance_id().map(str::to_owned))
            .collect()
    };
    let everything = ids(&|_| true);
    let call = ec2.client.describe_volumes();
    let call = call.set_filters(some(by_ids("attachment.instance-id", everything)));
    let pages = call.into_paginator().page_size(500).items().send();
    let volumes = pages
        .collect::<Result<Vec<_>, _>>()
        .await
        .during("reading EBS Volumes")?;
    let volumes = volumes
        .into_iter()
        .filter_map(|v| Some((v.volume_id()?.to_owned(), v)));
    let mut common = Common {
        volumes: volumes.collect(),
        credits: BTreeMap::new(),
    };
    let burstable = ids(&is_burstable);
    for chunk in burstable.chunks(200) {
        let call = ec2.client.describe_instance_credit_specifications();
        let call = call.set_instance_ids(Some(chunk.to_vec()));
        let answer = match call
            .send()
            .await
            .during("reading EC2 Instance credit specifications")
        {
            Ok(answer) => answer,
            Err(e) if matches!(e.kind, OpErrorKind::Invalid | OpErrorKind::Unsupported) => continue,
            Err(e) => return Err(e),
        };
        for credit in answer.instance_credit_specifications() {
            if let (Some(id), Some(c)) = (credit.instance_id(), credit.cpu_credits()) {
                common.credits.insert(id.to_owned(), c.to_owned());
            }
        }
    }
    Ok(common)
}

/// Makes the values of instances.
pub(crate) async fn values(
    ec2: &Ec2,
    objects: &[(Instance, Option<&Value>)],
) -> Vec<Result<Value, OpError>> {
    let instances: Vec<_> = objects.iter().map(|(i, _)| i).collect();
    let common = match common(ec2, &instances).await {
        Ok(common) => common,
        Err(e) => return objects.iter().map(|_| Err(e.clone())).collect(),
    };
    let common = &common;
    each(objects, |(instance, prior)| async move {
        let details = details(ec2, instance.instance_id().unwrap_or_default()).await?;
        Ok(flatten(ec2, instance, &details, common, *prior))
    })
    .await
}

fn is_burstable(instance: &Instance) -> bool {
    let kind = instance.instance_type().map_or("", |t| t.as_str());
    ["t2.", "t3.", "t3a.", "t4g."]
        .iter()
        .any(|family| kind.starts_with(family))
}

/// Returns the interface with index 0.
pub(crate) fn primary(instance: &Instance) -> Option<&InstanceNetworkInterface> {
    let index = |n: &InstanceNetworkInterface| n.attachment().and_then(|a| a.device_index());
    let interfaces = instance.network_interfaces();
    interfaces
        .iter()
        .find(|n| index(n) == Some(0))
        .or(interfaces.first())
}

fn flatten(
    ec2: &Ec2,
    instance: &Instance,
    details: &Details,
    common: &Common,
    prior: Option<&Value>,
) -> Value {
    let attributes = own(ec2, instance, details);
    let attributes = user_data(attributes, details, prior);
    let attributes = network(attributes, instance, prior);
    let attributes = placement(attributes, instance);
    let attributes = options(attributes, instance, common);
    let attributes = devices(ec2, attributes, instance, common, prior);
    let attributes = kept(attributes, prior);
    ec2.with_tags(attributes, instance.tags(), prior)
        .resource("aws_instance", &ec2.region)
}

fn own(ec2: &Ec2, instance: &Instance, details: &Details) -> Attributes {
    let id = instance.instance_id();
    let owner = primary(instance).and_then(|n| n.owner_id());
    let arn = id.and_then(|id| ec2.arn(owner, "instance", id));
    let profile = instance.iam_instance_profile().and_then(|p| p.arn());
    let profile = profile.and_then(|arn| arn.rsplit('/').next());
    let monitoring = instance
        .monitoring()
        .and_then(|m| m.state())
        .map(|s| s.as_str());
    Attributes::default()
        .text("id", id)
        .text("arn", arn.as_deref())
        .text("ami", instance.image_id())
        .text(
            "instance_type",
            instance.instance_type().map(|t| t.as_str()),
        )
        .text(
            "instance_state",
            instance.state().and_then(|s| s.name()).map(|n| n.as_str()),
        )
        .text(
            "instance_lifecycle",
            instance.instance_lifecycle().map(|l| l.as_str()),
        )
        .text(
            "spot_instance_request_id",
            instance.spot_instance_request_id(),
        )
        .text("key_name", instance.key_name())
        .text("iam_instance_profile", profile)
        .text("outpost_arn", instance.outpost_arn())
        .text("public_ip", instance.public_ip_address())
        .text("public_dns", instance.public_dns_name())
        .text("private_dns", instance.private_dns_name())
        .flag(
            "ebs_optimized",
            Some(instance.ebs_optimized() == Some(true)),
        )
        .flag(
            "monitoring",
            Some(matches!(monitoring, Some("enabled" | "pending"))),
        )
        .flag(
            "disable_api_stop",
            Some(details.disable_api_stop == Some(true)),
        )
        .flag(
            "disable_api_termination",
            Some(details.disable_api_termination == Some(true)),
        )
        .text(
            "instance_initiated_shutdown_behavior",
            details.shutdown_behavior.as_deref(),
        )
}

/// Plain where it is text and was not configured as Base64.
fn user_data(attributes: Attributes, details: &Details, prior: Option<&Value>) -> Attributes {
    let Some(encoded) = details.user_data.as_deref().filter(|d| !d.is_empty()) else {
        return attributes;
    };
    let as_base64 = prior.is_some_and(|p| text_of(p, "user_data_base64").is_some());
    let decoded = aws_smithy_types::base64::decode(encoded).ok();
    match decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) if !as_base64 => attributes.text("user_data", Some(&text)),
        _ => attributes.text("user_data_base64", Some(encoded)),
    }
}

fn network(attributes: Attributes, instance: &Instance, prior: Option<&Value>) -> Attributes {
    let groups = instance
        .security_groups()
        .iter()
        .filter_map(|g| g.group_id());
    let attributes = attributes
        .texts("vpc_security_group_ids", groups)
        .value("security_groups", prior_or_empty(prior, "security_groups"));
    let Some(nic) = primary(instance) else {
        return attributes
            .text("subnet_id", instance.subnet_id())
            .text("private_ip", instance.private_ip_address())
            .flag("source_dest_check", instance.source_dest_check());
    };
    let secondary = nic
        .private_ip_addresses()
        .iter()
        .filter(|a| a.primary() != Some(true));
    let v6: Vec<_> = nic
        .ipv6_addresses()
        .iter()
        .filter_map(|a| a.ipv6_address())
        .collect();
    let public = nic.association().and_then(|a| a.public_ip()).is_some();
    let keep = nic.attachment().and_then(|a| a.delete_on_termination());
    let block = Attributes::default()
        .text("network_interface_id", nic.network_interface_id())
        .flag("delete_on_termination", keep);
    attributes
        .text("primary_network_interface_id", nic.network_interface_id())
        .value("primary_network_interface", one(block))
        .text("subnet_id", nic.subnet_id().or(instance.subnet_id()))
        .text(
            "private_ip",
            nic.private_ip_address().or(instance.private_ip_address()),
        )
        .texts(
            "secondary_private_ips",
            secondary.filter_map(|a| a.private_ip_address()),
        )
        .number("ipv6_address_count", i32::try_from(v6.len()).ok())
        .texts("ipv6_addresses", v6)
        .flag("associate_public_ip_address", Some(public))
        .flag(
            "source_dest_check",
            instance.source_dest_check().or(nic.source_dest_check()),
        )
}

fn placement(attributes: Attributes, instance: &Instance) -> Attributes {
    let Some(p) = instance.placement() else {
        return attributes;
    };
    attributes
        .text("availability_zone", p.availability_zone())
        .text("tenancy", p.tenancy().map(Tenancy::as_str))
        .text("host_id", p.host_id())
        .text("placement_group", p.group_name())
        .text("placement_group_id", p.group_id())
        .number(
            "placement_partition_number",
            p.partition_number().filter(|n| *n != 0),
        )
}

fn one(block: Attributes) -> Value {
    Value::list(Type::Dynamic, vec![block.object()])
}

fn options(attributes: Attributes, instance: &Instance, common: &Common) -> Attributes {
    let mut attributes = attributes;
    if let Some(m) = instance.metadata_options() {
        let block = Attributes::default()
            .text("http_endpoint", m.http_endpoint().map(|v| v.as_str()))
            .text("http_tokens", m.http_tokens().map(|v| v.as_str()))
            .text(
                "http_protocol_ipv6",
                Some(m.http_protocol_ipv6().map_or("disabled", |v| v.as_str())),
            )
            .number(
                "http_put_response_hop_limit",
                m.http_put_response_hop_limit(),
            )
            .text(
                "instance_metadata_tags",
                Some(
                    m.instance_metadata_tags()
                        .map_or("disabled", |v| v.as_str()),
                ),
            );
        attributes = attributes.value("metadata_options", one(block));
    }
    if let Some(c) = instance.cpu_options() {
        let block = Attributes::default()
            .number("core_count", c.core_count())
            .number("threads_per_core", c.threads_per_core())
            .text("amd_sev_snp", c.amd_sev_snp().map(|v| v.as_str()))
            .text(
                "nested_virtualization",
                c.nested_virtualization().map(|v| v.as_str()),
            );
        attributes = attributes.value("cpu_options", one(block));
    }
    if let Some(m) = instance.maintenance_options() {
        let block =
            Attributes::default().text("auto_recovery", m.auto_recovery().map(|v| v.as_str()));
        attributes = attributes.value("maintenance_options", one(block));
    }
    if let Some(e) = instance.enclave_options() {
        let block = Attributes::default().flag("enabled", Some(e.enabled() == Some(true)));
        attributes = attributes.value("enclave_options", one(block));
    }
    if let Some(p) = instance.private_dns_name_options() {
        let block = Attributes::default()
            .text("hostname_type", p.hostname_type().map(|v| v.as_str()))
            .flag(
                "enable_resource_name_dns_a_record",
                p.enable_resource_name_dns_a_record(),
            )
            .flag(
                "enable_resource_name_dns_aaaa_record",
                p.enable_resource_name_dns_aaaa_record(),
            );
        attributes = attributes.value("private_dns_name_options", one(block));
    }
    if let Some(c) = instance.capacity_reservation_specification() {
        let target = c.capacity_reservation_target().map_or(Value::NULL, |t| {
            one(Attributes::default()
                .text("capacity_reservation_id", t.capacity_reservation_id())
                .text(
                    "capacity_reservation_resource_group_arn",
                    t.capacity_reservation_resource_group_arn(),
                ))
        });
        let block = Attributes::default()
            .text(
                "capacity_reservation_preference",
                c.capacity_reservation_preference().map(|v| v.as_str()),
            )
            .value("capacity_reservation_target", target);
        attributes = attributes.value("capacity_reservation_specification", one(block));
    }
    match common
        .credits
        .get(instance.instance_id().unwrap_or_default())
    {
        Some(credits) => {
            let block = Attributes::default().text("cpu_credits", Some(credits));
            attributes.value("credit_specification", one(block))
        }
        None => attributes,
    }
}

fn devices(
    ec2: &Ec2,
    attributes: Attributes,
    instance: &Instance,
    common: &Common,
    prior: Option<&Value>,
) -> Attributes {
    let root_name = instance.root_device_name();
    let configured = prior.map(|p| device_names(p, "ebs_block_device"));
    let (mut root, mut others) = (Value::NULL, Vec::new());
    for mapping in instance.block_device_mappings() {
        let (Some(ebs), name) = (mapping.ebs(), mapping.device_name()) else {
            continue;
        };
        let volume = ebs.volume_id().and_then(|id| common.volumes.get(id));
        let is_root = name == root_name;
        let before = prior.and_then(|p| device_of(p, if is_root { None } else { name }));
        let block = device(ec2, volume, before)
            .text("device_name", name)
            .text("volume_id", ebs.volume_id())
            .flag("delete_on_termination", ebs.delete_on_termination());
        let listed = configured
            .as_ref()
            .is_none_or(|c| name.is_some_and(|n| c.contains(&n.to_owned())));
        if is_root {
            root = one(block);
        } else if listed {
            // Volumes that were attached otherwise are not the instance's business.
            others.push(block.object());
        }
    }
    let others = Value::list(Type::Dynamic, others);
    attributes
        .value("root_block_device", root)
        .value("ebs_block_device", others)
}

fn device_names(state: &Value, block: &str) -> Vec<String> {
    let devices = state
        .get(block)
        .and_then(Value::elements)
        .unwrap_or_default();
    devices
        .iter()
        .filter_map(|d| text_of(d, "device_name").map(str::to_owned))
        .collect()
}

/// Returns a device of a state by its name; the root device without one.
fn device_of<'a>(state: &'a Value, name: Option<&str>) -> Option<&'a Value> {
    let Some(name) = name else {
        return super::attributes::block_of(state, "root_block_device");
    };
    let devices = state.get("ebs_block_device").and_then(Value::elements)?;
    devices
        .iter()
        .find(|d| text_of(d, "device_name") == Some(name))
}

fn device(ec2: &Ec2, volume: Option<&Volume>, prior: Option<&Value>) -> Attributes {
    let Some(v) = volume else {
        return Attributes::default();
    };
    let attributes = Attributes::default()
        .number("volume_size", v.size())
        .text("volume_type", v.volume_type().map(VolumeType::as_str))
        .number("iops", v.iops())
        .number("throughput", v.throughput())
        .flag("encrypted", Some(v.encrypted() == Some(true)))
        .text("kms_key_id", v.kms_key_id())
        .text("snapshot_id", v.snapshot_id());
    // Tags of a device count only where they are written there and not as `volume_tags`.
    let has_tags = prior.is_some_and(|p| p.get("tags").is_some_and(|t| !t.is_null()));
    if has_tags {
        ec2.with_tags(attributes, v.tags(), prior)
    } else {
        attributes
    }
}

/// Blocks that the service does not tell stay as they were.
fn kept(attributes: Attributes, prior: Option<&Value>) -> Attributes {
    const KEPT: [&str; 4] = [
        "launch_template",
        "network_interface",
        "ephemeral_block_device",
        "instance_market_options",
    ];
    KEPT.into_iter().fold(attributes, |attributes, name| {
        let value = prior_or_empty(prior, name);
        attributes.value(name, value)
    })
}

fn prior_or_empty(prior: Option<&Value>, name: &str) -> Value {
    let known = prior
        .and_then(|p| p.get(name))
        .filter(|v| v.is_wholly_known() && !v.is_null());
    known
        .cloned()
        .unwrap_or_else(|| Value::list(Type::Dynamic, Vec::new()))
}

/// Says why an instance ended, for errors.
pub(crate) fn reason(instance: &Instance) -> String {
    let reason = instance.state_reason().and_then(|r| r.message());
    let reason = reason
        .or(instance.state_transition_reason())
        .filter(|r| !r.is_empty());
    optional_text(reason)
        .as_str()
        .unwrap_or("the service gives no reason")
        .to_owned()
}
