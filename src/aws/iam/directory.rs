//! Reads of the whole account, shared by the types of IAM.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, Role, RoleDetail, Tag};
use bastionless_model::cloud::{OpError, OpErrorKind, Operation};

use crate::{
    clients::Scope,
    documents,
    errors::{Call, Tolerate, has_code},
    kind::each,
    tags::Tags,
    waiters::{PROPAGATION, retry_while},
};

/// Up to so many objects are read one by one; for more the account is listed. Listing costs a page per thousand objects of the
/// account, reading one by one a call per object of ours.
const FEW: usize = 4;

/// What hangs on a role.
#[derive(Clone, Debug, Default)]
pub(super) struct RoleParts {
    /// Inline policies by name, normalised.
    pub(super) inline: BTreeMap<String, String>,
    /// ARNs of attached policies.
    pub(super) attached: BTreeSet<String>,
}

/// All roles with tags, boundary and policies, by name.
pub(super) async fn role_details(
    scope: &Scope,
) -> Result<Arc<BTreeMap<String, RoleDetail>>, OpError> {
    let question = scope.question("iam", "GetAccountAuthorizationDetails", "Role");
    let ask = async {
        let mut found = BTreeMap::new();
        let mut pages = scope
            .iam()
            .get_account_authorization_details()
            .filter(EntityType::Role)
            .into_paginator()
            .page_size(1000)
            .send();
        while let Some(page) = pages.next().await {
            for role in page
                .op("iam:GetAccountAuthorizationDetails")?
                .role_detail_list
                .unwrap_or_default()
            {
                if let Some(name) = role.role_name.clone() {
                    found.insert(name, role);
                }
            }
        }
        Ok(found)
    };
    scope.listings().get(question, ask).await
}

/// All managed policies of the account with their versions, by ARN.
pub(super) async fn policy_details(
    scope: &Scope,
) -> Result<Arc<BTreeMap<String, ManagedPolicyDetail>>, OpError> {
    let question = scope.question(
        "iam",
        "GetAccountAuthorizationDetails",
        "LocalManagedPolicy",
    );
    let ask = async {
        let mut found = BTreeMap::new();
        let mut pages = scope
            .iam()
            .get_account_authorization_details()
            .filter(EntityType::LocalManagedPolicy)
            .into_paginator()
            .page_size(1000)
            .send();
        while let Some(page) = pages.next().await {
            for policy in page
                .op("iam:GetAccountAuthorizationDetails")?
                .policies
                .unwrap_or_default()
            {
                if let Some(arn) = policy.arn.clone() {
                    found.insert(arn, policy);
                }
            }
        }
        Ok(found)
    };
    scope.listings().get(question, ask).await
}

/// All roles with description and session time, by name.
pub(super) async fn roles(scope: &Scope) -> Result<Arc<BTreeMap<String, Role>>, OpError> {
    let ask = async {
        let mut found = BTreeMap::new();
        let mut pages = scope
            .iam()
            .list_roles()
            .into_paginator()
            .page_size(1000)
            .send();
        while let Some(page) = pages.next().await {
            found.extend(
                page.op("iam:ListRoles")?
                    .roles
                    .into_iter()
                    .map(|r| (r.role_name.clone(), r)),
            );
        }
        Ok(found)
    };
    scope
        .listings()
        .get(scope.question("iam", "ListRoles", ""), ask)
        .await
}

/// Tells whether to list the account rather than to read so many objects one by one.
pub(super) fn listing_pays(scope: &Scope, objects: usize, filter: &str) -> bool {
    objects > FEW
        || scope
            .listings()
            .has(&scope.question("iam", "GetAccountAuthorizationDetails", filter))
}

