//! What hangs on a role: inline and attached policies, whichever resource they are managed by.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::{
    cloud::{Child, OpError, Operation},
    value::Value,
};

use super::{
    directory::{RoleParts, remove, write_to_new},
    role::Role,
};
use crate::{
    clients::Scope,
    errors::Call,
    shape::{Shape, given, strings, text},
};

/// Writes an inline policy.
pub(super) async fn put_inline(
    scope: &Scope,
    op: &Operation<'_>,
    role: &str,
    name: &str,
    document: &str,
) -> Result<(), OpError> {
    write_to_new(scope, op, || async {
        let call = scope
            .iam()
            .put_role_policy()
            .role_name(role)
            .policy_name(name)
            .policy_document(document);
        call.send().await.op("iam:PutRolePolicy").map(|_| ())
    })
    .await
}

/// Deletes an inline policy.
pub(super) async fn delete_inline(
    scope: &Scope,
    op: &Operation<'_>,
    role: &str,
    name: &str,
) -> Result<(), OpError> {
    remove(scope, op, || async {
        let call = scope
            .iam()
            .delete_role_policy()
            .role_name(role)
            .policy_name(name);
        call.send().await.op("iam:DeleteRolePolicy").map(|_| ())
    })
    .await
}

/// Attaches a managed policy.
pub(super) async fn attach(
    scope: &Scope,
    op: &Operation<'_>,
    role: &str,
    arn: &str,
) -> Result<(), OpError> {
    write_to_new(scope, op, || async {
        let call = scope
            .iam()
            .attach_role_policy()
            .role_name(role)
            .policy_arn(arn);
        call.send().await.op("iam:AttachRolePolicy").map(|_| ())
    })
    .await
}

/// Detaches a managed policy.
pub(super) async fn detach(
    scope: &Scope,
    op: &Operation<'_>,
    role: &str,
    arn: &str,
) -> Result<(), OpError> {
    remove(scope, op, || async {
        let call = scope
            .iam()
            .detach_role_policy()
            .role_name(role)
            .policy_arn(arn);
        call.send().await.op("iam:DetachRolePolicy").map(|_| ())
    })
    .await
}

/// Reads the blocks `inline_policy`; an empty block, which says "none", is left out.
pub(super) fn inline_of(role: &Value) -> BTreeMap<String, String> {
    role.get("inline_policy")
        .and_then(Value::elements)
        .unwrap_or_default()
        .iter()
        .filter_map(|b| Some((given(b, "name")?.to_owned(), given(b, "policy")?.to_owned())))
        .collect()
}

/// Changes the policies that the role's own arguments name: adds before it removes.
pub(super) async fn change(
    role: &Role,
    op: &Operation<'_>,
    prior: &Value,
    planned: &Value,
    name: &str,
) -> Result<(), OpError> {
    let scope = &role.scope;
    if planned
        .get("inline_policy")
        .is_some_and(Value::is_wholly_known)
    {
        let (old, new) = (inline_of(prior), inline_of(planned));
        for (policy, document) in new.iter().filter(|(k, v)| old.get(*k) != Some(*v)) {
            put_inline(scope, op, name, policy, document).await?;
        }
        for policy in old.keys().filter(|k| !new.contains_key(*k)) {
            delete_inline(scope, op, name, policy).await?;
        }
    }
    if planned
        .get("managed_policy_arns")
        .is_some_and(|v| v.is_wholly_known() && !v.is_null())
    {
        let set = |v: &Value| {
            strings(v.get("managed_policy_arns"))
                .into_iter()
                .collect::<BTreeSet<_>>()
        };
        let (old, new) = (set(prior), set(planned));
        for arn in new.difference(&old) {
            attach(scope, op, name, arn).await?;
        }
        for arn in old.difference(&new) {
            detach(scope, op, name, arn).await?;
        }
    }
    Ok(())
}

/// Lists policies as what would manage them.
pub(super) fn children(names: &[String], parts: &BTreeMap<String, RoleParts>) -> Vec<Child> {
    let attachment = Shape::managed("aws_iam_role_policy_attachment");
    let inline = Shape::managed("aws_iam_role_policy");
    let mut found = Vec::new();
    for (parent, name) in names.iter().enumerate() {
        let Some(parts) = parts.get(name) else {
            continue;
        };
        found.extend(parts.attached.iter().map(|arn| Child {
            parent,
            type_name: "aws_iam_role_policy_attachment",
            id: arn.clone(),
            attributes: attachment.object([
                ("id", text(Some(format!("{name}/{arn}")))),
                ("policy_arn", text(Some(arn))),
                ("role", text(Some(name))),
            ]),
        }));
        found.extend(parts.inline.iter().map(|(policy, document)| Child {
            parent,
            type_name: "aws_iam_role_policy",
            id: policy.clone(),
            attributes: inline.object([
                ("id", text(Some(format!("{name}:{policy}")))),
                ("name", text(Some(policy))),
                ("policy", text(Some(document))),
                ("role", text(Some(name))),
            ]),
        }));
    }
    found
}
