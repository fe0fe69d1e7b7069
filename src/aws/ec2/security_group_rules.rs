//! Rules of security groups with one source each, managed on their own: what `aws_vpc_security_group_ingress_rule` and
//! `aws_vpc_security_group_egress_rule` have in common.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_ec2::types::{
    ResourceType, SecurityGroupRule, SecurityGroupRuleRequest, SecurityGroupRuleUpdate,
};
use bastionless_model::{
    cloud::{Failure, Found, Future, Identity, Intent, Observed, OpError, Operation, Reconcile},
    value::Value,
};

use super::{
    attributes::{Attributes, changed, known, number_of, text_of},
    call::{incomplete, is, is_gone},
    context::{Ec2, by_ids, by_key, id_of, missing},
    kind::unreadable,
    permissions::{Peer, Ports, Rules, normal_protocol, peer_of_rule, permissions},
    tagging::{ids_of, marked, specification},
    wait::{retry, until},
};
use crate::{shape::settled, waiters::PROPAGATION};

/// Codes that say that a rule, or its group, is gone.
const GONE: [&str; 4] = [
    "InvalidPermission.NotFound",
    "InvalidSecurityGroupRuleId.NotFound",
    "InvalidGroup.NotFound",
    "InvalidGroupId.NotFound",
];

/// Reconciles rules of one direction.
pub(crate) struct SecurityGroupRules {
    /// The client.
    pub(crate) ec2: Arc<Ec2>,
    /// Outbound rules.
    pub(crate) egress: bool,
}

/// Returns the type that manages rules of a direction.
pub(crate) fn rule_type(egress: bool) -> &'static str {
    if egress {
        "aws_vpc_security_group_egress_rule"
    } else {
        "aws_vpc_security_group_ingress_rule"
    }
}

/// Makes the value of a rule.
pub(crate) fn flatten(ec2: &Ec2, rule: &SecurityGroupRule, prior: Option<&Value>) -> Value {
    let id = rule.security_group_rule_id();
    let arn = rule.security_group_rule_arn().map(str::to_owned);
    let arn = arn.or_else(|| ec2.arn(rule.group_owner_id(), "security-group-rule", id?));
    let peer = peer_of_rule(rule);
    let source = |pick: fn(&Peer) -> Option<&str>| peer.as_ref().and_then(pick);
    let protocol = rule.ip_protocol().map(normal_protocol);
    // For all protocols the service answers -1 where nothing was sent.
    let port = |name: &str, value: Option<i32>| {
        let sent = prior.and_then(|p| number_of(p, name));
        if protocol.as_deref() == Some("-1") {
            sent
        } else {
            value
        }
    };
    let attributes = Attributes::default()
        .text("id", id)
        .text("security_group_rule_id", id)
        .text("arn", arn.as_deref())
        .text("security_group_id", rule.group_id())
        .text("description", rule.description())
        .text("ip_protocol", protocol.as_deref())
        .number("from_port", port("from_port", rule.from_port()))
        .number("to_port", port("to_port", rule.to_port()))
        .text("cidr_ipv4", source(Peer::v4))
        .text("cidr_ipv6", source(Peer::v6))
        .text("prefix_list_id", source(Peer::list))
        .text("referenced_security_group_id", source(Peer::group));
    let type_name = rule_type(rule.is_egress() == Some(true));
    ec2.with_tags(attributes, rule.tags(), prior)
        .resource(type_name, &ec2.region)
}

/// Returns the rule that a plan asks for.
fn asked(planned: &Value) -> Option<((Ports, Peer), Option<String>)> {
    let text = |name| text_of(planned, name).map(str::to_owned);
    let peer = text("cidr_ipv4").map(Peer::V4);
    let peer = peer.or_else(|| text("cidr_ipv6").map(Peer::V6));
    let peer = peer.or_else(|| text("prefix_list_id").map(Peer::List));
    let peer = peer.or_else(|| text("referenced_security_group_id").map(Peer::Group))?;
    let protocol = planned.get_str("ip_protocol")?;
    let ports = Ports::new(
        protocol,
        number_of(planned, "from_port"),
        number_of(planned, "to_port"),
    );
    Some(((ports, peer), text("description")))
}

