//! `aws_iam_role_policy_attachment`

use std::collections::BTreeMap;

use bastionless_model::{
    cloud::{Failure, Identity, Observed, OpError, Operation},
    value::Value,
};

use super::{
    directory::{attached, listing_pays, parts, role_details, unless_denied},
    role_parts::{attach, detach},
};
use crate::{
    clients::Scope,
    errors::Tolerate,
    kind::{Kind, each, read_back, unfinished},
    shape::{Shape, given, settled, text},
};

/// Attachments of managed policies to roles.
pub(crate) struct Attachment {
    scope: Scope,
    shape: Shape,
}

impl Attachment {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_iam_role_policy_attachment"),
        }
    }

    fn value(&self, id: &str, role: &str, arn: &str) -> Value {
        self.shape.object([
            ("id", text(Some(id))),
            ("policy_arn", text(Some(arn))),
            ("role", text(Some(role))),
        ])
    }

    async fn read(&self, id: &str, role: &str, arn: &str) -> Result<Option<Value>, OpError> {
        let found = attached(&self.scope, role)
            .await
            .optional()?
            .unwrap_or_default();
        Ok(found.contains(arn).then(|| self.value(id, role, arn)))
    }
}

/// Role and policy of an attachment: of its attributes, or of the import id `role/arn`.
fn key(id: &Identity) -> (String, String) {
    let stored = id
        .prior
        .as_ref()
        .and_then(|p| Some((given(p, "role")?, given(p, "policy_arn")?)));
    let (role, arn) = stored.unwrap_or_else(|| id.id.split_once('/').unwrap_or((&id.id, "")));
    (role.to_owned(), arn.to_owned())
}

impl Kind for Attachment {
    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        let keys: Vec<_> = ids.iter().map(key).collect();
        let mut failed: BTreeMap<&str, OpError> = BTreeMap::new();
        let mut names: Vec<String> = keys.iter().map(|(role, _)| role.clone()).collect();
        names.sort();
        names.dedup();
        let mut found = BTreeMap::new();
        if listing_pays(&self.scope, names.len(), "Role") {
            match unless_denied(role_details(&self.scope).await) {
                Ok(Some(all)) => {
                    found.extend(
                        names
                            .iter()
                            .filter_map(|n| Some((n.clone(), parts(all.get(n)?).attached))),
                    );
                }
                Ok(None) => {}
                Err(e) => {
                    return ids
                        .iter()
                        .map(|_| Observed::Unreadable(e.clone()))
                        .collect();
                }
            }
        }
        // What a list lacks is asked for itself: lists lag behind.
        let lacks = |role: &String| {
            found
                .get(role)
                .is_none_or(|arns: &std::collections::BTreeSet<String>| {
                    keys.iter().any(|(r, arn)| r == role && !arns.contains(arn))
                })
        };
        let missing: Vec<_> = names.iter().filter(|n| lacks(n)).cloned().collect();
        let read = each(&missing, |name| attached(&self.scope, name)).await;
        for (name, answer) in missing.iter().zip(read) {
            match answer.optional() {
                Ok(arns) => {
                    found.insert(name.clone(), arns.unwrap_or_default());
                }
                Err(e) => {
                    failed.insert(name, e);
                }
            }
        }
        ids.iter()
            .zip(&keys)
            .map(
                |(id, (role, arn))| match (failed.get(role.as_str()), found.get(role)) {
                    (Some(e), _) => Observed::Unreadable(e.clone()),
                    (_, Some(arns)) if arns.contains(arn) => {
                        let stored = id.prior.as_ref().and_then(|p| given(p, "id"));
                        let id = stored.map_or_else(|| format!("{role}/{arn}"), str::to_owned);
                        Observed::Present(self.value(&id, role, arn))
                    }
                    _ => Observed::Absent,
                },
            )
            .collect()
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let role = planned.get_str("role").unwrap_or_default();
        let arn = planned.get_str("policy_arn").unwrap_or_default();
        attach(&self.scope, op, role, arn).await?;
        let id = format!("{role}/{arn}");
        let state = settled(planned, &self.value(&id, role, arn));
        op.progress.created(&state).await;
        let what = format!("IAM Role Policy Attachment ({id}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(&id, role, arn)
        })
        .await
        .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        _: &Operation<'_>,
        _: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        // Both arguments replace; there is nothing to change.
        Ok(planned.clone())
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let role = prior.get_str("role").unwrap_or_default();
        let arn = prior.get_str("policy_arn").unwrap_or_default();
        Ok(detach(&self.scope, op, role, arn).await?)
    }
}
