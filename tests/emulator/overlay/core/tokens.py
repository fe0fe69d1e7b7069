"""ClientToken and DryRun, the two parameters that mean the same in all of EC2."""

from __future__ import annotations

import json
from typing import Any

from . import wire
from .hooks import Call, Refusal

# (account, region, action, token) -> (the parameters, the answer given then)
_answers: dict[tuple[str, str, str, str], tuple[str, wire.Reply]] = {}


def clear() -> None:
    _answers.clear()


def refuse_dry_run(call: Call) -> None:
    if call.service == "ec2" and str(call.get("DryRun")).lower() == "true":
        raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)


def recall(call: Call) -> wire.Reply | None:
    """The first answer given for this token; the same token for something else is refused."""
    kept = _answers.get(_key(call)) if _token(call) else None
    if kept and kept[0] != _mark(call):
        raise Refusal(
            "IdempotentParameterMismatch",
            "The client token you have provided is associated with a resource that has different parameters.",
        )
    return kept[1] if kept else None


def keep(call: Call, reply: wire.Reply) -> None:
    if _token(call) and reply[0] == 200:
        _answers[_key(call)] = (_mark(call), reply)


def _token(call: Call) -> Any:
    return call.get("ClientToken") if call.service == "ec2" else None


def _key(call: Call) -> tuple[str, str, str, str]:
    return call.account, call.region, call.action, call.get("ClientToken")


def _mark(call: Call) -> str:
    return json.dumps(call.params, sort_keys=True, default=str)
