"""Instances: what RunInstances checks, termination protection, credits."""

from __future__ import annotations

import base64
from typing import Any

from moto.ec2.utils import parse_user_data

from ..core.hooks import Call, Refusal, after, answer, before


def invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterValue", message)


@before("ec2", "RunInstances")
def _run(call: Call) -> None:
    backend = call.backend()
    image, kind, key = call.get("ImageId"), call.get("InstanceType"), call.get("KeyName")
    if image and not image.startswith("ami-"):
        raise Refusal("InvalidAMIID.Malformed", f"Invalid id: \"{image}\" (expecting \"ami-...\")")
    if image and image not in backend.amis:
        raise Refusal("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")
    if kind and kind not in {t["InstanceType"] for t in backend.describe_instance_types()}:
        raise invalid(f"Invalid value '{kind}' for InstanceType.")
    if key and key not in backend.key_pairs:
        raise Refusal("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    check_profile(call, call.get("IamInstanceProfile", {}))
    subnet = call.get("SubnetId")
    for name in call.get("SecurityGroupIds", []):
        group = backend.get_security_group_from_id(name)
        if not group:
            raise Refusal("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
        if subnet and group.vpc_id != backend.get_subnet(subnet).vpc_id:
            raise Refusal("InvalidParameter", f"Security group {name} and subnet {subnet} belong to different networks.")


@before("ec2", "AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation")
def _profile(call: Call) -> None:
    check_profile(call, call.get("IamInstanceProfile", {}))


def check_profile(call: Call, wanted: dict[str, Any]) -> None:
    """EC2 calls an unknown profile a wrong parameter; only IAM says NoSuchEntity."""
    held = call.backend("iam").instance_profiles.values()
    if wanted.get("Name") and not any(p.name == wanted["Name"] for p in held):
        raise invalid(f"Value ({wanted['Name']}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
    if wanted.get("Arn") and not any(p.arn == wanted["Arn"] for p in held):
        raise invalid(f"Value ({wanted['Arn']}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN")


@after("ec2", "RunInstances")
def _started(call: Call, reservation: Any) -> None:
    for instance in reservation.instances:
        instance.disable_api_termination = bool(call.get("DisableApiTermination", False))
        instance.credits = call.get("CreditSpecification", {}).get("CpuCredits")
        _details(call, instance)
        for nic in instance.nics.values():
            if not call.get("NetworkInterfaces"):
                nic.delete_on_termination = True
        for wanted in call.get("NetworkInterfaces", []):
            nic = instance.nics.get(int(wanted.get("DeviceIndex", 0)))
            if nic and not wanted.get("NetworkInterfaceId"):
                nic.delete_on_termination = wanted.get("DeleteOnTermination", True)
        _one_set_of_groups(instance, list(instance.nics[0].group_set))


def _details(call: Call, instance: Any) -> None:
    """What AWS reports of every instance and moto leaves out."""
    instance.cpu_options = call.get("CpuOptions", {"CoreCount": 1, "ThreadsPerCore": 2})
    instance.ena_support = True
    instance.maintenance_options = {"AutoRecovery": "default", **call.get("MaintenanceOptions", {})}
    instance.enclave_options = {"Enabled": bool(call.get("EnclaveOptions", {}).get("Enabled", False))}
    instance.capacity_reservation_specification = {"CapacityReservationPreference": "open"}
    instance.private_dns_name_options = call.get(
        "PrivateDnsNameOptions",
        {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False},
    )
    instance.hibernation_options = {"Configured": bool(call.get("HibernationOptions", {}).get("Configured", False))}


def _one_set_of_groups(instance: Any, groups: list[Any]) -> None:
    """An instance's groups are those of its first interface; moto keeps two sets apart."""
    instance.security_groups = groups
    instance.nics[0]._group_set = groups


@before("ec2", "ModifyInstanceAttribute")
def _only_while_stopped(call: Call) -> None:
    instance = call.backend().get_instance(call.get("InstanceId"))
    named = call.get("Attribute") in ("instanceType", "userData", "ebsOptimized")
    if instance.state != "stopped" and (named or {"InstanceType", "UserData", "EbsOptimized"} & set(call.params)):
        raise Refusal("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")


@answer("ec2", "ModifyInstanceAttribute")
def _user_data(call: Call) -> dict[str, Any] | None:
    """moto decodes new user data twice."""
    if "UserData" not in call.params:
        return None
    instance = call.backend().get_instance(call.get("InstanceId"))
    value = call.get("UserData").get("Value", b"")
    instance.user_data = parse_user_data(base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode())
    return {}


@after("ec2", "ModifyInstanceAttribute")
def _new_groups(call: Call, _: Any) -> None:
    if call.get("Groups"):
        instance = call.backend().get_instance(call.get("InstanceId"))
        _one_set_of_groups(instance, [call.backend().get_security_group_from_id(g) for g in call.get("Groups")])


@after("ec2", "ModifyNetworkInterfaceAttribute")
def _new_interface_groups(call: Call, _: Any) -> None:
    eni = call.backend().enis.get(call.get("NetworkInterfaceId"))
    if call.get("Groups") and eni and eni.instance and eni.instance.nics.get(0) is eni:
        _one_set_of_groups(eni.instance, list(eni._group_set))


@answer("ec2", "ModifyInstanceMaintenanceOptions")
def _maintenance(call: Call) -> dict[str, Any]:
    instance = call.backend().get_instance(call.get("InstanceId"))
    instance.maintenance_options = {"AutoRecovery": call.get("AutoRecovery", "default")}
    return {"InstanceId": instance.id, **instance.maintenance_options}


@answer("ec2", "GetEbsDefaultKmsKeyId")
def _default_disk_key(call: Call) -> dict[str, Any]:
    return {"KmsKeyId": "alias/aws/ebs"}


@before("ec2", "TerminateInstances")
def _terminate(call: Call) -> None:
    for name in call.get("InstanceIds", []):
        instance = call.backend().get_instance(name)
        if str(instance.disable_api_termination).lower() == "true":
            raise Refusal(
                "OperationNotPermitted",
                f"The instance '{name}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
            )


@after("ec2", "TerminateInstances")
def _terminated(call: Call, _: Any) -> None:
    """Its interfaces go with it, else its groups and subnet could never be deleted."""
    backend = call.backend()
    for eni in list(backend.enis.values()):
        if eni.instance and eni.instance.id in call.get("InstanceIds", []):
            if eni.delete_on_termination or eni.device_index == 0:
                backend.enis.pop(eni.id, None)


def _burstable(kind: str) -> bool:
    return kind.split(".")[0] in ("t2", "t3", "t3a", "t4g")


@answer("ec2", "DescribeInstanceCreditSpecifications")
def _credits(call: Call) -> dict[str, Any]:
    backend = call.backend()
    named = call.get("InstanceIds", [])
    rows = []
    for instance in [backend.get_instance(n) for n in named] or backend.all_instances():
        if not _burstable(instance.instance_type):
            if named:
                raise Refusal("InvalidParameterCombination", f"The CPU credit specification is not supported for {instance.id}")
            continue
        default = "standard" if instance.instance_type.startswith("t2.") else "unlimited"
        rows.append({"InstanceId": instance.id, "CpuCredits": getattr(instance, "credits", None) or default})
    return {"InstanceCreditSpecifications": rows}


@answer("ec2", "ModifyInstanceCreditSpecification")
def _set_credits(call: Call) -> dict[str, Any]:
    done, failed = [], []
    for wanted in call.get("InstanceCreditSpecifications", []):
        instance = call.backend().get_instance(wanted["InstanceId"])
        if _burstable(instance.instance_type):
            instance.credits = wanted.get("CpuCredits")
            done.append({"InstanceId": instance.id})
        else:
            failed.append({"InstanceId": instance.id, "Error": {"Code": "InstanceCreditSpecification.NotSupported", "Message": "not burstable"}})
    return {"SuccessfulInstanceCreditSpecifications": done, "UnsuccessfulInstanceCreditSpecifications": failed}


@answer("ec2", "MonitorInstances", "UnmonitorInstances")
def _monitor(call: Call) -> dict[str, Any]:
    state = "enabled" if call.action == "MonitorInstances" else "disabled"
    rows = []
    for name in call.get("InstanceIds", []):
        call.backend().get_instance(name).monitoring_state = state
        rows.append({"InstanceId": name, "Monitoring": {"State": "pending" if state == "enabled" else "disabling"}})
    return {"InstanceMonitorings": rows}
