"""Shared pieces of the EC2 modules: ids, tags, filters, lookups by network interface."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from moto.ec2 import utils
from moto.ec2.models import EC2Backend

from ..core.hooks import Call, Refusal, before


def arn(call: Call, kind: str, name: str) -> str:
    return f"arn:{call.partition}:ec2:{call.region}:{call.account}:{kind}/{name}"


def wanted_tags(call: Call, kind: str) -> dict[str, str]:
    """The tags a create call asks for; specifications for another type are refused."""
    tags: dict[str, str] = {}
    for spec in call.get("TagSpecifications", []):
        if spec.get("ResourceType") != kind:
            raise Refusal("InvalidParameterValue", f"'{spec.get('ResourceType')}' is not a valid taggable resource type for this operation.")
        tags.update({t["Key"]: t.get("Value", "") for t in spec.get("Tags", [])})
    return tags


def tags_of(backend: Any, name: str) -> list[dict[str, str]]:
    return [{"Key": k, "Value": v} for k, v in backend.tags.get(name, {}).items()]


def set_tags(backend: Any, name: str, tags: dict[str, str]) -> None:
    if tags:
        backend.create_tags([name], tags)


def matches(call: Call, row: dict[str, Any], fields: dict[str, str]) -> bool:
    """Whether a result row passes the call's filters; `fields` maps filter to member."""
    tags = {t["Key"]: t["Value"] for t in row.get("Tags", [])}
    for wanted in call.get("Filters", []):
        name, values = wanted.get("Name", ""), [str(v) for v in wanted.get("Values", [])]
        if name.startswith("tag:"):
            have = [tags[name[4:]]] if name[4:] in tags else []
        elif name == "tag-key":
            have = list(tags)
        elif name == "tag-value":
            have = list(tags.values())
        elif name in fields:
            value = row.get(fields[name])
            have = [str(v) for v in (value if isinstance(value, list) else [value])]
        else:
            raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not any(fnmatchcase(h, v) for h in have for v in values):
            return False
    return True


def check_id(name: str, prefix: str, code: str) -> None:
    """AWS tells a malformed id from one that does not exist."""
    if not re.fullmatch(rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", name):
        raise Refusal(f"{code}.Malformed", f"Invalid id: \"{name}\" (expecting \"{prefix}-...\")")


def group(backend: Any, group_id: str) -> Any:
    check_id(group_id, "sg", "InvalidGroupId")
    found = backend.get_security_group_from_id(group_id)
    if not found:
        raise Refusal("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    return found


def interfaces_with_group(backend: Any, group_id: str) -> Iterator[Any]:
    for eni in backend.enis.values():
        if group_id in (g.id for g in eni.group_set):
            yield eni


def interfaces_in_subnet(backend: Any, subnet_id: str) -> Iterator[Any]:
    for eni in backend.enis.values():
        if eni.subnet.id == subnet_id:
            yield eni


def managed_interface(
    backend: Any, subnet: Any, groups: list[str], kind: str, description: str, tags: dict[str, str] | None = None
) -> Any:
    """A network interface that AWS makes and keeps for one of its own resources."""
    eni = backend.create_network_interface(subnet, None, group_ids=groups, description=description, tags=tags or {})
    eni.interface_type, eni.requester_managed, eni.status = kind, True, "in-use"
    return eni


@before("ec2", "CreateTags", "DeleteTags")
def _reserved_tags(call: Call) -> None:
    for tag in call.get("Tags", []):
        if str(tag.get("Key", "")).lower().startswith("aws:"):
            raise Refusal("InvalidParameterValue", f"Value ( {tag['Key']} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use")


# CreateTags looks a resource up by the prefix of its id, in tables inside moto.
_more_kinds: dict[str, Any] = {}
_exist = EC2Backend.do_resources_exist


def taggable(prefix: str, kind: str, find: Any) -> None:
    utils.EC2_RESOURCE_TO_PREFIX[kind] = prefix
    utils.EC2_PREFIX_TO_RESOURCE[prefix] = kind
    _more_kinds[prefix] = find


def _do_resources_exist(self: EC2Backend, resource_ids: list[str]) -> bool:
    rest = []
    for name in resource_ids:
        find = _more_kinds.get(name.rsplit("-", 1)[0])
        if find:
            find(self, name)
        else:
            rest.append(name)
    return _exist(self, rest)


EC2Backend.do_resources_exist = _do_resources_exist  # type: ignore[method-assign]
