"""Faults a test asks for: errors, delays and lost answers for the next calls.

One fault is a JSON object:

    service, action   patterns ("ec2", "Create*"); missing = any
    times             how many calls it hits, default 1; 0 = until cleared
    skip              how many matching calls pass first, default 0
    code, status, message   the error to answer; without a code only the delay applies
    delay_seconds     wait that long first (or, with "after", before answering)
    after             true: perform the call, then answer with the fault
    abort             true: close the connection instead of answering
"""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase
from typing import Any

from .hooks import Call

_FIELDS = {"service", "action", "times", "skip", "code", "status", "message", "delay_seconds", "after", "abort"}
_lock = threading.Lock()
_faults: list[dict[str, Any]] = []


def add(wanted: Any) -> list[dict[str, Any]]:
    """Append faults; ValueError names the one that is not understood."""
    wanted = wanted if isinstance(wanted, list) else [wanted]
    made = []
    for fault in wanted:
        if not isinstance(fault, dict) or set(fault) - _FIELDS:
            raise ValueError(f"not a fault: {fault!r}; its fields are {sorted(_FIELDS)}")
        if not {"code", "delay_seconds", "abort"} & set(fault):
            raise ValueError(f"a fault needs code, delay_seconds or abort: {fault!r}")
        made.append({**fault, "times": int(fault.get("times", 1)), "skip": int(fault.get("skip", 0))})
    with _lock:
        _faults.extend(made)
    return listing()


def listing() -> list[dict[str, Any]]:
    with _lock:
        return [dict(f) for f in _faults]


def clear() -> None:
    with _lock:
        _faults.clear()


def take(call: Call) -> dict[str, Any] | None:
    """The fault that hits this call, used up by one."""
    with _lock:
        for fault in _faults:
            if not fnmatchcase(call.service, fault.get("service", "*")):
                continue
            if not fnmatchcase(call.action, fault.get("action", "*")):
                continue
            if fault["skip"] > 0:
                fault["skip"] -= 1
                continue
            if fault["times"] == 1:
                _faults.remove(fault)
            elif fault["times"] > 1:
                fault["times"] -= 1
            return fault
    return None
