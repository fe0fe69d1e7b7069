"""boto3 clients and small helpers for the checks."""

import json
import os
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import cache

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
REGION = "eu-west-1"
ACCOUNT = "123456789012"


@cache
def client(service, key="test", attempts=1):
    # One attempt: a repeated call would hide what the first one was answered.
    # No validation: what the client library refuses would never reach the emulator.
    how = Config(parameter_validation=False, retries={"total_max_attempts": attempts, "mode": "standard"}, s3={"addressing_style": "path"}, read_timeout=20)
    return boto3.client(service, endpoint_url=URL, region_name=REGION, aws_access_key_id=key, aws_secret_access_key="test", config=how)


def control(method, path, value=None):
    data = None if value is None else json.dumps(value).encode()
    ask = urllib.request.Request(f"{URL}/_bastionless/{path}", data=data, method=method)
    try:
        with urllib.request.urlopen(ask) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as no:
        return {"status": no.code, **json.load(no)}


def reset():
    urllib.request.urlopen(urllib.request.Request(f"{URL}/moto-api/reset", data=b"", method="POST")).read()


@contextmanager
def refused(code, status=None):
    """The calls inside have to end with this AWS error."""
    try:
        yield
    except ClientError as no:
        got = no.response["Error"]["Code"]
        assert got == code, f"refused with {got} ({no}), not {code}"
        have = no.response["ResponseMetadata"]["HTTPStatusCode"]
        assert status in (None, have), f"{code} came with HTTP {have}, not {status}"
        return
    raise AssertionError(f"accepted; AWS answers {code}")


def same(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


class Net:
    """A network with two subnets, ready for most checks."""

    def __init__(self, cidr="10.7"):
        ec2 = client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock=f"{cidr}.0.0/16")["Vpc"]["VpcId"]
        self.a, self.b = (
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"{cidr}.{n}.0/24", AvailabilityZone=REGION + z)["Subnet"]["SubnetId"]
            for n, z in ((1, "a"), (2, "b"))
        )

    def group(self, name, **more):
        return client("ec2").create_security_group(GroupName=name, Description="d", VpcId=self.vpc, **more)["GroupId"]

    def dns(self):
        client("ec2").modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        return self


def tcp(port, **sources):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **sources}
