//! Data sources of the fake cloud: ordered answers, objects of the cloud, or something plausible made of the arguments.

use std::sync::Arc;

use bastionless_model::{
    cloud::{Future, Lookup, OpError, OpErrorKind},
    schema::{Default, Schema},
    value::{Kind, Map, Type, Value, equal},
};

use super::{ACCOUNT, FakeCloud, Wrong, error, fill, objects::tags};

pub(super) struct Source {
    pub(super) cloud: FakeCloud,
    pub(super) region: String,
    pub(super) schema: Arc<Schema>,
}

impl Lookup for Source {
    fn read<'a>(&'a self, configs: &'a [Value]) -> Future<'a, Vec<Result<Value, OpError>>> {
        Box::pin(async move {
            let name = self.schema.name.name.as_ref();
            if let Some(Wrong::Refused(kind) | Wrong::Lost(kind)) =
                self.cloud.note("lookup", name, "")
            {
                let e = error(kind, "lookup", name);
                return configs.iter().map(|_| Err(e.clone())).collect();
            }
            configs.iter().map(|c| self.one(c)).collect()
        })
    }
}

impl Source {
    fn one(&self, config: &Value) -> Result<Value, OpError> {
        let name = self.schema.name.name.as_ref();
        let inner = self.cloud.lock();
        let ordered = inner
            .answers
            .get(name)
            .and_then(|a| a.iter().find(|(c, _)| fits(c, config)));
        if let Some((_, answer)) = ordered {
            return Ok(self.complete(config, answer));
        }
        let managed = [
            "aws_vpc",
            "aws_subnet",
            "aws_security_group",
            "aws_iam_policy",
        ];
        if managed.contains(&name) {
            let id = config.get_str("id").or_else(|| config.get_str("arn"));
            let known = id
                .and_then(|id| inner.get(name, id))
                .map(|t| t.value.clone());
            drop(inner);
            return Ok(match known {
                Some(v) => self.complete(config, &v.clone().with("tags", tags(&v))),
                None => self.complete(config, &self.guess(config)),
            });
        }
        drop(inner);
        if name == "aws_ssm_parameter" && config.get_str("name").is_none() {
            return Err(OpError::new(
                OpErrorKind::NotFound,
                "reading a parameter",
                "it has no name",
            ));
        }
        Ok(self.complete(config, &self.guess(config)))
    }

