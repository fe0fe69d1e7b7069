//! Instances.

use bastionless_model::value::Value;

use super::{Estate, Instance, Thing, tags, text, texts};

pub(super) fn read(estate: &mut Estate, things: &[Thing]) {
    for thing in things
        .iter()
        .filter(|t| t.type_name == "aws_instance" && !t.is_data)
    {
        let v = &thing.value;
        let address = v.get_str("private_ip").unwrap_or_default();
        let options = v
            .get("metadata_options")
            .and_then(Value::elements)
            .unwrap_or_default();
        let is_off = |o: &Value| o.get_str("http_endpoint") == Some("disabled");
        let public = text(v, "public_ip").is_some_and(|a| !a.starts_with("${"));
        let instance = Instance {
            address: thing.address.clone(),
            id: text(v, "id").unwrap_or_default(),
            arn: v.get_str("arn").unwrap_or_default().to_owned(),
            subnet: text(v, "subnet_id").filter(|s| estate.subnets.contains_key(s)),
            groups: texts(v, "vpc_security_group_ids"),
            private_ip: address.parse().ok(),
            is_public: public || v.get_bool("associate_public_ip_address") == Some(true),
            // An instance that is to be made without a profile has its own reference there.
            profile: text(v, "iam_instance_profile")
                .filter(|p| !p.ends_with(".iam_instance_profile}")),
            tags: tags(v),
            has_metadata: !options.iter().any(is_off),
            is_windows: v.get_bool("get_password_data") == Some(true),
        };
        estate.instances.push(instance);
    }
}
