#!/usr/bin/env python3
"""Checks of the emulator over HTTP, with boto3 as the client.

    eval "$(scripts/emulator start)"; .emulator/venv/bin/python tests/emulator/selftest.py

Resets the emulator before and after. Prints each failure and a count; exit 1 on any.
The checks live in tests/emulator/checks/, one file for each area; a check is a
function whose name starts with check_, run against an emulator just reset.
"""

import importlib
import pkgutil
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import checks  # noqa: E402
from checks.client import control, reset  # noqa: E402


def main() -> int:
    wanted = sys.argv[1:]
    passed, failed = 0, 0
    began = time.monotonic()
    for found in sorted(m.name for m in pkgutil.iter_modules(checks.__path__)):
        module = importlib.import_module(f"checks.{found}")
        for name, check in vars(module).items():
            label = f"{found}.{name.removeprefix('check_')}"
            if not name.startswith("check_") or (wanted and not any(w in label for w in wanted)):
                continue
            reset()
            try:
                check()
                passed += 1
            except Exception:
                failed += 1
                print(f"FAILED {label}\n{traceback.format_exc(limit=-3)}")
    reset()
    control("DELETE", "calls")
    print(f"{passed} passed, {failed} failed ({time.monotonic() - began:.0f} s)")
    return 1 if failed else 0


sys.exit(main())
