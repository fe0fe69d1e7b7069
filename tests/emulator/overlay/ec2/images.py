"""A small catalogue of the machine images that configurations look up by name.

moto's own images stay; these add the names people filter for, each in an
older and a newer build so that "most recent" has something to choose from.
Ids depend only on region and name: the same in every run.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

from moto.ec2.models.amis import Ami, AmiBackend

from ..core.hooks import Call, Refusal, before

AMAZON, CANONICAL, ALMA = "137112412989", "099720109477", "764336703387"
DEBIAN, RED_HAT, ROCKY, WINDOWS = "136693071363", "309956199498", "792107900819", "801119661308"

# (owner, alias, name, architecture, root device, platform, description); {b} is the build.
_FAMILIES = [
    *(
        (AMAZON, "amazon", f"al2023-ami-{kind}2023.{{n}}.{{b}}.0-kernel-{kernel}-{arch}", arch, "/dev/xvda", None, "Amazon Linux 2023")
        for arch in ("x86_64", "arm64")
        for kind in ("", "minimal-")
        for kernel in ("6.1", "6.12")
    ),
    *(
        (AMAZON, "amazon", f"amzn2-ami-{kernel}hvm-2.0.{{b}}.0-{arch}-{disk}", arch, "/dev/xvda", None, "Amazon Linux 2")
        for arch in ("x86_64", "arm64")
        for kernel in ("", "kernel-5.10-")
        for disk in ("gp2", "ebs")
    ),
    *(
        (CANONICAL, None, f"ubuntu/images/{disk}/ubuntu-{name}-{number}-{arch}-server-{{b}}", real, "/dev/sda1", None, f"Canonical, Ubuntu, {number}")
        for disk, name, number in (
            ("hvm-ssd", "focal", "20.04"),
            ("hvm-ssd", "jammy", "22.04"),
            ("hvm-ssd-gp3", "noble", "24.04"),
        )
        for arch, real in (("amd64", "x86_64"), ("arm64", "arm64"))
    ),
    *(
        (ALMA, None, f"AlmaLinux OS {version}.{{b}} {arch}", arch, "/dev/sda1", None, "AlmaLinux OS")
        for version in ("8.10", "9.6")
        for arch in ("x86_64", "aarch64")
    ),
    *((DEBIAN, None, f"debian-12-{arch}-{{b}}-1500", real, "/dev/xvda", None, "Debian 12") for arch, real in (("amd64", "x86_64"), ("arm64", "arm64"))),
    (RED_HAT, None, "RHEL-9.6.0_HVM-{b}-x86_64-0-Hourly2-GP3", "x86_64", "/dev/sda1", None, "Red Hat Enterprise Linux 9"),
    (ROCKY, None, "Rocky-9-EC2-Base-9.6-{b}.0.x86_64", "x86_64", "/dev/sda1", None, "Rocky Linux 9"),
    (WINDOWS, "amazon", "Windows_Server-2022-English-Full-Base-{b}", "x86_64", "/dev/sda1", "windows", "Microsoft Windows Server 2022"),
]
_BOOT_MODE = "uefi-preferred"  # none of moto's own images has it
_BUILDS = (("8", datetime(2025, 3, 4, tzinfo=timezone.utc)), ("9", datetime(2026, 9, 15, tzinfo=timezone.utc)))

_load_amis = AmiBackend._load_amis


def _with_catalogue(self: Any) -> None:
    _load_amis(self)
    for owner, alias, pattern, arch, device, platform, text in _FAMILIES:
        for number, made in _BUILDS:
            build = made.strftime("%Y.%m.%d" if platform else "%Y%m%d")
            name = pattern.format(n=number, b=build)
            ami_id = "ami-" + hashlib.sha1(f"{self.region_name}/{name}".encode()).hexdigest()[:17]
            self.amis[ami_id] = Ami(
                self,
                ami_id=ami_id,
                name=name,
                description=f"{text} {build}",
                owner_id=owner,
                owner_alias=alias,
                public=True,
                virtualization_type="hvm",
                architecture="arm64" if arch == "aarch64" else arch,
                creation_date=made,
                platform=platform,
                image_location=f"{alias or owner}/{name}",
                hypervisor="xen",
                root_device_type="ebs",
                root_device_name=device,
                boot_mode=_BOOT_MODE,
            )


AmiBackend._load_amis = _with_catalogue  # type: ignore[method-assign]


def catalogued(image: Any) -> bool:
    return image.boot_mode == _BOOT_MODE

# Filters that lookups use and moto does not know.
_filter_value = Ami.get_filter_value


def _more_filters(self: Any, filter_name: str, method_name: str | None = None) -> Any:
    if filter_name == "block-device-mapping.volume-type":
        return [row["Ebs"]["VolumeType"] for row in self.block_device_mappings]
    if filter_name == "ena-support":
        return "true"
    if filter_name == "is-public":
        return "true" if self.is_public else "false"
    if filter_name == "owner-alias":
        return self.owner_alias or ""
    if filter_name == "platform":
        return self.platform or ""
    return _filter_value(self, filter_name, method_name)


Ami.get_filter_value = _more_filters  # type: ignore[method-assign]


@before("ec2", "DescribeImages")
def _all_known(call: Call) -> None:
    """One unknown id refuses the whole request; moto minds only if all are unknown."""
    backend = call.backend()
    for name in call.get("ImageIds", []):
        if name.startswith("ami-") and name not in backend.amis and name not in backend.deleted_amis:
            raise Refusal("InvalidAMIID.NotFound", f"The image id '[{name}]' does not exist")
