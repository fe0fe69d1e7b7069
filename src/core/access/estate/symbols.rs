//! What stands for values that AWS has yet to choose.
//!
//! ARNs follow a fixed form (IAM User Guide, "Service Authorization Reference"), so that of an object to be made is known
//! but for its id, whose symbol stays in it. An address within a subnet is chosen by AWS: the first free one stands in, so
//! that conditions on addresses can be judged.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use bastionless_model::value::Value;
use ipnet::IpNet;

use super::{Estate, Thing, text};

/// The forms of ARNs: type, service, whether it has a region and an account, what the last part begins with, and the
/// attribute that it ends with.
const ARNS: [(&str, &str, bool, bool, &str, &str); 9] = [
    ("aws_instance", "ec2", true, true, "instance/", "id"),
    (
        "aws_ec2_instance_connect_endpoint",
        "ec2",
        true,
        true,
        "instance-connect-endpoint/",
        "id",
    ),
    ("aws_iam_role", "iam", false, true, "role", "name"),
    ("aws_iam_policy", "iam", false, true, "policy", "name"),
    (
        "aws_iam_instance_profile",
        "iam",
        false,
        true,
        "instance-profile",
        "name",
    ),
    ("aws_kms_key", "kms", true, true, "key/", "key_id"),
    (
        "aws_cloudwatch_log_group",
        "logs",
        true,
        true,
        "log-group:",
        "name",
    ),
    ("aws_s3_bucket", "s3", false, false, "", "bucket"),
    ("aws_ssm_document", "ssm", true, true, "document/", "name"),
];

/// Types whose `id` is the value of another attribute.
const IDS: [(&str, &str); 7] = [
    ("aws_iam_role", "name"),
    ("aws_iam_policy", "arn"),
    ("aws_iam_instance_profile", "name"),
    ("aws_kms_key", "key_id"),
    ("aws_cloudwatch_log_group", "name"),
    ("aws_s3_bucket", "bucket"),
    ("aws_ssm_document", "name"),
];

/// Texts in place of symbols.
#[derive(Clone, Debug, Default)]
pub struct StandIns {
    by_symbol: BTreeMap<String, String>,
}

