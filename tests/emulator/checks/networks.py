"""VPCs, subnets, gateways, routes, VPC endpoints, prefix lists."""

import json

from .client import REGION, Net, client, control, refused, same

S3 = f"com.amazonaws.{REGION}.s3"
SSM = f"com.amazonaws.{REGION}.ssm"


def check_vpc_delete_refusals():
    net, ec2 = Net(), client("ec2")
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=net.vpc)
    for s in (net.a, net.b):
        ec2.delete_subnet(SubnetId=s)
    g = net.group("g")
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=net.vpc)
    ec2.delete_security_group(GroupId=g)
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=net.vpc)
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=net.vpc)
    with refused("DependencyViolation"):
        ec2.delete_internet_gateway(InternetGatewayId=igw)
    ec2.detach_internet_gateway(InternetGatewayId=igw, VpcId=net.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=igw)
    ec2.delete_vpc(VpcId=net.vpc)
    with refused("InvalidVpcID.NotFound"):
        ec2.delete_vpc(VpcId=net.vpc)


def check_states_and_zones():
    ec2 = client("ec2")
    control("PUT", "knobs", {"vpc": {"describes": 1}})
    made = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]
    look = lambda: ec2.describe_vpcs(VpcIds=[made["VpcId"]])["Vpcs"][0]["State"]  # noqa: E731
    same([made["State"], look(), look()], ["pending", "pending", "available"])
    with refused("InvalidParameterValue"):
        ec2.create_subnet(VpcId=made["VpcId"], CidrBlock="10.3.0.0/24", AvailabilityZone="eu-west-1z")


def check_routes():
    net, ec2 = Net(), client("ec2")
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": igw}
    with refused("InvalidParameterValue"):
        ec2.create_route(**route)
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=net.vpc)
    ec2.create_route(**route)
    with refused("RouteAlreadyExists"):
        ec2.create_route(**route)
    ec2.associate_route_table(RouteTableId=table, SubnetId=net.a)
    with refused("DependencyViolation"):
        ec2.delete_route_table(RouteTableId=table)
    ec2.delete_subnet(SubnetId=net.a)
    ec2.delete_route_table(RouteTableId=table)


def check_interface_endpoint():
    net, ec2 = Net(), client("ec2")
    g, h = net.group("g"), net.group("h")
    make = lambda **k: ec2.create_vpc_endpoint(VpcId=net.vpc, VpcEndpointType="Interface", ServiceName=SSM, SubnetIds=[net.a], SecurityGroupIds=[g], **k)["VpcEndpoint"]  # noqa: E731
    with refused("InvalidParameter"):
        make(PrivateDnsEnabled=True)
    net.dns()
    made = make(PrivateDnsEnabled=True, ClientToken="t", TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "a", "Value": "b"}]}])
    name = made["VpcEndpointId"]
    same(make(PrivateDnsEnabled=True, ClientToken="t", TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "a", "Value": "b"}]}])["VpcEndpointId"], name)
    same((made["State"], made["IpAddressType"], made["DnsOptions"]["DnsRecordIpType"], made["RequesterManaged"], made["Tags"]), ("pending", "ipv4", "ipv4", False, [{"Key": "a", "Value": "b"}]))
    with refused("InvalidParameter"):
        make(PrivateDnsEnabled=True)
    look = lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"][0]  # noqa: E731
    same([look()["State"], look()["State"]], ["pending", "available"])
    eni = ec2.describe_network_interfaces(NetworkInterfaceIds=look()["NetworkInterfaceIds"])["NetworkInterfaces"]
    same([(e["InterfaceType"], e["SubnetId"], e["Groups"][0]["GroupId"]) for e in eni], [("vpc_endpoint", net.a, g)])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=g)
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=net.a)
    ec2.modify_vpc_endpoint(VpcEndpointId=name, AddSubnetIds=[net.b], RemoveSubnetIds=[net.a], AddSecurityGroupIds=[h], RemoveSecurityGroupIds=[g], PrivateDnsEnabled=False, PolicyDocument=json.dumps({"Statement": []}))
    row = look()
    same((row["SubnetIds"], [x["GroupId"] for x in row["Groups"]], row["PrivateDnsEnabled"], row["PolicyDocument"], len(row["NetworkInterfaceIds"])), ([net.b], [h], False, '{"Statement": []}', 1))
    ec2.delete_subnet(SubnetId=net.a)
    ec2.delete_security_group(GroupId=g)
    ec2.modify_vpc_endpoint(VpcEndpointId=name, ResetPolicy=True)
    same(json.loads(look()["PolicyDocument"])["Statement"][0]["Action"], "*")
    same(ec2.delete_vpc_endpoints(VpcEndpointIds=[name])["Unsuccessful"], [])
    same(look()["State"], "deleting")
    with refused("InvalidVpcEndpointId.NotFound"):
        look()
    ec2.delete_security_group(GroupId=h)
    gone = ec2.delete_vpc_endpoints(VpcEndpointIds=[name])["Unsuccessful"]
    same(gone[0]["Error"]["Code"], "InvalidVpcEndpointId.NotFound")


