//! `aws_route`

use std::sync::Arc;

use aws_sdk_ec2::types::{Route, RouteOrigin, RouteState};
use bastionless_model::{
    cloud::{Failure, Found, Future, Identity, Intent, Observed, OpError, Operation, Reconcile},
    value::Value,
};

use super::{
    attributes::{Attributes, known, text_of},
    call::{failed_with, is, is_gone},
    context::{Ec2, is_value, missing},
    kind::unreadable,
    routes::{Destination, asked_target, create_call, hash, replace_call, target, with_target},
    wait::{retry, until},
};
use crate::{clients::Scope, shape::settled, waiters::PROPAGATION};

/// Reconciles `aws_route`.
pub(crate) struct AwsRoute(Arc<Ec2>);

const TYPE: &str = "aws_route";

/// What names a route: its table and its destination.
fn key(state: &Value) -> Option<(String, Destination)> {
    let table = text_of(state, "route_table_id")?.to_owned();
    let destination = Destination::asked(
        state,
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
    )?;
    Some((table, destination))
}

/// Reads an import id, `TABLE_DESTINATION`.
fn key_of_import(id: &str) -> Option<(String, Destination)> {
    let (table, destination) = id.split_once('_')?;
    let destination = destination.to_owned();
    let destination = if destination.contains(':') {
        Destination::V6(super::routes::canonical(&destination))
    } else if destination.starts_with("pl-") {
        Destination::List(destination)
    } else {
        Destination::V4(destination)
    };
    Some((table.to_owned(), destination))
}

fn flatten(ec2: &Ec2, table: &str, route: &Route, destination: &Destination) -> Value {
    let id = format!("r-{table}{}", hash(destination.as_str()));
    let attributes = Attributes::default()
        .text("id", Some(&id))
        .text("route_table_id", Some(table))
        .text("instance_id", route.instance_id())
        .text("instance_owner_id", route.instance_owner_id())
        .text("origin", route.origin().map(RouteOrigin::as_str))
        .text("state", route.state().map(RouteState::as_str));
    let name = match destination {
        Destination::V4(_) => "destination_cidr_block",
        Destination::V6(_) => "destination_ipv6_cidr_block",
        Destination::List(_) => "destination_prefix_list_id",
    };
    let attributes = attributes.text(name, Some(destination.as_str()));
    with_target(attributes, route).resource(TYPE, &ec2.region)
}

fn name((table, destination): &(String, Destination)) -> String {
    format!(
        "Route in Route Table ({table}) with destination ({})",
        destination.as_str()
    )
}

