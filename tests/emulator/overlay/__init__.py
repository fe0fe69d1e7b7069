"""The project's additions to moto: what AWS does and moto 5.2.5 does not.

    core/      the request path: recognise a call, log it, run hooks, faults, knobs
    ec2/       EC2: Instance Connect endpoints, groups, VPC endpoints, images, instances
    iam.py ... one file per other service

moto is imported, never changed on disk. A service module registers hooks
(`core.hooks`) by service and action; `core.gateway` runs them around moto.
Importing this package alone has no effect: `python -m overlay` starts it.
"""
