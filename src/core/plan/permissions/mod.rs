//! The least permissions that a run needs: from the settler's questions and a plan's changes to IAM statements.
//!
//! Which actions an operation of a type may need stands in the schemas; [`rules`] says which of them this change needs,
//! [`resources`] on what and under which conditions.

mod resources;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::{
    iam::print,
    schema::{Catalogue, Schema},
    value::Value,
};
use serde_json::{Map as JsonMap, Value as Json, json};

pub use resources::Place;

use super::{
    Action, Change, Plan,
    settler::{Question, Read},
};
use crate::lang::address::Mode;

/// How sure it is that an action is needed, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A call of this name is made.
    Called,
    /// AWS checks it with another call: tags of a create, the role that is passed.
    Along,
    /// Only where what is found demands it: older versions of a policy, objects in a bucket.
    Perhaps,
}

impl Certainty {
    /// Returns `called`, `along` or `perhaps`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Called => "called",
            Self::Along => "along",
            Self::Perhaps => "perhaps",
        }
    }
}

/// Conditions: operator and key to values.
pub type Conditions = BTreeMap<(&'static str, String), BTreeSet<String>>;

/// What an action may be done on, under which conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// How sure it is; the surest of all uses.
    pub certainty: Certainty,
    /// ARNs by the conditions under which they are needed.
    pub resources: BTreeMap<Conditions, BTreeSet<String>>,
    /// Who needs it.
    pub users: BTreeSet<String>,
}

/// What a run needs, by action.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    place: Place,
    needs: BTreeMap<String, Need>,
    /// Roles by the instance profile of the plan that holds them.
    profiles: BTreeMap<String, String>,
}

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// An object and what is done with it.
struct Use<'a> {
    schema: &'a Schema,
    operation: Operation,
    /// As it is; null for a create.
    before: &'a Value,
    /// As it will be, as far as that is known; null for a delete.
    after: &'a Value,
    /// As configured; null where that is not known.
    config: &'a Value,
    user: &'a str,
}

impl Use<'_> {
    /// Returns what is known of an attribute: as it will be, or as it is.
    fn get(&self, name: &str) -> Option<&Value> {
        let of = if self.after.is_null() {
            self.before
        } else {
            self.after
        };
        of.get(name).filter(|v| !v.is_null() && !v.is_unknown())
    }

    /// Returns an attribute that may be not known yet; one that nobody configured is absent, though it will have a value.
    fn wanted(&self, name: &str) -> Option<&Value> {
        let of = if self.after.is_null() {
            self.before
        } else {
            self.after
        };
        let is_chosen = self.config.is_null() || self.config.get(name).is_none_or(|c| !c.is_null());
        of.get(name)
            .filter(|v| !v.is_null() && (is_chosen || !v.is_unknown()))
    }
}

impl Permissions {
    /// Starts with nothing, in a place.
    pub fn new(place: Place) -> Self {
        Self {
            place,
            ..Self::default()
        }
    }

    /// Returns what is needed, by action.
    pub fn needs(&self) -> &BTreeMap<String, Need> {
        &self.needs
    }

    /// Adds what a question of the settler needs.
    pub fn ask(&mut self, read: &Read, catalogue: &Catalogue) {
        match &read.question {
            Question::Configure { provider, config } => {
                if &*provider.provider.name == "aws"
                    && config.get_bool("skip_requesting_account_id") != Some(true)
                {
                    self.add(
                        "sts:GetCallerIdentity",
                        Certainty::Called,
                        Conditions::new(),
                        BTreeSet::from(["*".to_owned()]),
                        &provider.to_string(),
                    );
                }
            }
            Question::Observe {
                type_name,
                identity,
                ..
            } => {
                let prior = identity.prior.clone().unwrap_or(Value::NULL);
                let Some(schema) = catalogue.managed(type_name) else {
                    return;
                };
                let user = match &read.key {
                    super::settler::ReadKey::Object(a, _) | super::settler::ReadKey::Import(a) => {
                        a.to_string()
                    }
                    _ => type_name.to_string(),
                };
                self.read(&schema, &prior, &user);
            }
            Question::Lookup {
                type_name, config, ..
            } => {
                let Some(schema) = catalogue.data(type_name) else {
                    return;
                };
                let user = match &read.key {
                    super::settler::ReadKey::Data(a) => a.to_string(),
                    _ => type_name.to_string(),
                };
                self.read(&schema, config, &user);
            }
        }
    }

    /// Adds what carrying out a plan needs.
    pub fn carry_out(&mut self, plan: &Plan, catalogue: &Catalogue) {
        for change in plan
            .changes
            .iter()
            .filter(|c| &*c.address.resource.resource.type_name == "aws_iam_instance_profile")
        {
            let of = if change.after.is_null() {
                &change.before
            } else {
                &change.after
            };
            if let Some((name, role)) = of.get_str("name").zip(of.get_str("role")) {
                self.profiles.insert(name.to_owned(), role.to_owned());
            }
        }
        for change in &plan.changes {
            self.change(change, catalogue);
        }
    }

    fn change(&mut self, change: &Change, catalogue: &Catalogue) {
        let resource = &change.address.resource.resource;
        let schema = match resource.mode {
            Mode::Managed => catalogue.managed(&resource.type_name),
            Mode::Data => catalogue.data(&resource.type_name),
        };
        let Some(schema) = schema else { return };
        let user = change.address.to_string();
        let before = change.before.clone().unmark_deep().0;
        let after = change.after.clone().unmark_deep().0;
        let config = change.config.clone().unmark_deep().0;
        let one = |operation| Use {
            schema: &schema,
            operation,
            before: &before,
            after: &after,
            config: &config,
            user: &user,
        };
        let gone = Use {
            after: &Value::NULL,
            ..one(Operation::Delete)
        };
        let new = Use {
            before: &Value::NULL,
            ..one(Operation::Create)
        };
        match change.action {
            Action::NoOp | Action::Forget => {}
            Action::Read => self.read(&schema, &after, &user),
            Action::Create => self.make(&new),
            Action::Update => {
                self.operate(&one(Operation::Update));
                self.read(&schema, &before, &user);
            }
            Action::DeleteThenCreate | Action::CreateThenDelete => {
                self.operate(&gone);
                self.make(&new);
            }
            Action::Delete => self.operate(&gone),
        }
    }

