"""Security group rules: one rule per source, kept as AWS keeps them.

moto stores the rules and groups them for DescribeSecurityGroups; these actions
replace its own so that a request is taken whole or not at all, addresses are
normalised, and every kind of source has a description.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule

from ..core.hooks import Call, Refusal, answer
from . import common

PER_DIRECTION = 60
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6")
FILTERS = {"group-id": "GroupId", "security-group-rule-id": "SecurityGroupRuleId"}


def _own(group: Any, egress: bool) -> list[Any]:
    return group.egress_rules if egress else group.ingress_rules


def text_of(rule: Any) -> str | None:
    for held in (rule.ip_range, rule.source_group, getattr(rule, "list_source", {})):
        if "Description" in held:
            return held["Description"]
    return None


def describe_rule(rule: Any, egress: bool, group: Any) -> dict[str, Any]:
    backend = rule.ec2_backend
    row = {
        "SecurityGroupRuleId": rule.id,
        "GroupId": group.id,
        "GroupOwnerId": backend.account_id,
        "IsEgress": egress,
        "IpProtocol": rule.ip_protocol,
        "FromPort": -1 if rule.from_port is None else rule.from_port,
        "ToPort": -1 if rule.to_port is None else rule.to_port,
        "CidrIpv4": rule.ip_range.get("CidrIp"),
        "CidrIpv6": rule.ip_range.get("CidrIpv6"),
        "PrefixListId": rule.prefix_list_id,
        "Description": text_of(rule),
        "Tags": common.tags_of(backend, rule.id),
        "SecurityGroupRuleArn": f"arn:{backend.partition}:ec2:{backend.region_name}:{backend.account_id}:security-group-rule/{rule.id}",
    }
    if rule.source_group:
        row["ReferencedGroupInfo"] = {"GroupId": rule.source_group.get("GroupId"), "UserId": backend.account_id}
    return row


def _group(call: Call) -> Any:
    backend = call.backend()
    if call.get("GroupId"):
        return common.group(backend, call.get("GroupId"))
    found = backend.get_security_group_from_name(call.get("GroupName", ""), backend.default_vpc.id)
    if not found:
        raise Refusal("InvalidGroup.NotFound", f"The security group '{call.get('GroupName')}' does not exist in default VPC")
    return found


def _cidr(text: str, version: int) -> str:
    """As AWS stores it: the bits of the host part are dropped."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None or network.version != version or "/" not in text:
        raise Refusal("InvalidParameterValue", f"CIDR block {text} is malformed")
    return str(network)