impl AwsRoute {
    /// Makes the reconciler of a provider in a region.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope.network())
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        let keys: Vec<_> = ids
            .iter()
            .map(|i| {
                i.prior
                    .as_ref()
                    .and_then(key)
                    .or_else(|| key_of_import(&i.id))
            })
            .collect();
        let tables: Vec<_> = keys.iter().flatten().map(|(t, _)| t.clone()).collect();
        let found = match self.0.route_tables(&tables).await {
            Ok(found) => found,
            Err(e) => return unreadable(ids, &e),
        };
        let answer = |key: &Option<(String, Destination)>| {
            let (table, destination) = key.as_ref()?;
            let routes = found.get(table)?.routes();
            let same = |r: &&Route| Destination::of(r).as_ref() == Some(destination);
            Some(flatten(
                &self.0,
                table,
                routes.iter().find(same)?,
                destination,
            ))
        };
        let answers = keys
            .iter()
            .map(|k| answer(k).map_or(Observed::Absent, Observed::Present));
        answers.collect()
    }

    /// Reads one route as it is now.
    async fn read(
        &self,
        (table, destination): &(String, Destination),
    ) -> Result<Option<Route>, OpError> {
        let filter = is_value("route-table-id", table);
        let tables = self.0.list_route_tables(vec![filter]).await?;
        let routes = tables
            .into_iter()
            .flat_map(|t| t.routes.unwrap_or_default());
        let mut routes = routes.filter(|r| Destination::of(r).as_ref() == Some(destination));
        Ok(routes.next())
    }

    /// Waits until the route has the target.
    async fn visible(
        &self,
        op: &Operation<'_>,
        key: &(String, Destination),
        wanted: &(&'static str, String),
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("waiting for {}", name(key));
        let route = until(&self.0, op, op.timeout, &what, || async {
            let route = self.read(key).await?;
            Ok(route.filter(|r| target(r).as_ref() == Some(wanted)))
        });
        Ok(settled(
            planned,
            &flatten(&self.0, &key.0, &route.await?, &key.1),
        ))
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating Route";
        let key = key(planned).ok_or_else(|| missing(what, "destination_cidr_block"))?;
        let wanted = asked_target(planned).ok_or_else(|| missing(what, "gateway_id"))?;
        let what = format!("creating {}", name(&key));
        let call = self.0.client.create_route().route_table_id(&key.0);
        let call = create_call(call, &key.1, (wanted.0, &wanted.1));
        let passes = |e: &OpError| {
            is(
                e,
                &[
                    "InvalidParameterException",
                    "InvalidTransitGatewayID.NotFound",
                    "InvalidRouteTableID.NotFound",
                    "InvalidGatewayID.NotFound",
                    "InvalidNatGatewayID.NotFound",
                ],
            )
        };
        let made = retry(
            &self.0,
            op,
            PROPAGATION.min(op.timeout),
            &what,
            passes,
            || self.0.change(op, &what, call.clone().send()),
        );
        made.await?;
        let id = format!("r-{}{}", key.0, hash(key.1.as_str()));
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        let done = self.visible(op, &key, &wanted, planned).await;
        done.map_err(|e| failed_with(&state, e))
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let what = "updating Route";
        let key = key(prior).ok_or_else(|| missing(what, "destination_cidr_block"))?;
        let wanted = asked_target(planned).ok_or_else(|| missing(what, "gateway_id"))?;
        let what = format!("updating {}", name(&key));
        let call = self.0.client.replace_route().route_table_id(&key.0);
        let call = replace_call(call, &key.1, (wanted.0, &wanted.1));
        self.0.change(op, &what, call.send()).await?;
        Ok(self.visible(op, &key, &wanted, planned).await?)
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let what = "deleting Route";
        let key = key(prior).ok_or_else(|| missing(what, "destination_cidr_block"))?;
        let what = format!("deleting {}", name(&key));
        let call = self.0.client.delete_route().route_table_id(&key.0);
        let call = match &key.1 {
            Destination::V4(c) => call.destination_cidr_block(c),
            Destination::V6(c) => call.destination_ipv6_cidr_block(c),
            Destination::List(l) => call.destination_prefix_list_id(l),
        };
        let passes = |e: &OpError| is(e, &["InvalidParameterException"]);
        let done = retry(&self.0, op, op.timeout, &what, passes, || {
            self.0.change(op, &what, call.clone().send())
        });
        match done.await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        until(&self.0, op, op.timeout, &what, || async {
            Ok(self.read(&key).await?.is_none().then_some(()))
        })
        .await
    }

    /// A route has no tags. Its table and destination are its key: what stands there before the create is not ours; what
    /// leads to the planned target afterwards is.
    async fn search(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(key) = key(planned) else {
            return Ok(Found::Nothing);
        };
        let Some(route) = self.read(&key).await? else {
            return Ok(Found::Nothing);
        };
        let id = format!("r-{}{}", key.0, hash(key.1.as_str()));
        let made = route.origin() == Some(&RouteOrigin::CreateRoute);
        if intent.is_some() && made && target(&route) == asked_target(planned) {
            return Ok(Found::Ours(flatten(&self.0, &key.0, &route, &key.1)));
        }
        let why = format!("{} leads to another target or was there before", name(&key));
        Ok(Found::Unproven { id, why })
    }
}

impl Reconcile for AwsRoute {
    reconciled!(@common AwsRoute);

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
