//! From an answer of the cloud to a state.

use super::{
    Settings, names,
    same::{content_equal, equivalent, is_empty, is_zero, protocol},
    tags,
};
use crate::{
    iam,
    schema::{Attribute, Block, Default, Equivalence, NestedBlock, Nesting, Schema},
    value::{Kind, Map, Type, Value},
};

/// Settles what was read into the attributes of the state.
///
/// `prior` is the state, or after a create or update the planned value; `None` for an import. `observed` is a value of the
/// schema's type in which null stands for what the cloud does not tell; `tags` in it are all tags of the object. Texts
/// that mean the same as before stay; tags are split; rules of security groups keep their grouping; what the cloud never
/// tells is kept.
pub fn normalise_read(
    schema: &Schema,
    settings: &Settings,
    prior: Option<&Value>,
    observed: &Value,
) -> Value {
    let prior = prior.filter(|p| !p.is_null());
    let reader = Reader {
        settings,
        legacy: schema.legacy,
    };
    let mut out = reader.block(&schema.block, prior, observed);
    let has = |name: &str| schema.block.attributes.contains_key(name);
    if has("tags") && has("tags_all") {
        let told = observed.get("tags").unwrap_or(&Value::NULL).clone();
        let all = observed.get("tags_all").unwrap_or(&Value::NULL).clone();
        out = tags::split(
            settings,
            prior,
            out.with("tags", told).with("tags_all", all),
        );
    }
    out = names::settle_prefixes(schema, prior, observed, out);
    match schema.refine.and_then(|r| r.read) {
        Some(read) => read(settings, prior, out),
        None => out,
    }
}

struct Reader<'a> {
    settings: &'a Settings,
    legacy: bool,
}

impl Reader<'_> {
    fn block(&self, block: &Block, prior: Option<&Value>, observed: &Value) -> Value {
        let null = Value::NULL;
        let before = |name: &str| prior.map(|p| p.get(name).unwrap_or(&null));
        let mut out = Map::new();
        for (name, a) in &block.attributes {
            let value = observed.get(name).unwrap_or(&null);
            out.insert(name.clone(), self.attribute(a, before(name), value));
        }
        for (name, n) in &block.blocks {
            let value = observed.get(name).unwrap_or(&null);
            out.insert(name.clone(), self.nested(n, before(name), value));
        }
        Kind::Object(out.into()).into()
    }

    fn attribute(&self, a: &Attribute, prior: Option<&Value>, observed: &Value) -> Value {
        let null = || Value::null(a.ty.clone());
        if a.write_only {
            return null();
        }
        let known = prior.filter(|p| p.is_wholly_known());
        if observed.is_null() {
            return match known {
                _ if matches!(a.default, Some(Default::ProviderRegion)) => {
                    let region = self.settings.region.clone().map(Value::from);
                    region.or_else(|| known.cloned()).unwrap_or_else(null)
                }
                Some(prior) if a.unread || is_zero(prior) => prior.clone(),
                _ if self.legacy && a.is_computed() && !a.unread => zero(&a.ty),
                _ => null(),
            };
        }
        if let Some(prior) = known {
            let unset = self.legacy && prior.is_null() && !a.is_computed() && a.default.is_none();
            if (is_empty(prior) && is_empty(observed))
                || (unset && is_zero(observed))
                || content_equal(prior, observed)
                || equivalent(a.equivalence, prior, observed)
            {
                return prior.clone();
            }
        }
        match (a.equivalence, observed.as_str()) {
            (Equivalence::IamPolicy | Equivalence::Json, Some(text)) => {
                iam::normalise(text).map_or_else(|| observed.clone(), Value::from)
            }
            (Equivalence::Protocol, Some(text)) => protocol(text).into(),
            _ => observed.clone(),
        }
    }

    fn nested(&self, n: &NestedBlock, prior: Option<&Value>, observed: &Value) -> Value {
        let none = || n.none_value();
        if n.unread {
            return prior
                .filter(|p| p.is_wholly_known())
                .cloned()
                .unwrap_or_else(none);
        }
        if is_empty(observed) {
            return none();
        }
        let priors = prior.and_then(Value::elements).unwrap_or_default();
        let elements = observed.elements().unwrap_or_default();
        let ty = || n.block.implied_type();
        let inside = |p: Option<&Value>, v: &Value| {
            self.block(&n.block, p.filter(|p| !p.is_null() && p.is_known()), v)
        };
        match n.nesting {
            Nesting::Single | Nesting::Group => inside(prior, observed),
            Nesting::Map => {
                let entries = observed.entries().into_iter().flatten();
                Value::map(
                    ty(),
                    entries.map(|(k, v)| (k.clone(), inside(prior.and_then(|p| p.get(k)), v))),
                )
            }
            Nesting::List => Value::list(
                ty(),
                elements
                    .iter()
                    .enumerate()
                    .map(|(i, v)| inside(priors.get(i), v))
                    .collect(),
            ),
            Nesting::Set => {
                let mut left: Vec<_> = priors.iter().collect();
                let one = |v: &Value| {
                    let place = left.iter().position(|p| fits(p, &inside(Some(p), v)));
                    match place {
                        Some(i) => inside(Some(left.remove(i)), v),
                        None => inside(None, v),
                    }
                };
                Value::set(ty(), elements.iter().map(one).collect())
            }
        }
    }
}

