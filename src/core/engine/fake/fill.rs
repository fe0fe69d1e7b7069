//! What the cloud decides: ids, ARNs and computed attributes, in AWS's formats, by hash of what was asked for.

use bastionless_model::{
    iam::document::crc32,
    schema::{Attribute, Block, Default, NestedBlock, Nesting, Schema},
    value::{Kind, Map, Type, Value, to_json},
};
use sha2::{Digest as _, Sha256};

use super::{ACCOUNT, Inner};

/// Returns the SHA-256 of a text in hexadecimal digits.
pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn part(text: &str, range: std::ops::Range<usize>) -> &str {
    text.get(range).unwrap_or("0")
}

fn uuid(h: &str) -> String {
    format!(
        "{}-{}-4{}-8{}-{}",
        part(h, 0..8),
        part(h, 8..12),
        part(h, 13..16),
        part(h, 17..20),
        part(h, 20..32)
    )
}

fn base32(h: &str, n: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letter = |i: usize| {
        let byte = usize::from_str_radix(part(h, i * 2..i * 2 + 2), 16).unwrap_or(0);
        LETTERS.get(byte % 32).copied().map_or('A', char::from)
    };
    (0..n).map(letter).collect()
}

/// Types whose ids EC2 makes: prefix of the id and name in the ARN.
const EC2: &[(&str, &str, &str)] = &[
    (
        "aws_ec2_instance_connect_endpoint",
        "eice",
        "instance-connect-endpoint",
    ),
    ("aws_instance", "i", "instance"),
    ("aws_internet_gateway", "igw", "internet-gateway"),
    ("aws_route_table", "rtb", "route-table"),
    ("aws_route_table_association", "rtbassoc", ""),
    ("aws_security_group", "sg", "security-group"),
    ("aws_subnet", "subnet", "subnet"),
    ("aws_vpc", "vpc", "vpc"),
    ("aws_vpc_endpoint", "vpce", "vpc-endpoint"),
    (
        "aws_vpc_security_group_egress_rule",
        "sgr",
        "security-group-rule",
    ),
    (
        "aws_vpc_security_group_ingress_rule",
        "sgr",
        "security-group-rule",
    ),
];

/// Id and ARN of an object.
pub(super) struct Ident {
    pub(super) id: String,
    pub(super) arn: Option<String>,
    /// The id is made of what was asked for.
    pub(super) natural: bool,
}

