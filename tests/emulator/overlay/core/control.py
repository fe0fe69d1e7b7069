"""The overlay's own HTTP interface, under /_bastionless/. docs/emulator.md lists it."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qs

from . import calllog, faults, knobs, tokens


def reset() -> None:
    """Forget everything the overlay keeps outside moto's own state."""
    calllog.clear()
    faults.clear()
    knobs.reset()
    tokens.clear()


def handle(method: str, path: str, query: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    try:
        status, value = _route(method, path.rsplit("/", 1)[-1], parse_qs(query), body)
    except ValueError as wrong:  # json.JSONDecodeError is one
        status, value = 400, {"error": str(wrong)}
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _route(method: str, name: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
    if (method, name) == ("GET", "health"):
        return 200, {"service": "bastionless-emulator", "pid": os.getpid()}
    if (method, name) == ("GET", "calls"):
        return 200, calllog.entries(int(query.get("since", ["0"])[0]))
    if (method, name) == ("DELETE", "calls"):
        calllog.clear()
        return 200, []
    if (method, name) == ("GET", "faults"):
        return 200, faults.listing()
    if (method, name) == ("POST", "faults"):
        return 200, faults.add(json.loads(body))
    if (method, name) == ("DELETE", "faults"):
        faults.clear()
        return 200, []
    if (method, name) == ("GET", "knobs"):
        return 200, knobs.current
    if (method, name) == ("PUT", "knobs"):
        return 200, knobs.put(json.loads(body))
    if (method, name) == ("DELETE", "knobs"):
        knobs.reset()
        return 200, knobs.current
    return 404, {"error": "there are: GET health, GET|DELETE calls, GET|POST|DELETE faults, GET|PUT|DELETE knobs"}
