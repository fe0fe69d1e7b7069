#!/usr/bin/env python3
"""Runs public configurations, their files unchanged, through plan, apply, an empty second plan and destroy on the emulator.

    run.py PROGRAM SOURCES [--only WORD]

The emulator must be started and exported (`eval "$(scripts/emulator start)"`), and this script run with the python of
`.emulator/venv`. SOURCES holds one folder a repository, named OWNER__NAME, at the commit of corpus.json: fetch each with
`git clone https://github.com/OWNER/NAME OWNER__NAME && git -C OWNER__NAME checkout COMMIT`. Nothing of them is part of
this project.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

import boto3

HERE = pathlib.Path(__file__).parent
WORK = (".bastionless", "bastionless.tfstate", "bastionless.tfstate.backup")


def reset() -> None:
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/moto-api/reset", method="POST")
    urllib.request.urlopen(request).read()


def fixture() -> dict:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    zones = ["eu-west-1a", "eu-west-1b"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.99.{i}.0/24", AvailabilityZone=z)["Subnet"]["SubnetId"]
        for i, z in enumerate(zones)
    ]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(GroupName="fixture", Description="fixture", VpcId=vpc)["GroupId"]
    return {"$vpc": vpc, "$subnets": subnets, "$subnet": subnets[0], "$route_table": table, "$security_group": group}


def filled(value, known):
    if isinstance(value, dict):
        return {k: filled(v, known) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, known) for v in value]
    return known.get(value, value) if isinstance(value, str) else value


class Failed(Exception):
    pass


def run(program: str, cwd: pathlib.Path, *args: str, codes=(0,)) -> str:
    done = subprocess.run([program, *args], cwd=cwd, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode not in codes:
        raise Failed(f"{args[0]}: exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-2500:]}")
    return done.stdout + done.stderr


def one(program: str, sources: pathlib.Path, row: dict) -> str:
    origin = sources / row["repo"].replace("/", "__")
    if not origin.is_dir():
        raise Failed(f"{origin} is not there")
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder, "tree")
        shutil.copytree(origin, tree, symlinks=True)
        root = tree / row["root"]
        for name in WORK:
            shutil.rmtree(root / name, ignore_errors=True)
        reset()
        # A profile that a configuration names exists on its owner's machine; here it has the emulator's credentials.
        profiles = pathlib.Path(folder, "credentials")
        profiles.write_text("".join(f"[{p}]\naws_access_key_id = test\naws_secret_access_key = test\n" for p in row.get("profiles", [])))
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(profiles)
        variables = pathlib.Path(folder, "variables.tfvars.json")
        variables.write_text(json.dumps(filled(row["variables"], fixture())))
        given = ("-input=false", f"-var-file={variables}")
        if "refused" in row:
            text = run(program, root, "validate", codes=(1,))
            if row["refused"] not in text:
                raise Failed(f"refused with other words: {text}")
            return f"refused, as by Terraform: {row['refused']}"
        run(program, root, "init", "-input=false", "-backend=false")
        plan = run(program, root, "plan", *given)
        found = re.search(r"Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy", plan)
        creates = int(found.group(1)) if found else 0
        if creates != row["creates"] or creates == 0:
            raise Failed(f"{creates} creates planned, {row['creates']} recorded")
        run(program, root, "apply", "-auto-approve", *given)
        second = run(program, root, "plan", "-detailed-exitcode", *given, codes=(0, 2))
        if "No changes." not in second:
            raise Failed(f"the second plan has changes:\n{second[-3000:]}")
        run(program, root, "destroy", "-auto-approve", *given)
        state = json.loads((root / "bastionless.tfstate").read_text())
        if state["resources"]:
            raise Failed(f"left after destroy: {[r['type'] + '.' + r['name'] for r in state['resources']]}")
        return f"{creates} created, no changes, destroyed"


def main() -> int:
    program, sources = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    passed = failed = 0
    for row in json.loads((HERE / "corpus.json").read_text())["rows"]:
        if only not in row["repo"]:
            continue
        try:
            print(f"{row['repo']}: {one(program, sources, row)}", flush=True)
            passed += 1
        except Failed as e:
            print(f"{row['repo']}: FAILED {e}", flush=True)
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
