//! `aws_iam_role_policy`

use std::collections::BTreeSet;

use bastionless_model::{
    cloud::{Failure, Identity, Intent, Observed, OpError, Operation},
    value::Value,
};

use super::{
    directory::{inline_policy, listing_pays, parts, role_details, unless_denied},
    role_parts::{delete_inline, put_inline},
};
use crate::{
    clients::Scope,
    kind::{Kind, each, observed, read_back, unfinished},
    names,
    shape::{Shape, given, settled, text},
};

/// Inline policies of roles.
pub(crate) struct RolePolicy {
    scope: Scope,
    shape: Shape,
}

impl RolePolicy {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_iam_role_policy"),
        }
    }

    fn value(&self, role: &str, name: &str, document: &str) -> Value {
        self.shape.object([
            ("id", text(Some(format!("{role}:{name}")))),
            ("name", text(Some(name))),
            ("name_prefix", text(names::prefix(name))),
            ("policy", text(Some(document))),
            ("role", text(Some(role))),
        ])
    }

    async fn read(&self, role: &str, name: &str) -> Result<Option<Value>, OpError> {
        let document = inline_policy(&self.scope, role, name).await?;
        Ok(document.map(|d| self.value(role, name, &d)))
    }

    async fn put(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        role: &str,
        name: &str,
    ) -> Result<(), OpError> {
        let document = planned.get_str("policy").unwrap_or_default();
        put_inline(&self.scope, op, role, name, document).await
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("name", "name_prefix"), "terraform-", intent)
    }
}

/// Splits `role:policy`; role names hold no colon.
fn split(id: &str) -> (&str, &str) {
    id.split_once(':').unwrap_or((id, ""))
}

impl Kind for RolePolicy {
    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        let roles: BTreeSet<&str> = ids.iter().map(|i| split(&i.id).0).collect();
        let listed = if listing_pays(&self.scope, roles.len().max(ids.len()), "Role") {
            match unless_denied(role_details(&self.scope).await) {
                Ok(listed) => listed,
                Err(e) => {
                    return ids
                        .iter()
                        .map(|_| Observed::Unreadable(e.clone()))
                        .collect();
                }
            }
        } else {
            None
        };
        each(ids, |id| {
            let (role, name) = split(&id.id);
            let known = listed
                .as_ref()
                .and_then(|l| parts(l.get(role)?).inline.remove(name));
            async move {
                match known {
                    Some(document) => Observed::Present(self.value(role, name, &document)),
                    None => observed(self.read(role, name).await),
                }
            }
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let role = planned.get_str("role").unwrap_or_default();
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        self.put(op, planned, role, &name).await?;
        let document = planned.get_str("policy").unwrap_or_default();
        let state = settled(planned, &self.value(role, &name, document));
        op.progress.created(&state).await;
        let what = format!("IAM Role Policy ({role}:{name}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(role, &name)
        })
        .await
        .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let (role, name) = split(given(prior, "id").unwrap_or_default());
        self.put(op, planned, role, name).await?;
        Ok(settled(
            planned,
            &self.value(role, name, planned.get_str("policy").unwrap_or_default()),
        ))
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let (role, name) = split(given(prior, "id").unwrap_or_default());
        Ok(delete_inline(&self.scope, op, role, name).await?)
    }
}
