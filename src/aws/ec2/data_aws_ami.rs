//! `data "aws_ami"`

use aws_sdk_ec2::types::{BlockDeviceMapping, Image};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::{Type, Value},
};
use regex::Regex;

use super::{
    attributes::{Attributes, optional_text, text_of, texts_of},
    call::Outcome,
    context::some,
    lookups::{filters, only},
};
use crate::kind::Source;

looked_up!(
    /// Looks an image up.
    DataAwsAmi
);

const NOUN: &str = "EC2 AMI";

/// Filters that say whose images are meant.
const OWNER_FILTERS: [&str; 3] = ["image-id", "owner-id", "owner-alias"];

fn invalid(message: impl Into<String>) -> OpError {
    OpError::new(OpErrorKind::Invalid, format!("reading {NOUN}"), message)
}

impl Source for DataAwsAmi {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let owners = texts_of(config, "owners");
        let users = texts_of(config, "executable_users");
        let filters = filters(config, "", &[]);
        let recent = config.get_bool("most_recent") == Some(true);
        let names_owner = filters
            .iter()
            .any(|f| OWNER_FILTERS.contains(&f.name().unwrap_or_default()));
        if recent
            && owners.is_empty()
            && !names_owner
            && config.get_bool("allow_unsafe_filter") != Some(true)
        {
            return Err(invalid(
                "most_recent is set to true and results are not filtered by owner or image id: with this configuration a third party may introduce a new image which will be returned. Set `owners`, filter by `owner-id`, `owner-alias` or `image-id`, or set `allow_unsafe_filter`",
            ));
        }
        let call = self
            .0
            .client
            .describe_images()
            .set_owners(Some(owners).filter(|o| !o.is_empty()))
            .set_executable_users(Some(users).filter(|u| !u.is_empty()))
            .set_include_deprecated(config.get_bool("include_deprecated").filter(|d| *d))
            .set_filters(some(filters));
        let pages = call.into_paginator().items().send();
        let found = pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during(&format!("reading {NOUN}s"))?;
        let image = choose(found, text_of(config, "name_regex"), recent)?;
        let attributes = self
            .0
            .with_found_tags(self.attributes(&image), image.tags());
        Ok(attributes.data("aws_ami", &self.0.region, config))
    }
}

fn choose(mut found: Vec<Image>, pattern: Option<&str>, recent: bool) -> Result<Image, OpError> {
    if let Some(pattern) = pattern {
        let pattern = Regex::new(pattern)
            .map_err(|e| invalid(format!("`name_regex` is not a pattern: {e}")))?;
        // An image may lack a name.
        found.retain(|i| i.name().is_some_and(|n| pattern.is_match(n)));
    }
    if recent {
        found.sort_by(|a, b| {
            b.creation_date()
                .cmp(&a.creation_date())
                .then(b.image_id().cmp(&a.image_id()))
        });
        found.truncate(1);
    }
    only(found, NOUN)
}

impl DataAwsAmi {
    fn attributes(&self, i: &Image) -> Attributes {
        let id = i.image_id();
        let (partition, region) = (self.0.partition, &self.0.region);
        let arn = id.map(|id| format!("arn:{partition}:ec2:{region}::image/{id}"));
        let reason = i.state_reason();
        let reason = Value::object([
            (
                "code",
                Value::from(reason.and_then(|r| r.code()).unwrap_or("UNSET")),
            ),
            (
                "message",
                Value::from(reason.and_then(|r| r.message()).unwrap_or("UNSET")),
            ),
        ]);
        let codes = i.product_codes().iter().map(|c| {
            Value::object([
                ("product_code_id", optional_text(c.product_code_id())),
                (
                    "product_code_type",
                    optional_text(c.product_code_type().map(|t| t.as_str())),
                ),
            ])
        });
        let devices = i.block_device_mappings().iter().map(device);
        let root = i
            .block_device_mappings()
            .iter()
            .find(|m| m.device_name() == i.root_device_name());
        let snapshot = root.and_then(|m| m.ebs()).and_then(|e| e.snapshot_id());
        details(i)
            .text("id", id)
            .text("image_id", id)
            .text("arn", arn.as_deref())
            .value("state_reason", reason)
            .text("root_snapshot_id", snapshot)
            .value("product_codes", Value::list(Type::Dynamic, codes.collect()))
            .value(
                "block_device_mappings",
                Value::list(Type::Dynamic, devices.collect()),
            )
    }
}

