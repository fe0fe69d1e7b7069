//! `aws_security_group`

use std::sync::Arc;

use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup};
use bastionless_model::{
    cloud::{
        Child, Failure, Found, Future, Identity, Intent, Observed, OpError, OpErrorKind, Operation,
        Reconcile,
    },
    value::{Type, Value},
};

use super::{
    attributes::{Attributes, known, text_of},
    call::{Outcome, failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, is_value},
    kind::{
        Described, after_update, each, find_marked, read_back, unreadable, wait_for, wait_gone,
    },
    names::{name_for, prefix_of},
    permissions::{
        Difference, Peer, Ports, Rules, collect, difference, expand_all, permissions,
        rules_of_group,
    },
    security_group_rules::{flatten as flatten_rule, rule_type},
    tagging::{ids_of, specification},
    wait::retry,
};
use crate::{clients::Scope, waiters::PROPAGATION};

/// A group is still referred to or attached; what refers to it may go.
const IN_USE: [&str; 2] = ["DependencyViolation", "InvalidGroup.InUse"];

/// Reconciles `aws_security_group`.
pub(crate) struct AwsSecurityGroup(Arc<Ec2>);

impl Described for AwsSecurityGroup {
    type Raw = SecurityGroup;
    const TYPE: &'static str = "aws_security_group";
    const ID_FILTER: &'static str = "group-id";
    const NOUN: &'static str = "EC2 Security Group";

    fn id(raw: &SecurityGroup) -> Option<&str> {
        raw.group_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<SecurityGroup>, OpError> {
        ec2.list_groups(filters).await
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(SecurityGroup, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        each(objects, |group, prior| flatten(ec2, group, prior))
    }
}

fn flatten(ec2: &Ec2, group: &SecurityGroup, prior: Option<&Value>) -> Value {
    let id = group.group_id().unwrap_or_default();
    let rules = |egress| {
        let rules = collect(&rules_of_group(group, egress), id);
        Value::list(Type::Dynamic, rules)
    };
    let attributes = attributes(ec2, group)
        .text("name_prefix", group.group_name().and_then(prefix_of))
        .value("ingress", rules(false))
        .value("egress", rules(true));
    ec2.with_tags(attributes, group.tags(), prior)
        .resource("aws_security_group", &ec2.region)
}

/// Collects what resource and data source have in common.
pub(crate) fn attributes(ec2: &Ec2, group: &SecurityGroup) -> Attributes {
    let id = group.group_id();
    let arn = group.security_group_arn().map(str::to_owned);
    let arn = arn.or_else(|| ec2.arn(group.owner_id(), "security-group", id?));
    Attributes::default()
        .text("id", id)
        .text("arn", arn.as_deref())
        .text("owner_id", group.owner_id())
        .text("vpc_id", group.vpc_id())
        .text("name", group.group_name())
        .text("description", group.description())
}

impl AwsSecurityGroup {
    /// Makes the reconciler of a provider in a region.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope.network())
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 Security Group";
        let name = name_for(planned, "name", "name_prefix", op.intent);
        let what = format!("{what} ({name})");
        let description = planned
            .get_str("description")
            .unwrap_or("Managed by Terraform");
        let call = self
            .0
            .client
            .create_security_group()
            .group_name(&name)
            .description(description)
            .set_vpc_id(text_of(planned, "vpc_id").map(str::to_owned))
            .tag_specifications(specification(ResourceType::SecurityGroup, op, planned));
        let passes = |e: &OpError| is(e, &["InvalidVpcID.NotFound"]);
        let made = retry(&self.0, op, PROPAGATION, &what, passes, || {
            self.0.change(op, &what, call.clone().send())
        });
        let made = made.await?;
        let id = made
            .group_id()
            .ok_or_else(|| incomplete(&what, "group id"))?;
        let state = known(planned)
            .with("id", id.into())
            .with("name", name.into());
        // A group that still has the service's rule for all outbound traffic is not what was asked for: it does not count as
        // created before the rule is gone. A run that breaks off here is completed by the next one's look for the group.
        let stripped = self.strip(op, id).await;
        stripped.map_err(|error| Failure {
            error,
            state: Some(state.clone()),
            usable: false,
        })?;
        op.progress.created(&state).await;
        let complete = self.complete(op, id, planned).await;
        complete.map_err(|e| failed_with(&state, e))
    }

    /// Takes away the rules that the service puts into a new group: all outbound traffic.
    async fn strip(&self, op: &Operation<'_>, id: &str) -> Result<(), OpError> {
        let group = wait_for::<Self>(&self.0, op, id, |_| Ok(true)).await?;
        let mut rules = left_by_service(&group);
        // Always there for IPv4, even where the answer does not know it yet.
        let v4 = Peer::V4("0.0.0.0/0".into());
        rules.insert((Ports::new("-1", None, None), v4), None);
        for (key, description) in rules {
            let one = Rules::from([(key, description)]);
            self.revoke(op, id, true, &one).await?;
        }
        Ok(())
    }

    /// Completes the create of a group that a broken run left behind: only this cannot be seen in a plan later, because
    /// outbound rules that the configuration does not name are nobody's business.
    async fn strip_found(&self, id: &str, planned: &Value) -> Result<(), OpError> {
        let what = format!("completing EC2 Security Group ({id})");
        let groups = self.0.list_groups(vec![is_value("group-id", id)]).await?;
        let asked = expand_all(planned, attribute(true), id);
        for group in &groups {
            let mut rules = left_by_service(group);
            rules.retain(|key, _| !asked.contains_key(key));
            if rules.is_empty() {
                continue;
            }
            let call = self.0.client.revoke_security_group_egress().group_id(id);
            let call = call.set_ip_permissions(Some(permissions(&rules)));
            let done = call.send().await.during(&what);
            self.0.forget_listings();
            match done {
                Err(e) if is(&e, &["InvalidPermission.NotFound"]) => {}
                done => done.map(drop)?,
            }
        }
        Ok(())
    }

    async fn complete(
        &self,
        op: &Operation<'_>,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        for egress in [false, true] {
            let rules = expand_all(planned, attribute(egress), id);
            self.authorize(op, id, egress, &rules).await?;
        }
        read_back::<Self>(&self.0, op, id, planned).await
    }

