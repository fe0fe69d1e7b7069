"""Images, instances, key pairs."""

from .client import Net, client, refused, same


def _latest(pattern, owner):
    rows = client("ec2").describe_images(Owners=[owner], Filters=[{"Name": "name", "Values": [pattern]}])["Images"]
    return max(rows, key=lambda r: r["CreationDate"])


def check_images():
    for pattern, owner in (
        ("al2023-ami-*-x86_64", "amazon"),
        ("al2023-ami-2023.*-kernel-6.1-arm64", "137112412989"),
        ("amzn2-ami-hvm-*-x86_64-gp2", "amazon"),
        ("amzn2-ami-hvm-2.0.*-arm64-gp2", "amazon"),
        ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*", "099720109477"),
        ("ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*", "099720109477"),
        ("ubuntu/images/*ubuntu-focal-20.04-amd64-server-*", "099720109477"),
        ("AlmaLinux OS 9*x86_64", "764336703387"),
    ):
        assert _latest(pattern, owner)["ImageId"].startswith("ami-")
    ec2 = client("ec2")
    filters = {"virtualization-type": "hvm", "root-device-type": "ebs", "architecture": "x86_64", "state": "available", "owner-alias": "amazon", "is-public": "true", "image-type": "machine", "block-device-mapping.volume-type": "gp3", "name": "al2023-ami-2023*"}
    assert ec2.describe_images(Filters=[{"Name": k, "Values": [v]} for k, v in filters.items()])["Images"]
    with refused("InvalidAMIID.NotFound"):
        ec2.describe_images(ImageIds=["ami-0123456789abcdef0"])
    same(len(ec2.describe_images(Owners=["self"])["Images"]), 0)
    for name in ("al2023-ami-kernel-default-x86_64", "al2023-ami-kernel-default-arm64", "amzn2-ami-hvm-x86_64-gp2"):
        value = client("ssm").get_parameter(Name=f"/aws/service/ami-amazon-linux-latest/{name}")["Parameter"]["Value"]
        same(len(ec2.describe_images(ImageIds=[value])["Images"]), 1)


def check_life_of_an_instance():
    net, ec2, iam = Net(), client("ec2"), client("iam")
    group = net.group("g")
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    iam.create_instance_profile(InstanceProfileName="p", Tags=[{"Key": "a", "Value": "b"}])
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="r")
    ec2.import_key_pair(KeyName="k", PublicKeyMaterial=b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8tq0sZSyXCc0y1VQkLVgcGkqFvHYEmjqWb8G5rPn0R me")
    wanted = dict(
        ImageId=_latest("al2023-ami-*-x86_64", "amazon")["ImageId"],
        InstanceType="t3.micro",
        KeyName="k",
        MinCount=1,
        MaxCount=1,
        SubnetId=net.a,
        SecurityGroupIds=[group],
        IamInstanceProfile={"Name": "p"},
        DisableApiTermination=True,
        Monitoring={"Enabled": True},
        CreditSpecification={"CpuCredits": "standard"},
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}}],
        ClientToken="t",
        UserData="#!/bin/sh",
    )
    name = ec2.run_instances(**wanted)["Instances"][0]["InstanceId"]
    same(ec2.run_instances(**wanted)["Instances"][0]["InstanceId"], name)
    row = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]
    same((row["State"]["Name"], row["MetadataOptions"]["HttpTokens"], row["MetadataOptions"]["HttpPutResponseHopLimit"], row["Monitoring"]["State"]), ("running", "required", 2, "enabled"))
    assert row["IamInstanceProfile"]["Arn"].endswith("instance-profile/p")
    volume = row["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    disk = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    same((disk["Size"], disk["Encrypted"], disk["VolumeType"]), (12, True, "gp3"))
    same(len(row["NetworkInterfaces"]), 1)
    same(ec2.describe_instance_credit_specifications(InstanceIds=[name])["InstanceCreditSpecifications"][0]["CpuCredits"], "standard")
    same(ec2.describe_instance_attribute(InstanceId=name, Attribute="disableApiTermination")["DisableApiTermination"]["Value"], True)
    same(client("ssm").get_connection_status(Target=name)["Status"], "connected")
    assert client("ssm").start_session(Target=name, DocumentName="AWS-StartSSHSession")["SessionId"]
    ec2.unmonitor_instances(InstanceIds=[name])
    with refused("OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[name])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)
    ec2.modify_instance_attribute(InstanceId=name, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[name])
    same(ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]["State"]["Name"], "terminated")
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=net.a)
    same(client("ssm").get_connection_status(Target=name)["Status"], "notconnected")


def check_run_refusals():
    net, ec2 = Net(), client("ec2")
    image = _latest("al2023-ami-*-x86_64", "amazon")["ImageId"]
    run = lambda **k: ec2.run_instances(**{"MinCount": 1, "MaxCount": 1, "ImageId": image, "InstanceType": "t3.micro", "SubnetId": net.a, **k})  # noqa: E731
    with refused("InvalidAMIID.NotFound"):
        run(ImageId="ami-0123456789abcdef0")
    with refused("InvalidParameterValue"):
        run(InstanceType="t9.huge")
    with refused("InvalidKeyPair.NotFound"):
        run(KeyName="none")
    with refused("InvalidParameterValue", 400):
        run(IamInstanceProfile={"Name": "none"})
    with refused("InvalidGroup.NotFound"):
        run(SecurityGroupIds=["sg-0123456789abcdef0"])
    with refused("InvalidParameter"):
        run(SecurityGroupIds=[Net("10.8").group("other")])


def check_changes_of_an_instance():
    net, ec2 = Net(), client("ec2")
    g, h = net.group("g"), net.group("h")
    image = _latest("al2023-ami-*-x86_64", "amazon")
    made = ec2.run_instances(
        ImageId=image["ImageId"],
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": net.a, "Groups": [g], "AssociatePublicIpAddress": True}],
        TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "v", "Value": "1"}]}],
    )
    name = made["Instances"][0]["InstanceId"]
    look = lambda: ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]  # noqa: E731
    row = look()
    same((row["BlockDeviceMappings"][0]["DeviceName"], [x["GroupId"] for x in row["SecurityGroups"]]), (image["RootDeviceName"], [g]))
    same(row["NetworkInterfaces"][0]["Attachment"]["DeleteOnTermination"], True)
    disk = ec2.describe_volumes(VolumeIds=[row["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]])["Volumes"][0]
    same((disk["Size"], disk["VolumeType"], disk["Iops"], disk["Tags"]), (8, "gp3", 3000, [{"Key": "v", "Value": "1"}]))
    ec2.modify_instance_attribute(InstanceId=name, Groups=[h])
    row = look()
    same(([x["GroupId"] for x in row["SecurityGroups"]], [x["GroupId"] for x in row["NetworkInterfaces"][0]["Groups"]]), ([h], [h]))
    ec2.delete_security_group(GroupId=g)
    change = {"InstanceType": {"Value": "t3.small"}}
    with refused("IncorrectInstanceState"):
        ec2.modify_instance_attribute(InstanceId=name, **change)
    with refused("InvalidParameterValue"):
        ec2.delete_network_interface(NetworkInterfaceId=row["NetworkInterfaces"][0]["NetworkInterfaceId"])
    ec2.stop_instances(InstanceIds=[name])
    ec2.modify_instance_attribute(InstanceId=name, **change)
    ec2.modify_instance_attribute(InstanceId=name, UserData={"Value": b"new"})
    ec2.start_instances(InstanceIds=[name])
    same(look()["InstanceType"], "t3.small")
