//! The texts of all schemas, embedded.

macro_rules! text {
    ($file:literal) => {
        ($file, include_str!(concat!("../../../schemas/", $file)))
    };
}

/// File below `schemas/` and text, in the order of the files.
pub(super) static TEXTS: &[(&str, &str)] = &[
    text!("builtin/data_bastionless_access_policy.hcl"),
    text!("builtin/data_terraform_remote_state.hcl"),
    text!("builtin/terraform_data.hcl"),
    text!("ec2/aws_ec2_instance_connect_endpoint.hcl"),
    text!("ec2/aws_instance.hcl"),
    text!("ec2/aws_internet_gateway.hcl"),
    text!("ec2/aws_key_pair.hcl"),
    text!("ec2/aws_route.hcl"),
    text!("ec2/aws_route_table.hcl"),
    text!("ec2/aws_route_table_association.hcl"),
    text!("ec2/aws_security_group.hcl"),
    text!("ec2/aws_security_group_rule.hcl"),
    text!("ec2/aws_subnet.hcl"),
    text!("ec2/aws_vpc.hcl"),
    text!("ec2/aws_vpc_endpoint.hcl"),
    text!("ec2/aws_vpc_security_group_egress_rule.hcl"),
    text!("ec2/aws_vpc_security_group_ingress_rule.hcl"),
    text!("ec2/data_aws_ami.hcl"),
    text!("ec2/data_aws_availability_zones.hcl"),
    text!("ec2/data_aws_instances.hcl"),
    text!("ec2/data_aws_security_group.hcl"),
    text!("ec2/data_aws_subnet.hcl"),
    text!("ec2/data_aws_subnets.hcl"),
    text!("ec2/data_aws_vpc.hcl"),
    text!("ec2/data_aws_vpc_endpoint_service.hcl"),
    text!("iam/aws_iam_instance_profile.hcl"),
    text!("iam/aws_iam_policy.hcl"),
    text!("iam/aws_iam_role.hcl"),
    text!("iam/aws_iam_role_policy.hcl"),
    text!("iam/aws_iam_role_policy_attachment.hcl"),
    text!("iam/data_aws_iam_policy.hcl"),
    text!("iam/data_aws_iam_policy_document.hcl"),
    text!("kms/aws_kms_alias.hcl"),
    text!("kms/aws_kms_key.hcl"),
    text!("logs/aws_cloudwatch_log_group.hcl"),
    text!("meta/data_aws_partition.hcl"),
    text!("meta/data_aws_region.hcl"),
    text!("provider/aws.hcl"),
    text!("s3/aws_s3_bucket.hcl"),
    text!("s3/aws_s3_bucket_lifecycle_configuration.hcl"),
    text!("s3/aws_s3_bucket_ownership_controls.hcl"),
    text!("s3/aws_s3_bucket_policy.hcl"),
    text!("s3/aws_s3_bucket_public_access_block.hcl"),
    text!("s3/aws_s3_bucket_server_side_encryption_configuration.hcl"),
    text!("s3/aws_s3_bucket_versioning.hcl"),
    text!("ssm/aws_ssm_document.hcl"),
    text!("ssm/data_aws_ssm_parameter.hcl"),
    text!("sts/data_aws_caller_identity.hcl"),
];