    async fn authorize(
        &self,
        op: &Operation<'_>,
        id: &str,
        egress: bool,
        rules: &Rules,
    ) -> Result<(), OpError> {
        if rules.is_empty() {
            return Ok(());
        }
        let what = format!(
            "authorizing Security Group ({id}) {} rules",
            attribute(egress)
        );
        let passes = |e: &OpError| is(e, &["InvalidGroup.NotFound", "InvalidGroupId.NotFound"]);
        retry(&self.0, op, PROPAGATION, &what, passes, || async {
            let client = &self.0.client;
            let permissions = Some(permissions(rules));
            if egress {
                let call = client.authorize_security_group_egress().group_id(id);
                let call = call.set_ip_permissions(permissions);
                self.0.change(op, &what, call.send()).await.map(drop)
            } else {
                let call = client.authorize_security_group_ingress().group_id(id);
                let call = call.set_ip_permissions(permissions);
                self.0.change(op, &what, call.send()).await.map(drop)
            }
        })
        .await
    }

    /// Authorises rules of which some may be there already.
    async fn authorize_missing(
        &self,
        op: &Operation<'_>,
        id: &str,
        egress: bool,
        rules: &Rules,
    ) -> Result<(), OpError> {
        match self.authorize(op, id, egress, rules).await {
            Err(e) if is(&e, &["InvalidPermission.Duplicate"]) => {}
            done => return done,
        }
        for (key, description) in rules {
            let one = Rules::from([(key.clone(), description.clone())]);
            match self.authorize(op, id, egress, &one).await {
                Err(e) if is(&e, &["InvalidPermission.Duplicate"]) => {}
                done => done?,
            }
        }
        Ok(())
    }

