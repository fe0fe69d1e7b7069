"""EC2 Instance Connect endpoints."""

from .client import Net, client, control, refused, same


def _make(net, **more):
    return client("ec2").create_instance_connect_endpoint(SubnetId=net.a, **more)["InstanceConnectEndpoint"]


def _one(name):
    return client("ec2").describe_instance_connect_endpoints(InstanceConnectEndpointIds=[name])["InstanceConnectEndpoints"][0]


def _ready(name):
    while _one(name)["State"].endswith("in-progress"):
        pass
    return _one(name)


def check_life_of_an_endpoint():
    net, ec2 = Net(), client("ec2")
    g1, g2 = net.group("one"), net.group("two")
    made = _make(net, SecurityGroupIds=[g1], TagSpecifications=[{"ResourceType": "instance-connect-endpoint", "Tags": [{"Key": "Name", "Value": "x"}]}])
    name = made["InstanceConnectEndpointId"]
    same((made["State"], made["PreserveClientIp"], made["IpAddressType"], made["VpcId"]), ("create-in-progress", False, "ipv4", net.vpc))
    with refused("IncorrectState"):
        ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=name)
    row = _ready(name)
    same((row["State"], row["Tags"], row["SecurityGroupIds"]), ("create-complete", [{"Key": "Name", "Value": "x"}], [g1]))
    assert row["DnsName"].startswith(name) and row["PublicDnsNames"]["Ipv4"]["DnsName"]
    eni = ec2.describe_network_interfaces(Filters=[{"Name": "tag:InstanceConnectEndpointId", "Values": [name]}])["NetworkInterfaces"]
    same(([e["NetworkInterfaceId"] for e in eni], eni[0]["RequesterManaged"]), (row["NetworkInterfaceIds"], True))
    ec2.modify_instance_connect_endpoint(InstanceConnectEndpointId=name, SecurityGroupIds=[g2], PreserveClientIp=True)
    row = _one(name)
    same((row["State"], row["SecurityGroupIds"]), ("update-in-progress", [g1]))
    row = _ready(name)
    same((row["State"], row["SecurityGroupIds"], row["PreserveClientIp"]), ("update-complete", [g2], True))
    ec2.delete_security_group(GroupId=g1)
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=g2)
    same(ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=name)["InstanceConnectEndpoint"]["State"], "delete-in-progress")
    same(_one(name)["State"], "delete-in-progress")
    with refused("DependencyViolation"):
        control("PUT", "knobs", {"instance-connect-endpoint": {"seconds": 60}})
        ec2.delete_subnet(SubnetId=net.a)
    control("DELETE", "knobs")
    same(_one(name)["State"], "delete-complete")
    with refused("InvalidInstanceConnectEndpointId.NotFound"):
        _one(name)
    ec2.delete_security_group(GroupId=g2)
    ec2.delete_subnet(SubnetId=net.a)
    roles = client("iam").list_roles(PathPrefix="/aws-service-role/ec2-instance-connect.amazonaws.com/")["Roles"]
    same([r["RoleName"] for r in roles], ["AWSServiceRoleForEc2InstanceConnect"])


def check_waiting_by_retrying_the_group():
    """A client that never looks at the endpoint gets its group deleted in the end."""
    net, ec2 = Net(), client("ec2")
    group = net.group("g")
    name = _make(net, SecurityGroupIds=[group])["InstanceConnectEndpointId"]
    _ready(name)
    ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=name)
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)
    ec2.delete_security_group(GroupId=group)


def check_quota_and_refusals():
    net, ec2 = Net(), client("ec2")
    _make(net)
    with refused("ResourceLimitExceeded"):
        ec2.create_instance_connect_endpoint(SubnetId=net.b)
    other = Net("10.8")
    with refused("InvalidParameter"):
        ec2.create_instance_connect_endpoint(SubnetId=other.a, SecurityGroupIds=[net.group("g")])
    with refused("InvalidParameterValue"):
        ec2.create_instance_connect_endpoint(SubnetId=other.a, IpAddressType="dualstack")
    with refused("InvalidSubnetID.NotFound"):
        ec2.create_instance_connect_endpoint(SubnetId="subnet-0123456789abcdef0")
    with refused("InvalidInstanceConnectEndpointId.Malformed"):
        ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId="eice-x")
    with refused("InvalidInstanceConnectEndpointId.NotFound"):
        ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId="eice-0123456789abcdef0")
    with refused("InvalidParameterValue"):
        ec2.describe_instance_connect_endpoints(MaxResults=51)
    for n in range(4):
        _make(Net(f"10.{20 + n}"))
    with refused("ResourceLimitExceeded"):
        _make(Net("10.40"))
    pages = ec2.get_paginator("describe_instance_connect_endpoints").paginate(PaginationConfig={"PageSize": 2})
    same([len(p["InstanceConnectEndpoints"]) for p in pages], [2, 2, 1])


def check_dual_stack_default_and_client_ip():
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    six = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24", Ipv6CidrBlock=six.replace("/56", "/64"))["Subnet"]["SubnetId"]
    with refused("InvalidParameterValue"):
        ec2.create_instance_connect_endpoint(SubnetId=subnet, PreserveClientIp=True)
    made = ec2.create_instance_connect_endpoint(SubnetId=subnet)["InstanceConnectEndpoint"]
    same(made["IpAddressType"], "dualstack")


def check_filters_and_tags():
    net, ec2 = Net(), client("ec2")
    name = _make(net)["InstanceConnectEndpointId"]
    ec2.create_tags(Resources=[name], Tags=[{"Key": "a", "Value": "b"}])
    count = lambda n, *v: len(ec2.describe_instance_connect_endpoints(Filters=[{"Name": n, "Values": list(v)}])["InstanceConnectEndpoints"])  # noqa: E731
    same([count("vpc-id", net.vpc), count("vpc-id", "vpc-1"), count("subnet-id", net.a), count("tag:a", "b"), count("tag-key", "a"), count("tag-value", "c"), count("state", "create-*")], [1, 0, 1, 1, 1, 0, 1])
    ec2.delete_tags(Resources=[name], Tags=[{"Key": "a"}])
    same(_one(name)["Tags"], [])
    with refused("InvalidInstanceConnectEndpointId.NotFound"):
        ec2.create_tags(Resources=["eice-0123456789abcdef0"], Tags=[{"Key": "a", "Value": "b"}])
    with refused("InvalidParameterValue"):
        ec2.describe_instance_connect_endpoints(Filters=[{"Name": "nope", "Values": ["x"]}])
