//! The request that launches an instance.

use aws_sdk_ec2::{
    operation::run_instances::builders::RunInstancesFluentBuilder as Run,
    primitives::{DateTime, DateTimeFormat},
    types::{
        AmdSevSnpSpecification, BlockDeviceMapping, CapacityReservationPreference,
        CapacityReservationSpecification, CapacityReservationTarget, CpuOptionsRequest,
        CreditSpecificationRequest, EbsBlockDevice, EnclaveOptionsRequest,
        HibernationOptionsRequest, HostnameType, HttpTokensState, IamInstanceProfileSpecification,
        InstanceAutoRecoveryState, InstanceInterruptionBehavior, InstanceIpv6Address,
        InstanceMaintenanceOptionsRequest, InstanceMarketOptionsRequest,
        InstanceMetadataEndpointState, InstanceMetadataOptionsRequest,
        InstanceMetadataProtocolState, InstanceMetadataTagsState,
        InstanceNetworkInterfaceSpecification, InstanceType, LaunchTemplateSpecification,
        MarketType, NestedVirtualizationSpecification, Placement, PrivateDnsNameOptionsRequest,
        PrivateIpAddressSpecification, RunInstancesMonitoringEnabled, ShutdownBehavior,
        SpotInstanceType, SpotMarketOptions, Tenancy, VolumeType,
    },
};
use bastionless_model::value::Value;

use super::attributes::{block_of, number_of, text_of, texts_of};

fn text(value: &Value, name: &str) -> Option<String> {
    text_of(value, name).map(str::to_owned)
}

fn filled(ids: Vec<String>) -> Option<Vec<String>> {
    Some(ids).filter(|ids| !ids.is_empty())
}

/// Puts all that is planned into the call, but tags and token.
pub(crate) fn launch(call: Run, planned: &Value) -> Run {
    let call = call
        .min_count(1)
        .max_count(1)
        .set_image_id(text(planned, "ami"))
        .set_instance_type(text_of(planned, "instance_type").map(InstanceType::from))
        .set_key_name(text(planned, "key_name"))
        .set_user_data(user_data(planned))
        .set_disable_api_stop(planned.get_bool("disable_api_stop"))
        .set_disable_api_termination(planned.get_bool("disable_api_termination"))
        .set_ebs_optimized(planned.get_bool("ebs_optimized"))
        .set_enable_primary_ipv6(planned.get_bool("enable_primary_ipv6"))
        .set_instance_initiated_shutdown_behavior(
            text_of(planned, "instance_initiated_shutdown_behavior").map(ShutdownBehavior::from),
        )
        .set_monitoring(
            planned
                .get_bool("monitoring")
                .map(|on| RunInstancesMonitoringEnabled::builder().enabled(on).build()),
        )
        .set_iam_instance_profile(text(planned, "iam_instance_profile").map(|name| {
            IamInstanceProfileSpecification::builder()
                .name(name)
                .build()
        }))
        .set_hibernation_options(
            planned
                .get_bool("hibernation")
                .map(|on| HibernationOptionsRequest::builder().configured(on).build()),
        )
        .set_placement(placement(planned))
        .set_block_device_mappings(devices(planned));
    options(network(call, planned), planned)
}

/// Returns user data as Base64.
pub(crate) fn user_data(planned: &Value) -> Option<String> {
    let plain = text_of(planned, "user_data").map(aws_smithy_types::base64::encode);
    plain.or_else(|| text(planned, "user_data_base64"))
}

fn placement(planned: &Value) -> Option<Placement> {
    let names = [
        "availability_zone",
        "tenancy",
        "host_id",
        "host_resource_group_arn",
        "placement_group",
        "placement_group_id",
    ];
    let partition = number_of(planned, "placement_partition_number");
    if names.iter().all(|name| text_of(planned, name).is_none()) && partition.is_none() {
        return None;
    }
    let made = Placement::builder()
        .set_availability_zone(text(planned, "availability_zone"))
        .set_tenancy(text_of(planned, "tenancy").map(Tenancy::from))
        .set_host_id(text(planned, "host_id"))
        .set_host_resource_group_arn(text(planned, "host_resource_group_arn"))
        .set_group_name(text(planned, "placement_group"))
        .set_group_id(text(planned, "placement_group_id"))
        .set_partition_number(partition);
    Some(made.build())
}