    async fn revoke(
        &self,
        op: &Operation<'_>,
        id: &str,
        egress: bool,
        rules: &Rules,
    ) -> Result<(), OpError> {
        if rules.is_empty() {
            return Ok(());
        }
        let what = format!("revoking Security Group ({id}) {} rules", attribute(egress));
        let client = &self.0.client;
        let permissions = Some(permissions(rules));
        let done = if egress {
            let call = client.revoke_security_group_egress().group_id(id);
            let call = call.set_ip_permissions(permissions);
            self.0.change(op, &what, call.send()).await.map(drop)
        } else {
            let call = client.revoke_security_group_ingress().group_id(id);
            let call = call.set_ip_permissions(permissions);
            self.0.change(op, &what, call.send()).await.map(drop)
        };
        match done {
            Err(e) if is(&e, &["InvalidPermission.NotFound"]) && rules.len() > 1 => {
                // One that is gone makes the call fail for all: one by one.
                for (key, description) in rules {
                    let one = Rules::from([(key.clone(), description.clone())]);
                    Box::pin(self.revoke(op, id, egress, &one)).await?;
                }
                Ok(())
            }
            Err(e) if is(&e, &["InvalidPermission.NotFound"]) => Ok(()),
            done => done,
        }
    }

    async fn describe(
        &self,
        op: &Operation<'_>,
        id: &str,
        egress: bool,
        rules: &Rules,
    ) -> Result<(), OpError> {
        if rules.is_empty() {
            return Ok(());
        }
        let what = format!(
            "updating Security Group ({id}) {} rule descriptions",
            attribute(egress)
        );
        let client = &self.0.client;
        let permissions = Some(permissions(rules));
        if egress {
            let call = client
                .update_security_group_rule_descriptions_egress()
                .group_id(id);
            let call = call.set_ip_permissions(permissions);
            self.0.change(op, &what, call.send()).await.map(drop)
        } else {
            let call = client
                .update_security_group_rule_descriptions_ingress()
                .group_id(id);
            let call = call.set_ip_permissions(permissions);
            self.0.change(op, &what, call.send()).await.map(drop)
        }
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 Security Group")?;
        let done = self.bring(op, id, prior, planned).await;
        after_update::<Self>(&self.0, op, id, planned, done).await
    }

    async fn bring(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        for egress in [false, true] {
            let name = attribute(egress);
            let wanted = planned.get(name);
            if wanted.is_some_and(|v| v.is_wholly_known() && !v.is_null()) {
                let old = expand_all(prior, name, id);
                let new = expand_all(planned, name, id);
                self.exchange(op, id, egress, &difference(&old, &new))
                    .await?;
            }
        }
        self.0.retag(op, id, prior, planned).await
    }

    /// Adds before it removes, so that no traffic is cut that both allow; the other way round where there is no room.
    async fn exchange(
        &self,
        op: &Operation<'_>,
        id: &str,
        egress: bool,
        d: &Difference,
    ) -> Result<(), OpError> {
        self.describe(op, id, egress, &d.described).await?;
        match self.authorize_missing(op, id, egress, &d.added).await {
            Err(e) if e.kind == OpErrorKind::Quota && !d.removed.is_empty() => {
                self.revoke(op, id, egress, &d.removed).await?;
                self.authorize_missing(op, id, egress, &d.added).await
            }
            Err(e) => Err(e),
            Ok(()) => self.revoke(op, id, egress, &d.removed).await,
        }
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 Security Group")?;
        let what = format!("deleting EC2 Security Group ({id})");
        if prior.get_bool("revoke_rules_on_delete") == Some(true) {
            self.revoke_everywhere(op, id).await?;
        }
        let done = retry(
            &self.0,
            op,
            op.timeout,
            &what,
            |e| is(e, &IN_USE),
            || {
                let call = self.0.client.delete_security_group().group_id(id);
                self.0.change(op, &what, call.send())
            },
        );
        match done.await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }

