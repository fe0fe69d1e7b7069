"""The list of service modules; importing one registers its hooks."""

from importlib import import_module

MODULES = [
    "ec2.common",
    "ec2.eice",
    "ec2.networks",
    "ec2.groups",
    "ec2.rules",
    "ec2.endpoints",
    "ec2.endpoint_services",
    "ec2.prefix_lists",
    "ec2.images",
    "ec2.instances",
    "ec2.instance_disks",
    "iam",
    "iam_roles",
    "kms",
    "s3",
    "s3_policy",
    "ssm",
    "ssm_sessions",
    "logs",
    "sts",
]


def load() -> None:
    for name in MODULES:
        import_module(f"{__package__}.{name}")
