"""Prefix lists: the AWS-managed ones, and the checks of customer-managed ones."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend

from ..core.hooks import Call, Refusal, after, answer, before
from . import common

# How many rules a reference to an AWS-managed list counts for.
WEIGHTS = {"global.cloudfront.origin-facing": 55, "ec2-instance-connect": 2}

_defaults = ManagedPrefixListBackend.create_default_pls


def _with_instance_connect(self: Any) -> None:
    _defaults(self)
    for name, family, cidr in (
        (f"com.amazonaws.{self.region_name}.ec2-instance-connect", "IPv4", "18.202.216.48/29"),
        (f"com.amazonaws.{self.region_name}.ipv6.ec2-instance-connect", "IPv6", "2a05:d018:18a0:4900::/56"),
    ):
        self._create_aws_managed_prefix_list(name=name, address_family=family, entries=[{"Cidr": cidr}])
    for held in self.managed_prefix_lists.values():
        held.max_entries = next((w for end, w in WEIGHTS.items() if held.prefix_list_name.endswith(end)), 1)


ManagedPrefixListBackend.create_default_pls = _with_instance_connect  # type: ignore[method-assign]


def find(backend: Any, name: str) -> Any:
    held = backend.managed_prefix_lists.get(name)
    if not held or held.state == "delete-complete":
        raise Refusal("InvalidPrefixListID.NotFound", f"The prefix list ID '{name}' does not exist")
    return held


def _entries(held: Any) -> list[dict[str, Any]]:
    return (held.entries.get(held.version) or list(held.entries.values() or [[]])[-1]) or []


@answer("ec2", "DescribePrefixLists")
def describe_aws(call: Call) -> dict[str, Any]:
    """Only the lists of gateway endpoint services show up in this older action."""
    backend, wanted = call.backend(), call.get("PrefixListIds", [])
    for name in wanted:
        find(backend, name)
    names = {f"com.amazonaws.{call.region}.{s}" for s in ("s3", "dynamodb")}
    rows = [
        {"PrefixListId": p.id, "PrefixListName": p.prefix_list_name, "Cidrs": [e["Cidr"] for e in _entries(p)]}
        for p in backend.managed_prefix_lists.values()
        if p.prefix_list_name in names and (not wanted or p.id in wanted)
    ]
    fields = {"prefix-list-id": "PrefixListId", "prefix-list-name": "PrefixListName"}
    return {"PrefixLists": [r for r in rows if common.matches(call, r, fields)]}


@before("ec2", "DescribeManagedPrefixLists")
def _known(call: Call) -> None:
    for name in call.get("PrefixListIds", []):
        find(call.backend(), name)


@before("ec2", "GetManagedPrefixListEntries")
def _one(call: Call) -> None:
    find(call.backend(), call.get("PrefixListId", ""))


@before("ec2", "DeleteManagedPrefixList")
def _delete(call: Call) -> None:
    backend = call.backend()
    held = find(backend, call.get("PrefixListId", ""))
    used = any(
        r.prefix_list_id == held.id
        for groups in backend.groups.values()
        for g in groups.values()
        for r in (*g.ingress_rules, *g.egress_rules)
    )
    if used:
        raise Refusal("DependencyViolation", f"The prefix list {held.id} is in use and cannot be deleted.")


@after("ec2", "DeleteManagedPrefixList")
def _deleted(call: Call, _: Any) -> None:
    call.backend().managed_prefix_lists.pop(call.get("PrefixListId", ""), None)


@before("ec2", "ModifyManagedPrefixList")
def _modify(call: Call) -> None:
    held = find(call.backend(), call.get("PrefixListId", ""))
    wanted = call.get("CurrentVersion")
    changes = call.get("AddEntries", []), call.get("RemoveEntries", [])
    if any(changes) and wanted is None:
        raise Refusal("InvalidParameterValue", "The current version of the prefix list must be specified.")
    if wanted is not None and int(wanted) != held.version:
        raise Refusal("PrefixListVersionMismatch", f"The prefix list has the version {held.version}")
    room = int(call.get("MaxEntries", held.max_entries))
    if len(_entries(held)) + len(changes[0]) - len(changes[1]) > room:
        raise Refusal("PrefixListMaxEntriesExceeded", "You've reached the maximum number of entries for the prefix list.")


@after("ec2", "ModifyManagedPrefixList")
def _modified(call: Call, result: Any) -> None:
    held = find(call.backend(), call.get("PrefixListId", ""))
    held.prefix_list_name = call.get("PrefixListName", held.prefix_list_name)
    held.max_entries = call.get("MaxEntries", held.max_entries)