    /// Revokes the group's own rules and those of other groups that name it.
    async fn revoke_everywhere(&self, op: &Operation<'_>, id: &str) -> Result<(), OpError> {
        for egress in [false, true] {
            let filter = match egress {
                true => "egress.ip-permission.group-id",
                false => "ip-permission.group-id",
            };
            let mut groups = self.0.list_groups(vec![is_value(filter, id)]).await?;
            groups.extend(self.0.list_groups(vec![is_value("group-id", id)]).await?);
            for group in groups {
                let Some(of) = group.group_id() else { continue };
                let mut rules = rules_of_group(&group, egress);
                if of != id {
                    rules.retain(|(_, peer), _| peer.group() == Some(id));
                }
                self.revoke(op, of, egress, &rules).await?;
            }
        }
        Ok(())
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        let keys: Vec<_> = ids.iter().map(|i| i.id.clone()).collect();
        match self.0.groups(&keys).await {
            Ok(found) => {
                let answer = |i: &Identity| match found.get(&i.id) {
                    Some(group) => Observed::Present(flatten(&self.0, group, i.prior.as_ref())),
                    None => Observed::Absent,
                };
                ids.iter().map(answer).collect()
            }
            Err(e) => unreadable(ids, &e),
        }
    }

    async fn search(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let found = find_marked::<Self>(&self.0, intent, planned).await?;
        if let Found::Ours(group) = &found {
            self.strip_found(id_of(group, "reading EC2 Security Group")?, planned)
                .await?;
            return find_marked::<Self>(&self.0, intent, planned).await;
        }
        let name = match (text_of(planned, "name"), intent) {
            (Some(name), _) => name.to_owned(),
            (None, Some(intent)) => name_for(planned, "name", "name_prefix", intent),
            (None, None) => return Ok(Found::Nothing),
        };
        let mut filters = vec![is_value("group-name", &name)];
        filters.extend(text_of(planned, "vpc_id").map(|vpc| is_value("vpc-id", vpc)));
        let groups = self.0.list_groups(filters).await?;
        let Some(group) = groups.first() else {
            return Ok(Found::Nothing);
        };
        let id = group.group_id().unwrap_or_default().to_owned();
        let why = format!("it lacks the tag that marks what this run creates; `{name}` is taken");
        Ok(Found::Unproven { id, why })
    }

    async fn rules_below(&self, parents: &[Value]) -> Result<Vec<Child>, OpError> {
        let ids = ids_of(parents, "id");
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rules = self.0.rules(&ids).await?;
        let mut children = Vec::new();
        for (parent, state) in parents.iter().enumerate() {
            let of_group = text_of(state, "id").and_then(|id| rules.get(id));
            for rule in of_group.into_iter().flatten() {
                children.push(Child {
                    parent,
                    type_name: rule_type(rule.is_egress() == Some(true)),
                    id: rule.security_group_rule_id().unwrap_or_default().to_owned(),
                    attributes: flatten_rule(&self.0, rule, None),
                });
            }
        }
        Ok(children)
    }
}

/// Returns the outbound rules that the service puts into new groups, as far as they are there.
fn left_by_service(group: &SecurityGroup) -> Rules {
    let mut rules = rules_of_group(group, true);
    let all = Ports::new("-1", None, None);
    let everywhere = [Peer::V4("0.0.0.0/0".into()), Peer::V6("::/0".into())];
    rules.retain(|(ports, peer), d| *ports == all && everywhere.contains(peer) && d.is_none());
    rules
}

fn attribute(egress: bool) -> &'static str {
    if egress { "egress" } else { "ingress" }
}

impl Reconcile for AwsSecurityGroup {
    reconciled!(@common AwsSecurityGroup);

    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(self.look(ids))
    }

    fn has_natural_key(&self) -> bool {
        true
    }

    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        Box::pin(self.search(intent, planned))
    }

    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Future<'a, Result<(), OpError>> {
        Box::pin(self.0.unmark(ids_of(states, "id")))
    }

    fn children<'a>(&'a self, parents: &'a [Value]) -> Future<'a, Result<Vec<Child>, OpError>> {
        Box::pin(self.rules_below(parents))
    }
}