    /// Makes up what the cloud would say.
    fn guess(&self, config: &Value) -> Value {
        let name = self.schema.name.name.as_ref();
        let region = config.get_str("region").unwrap_or(&self.region);
        let h = fill::hash(&format!("{name} {config:?} {region}"));
        let id =
            |prefix: &str| Value::from(format!("{prefix}-{}", h.get(..17).unwrap_or_default()));
        let texts =
            |l: &[&str]| Value::list(Type::String, l.iter().map(|s| Value::from(*s)).collect());
        let zones: Vec<String> = ["a", "b", "c"]
            .iter()
            .map(|z| format!("{region}{z}"))
            .collect();
        let zones: Vec<&str> = zones.iter().map(String::as_str).collect();
        let arn = |service: &str, rest: String| {
            Value::from(format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}"))
        };
        match name {
            "aws_caller_identity" => Value::object([
                ("account_id", ACCOUNT.into()),
                ("arn", format!("arn:aws:iam::{ACCOUNT}:user/lab").into()),
                ("id", ACCOUNT.into()),
                ("user_id", "AIDAEXAMPLELABUSER000".into()),
            ]),
            "aws_partition" => Value::object([
                ("partition", "aws".into()),
                ("id", "aws".into()),
                ("dns_suffix", "amazonaws.com".into()),
                ("reverse_dns_prefix", "com.amazonaws".into()),
            ]),
            "aws_region" => Value::object([
                ("id", region.into()),
                ("name", region.into()),
                ("region", region.into()),
                ("endpoint", format!("ec2.{region}.amazonaws.com").into()),
                ("description", Value::from(region)),
            ]),
            "aws_availability_zones" => {
                let ids: Vec<String> = zones.iter().map(|z| fill::zone_id(z)).collect();
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                Value::object([
                    ("id", region.into()),
                    ("names", texts(&zones)),
                    ("zone_ids", texts(&ids)),
                    ("group_names", Value::set(Type::String, vec![region.into()])),
                ])
            }
            "aws_vpc" => Value::object([
                ("id", id("vpc")),
                ("cidr_block", "10.0.0.0/16".into()),
                ("main_route_table_id", id("rtb")),
                ("owner_id", ACCOUNT.into()),
                ("state", "available".into()),
            ]),
            "aws_subnet" => Value::object([
                ("id", id("subnet")),
                ("vpc_id", id("vpc")),
                ("availability_zone", format!("{region}a").into()),
                ("cidr_block", "10.0.1.0/24".into()),
                ("state", "available".into()),
            ]),
            "aws_subnets" | "aws_instances" => {
                let prefix = if name == "aws_subnets" { "subnet" } else { "i" };
                Value::object([
                    ("id", region.into()),
                    ("ids", Value::list(Type::String, vec![id(prefix)])),
                ])
            }
            "aws_security_group" => Value::object([
                ("id", id("sg")),
                ("vpc_id", id("vpc")),
                ("name", "default".into()),
            ]),
            "aws_ami" => Value::object([
                ("id", id("ami")),
                ("image_id", id("ami")),
                ("architecture", "x86_64".into()),
                ("state", "available".into()),
                ("root_device_name", "/dev/xvda".into()),
            ]),
            "aws_iam_policy" => {
                let name = config.get_str("name").unwrap_or("policy");
                let arn = format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
                Value::object([
                    ("id", arn.as_str().into()),
                    ("arn", arn.into()),
                    ("name", name.into()),
                    ("path", "/".into()),
                ])
            }
            "aws_ssm_parameter" => {
                let name = config.get_str("name").unwrap_or_default();
                Value::object([
                    ("id", name.into()),
                    (
                        "arn",
                        arn("ssm", format!("parameter/{}", name.trim_start_matches('/'))),
                    ),
                    ("type", "String".into()),
                    (
                        "value",
                        if name.contains("ami") {
                            id("ami")
                        } else {
                            format!("value-of-{name}").into()
                        },
                    ),
                    ("version", 1.into()),
                ])
            }
            "aws_vpc_endpoint_service" => {
                let service = config.get_str("service").unwrap_or("ssm");
                Value::object([
                    ("id", h.get(..8).unwrap_or_default().into()),
                    (
                        "service_name",
                        format!("com.amazonaws.{region}.{service}").into(),
                    ),
                    (
                        "service_type",
                        if service == "s3" {
                            "Gateway"
                        } else {
                            "Interface"
                        }
                        .into(),
                    ),
                ])
            }
            _ => Value::object([("id", Value::from(h.get(..12).unwrap_or_default()))]),
        }
    }

    /// Brings an answer into the shape of the type: arguments as given, defaults, empty values for the rest.
    fn complete(&self, config: &Value, answer: &Value) -> Value {
        let mut out = Map::new();
        for (name, a) in &self.schema.block.attributes {
            let given = config.get(name).filter(|v| !v.is_null());
            let told = answer.get(name).filter(|v| !v.is_null());
            let own = match &a.default {
                Some(Default::Value(v)) => v.clone(),
                Some(Default::ProviderRegion) => self.region.as_str().into(),
                None if a.is_computed() => empty(&a.ty),
                None => Value::null(a.ty.clone()),
            };
            let value = given.or(told).cloned().unwrap_or(own);
            out.insert(
                name.clone(),
                bastionless_model::value::convert(&value, &a.ty).unwrap_or(value),
            );
        }
        for (name, n) in &self.schema.block.blocks {
            let given = config.get(name).cloned();
            out.insert(
                name.clone(),
                given.unwrap_or_else(|| Value::null(n.implied_type())),
            );
        }
        Kind::Object(out.into()).into()
    }
}

fn fits(pattern: &Value, config: &Value) -> bool {
    let Some(entries) = pattern.entries() else {
        return true;
    };
    entries
        .iter()
        .filter(|(_, v)| !v.is_null())
        .all(|(name, v)| {
            config
                .get(name)
                .is_some_and(|c| equal(c, v).as_bool() == Some(true))
        })
}

fn empty(ty: &Type) -> Value {
    match ty {
        Type::String => "".into(),
        Type::Number => 0.into(),
        Type::Bool => false.into(),
        Type::List(t) => Value::list((**t).clone(), Vec::new()),
        Type::Set(t) => Value::set((**t).clone(), Vec::new()),
        Type::Map(t) => Value::map((**t).clone(), std::iter::empty::<(&str, Value)>()),
        _ => Value::null(ty.clone()),
    }
}
