//! EC2: networks, security groups, endpoints, instances. One file a type.

#[macro_use]
mod reconciled;

mod attributes;
mod call;
mod context;
mod kind;
mod permissions;
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

pub use context::Ec2;
