"""How fast resources change state, and the clock that follows it.

A knob is one of  {"immediate": true} | {"describes": N} | {"seconds": S}.
"describes" counts the times a client has been shown the passing state, so a
test sees it without having to wait. Defaults may be set at start by
EMULATOR_KNOBS, a JSON object of the same shape as PUT /_bastionless/knobs.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

# One look at a passing state: enough to prove that a client waits.
BUILT_IN = {
    "instance-connect-endpoint": {"describes": 1},
    "vpc-endpoint": {"describes": 1},
    "vpc": {"immediate": True},
}


def check(wanted: Any) -> dict[str, dict[str, Any]]:
    """The knobs as given, or ValueError saying what is wrong with them."""
    if not isinstance(wanted, dict):
        raise ValueError("knobs are a JSON object: {\"instance-connect-endpoint\": {\"seconds\": 5}}")
    for name, knob in wanted.items():
        if name not in BUILT_IN:
            raise ValueError(f"no knob {name!r}; there are {sorted(BUILT_IN)}")
        if not isinstance(knob, dict) or len(knob) != 1 or not set(knob) <= {"immediate", "describes", "seconds"}:
            raise ValueError(f"{name}: one of immediate, describes, seconds; got {knob!r}")
    return wanted


_defaults = {**BUILT_IN, **check(json.loads(os.environ.get("EMULATOR_KNOBS") or "{}"))}
current: dict[str, dict[str, Any]] = dict(_defaults)


def put(wanted: Any) -> dict[str, dict[str, Any]]:
    current.update(check(wanted))
    return current


def reset() -> None:
    current.clear()
    current.update(_defaults)


class Passage:
    """One change of state under way, finished as its knob says."""

    def __init__(self, knob: str):
        self.knob, self.began, self.seen = knob, time.monotonic(), 0

    def shown(self) -> None:
        """A client has been told the passing state."""
        self.seen += 1

    @property
    def over(self) -> bool:
        rule = current[self.knob]
        if "seconds" in rule:
            return time.monotonic() - self.began >= rule["seconds"]
        return self.seen >= rule.get("describes", 0)
