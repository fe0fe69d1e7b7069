//! EC2: networks, security groups, endpoints, instances. One file a type.

#[macro_use]
mod lookups;
#[macro_use]
mod reconciled;

mod attributes;
mod call;
mod context;
mod instance_launch;
mod instance_read;
mod instance_update;
mod kind;
mod names;
mod permissions;
mod routes;
mod security_group_rules;
mod shared;
mod tagging;
mod wait;

mod aws_ec2_instance_connect_endpoint;
mod aws_instance;
mod aws_internet_gateway;
mod aws_key_pair;
mod aws_route;
mod aws_route_table;
mod aws_route_table_association;
mod aws_security_group;
mod aws_security_group_rule;
mod aws_subnet;
mod aws_vpc;
mod aws_vpc_endpoint;
mod aws_vpc_security_group_egress_rule;
mod aws_vpc_security_group_ingress_rule;
mod data_aws_ami;
mod data_aws_availability_zones;
mod data_aws_instances;
mod data_aws_security_group;
mod data_aws_subnet;
mod data_aws_subnets;
mod data_aws_vpc;
mod data_aws_vpc_endpoint_service;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub(crate) use aws_ec2_instance_connect_endpoint::AwsEc2InstanceConnectEndpoint;
pub(crate) use aws_instance::AwsInstance;
pub(crate) use aws_internet_gateway::AwsInternetGateway;
pub(crate) use aws_key_pair::AwsKeyPair;
pub(crate) use aws_route::AwsRoute;
pub(crate) use aws_route_table::AwsRouteTable;
pub(crate) use aws_route_table_association::AwsRouteTableAssociation;
pub(crate) use aws_security_group::AwsSecurityGroup;
pub(crate) use aws_security_group_rule::AwsSecurityGroupRule;
pub(crate) use aws_subnet::AwsSubnet;
pub(crate) use aws_vpc::AwsVpc;
pub(crate) use aws_vpc_endpoint::AwsVpcEndpoint;
pub(crate) use aws_vpc_security_group_egress_rule::egress_rules;
pub(crate) use aws_vpc_security_group_ingress_rule::ingress_rules;
pub(crate) use context::Ec2;
pub(crate) use data_aws_ami::DataAwsAmi;
pub(crate) use data_aws_availability_zones::DataAwsAvailabilityZones;
pub(crate) use data_aws_instances::DataAwsInstances;
pub(crate) use data_aws_security_group::DataAwsSecurityGroup;
pub(crate) use data_aws_subnet::DataAwsSubnet;
pub(crate) use data_aws_subnets::DataAwsSubnets;
pub(crate) use data_aws_vpc::DataAwsVpc;
pub(crate) use data_aws_vpc_endpoint_service::DataAwsVpcEndpointService;
