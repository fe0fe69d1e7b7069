"""Changes made by hand to the examples, with another client than ours (boto3), and what that client sees.

    hands.py change NAME       makes a change
    hands.py see NAME          prints what the change is about, as sorted JSON (to compare before and after a repair)
    hands.py list              prints the names
    hands.py left              prints what is left in the account, as JSON
"""

import json
import sys

import boto3

EIC, SSM = "eic-demo", "ssm-demo"
ec2, iam, kms = boto3.client("ec2"), boto3.client("iam"), boto3.client("kms")
s3, logs, ssm, sts = boto3.client("s3"), boto3.client("logs"), boto3.client("ssm"), boto3.client("sts")

CHANGES = {}


def change(see):
    def register(f):
        CHANGES[f.__name__] = (f, see)
        return f

    return register


def account():
    return sts.get_caller_identity()["Account"]


def group(name):
    return ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"][0]["GroupId"]


def rules(name):
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group(name)]}])["SecurityGroupRules"]
    keys = ("IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "Description", "ReferencedGroupInfo")
    return sorted(({k: r[k] for k in keys if k in r} for r in found), key=str)


def rule_ids(name, egress):
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group(name)]}])["SecurityGroupRules"]
    return [r["SecurityGroupRuleId"] for r in found if r["IsEgress"] == egress]


def vpc(name):
    return ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [{EIC: "10.20.0.0/16", SSM: "10.30.0.0/16"}[name]]}])["Vpcs"][0]


def vpc_tags(name):
    return sorted((t["Key"], t["Value"]) for t in vpc(name).get("Tags", []))


def instance(name):
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": [f"{name}-private"]}, {"Name": "instance-state-name", "Values": ["running", "stopped"]}])
    return found["Reservations"][0]["Instances"][0]