/// Returns id and ARN; `h` is the seed of what the cloud chooses.
pub(super) fn ident(type_name: &str, value: &Value, h: &str, region: &str) -> Ident {
    let text = |name: &str| value.get_str(name).unwrap_or_default().to_owned();
    let arn = |service: &str, rest: String| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
    let global = |rest: String| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    let chosen = |id: String, arn: Option<String>| Ident {
        id,
        arn,
        natural: false,
    };
    let named = |id: String, arn: Option<String>| Ident {
        id,
        arn,
        natural: true,
    };
    if let Some((_, prefix, kind)) = EC2.iter().find(|(t, ..)| *t == type_name) {
        let id = format!("{prefix}-{}", part(h, 0..17));
        let arn = (!kind.is_empty()).then(|| arn("ec2", format!("{kind}/{id}")));
        return chosen(id, arn);
    }
    let name = text("name");
    let path = if text("path").is_empty() {
        "/".to_owned()
    } else {
        text("path")
    };
    match type_name {
        "aws_iam_role" => named(name.clone(), Some(global(format!("role{path}{name}")))),
        "aws_iam_instance_profile" => named(
            name.clone(),
            Some(global(format!("instance-profile{path}{name}"))),
        ),
        "aws_iam_policy" => {
            let arn = global(format!("policy{path}{name}"));
            named(arn.clone(), Some(arn))
        }
        "aws_iam_role_policy" => named(format!("{}:{name}", text("role")), None),
        "aws_iam_role_policy_attachment" => {
            named(format!("{}/{}", text("role"), text("policy_arn")), None)
        }
        "aws_route" => {
            let to = [
                "destination_cidr_block",
                "destination_ipv6_cidr_block",
                "destination_prefix_list_id",
            ];
            let to = to
                .iter()
                .map(|n| text(n))
                .find(|t| !t.is_empty())
                .unwrap_or_default();
            named(
                format!("r-{}{}", text("route_table_id"), crc32(to.as_bytes())),
                None,
            )
        }
        "aws_security_group_rule" => {
            let n = u32::from_str_radix(part(h, 0..8), 16).unwrap_or(0);
            chosen(format!("sgrule-{n}"), None)
        }
        "aws_kms_key" => chosen(uuid(h), Some(arn("kms", format!("key/{}", uuid(h))))),
        "aws_kms_alias" => named(name.clone(), Some(arn("kms", name))),
        "aws_s3_bucket" => {
            let bucket = text("bucket");
            named(bucket.clone(), Some(format!("arn:aws:s3:::{bucket}")))
        }
        "aws_ssm_document" => named(name.clone(), Some(arn("ssm", format!("document/{name}")))),
        "aws_cloudwatch_log_group" => {
            named(name.clone(), Some(arn("logs", format!("log-group:{name}"))))
        }
        "aws_key_pair" => {
            let name = text("key_name");
            named(name.clone(), Some(arn("ec2", format!("key-pair/{name}"))))
        }
        t if t.starts_with("aws_s3_bucket_") => {
            let parts = [text("bucket"), text("expected_bucket_owner")];
            let parts: Vec<_> = parts.into_iter().filter(|p| !p.is_empty()).collect();
            named(parts.join(","), None)
        }
        _ => chosen(part(h, 0..12).to_owned(), None),
    }
}

/// Completes what somebody asks for by hand: attributes that are not given are unknown where the cloud decides them.
pub fn asked(schema: &Schema, value: &Value) -> Value {
    let mut out = Map::new();
    for (name, a) in &schema.block.attributes {
        let given = value.get(name).filter(|v| !v.is_null()).cloned();
        let own = match &a.default {
            Some(Default::Value(v)) => v.clone(),
            _ if a.is_computed() => Value::unknown(a.ty.clone()),
            _ => Value::null(a.ty.clone()),
        };
        out.insert(name.clone(), given.unwrap_or(own));
    }
    for (name, n) in &schema.block.blocks {
        let given = value.get(name).filter(|v| !v.is_null()).cloned();
        out.insert(name.clone(), given.unwrap_or_else(|| n.none_value()));
    }
    Kind::Object(out.into()).into()
}

/// Returns a new object: its id, and what was asked for with everything filled that the cloud decides.
pub(super) fn created(
    inner: &mut Inner,
    schema: &Schema,
    planned: &Value,
    region: &str,
) -> (String, Value) {
    let type_name = schema.name.name.as_ref();
    let text = format!(
        "{type_name} {}",
        to_json(&super::super::call::known_parts(planned))
    );
    let seen = inner.seeds.entry(text.clone()).or_default();
    let h = if *seen == 0 {
        hash(&text)
    } else {
        hash(&format!("{text} {seen}"))
    };
    *seen += 1;
    let ident = ident(type_name, planned, &h, region);
    let filler = Filler {
        inner,
        type_name,
        h: &h,
        region,
    };
    (ident.id.clone(), filler.object(schema, planned, &ident))
}

