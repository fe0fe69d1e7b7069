//! `aws_security_group_rule`: one permission with one or more sources.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_ec2::types::SecurityGroupRule;
use bastionless_model::{
    cloud::{Failure, Found, Future, Identity, Intent, Observed, OpError, Operation, Reconcile},
    value::Value,
};

use super::{
    attributes::{
        Attributes, changed, known, list_of_texts, number_of, optional_number, text_of, texts_of,
    },
    call::is,
    context::{Ec2, is_value, missing},
    kind::unreadable,
    permissions::{Peer, Ports, Rules, expand, key_of_rule, permissions},
    routes::hash,
    wait::{retry, until},
};
use crate::{clients::Scope, shape::settled, waiters::PROPAGATION};

/// Reconciles `aws_security_group_rule`.
pub(crate) struct AwsSecurityGroupRule(Arc<Ec2>);

const TYPE: &str = "aws_security_group_rule";

/// What names a permission.
#[derive(Clone, Debug)]
struct Permission {
    group: String,
    egress: bool,
    rules: Rules,
    /// The attributes that name it.
    state: Value,
}

impl Permission {
    fn of_state(state: &Value) -> Option<Self> {
        let group = text_of(state, "security_group_id")?.to_owned();
        let egress = text_of(state, "type")? == "egress";
        let rules = expand(state, &group);
        Some(Self {
            group,
            egress,
            rules,
            state: state.clone(),
        })
    }

    /// Reads an import id: `GROUP_TYPE_PROTOCOL_FROM_TO_SOURCE[_SOURCE…]`.
    fn of_import(id: &str) -> Option<Self> {
        let mut parts = id.split('_');
        let (group, kind, protocol) = (parts.next()?, parts.next()?, parts.next()?);
        let mut port = || parts.next()?.parse::<i32>().ok();
        let (from, to) = (port()?, port()?);
        let sources: Vec<&str> = parts.collect();
        let pick = |f: &dyn Fn(&str) -> bool| {
            let picked = sources.iter().copied().filter(|s| f(s)).collect::<Vec<_>>();
            if picked.is_empty() {
                Value::NULL
            } else {
                list_of_texts(picked)
            }
        };
        let is_group = |s: &str| s.contains("sg-");
        let is_list = |s: &str| s.starts_with("pl-");
        let other = sources.iter().copied().find(|s| is_group(s));
        let state = Attributes::default()
            .text("security_group_id", Some(group))
            .text("type", Some(kind))
            .text("protocol", Some(protocol))
            .number("from_port", Some(from))
            .number("to_port", Some(to))
            .flag("self", Some(sources.contains(&"self")))
            .text("source_security_group_id", other)
            .value("prefix_list_ids", pick(&is_list))
            .value("ipv6_cidr_blocks", pick(&|s| s.contains(':')))
            .value(
                "cidr_blocks",
                pick(&|s| !is_group(s) && !is_list(s) && !s.contains(':') && s != "self"),
            );
        Self::of_state(&state.resource(TYPE, ""))
    }

    /// The id that Terraform makes of the attributes.
    fn id(&self) -> String {
        let mut text = format!("{}-", self.group);
        let ports = self.rules.keys().next().map(|(ports, _)| ports.clone());
        let ports = ports.unwrap_or_else(|| Ports::new("-1", None, None));
        for port in [ports.from, ports.to]
            .into_iter()
            .flatten()
            .filter(|p| *p > 0)
        {
            text.push_str(&format!("{port}-"));
        }
        let direction = if self.egress { "egress" } else { "ingress" };
        text.push_str(&format!("{}-{direction}-", ports.protocol));
        for (_, peer) in self.rules.keys() {
            let peer = match peer {
                Peer::V4(t) | Peer::V6(t) | Peer::List(t) => t.clone(),
                Peer::Group(g) => format!("{g}-"),
            };
            text.push_str(&format!("{peer}-"));
        }
        format!("sgrule-{}", hash(&text))
    }

    fn name(&self) -> String {
        let direction = if self.egress { "egress" } else { "ingress" };
        format!("Security Group ({}) {direction} rule", self.group)
    }

