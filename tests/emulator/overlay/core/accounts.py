"""Which account an access key belongs to, without the cost moto pays for it.

moto looks the key up in every partition of every account, and so builds an IAM
of each (all AWS managed policies included) for one call: a second after every reset.
"""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam import models


def of_key(access_key: str) -> str:
    for account, partitions in list(models.iam_backends.items()):
        # dict's own items: asking for a partition by name would build it.
        if any(access_key in iam.access_keys for _, iam in list(dict.items(partitions))):
            return account
    return DEFAULT_ACCOUNT_ID


models.get_account_id_from = of_key  # moto imports it anew for each call