/// Returns a changed object: what was asked for, with everything filled that became unknown.
pub(super) fn updated(
    inner: &Inner,
    schema: &Schema,
    id: &str,
    prior: &Value,
    planned: &Value,
    region: &str,
) -> Value {
    let type_name = schema.name.name.as_ref();
    let h = hash(id);
    let ident = Ident {
        id: id.to_owned(),
        arn: prior.get_str("arn").map(str::to_owned),
        natural: false,
    };
    let counted = [
        "latest_version",
        "default_version",
        "document_version",
        "version",
    ];
    let next = counted.iter().fold(planned.clone(), |planned, name| {
        let is_open = planned.get(name).is_some_and(Value::is_unknown);
        match prior.get(name) {
            Some(v) if is_open && v.as_i64().is_some() => {
                planned.with(*name, (v.as_i64().unwrap_or(0) + 1).into())
            }
            Some(v) if is_open => {
                let n: i64 = v.as_str().and_then(|s| s.parse().ok()).unwrap_or(0);
                planned.with(*name, (n + 1).to_string().into())
            }
            _ => planned,
        }
    });
    let filler = Filler {
        inner,
        type_name,
        h: &h,
        region,
    };
    filler.object(schema, &next, &ident)
}

struct Filler<'a> {
    inner: &'a Inner,
    type_name: &'a str,
    h: &'a str,
    region: &'a str,
}

