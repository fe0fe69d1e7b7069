output "instance_id" {
  description = "The instance"
  value       = aws_instance.private.id
}

output "connect" {
  description = "How to connect, with the role `operator`"
  value       = "aws ec2-instance-connect ssh --instance-id ${aws_instance.private.id} --os-user ${var.os_user} --connection-type eice"
}

output "role_arn" {
  description = "The role that may connect"
  value       = aws_iam_role.operator.arn
}
