"""KMS, S3, CloudWatch Logs, SSM documents."""

import json

from .client import ACCOUNT, REGION, client, refused, same

ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def check_key_states():
    kms = client("kms")
    made = kms.create_key(Description="d")["KeyMetadata"]
    name = made["KeyId"]
    same(made["MultiRegion"], False)
    kms.enable_key_rotation(KeyId=name, RotationPeriodInDays=180)
    status = kms.get_key_rotation_status(KeyId=name)
    same((status["KeyRotationEnabled"], status["RotationPeriodInDays"]), (True, 180))
    with refused("ValidationException"):
        kms.enable_key_rotation(KeyId=name, RotationPeriodInDays=20)
    kms.disable_key(KeyId=name)
    with refused("DisabledException"):
        kms.enable_key_rotation(KeyId=name)
    with refused("ValidationException"):
        kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=5)
    gone = kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=7)
    same((gone["KeyState"], gone["PendingWindowInDays"]), ("PendingDeletion", 7))
    for call in (lambda: kms.schedule_key_deletion(KeyId=name), lambda: kms.enable_key(KeyId=name), lambda: kms.create_alias(AliasName="alias/x", TargetKeyId=name), lambda: kms.tag_resource(KeyId=name, Tags=[]), lambda: kms.update_key_description(KeyId=name, Description="x")):
        with refused("KMSInvalidStateException"):
            call()
    kms.cancel_key_deletion(KeyId=name)
    same(kms.describe_key(KeyId=name)["KeyMetadata"]["KeyState"], "Disabled")
    with refused("KMSInvalidStateException"):
        kms.cancel_key_deletion(KeyId=name)


