"""Every call the server answered, oldest first, for tests to count and compare."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import Any

from .hooks import Call

_lock = threading.Lock()
_entries: list[dict[str, Any]] = []
_next = 1
LONGEST_TEXT = 4096  # a parameter longer than this is cut: the log is no archive


def start(call: Call) -> dict[str, Any]:
    """The entry is there from the beginning: a call under way has status null."""
    global _next
    with _lock:
        entry = {
            "seq": _next,
            "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "service": call.service,
            "action": call.action,
            "region": call.region,
            "account": call.account,
            "access_key": call.access_key,
            "params": _jsonable(call.params),
            "status": None,
            "error": None,
            "fault": False,
            "duration_ms": None,
        }
        _next += 1
        _entries.append(entry)
    entry["_began"] = time.monotonic()
    return entry


def finish(entry: dict[str, Any], status: int, error: str | None) -> None:
    entry["status"], entry["error"] = status, error
    entry["duration_ms"] = round((time.monotonic() - entry["_began"]) * 1000, 1)


def entries(since: int = 0) -> list[dict[str, Any]]:
    with _lock:
        return [{k: v for k, v in e.items() if k != "_began"} for e in _entries if e["seq"] > since]


def clear() -> None:
    global _next
    with _lock:
        _entries.clear()
        _next = 1


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(v) for v in value]
    if isinstance(value, (bytes, bytearray)):
        try:
            value = bytes(value).decode()
        except UnicodeDecodeError:
            return f"<{len(value)} bytes>"
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "..."
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
