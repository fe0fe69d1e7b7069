"""The overlay's own interface: call log, faults, knobs, credentials, unknown actions."""

import time

from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

from .client import Net, client, control, refused, same


def check_call_log():
    client("ec2").describe_vpcs(Filters=[{"Name": "vpc-id", "Values": ["x"]}])
    client("s3").create_bucket(Bucket="bucket-of-log", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client("kms").list_keys()
    try:
        client("iam").get_role(RoleName="none")
    except ClientError:
        pass
    calls = control("GET", "calls")
    same([(c["service"], c["action"], c["status"], c["error"]) for c in calls], [
        ("ec2", "DescribeVpcs", 200, None),
        ("s3", "CreateBucket", 200, None),
        ("kms", "ListKeys", 200, None),
        ("iam", "GetRole", 404, "NoSuchEntity"),
    ])
    same(calls[0]["params"], {"Filters": [{"Name": "vpc-id", "Values": ["x"]}]})
    same((calls[0]["seq"], calls[0]["region"], calls[1]["params"]["Bucket"]), (1, "eu-west-1", "bucket-of-log"))
    same([c["seq"] for c in control("GET", "calls?since=2")], [3, 4])
    control("DELETE", "calls")
    same(control("GET", "calls"), [])


def check_s3_actions_in_the_log():
    s3 = client("s3")
    s3.create_bucket(Bucket="names-of-calls", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="names-of-calls", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_lifecycle_configuration(Bucket="names-of-calls", LifecycleConfiguration={"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}]})
    s3.get_public_access_block(Bucket="names-of-calls")
    s3.put_object(Bucket="names-of-calls", Key="a/b", Body=b"x")
    same(s3.head_object(Bucket="names-of-calls", Key="a/b")["ContentLength"], 1)
    names = [c["action"] for c in control("GET", "calls")]
    same(names, ["CreateBucket", "PutBucketVersioning", "PutBucketLifecycleConfiguration", "GetPublicAccessBlock", "PutObject", "HeadObject"])


def check_fault_refuses_n_times():
    control("POST", "faults", [{"service": "ec2", "action": "Describe*", "times": 2, "code": "RequestLimitExceeded", "status": 503, "message": "slow"}])
    for _ in range(2):
        with refused("RequestLimitExceeded", 503):
            client("ec2").describe_vpcs()
    client("ec2").describe_vpcs()
    same([c["fault"] for c in control("GET", "calls")], [True, True, False])


def check_fault_shapes_by_protocol():
    control("POST", "faults", [{"code": "AccessDenied", "status": 403, "times": 4}])
    for call in (client("iam").list_roles, client("kms").list_keys, client("s3").list_buckets, client("ssm").list_documents):
        with refused("AccessDenied", 403):
            call()


def check_fault_after_performs_the_call():
    control("POST", "faults", [{"service": "ec2", "action": "CreateVpc", "code": "InternalError", "status": 500, "after": True}])
    before = len(client("ec2").describe_vpcs()["Vpcs"])
    with refused("InternalError", 500):
        client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    same(len(client("ec2").describe_vpcs()["Vpcs"]), before + 1)


def check_fault_abort_loses_the_answer():
    control("POST", "faults", [{"action": "CreateVpc", "abort": True, "after": True}])
    before = len(client("ec2").describe_vpcs()["Vpcs"])
    try:
        client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
        raise AssertionError("an answer came")
    except (HTTPClientError, EndpointConnectionError):
        pass
    same(len(client("ec2").describe_vpcs()["Vpcs"]), before + 1)


def check_fault_skip_and_delay():
    control("POST", "faults", [{"action": "DescribeVpcs", "delay_seconds": 0.4, "skip": 1}])
    began = time.monotonic()
    client("ec2").describe_vpcs()
    middle = time.monotonic()
    client("ec2").describe_vpcs()
    assert middle - began < 0.4 <= time.monotonic() - middle
    same(control("POST", "faults", [{"wrong": 1}])["status"], 400)
    control("POST", "faults", {"code": "X"})
    same(len(control("GET", "faults")), 1)
    same(control("DELETE", "faults"), [])


def check_knobs():
    net = Net()
    control("PUT", "knobs", {"instance-connect-endpoint": {"seconds": 0.3}})
    ec2 = client("ec2")
    ec2.create_instance_connect_endpoint(SubnetId=net.a)
    state = lambda: ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"][0]["State"]  # noqa: E731
    same([state(), state(), state()], ["create-in-progress"] * 3)
    time.sleep(0.35)
    same(state(), "create-complete")
    same(control("PUT", "knobs", {"nothing": {}})["status"], 400)
    same(control("DELETE", "knobs")["instance-connect-endpoint"], {"describes": 1})


def check_invalid_credentials():
    for service, call, code, status in (
        ("ec2", "describe_vpcs", "AuthFailure", 401),
        ("iam", "list_roles", "InvalidClientTokenId", 403),
        ("sts", "get_caller_identity", "InvalidClientTokenId", 403),
        ("kms", "list_keys", "UnrecognizedClientException", 400),
        ("ssm", "list_documents", "UnrecognizedClientException", 400),
        ("logs", "describe_log_groups", "UnrecognizedClientException", 400),
        ("s3", "list_buckets", "InvalidAccessKeyId", 403),
    ):
        with refused(code, status):
            getattr(client(service, key="AKIAINVALID"), call)()


def check_unimplemented_is_a_400():
    with refused("InvalidAction", 400):
        client("ec2").describe_stale_security_groups(VpcId="vpc-0123456789abcdef0")
    with refused("InvalidAction", 400):
        client("iam").simulate_custom_policy(PolicyInputList=["{}"], ActionNames=["a:b"])
    with refused("UnknownOperationException", 400):
        client("ssm").create_activation(IamRole="x")
    with refused("UnknownOperationException", 400):
        client("accessanalyzer").list_analyzers()


def check_dry_run_tokens_paging():
    ec2 = client("ec2")
    with refused("DryRunOperation", 412):
        ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True)
    net = Net()
    make = lambda **k: ec2.create_instance_connect_endpoint(SubnetId=net.a, ClientToken="t1", **k)["InstanceConnectEndpoint"]["InstanceConnectEndpointId"]  # noqa: E731
    same(make(), make())
    with refused("IdempotentParameterMismatch"):
        make(PreserveClientIp=True)
    for n in range(7):
        net.group(f"g{n}")
    pages = list(ec2.get_paginator("describe_security_groups").paginate(PaginationConfig={"PageSize": 5}, Filters=[{"Name": "vpc-id", "Values": [net.vpc]}]))
    same([len(p["SecurityGroups"]) for p in pages], [5, 3])
    with refused("InvalidParameterValue"):
        ec2.describe_security_groups(MaxResults=4)
    with refused("InvalidParameterValue"):
        ec2.describe_vpcs(Filters=[{"Name": "no-such", "Values": ["x"]}])


def check_reset_clears_ours():
    Net()
    control("POST", "faults", [{"code": "X", "service": "sqs"}])
    control("PUT", "knobs", {"vpc": {"describes": 3}})
    from .client import reset

    reset()
    same((control("GET", "calls"), control("GET", "faults"), control("GET", "knobs")["vpc"]), ([], [], {"immediate": True}))
    same(len(client("ec2").describe_vpcs()["Vpcs"]), 1)


def check_one_token_from_many_threads():
    from concurrent.futures import ThreadPoolExecutor

    net, ec2 = Net().dns(), client("ec2")
    wanted = dict(VpcId=net.vpc, VpcEndpointType="Interface", ServiceName="com.amazonaws.eu-west-1.ssm", SubnetIds=[net.a], ClientToken="same")
    with ThreadPoolExecutor(8) as pool:
        names = {f.result()["VpcEndpoint"]["VpcEndpointId"] for f in [pool.submit(ec2.create_vpc_endpoint, **wanted) for _ in range(8)]}
    same(len(names), 1)