def check_key_policies_and_lists():
    kms = client("kms")
    for wrong in ("no", document({**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/none"}}), document({**ROOT, "Action": "kms:Decrypt"}), document({"Effect": "Allow", "Action": "kms:*", "Resource": "*"})):
        with refused("MalformedPolicyDocumentException"):
            kms.create_key(Policy=wrong)
    kms.create_key(Policy=document(ROOT))
    kms.create_key(Policy=document({**ROOT, "Action": "kms:Decrypt"}), BypassPolicyLockoutSafetyCheck=True)
    first = kms.list_keys(Limit=1)
    same((len(first["Keys"]), first["Truncated"]), (1, True))
    same(len(kms.list_keys(Marker=first["NextMarker"])["Keys"]), 1)
    with refused("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/mine", TargetKeyId=first["Keys"][0]["KeyId"])


def _bucket(name="bucket-of-checks", **more):
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}, **more)
    return name


def check_new_buckets():
    s3, name = client("s3"), _bucket()
    rule = lambda: s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]  # noqa: E731
    same(rule()["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})
    same(s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"], [{"ObjectOwnership": "BucketOwnerEnforced"}])
    same(set(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values()), {True})
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "BucketKeyEnabled": True}]})
    same(rule()["BucketKeyEnabled"], True)
    s3.delete_bucket_encryption(Bucket=name)
    same(rule()["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})
    with refused("AccessControlListNotSupported"):
        s3.put_bucket_acl(Bucket=name, ACL="public-read")
    with refused("BucketAlreadyOwnedByYou"):
        _bucket()
    with refused("InvalidBucketName"):
        _bucket("Bad_Name_x")
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}]})
    same(s3.get_bucket_lifecycle_configuration(Bucket=name)["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K")
    rule = {"ID": "b", "Status": "Enabled", "Filter": {"And": {"Prefix": "x/", "ObjectSizeGreaterThan": 500}}, "NoncurrentVersionExpiration": {"NoncurrentDays": 9, "NewerNoncurrentVersions": 2}}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    same(s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"], [rule])
    s3.delete_bucket_lifecycle(Bucket=name)
    with refused("NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={"BlockPublicAcls": False})
    s3.delete_public_access_block(Bucket=name)
    with refused("NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket=name)


def check_bucket_policies():
    s3, name = client("s3"), _bucket()
    base = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    put = lambda *s: s3.put_bucket_policy(Bucket=name, Policy=document(*s))  # noqa: E731
    with refused("MalformedPolicy"):
        s3.put_bucket_policy(Bucket=name, Policy="no")
    for wrong in ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/none"}}, {"Resource": "arn:aws:s3:::other/*"}, {"Action": "ec2:*"}):
        with refused("MalformedPolicy"):
            put({**base, **wrong})
    with refused("AccessDenied", 403):
        put({**base, "Principal": "*"})
    put({**base, "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})
    tls = {"Sid": "tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    put(base, tls)
    same(len(json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]), 2)
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    s3.get_object(Bucket=name, Key="k")
    with refused("BucketNotEmpty"):
        s3.delete_bucket(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    put({**base, "Principal": "*"})


def check_log_groups():
    logs, kms = client("logs"), client("kms")
    plain = kms.create_key()["KeyMetadata"]["Arn"]
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/a/b"
    use = {"Effect": "Allow", "Principal": {"Service": f"logs.{REGION}.amazonaws.com"}, "Action": "kms:*", "Resource": "*", "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}}}
    good = kms.create_key(Policy=document(ROOT, use))["KeyMetadata"]["Arn"]
    with refused("InvalidParameterException"):
        logs.create_log_group(logGroupName="/a/b", kmsKeyId=plain)
    with refused("InvalidParameterException"):
        logs.create_log_group(logGroupName="/other", kmsKeyId=good)
    with refused("InvalidParameterException"):
        logs.create_log_group(logGroupName="a b")
    logs.create_log_group(logGroupName="/a/b", kmsKeyId=good, logGroupClass="INFREQUENT_ACCESS", tags={"k": "v"})
    row = lambda: logs.describe_log_groups(logGroupNamePrefix="/a/b")["logGroups"][0]  # noqa: E731
    same((row()["kmsKeyId"], row()["logGroupClass"], row()["arn"], row()["logGroupArn"]), (good, "INFREQUENT_ACCESS", arn + ":*", arn))
    logs.disassociate_kms_key(logGroupName="/a/b")
    assert "kmsKeyId" not in row()
    logs.associate_kms_key(logGroupName="/a/b", kmsKeyId=good)
    same(row()["kmsKeyId"], good)
    with refused("InvalidParameterException"):
        logs.put_retention_policy(logGroupName="/a/b", retentionInDays=29)
    logs.put_retention_policy(logGroupName="/a/b", retentionInDays=30)
    same(row()["retentionInDays"], 30)
    same(logs.list_tags_for_resource(resourceArn=arn)["tags"], {"k": "v"})
    logs.put_log_group_deletion_protection(logGroupIdentifier="/a/b", deletionProtectionEnabled=True)
    with refused("ValidationException"):
        logs.delete_log_group(logGroupName="/a/b")


def check_documents():
    ssm = client("ssm")
    text = lambda n: json.dumps({"schemaVersion": "1.0", "description": "d", "sessionType": "Standard_Stream", "inputs": {"idleSessionTimeout": str(n)}})  # noqa: E731
    with refused("InvalidDocumentSchemaVersion"):
        ssm.create_document(Name="x", DocumentType="Session", Content=json.dumps({"schemaVersion": "2.2", "mainSteps": []}))
    ssm.create_document(Name="SSM-SessionManagerRunShell", DocumentType="Session", DocumentFormat="JSON", Content=text(1), Tags=[{"Key": "k", "Value": "v"}])
    with refused("DocumentAlreadyExists"):
        ssm.create_document(Name="SSM-SessionManagerRunShell", DocumentType="Session", Content=text(1))
    with refused("DuplicateDocumentContent"):
        ssm.update_document(Name="SSM-SessionManagerRunShell", Content=text(1), DocumentVersion="$LATEST")
    ssm.update_document(Name="SSM-SessionManagerRunShell", Content=text(2), DocumentVersion="$LATEST")
    get = lambda v: ssm.get_document(Name="SSM-SessionManagerRunShell", DocumentVersion=v)["Content"]  # noqa: E731
    same((get("$DEFAULT"), get("$LATEST"), get("1")), (text(1), text(2), text(1)))
    ssm.update_document_default_version(Name="SSM-SessionManagerRunShell", DocumentVersion="2")
    same(get("$DEFAULT"), text(2))
    rows = ssm.list_document_versions(Name="SSM-SessionManagerRunShell")["DocumentVersions"]
    same([(r["DocumentVersion"], r["IsDefaultVersion"]) for r in rows], [("2", True), ("1", False)])
    row = ssm.describe_document(Name="SSM-SessionManagerRunShell")["Document"]
    same((row["DefaultVersion"], row["LatestVersion"], row["DocumentType"], row["Tags"], row["HashType"]), ("2", "2", "Session", [{"Key": "k", "Value": "v"}], "Sha256"))
    same(ssm.describe_document(Name="AWS-StartPortForwardingSession")["Document"]["Owner"], "Amazon")
    with refused("InvalidDocumentVersion"):
        get("9")
    ssm.delete_document(Name="SSM-SessionManagerRunShell")
    with refused("InvalidDocument"):
        ssm.get_document(Name="SSM-SessionManagerRunShell")
    same(ssm.get_service_setting(SettingId="/ssm/managed-instance/default-ec2-instance-management-role")["ServiceSetting"]["Status"], "Default")
