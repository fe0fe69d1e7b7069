//! Which actions, resources and condition keys the services have.
//!
//! Facts of AWS's Service Authorization Reference for the services around access, embedded as data; see `README.md` beside the
//! data for where it comes from, its licence, and how to rebuild it. Services that are not in it are unknown, not empty.

mod load;

use std::{collections::BTreeMap, sync::LazyLock};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(load::embedded);

/// The services, and the keys that every request may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Services by prefix, such as `ec2-instance-connect`.
    pub services: BTreeMap<String, Service>,
    /// AWS's global condition keys (`aws:…`) by lower-case name. `aws:RequestTag` and `aws:ResourceTag` apply only where an action or a
    /// resource lists them.
    pub global_keys: BTreeMap<String, Key>,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The prefix of its actions.
    pub prefix: String,
    /// Actions by lower-case name, without the prefix.
    pub actions: BTreeMap<String, Action>,
    /// Kinds of resources by name.
    pub resources: BTreeMap<String, ResourceKind>,
    /// Condition keys by lower-case name.
    pub keys: BTreeMap<String, Key>,
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The service's prefix.
    pub service: String,
    /// Its name without the prefix, as AWS writes it.
    pub name: String,
    /// What it does.
    pub level: Level,
    /// The kinds of resources that it is checked against. None: only `*` grants it.
    pub resources: Vec<ActionResource>,
    /// Keys that a request has whatever the resource.
    pub keys: Vec<String>,
    /// Actions that the caller needs besides, as `service:Action`.
    pub dependent: Vec<String>,
}

/// A kind of resource that an action is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionResource {
    /// The kind, a key of [`Service::resources`].
    pub kind: String,
    /// Whether every request names one.
    pub required: bool,
    /// Keys that a request has only with this kind.
    pub keys: Vec<String>,
}

/// AWS's access levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "their names are AWS's")]
pub enum Level {
    List,
    Read,
    Write,
    Tagging,
    PermissionsManagement,
}

/// A kind of resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceKind {
    /// Its name, such as `instance`.
    pub name: String,
    /// Its ARN with `${Partition}`, `${Region}`, `${Account}` and names of its own in place of what varies.
    pub arn: String,
    /// Keys that a request has with every action on such a resource.
    pub keys: Vec<String>,
}

/// A condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name as AWS writes it, with `${TagKey}` and the like in place of what varies.
    pub name: String,
    /// What its values are.
    pub kind: KeyKind,
    /// Whether a request may hold several values.
    pub multi: bool,
}

/// What the values of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "their names are AWS's")]
pub enum KeyKind {
    String,
    Arn,
    Numeric,
    Bool,
    Date,
    IpAddress,
    Binary,
}

impl Action {
    /// Returns `service:Name`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }
}

impl Catalogue {
    /// Returns the embedded catalogue, read on first use (about 600 KB).
    pub fn get() -> &'static Self {
        &CATALOGUE
    }

    /// Returns an action by `service:Name`; letter case does not matter.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let name = name.to_ascii_lowercase();
        let (service, action) = name.split_once(':')?;
        self.services.get(service)?.actions.get(action)
    }

    /// Returns all actions, sorted by service and lower-case name.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.services.values().flat_map(|s| s.actions.values())
    }

    /// Returns a kind of resource of an action's service.
    pub fn resource(&self, service: &str, kind: &str) -> Option<&ResourceKind> {
        self.services.get(service)?.resources.get(kind)
    }

    /// Returns a condition key by the name that a policy uses: global, or of any service. `aws:ResourceTag/Team` finds
    /// `aws:ResourceTag/${TagKey}`; letter case does not matter.
    pub fn key(&self, name: &str) -> Option<&Key> {
        let name = name.to_ascii_lowercase();
        let tables = std::iter::once(&self.global_keys).chain(self.services.values().map(|s| &s.keys));
        tables.into_iter().find_map(|keys| find(keys, &name))
    }

    /// Returns the keys that a request for this action may have, besides the global ones: of the action, of all its kinds of resources
    /// or, if `kind` is given, of this one.
    pub fn keys_of<'a>(&'a self, action: &'a Action, kind: Option<&str>) -> Vec<&'a str> {
        let rows = action.resources.iter().filter(|r| kind.is_none_or(|k| k == r.kind));
        let of_rows = rows.flat_map(|r| {
            let of_kind = self.resource(&action.service, &r.kind).into_iter().flat_map(|k| &k.keys);
            r.keys.iter().chain(of_kind)
        });
        let mut keys: Vec<_> = action.keys.iter().chain(of_rows).map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Tells whether a key of a policy is meant by a name of the catalogue, such as `aws:ResourceTag/${TagKey}`. Letter case does not matter.
pub fn is_key(template: &str, name: &str) -> bool {
    let (template, name) = (template.to_ascii_lowercase(), name.to_ascii_lowercase());
    match template.split_once("${") {
        None => template == name,
        Some((prefix, rest)) => {
            let suffix = rest.split_once('}').map_or("", |(_, s)| s);
            // Some keys have two placeholders; what lies between is not looked at.
            let suffix = if suffix.contains("${") { "" } else { suffix };
            name.len() > prefix.len() + suffix.len() && name.starts_with(prefix) && name.ends_with(suffix)
        }
    }
}

fn find<'a>(keys: &'a BTreeMap<String, Key>, lower: &str) -> Option<&'a Key> {
    keys.get(lower).or_else(|| keys.values().find(|k| k.name.contains("${") && is_key(&k.name, lower)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_about_tunnels_are_there() {
        let catalogue = Catalogue::get();
        let tunnel = catalogue.action("EC2-Instance-Connect:openTUNNEL").unwrap();
        assert_eq!((tunnel.full_name().as_str(), tunnel.level), ("ec2-instance-connect:OpenTunnel", Level::Write));
        assert!(tunnel.resources.iter().all(|r| r.required && r.kind == "instance-connect-endpoint"));
        assert!(catalogue.keys_of(tunnel, None).contains(&"ec2-instance-connect:remotePort"));
        let key = catalogue.key("ec2-instance-connect:RemotePort").unwrap();
        assert_eq!((key.kind, key.multi), (KeyKind::Numeric, false));
        assert!(catalogue.key("aws:TagKeys").unwrap().multi);
        assert_eq!(catalogue.key("aws:resourcetag/Team").unwrap().name, "aws:ResourceTag/${TagKey}");
        assert!(catalogue.key("aws:ResourceTag/").is_none());
        let create = catalogue.action("ec2:CreateInstanceConnectEndpoint").unwrap();
        assert!(create.dependent.iter().any(|a| a == "ec2:CreateTags"));
    }

    #[test]
    fn everything_that_is_named_exists() {
        let catalogue = Catalogue::get();
        assert_eq!((catalogue.services.len(), catalogue.global_keys.len()), (14, 54));
        assert_eq!(catalogue.actions().count(), 1912);
        for action in catalogue.actions() {
            for row in &action.resources {
                assert!(catalogue.resource(&action.service, &row.kind).is_some(), "{}: {}", action.full_name(), row.kind);
            }
            for key in catalogue.keys_of(action, None) {
                assert!(catalogue.key(key).is_some(), "{}: {key}", action.full_name());
            }
        }
    }
}