    /// A create, the read that confirms it, and the removal of the tag that marks what is being made.
    fn make(&mut self, new: &Use<'_>) {
        self.operate(new);
        self.operate(&Use {
            operation: Operation::Read,
            ..*new
        });
        if new.schema.block.attributes.contains_key("tags_all") {
            let update = new.schema.actions.get("update").into_iter().flatten();
            for action in update.filter(|a| rules::is_untagging(a)) {
                let (conditions, arns) = resources::of(&self.place, &self.profiles, action, new);
                let conditions = resources::marker(conditions);
                self.add(action, Certainty::Called, conditions, arns, new.user);
            }
        }
    }

    fn read(&mut self, schema: &Schema, value: &Value, user: &str) {
        self.operate(&Use {
            schema,
            operation: Operation::Read,
            before: value,
            after: &Value::NULL,
            config: &Value::NULL,
            user,
        });
    }

    fn operate(&mut self, u: &Use<'_>) {
        for action in u
            .schema
            .actions
            .get(u.operation.name())
            .into_iter()
            .flatten()
        {
            if let Some(certainty) = rules::certainty(action, u) {
                let (conditions, arns) = resources::of(&self.place, &self.profiles, action, u);
                self.add(action, certainty, conditions, arns, u.user);
            }
        }
    }

    fn add(
        &mut self,
        action: &str,
        certainty: Certainty,
        conditions: Conditions,
        arns: BTreeSet<String>,
        user: &str,
    ) {
        let need = self.needs.entry(action.to_owned()).or_insert_with(|| Need {
            certainty,
            resources: BTreeMap::new(),
            users: BTreeSet::new(),
        });
        need.certainty = need.certainty.min(certainty);
        need.resources.entry(conditions).or_default().extend(arns);
        need.users.insert(user.to_owned());
    }

    /// Returns the statements: actions of the same resources and conditions together.
    fn statements(&self) -> Vec<Json> {
        let mut groups: BTreeMap<(BTreeSet<String>, &Conditions, &str), BTreeSet<&str>> =
            BTreeMap::new();
        for (action, need) in &self.needs {
            let service = action.split(':').next().unwrap_or_default();
            for (conditions, arns) in &need.resources {
                // What is allowed on everything needs not be named.
                let arns = if arns.contains("*") {
                    BTreeSet::from(["*".to_owned()])
                } else {
                    resources::tidy(arns)
                };
                groups
                    .entry((arns, conditions, service))
                    .or_default()
                    .insert(action);
            }
        }
        let mut out: Vec<(BTreeSet<&str>, Json)> = groups
            .into_iter()
            .map(|((arns, conditions, _), actions)| {
                let mut s = JsonMap::new();
                s.insert("Effect".into(), "Allow".into());
                s.insert("Action".into(), one_or_many(actions.iter().copied()));
                s.insert(
                    "Resource".into(),
                    one_or_many(arns.iter().map(String::as_str)),
                );
                if !conditions.is_empty() {
                    let mut blocks = JsonMap::new();
                    for ((operator, key), values) in conditions {
                        let block = blocks
                            .entry((*operator).to_owned())
                            .or_insert_with(|| json!({}));
                        if let Json::Object(block) = block {
                            block.insert(
                                key.clone(),
                                one_or_many(values.iter().map(String::as_str)),
                            );
                        }
                    }
                    s.insert("Condition".into(), Json::Object(blocks));
                }
                (actions, Json::Object(s))
            })
            .collect();
        out.sort_by(|a, b| a.0.cmp(&b.0));
        out.into_iter().map(|(_, s)| s).collect()
    }

    /// Returns the policies: as few documents as the limit of a managed policy (6,144 characters) allows.
    pub fn documents(&self) -> Vec<Json> {
        const LIMIT: usize = 6_144;
        let document =
            |statements: &[Json]| json!({ "Version": "2012-10-17", "Statement": statements });
        let mut out: Vec<Vec<Json>> = Vec::new();
        for s in self.statements() {
            let with = |d: &Vec<Json>| [d.as_slice(), std::slice::from_ref(&s)].concat();
            match out
                .iter_mut()
                .find(|d| print(&document(&with(d))).len() <= LIMIT)
            {
                Some(d) => d.push(s),
                None => out.push(vec![s]),
            }
        }
        out.iter().map(|d| document(d)).collect()
    }
}

fn one_or_many<'a>(values: impl Iterator<Item = &'a str>) -> Json {
    let all: Vec<&str> = values.collect();
    match all.as_slice() {
        [one] => (*one).into(),
        _ => all.into(),
    }
}

/// Returns a need as one line of JSON.
pub fn line(action: &str, need: &Need) -> Json {
    let grants: Vec<Json> = need
        .resources
        .iter()
        .map(|(conditions, arns)| {
            let conditions: JsonMap<String, Json> = conditions
                .iter()
                .map(|((operator, key), values)| {
                    (
                        format!("{operator} {key}"),
                        values.iter().cloned().collect(),
                    )
                })
                .collect();
            json!({ "resources": arns, "conditions": conditions })
        })
        .collect();
    json!({ "action": action, "certainty": need.certainty.name(), "grants": grants, "for": need.users })
}
