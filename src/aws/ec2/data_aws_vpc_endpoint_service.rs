//! `data "aws_vpc_endpoint_service"`

use aws_sdk_ec2::types::{ServiceConnectivityType, ServiceDetail, ServiceType};
use bastionless_model::{cloud::OpError, value::Value};

use super::{
    attributes::{Attributes, text_of, texts_of},
    call::Outcome,
    context::some,
    lookups::{filters, only},
};
use crate::kind::Source;

looked_up!(
    /// Looks a service up that VPC endpoints reach.
    DataAwsVpcEndpointService
);

impl Source for DataAwsVpcEndpointService {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let noun = "EC2 VPC Endpoint Service";
        let prefix = if self.0.partition == "aws-cn" {
            "cn.com.amazonaws"
        } else {
            "com.amazonaws"
        };
        let short = text_of(config, "service").map(|s| format!("{prefix}.{}.{s}", self.0.region));
        let name = text_of(config, "service_name").map(str::to_owned).or(short);
        let filters = filters(config, "tags", &[("service_type", "service-type")]);
        let regions = texts_of(config, "service_regions");
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let call = self
                .0
                .client
                .describe_vpc_endpoint_services()
                .set_service_names(name.clone().map(|n| vec![n]))
                .set_service_regions(Some(regions.clone()).filter(|r| !r.is_empty()))
                .set_filters(some(filters.clone()))
                .set_next_token(token);
            let page = call.send().await.during(&format!("reading {noun}"))?;
            found.extend(page.service_details.unwrap_or_default());
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break;
            }
        }
        if let Some(name) = &name {
            found.retain(|s| s.service_name() == Some(name));
        }
        if let Some(kind) = text_of(config, "service_type") {
            found.retain(|s| service_type(s).is_none_or(|t| t.eq_ignore_ascii_case(kind)));
        }
        let service = only(found, noun)?;
        let attributes = self
            .0
            .with_found_tags(self.attributes(&service), service.tags());
        Ok(attributes.data("aws_vpc_endpoint_service", &self.0.region, config))
    }
}

fn service_type(service: &ServiceDetail) -> Option<&str> {
    service
        .service_type()
        .first()
        .and_then(|t| t.service_type())
        .map(ServiceType::as_str)
}

impl DataAwsVpcEndpointService {
    fn attributes(&self, s: &ServiceDetail) -> Attributes {
        let (partition, region) = (self.0.partition, &self.0.region);
        let id = s.service_id();
        let arn = id.map(|id| {
            format!(
                "arn:{partition}:ec2:{region}:{}:vpc-endpoint-service/{id}",
                ""
            )
        });
        let own = |texts: &[String]| texts.to_vec();
        let zones = own(s.availability_zones());
        let bases = own(s.base_endpoint_dns_names());
        let types = s
            .supported_ip_address_types()
            .iter()
            .map(ServiceConnectivityType::as_str);
        Attributes::default()
            .text("id", id)
            .text("service_id", id)
            .text("arn", arn.as_deref())
            .text("service_name", s.service_name())
            .text("service_type", service_type(s))
            .text("service_region", s.service_region().or(Some(region)))
            .text("owner", s.owner())
            .text("private_dns_name", s.private_dns_name())
            .texts(
                "private_dns_names",
                s.private_dns_names()
                    .iter()
                    .filter_map(|d| d.private_dns_name()),
            )
            .texts("availability_zones", zones.iter().map(String::as_str))
            .texts("base_endpoint_dns_names", bases.iter().map(String::as_str))
            .texts("supported_ip_address_types", types)
            .flag(
                "acceptance_required",
                Some(s.acceptance_required() == Some(true)),
            )
            .flag(
                "manages_vpc_endpoints",
                Some(s.manages_vpc_endpoints() == Some(true)),
            )
            .flag(
                "vpc_endpoint_policy_supported",
                Some(s.vpc_endpoint_policy_supported() == Some(true)),
            )
    }
}