fn details(i: &Image) -> Attributes {
    Attributes::default()
        .text("architecture", i.architecture().map(|v| v.as_str()))
        .text("boot_mode", i.boot_mode().map(|v| v.as_str()))
        .text("creation_date", i.creation_date())
        .text("deprecation_time", i.deprecation_time())
        .text("description", i.description())
        .flag("ena_support", Some(i.ena_support() == Some(true)))
        .text("hypervisor", i.hypervisor().map(|v| v.as_str()))
        .text("image_location", i.image_location())
        .text("image_owner_alias", i.image_owner_alias())
        .text("image_type", i.image_type().map(|v| v.as_str()))
        .text("imds_support", i.imds_support().map(|v| v.as_str()))
        .text("kernel_id", i.kernel_id())
        .text("last_launched_time", i.last_launched_time())
        .text("name", i.name())
        .text("owner_id", i.owner_id())
        .text("platform", i.platform().map(|v| v.as_str()))
        .text("platform_details", i.platform_details())
        .flag("public", Some(i.public() == Some(true)))
        .text("ramdisk_id", i.ramdisk_id())
        .text("root_device_name", i.root_device_name())
        .text("root_device_type", i.root_device_type().map(|v| v.as_str()))
        .text("sriov_net_support", i.sriov_net_support())
        .text("state", i.state().map(|v| v.as_str()))
        .text("tpm_support", i.tpm_support().map(|v| v.as_str()))
        .text("usage_operation", i.usage_operation())
        .text(
            "virtualization_type",
            i.virtualization_type().map(|v| v.as_str()),
        )
}

fn device(mapping: &BlockDeviceMapping) -> Value {
    let number = |n: Option<i32>| Value::from(n.unwrap_or(0).to_string());
    let ebs = mapping.ebs().map_or(Value::NULL, |e| {
        Value::object([
            (
                "delete_on_termination",
                Value::from((e.delete_on_termination() == Some(true)).to_string()),
            ),
            (
                "encrypted",
                Value::from((e.encrypted() == Some(true)).to_string()),
            ),
            ("iops", number(e.iops())),
            (
                "snapshot_id",
                Value::from(e.snapshot_id().unwrap_or_default()),
            ),
            ("throughput", number(e.throughput())),
            (
                "volume_initialization_rate",
                number(e.volume_initialization_rate()),
            ),
            ("volume_size", number(e.volume_size())),
            (
                "volume_type",
                Value::from(e.volume_type().map_or("", |t| t.as_str())),
            ),
        ])
    });
    Value::object([
        ("device_name", optional_text(mapping.device_name())),
        ("no_device", optional_text(mapping.no_device())),
        ("virtual_name", optional_text(mapping.virtual_name())),
        ("ebs", ebs),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_youngest_image_of_a_name_is_chosen() {
        let image = |id: &str, name: &str, day: &str| {
            Image::builder()
                .image_id(id)
                .name(name)
                .creation_date(day)
                .build()
        };
        let all = vec![
            image("ami-1", "al2023-1", "2026-01-01T00:00:00.000Z"),
            image("ami-2", "al2023-2", "2026-03-01T00:00:00.000Z"),
            image("ami-3", "other", "2026-05-01T00:00:00.000Z"),
        ];
        let chosen = choose(all.clone(), Some("^al2023-"), true).unwrap();
        assert_eq!(chosen.image_id(), Some("ami-2"));
        assert!(choose(all.clone(), Some("^al2023-"), false).is_err());
        assert!(choose(all, Some("^none$"), true).is_err());
    }
}