impl SecurityGroupRules {
    fn noun(&self) -> &'static str {
        if self.egress {
            "VPC Security Group Egress Rule"
        } else {
            "VPC Security Group Ingress Rule"
        }
    }

    async fn find_rules(
        &self,
        ids: &[Identity],
    ) -> Result<BTreeMap<String, SecurityGroupRule>, OpError> {
        let group = |i: &Identity| {
            let group = i
                .prior
                .as_ref()
                .and_then(|p| text_of(p, "security_group_id"));
            group.map(str::to_owned)
        };
        let mut groups: Vec<_> = ids.iter().filter_map(group).collect();
        groups.sort();
        groups.dedup();
        let imports: Vec<_> = ids
            .iter()
            .filter(|i| group(i).is_none())
            .map(|i| i.id.clone())
            .collect();
        let mut found: Vec<SecurityGroupRule> = Vec::new();
        if !groups.is_empty() {
            found.extend(self.ec2.rules(&groups).await?.into_values().flatten());
        }
        if !imports.is_empty() {
            found.extend(
                self.ec2
                    .list_rules(by_ids("security-group-rule-id", imports))
                    .await?,
            );
        }
        found.retain(|r| (r.is_egress() == Some(true)) == self.egress);
        Ok(by_key(found, |r| r.security_group_rule_id()))
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        match self.find_rules(ids).await {
            Ok(found) => {
                let answer = |i: &Identity| match found.get(&i.id) {
                    Some(rule) => Observed::Present(flatten(&self.ec2, rule, i.prior.as_ref())),
                    None => Observed::Absent,
                };
                ids.iter().map(answer).collect()
            }
            Err(e) => unreadable(ids, &e),
        }
    }

    async fn read_one(&self, id: &str) -> Result<Option<SecurityGroupRule>, OpError> {
        let found = self
            .ec2
            .list_rules(by_ids("security-group-rule-id", vec![id.to_owned()]));
        Ok(found
            .await?
            .into_iter()
            .find(|r| r.security_group_rule_id() == Some(id)))
    }

    async fn read_live(
        &self,
        op: &Operation<'_>,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("reading {} ({id})", self.noun());
        let limit = op.timeout.min(PROPAGATION);
        let rule = until(&self.ec2, op, limit, &what, || self.read_one(id)).await?;
        Ok(flatten(&self.ec2, &rule, Some(planned)))
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = format!("creating {}", self.noun());
        let group = text_of(planned, "security_group_id");
        let group = group.ok_or_else(|| missing(&what, "security_group_id"))?;
        let rule = asked(planned).ok_or_else(|| missing(&what, "ip_protocol"))?;
        let rules = permissions(&Rules::from([rule]));
        let tags = specification(ResourceType::SecurityGroupRule, op, planned);
        let passes = |e: &OpError| is(e, &["InvalidGroup.NotFound", "InvalidGroupId.NotFound"]);
        let made = retry(&self.ec2, op, PROPAGATION, &what, passes, || async {
            let (rules, tags) = (Some(rules.clone()), tags.clone());
            if self.egress {
                let call = self
                    .ec2
                    .client
                    .authorize_security_group_egress()
                    .group_id(group);
                let call = call.set_ip_permissions(rules).tag_specifications(tags);
                let made = self.ec2.change(op, &what, call.send()).await?;
                Ok(made.security_group_rules().first().cloned())
            } else {
                let call = self
                    .ec2
                    .client
                    .authorize_security_group_ingress()
                    .group_id(group);
                let call = call.set_ip_permissions(rules).tag_specifications(tags);
                let made = self.ec2.change(op, &what, call.send()).await?;
                Ok(made.security_group_rules().first().cloned())
            }
        });
        let rule = made
            .await?
            .ok_or_else(|| incomplete(&what, "security group rule"))?;
        let live = flatten(&self.ec2, &rule, Some(planned));
        let state = settled(planned, &live);
        let state = state.with(
            "id",
            rule.security_group_rule_id().unwrap_or_default().into(),
        );
        op.progress.created(&known(&state)).await;
        let id = id_of(&state, &what)?;
        match self.read_live(op, id, planned).await {
            Ok(live) => Ok(settled(planned, &live)),
            // The rule is complete: only its being seen is not certain yet.
            Err(error) => Err(Failure {
                error,
                state: Some(known(&state)),
                usable: true,
            }),
        }
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let what = format!("updating {}", self.noun());
        let id = id_of(prior, &what)?;
        let done = self.bring(op, id, prior, planned).await;
        let live = self.read_live(op, id, planned).await;
        match done {
            Ok(()) => Ok(settled(planned, &live?)),
            Err(error) => Err(Failure {
                error,
                state: live.ok(),
                usable: true,
            }),
        }
    }

    async fn bring(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        let what = format!("updating {} ({id})", self.noun());
        let parts = [
            "cidr_ipv4",
            "cidr_ipv6",
            "prefix_list_id",
            "referenced_security_group_id",
            "description",
            "from_port",
            "to_port",
            "ip_protocol",
        ];
        if parts.iter().any(|name| changed(prior, planned, name)) {
            let group = text_of(prior, "security_group_id");
            let group = group.ok_or_else(|| missing(&what, "security_group_id"))?;
            let rule = asked(planned).ok_or_else(|| missing(&what, "ip_protocol"))?;
            // Always the whole rule: what is left out of the request need not stay.
            let update = SecurityGroupRuleUpdate::builder()
                .security_group_rule_id(id)
                .security_group_rule(request(&rule));
            let call = self
                .ec2
                .client
                .modify_security_group_rules()
                .group_id(group);
            self.ec2
                .change(op, &what, call.security_group_rules(update.build()).send())
                .await?;
        }
        self.ec2.retag(op, id, prior, planned).await
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let what = format!("deleting {}", self.noun());
        let id = id_of(prior, &what)?;
        let what = format!("{what} ({id})");
        let group = text_of(prior, "security_group_id");
        let group = group.ok_or_else(|| missing(&what, "security_group_id"))?;
        let client = &self.ec2.client;
        let done = if self.egress {
            let call = client.revoke_security_group_egress().group_id(group);
            let call = call.security_group_rule_ids(id);
            self.ec2.change(op, &what, call.send()).await.map(drop)
        } else {
            let call = client.revoke_security_group_ingress().group_id(group);
            let call = call.security_group_rule_ids(id);
            self.ec2.change(op, &what, call.send()).await.map(drop)
        };
        match done {
            Err(e) if is(&e, &GONE) || is_gone(&e) => Ok(()),
            done => done,
        }
    }

    async fn find_marked(
        &self,
        intent: Option<&Intent>,
        planned: &Value,
    ) -> Result<Found, OpError> {
        let Some(intent) = intent else {
            return Ok(Found::Nothing);
        };
        let found = self.ec2.list_rules(vec![marked(intent)]).await?;
        Ok(found.first().map_or(Found::Nothing, |rule| {
            Found::Ours(flatten(&self.ec2, rule, Some(planned)))
        }))
    }
}

fn request(
    ((ports, peer), description): &((Ports, Peer), Option<String>),
) -> SecurityGroupRuleRequest {
    let all = ports.protocol == "-1";
    let request = SecurityGroupRuleRequest::builder()
        .ip_protocol(&ports.protocol)
        .set_from_port(if all { Some(-1) } else { ports.from })
        .set_to_port(if all { Some(-1) } else { ports.to })
        .set_description(description.clone());
    match peer {
        Peer::V4(c) => request.cidr_ipv4(c),
        Peer::V6(c) => request.cidr_ipv6(c),
        Peer::List(l) => request.prefix_list_id(l),
        Peer::Group(g) => {
            request.referenced_group_id(g.split_once('/').map_or(g.as_str(), |(_, group)| group))
        }
    }
    .build()
}

impl Reconcile for SecurityGroupRules {
    reconciled!(@common SecurityGroupRules);

    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(self.look(ids))
    }

    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        Box::pin(self.find_marked(intent, planned))
    }

    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Future<'a, Result<(), OpError>> {
        Box::pin(self.ec2.unmark(ids_of(states, "id")))
    }
}
