"""EC2 Instance Connect endpoints: the four actions moto does not have."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from moto.ec2.utils import random_id, random_resource_id

from ..core.hooks import Call, Refusal, answer, before
from ..core.knobs import Passage
from . import common

KNOB = "instance-connect-endpoint"
PER_REGION = 5
SERVICE = "ec2-instance-connect.amazonaws.com"
# The name as accounts show it: the guide writes EC2, IAM holds Ec2.
ROLE = "AWSServiceRoleForEc2InstanceConnect"
FILTERS = {
    "instance-connect-endpoint-id": "InstanceConnectEndpointId",
    "state": "State",
    "subnet-id": "SubnetId",
    "vpc-id": "VpcId",
}


class Endpoint:
    """One endpoint. `passage` is the change under way, None between changes."""

    def __init__(self, call: Call, subnet: Any, groups: list[str], preserve: bool, ip_type: str):
        self.backend, self.subnet = call.backend(), subnet
        self.id, self.hash = random_id("eice"), random_resource_id(8)
        self.arn = common.arn(call, KNOB, self.id)
        self.region, self.account = call.region, call.account
        self.groups, self.preserve, self.ip_type = groups, preserve, ip_type
        self.created = datetime.now(timezone.utc)
        self.state, self.passage = "create-in-progress", Passage(KNOB)
        self.pending: dict[str, Any] = {}  # what an update sets once it is complete
        self.farewell = 1  # how many reads still show a deleted endpoint
        self.eni = common.managed_interface(
            self.backend,
            subnet,
            groups,
            "ec2_instance_connect_endpoint",
            f"EC2 Instance Connect Endpoint {self.id}",
            {"InstanceConnectEndpointId": self.id},
        )

    def settle(self) -> None:
        """Finish the change under way if its time has come."""
        if not self.passage or not self.passage.over:
            return
        self.passage = None
        self.state = self.state.replace("-in-progress", "-complete")
        if self.state == "update-complete":
            self.__dict__.update(self.pending)
            self.eni._group_set = [self.backend.get_security_group_from_id(g) for g in self.groups]
        elif self.state == "delete-complete":
            self.backend.enis.pop(self.eni.id, None)

    def shown(self) -> None:
        if self.passage:
            self.passage.shown()

    @property
    def live(self) -> bool:
        return self.state != "delete-complete"

    def row(self) -> dict[str, Any]:
        host = f"{self.id}.{self.hash}"
        tail = f"ec2-instance-connect-endpoint.{self.region}.amazonaws.com"
        names = {"DnsName": f"{host}.{tail}", "FipsDnsName": f"{host}.fips.{tail}"}
        public = {}
        if self.state.startswith(("create-c", "update")):
            public = {"Ipv4": names} if self.ip_type != "ipv6" else {}
            public |= {"Dualstack": names} if self.ip_type != "ipv4" else {}
        return {
            "OwnerId": self.account,
            "InstanceConnectEndpointId": self.id,
            "InstanceConnectEndpointArn": self.arn,
            "State": self.state,
            "StateMessage": "",
            **names,
            "NetworkInterfaceIds": [] if self.state.startswith("delete") else [self.eni.id],
            "VpcId": self.subnet.vpc_id,
            "AvailabilityZone": self.subnet.availability_zone,
            "AvailabilityZoneId": self.subnet.availability_zone_id,
            "CreatedAt": self.created,
            "SubnetId": self.subnet.id,
            "PreserveClientIp": self.preserve,
            "SecurityGroupIds": list(self.groups),
            "Tags": common.tags_of(self.backend, self.id),
            "IpAddressType": self.ip_type,
            "PublicDnsNames": public,
        }


def held(backend: Any) -> dict[str, Endpoint]:
    """The endpoints of an EC2 backend; hung on it, so moto's reset drops them too."""
    return backend.__dict__.setdefault("instance_connect_endpoints", {})


def find(backend: Any, name: str) -> Endpoint:
    common.check_id(name, "eice", "InvalidInstanceConnectEndpointId")
    endpoint = held(backend).get(name)
    if not endpoint:
        raise Refusal("InvalidInstanceConnectEndpointId.NotFound", f"The EC2 Instance Connect Endpoint '{name}' does not exist")
    endpoint.settle()
    return endpoint


def settle_all(backend: Any, watched: bool = False) -> None:
    """Let finished changes happen; `watched` counts as a look at those under way.

    A client that only retries DeleteSecurityGroup is waiting just as one that
    polls the endpoint, so its attempts have to move the state on as well.
    """
    for endpoint in list(held(backend).values()):
        endpoint.settle()
        if watched:
            endpoint.shown()


@answer("ec2", "CreateInstanceConnectEndpoint")
def create(call: Call) -> dict[str, Any]:
    backend = call.backend()
    common.check_id(call.get("SubnetId", ""), "subnet", "InvalidSubnetId")
    subnet = backend.get_subnet(call.get("SubnetId"))
    tags = common.wanted_tags(call, KNOB)
    ip_type = call.get("IpAddressType") or _default_ip_type(subnet)
    preserve = bool(call.get("PreserveClientIp", False))
    _check_ip_type(ip_type, subnet)
    if preserve and ip_type != "ipv4":
        raise _no_preservation()
    groups = _groups(backend, call.get("SecurityGroupIds", []), subnet.vpc_id)
    _check_quota(backend, subnet.vpc_id)
    _service_linked_role(call)
    endpoint = Endpoint(call, subnet, groups, preserve, ip_type)
    held(backend)[endpoint.id] = endpoint
    common.set_tags(backend, endpoint.id, tags)
    return {"InstanceConnectEndpoint": endpoint.row(), "ClientToken": call.get("ClientToken")}