impl Filler<'_> {
    fn object(&self, schema: &Schema, planned: &Value, ident: &Ident) -> Value {
        let mut value = planned.clone();
        if value.get("id").is_some_and(Value::is_unknown) {
            value = value.with("id", ident.id.as_str().into());
        }
        if value.get("arn").is_some_and(Value::is_unknown) {
            value = value.with("arn", ident.arn.clone().unwrap_or_default().into());
        }
        if value.get("region").is_some_and(Value::is_unknown) {
            value = value.with("region", self.region.into());
        }
        if value.get("tags_all").is_some_and(Value::is_unknown) {
            let tags = value.get("tags").filter(|t| !t.is_null()).cloned();
            let none = || Value::map(Type::String, std::iter::empty::<(&str, Value)>());
            value = value.with("tags_all", tags.unwrap_or_else(none));
        }
        let top = value.clone();
        self.block(&schema.block, &value, &top, "")
    }

    fn block(&self, block: &Block, value: &Value, top: &Value, path: &str) -> Value {
        let mut out = Map::new();
        let null = Value::NULL;
        for (name, a) in &block.attributes {
            let v = value.get(name).unwrap_or(&null);
            let path = format!("{path}.{name}");
            let v = match v {
                _ if a.write_only => Value::null(a.ty.clone()),
                v if v.is_unknown() => self.attribute(name, a, top, &path),
                v if !v.is_wholly_known() => inner_parts(v),
                v => v.clone(),
            };
            out.insert(name.clone(), v);
        }
        for (name, n) in &block.blocks {
            let v = value.get(name).unwrap_or(&null);
            out.insert(
                name.clone(),
                self.blocks(n, v, top, &format!("{path}.{name}")),
            );
        }
        Kind::Object(out.into()).into()
    }

    fn blocks(&self, n: &NestedBlock, value: &Value, top: &Value, path: &str) -> Value {
        if value.is_null() || value.is_unknown() {
            return n.none_value();
        }
        let ty = n.block.implied_type();
        let elements = value.elements().unwrap_or_default().iter().enumerate();
        let inside =
            |v: &Value, key: String| self.block(&n.block, v, top, &format!("{path}.{key}"));
        match n.nesting {
            Nesting::Single | Nesting::Group => inside(value, String::new()),
            Nesting::List => Value::list(
                ty,
                elements.map(|(i, v)| inside(v, i.to_string())).collect(),
            ),
            Nesting::Set => Value::set(
                ty,
                elements.map(|(i, v)| inside(v, i.to_string())).collect(),
            ),
            Nesting::Map => {
                let entries = value.entries().into_iter().flatten();
                Value::map(
                    ty,
                    entries.map(|(k, v)| (k.clone(), inside(v, k.to_string()))),
                )
            }
        }
    }

    /// Decides on an attribute that was left to the cloud.
    fn attribute(&self, name: &str, a: &Attribute, top: &Value, path: &str) -> Value {
        let h = hash(&format!("{}{path}", self.h));
        let id17 = |prefix: &str| Value::from(format!("{prefix}-{}", part(&h, 0..17)));
        let text = |name: &str| top.get_str(name).unwrap_or_default();
        let subnet = self.inner.get("aws_subnet", text("subnet_id"));
        let zone = subnet.and_then(|s| s.value.get_str("availability_zone"));
        let zone = zone.map_or_else(|| format!("{}a", self.region), str::to_owned);
        if let Some(v) = self.special(name, top, &h) {
            return v;
        }
        match (name, &a.ty) {
            ("tags_all", _) => Value::map(Type::String, std::iter::empty::<(&str, Value)>()),
            ("vpc_security_group_ids" | "security_group_ids", Type::Set(_)) => {
                Value::set(Type::String, vec![id17("sg")])
            }
            ("network_interface_ids", Type::Set(_)) => Value::set(Type::String, vec![id17("eni")]),
            (_, Type::Number) => 0.into(),
            (_, Type::Bool) => false.into(),
            ("owner_id", _) => ACCOUNT.into(),
            ("unique_id", _) => format!("AROA{}", base32(&h, 17)).into(),
            ("policy_id", _) => format!("ANPA{}", base32(&h, 17)).into(),
            ("create_date", _) => "2024-01-01T00:00:00Z".into(),
            ("availability_zone", _) => zone.into(),
            ("availability_zone_id", _) => {
                let own = top.get_str("availability_zone").unwrap_or(&zone);
                zone_id(own).into()
            }
            ("vpc_id", _) => {
                let group = self
                    .inner
                    .get("aws_security_group", text("security_group_id"));
                let of = subnet.or(group).and_then(|t| t.value.get_str("vpc_id"));
                of.map_or_else(|| id17("vpc"), Value::from)
            }
            ("subnet_id", _) => id17("subnet"),
            ("private_ip", _) => address(&h).into(),
            ("private_dns", _) => {
                let ip = address(&h).replace('.', "-");
                format!("ip-{ip}.{}.compute.internal", self.region).into()
            }
            ("primary_network_interface_id" | "network_interface_id", _) => id17("eni"),
            ("dns_name", _) => format!(
                "{}.{}.{}.amazonaws.com",
                text("id"),
                part(&h, 0..8),
                self.region
            )
            .into(),
            ("target_key_arn", _) => {
                let key = text("target_key_id");
                let arn = format!("arn:aws:kms:{}:{ACCOUNT}:key/{key}", self.region);
                if key.starts_with("arn:") {
                    key.into()
                } else {
                    arn.into()
                }
            }
            ("prefix_list_id", _) if text("vpc_endpoint_type") == "Gateway" => {
                format!("pl-{}", part(&h, 0..8)).into()
            }
            ("fingerprint", _) => (0..16)
                .map(|i| part(&h, i * 2..i * 2 + 2))
                .collect::<Vec<_>>()
                .join(":")
                .into(),
            (_, Type::String) => "".into(),
            (_, Type::List(t)) => Value::list((**t).clone(), Vec::new()),
            (_, Type::Set(t)) => Value::set((**t).clone(), Vec::new()),
            (_, Type::Map(t)) => Value::map((**t).clone(), std::iter::empty::<(&str, Value)>()),
            (_, ty) => Value::null(ty.clone()),
        }
    }

    /// Decides on attributes that one type has its own rule for.
    fn special(&self, name: &str, top: &Value, h: &str) -> Option<Value> {
        let id17 = |prefix: &str| Value::from(format!("{prefix}-{}", part(h, 0..17)));
        let same = |name: &str| top.get(name).cloned();
        let bucket = top.get_str("bucket").unwrap_or_default();
        Some(match (self.type_name, name) {
            ("aws_vpc", "default_security_group_id") => id17("sg"),
            ("aws_vpc", "default_network_acl_id") => id17("acl"),
            ("aws_vpc", "main_route_table_id" | "default_route_table_id") => {
                format!("rtb-{}", part(self.h, 0..17)).into()
            }
            ("aws_vpc", "dhcp_options_id") => format!("dopt-{}", part(&hash(self.region), 0..17)).into(),
            ("aws_subnet", "private_dns_hostname_type_on_launch") => "ip-name".into(),
            ("aws_ec2_instance_connect_endpoint" | "aws_vpc_endpoint", "ip_address_type") => "ipv4".into(),
            ("aws_vpc_endpoint", "state") => "available".into(),
            ("aws_vpc_endpoint", "policy") => {
                r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}"#.into()
            }
            ("aws_kms_key", "policy") => format!(
                r#"{{"Id":"key-default-1","Statement":[{{"Action":"kms:*","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Resource":"*","Sid":"Enable IAM User Permissions"}}],"Version":"2012-10-17"}}"#
            )
            .into(),
            ("aws_kms_key", "key_id")
            | ("aws_vpc_security_group_ingress_rule" | "aws_vpc_security_group_egress_rule", "security_group_rule_id") => {
                same("id")?
            }
            ("aws_security_group_rule", "security_group_rule_id") => id17("sgr"),
            ("aws_instance", "instance_state") => "running".into(),
            ("aws_instance", "tenancy") => "default".into(),
            ("aws_instance", "instance_initiated_shutdown_behavior") => "stop".into(),
            ("aws_instance", "source_dest_check") => true.into(),
            ("aws_ssm_document", "default_version" | "latest_version" | "document_version") => "1".into(),
            ("aws_ssm_document", "status") => "Active".into(),
            ("aws_ssm_document", "hash_type") => "Sha256".into(),
            ("aws_ssm_document", "hash") => hash(top.get_str("content").unwrap_or_default()).into(),
            ("aws_ssm_document", "platform_types") => {
                Value::list(Type::String, ["Linux", "MacOS", "Windows"].map(Value::from).to_vec())
            }
            ("aws_s3_bucket", "bucket_domain_name") => format!("{bucket}.s3.amazonaws.com").into(),
            ("aws_s3_bucket", "bucket_regional_domain_name") => {
                format!("{bucket}.s3.{}.amazonaws.com", self.region).into()
            }
            ("aws_s3_bucket", "bucket_region") => self.region.into(),
            ("aws_s3_bucket", "request_payer") => "BucketOwner".into(),
            ("aws_s3_bucket", "hosted_zone_id") => "Z3AQBSTGFYJSTF".into(),
            ("aws_cloudwatch_log_group", "log_group_class") => "STANDARD".into(),
            ("aws_route", "state") => "active".into(),
            ("aws_route", "origin") => "CreateRoute".into(),
            ("aws_key_pair", "key_pair_id") => id17("key"),
            ("aws_key_pair", "key_type") => "rsa".into(),
            _ => return None,
        })
    }
}

/// Returns a value in which what was left to the cloud is empty.
fn inner_parts(v: &Value) -> Value {
    v.clone().transform(&mut |v| match v.kind() {
        Kind::Unknown(Type::String, _) => "".into(),
        Kind::Unknown(t, _) => Value::null(t.clone()),
        _ => v,
    })
}

fn address(h: &str) -> String {
    let n = |i: usize| u32::from_str_radix(part(h, i..i + 2), 16).unwrap_or(0);
    format!("10.{}.{}.{}", n(0), n(2), n(4) % 250 + 4)
}

/// Returns the id of an availability zone, such as `use1-az1` for `us-east-1a`.
pub(super) fn zone_id(zone: &str) -> String {
    let letter = zone.chars().last().unwrap_or('a');
    let region = zone.strip_suffix(letter).unwrap_or(zone);
    let parts: Vec<_> = region.split('-').collect();
    let short: String = match parts.as_slice() {
        [area, middle @ .., number] => {
            let middle: String = middle.iter().filter_map(|m| m.chars().next()).collect();
            format!("{area}{middle}{number}")
        }
        _ => region.to_owned(),
    };
    format!("{short}-az{}", u32::from(letter).saturating_sub(96))
}
