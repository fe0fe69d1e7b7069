//! `aws_route_table_association`

use std::sync::Arc;

use aws_sdk_ec2::types::{
    RouteTable, RouteTableAssociation as Association, RouteTableAssociationStateCode as State,
};
use bastionless_model::{
    cloud::{
        Failure, Found, Future, Identity, Intent, Observed, OpError, OpErrorKind, Operation,
        Reconcile,
    },
    value::Value,
};

use super::{
    attributes::{Attributes, known, text_of},
    call::{failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, is_value, missing},
    kind::unreadable,
    wait::{retry, until},
};
use crate::{clients::Scope, shape::settled, waiters::PROPAGATION};

/// Reconciles `aws_route_table_association`.
pub(crate) struct AwsRouteTableAssociation(Arc<Ec2>);

const TYPE: &str = "aws_route_table_association";

fn flatten(ec2: &Ec2, association: &Association) -> Value {
    Attributes::default()
        .text("id", association.route_table_association_id())
        .text("route_table_id", association.route_table_id())
        .text("subnet_id", association.subnet_id())
        .text("gateway_id", association.gateway_id())
        .resource(TYPE, &ec2.region)
}

/// Tells whether an association holds; some answers leave the state out.
fn holds(association: &Association) -> bool {
    let state = association.association_state().and_then(|s| s.state());
    !matches!(
        state,
        Some(State::Disassociated | State::Disassociating | State::Failed)
    )
}

/// Finds an association by its id, or for an import by what is associated.
fn pick<'a>(table: &'a RouteTable, id: &str) -> Option<&'a Association> {
    let target = id.split_once('/').map(|(target, _)| target);
    let mut associations = table.associations().iter().filter(|a| holds(a));
    associations.find(|a| match target {
        Some(target) => a.subnet_id() == Some(target) || a.gateway_id() == Some(target),
        None => a.route_table_association_id() == Some(id),
    })
}

