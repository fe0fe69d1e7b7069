"""SSM sessions, managed instances and service settings: enough to plan a connection.

No session carries data: StreamUrl leads nowhere.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from moto.moto_api._internal import mock_random

from .core.hooks import Call, Refusal, answer
from .ssm import _AWS_OWNED


def _instances(call: Call) -> list[Any]:
    """Running instances with a profile: what the agent needs to register."""
    return [i for i in call.backend("ec2").all_instances() if i.state == "running" and getattr(i, "iam_instance_profile", None)]


def _online(call: Call, target: str) -> bool:
    return any(i.id == target for i in _instances(call))


def _kept(call: Call, name: str) -> dict[str, Any]:
    return call.backend("ssm").__dict__.setdefault(name, {})


@answer("ssm", "DescribeInstanceInformation")
def _information(call: Call) -> dict[str, Any]:
    wanted = [v for f in call.get("Filters", []) if f.get("Key") == "InstanceIds" for v in f.get("Values", [])]
    rows = [
        {
            "InstanceId": i.id,
            "PingStatus": "Online",
            "LastPingDateTime": datetime.now(timezone.utc),
            "AgentVersion": "3.3.3050.0",
            "IsLatestVersion": True,
            "PlatformType": "Linux",
            "PlatformName": "Amazon Linux",
            "PlatformVersion": "2023",
            "ResourceType": "EC2Instance",
            "IPAddress": i.private_ip,
            "ComputerName": i.private_dns,
        }
        for i in _instances(call)
        if not wanted or i.id in wanted
    ]
    return {"InstanceInformationList": rows}


@answer("ssm", "GetConnectionStatus")
def _status(call: Call) -> dict[str, Any]:
    target = call.get("Target", "")
    return {"Target": target, "Status": "connected" if _online(call, target) else "notconnected"}


@answer("ssm", "StartSession")
def _start(call: Call) -> dict[str, Any]:
    target, document = call.get("Target", ""), call.get("DocumentName")
    if document and document not in _AWS_OWNED and document not in call.backend("ssm")._documents:
        raise Refusal("InvalidDocument", f"Document with name {document} does not exist.")
    if not _online(call, target):
        raise Refusal("TargetNotConnected", f"{target} is not connected.")
    name = f"emulated-{mock_random.get_random_hex(17)}"
    _kept(call, "_sessions")[name] = {
        "SessionId": name,
        "Target": target,
        "Status": "Connected",
        "StartDate": datetime.now(timezone.utc),
        "DocumentName": document or "SSM-SessionManagerRunShell",
        "Owner": f"arn:{call.partition}:iam::{call.account}:user/{call.access_key}",
        "Reason": call.get("Reason"),
    }
    return {
        "SessionId": name,
        "TokenValue": mock_random.get_random_hex(64),
        "StreamUrl": f"wss://ssmmessages.{call.region}.amazonaws.com/v1/data-channel/{name}?role=publish_subscribe",
    }


@answer("ssm", "TerminateSession")
def _terminate(call: Call) -> dict[str, Any]:
    name = call.get("SessionId", "")
    if held := _kept(call, "_sessions").get(name):
        held.update(Status="Terminated", EndDate=datetime.now(timezone.utc))
    return {"SessionId": name}


@answer("ssm", "DescribeSessions")
def _sessions(call: Call) -> dict[str, Any]:
    active = call.get("State") == "Active"
    return {"Sessions": [s for s in _kept(call, "_sessions").values() if (s["Status"] == "Connected") == active]}


# ---- service settings


def _setting(call: Call) -> tuple[str, dict[str, Any]]:
    name = call.get("SettingId", "")
    name = name[name.index("/") :] if name.startswith("arn:") and "/" in name else name
    if not name.startswith("/ssm/"):
        raise Refusal("ServiceSettingNotFound", f"The service setting {name} was not found.")
    value = _kept(call, "_settings").get(name)
    return name, {
        "SettingId": name,
        "SettingValue": value or "",
        "LastModifiedDate": datetime.now(timezone.utc),
        "Status": "Customized" if value else "Default",
        "ARN": f"arn:{call.partition}:ssm:{call.region}:{call.account}:servicesetting{name}",
    }


@answer("ssm", "GetServiceSetting")
def _get_setting(call: Call) -> dict[str, Any]:
    return {"ServiceSetting": _setting(call)[1]}


@answer("ssm", "UpdateServiceSetting")
def _update_setting(call: Call) -> dict[str, Any]:
    _kept(call, "_settings")[_setting(call)[0]] = call.get("SettingValue")
    return {}


@answer("ssm", "ResetServiceSetting")
def _reset_setting(call: Call) -> dict[str, Any]:
    _kept(call, "_settings").pop(_setting(call)[0], None)
    return {"ServiceSetting": _setting(call)[1]}
