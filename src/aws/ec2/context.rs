//! One EC2 client with what its types share: tags, listings, locks.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_ec2::{
    Client,
    types::{Filter, RouteTable, SecurityGroup, SecurityGroupRule},
};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{attributes::text_of, call::Outcome, shared::Shared};
use crate::{clients::Scope, tags::TagRules, waiters::Pace};

/// Filters take at most so many values; from there on everything is listed.
pub(crate) const MOST_FILTER_VALUES: usize = 200;

/// EC2 in one region of one account.
pub(crate) struct Ec2 {
    /// The SDK's client.
    pub(crate) client: Client,
    /// The region of the client.
    pub(crate) region: Arc<str>,
    /// The partition of the region, such as `aws`.
    pub(crate) partition: &'static str,
    /// Which tags are the state's business.
    pub(crate) tag_rules: TagRules,
    /// How fast time passes for waits.
    pub(crate) pace: Pace,
    /// Creating, changing and deleting VPC endpoints has the lowest of all limits: one at a time.
    pub(crate) endpoint_turn: Mutex<()>,
    groups: Shared<SecurityGroup>,
    rules: Shared<Vec<SecurityGroupRule>>,
    route_tables: Shared<RouteTable>,
    generation: AtomicU64,
    locks: std::sync::Mutex<BTreeMap<String, Arc<Mutex<()>>>>,
}

impl Ec2 {
    /// Makes the context of a provider in a region.
    pub(crate) fn new(scope: &Scope) -> Self {
        Self {
            client: scope.ec2().clone(),
            region: scope.region().into(),
            partition: scope.partition(),
            tag_rules: scope.tag_rules().clone(),
            pace: scope.pace(),
            endpoint_turn: Mutex::default(),
            groups: Shared::default(),
            rules: Shared::default(),
            route_tables: Shared::default(),
            generation: AtomicU64::new(0),
            locks: std::sync::Mutex::default(),
        }
    }

    /// Forgets what was listed, because something changed.
    pub(crate) fn forget_listings(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits for the turn to change an object that does not bear concurrent changes.
    pub(crate) async fn turn(&self, id: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = match self.locks.lock() {
                Ok(locks) => locks,
                Err(poisoned) => poisoned.into_inner(),
            };
            locks.entry(id.to_owned()).or_default().clone()
        };
        lock.lock_owned().await
    }

    /// Returns security groups by id.
    pub(crate) async fn groups(
        &self,
        ids: &[String],
    ) -> Result<BTreeMap<String, SecurityGroup>, OpError> {
        let generation = self.generation.load(Ordering::SeqCst);
        self.groups
            .get(generation, ids, |ids| self.fetch_groups(ids))
            .await
    }

    async fn fetch_groups(
        &self,
        ids: Vec<String>,
    ) -> Result<BTreeMap<String, SecurityGroup>, OpError> {
        let found = self.list_groups(by_ids("group-id", ids)).await?;
        Ok(by_key(found, |g| g.group_id()))
    }

    /// Lists security groups.
    pub(crate) async fn list_groups(
        &self,
        filters: Vec<Filter>,
    ) -> Result<Vec<SecurityGroup>, OpError> {
        let call = self
            .client
            .describe_security_groups()
            .set_filters(some(filters));
        let pages = call.into_paginator().page_size(1000).items().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during("reading EC2 Security Groups")
    }

    /// Returns the rules of security groups by group id; a group without rules is not in the answer.
    pub(crate) async fn rules(
        &self,
        group_ids: &[String],
    ) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, OpError> {
        let generation = self.generation.load(Ordering::SeqCst);
        self.rules
            .get(generation, group_ids, |ids| self.fetch_rules(ids))
            .await
    }

    async fn fetch_rules(
        &self,
        ids: Vec<String>,
    ) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, OpError> {
        let found = self.list_rules(by_ids("group-id", ids)).await?;
        let mut rules = BTreeMap::<String, Vec<_>>::new();
        for rule in found {
            if let Some(group) = rule.group_id() {
                rules.entry(group.to_owned()).or_default().push(rule);
            }
        }
        Ok(rules)
    }

    /// Lists rules of security groups.
    pub(crate) async fn list_rules(
        &self,
        filters: Vec<Filter>,
    ) -> Result<Vec<SecurityGroupRule>, OpError> {
        let call = self
            .client
            .describe_security_group_rules()
            .set_filters(some(filters));
        let pages = call.into_paginator().page_size(1000).items().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during("reading VPC Security Group Rules")
    }

    /// Returns route tables by id.
    pub(crate) async fn route_tables(
        &self,
        ids: &[String],
    ) -> Result<BTreeMap<String, RouteTable>, OpError> {
        let generation = self.generation.load(Ordering::SeqCst);
        let fetch = |ids| self.fetch_route_tables(ids);
        self.route_tables.get(generation, ids, fetch).await
    }

    async fn fetch_route_tables(
        &self,
        ids: Vec<String>,
    ) -> Result<BTreeMap<String, RouteTable>, OpError> {
        let found = self
            .list_route_tables(by_ids("route-table-id", ids))
            .await?;
        Ok(by_key(found, |t| t.route_table_id()))
    }

    /// Lists route tables.
    pub(crate) async fn list_route_tables(
        &self,
        filters: Vec<Filter>,
    ) -> Result<Vec<RouteTable>, OpError> {
        let call = self
            .client
            .describe_route_tables()
            .set_filters(some(filters));
        let pages = call.into_paginator().page_size(100).items().send();
        pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .during("reading EC2 Route Tables")
    }
}

/// Returns the filter for objects by id; none, that is a listing of everything, where there are too many. A filter leaves
/// out ids that do not exist, where naming them would make the whole call fail.
pub(crate) fn by_ids(filter: &str, ids: Vec<String>) -> Vec<Filter> {
    if ids.len() > MOST_FILTER_VALUES {
        return Vec::new();
    }
    vec![is_any(filter, ids)]
}

/// Makes a filter.
pub(crate) fn is_any(name: &str, values: Vec<String>) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(values))
        .build()
}

/// Makes a filter for one value.
pub(crate) fn is_value(name: &str, value: &str) -> Filter {
    is_any(name, vec![value.to_owned()])
}

/// The SDK sends an empty list as a parameter; no filter at all is `None`.
pub(crate) fn some(filters: Vec<Filter>) -> Option<Vec<Filter>> {
    (!filters.is_empty()).then_some(filters)
}

/// Sorts objects by id.
pub(crate) fn by_key<T>(objects: Vec<T>, key: impl Fn(&T) -> Option<&str>) -> BTreeMap<String, T> {
    let pairs = objects
        .into_iter()
        .filter_map(|o| Some((key(&o)?.to_owned(), o)));
    pairs.collect()
}

/// Says that an argument is missing that the schema demands.
pub(crate) fn missing(what: &str, argument: &str) -> OpError {
    let message = format!("the argument `{argument}` has no value");
    OpError::new(OpErrorKind::Invalid, what, message)
}

/// Returns the id of a state.
pub(crate) fn id_of<'a>(state: &'a Value, what: &str) -> Result<&'a str, OpError> {
    text_of(state, "id").ok_or_else(|| missing(what, "id"))
}

impl Ec2 {
    /// Makes the ARN of an object of EC2.
    pub(crate) fn arn(&self, owner: Option<&str>, kind: &str, id: &str) -> Option<String> {
        let owner = owner?;
        let Self {
            partition, region, ..
        } = self;
        Some(format!("arn:{partition}:ec2:{region}:{owner}:{kind}/{id}"))
    }
}