    /// Makes the state out of those of its sources that are there; `None` where none is.
    fn observe(&self, ec2: &Ec2, group_rules: &[SecurityGroupRule]) -> Option<Value> {
        let mut there = BTreeMap::new();
        for rule in group_rules {
            if (rule.is_egress() == Some(true)) == self.egress
                && let Some(key) = key_of_rule(rule)
                && self.rules.contains_key(&key)
            {
                there.insert(key.1, rule);
            }
        }
        let first = there.values().next()?;
        let has = |peer: Peer| there.contains_key(&peer);
        let only = |name: &str, make: fn(String) -> Peer| {
            let asked = texts_of(&self.state, name).into_iter();
            let kept: Vec<_> = asked.filter(|t| has(make(t.clone()))).collect();
            if kept.is_empty() {
                Value::NULL
            } else {
                list_of_texts(kept.iter().map(String::as_str))
            }
        };
        let source = text_of(&self.state, "source_security_group_id");
        let own = self.state.get_bool("self") == Some(true) && has(Peer::Group(self.group.clone()));
        let single = (self.rules.len() == 1)
            .then(|| first.security_group_rule_id())
            .flatten();
        let same = |name| optional_number(number_of(&self.state, name));
        Some(
            Attributes::default()
                .text("id", Some(&self.id()))
                .text("security_group_id", Some(&self.group))
                .text("type", text_of(&self.state, "type"))
                .text("protocol", text_of(&self.state, "protocol"))
                .value("from_port", same("from_port"))
                .value("to_port", same("to_port"))
                .value("cidr_blocks", only("cidr_blocks", Peer::V4))
                .value("ipv6_cidr_blocks", only("ipv6_cidr_blocks", Peer::V6))
                .value("prefix_list_ids", only("prefix_list_ids", Peer::List))
                .text(
                    "source_security_group_id",
                    source.filter(|s| has(Peer::Group((*s).to_owned()))),
                )
                .flag("self", Some(own))
                .text("description", first.description())
                .text("security_group_rule_id", single)
                .resource(TYPE, &ec2.region),
        )
    }
}

