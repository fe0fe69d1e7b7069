output "instance_id" {
  description = "The instance"
  value       = aws_instance.private.id
}

output "connect" {
  description = "How to connect"
  value       = "aws ssm start-session --target ${aws_instance.private.id} --document-name ${aws_ssm_document.session.name}"
}

output "policy_arn" {
  description = "The policy that lets somebody connect"
  value       = aws_iam_policy.operator.arn
}
