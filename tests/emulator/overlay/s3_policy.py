"""PutBucketPolicy: what S3 checks before it stores a policy."""

from __future__ import annotations

from typing import Any

from .core import policy
from .core.hooks import Call, Refusal, before
from .s3 import bucket

LONGEST = 20480
# A condition on one of these, with fixed values, makes "everyone" somebody.
_NARROWING = {
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceorgid",
    "aws:userid",
    "aws:username",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
}


def malformed(message: str) -> Refusal:
    return Refusal("MalformedPolicy", message)


@before("s3", "PutBucketPolicy")
def _put(call: Call) -> None:
    held, text = bucket(call), call.get("Policy", "")
    text = text.decode() if isinstance(text, bytes) else text
    if not held:
        return
    if len(text) > LONGEST:
        raise malformed(f"Policy exceeds the maximum allowed document size of {LONGEST} bytes.")
    document = policy.load(text)
    if document is None:
        raise malformed("Policies must be valid JSON and the first byte must be '{'")
    for statement in policy.statements(document):
        _check(statement, f"arn:{call.partition}:s3:::{held.name}")
    if wrong := policy.invalid_principal(document, call.account, call.partition):
        raise malformed(f"Invalid principal in policy: {wrong}")
    block = held.public_access_block
    if block and block.block_public_policy and any(is_public(s) for s in policy.statements(document)):
        raise Refusal(
            "AccessDenied",
            "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
            403,
        )


def _check(statement: dict[str, Any], arn: str) -> None:
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise malformed("Invalid effect")
    if "Principal" not in statement and "NotPrincipal" not in statement:
        raise malformed("Missing required field Principal")
    if "Action" not in statement and "NotAction" not in statement:
        raise malformed("Missing required field Action")
    if "Resource" not in statement and "NotResource" not in statement:
        raise malformed("Missing required field Resource")
    for action in policy.as_list(statement.get("Action")) + policy.as_list(statement.get("NotAction")):
        if action != "*" and not str(action).lower().startswith("s3:"):
            raise malformed("Policy has invalid action")
    for resource in policy.as_list(statement.get("Resource")) + policy.as_list(statement.get("NotResource")):
        if not (resource == arn or str(resource).startswith((f"{arn}/", f"{arn}*"))):
            raise malformed("Policy has invalid resource")


def is_public(statement: dict[str, Any]) -> bool:
    if not policy.allows_everyone(statement):
        return False
    keys = {str(k).lower() for tests in statement.get("Condition", {}).values() for k in tests}
    return not keys & _NARROWING
