//! Which type is reconciled by what: sorted tables, held against the schemas by a test.

use std::sync::Arc;

use bastionless_model::cloud::{Lookup, Reconcile};

use crate::{
    clients::Scope,
    ec2, iam,
    kind::{Managed, Read},
    kms, logs, meta, s3, ssm,
};

type Resource = (&'static str, fn(&Scope) -> Arc<dyn Reconcile>);
type Source = (&'static str, fn(&Scope) -> Arc<dyn Lookup>);

/// Makes a line of the table of resources.
macro_rules! managed {
    ($name:literal, $ty:path) => {
        ($name, |scope| Arc::new(Managed(<$ty>::new(scope.clone()))))
    };
}

/// Makes a line of the table of data sources.
macro_rules! source {
    ($name:literal, $ty:path) => {
        ($name, |scope| Arc::new(Read(<$ty>::new(scope.clone()))))
    };
}

/// Makes a line of the table of resources for a type that reads many objects with one call itself.
macro_rules! bulk {
    ($name:literal, $ty:path) => {
        ($name, |scope| Arc::new(<$ty>::new(scope.clone())))
    };
}

/// Types of managed objects.
const RESOURCES: &[Resource] = &[
    managed!("aws_cloudwatch_log_group", logs::group::LogGroup),
    bulk!(
        "aws_ec2_instance_connect_endpoint",
        ec2::AwsEc2InstanceConnectEndpoint
    ),
    managed!(
        "aws_iam_instance_profile",
        iam::instance_profile::InstanceProfile
    ),
    managed!("aws_iam_policy", iam::policy::Policy),
    managed!("aws_iam_role", iam::role::Role),
    managed!("aws_iam_role_policy", iam::role_policy::RolePolicy),
    managed!(
        "aws_iam_role_policy_attachment",
        iam::attachment::Attachment
    ),
    bulk!("aws_instance", ec2::AwsInstance),
    bulk!("aws_internet_gateway", ec2::AwsInternetGateway),
    bulk!("aws_key_pair", ec2::AwsKeyPair),
    managed!("aws_kms_alias", kms::alias::Alias),
    managed!("aws_kms_key", kms::key::Key),
    bulk!("aws_route", ec2::AwsRoute),
    bulk!("aws_route_table", ec2::AwsRouteTable),
    bulk!("aws_route_table_association", ec2::AwsRouteTableAssociation),
    managed!("aws_s3_bucket", s3::bucket::Bucket),
    managed!(
        "aws_s3_bucket_lifecycle_configuration",
        s3::part::Part<s3::lifecycle::Lifecycle>
    ),
    managed!(
        "aws_s3_bucket_ownership_controls",
        s3::part::Part<s3::ownership::Ownership>
    ),
    managed!("aws_s3_bucket_policy", s3::part::Part<s3::policy::Policy>),
    managed!(
        "aws_s3_bucket_public_access_block",
        s3::part::Part<s3::public_access::PublicAccess>
    ),
    managed!(
        "aws_s3_bucket_server_side_encryption_configuration",
        s3::part::Part<s3::encryption::Encryption>
    ),
    managed!(
        "aws_s3_bucket_versioning",
        s3::part::Part<s3::versioning::Versioning>
    ),
    bulk!("aws_security_group", ec2::AwsSecurityGroup),
    bulk!("aws_security_group_rule", ec2::AwsSecurityGroupRule),
    managed!("aws_ssm_document", ssm::document::Document),
    bulk!("aws_subnet", ec2::AwsSubnet),
    bulk!("aws_vpc", ec2::AwsVpc),
    bulk!("aws_vpc_endpoint", ec2::AwsVpcEndpoint),
    ("aws_vpc_security_group_egress_rule", |scope| {
        Arc::new(ec2::egress_rules(scope))
    }),
    ("aws_vpc_security_group_ingress_rule", |scope| {
        Arc::new(ec2::ingress_rules(scope))
    }),
];

/// Types of data sources.
const SOURCES: &[Source] = &[
    source!("aws_ami", ec2::DataAwsAmi),
    source!("aws_availability_zones", ec2::DataAwsAvailabilityZones),
    source!("aws_caller_identity", meta::CallerIdentity),
    source!("aws_iam_policy", iam::policy_source::PolicySource),
    source!("aws_instances", ec2::DataAwsInstances),
    source!("aws_partition", meta::Partition),
    source!("aws_region", meta::Region),
    source!("aws_security_group", ec2::DataAwsSecurityGroup),
    source!("aws_ssm_parameter", ssm::parameter_source::ParameterSource),
    source!("aws_subnet", ec2::DataAwsSubnet),
    source!("aws_subnets", ec2::DataAwsSubnets),
    source!("aws_vpc", ec2::DataAwsVpc),
    source!("aws_vpc_endpoint_service", ec2::DataAwsVpcEndpointService),
];

/// Returns the reconciler of a type.
pub(crate) fn reconcile(name: &str, scope: &Scope) -> Option<Arc<dyn Reconcile>> {
    let place = RESOURCES.binary_search_by_key(&name, |(n, _)| n).ok()?;
    RESOURCES.get(place).map(|(_, make)| make(scope))
}

/// Returns the data source of a type.
pub(crate) fn lookup(name: &str, scope: &Scope) -> Option<Arc<dyn Lookup>> {
    let place = SOURCES.binary_search_by_key(&name, |(n, _)| n).ok()?;
    SOURCES.get(place).map(|(_, make)| make(scope))
}

#[cfg(test)]
mod tests {
    use bastionless_model::schema::{Catalogue, SchemaKind};

    use super::*;

    /// Data sources that are computed without AWS, by the core.
    const PURE: &[&str] = &["aws_iam_policy_document"];

    #[track_caller]
    fn check(names: Vec<&str>, kind: SchemaKind) {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted, "the table must be sorted");
        let schemas: Vec<_> = Catalogue::builtin()
            .names(kind)
            .filter(|n| n.starts_with("aws_") && !PURE.contains(n))
            .collect();
        assert_eq!(
            names, schemas,
            "each schema needs its line in registry.rs, and each line its schema"
        );
    }

    #[test]
    fn every_resource_type_is_registered() {
        check(
            RESOURCES.iter().map(|(n, _)| *n).collect(),
            SchemaKind::Managed,
        );
    }

    #[test]
    fn every_data_source_is_registered() {
        check(SOURCES.iter().map(|(n, _)| *n).collect(), SchemaKind::Data);
    }
}
