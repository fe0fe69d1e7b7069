"""What the demo does by hand, with another client than ours: boto3.

    demo_change.py EXAMPLE

Opens SSH to the world on the instances' security group and takes one managed rule away.
"""

import sys

import boto3

NAMES = {"eic-endpoint": "eic-demo-instance", "session-manager": "ssm-demo-instance"}


def main() -> None:
    name = NAMES[sys.argv[1]]
    ec2 = boto3.client("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]
    group = groups[0]["GroupId"]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    rule = rules[0]
    revoke = ec2.revoke_security_group_egress if rule["IsEgress"] else ec2.revoke_security_group_ingress
    revoke(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    print(f"revoked {rule['SecurityGroupRuleId']} of {group} ({name})")
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    print(f"opened port 22 of {group} ({name}) to 0.0.0.0/0")


if __name__ == "__main__":
    main()
