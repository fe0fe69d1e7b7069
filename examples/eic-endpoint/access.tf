# The two groups name each other, so their rules are resources of their own.

resource "aws_security_group" "endpoint" {
  name        = "${var.name}-endpoint"
  description = "EC2 Instance Connect endpoint: SSH to the instances, nothing else"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${var.name}-endpoint" }
}

resource "aws_security_group" "instance" {
  name        = "${var.name}-instance"
  description = "Instances: SSH from the endpoint, nothing else"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${var.name}-instance" }
}

resource "aws_vpc_security_group_egress_rule" "endpoint_to_instance" {
  security_group_id            = aws_security_group.endpoint.id
  description                  = "SSH to the instances"
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
  referenced_security_group_id = aws_security_group.instance.id
}

resource "aws_vpc_security_group_ingress_rule" "instance_from_endpoint" {
  security_group_id            = aws_security_group.instance.id
  description                  = "SSH from the endpoint"
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
  referenced_security_group_id = aws_security_group.endpoint.id
}

resource "aws_ec2_instance_connect_endpoint" "main" {
  subnet_id          = aws_subnet.private.id
  security_group_ids = [aws_security_group.endpoint.id]
  preserve_client_ip = false
  tags               = { Name = var.name }
}

resource "aws_instance" "private" {
  ami                    = data.aws_ami.al2023.id
  instance_type          = var.instance_type
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.instance.id]

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  root_block_device {
    encrypted = true
  }

  tags = { Name = "${var.name}-private" }
}
