# Who may connect: one role, to port 22 of this instance, as one user of the operating system.

data "aws_iam_policy_document" "operator_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_iam_role" "operator" {
  name               = "${var.name}-operator"
  description        = "Connects to the private instance"
  assume_role_policy = data.aws_iam_policy_document.operator_trust.json
}

data "aws_iam_policy_document" "connect" {
  statement {
    sid       = "Tunnel"
    actions   = ["ec2-instance-connect:OpenTunnel"]
    resources = [aws_ec2_instance_connect_endpoint.main.arn]

    condition {
      test     = "NumericEquals"
      variable = "ec2-instance-connect:remotePort"
      values   = ["22"]
    }
    condition {
      test     = "IpAddress"
      variable = "ec2-instance-connect:privateIpAddress"
      values   = ["${aws_instance.private.private_ip}/32"]
    }
    condition {
      test     = "NumericLessThanEquals"
      variable = "ec2-instance-connect:maxTunnelDuration"
      values   = ["3600"]
    }
  }

  statement {
    sid       = "PushKey"
    actions   = ["ec2-instance-connect:SendSSHPublicKey"]
    resources = [aws_instance.private.arn]

    condition {
      test     = "StringEquals"
      variable = "ec2:osuser"
      values   = [var.os_user]
    }
  }

  statement {
    sid       = "Find"
    actions   = ["ec2:DescribeInstances", "ec2:DescribeInstanceConnectEndpoints"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "connect" {
  name        = "${var.name}-connect"
  description = "SSH to the private instance through the endpoint"
  policy      = data.aws_iam_policy_document.connect.json
}

resource "aws_iam_role_policy_attachment" "connect" {
  role       = aws_iam_role.operator.name
  policy_arn = aws_iam_policy.connect.arn
}