@answer("ec2", "DescribeInstanceConnectEndpoints")
def describe(call: Call) -> dict[str, Any]:
    backend = call.backend()
    named = call.get("InstanceConnectEndpointIds", [])
    for name in named:
        find(backend, name)
    rows = []
    for endpoint in list(held(backend).values()):
        endpoint.settle()
        row = endpoint.row()
        if (named and endpoint.id not in named) or not common.matches(call, row, FILTERS):
            continue
        rows.append(row)
        endpoint.shown()
        if not endpoint.live:
            endpoint.farewell -= 1
            if endpoint.farewell <= 0:
                held(backend).pop(endpoint.id)
    return {"InstanceConnectEndpoints": rows}


@answer("ec2", "ModifyInstanceConnectEndpoint")
def modify(call: Call) -> dict[str, Any]:
    backend = call.backend()
    endpoint = _at_rest(backend, call.get("InstanceConnectEndpointId", ""), "modified")
    new_type = call.get("IpAddressType") or endpoint.ip_type
    preserve = call.get("PreserveClientIp")
    keep = endpoint.preserve if preserve is None else bool(preserve)
    _check_ip_type(new_type, endpoint.subnet)
    if preserve and "ipv4" not in (endpoint.ip_type, new_type):
        raise _no_preservation()
    if keep and new_type != "ipv4":
        raise _no_preservation()
    groups = endpoint.groups
    if "SecurityGroupIds" in call.params:
        if not call.get("SecurityGroupIds"):
            raise Refusal("InvalidParameterValue", "At least one security group must be specified.")
        groups = _groups(backend, call.get("SecurityGroupIds"), endpoint.subnet.vpc_id)
    # Until update-complete the old configuration stays in force.
    endpoint.pending = {"groups": groups, "preserve": keep, "ip_type": new_type}
    endpoint.state, endpoint.passage = "update-in-progress", Passage(KNOB)
    return {"Return": True}


@answer("ec2", "DeleteInstanceConnectEndpoint")
def delete(call: Call) -> dict[str, Any]:
    endpoint = _at_rest(call.backend(), call.get("InstanceConnectEndpointId", ""), "deleted")
    endpoint.state, endpoint.passage = "delete-in-progress", Passage(KNOB)
    return {"InstanceConnectEndpoint": endpoint.row()}


@before("ec2", "DescribeNetworkInterfaces")
def _interfaces(call: Call) -> None:
    settle_all(call.backend())


def _at_rest(backend: Any, name: str, verb: str) -> Endpoint:
    endpoint = find(backend, name)
    if not endpoint.live:
        raise Refusal("InvalidInstanceConnectEndpointId.NotFound", f"The EC2 Instance Connect Endpoint '{name}' does not exist")
    if endpoint.passage:
        endpoint.shown()
        raise Refusal("IncorrectState", f"The EC2 Instance Connect Endpoint '{name}' is in the state {endpoint.state} and cannot be {verb}.")
    return endpoint


def _default_ip_type(subnet: Any) -> str:
    if not subnet.ipv6_cidr_block_associations:
        return "ipv4"
    return "ipv6" if not subnet.cidr_block else "dualstack"


def _check_ip_type(ip_type: str, subnet: Any) -> None:
    if ip_type not in ("ipv4", "dualstack", "ipv6"):
        raise Refusal("InvalidParameterValue", f"Value ({ip_type}) for parameter IpAddressType is invalid.")
    if ip_type != "ipv4" and not subnet.ipv6_cidr_block_associations:
        raise Refusal("InvalidParameterValue", f"The subnet {subnet.id} has no IPv6 CIDR block for the IP address type {ip_type}.")


def _no_preservation() -> Refusal:
    return Refusal(
        "InvalidParameterValue",
        "Client IP preservation isn't supported for Dualstack and IPv6 EC2 Instance Connect Endpoints.",
    )


def _groups(backend: Any, wanted: list[str], vpc_id: str) -> list[str]:
    if not wanted:
        return [backend.get_default_security_group(vpc_id).id]
    if len(wanted) > 16:
        raise Refusal("InvalidParameterValue", "At most 16 security groups can be specified.")
    for name in wanted:
        if common.group(backend, name).vpc_id != vpc_id:
            raise Refusal("InvalidParameter", f"Security group {name} and the subnet belong to different networks.")
    return list(wanted)


def _check_quota(backend: Any, vpc_id: str) -> None:
    settle_all(backend)
    living = [e for e in held(backend).values() if e.live]
    if any(e.subnet.vpc_id == vpc_id for e in living):
        raise Refusal("ResourceLimitExceeded", f"The VPC {vpc_id} has reached its limit of 1 EC2 Instance Connect Endpoint.")
    if len(living) >= PER_REGION:
        raise Refusal("ResourceLimitExceeded", f"The limit of {PER_REGION} EC2 Instance Connect Endpoints per Region has been reached.")


def _service_linked_role(call: Call) -> None:
    iam = call.backend("iam")
    if any(r.name == ROLE for r in iam.roles.values()):
        return
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}],
    }
    path = f"/aws-service-role/{SERVICE}/"
    iam.create_role(ROLE, json.dumps(trust), path, None, "", [], "3600", linked_service=SERVICE)


common.taggable("eice", KNOB, find)
