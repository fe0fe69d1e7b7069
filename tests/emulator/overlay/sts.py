"""AssumeRole: the role has to exist, trust the caller and allow the duration."""

from __future__ import annotations

from moto.iam.models import iam_backends

from .core.hooks import Call, Refusal, before
from .iam_roles import trusts


@before("sts", "AssumeRole")
def _assume(call: Call) -> None:
    arn = call.get("RoleArn", "")
    parts = arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):
        raise Refusal("ValidationError", f"{arn} is invalid")
    held = iam_backends[parts[4]][call.partition].roles.values()
    role = next((r for r in held if r.arn == arn), None)
    if role is None and parts[4] != call.account:
        # Another account: there is no other way to reach it and set it up first.
        return
    caller = _caller(call)
    if role is None or not trusts(role, caller, call.account):
        raise Refusal("AccessDenied", f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}", 403)
    longest = int(role.max_session_duration or 3600)
    if int(call.get("DurationSeconds", 3600)) > longest:
        raise Refusal("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _caller(call: Call) -> str:
    from moto.sts.models import sts_backends

    return sts_backends[call.account][call.partition].get_caller_identity(call.access_key, call.region)[1]