/// Takes a refused listing as none: then objects are read one by one.
pub(super) fn unless_denied<T>(listing: Result<T, OpError>) -> Result<Option<T>, OpError> {
    match listing {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.kind == OpErrorKind::Denied => {
            tracing::debug!("{e}; reading the objects one by one");
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// What hangs on roles, by name; a role that is not there is left out.
pub(super) async fn parts_of(
    scope: &Scope,
    names: &[String],
) -> Result<BTreeMap<String, RoleParts>, OpError> {
    if listing_pays(scope, names.len(), "Role")
        && let Some(all) = unless_denied(role_details(scope).await)?
    {
        let parts = names
            .iter()
            .filter_map(|n| Some((n.clone(), parts(all.get(n)?))));
        return Ok(parts.collect());
    }
    let read = each(names, |name| read_parts(scope, name)).await;
    let mut found = BTreeMap::new();
    for (name, parts) in names.iter().zip(read) {
        if let Some(parts) = parts.optional()? {
            found.insert(name.clone(), parts);
        }
    }
    Ok(found)
}

/// Takes the policies out of the details of a role.
pub(super) fn parts(detail: &RoleDetail) -> RoleParts {
    RoleParts {
        inline: detail
            .role_policy_list()
            .iter()
            .filter_map(|p| {
                Some((
                    p.policy_name.clone()?,
                    documents::from_iam(p.policy_document()?),
                ))
            })
            .collect(),
        attached: detail
            .attached_managed_policies()
            .iter()
            .filter_map(|p| p.policy_arn.clone())
            .collect(),
    }
}

/// Reads what hangs on one role.
pub(super) async fn read_parts(scope: &Scope, role: &str) -> Result<RoleParts, OpError> {
    let mut inline = BTreeMap::new();
    for name in inline_names(scope, role).await? {
        if let Some(document) = inline_policy(scope, role, &name).await? {
            inline.insert(name, document);
        }
    }
    let attached = attached(scope, role).await?;
    Ok(RoleParts { inline, attached })
}

/// Reads an inline policy.
pub(super) async fn inline_policy(
    scope: &Scope,
    role: &str,
    name: &str,
) -> Result<Option<String>, OpError> {
    let call = scope
        .iam()
        .get_role_policy()
        .role_name(role)
        .policy_name(name);
    let answer = call.send().await.op("iam:GetRolePolicy").optional()?;
    Ok(answer.map(|a| documents::from_iam(&a.policy_document)))
}

/// Lists the names of a role's inline policies.
pub(super) async fn inline_names(scope: &Scope, role: &str) -> Result<Vec<String>, OpError> {
    let pages = scope
        .iam()
        .list_role_policies()
        .role_name(role)
        .into_paginator()
        .page_size(1000);
    pages
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .op("iam:ListRolePolicies")
}

/// Lists the ARNs of a role's attached policies.
pub(super) async fn attached(scope: &Scope, role: &str) -> Result<BTreeSet<String>, OpError> {
    let pages = scope
        .iam()
        .list_attached_role_policies()
        .role_name(role)
        .into_paginator()
        .page_size(1000);
    let found = pages.items().send().collect::<Result<Vec<_>, _>>().await;
    Ok(found
        .op("iam:ListAttachedRolePolicies")?
        .into_iter()
        .filter_map(|p| p.policy_arn)
        .collect())
}

/// Makes a write, again while IAM is busy with the same object or while a name in a document is too new to be known.
pub(super) async fn write<T, F, Fut>(
    scope: &Scope,
    op: &Operation<'_>,
    call: F,
) -> Result<T, OpError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, OpError>>,
{
    let answer = retry_while(scope.pace(), op, PROPAGATION, is_early, call).await;
    scope.listings().forget("iam");
    answer
}

/// As [`write`], for objects that were made just before: then "no such entity" is early too.
pub(super) async fn write_to_new<T, F, Fut>(
    scope: &Scope,
    op: &Operation<'_>,
    call: F,
) -> Result<T, OpError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, OpError>>,
{
    let again = |e: &OpError| is_early(e) || e.kind == OpErrorKind::NotFound;
    let answer = retry_while(scope.pace(), op, PROPAGATION, again, call).await;
    scope.listings().forget("iam");
    answer
}

/// As [`write`], for deletes: what hangs on the object may still be on its way out.
pub(super) async fn remove<F, Fut>(
    scope: &Scope,
    op: &Operation<'_>,
    call: F,
) -> Result<(), OpError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), OpError>>,
{
    let again = |e: &OpError| is_early(e) || has_code(e, &["DeleteConflict"]);
    let answer = retry_while(scope.pace(), op, PROPAGATION, again, call)
        .await
        .optional();
    scope.listings().forget("iam");
    answer.map(|_| ())
}

fn is_early(e: &OpError) -> bool {
    has_code(
        e,
        &["ConcurrentModification", "EntityTemporarilyUnmodifiable"],
    ) || (has_code(e, &["MalformedPolicyDocument"])
        && e.message.contains("Invalid principal in policy"))
}

/// Reads the service's tags.
pub(super) fn tags_of(tags: &[Tag]) -> Tags {
    tags.iter()
        .map(|t| (t.key.clone(), t.value.clone()))
        .collect()
}

/// Writes the service's tags; one without key cannot be.
pub(super) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .filter_map(|(k, v)| Tag::builder().key(k).value(v).build().ok())
        .collect()
}