impl AwsRouteTableAssociation {
    /// Makes the reconciler of a provider in a region.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope.network())
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        let table_of = |i: &Identity| {
            let of_state = i.prior.as_ref().and_then(|p| text_of(p, "route_table_id"));
            let table = of_state.or_else(|| i.id.split_once('/').map(|(_, table)| table));
            table.map(str::to_owned)
        };
        let tables: Vec<_> = ids.iter().filter_map(table_of).collect();
        let found = match self.0.route_tables(&tables).await {
            Ok(found) => found,
            Err(e) => return unreadable(ids, &e),
        };
        let answer = |i: &Identity| {
            let association = pick(found.get(&table_of(i)?)?, &i.id)?;
            Some(flatten(&self.0, association))
        };
        ids.iter()
            .map(|i| answer(i).map_or(Observed::Absent, Observed::Present))
            .collect()
    }

    async fn read(&self, table: &str, id: &str) -> Result<Option<Association>, OpError> {
        let filter = is_value("association.route-table-association-id", id);
        let tables = self.0.list_route_tables(vec![filter]).await?;
        let tables = tables.iter().filter(|t| t.route_table_id() == Some(table));
        let found = tables
            .flat_map(RouteTable::associations)
            .find(|a| a.route_table_association_id() == Some(id));
        Ok(found.cloned())
    }

    /// Waits until the association holds.
    async fn ready(
        &self,
        op: &Operation<'_>,
        table: &str,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("waiting for Route Table Association ({id})");
        let found = until(&self.0, op, op.timeout, &what, || async {
            let Some(association) = self.read(table, id).await? else {
                return Ok(None);
            };
            let state = association.association_state();
            match state.and_then(|s| s.state()) {
                Some(State::Failed) => {
                    let why = state
                        .and_then(|s| s.status_message())
                        .unwrap_or("it failed");
                    Err(OpError::new(OpErrorKind::Invalid, what.as_str(), why))
                }
                Some(State::Associated) | None => Ok(Some(association)),
                Some(_) => Ok(None),
            }
        });
        let live = flatten(&self.0, &found.await?);
        Ok(settled(planned, &live))
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating Route Table Association";
        let table = text_of(planned, "route_table_id");
        let table = table.ok_or_else(|| missing(what, "route_table_id"))?;
        let text = |name| text_of(planned, name).map(str::to_owned);
        let call = self
            .0
            .client
            .associate_route_table()
            .route_table_id(table)
            .set_subnet_id(text("subnet_id"))
            .set_gateway_id(text("gateway_id"));
        let passes = |e: &OpError| {
            is(
                e,
                &["InvalidRouteTableID.NotFound", "InvalidSubnetID.NotFound"],
            )
        };
        let made = retry(&self.0, op, PROPAGATION, what, passes, || {
            self.0.change(op, what, call.clone().send())
        });
        let made = made.await?;
        let id = made
            .association_id()
            .ok_or_else(|| incomplete(what, "association id"))?;
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        let done = self.ready(op, table, id, planned).await;
        done.map_err(|e| failed_with(&state, e))
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let what = "updating Route Table Association";
        let id = id_of(prior, what)?;
        let what = format!("{what} ({id})");
        let table = text_of(planned, "route_table_id");
        let table = table.ok_or_else(|| missing(&what, "route_table_id"))?;
        let call = self.0.client.replace_route_table_association();
        let call = call.association_id(id).route_table_id(table);
        let made = match self.0.change(op, &what, call.send()).await {
            Err(e) if is(&e, &["InvalidAssociationID.NotFound"]) => {
                return self.make(op, planned).await;
            }
            done => done?,
        };
        let new = made.new_association_id();
        let new = new.ok_or_else(|| incomplete(&what, "new association id"))?;
        let state = known(planned).with("id", new.into());
        op.progress.created(&state).await;
        let planned = planned.clone().with("id", new.into());
        let done = self.ready(op, table, new, &planned).await;
        done.map_err(|error| Failure {
            error,
            state: Some(state),
            usable: true,
        })
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let what = "deleting Route Table Association";
        let id = id_of(prior, what)?;
        let what = format!("{what} ({id})");
        let table = text_of(prior, "route_table_id").unwrap_or_default();
        let call = self.0.client.disassociate_route_table().association_id(id);
        match self.0.change(op, &what, call.send()).await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        until(&self.0, op, op.timeout, &what, || async {
            Ok(self
                .read(table, id)
                .await?
                .is_none_or(|a| !holds(&a))
                .then_some(()))
        })
        .await
    }

    /// An association has no tags. What is associated is its key: there can be only one.
    async fn search(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let subnet = text_of(planned, "subnet_id");
        let gateway = text_of(planned, "gateway_id");
        let filter = match (subnet, gateway) {
            (Some(subnet), _) => is_value("association.subnet-id", subnet),
            (None, Some(gateway)) => is_value("association.gateway-id", gateway),
            (None, None) => return Ok(Found::Nothing),
        };
        let tables = self.0.list_route_tables(vec![filter]).await?;
        let mut found = tables
            .iter()
            .flat_map(RouteTable::associations)
            .filter(|a| holds(a));
        let found = found.find(|a| match subnet {
            Some(subnet) => a.subnet_id() == Some(subnet),
            None => a.gateway_id() == gateway,
        });
        let Some(association) = found else {
            return Ok(Found::Nothing);
        };
        if intent.is_some() && association.route_table_id() == text_of(planned, "route_table_id") {
            return Ok(Found::Ours(flatten(&self.0, association)));
        }
        let id = association
            .route_table_association_id()
            .unwrap_or_default()
            .to_owned();
        let table = association
            .route_table_id()
            .unwrap_or("another route table");
        Ok(Found::Unproven {
            id,
            why: format!("it is associated with {table} already"),
        })
    }
}

impl Reconcile for AwsRouteTableAssociation {
    reconciled!(@common AwsRouteTableAssociation);

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