/// Tells whether a value became what was planned; what was unknown may have become anything.
fn fits(planned: &Value, actual: &Value) -> bool {
    if planned.is_unknown() {
        return true;
    }
    match (planned.kind(), actual.kind()) {
        (Kind::Object(p) | Kind::Map(_, p), Kind::Object(a) | Kind::Map(_, a)) => {
            p.len() == a.len() && p.iter().all(|(k, v)| a.get(k).is_some_and(|w| fits(v, w)))
        }
        (Kind::List(_, p), Kind::List(_, a)) => {
            p.len() == a.len() && p.iter().zip(a.iter()).all(|(v, w)| fits(v, w))
        }
        (Kind::Set(_, p), Kind::Set(_, a)) => p.iter().all(|v| a.iter().any(|w| fits(v, w))),
        _ => content_equal(planned, actual),
    }
}

/// What SDKv2 stores for a computed attribute that has no value.
fn zero(ty: &Type) -> Value {
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

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{changes, object, schema, settings, show},
        *,
    };

    /// What a read changes in a state.
    #[track_caller]
    fn read(name: &str, prior: &str, observed: &str) -> String {
        let schema = schema(name);
        let prior = object(&schema, prior);
        let settled = normalise_read(
            &schema,
            &settings(),
            Some(&prior),
            &object(&schema, observed),
        );
        changes(&prior, &settled)
    }

    #[test]
    fn what_the_cloud_does_not_tell_is_kept() {
        let prior = r#"{"bucket":"b","bucket_prefix":"","id":"b","region":"eu-west-1","force_destroy":true,"tags_all":{},"timeouts":{"create":"1m"}}"#;
        let observed = r#"{"bucket":"b","id":"b","region":"eu-west-1","tags_all":{}}"#;
        let computed = read("aws_s3_bucket", prior, observed);
        assert!(
            computed
                .lines()
                .all(|l| l.ends_with(": null -> \"\"") || l.contains("bool")),
            "{computed}"
        );
        assert!(
            !computed.contains("force_destroy")
                && !computed.contains("timeouts")
                && !computed.contains("tags")
        );
    }

    #[test]
    fn a_policy_keeps_its_text_until_it_means_something_else() {
        let policy = |text: &str| {
            format!(
                r#"{{"name":"p","name_prefix":"","path":"/","id":"a","tags_all":{{}},"arn":"a","policy_id":"i","attachment_count":0,"policy":{text:?}}}"#
            )
        };
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:B"],"Resource":"*"}]}"#;
        let answer = r#"{"Statement": {"Action": "a:b", "Effect": "Allow", "Resource": ["*"]}, "Version": "2012-10-17"}"#;
        assert_eq!(read("aws_iam_policy", &policy(text), &policy(answer)), "");
        let changed = read(
            "aws_iam_policy",
            &policy(text),
            &policy(&answer.replace("a:b", "a:c")),
        );
        let expected = r#"{"Statement":{"Action":"a:c","Effect":"Allow","Resource":["*"]},"Version":"2012-10-17"}"#;
        assert_eq!(changed, format!("policy: {text:?} -> {expected:?}\n"));
    }

    #[test]
    fn zero_is_nothing_where_nothing_was_set() {
        let prior = r#"{"vpc_id":"v","id":"s","region":"eu-west-1","tags_all":{},"map_public_ip_on_launch":false}"#;
        let observed = r#"{"vpc_id":"v","id":"s","region":"eu-west-1","tags_all":{},"map_public_ip_on_launch":true,"map_customer_owned_ip_on_launch":false,"customer_owned_ipv4_pool":"","outpost_arn":""}"#;
        let changed = read("aws_subnet", prior, observed);
        assert_eq!(changed, "map_public_ip_on_launch: false -> true\n");
    }

    #[test]
    fn ports_of_a_rule_for_all_protocols_stay_unset() {
        let base = r#""id":"sgr-1","region":"eu-west-1","security_group_id":"sg-1","tags_all":{},"cidr_ipv4":"0.0.0.0/0","ip_protocol":"-1""#;
        let observed = format!(r#"{{{base},"from_port":-1,"to_port":-1}}"#);
        assert_eq!(
            read(
                "aws_vpc_security_group_egress_rule",
                &format!("{{{base}}}"),
                &observed
            ),
            ""
        );
    }

    #[test]
    fn after_a_create_the_unknown_is_filled_in() {
        let schema = schema("aws_security_group");
        let planned =
            r#"{"id":"?","name":"?","name_prefix":"web-","arn":"?","vpc_id":"?","owner_id":"?"}"#;
        let planned = object(&schema, planned);
        let observed = object(
            &schema,
            r#"{"id":"sg-1","name":"web-20240101000000123400000001","vpc_id":"v","tags":{"aws:x":"y"}}"#,
        );
        let state = normalise_read(&schema, &settings(), Some(&planned), &observed);
        let at = |name: &str| show(state.get(name).unwrap());
        assert_eq!(
            (at("name_prefix"), at("owner_id"), at("region")),
            ("\"web-\"".into(), "\"\"".into(), "\"eu-west-1\"".into())
        );
        assert_eq!(
            (at("tags"), at("tags_all"), at("egress")),
            ("null".into(), "{}".into(), "null".into())
        );
    }
}