def _ports(protocol: str, low: Any, high: Any) -> tuple[int | None, int | None]:
    if protocol not in _WITH_PORTS:
        return None, None
    if low is None and high is None and protocol.startswith("icmp"):
        low = high = -1
    if low is None or high is None:
        raise Refusal("InvalidParameterValue", "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
    low, high = int(low), int(high)
    if protocol in ("tcp", "udp"):
        if low == high == -1:
            low, high = 0, 65535
        if not (0 <= low <= 65535 and 0 <= high <= 65535):
            raise Refusal("InvalidParameterValue", f"Invalid value '{low if not 0 <= low <= 65535 else high}' for port. Must be between 0 and 65535.")
        if low > high:
            raise Refusal("InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})")
    return low, high


def _make(call: Call, group: Any, permission: dict[str, Any], egress: bool) -> list[Any]:
    """The rules one IpPermission stands for, not stored yet."""
    backend = call.backend()
    protocol = str(permission.get("IpProtocol", "")).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    if not protocol:
        raise Refusal("InvalidParameterValue", "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.")
    if protocol not in (*_WITH_PORTS, "-1") and not (protocol.isdigit() and int(protocol) <= 255):
        raise Refusal("InvalidParameterValue", f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
    low, high = _ports(protocol, permission.get("FromPort"), permission.get("ToPort"))
    made: list[Any] = []

    def add(addresses: Any = None, pair: Any = None, prefix_list: Any = None) -> None:
        rule = SecurityGroupRule(
            backend, "-1", group.id, None, None, addresses, pair, prefix_list, is_egress=egress
        )
        rule.ip_protocol, rule.from_port, rule.to_port = protocol, low, high
        rule.list_source = dict(prefix_list or {})
        made.append(rule)

    for held in permission.get("IpRanges", []):
        add(addresses=_described({"CidrIp": _cidr(held.get("CidrIp", ""), 4)}, held))
    for held in permission.get("Ipv6Ranges", []):
        add(addresses=_described({"CidrIpv6": _cidr(held.get("CidrIpv6", ""), 6)}, held))
    for held in permission.get("PrefixListIds", []):
        if held.get("PrefixListId") not in backend.managed_prefix_lists:
            raise Refusal("InvalidPrefixListID.NotFound", f"The prefix list ID '{held.get('PrefixListId')}' does not exist")
        add(prefix_list=_described({"PrefixListId": held["PrefixListId"]}, held))
    for held in permission.get("UserIdGroupPairs", []):
        add(pair=_described(_pair(call, group, held), held))
    return made


def _pair(call: Call, group: Any, held: dict[str, Any]) -> dict[str, Any]:
    owner = held.get("UserId") or call.account
    if owner != call.account:  # a group of a peer account: nothing here to look it up in
        return {"GroupId": held.get("GroupId"), "UserId": owner, "OwnerId": owner}
    backend = call.backend()
    name = held.get("GroupId")
    other = backend.get_security_group_from_id(name) if name else backend.get_security_group_from_name(held.get("GroupName", ""), group.vpc_id)
    if not other:
        raise Refusal("InvalidGroup.NotFound", f"You have specified two resources that belong to different networks or the security group '{name or held.get('GroupName')}' does not exist")
    return {"GroupId": other.id, "UserId": owner, "OwnerId": owner}


def _described(held: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    text = given.get("Description")
    if text is not None and len(text) > 255:
        raise Refusal("InvalidParameterValue", "Invalid rule description. Valid descriptions are strings less than 256 characters.")
    return {**held, **({"Description": text} if text else {})}


def _source(rule: Any) -> tuple[Any, ...]:
    return (
        rule.ip_protocol,
        rule.from_port,
        rule.to_port,
        rule.ip_range.get("CidrIp"),
        rule.ip_range.get("CidrIpv6"),
        rule.prefix_list_id,
        rule.source_group.get("GroupId"),
    )


def _permissions(call: Call) -> list[dict[str, Any]]:
    """IpPermissions, or the older form with one source spread over the request."""
    if call.get("IpPermissions"):
        return call.get("IpPermissions")
    if not call.get("IpProtocol") and not call.get("CidrIp"):
        return []
    one = {k: call.get(k) for k in ("IpProtocol", "FromPort", "ToPort") if call.get(k) is not None}
    if call.get("CidrIp"):
        one["IpRanges"] = [{"CidrIp": call.get("CidrIp")}]
    if call.get("SourceSecurityGroupName"):
        one["UserIdGroupPairs"] = [{"GroupName": call.get("SourceSecurityGroupName")}]
    return [one]


@answer("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def authorize(call: Call) -> dict[str, Any]:
    egress, group = call.action.endswith("Egress"), _group(call)
    tags = common.wanted_tags(call, "security-group-rule")
    made = [r for p in _permissions(call) for r in _make(call, group, p, egress)]
    if not made:
        raise Refusal("MissingParameter", "Source group or IP address missing.")
    held = _own(group, egress)
    seen = {_source(r) for r in held}
    for rule in made:
        if _source(rule) in seen:
            peer = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6") or rule.prefix_list_id or rule.source_group.get("GroupId")
            raise Refusal(
                "InvalidPermission.Duplicate",
                f"the specified rule \"peer: {peer}, {rule.ip_protocol.upper()}, from port: {rule.from_port}, to port: {rule.to_port}, ALLOW\" already exists",
            )
        seen.add(_source(rule))
    _check_quota(call, [*held, *made])
    held.extend(made)
    for rule in made:
        common.set_tags(call.backend(), rule.id, tags)
    return {"Return": True, "SecurityGroupRules": [describe_rule(r, egress, group) for r in made]}


def _check_quota(call: Call, rules: list[Any]) -> None:
    """60 in each direction, for IPv4 and IPv6 apart; a prefix list weighs its size."""
    lists = call.backend().managed_prefix_lists
    four = six = 0
    for rule in rules:
        if rule.prefix_list_id:
            weight = int(lists[rule.prefix_list_id].max_entries or 1) if rule.prefix_list_id in lists else 1
            if getattr(lists.get(rule.prefix_list_id), "address_family", "IPv4") == "IPv6":
                six += weight
            else:
                four += weight
        elif rule.source_group:
            four, six = four + 1, six + 1
        elif "CidrIpv6" in rule.ip_range:
            six += 1
        else:
            four += 1
    if max(four, six) > PER_DIRECTION:
        raise Refusal("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")


@answer("ec2", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress")
def revoke(call: Call) -> dict[str, Any]:
    egress, group = call.action.endswith("Egress"), _group(call)
    held = _own(group, egress)
    going: list[Any] = []
    for name in call.get("SecurityGroupRuleIds", []):
        going.append(_by_id(held, name))
    for permission in _permissions(call):
        for wanted in _make(call, group, permission, egress):
            match = next((r for r in held if _source(r) == _source(wanted)), None)
            if not match:
                raise Refusal("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
            going.append(match)
    gone = [describe_rule(r, egress, group) for r in going]
    held[:] = [r for r in held if not any(r is g for g in going)]
    return {
        "Return": True,
        "RevokedSecurityGroupRules": [{**row, "ReferencedGroupId": row.get("ReferencedGroupInfo", {}).get("GroupId")} for row in gone],
    }


def _by_id(held: list[Any], name: str) -> Any:
    common.check_id(name, "sgr", "InvalidSecurityGroupRuleId")
    match = next((r for r in held if r.id == name), None)
    if not match:
        raise Refusal("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{name}' does not exist")
    return match


@answer("ec2", "ModifySecurityGroupRules")
def modify(call: Call) -> dict[str, Any]:
    group = _group(call)
    changes = []
    for wanted in call.get("SecurityGroupRules", []):
        rule = _by_id([*group.ingress_rules, *group.egress_rules], wanted["SecurityGroupRuleId"])
        new = wanted.get("SecurityGroupRule", {})
        egress = any(rule is r for r in group.egress_rules)
        text = {"Description": new["Description"]} if new.get("Description") else {}
        sources = {
            "IpRanges": [{"CidrIp": new["CidrIpv4"], **text}] if new.get("CidrIpv4") else [],
            "Ipv6Ranges": [{"CidrIpv6": new["CidrIpv6"], **text}] if new.get("CidrIpv6") else [],
            "PrefixListIds": [{"PrefixListId": new["PrefixListId"], **text}] if new.get("PrefixListId") else [],
            "UserIdGroupPairs": [{"GroupId": new["ReferencedGroupId"], **text}] if new.get("ReferencedGroupId") else [],
        }
        given = [s for s in sources.values() if s]
        if len(given) > 1:
            raise Refusal("InvalidParameterCombination", "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified")
        if not given:
            raise Refusal("MissingParameter", "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId")
        [made] = _make(call, group, {**{k: new.get(k) for k in ("IpProtocol", "FromPort", "ToPort")}, **sources}, egress)
        if _kind(made) != _kind(rule):
            raise Refusal("InvalidParameterValue", f"Invalid rule type for security group rule '{rule.id}'. You may not change the kind of source of an existing rule.")
        if any(r is not rule and _source(r) == _source(made) for r in _own(group, egress)):
            raise Refusal("InvalidPermission.Duplicate", "The specified rule already exists")
        changes.append((rule, made))
    for rule, made in changes:
        for name in ("ip_protocol", "from_port", "to_port", "ip_range", "source_group", "prefix_list_id", "list_source"):
            setattr(rule, name, getattr(made, name))
    return {"Return": True}


def _kind(rule: Any) -> str:
    if rule.prefix_list_id:
        return "list"
    if rule.source_group:
        return "group"
    return "six" if "CidrIpv6" in rule.ip_range else "four"


@answer("ec2", "UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress")
def update_descriptions(call: Call) -> dict[str, Any]:
    egress, group = call.action.endswith("Egress"), _group(call)
    held = _own(group, egress)
    changes = [(_by_id(held, d["SecurityGroupRuleId"]), d.get("Description")) for d in call.get("SecurityGroupRuleDescriptions", [])]
    for permission in call.get("IpPermissions", []):
        for made in _make(call, group, permission, egress):
            match = next((r for r in held if _source(r) == _source(made)), None)
            if not match:
                raise Refusal("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
            changes.append((match, text_of(made)))
    for rule, text in changes:
        target = rule.ip_range or rule.source_group or getattr(rule, "list_source", {})
        target.pop("Description", None)
        if text:
            target["Description"] = text
    return {"Return": True}


@answer("ec2", "DescribeSecurityGroupRules")
def describe(call: Call) -> dict[str, Any]:
    backend = call.backend()
    for wanted in call.get("Filters", []):
        if wanted.get("Name") == "group-id":
            for name in wanted.get("Values", []):
                common.check_id(name, "sg", "InvalidGroupId")
    rows = [
        describe_rule(rule, egress, group)
        for groups in backend.groups.values()
        for group in groups.values()
        for egress, rules in ((False, group.ingress_rules), (True, group.egress_rules))
        for rule in rules
    ]
    for name in call.get("SecurityGroupRuleIds", []):
        if name not in {r["SecurityGroupRuleId"] for r in rows}:
            raise Refusal("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{name}' does not exist")
    wanted_ids = call.get("SecurityGroupRuleIds")
    rows = [r for r in rows if (not wanted_ids or r["SecurityGroupRuleId"] in wanted_ids) and common.matches(call, r, FILTERS)]
    return {"SecurityGroupRules": rows}


# DescribeSecurityGroups groups rules by ports; moto drops a prefix list's description there.
_flattened = SecurityGroup._flattened_rules


def _flattened_with_text(self: Any, rules: list[Any]) -> Any:
    views = _flattened(self, rules)
    texts = {r.prefix_list_id: text_of(r) for r in rules if r.prefix_list_id}
    for view in views:
        for held in view.prefix_list_ids:
            if texts.get(held["PrefixListId"]):
                held["Description"] = texts[held["PrefixListId"]]
    return views


SecurityGroup._flattened_rules = _flattened_with_text  # type: ignore[method-assign]


def _find_rule(backend: Any, name: str) -> None:
    """CreateTags on a rule that does not exist is refused."""
    held = [r for gs in backend.groups.values() for g in gs.values() for r in (*g.ingress_rules, *g.egress_rules)]
    _by_id(held, name)


common.taggable("sgr", "security-group-rule", _find_rule)
