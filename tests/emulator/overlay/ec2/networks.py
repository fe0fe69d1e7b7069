"""VPCs, subnets, gateways: what AWS refuses to delete, and details of reads."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from ..core.hooks import Call, Refusal, after, answer, before
from ..core.knobs import Passage
from ..core.views import View
from . import common, eice


def violation(message: str) -> Refusal:
    return Refusal("DependencyViolation", message)


def living_endpoints(backend: Any) -> list[Any]:
    return [e for e in backend.vpc_end_points.values() if e.state != "deleted"]


@before("ec2", "DeleteSubnet")
def _delete_subnet(call: Call) -> None:
    backend, name = call.backend(), call.get("SubnetId", "")
    eice.settle_all(backend, watched=True)
    in_use = any(common.interfaces_in_subnet(backend, name)) or any(
        name in (e.subnet_ids or []) for e in living_endpoints(backend)
    )
    in_use = in_use or any(n.subnet_id == name and n.state != "deleted" for n in backend.nat_gateways.values())
    if in_use:
        raise violation(f"The subnet '{name}' has dependencies and cannot be deleted.")


@after("ec2", "DeleteSubnet")
def _subnet_gone(call: Call, _: Any) -> None:
    """A subnet takes its explicit route table associations with it."""
    backend, name = call.backend(), call.get("SubnetId", "")
    for table in backend.route_tables.values():
        for association in [a for a, s in table._associations.items() if s == name]:
            del table._associations[association]


@before("ec2", "DeleteVpc")
def _delete_vpc(call: Call) -> None:
    backend, name = call.backend(), call.get("VpcId", "")
    eice.settle_all(backend, watched=True)
    if name not in backend.vpcs:
        return  # moto says NotFound
    if (
        any(g.name != "default" for g in backend.groups.get(name, {}).values())
        or any(e.vpc_id == name for e in living_endpoints(backend))
        or any(g.vpc and g.vpc.id == name for g in backend.internet_gateways.values())
        or any(e.subnet.vpc_id == name for e in backend.enis.values())
    ):
        raise violation(f"The vpc '{name}' has dependencies and cannot be deleted.")


@before("ec2", "AttachInternetGateway")
def _attach(call: Call) -> None:
    for gateway in call.backend().internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == call.get("VpcId") and gateway.id != call.get("InternetGatewayId"):
            raise Refusal("InvalidParameterValue", f"Network {gateway.vpc.id} already has an internet gateway attached")


@before("ec2", "DetachInternetGateway")
def _detach(call: Call) -> None:
    backend = call.backend()
    gateway = backend.internet_gateways.get(call.get("InternetGatewayId"))
    if not gateway or not gateway.vpc or gateway.vpc.id != call.get("VpcId"):
        return
    vpc = gateway.vpc.id
    if any(e.public_ip and e.subnet.vpc_id == vpc for e in backend.enis.values()):
        raise violation(f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.")


@after("ec2", "CreateVpc")
def _vpc_pending(call: Call, result: Any) -> Any:
    result["Vpc"].passage = Passage("vpc")
    return {"Vpc": View(result["Vpc"], state="pending")}


@after("ec2", "DescribeVpcs")
def _vpc_state(call: Call, result: Any) -> Any:
    rows = []
    for vpc in result["Vpcs"]:
        passage = getattr(vpc, "passage", None)
        if passage and not passage.over:
            rows.append(View(vpc, state="pending"))
            passage.shown()
        else:
            rows.append(vpc)
    return {**result, "Vpcs": rows}


@before("ec2", "CreateSubnet")
def _subnet_zone(call: Call) -> None:
    zone = call.get("AvailabilityZone")
    zones = [z.name for z in call.backend().describe_availability_zones()]
    if zone and zone not in zones:
        raise Refusal(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: {', '.join(zones)}.",
        )


@before("ec2", "CreateRoute", "ReplaceRoute")
def _route_target(call: Call) -> None:
    """The gateway of a route has to be attached to the table's network."""
    backend = call.backend()
    gateway = backend.internet_gateways.get(call.get("GatewayId", ""))
    table = backend.route_tables.get(call.get("RouteTableId", ""))
    if gateway and table and (not gateway.vpc or gateway.vpc.id != table.vpc_id):
        raise Refusal(
            "InvalidParameterValue",
            f"route table {table.id} and network gateway {gateway.id} belong to different networks",
        )


@before("ec2", "AssociateRouteTable")
def _associate(call: Call) -> None:
    subnet = call.get("SubnetId")
    for table in call.backend().route_tables.values():
        if subnet in table._associations.values() and table.id != call.get("RouteTableId"):
            raise Refusal("Resource.AlreadyAssociated", f"the specified association for route table {call.get('RouteTableId')} conflicts with an existing association")


@answer("ec2", "DescribeSecurityGroupVpcAssociations")
def _no_shared_groups(call: Call) -> dict[str, Any]:
    return {"SecurityGroupVpcAssociations": []}


@before("ec2", "DeleteNetworkInterface")
def _interface(call: Call) -> None:
    eni = call.backend().enis.get(call.get("NetworkInterfaceId", ""))
    if eni and (eni.requester_managed or eni.instance):
        raise Refusal("InvalidParameterValue", f"Network interface '{eni.id}' is currently in use.")


def canonical(cidr: str | None) -> str | None:
    """100.68.0.18/18 is kept as 100.68.0.0/18; what is no CIDR is left for moto to refuse."""
    try:
        return str(ipaddress.ip_network(cidr or "", strict=False)) if "/" in (cidr or "") else cidr
    except ValueError:
        return cidr


def _canonical_argument(owner: type, name: str, position: int) -> None:
    """Normalise the CIDR argument of a method that creates something from one."""
    create = getattr(owner, name)
    keyword = create.__code__.co_varnames[position + 1]

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > position:
            args = (*args[:position], canonical(args[position]), *args[position + 1 :])
        elif keyword in kwargs:
            kwargs[keyword] = canonical(kwargs[keyword])
        return create(self, *args, **kwargs)

    setattr(owner, name, wrapped)


_canonical_argument(VPCBackend, "create_vpc", 0)
_canonical_argument(SubnetBackend, "create_subnet", 1)
_canonical_argument(RouteBackend, "create_route", 1)
_canonical_argument(RouteBackend, "replace_route", 1)
_canonical_argument(RouteBackend, "delete_route", 1)
