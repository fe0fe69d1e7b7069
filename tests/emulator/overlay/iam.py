"""IAM policies, users, groups and instance profiles: conflicts, quotas, documents."""

from __future__ import annotations

import re
from typing import Any

from .core import policy
from .core.hooks import Call, Refusal, after, answer, before

# Characters without white space, as IAM counts them.
MANAGED_POLICY = 6144
INLINE = {"Role": 10240, "User": 2048, "Group": 5120}
ATTACHED = 10
_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)


def conflict(message: str) -> Refusal:
    return Refusal("DeleteConflict", message, 409)


def no_entity(message: str) -> Refusal:
    return Refusal("NoSuchEntity", message, 404)


def malformed(message: str) -> Refusal:
    return Refusal("MalformedPolicyDocument", message)


def quota(what: str, most: int) -> Refusal:
    return Refusal("LimitExceeded", f"Cannot exceed quota for {what}: {most}", 409)


def size(text: str) -> int:
    return len(re.sub(r"\s", "", text))


def check_name(value: str | None, field: str, longest: int) -> None:
    if not value or not _NAME.fullmatch(value) or len(value) > longest:
        raise Refusal("ValidationError", f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: names have 1 to {longest} of the characters [\\w+=,.@-]")


def _entities(call: Call) -> list[Any]:
    iam = call.backend()
    return [*iam.roles.values(), *iam.users.values(), *iam.groups.values()]


def check_boundary(call: Call) -> None:
    arn = call.get("PermissionsBoundary")
    if arn and arn not in call.backend().managed_policies:
        raise no_entity(f"Scope ARN: {arn} does not exist or is not attachable.")


# ---- documents


@before("iam", "CreatePolicy", "CreatePolicyVersion", "PutRolePolicy", "PutUserPolicy", "PutGroupPolicy")
def _document(call: Call) -> None:
    text = call.get("PolicyDocument", "")
    held = policy.load(text)
    if held and any("Principal" in s or "NotPrincipal" in s for s in policy.statements(held)):
        raise malformed("Policy document should not specify a principal.")
    if call.action.startswith("CreatePolicy"):
        if size(text) > MANAGED_POLICY:
            raise quota("PolicySize", MANAGED_POLICY)
        return
    kind = call.action.removeprefix("Put").removesuffix("Policy")
    name = call.get(f"{kind}Name")
    owner = next((e for e in _entities(call) if type(e).__name__ == kind and e.name == name), None)
    others = [t for n, t in getattr(owner, "policies", {}).items() if n != call.get("PolicyName")]
    if sum(map(size, [text, *others])) > INLINE[kind]:
        raise Refusal("LimitExceeded", f"Maximum policy size of {INLINE[kind]} bytes exceeded for {kind.lower()} {name}", 409)


@before("iam", "CreatePolicy")
def _policy_name(call: Call) -> None:
    check_name(call.get("PolicyName"), "policyName", 128)


@before("iam", "AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy")
def _attach(call: Call) -> None:
    kind = call.action.removeprefix("Attach").removesuffix("Policy")
    owner = next((e for e in _entities(call) if type(e).__name__ == kind and e.name == call.get(f"{kind}Name")), None)
    held = getattr(owner, "managed_policies", {})
    if len(held) >= ATTACHED and call.get("PolicyArn") not in held:
        raise quota(f"PoliciesPer{kind}", ATTACHED)


# ---- managed policies


def _boundary_of(call: Call, arn: str) -> int:
    return sum(getattr(e, "permissions_boundary_arn", None) == arn for e in _entities(call))


@before("iam", "DeletePolicy")
def _delete_policy(call: Call) -> None:
    held = call.backend().managed_policies.get(call.get("PolicyArn"))
    if not held:
        return
    if held.arn.split(":")[4] == "aws":
        raise Refusal("AccessDenied", f"Policy {held.arn} is owned by AWS and cannot be deleted.", 403)
    if held.attachment_count > 0 or _boundary_of(call, held.arn):
        raise conflict("Cannot delete a policy attached to entities.")
    if len(held.versions) > 1:
        raise conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")


@after("iam", "GetPolicy", "CreatePolicy")
def _usage(call: Call, result: Any) -> None:
    held = result["Policy"]
    held.permissions_boundary_usage_count = _boundary_of(call, held.arn)


# ---- users and groups


@before("iam", "CreateUser")
def _create_user(call: Call) -> None:
    check_name(call.get("UserName"), "userName", 64)
    check_boundary(call)


@after("iam", "CreateUser")
def _user_boundary(call: Call, result: Any) -> None:
    arn = call.get("PermissionsBoundary")
    if arn:
        user = result["User"]
        user.permissions_boundary_arn = arn
        user.permissions_boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


@before("iam", "DeleteUser")
def _delete_user(call: Call) -> None:
    user = call.backend().users.get(call.get("UserName"))
    if user and user.access_keys:
        raise conflict("Cannot delete entity, must delete access keys first.")
    if user and any(user in g.users for g in call.backend().groups.values()):
        raise conflict("Cannot delete entity, must remove users from group first.")


@before("iam", "DeleteGroup")
def _delete_group(call: Call) -> None:
    group = call.backend().groups.get(call.get("GroupName"))
    if group and group.users:
        raise conflict("Cannot delete entity, must remove users from group first.")
    if group and (group.policies or group.managed_policies):
        raise conflict("Cannot delete entity, must delete policies first.")


# ---- instance profiles


def _profile(call: Call) -> Any:
    name = call.get("InstanceProfileName")
    held = call.backend().instance_profiles.values()
    found = next((p for p in held if p.name == name), None)
    if not found:
        raise no_entity(f"Instance Profile {name} cannot be found.")
    return found


@before("iam", "CreateInstanceProfile")
def _create_profile(call: Call) -> None:
    check_name(call.get("InstanceProfileName"), "instanceProfileName", 128)


@answer("iam", "TagInstanceProfile")
def _tag_profile(call: Call) -> dict[str, Any]:
    profile = _profile(call)
    new = {t["Key"]: t for t in call.get("Tags", [])}
    profile.tags = [t for t in profile.tags if t["Key"] not in new] + list(new.values())
    return {}


@answer("iam", "UntagInstanceProfile")
def _untag_profile(call: Call) -> dict[str, Any]:
    profile = _profile(call)
    profile.tags = [t for t in profile.tags if t["Key"] not in call.get("TagKeys", [])]
    return {}


@answer("iam", "ListInstanceProfileTags")
def _profile_tags(call: Call) -> dict[str, Any]:
    return {"Tags": _profile(call).tags, "IsTruncated": False}
