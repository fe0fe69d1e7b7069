//! The data source `bastionless_access_policy`: blocks in, policies out.

use std::collections::BTreeMap;

use super::{
    Compiled, compile,
    limits::Attachment,
    model::{ControlPlane, Grant, GrantError, Logging, Method, Order, Scope},
};
use crate::value::{Kind, Path, Step, Type, Value};

/// What is wrong with a configuration.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where, from the object on.
    pub path: Path,
    /// What, and what to do.
    pub detail: String,
}

/// Says what is wrong with a configuration, with the place. Texts that are not known yet count as right; where a whole argument
/// is not known, nothing is said.
pub fn problems(config: &Value) -> Vec<Problem> {
    let mut reader = Reader::default();
    let order = reader.order(config);
    if !reader.problems.is_empty() || reader.is_unknown {
        return reader.problems;
    }
    match compile(&order) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|e| problem(e, &order)).collect(),
    }
}

fn problem(e: &GrantError, order: &Order) -> Problem {
    let mut path = Path::default();
    if let Some(index) = e.grant {
        path = path
            .attribute("grant")
            .index(i64::try_from(index).unwrap_or(i64::MAX));
    }
    Problem {
        path: path.attribute(e.argument),
        detail: detail(e, order),
    }
}

fn detail(e: &GrantError, order: &Order) -> String {
    let place = match e.grant {
        Some(i) if order.grants.len() > 1 => {
            format!("Argument `{}` of grant {}", e.argument, i + 1)
        }
        _ => format!("Argument `{}`", e.argument),
    };
    format!("{place}: {}. {}", e.what, e.instead)
}

/// Returns the value that the data source has: the configuration with the computed attributes filled in.
///
/// # Errors
/// Says everything that is wrong, without places.
pub fn read(config: &Value) -> Result<Value, String> {
    let mut reader = Reader::default();
    let order = reader.order(config);
    if let Some(first) = reader.problems.first() {
        return Err(first.detail.clone());
    }
    let Compiled {
        users,
        instance,
        control_plane,
        session_documents,
    } = compile(&order).map_err(|errors| {
        let all: Vec<String> = errors.iter().map(|e| detail(e, &order)).collect();
        all.join(" ")
    })?;
    let optional =
        |text: Option<String>| text.map_or_else(|| Value::null(Type::String), Value::from);
    let only = match users.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let documents = session_documents
        .into_iter()
        .map(|(name, content)| (name, Value::from(content)));
    Ok(config
        .clone()
        .with("json", optional(only))
        .with(
            "user_policies",
            Value::list(Type::String, users.into_iter().map(Value::from).collect()),
        )
        .with("instance_policy", optional(instance))
        .with("control_plane_policy", optional(control_plane))
        .with("session_documents", Value::map(Type::String, documents)))
}

/// Reads a configuration.
#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
    /// An argument as a whole is not known yet.
    is_unknown: bool,
    symbols: usize,
}

impl Reader {
    fn order(&mut self, config: &Value) -> Order {
        let scope = Scope {
            partition: self.text(config, "partition").unwrap_or_default(),
            region: self.text(config, "region").unwrap_or_default(),
            account: self.text(config, "account_id").unwrap_or_default(),
        };
        let blocks = |name| {
            let blocks = config.get(name);
            (
                blocks.is_some_and(Value::is_unknown),
                blocks.and_then(Value::elements).unwrap_or_default(),
            )
        };
        let (unknown, grants) = blocks("grant");
        self.is_unknown |= unknown;
        let grants = grants
            .iter()
            .enumerate()
            .filter_map(|(i, g)| self.grant(i, g))
            .collect();
        let (unknown, planes) = blocks("control_plane");
        self.is_unknown |= unknown;
        let control_plane = planes.first().map(|p| ControlPlane {
            subnets: self.texts(p, "subnets"),
            security_groups: self.texts(p, "security_groups"),
        });
        let attachment = self
            .text(config, "attachment")
            .and_then(|t| Attachment::parse(&t))
            .unwrap_or_default();
        Order {
            scope,
            grants,
            attachment,
            deny_others: self.flag(config, "deny_others").unwrap_or(false),
            control_plane,
        }
    }

