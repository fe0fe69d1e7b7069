"""IAM roles: trust policies and service-linked roles."""

from __future__ import annotations

from typing import Any

from moto.iam.models import SERVICE_NAME_CONVERSION

from .core import policy
from .core.hooks import Call, Refusal, before
from .iam import check_boundary, check_name, conflict, malformed

LONGEST_TRUST = 2048


@before("iam", "CreateRole")
def _create(call: Call) -> None:
    check_name(call.get("RoleName"), "roleName", 64)
    name = call.get("RoleName").lower()
    if any(r.name.lower() == name for r in call.backend().roles.values()):
        raise Refusal("EntityAlreadyExists", f"Role with name {call.get('RoleName')} already exists.", 409)
    _check_trust(call, call.get("AssumeRolePolicyDocument", ""))
    check_boundary(call)
    hours = call.get("MaxSessionDuration", 3600)
    if not 3600 <= int(hours) <= 43200:
        raise Refusal("ValidationError", f"1 validation error detected: Value '{hours}' at 'maxSessionDuration' failed to satisfy constraint: Member must be between 3600 and 43200")


@before("iam", "UpdateAssumeRolePolicy")
def _update(call: Call) -> None:
    _check_trust(call, call.get("PolicyDocument", ""))


@before("iam", "PutRolePermissionsBoundary")
def _boundary(call: Call) -> None:
    check_boundary(call)


def _check_trust(call: Call, text: str) -> None:
    document = policy.load(text)
    if document is None:
        raise malformed("This policy contains invalid Json")
    if len(text) > LONGEST_TRUST * 2:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {LONGEST_TRUST}", 409)
    for statement in policy.statements(document):
        if "Resource" in statement or "NotResource" in statement:
            raise malformed("Has prohibited field Resource")
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise malformed("Missing required field Principal")
        if any(not str(a).startswith("sts:") and a != "*" for a in policy.as_list(statement.get("Action"))):
            raise malformed("AssumeRole policy may only specify STS AssumeRole actions.")
    if wrong := policy.invalid_principal(document, call.account, call.partition):
        raise malformed(f"Invalid principal in policy: {wrong}")


# moto makes a role's name from the service's; these are named differently.
SERVICE_NAME_CONVERSION.update({"ec2-instance-connect": "Ec2InstanceConnect", "ssm": "AmazonSSM"})


@before("iam", "CreateServiceLinkedRole")
def _linked(call: Call) -> None:
    service = call.get("AWSServiceName", "")
    path = f"/aws-service-role/{service}/"
    if any(r.path == path for r in call.backend().roles.values()) and not call.get("CustomSuffix"):
        raise Refusal("InvalidInput", f"Service role name for {service} has been taken in this account, please try a different suffix.")


@before("iam", "DeleteServiceLinkedRole")
def _unlink(call: Call) -> None:
    """The role of a service stays as long as the service has resources that use it."""
    from moto.ec2.models import ec2_backends

    from .ec2 import eice

    if call.get("RoleName") != eice.ROLE:
        return
    for backend in ec2_backends[call.account].values():
        if any(e.live for e in eice.held(backend).values()):
            raise conflict("The role is in use by EC2 Instance Connect Endpoints.")


def trusts(role: Any, caller_arn: str, account: str) -> bool:
    """Whether a trust policy names the caller; conditions are not evaluated."""
    document = policy.load(role.assume_role_policy_document)
    named = False
    for statement in policy.statements(document or {}):
        hit = any(
            value in ("*", account, caller_arn) or value.endswith(f"::{account}:root")
            for kind, value in policy.principals(statement)
            if kind in ("*", "AWS")
        )
        if hit and statement.get("Effect") == "Deny" and not statement.get("Condition"):
            return False
        named = named or (hit and statement.get("Effect") == "Allow")
    return named