/// An interface is described on its own where it has more than subnet and groups.
fn network(call: Run, planned: &Value) -> Run {
    let given: Vec<_> = planned
        .get("network_interface")
        .and_then(Value::elements)
        .unwrap_or_default()
        .iter()
        .map(given_interface)
        .collect();
    if !given.is_empty() {
        return call.set_network_interfaces(Some(given));
    }
    let primary = block_of(planned, "primary_network_interface");
    if let Some(id) = primary.and_then(|b| text(b, "network_interface_id")) {
        let made = InstanceNetworkInterfaceSpecification::builder();
        return call.network_interfaces(made.device_index(0).network_interface_id(id).build());
    }
    let public = planned.get_bool("associate_public_ip_address");
    let secondary = texts_of(planned, "secondary_private_ips");
    if public.is_some() || !secondary.is_empty() {
        return call.network_interfaces(new_interface(planned, public, secondary));
    }
    call.set_subnet_id(text(planned, "subnet_id"))
        .set_security_group_ids(filled(texts_of(planned, "vpc_security_group_ids")))
        .set_security_groups(filled(texts_of(planned, "security_groups")))
        .set_private_ip_address(text(planned, "private_ip"))
        .set_ipv6_address_count(number_of(planned, "ipv6_address_count").filter(|n| *n > 0))
        .set_ipv6_addresses(addresses(planned))
}

fn addresses(planned: &Value) -> Option<Vec<InstanceIpv6Address>> {
    let given = filled(texts_of(planned, "ipv6_addresses"))?;
    let given = given.into_iter();
    Some(
        given
            .map(|a| InstanceIpv6Address::builder().ipv6_address(a).build())
            .collect(),
    )
}

fn given_interface(block: &Value) -> InstanceNetworkInterfaceSpecification {
    InstanceNetworkInterfaceSpecification::builder()
        .set_device_index(number_of(block, "device_index"))
        .set_network_card_index(number_of(block, "network_card_index").filter(|n| *n != 0))
        .set_network_interface_id(text(block, "network_interface_id"))
        .set_delete_on_termination(block.get_bool("delete_on_termination"))
        .build()
}

fn new_interface(
    planned: &Value,
    public: Option<bool>,
    secondary: Vec<String>,
) -> InstanceNetworkInterfaceSpecification {
    let address = |ip: String, primary| {
        let made = PrivateIpAddressSpecification::builder().private_ip_address(ip);
        made.primary(primary).build()
    };
    let secondary = secondary.into_iter().map(|ip| address(ip, false));
    let own = text(planned, "private_ip");
    let own_alone = own
        .clone()
        .filter(|_| texts_of(planned, "secondary_private_ips").is_empty());
    let with_own = own
        .filter(|_| own_alone.is_none())
        .map(|ip| address(ip, true));
    let all: Vec<_> = with_own.into_iter().chain(secondary).collect();
    InstanceNetworkInterfaceSpecification::builder()
        .device_index(0)
        .set_associate_public_ip_address(public)
        .set_subnet_id(text(planned, "subnet_id"))
        .set_groups(filled(texts_of(planned, "vpc_security_group_ids")))
        .set_private_ip_address(own_alone)
        .set_private_ip_addresses(Some(all).filter(|a| !a.is_empty()))
        .set_ipv6_address_count(number_of(planned, "ipv6_address_count").filter(|n| *n > 0))
        .set_ipv6_addresses(addresses(planned))
        .set_primary_ipv6(planned.get_bool("enable_primary_ipv6"))
        .build()
}

fn devices(planned: &Value) -> Option<Vec<BlockDeviceMapping>> {
    let mut made = Vec::new();
    if let Some(root) = block_of(planned, "root_block_device") {
        // The name of the root device is the image's; `resolve_root` puts it in.
        made.push(device(root, text(root, "device_name")));
    }
    let blocks = |name: &str| {
        planned
            .get(name)
            .and_then(Value::elements)
            .unwrap_or_default()
    };
    for block in blocks("ebs_block_device") {
        made.push(device(block, text(block, "device_name")));
    }
    for block in blocks("ephemeral_block_device") {
        let none = block.get_bool("no_device") == Some(true);
        let mapping = BlockDeviceMapping::builder()
            .set_device_name(text(block, "device_name"))
            .set_virtual_name(text(block, "virtual_name").filter(|_| !none))
            .set_no_device(none.then(String::new));
        made.push(mapping.build());
    }
    Some(made).filter(|m| !m.is_empty())
}

fn device(block: &Value, name: Option<String>) -> BlockDeviceMapping {
    let kind = text_of(block, "volume_type");
    let has_iops = matches!(kind, None | Some("io1" | "io2" | "gp3"));
    let ebs = EbsBlockDevice::builder()
        .set_delete_on_termination(block.get_bool("delete_on_termination"))
        .set_encrypted(block.get_bool("encrypted").filter(|e| *e))
        .set_kms_key_id(text(block, "kms_key_id"))
        .set_snapshot_id(text(block, "snapshot_id"))
        .set_volume_size(number_of(block, "volume_size").filter(|n| *n > 0))
        .set_volume_type(kind.map(VolumeType::from))
        .set_iops(number_of(block, "iops").filter(|n| *n > 0 && has_iops))
        .set_throughput(number_of(block, "throughput").filter(|n| *n > 0 && kind == Some("gp3")));
    BlockDeviceMapping::builder()
        .set_device_name(name)
        .ebs(ebs.build())
        .build()
}

