//! `data "aws_availability_zones"`

use bastionless_model::{cloud::OpError, value::Value};

use super::{
    attributes::{Attributes, text_of, texts_of},
    call::Outcome,
    context::some,
    lookups::filters,
};
use crate::kind::Source;

looked_up!(
    /// Looks availability zones up.
    DataAwsAvailabilityZones
);

impl Source for DataAwsAvailabilityZones {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let call = self
            .0
            .client
            .describe_availability_zones()
            .set_all_availability_zones(config.get_bool("all_availability_zones"))
            .set_filters(some(filters(config, "", &[("state", "state")])));
        let found = call.send().await.during("reading EC2 Availability Zones")?;
        let mut zones = found.availability_zones.unwrap_or_default();
        zones.sort_by(|a, b| a.zone_name().cmp(&b.zone_name()));
        let (names, ids) = (
            texts_of(config, "exclude_names"),
            texts_of(config, "exclude_zone_ids"),
        );
        let excluded = |list: &[String], text: Option<&str>| {
            text.is_some_and(|text| list.iter().any(|t| t == text))
        };
        zones.retain(|z| !excluded(&names, z.zone_name()) && !excluded(&ids, z.zone_id()));
        let attributes = Attributes::default()
            .text("id", Some(&self.0.region))
            .text("state", text_of(config, "state"))
            .texts("names", zones.iter().filter_map(|z| z.zone_name()))
            .texts("zone_ids", zones.iter().filter_map(|z| z.zone_id()))
            .texts("group_names", zones.iter().filter_map(|z| z.group_name()));
        Ok(attributes.data("aws_availability_zones", &self.0.region, config))
    }
}
