//! `aws_route_table`

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_ec2::types::{Filter, ResourceType, Route, RouteOrigin, RouteTable};
use bastionless_model::{
    cloud::{Failure, Found, Future, Identity, Intent, Observed, OpError, Operation, Reconcile},
    value::{Type, Value},
};

use super::{
    attributes::{Attributes, known, text_of, texts_of},
    call::{failed_with, incomplete, is, is_gone},
    context::{Ec2, id_of, missing},
    kind::{
        Described, after_update, each, find_marked, read_back, unreadable, wait_for, wait_gone,
    },
    routes::{Destination, TARGETS, asked_target, create_call, replace_call, with_target},
    tagging::{ids_of, specification},
    wait::retry,
};
use crate::{clients::Scope, waiters::PROPAGATION};

/// Reconciles `aws_route_table`.
pub(crate) struct AwsRouteTable(Arc<Ec2>);

/// Routes by destination: the kind of target and its id.
type Routes = BTreeMap<Destination, (&'static str, String)>;

impl Described for AwsRouteTable {
    type Raw = RouteTable;
    const TYPE: &'static str = "aws_route_table";
    const ID_FILTER: &'static str = "route-table-id";
    const NOUN: &'static str = "EC2 Route Table";

    fn id(raw: &RouteTable) -> Option<&str> {
        raw.route_table_id()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<RouteTable>, OpError> {
        ec2.list_route_tables(filters).await
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(RouteTable, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        each(objects, |table, prior| flatten(ec2, table, prior))
    }
}

fn flatten(ec2: &Ec2, table: &RouteTable, prior: Option<&Value>) -> Value {
    let id = table.route_table_id();
    let arn = id.and_then(|id| ec2.arn(table.owner_id(), "route-table", id));
    let configured = prior.map(asked_routes).unwrap_or_default();
    let routes = table.routes().iter().filter(|r| is_own(r, &configured));
    let attributes = Attributes::default()
        .text("id", id)
        .text("arn", arn.as_deref())
        .text("owner_id", table.owner_id())
        .text("vpc_id", table.vpc_id())
        .texts(
            "propagating_vgws",
            table
                .propagating_vgws()
                .iter()
                .filter_map(|g| g.gateway_id()),
        )
        .value(
            "route",
            Value::list(Type::Dynamic, routes.map(flatten_route).collect()),
        );
    ec2.with_tags(attributes, table.tags(), prior)
        .resource(AwsRouteTable::TYPE, &ec2.region)
}

/// Tells whether a route is one that is written down: not the local one unless it is configured, not a propagated one, not
/// one that a gateway endpoint put in.
fn is_own(route: &Route, configured: &Routes) -> bool {
    let gateway = route.gateway_id().unwrap_or_default();
    if gateway == "local" {
        return Destination::of(route).is_some_and(|d| configured.contains_key(&d));
    }
    let propagated = route.origin() == Some(&RouteOrigin::EnableVgwRoutePropagation);
    let of_endpoint = gateway.starts_with("vpce-") && route.destination_prefix_list_id().is_some();
    !propagated && !of_endpoint
}

/// What a route leaves out is an empty text in the state.
fn flatten_route(route: &Route) -> Value {
    let empty = TARGETS.into_iter().chain([
        "cidr_block",
        "ipv6_cidr_block",
        "destination_prefix_list_id",
    ]);
    let empty = empty.fold(Attributes::default(), |all, name| {
        all.value(name, Value::from(""))
    });
    let told = [
        ("cidr_block", route.destination_cidr_block()),
        ("ipv6_cidr_block", route.destination_ipv6_cidr_block()),
        (
            "destination_prefix_list_id",
            route.destination_prefix_list_id(),
        ),
    ];
    let made = told
        .into_iter()
        .fold(empty, |all, (name, text)| match text {
            Some(text) => all.text(name, Some(text)),
            None => all,
        });
    with_target(made, route).object()
}

fn asked_routes(state: &Value) -> Routes {
    let routes = state.get("route").and_then(Value::elements);
    let routes = routes.unwrap_or_default().iter();
    routes
        .filter_map(|r| {
            let destination = Destination::asked(r, "cidr_block", "ipv6_cidr_block")?;
            Some((destination, asked_target(r)?))
        })
        .collect()
}

impl AwsRouteTable {
    /// Makes the reconciler of a provider in a region.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope.network())
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let what = "creating EC2 Route Table";
        let vpc = text_of(planned, "vpc_id").ok_or_else(|| missing(what, "vpc_id"))?;
        let call = self
            .0
            .client
            .create_route_table()
            .vpc_id(vpc)
            .client_token(&op.intent.id)
            .tag_specifications(specification(ResourceType::RouteTable, op, planned));
        let made = self.0.change(op, what, call.send()).await?;
        let id = made.route_table().and_then(RouteTable::route_table_id);
        let id = id.ok_or_else(|| incomplete(what, "route table id"))?;
        let state = known(planned).with("id", id.into());
        op.progress.created(&state).await;
        let done = self.complete(op, id, planned).await;
        done.map_err(|e| failed_with(&state, e))
    }

    async fn complete(
        &self,
        op: &Operation<'_>,
        id: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        wait_for::<Self>(&self.0, op, id, |_| Ok(true)).await?;
        for gateway in texts_of(planned, "propagating_vgws") {
            self.propagate(op, id, &gateway, true).await?;
        }
        self.bring_routes(op, id, &Routes::new(), &asked_routes(planned))
            .await?;
        read_back::<Self>(&self.0, op, id, planned).await
    }

    async fn propagate(
        &self,
        op: &Operation<'_>,
        id: &str,
        gateway: &str,
        on: bool,
    ) -> Result<(), OpError> {
        let client = &self.0.client;
        if on {
            let what = format!("enabling EC2 Route Table ({id}) propagation from {gateway}");
            let call = client
                .enable_vgw_route_propagation()
                .route_table_id(id)
                .gateway_id(gateway);
            let passes = |e: &OpError| is(e, &["Gateway.NotAttached"]);
            retry(&self.0, op, PROPAGATION, &what, passes, || {
                self.0.change(op, &what, call.clone().send())
            })
            .await
            .map(drop)
        } else {
            let what = format!("disabling EC2 Route Table ({id}) propagation from {gateway}");
            let call = client.disable_vgw_route_propagation().route_table_id(id);
            self.0
                .change(op, &what, call.gateway_id(gateway).send())
                .await
                .map(drop)
        }
    }

    async fn bring_routes(
        &self,
        op: &Operation<'_>,
        id: &str,
        old: &Routes,
        new: &Routes,
    ) -> Result<(), OpError> {
        for (destination, target) in new {
            let to = (target.0, target.1.as_str());
            let of = destination.as_str();
            match old.get(destination) {
                Some(before) if before == target => {}
                None if target.1 != "local" => {
                    let what =
                        format!("creating Route in EC2 Route Table ({id}) with destination ({of})");
                    let call = self.0.client.create_route().route_table_id(id);
                    let call = create_call(call, destination, to);
                    let passes = |e: &OpError| {
                        is(
                            e,
                            &["InvalidParameterException", "InvalidRouteTableID.NotFound"],
                        )
                    };
                    let done = retry(&self.0, op, PROPAGATION, &what, passes, || {
                        self.0.change(op, &what, call.clone().send())
                    });
                    done.await?;
                }
                _ => {
                    let what =
                        format!("updating Route in EC2 Route Table ({id}) with destination ({of})");
                    let call = self.0.client.replace_route().route_table_id(id);
                    let call = match target.1.as_str() {
                        "local" => replace_call(call, destination, ("gateway_id", "local"))
                            .set_gateway_id(None)
                            .local_target(true),
                        _ => replace_call(call, destination, to),
                    };
                    self.0.change(op, &what, call.send()).await?;
                }
            }
        }
        for (destination, target) in old {
            // The local route stays as long as the table.
            if new.contains_key(destination) || target.1 == "local" {
                continue;
            }
            let of = destination.as_str();
            let what = format!("deleting Route in EC2 Route Table ({id}) with destination ({of})");
            let call = self.0.client.delete_route().route_table_id(id);
            let call = match destination {
                Destination::V4(c) => call.destination_cidr_block(c),
                Destination::V6(c) => call.destination_ipv6_cidr_block(c),
                Destination::List(l) => call.destination_prefix_list_id(l),
            };
            match self.0.change(op, &what, call.send()).await {
                Err(e) if is(&e, &["InvalidRoute.NotFound"]) => {}
                done => done.map(drop)?,
            }
        }
        Ok(())
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = id_of(prior, "updating EC2 Route Table")?;
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
        let is_set = |name| {
            planned
                .get(name)
                .is_some_and(|v| v.is_wholly_known() && !v.is_null())
        };
        if is_set("propagating_vgws") {
            let (old, new) = (
                texts_of(prior, "propagating_vgws"),
                texts_of(planned, "propagating_vgws"),
            );
            for gateway in old.iter().filter(|g| !new.contains(g)) {
                self.propagate(op, id, gateway, false).await?;
            }
            for gateway in new.iter().filter(|g| !old.contains(g)) {
                self.propagate(op, id, gateway, true).await?;
            }
        }
        if is_set("route") {
            self.bring_routes(op, id, &asked_routes(prior), &asked_routes(planned))
                .await?;
        }
        self.0.retag(op, id, prior, planned).await
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let id = id_of(prior, "deleting EC2 Route Table")?;
        let tables = self.0.route_tables(&[id.to_owned()]).await?;
        let Some(table) = tables.get(id) else {
            return Ok(());
        };
        for association in table
            .associations()
            .iter()
            .filter(|a| a.main() != Some(true))
        {
            let Some(of) = association.route_table_association_id() else {
                continue;
            };
            let what = format!("disassociating EC2 Route Table ({id})");
            let call = self.0.client.disassociate_route_table().association_id(of);
            match self.0.change(op, &what, call.send()).await {
                Err(e) if is_gone(&e) => {}
                done => done.map(drop)?,
            }
        }
        let what = format!("deleting EC2 Route Table ({id})");
        let passes = |e: &OpError| is(e, &["DependencyViolation"]);
        let done = retry(&self.0, op, op.timeout, &what, passes, || {
            self.0.change(
                op,
                &what,
                self.0.client.delete_route_table().route_table_id(id).send(),
            )
        });
        match done.await {
            Err(e) if is_gone(&e) => return Ok(()),
            done => done.map(drop)?,
        }
        wait_gone::<Self>(&self.0, op, id, |_| Ok(())).await
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        let keys: Vec<_> = ids.iter().map(|i| i.id.clone()).collect();
        match self.0.route_tables(&keys).await {
            Ok(found) => {
                let answer = |i: &Identity| match found.get(&i.id) {
                    Some(table) => Observed::Present(flatten(&self.0, table, i.prior.as_ref())),
                    None => Observed::Absent,
                };
                ids.iter().map(answer).collect()
            }
            Err(e) => unreadable(ids, &e),
        }
    }
}

impl Reconcile for AwsRouteTable {
    reconciled!(@common AwsRouteTable);

    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(self.look(ids))
    }

    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        Box::pin(find_marked::<Self>(&self.0, intent, planned))
    }

    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Future<'a, Result<(), OpError>> {
        Box::pin(self.0.unmark(ids_of(states, "id")))
    }
}
