"""Where service modules say what they change about an action.

    @before("ec2", "DeleteSubnet")      look at the call, raise Refusal to refuse it
    @answer("ec2", "CreateX")           answer it without moto: return the output as a dict
                                        (None leaves this call to moto after all)
    @after("ec2", "DescribeX")          look at moto's result, return another one or None

Every hook receives a `Call`. A result is what moto's serialiser takes: a dict
named as in the AWS model, or moto's own objects inside one.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Refusal(Exception):
    """An AWS error answer. `status` is the HTTP status AWS gives that code."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


@dataclass
class Call:
    """One request, named and parsed by the AWS model of its service."""

    service: str
    action: str
    protocol: str
    region: str
    account: str
    access_key: str
    signed: str = ""  # the service as the signature names it
    method: str = "POST"
    params: dict[str, Any] = field(default_factory=dict)
    hooked: bool = False  # the after-hooks have run on the live result

    def get(self, name: str, default: Any = None) -> Any:
        value = self.params.get(name)
        return default if value is None else value

    @property
    def partition(self) -> str:
        from moto.utilities.utils import get_partition

        return get_partition(self.region)

    def backend(self, service: str | None = None) -> Any:
        """moto's state of this service for the caller's account and region."""
        from moto.backends import get_backend

        name = service or self.service
        accounts = get_backend(name)  # type: ignore[arg-type]
        where = self.partition if name in ("iam", "s3", "sts") else self.region
        return accounts[self.account][where]


Hook = Callable[..., Any]
BEFORE: dict[tuple[str, str], list[Hook]] = defaultdict(list)
AFTER: dict[tuple[str, str], list[Hook]] = defaultdict(list)
ANSWERS: dict[tuple[str, str], Hook] = {}
_current = threading.local()


def before(service: str, *actions: str) -> Callable[[Hook], Hook]:
    def register(hook: Hook) -> Hook:
        for action in actions:
            BEFORE[service, action].append(hook)
        return hook

    return register


def after(service: str, *actions: str) -> Callable[[Hook], Hook]:
    def register(hook: Hook) -> Hook:
        for action in actions:
            AFTER[service, action].append(hook)
        return hook

    return register


def answer(service: str, *actions: str) -> Callable[[Hook], Hook]:
    def register(hook: Hook) -> Hook:
        for action in actions:
            ANSWERS[service, action] = hook
        return hook

    return register


def current() -> Call | None:
    """The call this thread is answering, for code that moto calls back."""
    return getattr(_current, "call", None)


def set_current(call: Call | None) -> None:
    _current.call = call


def run_after(call: Call, result: Any) -> Any:
    """Every after-hook in turn; one that returns None has only looked or mutated."""
    for hook in AFTER.get((call.service, call.action), []):
        replaced = hook(call, result)
        result = result if replaced is None else replaced
    call.hooked = True
    return result