impl StandIns {
    /// Replaces the symbols of a text that something stands in for.
    pub fn replace(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = tail.split_once('}') else {
                out.push_str("${");
                rest = tail;
                continue;
            };
            match self.by_symbol.get(name) {
                Some(text) => out.push_str(text),
                None => {
                    out.push_str("${");
                    out.push_str(name);
                    out.push('}');
                }
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Returns an object with its symbols replaced.
    pub(super) fn thing(&self, thing: &Thing) -> Thing {
        let replaced = thing.value.clone().transform(&mut |v| match v.as_str() {
            Some(text) if text.contains("${") => Value::from(self.replace(text)),
            _ => v,
        });
        Thing {
            value: replaced,
            ..thing.clone()
        }
    }

    fn put(&mut self, symbol: &str, text: String) {
        if let Some(name) = symbol.strip_prefix("${").and_then(|s| s.strip_suffix('}')) {
            self.by_symbol.insert(name.to_owned(), text);
        }
    }
}

/// Tells where everything is (partition, region, account) and makes the stand-ins.
pub(super) fn place(estate: &mut Estate, things: &[Thing]) {
    for thing in things {
        let v = &thing.value;
        match (thing.type_name.as_str(), thing.is_data) {
            ("aws_caller_identity", true) => {
                estate.account = text(v, "account_id").unwrap_or_default()
            }
            ("aws_partition", true) => estate.partition = text(v, "partition").unwrap_or_default(),
            _ => {}
        }
        let arn = text(v, "arn").filter(|a| a.starts_with("arn:"));
        let mut parts = arn.as_deref().unwrap_or_default().splitn(6, ':').skip(1);
        let (partition, _, region, account) =
            (parts.next(), parts.next(), parts.next(), parts.next());
        for (place, part) in [
            (&mut estate.partition, partition),
            (&mut estate.region, region),
            (&mut estate.account, account),
        ] {
            // `aws` in the place of the account marks what AWS owns.
            let is_owner = |p: &&str| !p.is_empty() && (*p != "aws" || part == partition);
            if place.is_empty()
                && let Some(part) = part.filter(is_owner)
            {
                part.clone_into(place);
            }
        }
        if estate.region.is_empty() {
            estate.region = text(v, "region").unwrap_or_default();
        }
    }
    for (place, symbol) in [
        (&mut estate.account, "${account}"),
        (&mut estate.region, "${region}"),
    ] {
        if place.is_empty() {
            symbol.clone_into(place);
        }
    }
    if estate.partition.is_empty() {
        estate.partition = "${partition}".into();
    }
    for thing in things.iter().filter(|t| !t.is_data) {
        if let Some(arn) = arn(estate, thing)
            && let Some(symbol) = text(&thing.value, "arn")
        {
            estate.standins.put(&symbol, arn);
        }
        let same = IDS
            .iter()
            .find(|(t, _)| *t == thing.type_name)
            .and_then(|(_, name)| text(&thing.value, name));
        if let (Some(symbol), Some(same)) = (text(&thing.value, "id"), same) {
            let same = estate.standins.replace(&same);
            estate.standins.put(&symbol, same);
        }
    }
    addresses(estate, things);
}

/// Returns the ARN of an object that does not exist yet.
fn arn(estate: &Estate, thing: &Thing) -> Option<String> {
    let (_, service, regional, owned, prefix, last) =
        ARNS.iter().find(|a| a.0 == thing.type_name)?;
    let name = text(&thing.value, last).or_else(|| text(&thing.value, "id"))?;
    let region = text(&thing.value, "region").unwrap_or_else(|| estate.region.clone());
    let path = match *service {
        "iam" => text(&thing.value, "path").unwrap_or_else(|| "/".into()),
        _ => String::new(),
    };
    let region = if *regional { region.as_str() } else { "" };
    let account = if *owned { estate.account.as_str() } else { "" };
    Some(format!(
        "arn:{}:{service}:{region}:{account}:{prefix}{path}{name}",
        estate.partition
    ))
}

/// Lets the first free address of a subnet stand in for one that AWS has yet to choose. The first four addresses and the
/// last one are AWS's (VPC User Guide, "Subnet CIDR reservations").
fn addresses(estate: &mut Estate, things: &[Thing]) {
    let known = |name: &str, t: &Thing| text(&t.value, name).and_then(|a| a.parse::<IpAddr>().ok());
    let mut taken: std::collections::BTreeSet<IpAddr> = things
        .iter()
        .filter_map(|t| known("private_ip", t))
        .collect();
    let subnets: BTreeMap<String, IpNet> = things
        .iter()
        .filter(|t| t.type_name == "aws_subnet")
        .filter_map(|t| {
            Some((
                text(&t.value, "id")?,
                text(&t.value, "cidr_block")?.parse().ok()?,
            ))
        })
        .collect();
    for thing in things
        .iter()
        .filter(|t| t.type_name == "aws_instance" && !t.is_data)
    {
        let subnet = text(&thing.value, "subnet_id").and_then(|s| subnets.get(&s));
        if let (Some(IpNet::V4(range)), Some(symbol)) = (subnet, text(&thing.value, "private_ip"))
            && symbol.starts_with("${")
        {
            let first = u32::from(range.network()).saturating_add(4);
            let last = u32::from(range.broadcast());
            let free = (first..last)
                .map(|n| IpAddr::V4(Ipv4Addr::from(n)))
                .find(|a| !taken.contains(a));
            if let Some(address) = free {
                taken.insert(address);
                estate.standins.put(&symbol, address.to_string());
            }
        }
    }
}
