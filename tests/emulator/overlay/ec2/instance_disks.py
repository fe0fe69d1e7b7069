"""The volumes of a new instance: a root device under the image's own name.

moto always calls it /dev/sda1, so a client that looks its root volume up by
RootDeviceName finds none, and it forgets what a request leaves out.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.amis import Ami
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

from ..core.hooks import Call, after
from .images import catalogued

ROOT_SIZE = 8
ROOT_DEVICES = {"/dev/xvda", "/dev/sda1"}
# Speed of a gp3 volume that asks for none.
GP3 = {"iops": 3000, "throughput": 125}


def _default_root(self: Any) -> None:
    self.add_block_device(None, self.root_device_name, None, False, True, None, None)


_add = Instance.add_block_device


def _with_defaults(
    self: Any, size: Any, device_path: str, snapshot_id: Any, encrypted: Any, delete_on_termination: Any, kms_key_id: Any, volume_type: Any
) -> None:
    _add(self, size or ROOT_SIZE, device_path, snapshot_id, bool(encrypted), delete_on_termination, kms_key_id, volume_type or "gp3")


Instance.setup_defaults = _default_root  # type: ignore[method-assign]
Instance.add_block_device = _with_defaults  # type: ignore[method-assign]


_validate = InstanceResponse._validate_block_device_mapping


def _complete(device_mapping: dict[str, Any]) -> None:
    # The image says what the request leaves out of one of its own devices; moto wants a size.
    disk = device_mapping.get("Ebs")
    if disk and not disk.get("VolumeSize") and not disk.get("SnapshotId") and device_mapping.get("DeviceName") in ROOT_DEVICES:
        disk["VolumeSize"] = ROOT_SIZE
    _validate(device_mapping)


InstanceResponse._validate_block_device_mapping = staticmethod(_complete)  # type: ignore[method-assign]


@after("ec2", "RunInstances")
def _disks(call: Call, reservation: Any) -> None:
    wanted = {m.get("DeviceName"): m.get("Ebs", {}) for m in call.get("BlockDeviceMappings", [])}
    for instance in reservation.instances:
        if instance.root_device_name not in instance.block_device_mapping:
            instance.setup_defaults()
        for device, held in instance.block_device_mapping.items():
            asked = wanted.get(device, {})
            if device == instance.root_device_name:
                held.delete_on_termination = asked.get("DeleteOnTermination", True)
            volume = call.backend().volumes[held.volume_id]
            if volume.volume_type == "gp3":
                volume.iops = asked.get("Iops", GP3["iops"])
                volume.throughput = asked.get("Throughput", GP3["throughput"])
            elif asked.get("Iops"):
                volume.iops = asked["Iops"]
        _tag(call, instance)


def _tag(call: Call, instance: Any) -> None:
    """A root volume added after moto's own tagging still gets the volume tags."""
    for spec in call.get("TagSpecifications", []):
        kinds = {
            "volume": [held.volume_id for held in instance.block_device_mapping.values()],
            "network-interface": [nic.id for nic in instance.nics.values()],
        }
        for name in kinds.get(spec.get("ResourceType"), []):
            call.backend().create_tags([name], {t["Key"]: t.get("Value", "") for t in spec.get("Tags", [])})


_mappings = Ami.block_device_mappings.fget


def _image_disks(self: Any) -> Any:
    rows = _mappings(self)
    if catalogued(self):
        for row in rows:
            row["Ebs"].update(VolumeSize=ROOT_SIZE, VolumeType="gp3", DeleteOnTermination=True, Encrypted=False)
    return rows


Ami.block_device_mappings = property(_image_disks)  # type: ignore[assignment]
