"""The AWS services a VPC endpoint can be made for: names, kinds, private names."""

from __future__ import annotations

import hashlib
from typing import Any

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES

from ..core.hooks import Call, Refusal, answer
from . import common

GATEWAY = ("s3", "dynamodb")
# moto's list predates these; configurations for private access name them.
NEWER = ("iam", "ec2-instance-connect", "ssm-quicksetup", "ssm-guiconnect", "cloudwatch", "oam", "route53resolver", "sso", "tax")
FILTERS = {"service-name": "ServiceName", "owner": "Owner", "service-type": "_types"}


def prefix(region: str) -> str:
    return f"com.amazonaws.{region}."


def short_names() -> list[str]:
    return sorted({*AWS_ENDPOINT_SERVICES, *GATEWAY, *NEWER})


def private_name(region: str, short: str) -> str:
    """ecr.api -> api.ecr.<region>.amazonaws.com, as AWS turns the parts round."""
    return ".".join([*reversed(short.split(".")), region, "amazonaws.com"])


def kinds(call: Call, service: str) -> list[str]:
    """Endpoint types the service can be reached by; none = no such service."""
    head = prefix(call.region)
    short = service[len(head) :] if service.startswith(head) else None
    if short in GATEWAY:
        return ["Gateway", "Interface"]
    if short in short_names():
        return ["Interface"]
    for own in call.backend().configurations.values():
        if own.service_name == service:
            return ["GatewayLoadBalancer"] if own.service_type == "GatewayLoadBalancer" else ["Interface"]
    return []


def missing(service: str) -> Refusal:
    return Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")


@answer("ec2", "DescribeVpcEndpointServices")
def describe(call: Call) -> dict[str, Any]:
    zones = [z.name for z in call.backend().describe_availability_zones()]
    rows = [_row(call, short, kind, zones) for short in short_names() for kind in ("Gateway", "Interface") if kind == "Interface" or short in GATEWAY]
    rows += [
        {**own.to_dict(), "_types": [t["ServiceType"] for t in own.to_dict()["ServiceType"]]}
        for own in call.backend().configurations.values()
    ]
    wanted = call.get("ServiceNames", [])
    for name in wanted:
        if name not in {r["ServiceName"] for r in rows}:
            raise missing(name)
    rows = [r for r in rows if (not wanted or r["ServiceName"] in wanted) and common.matches(call, r, FILTERS)]
    return {"ServiceDetails": rows, "ServiceNames": sorted({r["ServiceName"] for r in rows})}


def _row(call: Call, short: str, kind: str, zones: list[str]) -> dict[str, Any]:
    name = prefix(call.region) + short
    row = {
        "ServiceName": name,
        "ServiceId": "vpce-svc-" + hashlib.sha1(f"{name}/{kind}".encode()).hexdigest()[:17],
        "ServiceRegion": call.region,
        "ServiceType": [{"ServiceType": kind}],
        "_types": [kind],
        "AvailabilityZones": zones,
        "Owner": "amazon",
        "BaseEndpointDnsNames": [f"{short}.{call.region}.vpce.amazonaws.com" if kind == "Interface" else f"{short}.{call.region}.amazonaws.com"],
        "VpcEndpointPolicySupported": True,
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        "Tags": [],
        "SupportedIpAddressTypes": ["ipv4", "ipv6"] if kind == "Interface" else ["ipv4"],
    }
    if kind == "Interface" and short not in GATEWAY:
        row["PrivateDnsName"] = private_name(call.region, short)
        row["PrivateDnsNames"] = [{"PrivateDnsName": private_name(call.region, short)}]
        row["PrivateDnsNameVerificationState"] = "verified"
    return row
