"""CloudWatch Logs groups: encryption keys, retention, classes, deletion protection."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

from moto.kms.models import kms_backends

from .core import policy
from .core.hooks import Call, Refusal, after, answer, before

RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_NAME = re.compile(r"(?!aws/)[.\-_/#A-Za-z0-9]{1,512}")


def invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def group(call: Call, name: str | None = None) -> Any:
    """By name or by ARN, as the newer actions take it."""
    wanted = name or call.get("logGroupName") or call.get("logGroupIdentifier") or call.get("resourceIdentifier") or ""
    if ":log-group:" in wanted:
        wanted = wanted.split(":log-group:")[1].split(":")[0]
    found = call.backend("logs").groups.get(wanted)
    if not found:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    return found


def check_key(call: Call, key_arn: str, log_group_arn: str) -> None:
    """The key exists, is enabled, and its policy lets this region's Logs service use it."""
    refusal = invalid(f"The specified KMS key does not exist or is not allowed to be used with Arn '{log_group_arn}'")
    if not re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+", key_arn):
        raise invalid(f"1 validation error detected: the KMS key id '{key_arn}' is not an ARN")
    parts = key_arn.split(":")
    key = kms_backends[parts[4]][parts[3]].keys.get(key_arn.rsplit("/", 1)[-1])
    if not key or key.key_state != "Enabled":
        raise refusal
    if not any(_lets_logs_in(s, call.region, log_group_arn) for s in policy.statements(policy.load(key.policy) or {})):
        raise refusal


def _lets_logs_in(statement: dict[str, Any], region: str, arn: str) -> bool:
    services = (f"logs.{region}.amazonaws.com", "logs.amazonaws.com")
    named = any(v in services if k == "Service" else k == "*" and v == "*" for k, v in policy.principals(statement))
    if statement.get("Effect") != "Allow" or not named:
        return False
    for operator, tests in statement.get("Condition", {}).items():
        for key, values in tests.items():
            if key.lower() != "kms:encryptioncontext:aws:logs:arn":
                continue
            exact = operator in ("StringEquals",)
            if not any(arn == v if exact else fnmatchcase(arn, v) for v in policy.as_list(values)):
                return False
    return True


@before("logs", "CreateLogGroup")
def _create(call: Call) -> None:
    name = call.get("logGroupName", "")
    if not _NAME.fullmatch(name):
        raise invalid(f"1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+")
    if name in call.backend("logs").groups:
        return  # moto says ResourceAlreadyExists
    if call.get("logGroupClass", "STANDARD") not in ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"):
        raise invalid(f"Unknown log group class {call.get('logGroupClass')}")
    if call.get("kmsKeyId"):
        check_key(call, call.get("kmsKeyId"), f"arn:{call.partition}:logs:{call.region}:{call.account}:log-group:{name}")


@after("logs", "CreateLogGroup")
def _created(call: Call, result: Any) -> None:
    made = group(call)
    made.log_group_class = call.get("logGroupClass", "STANDARD")
    made.protected = bool(call.get("deletionProtectionEnabled", False))


@after("logs", "DescribeLogGroups")
def _described(call: Call, result: Any) -> Any:
    rows = []
    for row in result["logGroups"]:
        held = call.backend("logs").groups[row["logGroupName"]]
        row["logGroupClass"] = getattr(held, "log_group_class", "STANDARD")
        row["deletionProtectionEnabled"] = getattr(held, "protected", False)
        if call.get("logGroupNamePattern", "").lower() in row["logGroupName"].lower() and call.get("logGroupClass", row["logGroupClass"]) == row["logGroupClass"]:
            rows.append(row)
    return {**result, "logGroups": rows}


@before("logs", "DeleteLogGroup")
def _delete(call: Call) -> None:
    held = call.backend("logs").groups.get(call.get("logGroupName"))
    if held and getattr(held, "protected", False):
        raise Refusal("ValidationException", "The log group cannot be deleted while deletion protection is enabled.")


@answer("logs", "PutLogGroupDeletionProtection")
def _protect(call: Call) -> dict[str, Any]:
    group(call).protected = bool(call.get("deletionProtectionEnabled", False))
    return {}


@before("logs", "PutRetentionPolicy")
def _retention(call: Call) -> None:
    days = call.get("retentionInDays")
    if days not in RETENTION:
        raise invalid(f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: {list(RETENTION)}")


@answer("logs", "AssociateKmsKey")
def _associate(call: Call) -> dict[str, Any]:
    held = group(call)
    check_key(call, call.get("kmsKeyId", ""), held.arn)
    held.kms_key_id = call.get("kmsKeyId")
    return {}


@answer("logs", "DisassociateKmsKey")
def _disassociate(call: Call) -> dict[str, Any]:
    group(call).kms_key_id = None
    return {}


@before("logs", "PutMetricFilter", "DeleteMetricFilter")
def _metric_filter(call: Call) -> None:
    group(call)