def endpoint():
    found = [e for e in ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"] if not e["State"].startswith("delete")]
    return found[0]


def policy_arn(name):
    return f"arn:aws:iam::{account()}:policy/{name}"


def policy(name):
    arn = policy_arn(name)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def attached(role):
    return sorted(p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"])


def inline(role):
    names = sorted(iam.list_role_policies(RoleName=role)["PolicyNames"])
    return {n: iam.get_role_policy(RoleName=role, PolicyName=n)["PolicyDocument"] for n in names}


def bucket():
    return f"{SSM}-sessions-{account()}-eu-west-1"


def key():
    return kms.describe_key(KeyId=f"alias/{SSM}-sessions")["KeyMetadata"]["KeyId"]


def log_group():
    found = logs.describe_log_groups(logGroupNamePrefix=f"/sessions/{SSM}")["logGroups"]
    return [{k: g.get(k) for k in ("logGroupName", "retentionInDays", "kmsKeyId")} for g in found]


def interface(service):
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": [f"com.amazonaws.eu-west-1.{service}"]}])["VpcEndpoints"]
    return found[0]


WORLD = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@change(lambda: rules(f"{EIC}-instance"))
def rule_removed():
    ec2.revoke_security_group_ingress(GroupId=group(f"{EIC}-instance"), SecurityGroupRuleIds=rule_ids(f"{EIC}-instance", False))


@change(lambda: rules(f"{EIC}-instance"))
def rule_added():
    ec2.authorize_security_group_ingress(GroupId=group(f"{EIC}-instance"), IpPermissions=WORLD)


@change(lambda: rules(f"{EIC}-endpoint"))
def rule_widened():
    rule = rule_ids(f"{EIC}-endpoint", True)[0]
    target = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 3389, "ReferencedGroupId": group(f"{EIC}-instance"), "Description": "SSH to the instances"}
    ec2.modify_security_group_rules(GroupId=group(f"{EIC}-endpoint"), SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": target}])


@change(lambda: policy(f"{EIC}-connect"))
def policy_edited():
    document = policy(f"{EIC}-connect")
    document["Statement"][0]["Resource"] = "*"
    iam.create_policy_version(PolicyArn=policy_arn(f"{EIC}-connect"), PolicyDocument=json.dumps(document), SetAsDefault=True)


@change(lambda: attached(f"{EIC}-operator"))
def policy_attached():
    iam.attach_role_policy(RoleName=f"{EIC}-operator", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


@change(lambda: attached(f"{EIC}-operator"))
def policy_detached():
    iam.detach_role_policy(RoleName=f"{EIC}-operator", PolicyArn=policy_arn(f"{EIC}-connect"))


@change(lambda: inline(f"{EIC}-operator"))
def inline_policy_added():
    iam.put_role_policy(RoleName=f"{EIC}-operator", PolicyName="backdoor", PolicyDocument=json.dumps(OPEN))


@change(lambda: iam.get_role(RoleName=f"{EIC}-operator")["Role"]["AssumeRolePolicyDocument"])
def trust_edited():
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
    iam.update_assume_role_policy(RoleName=f"{EIC}-operator", PolicyDocument=json.dumps(trust))


@change(lambda: vpc_tags(EIC))
def tag_removed():
    ec2.delete_tags(Resources=[vpc(EIC)["VpcId"]], Tags=[{"Key": "Name"}])


@change(lambda: sorted(endpoint()["SecurityGroupIds"]) == [group(f"{EIC}-endpoint")])
def endpoint_groups_changed():
    ec2.modify_instance_connect_endpoint(InstanceConnectEndpointId=endpoint()["InstanceConnectEndpointId"], SecurityGroupIds=[group(f"{EIC}-instance")])


@change(lambda: instance(EIC)["MetadataOptions"]["HttpTokens"])
def metadata_tokens_optional():
    ec2.modify_instance_metadata_options(InstanceId=instance(EIC)["InstanceId"], HttpTokens="optional", HttpEndpoint="enabled")


@change(lambda: s3.get_public_access_block(Bucket=bucket())["PublicAccessBlockConfiguration"])
def bucket_opened():
    off = dict(BlockPublicAcls=True, IgnorePublicAcls=True, BlockPublicPolicy=False, RestrictPublicBuckets=True)
    s3.put_public_access_block(Bucket=bucket(), PublicAccessBlockConfiguration=off)


@change(lambda: s3.get_bucket_versioning(Bucket=bucket())["Status"])
def versioning_suspended():
    s3.put_bucket_versioning(Bucket=bucket(), VersioningConfiguration={"Status": "Suspended"})


@change(lambda: sorted(s["Sid"] for s in json.loads(s3.get_bucket_policy(Bucket=bucket())["Policy"])["Statement"]))
def bucket_policy_deleted():
    s3.delete_bucket_policy(Bucket=bucket())


@change(log_group)
def log_group_deleted():
    logs.delete_log_group(logGroupName=f"/sessions/{SSM}")


@change(log_group)
def retention_shortened():
    logs.put_retention_policy(logGroupName=f"/sessions/{SSM}", retentionInDays=1)


@change(lambda: kms.get_key_rotation_status(KeyId=key())["KeyRotationEnabled"])
def rotation_off():
    kms.disable_key_rotation(KeyId=key())


@change(lambda: json.loads(ssm.get_document(Name=f"{SSM}-session")["Content"]))
def document_changed():
    content = json.loads(ssm.get_document(Name=f"{SSM}-session")["Content"])
    content["inputs"]["cloudWatchLogGroupName"] = ""
    new = ssm.update_document(Name=f"{SSM}-session", Content=json.dumps(content), DocumentVersion="$LATEST")
    ssm.update_document_default_version(Name=f"{SSM}-session", DocumentVersion=new["DocumentDescription"]["DocumentVersion"])


@change(lambda: inline(f"{SSM}-instance"))
def inline_policy_edited():
    iam.put_role_policy(RoleName=f"{SSM}-instance", PolicyName="session-manager", PolicyDocument=json.dumps(OPEN))


@change(lambda: sorted(g["GroupId"] for g in interface("ssm")["Groups"]) == [group(f"{SSM}-endpoints")])
def interface_groups_changed():
    found = interface("ssm")
    ec2.modify_vpc_endpoint(VpcEndpointId=found["VpcEndpointId"], AddSecurityGroupIds=[group(f"{SSM}-instance")])


@change(lambda: logs.describe_log_groups(logGroupNamePrefix="/saved/g")["logGroups"][0]["retentionInDays"])
def saved_group_changed():
    logs.put_retention_policy(logGroupName="/saved/g", retentionInDays=30)


@change(lambda: sorted(b["Name"] for b in s3.list_buckets()["Buckets"]))
def state_bucket():
    s3.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


# What must not be drift.


@change(lambda: vpc_tags(EIC))
def tags_reordered():
    found = vpc(EIC)
    tags = list(reversed(found["Tags"]))
    ec2.delete_tags(Resources=[found["VpcId"]], Tags=[{"Key": t["Key"]} for t in tags])
    ec2.create_tags(Resources=[found["VpcId"]], Tags=tags)


@change(lambda: sorted(str(sorted(s.items(), key=str)) for s in policy(f"{EIC}-connect")["Statement"]))
def policy_reordered():
    document = policy(f"{EIC}-connect")
    turned = [dict(reversed(list(s.items()))) for s in reversed(document["Statement"])]
    for s in turned:
        if isinstance(s["Action"], list):
            s["Action"] = list(reversed(s["Action"]))
        elif isinstance(s["Action"], str):
            s["Action"] = [s["Action"]]
    text = json.dumps({"Statement": turned, "Version": document["Version"]}, indent=2)
    iam.create_policy_version(PolicyArn=policy_arn(f"{EIC}-connect"), PolicyDocument=text, SetAsDefault=True)


def customer_keys():
    """Keys that AWS made for itself have an alias of AWS's."""
    own = {a.get("TargetKeyId") for a in kms.list_aliases()["Aliases"] if a["AliasName"].startswith("alias/aws/")}
    return [k["KeyId"] for k in kms.list_keys()["Keys"] if k["KeyId"] not in own and kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"]


def left():
    """What is in the account beside what AWS puts there itself."""
    return {
        "vpcs": [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]],
        "instances": [i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"] if i["State"]["Name"] != "terminated"],
        "security_groups": [g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default"],
        "vpc_endpoints": [e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"].lower() != "deleted"],
        "instance_connect_endpoints": [e["InstanceConnectEndpointId"] for e in ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"] if e["State"] != "delete-complete"],
        "roles": [r["RoleName"] for r in iam.list_roles()["Roles"] if not r["Path"].startswith("/aws-service-role/")],
        "policies": [p["PolicyName"] for p in iam.list_policies(Scope="Local")["Policies"]],
        "instance_profiles": [p["InstanceProfileName"] for p in iam.list_instance_profiles()["InstanceProfiles"]],
        "buckets": [b["Name"] for b in s3.list_buckets()["Buckets"]],
        "log_groups": [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]],
        "documents": [d["Name"] for d in ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]],
        "keys": [k for k in customer_keys() if kms.describe_key(KeyId=k)["KeyMetadata"]["KeyState"] != "PendingDeletion"],
        "aliases": [a["AliasName"] for a in kms.list_aliases()["Aliases"] if not a["AliasName"].startswith("alias/aws/")],
    }


def main():
    verb, *names = sys.argv[1:]
    if verb == "list":
        print("\n".join(CHANGES))
    elif verb == "left":
        print(json.dumps({k: v for k, v in left().items() if v}, sort_keys=True))
    elif verb == "change":
        for name in names:
            CHANGES[name][0]()
    elif verb == "see":
        try:
            seen = CHANGES[names[0]][1]()
        except Exception as e:  # what is not there is seen as the error that says so
            seen = type(e).__name__
        print(json.dumps(seen, sort_keys=True, default=str))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
