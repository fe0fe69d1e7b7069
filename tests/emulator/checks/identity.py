"""IAM and STS."""

import json

from .client import ACCOUNT, client, refused, same


def doc(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def trust(**principal):
    return doc(Principal=principal, Action="sts:AssumeRole")


READ = doc(Action="ec2:Describe*", Resource="*")
EC2 = trust(Service="ec2.amazonaws.com")


def check_trust_policies():
    iam = client("iam")
    make = lambda name, text: iam.create_role(RoleName=name, AssumeRolePolicyDocument=text)["Role"]["Arn"]  # noqa: E731
    for wrong in ("{", trust(AWS=f"arn:aws:iam::{ACCOUNT}:role/none"), trust(AWS=f"arn:aws:iam::{ACCOUNT}:user/none"), trust(AWS="joe"), trust(Service="ec2"), doc(Action="sts:AssumeRole"), doc(Principal={"AWS": "*"}, Action="s3:*"), doc(Principal="*", Action="sts:AssumeRole", Resource="*")):
        with refused("MalformedPolicyDocument"):
            make("x", wrong)
    arn = make("a", EC2)
    make("b", trust(AWS=[arn, f"arn:aws:iam::{ACCOUNT}:root", "210987654321", "arn:aws:iam::210987654321:role/anything"]))
    with refused("EntityAlreadyExists"):
        make("A", EC2)
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName="a", PolicyDocument=trust(AWS=f"arn:aws:iam::{ACCOUNT}:role/none"))
    with refused("NoSuchEntity"):
        iam.create_role(RoleName="c", AssumeRolePolicyDocument=EC2, PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/none")
    with refused("ValidationError"):
        make("a b", EC2)


def check_delete_conflicts():
    iam = client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    policy = iam.create_policy(PolicyName="p", PolicyDocument=READ)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    with refused("DeleteConflict", 409):
        iam.delete_role(RoleName="r")
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=policy)
    iam.detach_role_policy(RoleName="r", PolicyArn=policy)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ, SetAsDefault=True)
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=policy)
    iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=policy)
    same(iam.get_policy(PolicyArn=policy)["Policy"]["PermissionsBoundaryUsageCount"], 1)
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=policy)
    iam.delete_role_permissions_boundary(RoleName="r")
    iam.delete_policy(PolicyArn=policy)
    iam.put_role_policy(RoleName="r", PolicyName="i", PolicyDocument=READ)
    with refused("DeleteConflict"):
        iam.delete_role(RoleName="r")
    iam.delete_role_policy(RoleName="r", PolicyName="i")
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="r")
    with refused("DeleteConflict"):
        iam.delete_role(RoleName="r")
    with refused("DeleteConflict"):
        iam.delete_instance_profile(InstanceProfileName="ip")
    iam.remove_role_from_instance_profile(InstanceProfileName="ip", RoleName="r")
    iam.delete_role(RoleName="r")
    iam.create_user(UserName="u")
    iam.create_access_key(UserName="u")
    with refused("DeleteConflict"):
        iam.delete_user(UserName="u")


def check_documents_and_quotas():
    iam = client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    big = lambda n: json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::" + "x" * n]}]})  # noqa: E731
    with refused("LimitExceeded"):
        iam.create_policy(PolicyName="p", PolicyDocument=big(6144))
    with refused("LimitExceeded"):
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=big(10240))
    with refused("MalformedPolicyDocument"):
        iam.create_policy(PolicyName="p", PolicyDocument=doc(Principal="*", Action="s3:*", Resource="*"))
    with refused("MalformedPolicyDocument"):
        iam.create_policy(PolicyName="p", PolicyDocument="no")
    for n in range(10):
        iam.attach_role_policy(RoleName="r", PolicyArn=iam.create_policy(PolicyName=f"p{n}", PolicyDocument=READ)["Policy"]["Arn"])
    with refused("LimitExceeded"):
        iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


def check_managed_policies_and_profile_tags():
    iam = client("iam")
    for name in ("AmazonSSMManagedInstanceCore", "ReadOnlyAccess", "CloudWatchAgentServerPolicy", "AmazonEC2ReadOnlyAccess"):
        same(iam.get_policy(PolicyArn=f"arn:aws:iam::aws:policy/{name}")["Policy"]["PolicyName"], name)
    iam.create_instance_profile(InstanceProfileName="p", Tags=[{"Key": "a", "Value": "1"}])
    iam.tag_instance_profile(InstanceProfileName="p", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    iam.untag_instance_profile(InstanceProfileName="p", TagKeys=["b"])
    same(iam.list_instance_profile_tags(InstanceProfileName="p")["Tags"], [{"Key": "a", "Value": "3"}])
    same(iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]["Tags"], [{"Key": "a", "Value": "3"}])
    with refused("NoSuchEntity"):
        iam.tag_instance_profile(InstanceProfileName="q", Tags=[])


def check_service_linked_roles():
    iam = client("iam")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    with refused("InvalidInput", 400):
        iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    made = iam.create_service_linked_role(AWSServiceName="ec2-instance-connect.amazonaws.com")["Role"]
    same(made["RoleName"], "AWSServiceRoleForEc2InstanceConnect")


def check_assume_role():
    iam, sts = client("iam"), client("sts")
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust(AWS=f"arn:aws:iam::{ACCOUNT}:root"))["Role"]["Arn"]
    closed = iam.create_role(RoleName="s", AssumeRolePolicyDocument=EC2)["Role"]["Arn"]
    sts.assume_role(RoleArn=arn, RoleSessionName="session")
    for wrong in (closed, f"arn:aws:iam::{ACCOUNT}:role/none"):
        with refused("AccessDenied", 403):
            sts.assume_role(RoleArn=wrong, RoleSessionName="session")
    with refused("ValidationError"):
        sts.assume_role(RoleArn=arn, RoleSessionName="session", DurationSeconds=7200)
    other = sts.assume_role(RoleArn="arn:aws:iam::222222222222:role/any", RoleSessionName="session")["Credentials"]
    same(client("sts", key=other["AccessKeyId"]).get_caller_identity()["Account"], "222222222222")