    fn grant(&mut self, index: usize, g: &Value) -> Option<Grant> {
        let at = |name: &str| {
            Path(vec![
                Step::Attribute("grant".into()),
                Step::Index(Value::from(i64::try_from(index).unwrap_or(i64::MAX))),
                Step::Attribute(name.into()),
            ])
        };
        if g.is_unknown() {
            self.is_unknown = true;
            return None;
        }
        let name = self.text(g, "method")?;
        let Some(method) = Method::parse(&name) else {
            // The schema lists the names, so this is one that is not known yet.
            self.is_unknown = true;
            return None;
        };
        let mut number = |name: &str| {
            let value = g.get(name).filter(|v| !v.is_null())?;
            self.whole(value, at(name))
        };
        let (max_duration, mfa_max_age) = (number("max_duration"), number("mfa_max_age"));
        let ports: Vec<Value> = self.list(g, "ports").to_vec();
        Some(Grant {
            method,
            endpoints: self.texts(g, "endpoints"),
            endpoint_tags: self.tags(g, "endpoint_tags"),
            instances: self.texts(g, "instances"),
            instance_tags: self.tags(g, "instance_tags"),
            addresses: self.texts(g, "addresses"),
            ports: ports
                .iter()
                .filter_map(|p| self.whole(p, at("ports")))
                .collect(),
            os_users: self.texts(g, "os_users"),
            hosts: self.texts(g, "hosts"),
            documents: self.texts(g, "documents"),
            max_duration,
            session_keys: self.texts(g, "session_key_arns"),
            logging: Logging {
                log_groups: self.texts(g, "log_group_arns"),
                buckets: self.texts(g, "log_bucket_arns"),
                bucket_keys: self.texts(g, "log_bucket_key_arns"),
            },
            require_mfa: self.flag(g, "require_mfa").unwrap_or(false),
            mfa_max_age,
            source_ranges: self.texts(g, "source_ranges"),
            not_before: self.text(g, "not_before"),
            not_after: self.text(g, "not_after"),
            own_sessions_only: self.flag(g, "own_sessions_only").unwrap_or(true),
            discovery: self.flag(g, "discovery").unwrap_or(true),
            except_instances: self.texts(g, "except_instances"),
            except_addresses: self.texts(g, "except_addresses"),
        })
    }

    fn whole(&mut self, value: &Value, path: Path) -> Option<i64> {
        if value.is_unknown() {
            self.is_unknown = true;
            return None;
        }
        let whole = value.as_i64();
        if whole.is_none() {
            let detail = "A whole number is needed here.".to_owned();
            self.problems.push(Problem { path, detail });
        }
        whole
    }

    /// A text, or a symbol of its own if it is not known.
    fn text_of(&mut self, value: &Value) -> Option<String> {
        if value.is_unknown() {
            self.symbols += 1;
            return Some(format!("${{unknown.{}}}", self.symbols));
        }
        value.as_str().map(str::to_owned)
    }

    fn text(&mut self, of: &Value, name: &str) -> Option<String> {
        self.text_of(of.get(name)?)
    }

    fn flag(&mut self, of: &Value, name: &str) -> Option<bool> {
        self.is_unknown |= of.get(name).is_some_and(Value::is_unknown);
        of.get_bool(name)
    }

    fn list<'a>(&mut self, of: &'a Value, name: &str) -> &'a [Value] {
        let list = of.get(name);
        self.is_unknown |= list.is_some_and(Value::is_unknown);
        list.and_then(Value::elements).unwrap_or_default()
    }

    fn texts(&mut self, of: &Value, name: &str) -> Vec<String> {
        // A null element counts as an empty text, which no argument takes.
        let list = self.list(of, name);
        list.iter()
            .map(|v| self.text_of(v).unwrap_or_default())
            .collect()
    }

    fn tags(&mut self, of: &Value, name: &str) -> BTreeMap<String, String> {
        let Some(map) = of.get(name) else {
            return BTreeMap::new();
        };
        self.is_unknown |= map.is_unknown();
        let Kind::Map(_, entries) = map.kind() else {
            return BTreeMap::new();
        };
        entries
            .iter()
            .map(|(k, v)| (k.to_string(), self.text_of(v).unwrap_or_default()))
            .collect()
    }
}
