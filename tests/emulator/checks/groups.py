"""Security groups and their rules."""

from .client import ACCOUNT, REGION, Net, client, refused, same, tcp


def check_create():
    net, ec2 = Net(), client("ec2")
    made = ec2.create_security_group(GroupName="g", Description="d", VpcId=net.vpc, TagSpecifications=[{"ResourceType": "security-group", "Tags": [{"Key": "k", "Value": "v"}]}])
    same(made["Tags"], [{"Key": "k", "Value": "v"}])
    with refused("InvalidGroup.Duplicate"):
        net.group("G")
    with refused("InvalidVpcID.NotFound"):
        ec2.create_security_group(GroupName="x", Description="d", VpcId="vpc-0123456789abcdef0")
    with refused("InvalidParameterValue"):
        net.group("sg-x")
    with refused("InvalidParameterValue"):
        ec2.create_security_group(GroupName="x", Description="d\u00e9", VpcId=net.vpc)


def check_delete_refusals():
    net, ec2 = Net(), client("ec2")
    default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["SecurityGroups"][0]
    same([p["UserIdGroupPairs"][0]["GroupId"] for p in default["IpPermissions"]], [default["GroupId"]])
    with refused("CannotDelete"):
        ec2.delete_security_group(GroupId=default["GroupId"])
    a, b = net.group("a"), net.group("b")
    ec2.authorize_security_group_ingress(GroupId=a, IpPermissions=[tcp(22, UserIdGroupPairs=[{"GroupId": b}])])
    ec2.authorize_security_group_ingress(GroupId=a, IpPermissions=[tcp(23, UserIdGroupPairs=[{"GroupId": a}])])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=b)
    eni = ec2.create_network_interface(SubnetId=net.a, Groups=[a])["NetworkInterface"]["NetworkInterfaceId"]
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=a)
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=net.a)
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    ec2.delete_security_group(GroupId=a)
    ec2.delete_security_group(GroupId=b)
    with refused("InvalidGroup.NotFound"):
        ec2.delete_security_group(GroupId=b)
    with refused("InvalidGroupId.Malformed"):
        ec2.delete_security_group(GroupId="nope")


def check_rules_are_stored_one_for_each_source():
    net, ec2 = Net(), client("ec2")
    a, b = net.group("a"), net.group("b")
    pl = ec2.create_managed_prefix_list(PrefixListName="p", MaxEntries=2, AddressFamily="IPv4")["PrefixList"]["PrefixListId"]
    made = ec2.authorize_security_group_ingress(
        GroupId=a,
        IpPermissions=[
            tcp(22, IpRanges=[{"CidrIp": "10.1.2.3/24", "Description": "four"}], Ipv6Ranges=[{"CidrIpv6": "fd00::1/8"}]),
            tcp(443, PrefixListIds=[{"PrefixListId": pl, "Description": "list"}], UserIdGroupPairs=[{"GroupId": b, "Description": "group"}]),
        ],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": [{"Key": "k", "Value": "v"}]}],
    )["SecurityGroupRules"]
    same(len(made), 4)
    rows = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [a]}])["SecurityGroupRules"]
    entry = [r for r in rows if not r["IsEgress"]]
    same(sorted(r.get("Description", "") for r in entry), ["", "four", "group", "list"])
    four = next(r for r in entry if "CidrIpv4" in r)
    same((four["CidrIpv4"], four["GroupOwnerId"], four["Tags"]), ("10.1.2.0/24", ACCOUNT, [{"Key": "k", "Value": "v"}]))
    same(four["SecurityGroupRuleArn"], f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group-rule/{four['SecurityGroupRuleId']}")
    same(next(r for r in entry if "CidrIpv6" in r)["CidrIpv6"], "fd00::/8")
    same(next(r for r in entry if "ReferencedGroupInfo" in r)["ReferencedGroupInfo"]["GroupId"], b)
    grouped = ec2.describe_security_groups(GroupIds=[a])["SecurityGroups"][0]["IpPermissions"]
    same(next(p for p in grouped if p["FromPort"] == 443)["PrefixListIds"], [{"PrefixListId": pl, "Description": "list"}])
    same(len(ec2.describe_security_group_rules(SecurityGroupRuleIds=[four["SecurityGroupRuleId"]])["SecurityGroupRules"]), 1)
    same(len(ec2.describe_security_group_rules(Filters=[{"Name": "tag:k", "Values": ["v"]}])["SecurityGroupRules"]), 4)
    with refused("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=a, IpPermissions=[tcp(80, IpRanges=[{"CidrIp": "10.0.0.0/8"}]), tcp(22, IpRanges=[{"CidrIp": "10.1.2.9/24"}])])
    same(len(ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [a]}])["SecurityGroupRules"]), 5)
    with refused("DependencyViolation"):
        ec2.delete_managed_prefix_list(PrefixListId=pl)