def check_endpoint_refusals():
    net, ec2 = Net().dns(), client("ec2")
    base = {"VpcId": net.vpc, "VpcEndpointType": "Interface"}
    with refused("InvalidServiceName"):
        ec2.create_vpc_endpoint(**base, ServiceName=f"com.amazonaws.{REGION}.nothing")
    with refused("InvalidParameter"):
        ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName=SSM)
    with refused("InvalidPolicyDocument"):
        ec2.create_vpc_endpoint(**base, ServiceName=SSM, PolicyDocument="no")
    same_zone = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.7.9.0/24", AvailabilityZone=REGION + "a")["Subnet"]["SubnetId"]
    with refused("DuplicateSubnetsInSameZone"):
        ec2.create_vpc_endpoint(**base, ServiceName=SSM, SubnetIds=[net.a, same_zone])
    with refused("InvalidVpcId.NotFound"):
        ec2.create_vpc_endpoint(VpcId="vpc-0123456789abcdef0", ServiceName=S3)


def check_gateway_endpoint():
    net, ec2 = Net(), client("ec2")
    one, two = (ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    made = ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName=S3, RouteTableIds=[one])["VpcEndpoint"]
    name = made["VpcEndpointId"]
    same((made["State"], made["VpcEndpointType"]), ("available", "Gateway"))
    routes = lambda t: [r["DestinationPrefixListId"] for r in ec2.describe_route_tables(RouteTableIds=[t])["RouteTables"][0]["Routes"] if r.get("GatewayId") == name]  # noqa: E731
    pl = ec2.describe_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [S3]}])["PrefixLists"]
    same(routes(one), [pl[0]["PrefixListId"]])
    assert pl[0]["Cidrs"]
    with refused("RouteAlreadyExists"):
        ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName=S3, RouteTableIds=[one])
    ec2.modify_vpc_endpoint(VpcEndpointId=name, AddRouteTableIds=[two], RemoveRouteTableIds=[one])
    same((routes(one), len(routes(two))), ([], 1))
    ec2.delete_vpc_endpoints(VpcEndpointIds=[name])
    same(routes(two), [])
    same(ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["VpcEndpoints"], [])


def check_endpoint_services():
    ec2 = client("ec2")
    for short in ("ssm", "ssmmessages", "ec2messages", "ec2", "s3", "dynamodb", "logs", "kms", "sts", "iam"):
        rows = ec2.describe_vpc_endpoint_services(ServiceNames=[f"com.amazonaws.{REGION}.{short}"])
        same(rows["ServiceNames"], [f"com.amazonaws.{REGION}.{short}"])
    kinds = ec2.describe_vpc_endpoint_services(Filters=[{"Name": "service-name", "Values": [S3]}])["ServiceDetails"]
    same([k["ServiceType"][0]["ServiceType"] for k in kinds], ["Gateway", "Interface"])
    only = ec2.describe_vpc_endpoint_services(ServiceNames=[S3], Filters=[{"Name": "service-type", "Values": ["Gateway"]}])["ServiceDetails"]
    same(len(only), 1)
    with refused("InvalidServiceName"):
        ec2.describe_vpc_endpoint_services(ServiceNames=["com.amazonaws.x.y"])


def check_prefix_lists():
    ec2 = client("ec2")
    make = lambda: ec2.create_managed_prefix_list(PrefixListName="p", MaxEntries=2, AddressFamily="IPv4", Entries=[{"Cidr": "10.0.0.0/8"}], ClientToken="t")["PrefixList"]["PrefixListId"]  # noqa: E731
    name = make()
    same(make(), name)
    with refused("PrefixListVersionMismatch"):
        ec2.modify_managed_prefix_list(PrefixListId=name, CurrentVersion=9, AddEntries=[{"Cidr": "10.1.0.0/16"}])
    with refused("PrefixListMaxEntriesExceeded"):
        ec2.modify_managed_prefix_list(PrefixListId=name, CurrentVersion=1, AddEntries=[{"Cidr": f"10.{n}.0.0/16"} for n in (1, 2)])
    ec2.modify_managed_prefix_list(PrefixListId=name, PrefixListName="q", MaxEntries=5)
    row = ec2.describe_managed_prefix_lists(PrefixListIds=[name])["PrefixLists"][0]
    same((row["PrefixListName"], row["MaxEntries"]), ("q", 5))
    ec2.delete_managed_prefix_list(PrefixListId=name)
    with refused("InvalidPrefixListID.NotFound"):
        ec2.describe_managed_prefix_lists(PrefixListIds=[name])
    aws = ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{REGION}.ec2-instance-connect"]}])["PrefixLists"]
    same(len(aws), 1)
