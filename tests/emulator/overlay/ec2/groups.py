"""Security groups: what CreateSecurityGroup checks and DeleteSecurityGroup refuses."""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from ..core.hooks import Call, Refusal, after, before
from . import common, eice
from .networks import living_endpoints, violation

_TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")


@before("ec2", "CreateSecurityGroup")
def _create(call: Call) -> None:
    backend, vpc, name = call.backend(), call.get("VpcId"), call.get("GroupName", "")
    if vpc and vpc not in backend.vpcs:
        raise Refusal("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
    if not call.get("Description"):
        raise Refusal("MissingParameter", "The request must contain the parameter GroupDescription")
    if name.lower().startswith("sg-") or not _TEXT.fullmatch(name):
        raise Refusal("InvalidParameterValue", f"Value ({name}) for parameter GroupName is invalid.")
    if not _TEXT.fullmatch(call.get("Description")):
        raise Refusal("InvalidParameterValue", "Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*")
    network = vpc or backend.default_vpc.id
    if any(g.name.lower() == name.lower() for g in backend.groups.get(network, {}).values()):
        raise Refusal("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{network}'")


@after("ec2", "CreateSecurityGroup")
def _created(call: Call, result: Any) -> Any:
    return {**result, "Tags": common.tags_of(call.backend(), result["GroupId"])}


@before("ec2", "DescribeSecurityGroups")
def _known(call: Call) -> None:
    for name in call.get("GroupIds", []):
        common.group(call.backend(), name)


@before("ec2", "DeleteSecurityGroup")
def _delete(call: Call) -> None:
    backend = call.backend()
    eice.settle_all(backend, watched=True)
    if not call.get("GroupId"):
        return
    group = common.group(backend, call.get("GroupId"))
    if group.name == "default":
        raise Refusal("CannotDelete", f"the specified group: \"{group.id}\" name: \"default\" cannot be deleted by a user")
    if (
        any(common.interfaces_with_group(backend, group.id))
        or any(group.id in e.security_group_ids for e in living_endpoints(backend))
        or any(group.id in e.groups for e in eice.held(backend).values() if e.live)
        or _referenced(backend, group.id)
    ):
        raise violation(f"resource {group.id} has a dependent object")


def _referenced(backend: Any, group_id: str) -> bool:
    """By a rule of another group: a group's rule about itself goes with it."""
    return any(
        rule.source_group.get("GroupId") == group_id
        for groups in backend.groups.values()
        for other in groups.values()
        if other.id != group_id
        for rule in [*other.ingress_rules, *other.egress_rules]
    )


# The default group of a network admits its own members; moto leaves it empty.
_create_group = SecurityGroupBackend.create_security_group


def _with_own_rule(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    group = _create_group(self, name, *args, **kwargs)
    if group.is_default or name == "default":
        group.is_default = True
        pair = {"GroupId": group.id, "UserId": self.account_id, "OwnerId": self.account_id}
        group.ingress_rules.append(SecurityGroupRule(self, "-1", group.id, None, None, None, pair, is_egress=False))
    return group


SecurityGroupBackend.create_security_group = _with_own_rule  # type: ignore[method-assign]
