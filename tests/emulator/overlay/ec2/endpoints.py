"""VPC endpoints: interfaces, states, private DNS, policies and route tables.

moto's VPCEndPoint keeps the state (other parts of moto look there); these
actions replace moto's own, which make no interfaces and ignore most changes.
"""

from __future__ import annotations

import json
from typing import Any

from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.utils import generate_route_id, random_resource_id, random_vpc_ep_id

from ..core.hooks import Call, Refusal, answer
from ..core.knobs import Passage
from . import common
from . import endpoint_services as services

KNOB = "vpc-endpoint"
LONGEST_POLICY = 20480
# As the service writes them, not the same for both kinds of endpoint.
FULL_ACCESS = {
    "Interface": json.dumps({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}),
    "Gateway": json.dumps({"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}),
}
FILTERS = {
    "service-name": "ServiceName",
    "vpc-id": "VpcId",
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-state": "State",
    "vpc-endpoint-type": "VpcEndpointType",
    "ip-address-type": "IpAddressType",
}


def find(backend: Any, name: str) -> Any:
    common.check_id(name, "vpce", "InvalidVpcEndpointId")
    _settle(backend)
    endpoint = backend.vpc_end_points.get(name)
    if not endpoint:
        raise Refusal("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{name}' does not exist")
    return endpoint


def _settle(backend: Any) -> None:
    for endpoint in list(backend.vpc_end_points.values()):
        passage = getattr(endpoint, "passage", None)
        if not passage or not passage.over:
            continue
        endpoint.passage = None
        if endpoint.state == "deleting":
            _drop(backend, endpoint)
        else:
            endpoint.state = "available"


def _drop(backend: Any, endpoint: Any) -> None:
    for eni in endpoint.network_interface_ids:
        backend.enis.pop(eni, None)
    backend.vpc_end_points.pop(endpoint.id, None)
    backend.tags.pop(endpoint.id, None)
    endpoint.state = "deleted"


@answer("ec2", "CreateVpcEndpoint")
def create(call: Call) -> dict[str, Any]:
    backend = call.backend()
    if call.get("VpcId") not in backend.vpcs:
        raise Refusal("InvalidVpcId.NotFound", f"The Vpc Id {call.get('VpcId')} does not exist")
    kind, service = call.get("VpcEndpointType", "Gateway"), call.get("ServiceName", "")
    offered = services.kinds(call, service)
    if not offered:
        raise services.missing(service)
    if kind not in offered:
        raise Refusal("InvalidParameter", f"Endpoint type ({kind}) does not match available service types ([{', '.join(offered)}]).")
    endpoint = VPCEndPoint(backend, random_vpc_ep_id(), call.get("VpcId"), service, kind, None, [], [])
    endpoint.policy_document = _policy(call.get("PolicyDocument")) or full_access(endpoint)
    endpoint.ip_address_type = call.get("IpAddressType", "ipv4")
    endpoint.dns_options = dict(call.get("DnsOptions", {}))
    endpoint.private_dns_enabled, endpoint.passage = False, None
    endpoint.interfaces, endpoint.host = {}, f"{endpoint.id}-{random_resource_id(8)}"
    tags = common.wanted_tags(call, "vpc-endpoint")
    if kind == "Gateway":
        _check_gateway_request(call)
        _add_tables(backend, endpoint, call.get("RouteTableIds", []))
    else:
        _interface(call, endpoint)
        endpoint.state, endpoint.passage = "pending", Passage(KNOB)
    backend.vpc_end_points[endpoint.id] = endpoint
    common.set_tags(backend, endpoint.id, tags)
    return {"VpcEndpoint": row(backend, endpoint), "ClientToken": call.get("ClientToken")}


@answer("ec2", "DescribeVpcEndpoints")
def describe(call: Call) -> dict[str, Any]:
    backend = call.backend()
    wanted = call.get("VpcEndpointIds", [])
    for name in wanted:
        find(backend, name)
    _settle(backend)
    rows = []
    for endpoint in list(backend.vpc_end_points.values()):
        shown = row(backend, endpoint)
        if (not wanted or endpoint.id in wanted) and common.matches(call, shown, FILTERS):
            rows.append(shown)
            if getattr(endpoint, "passage", None):
                endpoint.passage.shown()
    return {"VpcEndpoints": rows}


@answer("ec2", "ModifyVpcEndpoint")
def modify(call: Call) -> dict[str, Any]:
    backend = call.backend()
    endpoint = find(backend, call.get("VpcEndpointId", ""))
    if endpoint.state == "deleting":
        raise Refusal("IncorrectState", f"The endpoint {endpoint.id} is being deleted")
    gateway = endpoint.vpc_endpoint_type == "Gateway"
    if gateway and any(call.get(p) for p in ("AddSubnetIds", "AddSecurityGroupIds", "PrivateDnsEnabled")):
        raise Refusal("InvalidParameter", "Subnets, security groups and private DNS are not supported for a gateway endpoint.")
    if call.get("PolicyDocument") and call.get("ResetPolicy"):
        raise Refusal("InvalidParameterCombination", "The parameters policyDocument and resetPolicy cannot be used together.")
    policy = _policy(call.get("PolicyDocument"))
    if call.get("PrivateDnsEnabled") and not endpoint.private_dns_enabled:
        _check_private_dns(backend, endpoint, {**endpoint.dns_options, **call.get("DnsOptions", {})})
    groups = [g for g in endpoint.security_group_ids if g not in call.get("RemoveSecurityGroupIds", [])]
    for name in call.get("AddSecurityGroupIds", []):
        common.group(backend, name)
        groups += [name] if name not in groups else []
    if not gateway and not groups:
        raise Refusal("InvalidParameter", "An endpoint needs at least one security group.")
    subnets = [s for s in endpoint.subnet_ids if s not in call.get("RemoveSubnetIds", [])]
    subnets += [s for s in call.get("AddSubnetIds", []) if s not in subnets]
    if not gateway:
        _check_subnets(backend, endpoint.vpc_id, subnets)
    # Everything is checked; from here on nothing can fail half way.
    if gateway:
        _add_tables(backend, endpoint, [t for t in call.get("AddRouteTableIds", []) if t not in endpoint.route_table_ids])
        _remove_tables(backend, endpoint, call.get("RemoveRouteTableIds", []))
    else:
        endpoint.security_group_ids = groups
        _set_subnets(backend, endpoint, subnets)
        for eni in endpoint.interfaces.values():
            backend.enis[eni]._group_set = [common.group(backend, g) for g in groups]
        if call.get("PrivateDnsEnabled") is not None:
            endpoint.private_dns_enabled = bool(call.get("PrivateDnsEnabled"))
    endpoint.policy_document = full_access(endpoint) if call.get("ResetPolicy") else policy or endpoint.policy_document
    endpoint.ip_address_type = call.get("IpAddressType", endpoint.ip_address_type)
    endpoint.dns_options.update(call.get("DnsOptions", {}))
    return {"Return": True}


@answer("ec2", "DeleteVpcEndpoints")
def delete(call: Call) -> dict[str, Any]:
    backend, failed = call.backend(), []
    for name in call.get("VpcEndpointIds", []):
        try:
            endpoint = find(backend, name)
        except Refusal as no:
            # This action always answers 200 and lists what it could not do.
            failed.append({"ResourceId": name, "Error": {"Code": no.code, "Message": no.message}})
            continue
        if endpoint.vpc_endpoint_type == "Gateway":
            _remove_tables(backend, endpoint, list(endpoint.route_table_ids))
            _drop(backend, endpoint)
        elif endpoint.state != "deleting":
            endpoint.state, endpoint.passage = "deleting", Passage(KNOB)
            _settle(backend)
    return {"Unsuccessful": failed}


def row(backend: Any, endpoint: Any) -> dict[str, Any]:
    gateway = endpoint.vpc_endpoint_type == "Gateway"
    shown = {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.vpc_endpoint_type,
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name,
        "ServiceRegion": backend.region_name,
        "State": endpoint.state,
        "PolicyDocument": endpoint.policy_document,
        "RouteTableIds": list(endpoint.route_table_ids),
        "SubnetIds": list(endpoint.subnet_ids),
        "Groups": [{"GroupId": g, "GroupName": common.group(backend, g).name} for g in endpoint.security_group_ids],
        "PrivateDnsEnabled": endpoint.private_dns_enabled,
        "RequesterManaged": False,
        "NetworkInterfaceIds": list(endpoint.network_interface_ids),
        "DnsEntries": [] if gateway else _dns_entries(backend, endpoint),
        "CreationTimestamp": endpoint.creation_timestamp,
        "Tags": common.tags_of(backend, endpoint.id),
        "OwnerId": backend.account_id,
    }
    if not gateway:
        shown["IpAddressType"] = endpoint.ip_address_type
        kind = {"dualstack": "dualstack", "ipv6": "ipv6"}.get(endpoint.ip_address_type, "ipv4")
        shown["DnsOptions"] = {"DnsRecordIpType": kind, **endpoint.dns_options}
    return shown


def _dns_entries(backend: Any, endpoint: Any) -> list[dict[str, str]]:
    short = endpoint.service_name.rsplit(".", 1)[-1]
    tail = f"{short}.{backend.region_name}.vpce.amazonaws.com"
    zones = sorted({backend.get_subnet(s).availability_zone for s in endpoint.subnet_ids})
    names = [f"{endpoint.host}.{tail}", *(f"{endpoint.host}-{zone}.{tail}" for zone in zones)]
    entries = [{"DnsName": name, "HostedZoneId": "Z38GZ743OKFT7T"} for name in names]
    if endpoint.private_dns_enabled:
        entries.append({"DnsName": _private_name(backend, endpoint), "HostedZoneId": "Z05410501ZUE5ED8ARAHO"})
    return entries


def _private_name(backend: Any, endpoint: Any) -> str:
    short = endpoint.service_name[len(services.prefix(backend.region_name)) :]
    return services.private_name(backend.region_name, short)


def full_access(endpoint: Any) -> str:
    return FULL_ACCESS.get(endpoint.vpc_endpoint_type, FULL_ACCESS["Interface"])


def _policy(text: str | None) -> str | None:
    if not text:
        return None
    if len(text) > LONGEST_POLICY:
        raise Refusal("InvalidPolicyDocument", f"The policy exceeds the maximum length of {LONGEST_POLICY} characters.")
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise Refusal("InvalidPolicyDocument", "The policy document is not valid JSON with a Statement.")
    return text


def _check_gateway_request(call: Call) -> None:
    if call.get("SubnetIds") or call.get("SecurityGroupIds") or call.get("PrivateDnsEnabled"):
        raise Refusal("InvalidParameter", "Subnets, security groups and private DNS are not supported for a gateway endpoint.")


def _interface(call: Call, endpoint: Any) -> None:
    backend = call.backend()
    wanted = call.get("SubnetIds", []) or [c["SubnetId"] for c in call.get("SubnetConfigurations", []) if c.get("SubnetId")]
    _check_subnets(backend, endpoint.vpc_id, wanted)
    groups = call.get("SecurityGroupIds") or [backend.get_default_security_group(endpoint.vpc_id).id]
    for name in groups:
        if common.group(backend, name).vpc_id != endpoint.vpc_id:
            raise Refusal("InvalidParameter", f"Security group {name} and the endpoint belong to different networks.")
    # S3 and DynamoDB have no private name of their own unless it is asked for.
    short = endpoint.service_name.rsplit(".", 1)[-1]
    private = call.get("PrivateDnsEnabled", short not in services.GATEWAY)
    if private:
        _check_private_dns(backend, endpoint, endpoint.dns_options)
    endpoint.private_dns_enabled, endpoint.security_group_ids = bool(private), list(groups)
    _set_subnets(backend, endpoint, wanted)


def _check_subnets(backend: Any, vpc: str, wanted: list[str]) -> None:
    zones: set[str] = set()
    for name in wanted:
        subnet = backend.get_subnet(name)
        if subnet.vpc_id != vpc:
            raise Refusal("InvalidParameter", f"The subnet {name} does not belong to the VPC {vpc}.")
        if subnet.availability_zone in zones:
            raise Refusal("DuplicateSubnetsInSameZone", f"Found another VPC endpoint subnet in the availability zone of {name}.")
        zones.add(subnet.availability_zone)


def _set_subnets(backend: Any, endpoint: Any, wanted: list[str]) -> None:
    for gone in [s for s in endpoint.interfaces if s not in wanted]:
        backend.enis.pop(endpoint.interfaces.pop(gone), None)
    for name in [s for s in wanted if s not in endpoint.interfaces]:
        eni = common.managed_interface(
            backend, backend.get_subnet(name), endpoint.security_group_ids, "vpc_endpoint", f"VPC Endpoint Interface {endpoint.id}"
        )
        endpoint.interfaces[name] = eni.id
    endpoint.subnet_ids = list(wanted)
    endpoint.network_interface_ids = [endpoint.interfaces[s] for s in wanted]


def _check_private_dns(backend: Any, endpoint: Any, options: dict[str, Any]) -> None:
    vpc = backend.vpcs[endpoint.vpc_id]
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        raise Refusal("InvalidParameter", f"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc.id}")
    others = [e for e in backend.vpc_end_points.values() if e.vpc_id == vpc.id and e.id != endpoint.id and e.service_name == endpoint.service_name]
    if any(e.private_dns_enabled and e.vpc_endpoint_type == "Interface" for e in others):
        raise Refusal("InvalidParameter", f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {_private_name(backend, endpoint)} in the VPC {vpc.id}")
    only_inbound = options.get("PrivateDnsOnlyForInboundResolverEndpoint", True)
    if endpoint.service_name.endswith(".s3") and only_inbound and not any(e.vpc_endpoint_type == "Gateway" for e in others):
        raise Refusal("InvalidParameter", f"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc.id} must have a Gateway endpoint for the service.")


def _prefix_list(backend: Any, endpoint: Any) -> str:
    return next(p.id for p in backend.managed_prefix_lists.values() if p.prefix_list_name == endpoint.service_name)


def _add_tables(backend: Any, endpoint: Any, tables: list[str]) -> None:
    target = _prefix_list(backend, endpoint)
    for name in tables:
        table = backend.get_route_table(name)
        if table.vpc_id != endpoint.vpc_id:
            raise Refusal("InvalidParameter", f"The route table {name} does not belong to the VPC {endpoint.vpc_id}.")
        if generate_route_id(name, None, None, target) in table._routes:
            raise Refusal("RouteAlreadyExists", f"route table {name} already has a route with destination-prefix-list-id {target}")
    backend.vpc_end_points[endpoint.id] = endpoint  # CreateRoute looks its target up
    for name in tables:
        backend.create_route(name, None, gateway_id=endpoint.id, destination_prefix_list_id=target)
        endpoint.route_table_ids.append(name)


def _remove_tables(backend: Any, endpoint: Any, tables: list[str]) -> None:
    for name in tables:
        table = backend.route_tables.get(name)
        if table:
            table._routes = {k: r for k, r in table._routes.items() if getattr(r.gateway, "id", None) != endpoint.id}
    endpoint.route_table_ids = [t for t in endpoint.route_table_ids if t not in tables]


common.taggable("vpce", "vpc-endpoint", find)