fn options(call: Run, planned: &Value) -> Run {
    call.set_metadata_options(block_of(planned, "metadata_options").map(metadata))
        .set_cpu_options(block_of(planned, "cpu_options").and_then(cpu))
        .set_credit_specification(credit(planned))
        .set_enclave_options(block_of(planned, "enclave_options").and_then(|b| {
            let on = b.get_bool("enabled")?;
            Some(EnclaveOptionsRequest::builder().enabled(on).build())
        }))
        .set_maintenance_options(block_of(planned, "maintenance_options").and_then(|b| {
            let auto = InstanceAutoRecoveryState::from(text_of(b, "auto_recovery")?);
            Some(
                InstanceMaintenanceOptionsRequest::builder()
                    .auto_recovery(auto)
                    .build(),
            )
        }))
        .set_private_dns_name_options(block_of(planned, "private_dns_name_options").map(|b| {
            PrivateDnsNameOptionsRequest::builder()
                .set_hostname_type(text_of(b, "hostname_type").map(HostnameType::from))
                .set_enable_resource_name_dns_a_record(
                    b.get_bool("enable_resource_name_dns_a_record"),
                )
                .set_enable_resource_name_dns_aaaa_record(
                    b.get_bool("enable_resource_name_dns_aaaa_record"),
                )
                .build()
        }))
        .set_launch_template(block_of(planned, "launch_template").map(|b| {
            let id = text(b, "id");
            LaunchTemplateSpecification::builder()
                .set_launch_template_name(text(b, "name").filter(|_| id.is_none()))
                .set_launch_template_id(id)
                .set_version(text(b, "version"))
                .build()
        }))
        .set_capacity_reservation_specification(capacity(planned))
        .set_instance_market_options(market(planned))
}

fn metadata(block: &Value) -> InstanceMetadataOptionsRequest {
    InstanceMetadataOptionsRequest::builder()
        .set_http_endpoint(text_of(block, "http_endpoint").map(InstanceMetadataEndpointState::from))
        .set_http_tokens(text_of(block, "http_tokens").map(HttpTokensState::from))
        .set_http_put_response_hop_limit(number_of(block, "http_put_response_hop_limit"))
        .set_http_protocol_ipv6(
            text_of(block, "http_protocol_ipv6").map(InstanceMetadataProtocolState::from),
        )
        .set_instance_metadata_tags(
            text_of(block, "instance_metadata_tags").map(InstanceMetadataTagsState::from),
        )
        .build()
}

fn cpu(block: &Value) -> Option<CpuOptionsRequest> {
    let (cores, threads) = (
        number_of(block, "core_count"),
        number_of(block, "threads_per_core"),
    );
    let sev = text_of(block, "amd_sev_snp").map(AmdSevSnpSpecification::from);
    let nested =
        text_of(block, "nested_virtualization").map(NestedVirtualizationSpecification::from);
    if cores.is_none() && threads.is_none() && sev.is_none() && nested.is_none() {
        return None;
    }
    let made = CpuOptionsRequest::builder()
        .set_core_count(cores)
        .set_threads_per_core(threads)
        .set_amd_sev_snp(sev)
        .set_nested_virtualization(nested);
    Some(made.build())
}

fn credit(planned: &Value) -> Option<CreditSpecificationRequest> {
    let credits = text(block_of(planned, "credit_specification")?, "cpu_credits")?;
    Some(
        CreditSpecificationRequest::builder()
            .cpu_credits(credits)
            .build(),
    )
}

fn capacity(planned: &Value) -> Option<CapacityReservationSpecification> {
    let block = block_of(planned, "capacity_reservation_specification")?;
    let preference = text_of(block, "capacity_reservation_preference");
    let target = block_of(block, "capacity_reservation_target").map(|t| {
        CapacityReservationTarget::builder()
            .set_capacity_reservation_id(text(t, "capacity_reservation_id"))
            .set_capacity_reservation_resource_group_arn(text(
                t,
                "capacity_reservation_resource_group_arn",
            ))
            .build()
    });
    let made = CapacityReservationSpecification::builder()
        .set_capacity_reservation_preference(preference.map(CapacityReservationPreference::from))
        .set_capacity_reservation_target(target);
    Some(made.build())
}

fn market(planned: &Value) -> Option<InstanceMarketOptionsRequest> {
    let block = block_of(planned, "instance_market_options")?;
    let spot = block_of(block, "spot_options").map(|s| {
        let until = text_of(s, "valid_until");
        let until = until.and_then(|t| DateTime::from_str(t, DateTimeFormat::DateTime).ok());
        let behavior = text_of(s, "instance_interruption_behavior");
        SpotMarketOptions::builder()
            .set_max_price(text(s, "max_price"))
            .set_spot_instance_type(text_of(s, "spot_instance_type").map(SpotInstanceType::from))
            .set_instance_interruption_behavior(behavior.map(InstanceInterruptionBehavior::from))
            .set_valid_until(until)
            .build()
    });
    let made = InstanceMarketOptionsRequest::builder()
        .set_market_type(text_of(block, "market_type").map(MarketType::from))
        .set_spot_options(spot);
    Some(made.build())
}