def check_rule_requests_refused():
    net, ec2 = Net(), client("ec2")
    g = net.group("g")
    add = lambda *p: ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=list(p))  # noqa: E731
    with refused("InvalidParameterValue"):
        add(tcp(22, IpRanges=[{"CidrIp": "300.0.0.0/8"}]))
    with refused("InvalidParameterValue"):
        add({"IpProtocol": "tcp", "FromPort": 9, "ToPort": 8, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]})
    with refused("InvalidGroup.NotFound"):
        add(tcp(22, UserIdGroupPairs=[{"GroupId": "sg-0123456789abcdef0"}]))
    with refused("RulesPerSecurityGroupLimitExceeded"):
        add(tcp(22, IpRanges=[{"CidrIp": f"10.0.{n}.0/24"} for n in range(61)]))
    add(tcp(22, IpRanges=[{"CidrIp": f"10.0.{n}.0/24"} for n in range(60)], Ipv6Ranges=[{"CidrIpv6": "fd00::/8"}]))
    with refused("InvalidPermission.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=g, IpPermissions=[tcp(23, IpRanges=[{"CidrIp": "10.0.0.0/8"}])])
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=g, SecurityGroupRuleIds=["sgr-0123456789abcdef0"])


def check_modify_and_describe_every_field():
    net, ec2 = Net(), client("ec2")
    g, h, i = net.group("g"), net.group("h"), net.group("i")
    rules = ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=[tcp(22, IpRanges=[{"CidrIp": "10.0.0.0/8"}], Ipv6Ranges=[{"CidrIpv6": "fd00::/8"}], UserIdGroupPairs=[{"GroupId": h}])])["SecurityGroupRules"]
    four, six, group = (next(r["SecurityGroupRuleId"] for r in rules if f in r) for f in ("CidrIpv4", "CidrIpv6", "ReferencedGroupInfo"))
    change = lambda name, **new: ec2.modify_security_group_rules(GroupId=g, SecurityGroupRules=[{"SecurityGroupRuleId": name, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, **new}}])  # noqa: E731
    change(four, CidrIpv4="10.2.3.4/16", Description="x")
    change(six, CidrIpv6="fd01::/16")
    change(group, ReferencedGroupId=i, Description="y")
    with refused("InvalidParameterValue"):
        change(four, CidrIpv6="fd09::/16")
    rows = {r["SecurityGroupRuleId"]: r for r in ec2.describe_security_group_rules(SecurityGroupRuleIds=[four, six, group])["SecurityGroupRules"]}
    same([rows[four]["CidrIpv4"], rows[four]["FromPort"], rows[four]["Description"], rows[six]["CidrIpv6"], rows[group]["ReferencedGroupInfo"]["GroupId"], rows[group]["Description"]], ["10.2.0.0/16", 80, "x", "fd01::/16", i, "y"])
    ec2.update_security_group_rule_descriptions_ingress(GroupId=g, SecurityGroupRuleDescriptions=[{"SecurityGroupRuleId": group, "Description": "z"}])
    ec2.update_security_group_rule_descriptions_ingress(GroupId=g, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "IpRanges": [{"CidrIp": "10.2.0.0/16"}]}])
    rows = {r["SecurityGroupRuleId"]: r for r in ec2.describe_security_group_rules(SecurityGroupRuleIds=[four, group])["SecurityGroupRules"]}
    same((rows[four].get("Description"), rows[group]["Description"]), (None, "z"))
    ec2.revoke_security_group_ingress(GroupId=g, SecurityGroupRuleIds=[four])
    ec2.revoke_security_group_egress(GroupId=g, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    left = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [g]}])["SecurityGroupRules"]
    same({r["SecurityGroupRuleId"] for r in left}, {six, group})
    pages = ec2.get_paginator("describe_security_group_rules").paginate(PaginationConfig={"PageSize": 5})
    assert all(len(p["SecurityGroupRules"]) <= 5 for p in pages)
