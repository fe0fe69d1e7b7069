"""KMS: key states, key policies, rotation, aliases, paging."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.core.utils import unix_time, utcnow

from .core import policy
from .core.hooks import Call, Refusal, after, before

LONGEST_POLICY = 32768
DEFAULT_PERIOD = 365
# What a key that is switched off, or about to be deleted, refuses.
_NEED_ENABLED = ("EnableKeyRotation", "DisableKeyRotation", "Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "CreateGrant", "ReEncrypt")
_NOT_WHILE_PENDING = (
    *_NEED_ENABLED,
    "EnableKey",
    "DisableKey",
    "TagResource",
    "UntagResource",
    "UpdateKeyDescription",
    "ScheduleKeyDeletion",
    "CreateAlias",
    "UpdateAlias",
)


def key_of(call: Call, field: str = "KeyId") -> Any:
    """The key a parameter names in any of its four forms; None lets moto say NotFound."""
    kms = call.backend("kms")
    name = str(call.get(field, ""))
    if ":alias/" in name or name.startswith("alias/"):
        alias = name[name.index("alias/") :]
        return next((k for k in kms.keys.values() if alias in k.aliases), None)
    return kms.keys.get(name.rsplit("/", 1)[-1])


@before("kms", *_NOT_WHILE_PENDING)
def _state(call: Call) -> None:
    key = key_of(call, "TargetKeyId" if call.action.endswith("Alias") else "KeyId")
    if key is None:
        return
    if key.key_state == "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key.key_state == "Disabled" and call.action in _NEED_ENABLED:
        raise Refusal("DisabledException", f"{key.arn} is disabled.")


@before("kms", "CancelKeyDeletion")
def _cancel(call: Call) -> None:
    key = key_of(call)
    if key and key.key_state != "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is not pending deletion.")


# ---- policies


@before("kms", "CreateKey", "PutKeyPolicy")
def _policy(call: Call) -> None:
    text = call.get("Policy")
    if text is None and call.action == "CreateKey":
        return  # AWS writes the default policy
    if len(text or "") > LONGEST_POLICY:
        raise Refusal("LimitExceededException", f"The key policy exceeds {LONGEST_POLICY} bytes.")
    document = policy.load(text)
    if document is None:
        raise _malformed("The new key policy is not valid JSON.")
    for statement in policy.statements(document):
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise _malformed("Policy contains a statement without a principal.")
    if policy.invalid_principal(document, call.account, call.partition):
        raise _malformed("Policy contains a statement with one or more invalid principals.")
    if not call.get("BypassPolicyLockoutSafetyCheck", False) and not _keeps_control(document, call.account):
        raise _malformed("The new key policy will not allow you to update the key policy in the future.")


def _malformed(message: str) -> Refusal:
    return Refusal("MalformedPolicyDocumentException", message)


def _keeps_control(document: dict[str, Any], account: str) -> bool:
    """Some statement leaves kms:PutKeyPolicy with the account or one of its entities."""
    for statement in policy.statements(document):
        actions = {str(a).lower() for a in policy.as_list(statement.get("Action"))}
        if statement.get("Effect") != "Allow" or not actions & {"*", "kms:*", "kms:put*", "kms:putkeypolicy"}:
            continue
        if any(v == "*" or v == account or f"::{account}:" in v for k, v in policy.principals(statement) if k in ("*", "AWS")):
            return True
    return False


# ---- creation, rotation, deletion


@after("kms", "CreateKey")
def _created(call: Call, result: Any) -> None:
    result["KeyMetadata"]["MultiRegion"] = bool(call.get("MultiRegion", False))


@after("kms", "DescribeKey")
def _described(call: Call, result: Any) -> None:
    result["KeyMetadata"]["MultiRegion"] = bool(result["KeyMetadata"].get("MultiRegion"))


@before("kms", "EnableKeyRotation")
def _rotation(call: Call) -> None:
    key, days = key_of(call), call.get("RotationPeriodInDays")
    if days is not None and not 90 <= int(days) <= 2560:
        raise Refusal("ValidationException", f"1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must be between 90 and 2560")
    if key and (key.key_spec != "SYMMETRIC_DEFAULT" or key.origin != "AWS_KMS"):
        raise Refusal("UnsupportedOperationException", f"{key.arn} does not support automatic rotation.")
    if key:
        # Without a period a key that rotates already keeps the one it has.
        key.rotation_period = int(days or getattr(key, "rotation_period", DEFAULT_PERIOD))


@after("kms", "GetKeyRotationStatus")
def _rotation_status(call: Call, result: Any) -> None:
    key = key_of(call)
    result["KeyId"] = key.id
    if result["KeyRotationEnabled"]:
        period = getattr(key, "rotation_period", DEFAULT_PERIOD)
        result["RotationPeriodInDays"] = period
        result["NextRotationDate"] = unix_time(utcnow() + timedelta(days=period))


@before("kms", "ScheduleKeyDeletion")
def _window(call: Call) -> None:
    days = call.get("PendingWindowInDays", 30)
    if not 7 <= int(days) <= 30:
        raise Refusal("ValidationException", f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must be between 7 and 30")


@after("kms", "ScheduleKeyDeletion")
def _scheduled(call: Call, result: Any) -> None:
    key = key_of(call)
    result.update(KeyId=key.arn, KeyState="PendingDeletion", PendingWindowInDays=int(call.get("PendingWindowInDays", 30)))


@before("kms", "CreateAlias", "UpdateAlias", "DeleteAlias")
def _reserved(call: Call) -> None:
    if call.get("AliasName", "").startswith("alias/aws/"):
        raise Refusal("NotAuthorizedException", "The alias prefix alias/aws/ is reserved for AWS managed keys.")


# ---- when aliases were made; moto does not keep that


def _dates(call: Call) -> dict[str, float]:
    return vars(call.backend("kms")).setdefault("bastionless_alias_dates", {})


@after("kms", "CreateAlias", "DeleteAlias")
def _date(call: Call, result: Any) -> None:
    dates = _dates(call)
    dates.pop(call.get("AliasName", ""), None)
    if call.action == "CreateAlias":
        dates[call.get("AliasName", "")] = unix_time(utcnow())


# ---- paging


@after("kms", "ListKeys")
def _list_keys(call: Call, result: Any) -> Any:
    return _page(call, result, "Keys", "KeyId", 100)


@after("kms", "ListAliases")
def _list_aliases(call: Call, result: Any) -> Any:
    dates = _dates(call)
    for row in result["Aliases"]:
        if row["AliasName"] in dates:
            row["CreationDate"] = row["LastUpdatedDate"] = dates[row["AliasName"]]
    return _page(call, result, "Aliases", "AliasName", 50)


def _page(call: Call, result: Any, rows: str, mark: str, most: int) -> Any:
    held = sorted(result[rows], key=lambda r: r[mark])
    if call.get("Marker"):
        held = [r for r in held if r[mark] > call.get("Marker")]
    limit = int(call.get("Limit", most))
    more = len(held) > limit
    page = {rows: held[:limit], "Truncated": more}
    if more:
        page["NextMarker"] = held[limit - 1][mark]
    return page
