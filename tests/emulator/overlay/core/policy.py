"""What IAM, KMS and S3 check alike when a resource policy is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

_ENTITY = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):(root|role/.+|user/.+)$")
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:(assumed-role|federated-user)/.+$")
_UNIQUE_ID = re.compile(r"A(ROA|IDA)[A-Z0-9]{12,}$")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def load(text: str | bytes | None) -> dict[str, Any] | None:
    """The document, or None when it is no JSON object with statements."""
    try:
        document = json.loads(text or "")
    except ValueError:
        return None
    return document if isinstance(document, dict) and "Statement" in document else None


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for s in as_list(document.get("Statement")) if isinstance(s, dict)]


def principals(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, value) of each principal: ("AWS", "arn:..."), ("Service", "..."), ("*", "*")."""
    for field in ("Principal", "NotPrincipal"):
        held = statement.get(field)
        if isinstance(held, str):
            yield "*", held
        elif isinstance(held, dict):
            for kind, values in held.items():
                for value in as_list(values):
                    yield kind, value


def invalid_principal(document: dict[str, Any], account: str, partition: str) -> str | None:
    """The first principal AWS would not accept, written as its message writes it.

    A role or user of the caller's own account has to exist. Those of another
    account are taken on trust: nobody may ever have called that account here.
    """
    for statement in statements(document):
        for kind, value in principals(statement):
            if kind == "AWS" and not _valid_aws(str(value), account, partition):
                return f'"AWS":"{value}"'
            if kind == "Service" and not re.fullmatch(r"[a-z0-9.-]+\.(amazonaws\.com|aws\.internal|amazonaws\.com\.cn)", str(value)):
                return f'"SERVICE":"{value}"'
            if kind == "*" and value != "*":
                return f'"AWS":"{value}"'
    return None


def _valid_aws(value: str, account: str, partition: str) -> bool:
    if value == "*" or re.fullmatch(r"\d{12}", value) or _UNIQUE_ID.match(value) or _SESSION.match(value):
        return True
    entity = _ENTITY.match(value)
    if not entity:
        return False
    if entity[3] == "root" or entity[2] != account:
        return True
    held = iam_backends[account][partition]
    return value in {r.arn for r in held.roles.values()} | {u.arn for u in held.users.values()}


def allows_everyone(statement: dict[str, Any]) -> bool:
    return statement.get("Effect") == "Allow" and any(
        value == "*" for kind, value in principals(statement) if kind in ("*", "AWS")
    )
