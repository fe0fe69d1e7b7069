"""VPCs, subnets, gateways: what AWS refuses to delete, and details of reads."""

from __future__ import annotations

from typing import Any

from ..core.hooks import Call, Refusal, after, before
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
