"""S3 buckets: what a new one has since 2023, names, ACLs, encryption."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.core.serialize import S3Serializer
from moto.core.utils import get_service_model
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend

from .core import policy
from .core.hooks import Call, Refusal, after, answer, before

_NAME = re.compile(r"(?!xn--|sthree-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SMALLEST = "all_storage_classes_128K"


def bucket(call: Call) -> Any:
    """The bucket a call names; None lets moto say NoSuchBucket."""
    return call.backend("s3").buckets.get(call.get("Bucket"))


def default_encryption() -> dict[str, Any]:
    return {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}


# Strict clients, the SDK for Rust among them, hold the root element against the model; moto names these after the operation.
_ROOTS = {
    "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketRequestPayment": "RequestPaymentConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketWebsite": "WebsiteConfiguration",
}
_answered = S3Serializer._serialized_result_to_response


def _with_root(self: S3Serializer, *args: Any) -> Any:
    reply = _answered(self, *args)
    name = self.operation_model.name
    if name in _ROOTS and isinstance(reply["body"], str):
        reply["body"] = reply["body"].replace(f"{name}Response", _ROOTS[name])
    return reply


S3Serializer._serialized_result_to_response = _with_root  # type: ignore[method-assign]


_init = FakeBucket.__init__


def _as_new_buckets_are(self: Any, *args: Any, **kwargs: Any) -> None:
    _init(self, *args, **kwargs)
    self.encryption = default_encryption()
    self.ownership_rule = "BucketOwnerEnforced"
    self.public_access_block = PublicAccessBlock("true", "true", "true", "true")


FakeBucket.__init__ = _as_new_buckets_are  # type: ignore[method-assign]

_permission = FakeBucket.get_permission


def _without_conditions(self: Any, action: str, resource: str) -> Any:
    """moto reads a Deny as unconditional: "deny without TLS" would close every bucket."""
    held, document = self.policy, policy.load(self.policy)
    if not document:
        return _permission(self, action, resource)
    plain = [s for s in policy.statements(document) if not s.get("Condition")]
    self.policy = json.dumps({**document, "Statement": plain}).encode() if plain else None
    try:
        return _permission(self, action, resource)
    finally:
        self.policy = held


FakeBucket.get_permission = _without_conditions  # type: ignore[method-assign]


@before("s3", "CreateBucket")
def _create(call: Call) -> None:
    name = call.get("Bucket", "")
    if not _NAME.fullmatch(name):
        raise Refusal("InvalidBucketName", "The specified bucket is not valid.")


@before("s3", "PutBucketAcl", "CreateBucket", "PutObjectAcl")
def _acl(call: Call) -> None:
    held = bucket(call)
    rule = held.ownership_rule if held else call.get("ObjectOwnership", "BucketOwnerEnforced")
    acl = call.get("ACL")
    grants = call.get("AccessControlPolicy") or any(k.startswith("Grant") for k in call.params)
    if rule != "BucketOwnerEnforced" or (not acl and not grants):
        return
    if acl in ("private", "bucket-owner-full-control") and not grants and call.action == "CreateBucket":
        return
    if acl == "bucket-owner-full-control":
        return
    raise Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs")


def _encryption_off(self: Any, bucket_name: str) -> None:
    """There is no bucket without default encryption any more."""
    self.get_bucket(bucket_name).encryption = default_encryption()


S3Backend.delete_bucket_encryption = _encryption_off  # type: ignore[method-assign]


@before("s3", "PutBucketEncryption")
def _encryption(call: Call) -> None:
    for rule in call.get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
        wanted = rule.get("ApplyServerSideEncryptionByDefault", {})
        if wanted.get("SSEAlgorithm") not in ("AES256", "aws:kms", "aws:kms:dsse"):
            raise Refusal("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
        if wanted.get("SSEAlgorithm") == "AES256" and wanted.get("KMSMasterKeyID"):
            raise Refusal("InvalidArgument", "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")


@before("s3", "PutBucketVersioning")
def _versioning(call: Call) -> None:
    held = bucket(call)
    status = call.get("VersioningConfiguration", {}).get("Status")
    if held and held.object_lock_enabled and status == "Suspended":
        raise Refusal("InvalidBucketState", "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.", 409)


@after("s3", "PutBucketLifecycleConfiguration")
def _lifecycle(call: Call, _: Any) -> None:
    held = bucket(call)
    held.rules_as_given = call.get("LifecycleConfiguration", {}).get("Rules", [])
    held.smallest_moved = call.get("TransitionDefaultMinimumObjectSize", SMALLEST)


@after("s3", "GetBucketLifecycleConfiguration")
def _lifecycle_read(call: Call, result: Any) -> Any:
    """moto drops object sizes and NewerNoncurrentVersions on the way through."""
    held = bucket(call)
    return {
        **result,
        "Rules": getattr(held, "rules_as_given", result.get("Rules")),
        "TransitionDefaultMinimumObjectSize": getattr(held, "smallest_moved", SMALLEST),
    }


@after("s3", "GetObjectLockConfiguration")
def _lock_read(call: Call, result: Any) -> None:
    """Days or Years, whichever was set; moto sends the other one as 0."""
    retention = ((result.get("ObjectLockConfiguration") or {}).get("Rule") or {}).get("DefaultRetention") or {}
    for unit in ("Days", "Years"):
        if not retention.get(unit):
            retention.pop(unit, None)


# What S3 calls the root of an answer, where moto makes a name up that strict readers refuse.
_ROOTS = {
    "GetBucketVersioningResponse": "VersioningConfiguration",
    "GetBucketAccelerateConfigurationResponse": "AccelerateConfiguration",
    "GetBucketRequestPaymentResponse": "RequestPaymentConfiguration",
}
_body = S3Serializer._serialize_body


def _rooted(self: Any, body: Any) -> str:
    return _body(self, {_ROOTS.get(name, name): inner for name, inner in body.items()})


S3Serializer._serialize_body = _rooted  # type: ignore[method-assign]


@answer("s3", "GetBucketRequestPayment")
def _payer(call: Call) -> dict[str, Any]:
    call.backend("s3").get_bucket(call.get("Bucket"))
    return {"Payer": "BucketOwner"}


# Sub-resources moto does not know: it would take a PUT of one for CreateBucket
# and a GET for a listing of the bucket.
_UNKNOWN = ("Analytics", "IntelligentTiering", "Metrics", "Metadata", "Abac")


@before("s3", *(a for a in get_service_model("s3").operation_names if any(u in a for u in _UNKNOWN)), "PutBucketRequestPayment")
def _no_such_sub_resource(call: Call) -> None:
    raise Refusal("NotImplemented", f"the emulator has no s3 {call.action}")