impl AwsSecurityGroupRule {
    /// Makes the reconciler of a provider in a region.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope.network())
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        let permission = |i: &Identity| match &i.prior {
            Some(state) => Permission::of_state(state),
            None => Permission::of_import(&i.id),
        };
        let asked: Vec<_> = ids.iter().map(permission).collect();
        let groups: Vec<_> = asked.iter().flatten().map(|p| p.group.clone()).collect();
        let found = match self.0.rules(&groups).await {
            Ok(found) => found,
            Err(e) => return unreadable(ids, &e),
        };
        let answer = |p: &Option<Permission>| {
            let p = p.as_ref()?;
            p.observe(&self.0, found.get(&p.group)?)
        };
        asked
            .iter()
            .map(|p| answer(p).map_or(Observed::Absent, Observed::Present))
            .collect()
    }

    /// Reads a permission as it is now.
    async fn read(&self, p: &Permission) -> Result<Option<Value>, OpError> {
        let rules = self
            .0
            .list_rules(vec![is_value("group-id", &p.group)])
            .await?;
        Ok(p.observe(&self.0, &rules))
    }

    async fn read_back(
        &self,
        op: &Operation<'_>,
        p: &Permission,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("reading {}", p.name());
        let limit = op.timeout.min(PROPAGATION);
        let live = until(&self.0, op, limit, &what, || self.read(p)).await?;
        Ok(settled(planned, &live))
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating Security Group rule";
        let p = Permission::of_state(planned).ok_or_else(|| missing(what, "security_group_id"))?;
        if p.rules.is_empty() {
            return Err(missing(what, "cidr_blocks").into());
        }
        let what = format!("authorizing {}", p.name());
        let turn = self.0.turn(&p.group).await;
        let passes = |e: &OpError| is(e, &["InvalidGroup.NotFound", "InvalidGroupId.NotFound"]);
        let made = retry(&self.0, op, PROPAGATION, &what, passes, || async {
            let client = &self.0.client;
            let permissions = Some(permissions(&p.rules));
            if p.egress {
                let call = client.authorize_security_group_egress().group_id(&p.group);
                let call = call.set_ip_permissions(permissions);
                self.0.change(op, &what, call.send()).await.map(drop)
            } else {
                let call = client.authorize_security_group_ingress().group_id(&p.group);
                let call = call.set_ip_permissions(permissions);
                self.0.change(op, &what, call.send()).await.map(drop)
            }
        });
        made.await?;
        drop(turn);
        let state = known(planned).with("id", p.id().into());
        op.progress.created(&state).await;
        let done = self.read_back(op, &p, planned).await;
        // The permission is complete: only its being seen is not certain yet.
        done.map_err(|error| Failure {
            error,
            state: Some(state),
            usable: true,
        })
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let what = "updating Security Group rule";
        let p = Permission::of_state(planned).ok_or_else(|| missing(what, "security_group_id"))?;
        if changed(prior, planned, "description") {
            let what = format!("updating {} description", p.name());
            let _turn = self.0.turn(&p.group).await;
            let client = &self.0.client;
            let permissions = Some(permissions(&p.rules));
            if p.egress {
                let call = client.update_security_group_rule_descriptions_egress();
                let call = call.group_id(&p.group).set_ip_permissions(permissions);
                self.0.change(op, &what, call.send()).await.map(drop)?;
            } else {
                let call = client.update_security_group_rule_descriptions_ingress();
                let call = call.group_id(&p.group).set_ip_permissions(permissions);
                self.0.change(op, &what, call.send()).await.map(drop)?;
            }
        }
        Ok(self.read_back(op, &p, planned).await?)
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let what = "deleting Security Group rule";
        let p = Permission::of_state(prior).ok_or_else(|| missing(what, "security_group_id"))?;
        let what = format!("revoking {}", p.name());
        let _turn = self.0.turn(&p.group).await;
        // One at a time: one that is gone makes a call fail for all.
        for (key, description) in &p.rules {
            let one = Some(permissions(&Rules::from([(
                key.clone(),
                description.clone(),
            )])));
            let client = &self.0.client;
            let done = if p.egress {
                let call = client.revoke_security_group_egress().group_id(&p.group);
                self.0
                    .change(op, &what, call.set_ip_permissions(one).send())
                    .await
                    .map(drop)
            } else {
                let call = client.revoke_security_group_ingress().group_id(&p.group);
                self.0
                    .change(op, &what, call.set_ip_permissions(one).send())
                    .await
                    .map(drop)
            };
            match done {
                Err(e) if is(&e, &["InvalidPermission.NotFound"]) => {}
                Err(e) if is(&e, &["InvalidGroup.NotFound", "InvalidGroupId.NotFound"]) => {
                    return Ok(());
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// A permission's group, direction, ports and sources are its key. What is there before the create is not ours.
    async fn search(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(p) = Permission::of_state(planned) else {
            return Ok(Found::Nothing);
        };
        let Some(live) = self.read(&p).await? else {
            return Ok(Found::Nothing);
        };
        let whole = [
            "cidr_blocks",
            "ipv6_cidr_blocks",
            "prefix_list_ids",
            "self",
            "source_security_group_id",
        ];
        if intent.is_some() && !whole.iter().any(|name| changed(&live, planned, name)) {
            return Ok(Found::Ours(live));
        }
        let why = format!("{} allows a part of it already", p.name());
        Ok(Found::Unproven { id: p.id(), why })
    }
}

impl Reconcile for AwsSecurityGroupRule {
    reconciled!(@common AwsSecurityGroupRule);

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_id_names_group_ports_and_sources() {
        let p =
            Permission::of_import("sg-1_egress_tcp_22_23_10.0.0.0/8_self_2001:db8::/32").unwrap();
        assert!(p.egress);
        assert_eq!(p.rules.len(), 3);
        let (ports, _) = p.rules.keys().next().unwrap();
        assert_eq!(
            (ports.protocol.as_str(), ports.from, ports.to),
            ("tcp", Some(22), Some(23))
        );
        assert!(p.id().starts_with("sgrule-"));
        assert!(Permission::of_import("sg-1_ingress_tcp_x").is_none());
    }
}
