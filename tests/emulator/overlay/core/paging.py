"""MaxResults and NextToken for the EC2 reads that moto answers in one page."""

from __future__ import annotations

import base64
from typing import Any

from . import wire
from .hooks import Call, Refusal

_MARK = b"overlay:"


def check(call: Call) -> None:
    """MaxResults has to lie in the range the AWS model gives for this action."""
    if call.service != "ec2" or call.get("MaxResults") is None:
        return
    shape = wire.operation(call).input_shape.members["MaxResults"]
    low, high = shape.metadata.get("min", 1), shape.metadata.get("max", 1000)
    if not low <= int(call.get("MaxResults")) <= high:
        raise Refusal(
            "InvalidParameterValue",
            f"Value ( {call.get('MaxResults')} ) for parameter maxResults is invalid. Expecting a value between {low} and {high}.",
        )


def page(call: Call, result: Any) -> Any:
    """One page of a result, with the token for the next."""
    asked, token = call.get("MaxResults"), call.get("NextToken")
    if call.service != "ec2" or not isinstance(result, dict) or not (asked or token):
        return result
    rows = next((k for k, v in result.items() if isinstance(v, list)), None)
    if rows is None or result.get("NextToken") or (token and not _ours(token)):
        return result  # moto pages this one by itself
    start = _offset(token) if token else 0
    end = start + int(asked or 1000)
    paged = {**result, rows: result[rows][start:end]}
    if end < len(result[rows]):
        paged["NextToken"] = base64.urlsafe_b64encode(_MARK + str(end).encode()).decode()
    return paged


def _ours(token: str) -> bool:
    try:
        return base64.urlsafe_b64decode(token).startswith(_MARK)
    except ValueError:
        return False


def _offset(token: str) -> int:
    return int(base64.urlsafe_b64decode(token)[len(_MARK) :])
