//! Which actions, resources and condition keys the services have.
//!
//! Facts of AWS's Service Authorization Reference for the services around access, embedded as data; see `README.md` beside the
//! data for where it comes from, its licence, and how to rebuild it. Services that are not in it are unknown, not empty.

mod load;

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use serde_json::value::RawValue;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(load::embedded);

/// The services, and the keys that every request may have.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The services.
    pub services: Services,
    /// AWS's global condition keys (`aws:…`) by lower-case name. `aws:RequestTag` and `aws:ResourceTag` apply only where an action or a
    /// resource lists them.
    pub global_keys: BTreeMap<String, Key>,
    index: OnceLock<KeyIndex>,
}

/// The services by prefix, such as `ec2-instance-connect`. Each is read when it is first asked for.
#[derive(Debug, Default)]
pub struct Services {
    entries: BTreeMap<&'static str, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    /// The service's JSON by member, not read yet.
    parts: BTreeMap<&'static str, &'static RawValue>,
    service: OnceLock<Service>,
}

/// The condition keys of all services together.
#[derive(Debug, Default)]
struct KeyIndex {
    /// By lower-case name.
    plain: BTreeMap<String, Key>,
    /// Those with a placeholder: what stands before and after it, in lower case.
    templates: Vec<(String, String, Key)>,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The prefix of its actions.
    pub prefix: &'static str,
    /// Actions by lower-case name, without the prefix.
    pub actions: BTreeMap<String, Action>,
    /// Kinds of resources by name.
    pub resources: BTreeMap<&'static str, ResourceKind>,
    /// Condition keys by lower-case name.
    pub keys: BTreeMap<String, Key>,
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The service's prefix.
    pub service: &'static str,
    /// Its name without the prefix, as AWS writes it.
    pub name: &'static str,
    /// What it does.
    pub level: Level,
    /// The kinds of resources that it is checked against. None: only `*` grants it.
    pub resources: Vec<ActionResource>,
    /// Keys that a request has whatever the resource.
    pub keys: Vec<&'static str>,
    /// Actions that the caller needs besides, as `service:Action`.
    pub dependent: Vec<&'static str>,
}

/// A kind of resource that an action is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionResource {
    /// The kind, a key of [`Service::resources`].
    pub kind: String,
    /// Whether every request names one.
    pub required: bool,
    /// Keys that a request has only with this kind.
    pub keys: Vec<&'static str>,
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
    pub arn: &'static str,
    /// Keys that a request has with every action on such a resource.
    pub keys: Vec<&'static str>,
}

/// A condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name as AWS writes it, with `${TagKey}` and the like in place of what varies.
    pub name: &'static str,
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

impl Services {
    /// Returns a service by its prefix.
    pub fn get(&self, prefix: &str) -> Option<&Service> {
        self.entries
            .get_key_value(prefix)
            .map(|(prefix, entry)| entry.service(prefix))
    }

    /// Returns the prefixes, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.entries.keys().copied()
    }

    /// Returns all services by prefix: reads what was not read yet.
    pub fn values(&self) -> impl Iterator<Item = &Service> {
        self.entries
            .iter()
            .map(|(prefix, entry)| entry.service(prefix))
    }
}

impl Entry {
    fn service(&self, prefix: &'static str) -> &Service {
        self.service
            .get_or_init(|| load::service(prefix, &self.parts))
    }
}

impl Catalogue {
    /// Returns the embedded catalogue (about 600 KB of JSON). On first use the places of the services are found, no more.
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

    fn index(&self) -> &KeyIndex {
        self.index.get_or_init(|| load::index(self))
    }

    /// Returns the condition keys, global or of any service; none that has a placeholder `${…}`.
    pub fn plain_keys(&self) -> impl Iterator<Item = &Key> {
        self.index().plain.values()
    }

    /// Returns a condition key by the name that a policy uses: global, or of any service. `aws:ResourceTag/Team` finds
    /// `aws:ResourceTag/${TagKey}`; letter case does not matter.
    pub fn key(&self, name: &str) -> Option<&Key> {
        let name = name.to_ascii_lowercase();
        let index = self.index();
        let stands = |(before, after, _): &&(String, String, Key)| {
            // Some keys have two placeholders; what lies between is not looked at.
            let after = if after.contains("${") { "" } else { after };
            name.len() > before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        };
        index
            .plain
            .get(&name)
            .or_else(|| index.templates.iter().find(stands).map(|(.., key)| key))
    }

    /// Returns the keys that a request for this action may have, besides the global ones: of the action, of all its kinds of resources
    /// or, if `kind` is given, of this one.
    pub fn keys_of<'a>(&'a self, action: &'a Action, kind: Option<&str>) -> Vec<&'a str> {
        let rows = action
            .resources
            .iter()
            .filter(|r| kind.is_none_or(|k| k == r.kind));
        let of_rows = rows.flat_map(|r| {
            let of_kind = self
                .resource(action.service, &r.kind)
                .into_iter()
                .flat_map(|k| &k.keys);
            r.keys.iter().chain(of_kind)
        });
        let mut keys: Vec<_> = action.keys.iter().chain(of_rows).copied().collect();
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
            name.len() > prefix.len() + suffix.len()
                && name.starts_with(prefix)
                && name.ends_with(suffix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_about_tunnels_are_there() {
        let catalogue = Catalogue::get();
        let tunnel = catalogue.action("EC2-Instance-Connect:openTUNNEL").unwrap();
        assert_eq!(
            (tunnel.full_name().as_str(), tunnel.level),
            ("ec2-instance-connect:OpenTunnel", Level::Write)
        );
        assert!(
            tunnel
                .resources
                .iter()
                .all(|r| r.required && r.kind == "instance-connect-endpoint")
        );
        assert!(
            catalogue
                .keys_of(tunnel, None)
                .contains(&"ec2-instance-connect:remotePort")
        );
        let key = catalogue.key("ec2-instance-connect:RemotePort").unwrap();
        assert_eq!((key.kind, key.multi), (KeyKind::Numeric, false));
        assert!(catalogue.key("aws:TagKeys").unwrap().multi);
        assert_eq!(
            catalogue.key("aws:resourcetag/Team").unwrap().name,
            "aws:ResourceTag/${TagKey}"
        );
        assert!(catalogue.key("aws:ResourceTag/").is_none());
        let create = catalogue
            .action("ec2:CreateInstanceConnectEndpoint")
            .unwrap();
        assert!(create.dependent.contains(&"ec2:CreateTags"));
    }

    #[test]
    fn everything_that_is_named_exists() {
        let catalogue = Catalogue::get();
        assert_eq!(
            (
                catalogue.services.keys().count(),
                catalogue.global_keys.len()
            ),
            (14, 54)
        );
        assert_eq!(catalogue.actions().count(), 1912);
        for action in catalogue.actions() {
            for row in &action.resources {
                assert!(
                    catalogue.resource(action.service, &row.kind).is_some(),
                    "{}: {}",
                    action.full_name(),
                    row.kind
                );
            }
            for key in catalogue.keys_of(action, None) {
                assert!(
                    catalogue.key(key).is_some(),
                    "{}: {key}",
                    action.full_name()
                );
            }
        }
    }
}
