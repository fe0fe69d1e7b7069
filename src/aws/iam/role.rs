//! `aws_iam_role`

use std::collections::BTreeMap;

use aws_sdk_iam::types::{Role as SdkRole, RoleDetail};
use bastionless_model::{
    cloud::{Child, Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, Operation},
    value::{Type, Value},
};

use super::{
    directory::{
        self, RoleParts, listing_pays, parts, parts_of, read_parts, remove, role_details, roles,
        sdk_tags, tags_of, unless_denied, write,
    },
    role_parts,
};
use crate::{
    clients::Scope,
    documents,
    errors::{Call, Tolerate, incomplete},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    names,
    shape::{
        Shape, changed, given, number, objects, part, settled, some_text, strings, text, text_set,
    },
    tags::{self, Tags},
};

/// Roles.
pub(crate) struct Role {
    pub(super) scope: Scope,
    shape: Shape,
}

/// All that is known of a role.
struct Facts {
    role: SdkRole,
    tags: Tags,
    boundary: Option<String>,
    parts: Option<RoleParts>,
}

impl Role {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_iam_role"),
        }
    }

    fn value(&self, facts: Facts, prior: Option<&Value>) -> Value {
        let Facts {
            role,
            tags,
            boundary,
            parts,
        } = facts;
        let (own, all) = self.scope.tag_rules().split(&tags, prior);
        let inline = parts.as_ref().map(|p| {
            objects(p.inline.iter().map(|(name, policy)| {
                part([("name", text(Some(name))), ("policy", text(Some(policy)))])
            }))
        });
        self.shape.object([
            ("arn", text(Some(&role.arn))),
            (
                "assume_role_policy",
                text(
                    role.assume_role_policy_document
                        .as_deref()
                        .map(documents::from_iam),
                ),
            ),
            (
                "create_date",
                text(Some(names::timestamp(role.create_date.secs()))),
            ),
            ("description", some_text(role.description)),
            ("id", text(Some(&role.role_name))),
            ("inline_policy", inline.unwrap_or(Value::NULL)),
            (
                "managed_policy_arns",
                parts.map_or(Value::null(Type::set(Type::String)), |p| {
                    text_set(&p.attached)
                }),
            ),
            (
                "max_session_duration",
                number(role.max_session_duration.or(Some(3600))),
            ),
            ("name", text(Some(&role.role_name))),
            ("name_prefix", text(names::prefix(&role.role_name))),
            ("path", text(Some(&role.path))),
            ("permissions_boundary", text(boundary)),
            ("tags", own),
            ("tags_all", all),
            ("unique_id", text(Some(&role.role_id))),
        ])
    }

    /// Reads one role; its policies only where the state speaks of them, so that separate resources own them otherwise.
    async fn read(&self, name: &str, prior: Option<&Value>) -> Result<Option<Value>, OpError> {
        let call = self.scope.iam().get_role().role_name(name);
        let Some(answer) = call.send().await.op("iam:GetRole").optional()? else {
            return Ok(None);
        };
        let role = answer
            .role
            .ok_or_else(|| incomplete("iam:GetRole", "role"))?;
        let parts = match owns_policies(prior) {
            true => read_parts(&self.scope, name).await.optional()?,
            false => None,
        };
        let tags = tags_of(role.tags());
        let boundary = role
            .permissions_boundary()
            .and_then(|b| b.permissions_boundary_arn.clone());
        Ok(Some(self.value(
            Facts {
                role,
                tags,
                boundary,
                parts,
            },
            prior,
        )))
    }

    fn value_of_lists(&self, role: &SdkRole, detail: &RoleDetail, prior: Option<&Value>) -> Value {
        let boundary = detail
            .permissions_boundary()
            .and_then(|b| b.permissions_boundary_arn.clone());
        let facts = Facts {
            role: role.clone(),
            tags: tags_of(detail.tags()),
            boundary,
            parts: owns_policies(prior).then(|| parts(detail)),
        };
        self.value(facts, prior)
    }

    async fn listed(&self, ids: &[Identity]) -> Result<Option<BTreeMap<String, Value>>, OpError> {
        if !listing_pays(&self.scope, ids.len(), "Role") {
            return Ok(None);
        }
        let Some(details) = unless_denied(role_details(&self.scope).await)? else {
            return Ok(None);
        };
        let Some(list) = unless_denied(roles(&self.scope).await)? else {
            return Ok(None);
        };
        let found = ids.iter().filter_map(|id| {
            let (role, detail) = (list.get(&id.id)?, details.get(&id.id)?);
            Some((
                id.id.clone(),
                self.value_of_lists(role, detail, id.prior.as_ref()),
            ))
        });
        Ok(Some(found.collect()))
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("name", "name_prefix"), "terraform-", intent)
    }

    async fn begin(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<SdkRole, OpError> {
        let role = write(&self.scope, op, || async {
            let call = self
                .scope
                .iam()
                .create_role()
                .role_name(name)
                .set_path(given(planned, "path").map(str::to_owned))
                .set_assume_role_policy_document(
                    planned.get_str("assume_role_policy").map(str::to_owned),
                )
                .set_description(given(planned, "description").map(str::to_owned))
                .set_max_session_duration(session_time(planned))
                .set_permissions_boundary(given(planned, "permissions_boundary").map(str::to_owned))
                .set_tags(Some(sdk_tags(&tags::marked(planned, op.intent))));
            call.send().await.op("iam:CreateRole")
        })
        .await?;
        role.role
            .ok_or_else(|| incomplete("iam:CreateRole", "role"))
    }

    async fn change(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        let iam = self.scope.iam();
        if changed(prior, planned, "assume_role_policy") {
            let document = planned.get_str("assume_role_policy").unwrap_or_default();
            write(&self.scope, op, || async {
                let call = iam
                    .update_assume_role_policy()
                    .role_name(name)
                    .policy_document(document);
                call.send().await.op("iam:UpdateAssumeRolePolicy")
            })
            .await?;
        }
        if changed(prior, planned, "description") || changed(prior, planned, "max_session_duration")
        {
            // What is left out of UpdateRole falls back to its default, so both are sent.
            write(&self.scope, op, || async {
                iam.update_role()
                    .role_name(name)
                    .description(planned.get_str("description").unwrap_or_default())
                    .max_session_duration(session_time(planned).unwrap_or(3600))
                    .send()
                    .await
                    .op("iam:UpdateRole")
            })
            .await?;
        }
        if changed(prior, planned, "permissions_boundary") {
            self.change_boundary(op, planned, name).await?;
        }
        if let Some(change) = tags::change(prior, planned) {
            self.change_tags(op, name, &change).await?;
        }
        role_parts::change(self, op, prior, planned, name).await
    }

    async fn change_boundary(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        let iam = self.scope.iam();
        match given(planned, "permissions_boundary") {
            Some(arn) => {
                write(&self.scope, op, || async {
                    let call = iam
                        .put_role_permissions_boundary()
                        .role_name(name)
                        .permissions_boundary(arn);
                    call.send().await.op("iam:PutRolePermissionsBoundary")
                })
                .await?;
            }
            None => {
                remove(&self.scope, op, || async {
                    let call = iam.delete_role_permissions_boundary().role_name(name);
                    call.send()
                        .await
                        .op("iam:DeleteRolePermissionsBoundary")
                        .map(|_| ())
                })
                .await?;
            }
        }
        Ok(())
    }

    async fn change_tags(
        &self,
        op: &Operation<'_>,
        name: &str,
        change: &tags::TagChange,
    ) -> Result<(), OpError> {
        let iam = self.scope.iam();
        if !change.remove.is_empty() {
            write(&self.scope, op, || async {
                let call = iam
                    .untag_role()
                    .role_name(name)
                    .set_tag_keys(Some(change.remove.clone()));
                call.send().await.op("iam:UntagRole")
            })
            .await?;
        }
        if !change.set.is_empty() {
            write(&self.scope, op, || async {
                let call = iam
                    .tag_role()
                    .role_name(name)
                    .set_tags(Some(sdk_tags(&change.set)));
                call.send().await.op("iam:TagRole")
            })
            .await?;
        }
        Ok(())
    }

    /// Takes the role out of the instance profiles, which would hold it otherwise.
    async fn leave_profiles(&self, op: &Operation<'_>, name: &str) -> Result<(), OpError> {
        let iam = self.scope.iam();
        let pages = iam
            .list_instance_profiles_for_role()
            .role_name(name)
            .into_paginator()
            .page_size(1000);
        let profiles = pages.items().send().collect::<Result<Vec<_>, _>>().await;
        let profiles = profiles
            .op("iam:ListInstanceProfilesForRole")
            .optional()?
            .unwrap_or_default();
        for profile in profiles {
            remove(&self.scope, op, || async {
                iam.remove_role_from_instance_profile()
                    .instance_profile_name(&profile.instance_profile_name)
                    .role_name(name)
                    .send()
                    .await
                    .op("iam:RemoveRoleFromInstanceProfile")
                    .map(|_| ())
            })
            .await?;
        }
        Ok(())
    }

    async fn destroy(&self, op: &Operation<'_>, prior: &Value, name: &str) -> Result<(), OpError> {
        self.leave_profiles(op, name).await?;
        let force = prior.get_bool("force_detach_policies") == Some(true);
        let has = |attribute| {
            prior
                .get(attribute)
                .and_then(Value::elements)
                .is_some_and(|e| !e.is_empty())
        };
        if force || has("managed_policy_arns") {
            for arn in directory::attached(&self.scope, name)
                .await
                .optional()?
                .unwrap_or_default()
            {
                role_parts::detach(&self.scope, op, name, &arn).await?;
            }
        }
        if force || has("inline_policy") {
            for policy in directory::inline_names(&self.scope, name)
                .await
                .optional()?
                .unwrap_or_default()
            {
                role_parts::delete_inline(&self.scope, op, name, &policy).await?;
            }
        }
        remove(&self.scope, op, || async {
            self.scope
                .iam()
                .delete_role()
                .role_name(name)
                .send()
                .await
                .op("iam:DeleteRole")
                .map(|_| ())
        })
        .await
    }
}

fn session_time(planned: &Value) -> Option<i32> {
    planned
        .get_i64("max_session_duration")
        .and_then(|n| i32::try_from(n).ok())
}

/// Tells whether the state speaks of the role's policies itself. An import takes what there is.
fn owns_policies(prior: Option<&Value>) -> bool {
    let Some(prior) = prior else { return true };
    let set = |name| {
        prior
            .get(name)
            .and_then(Value::elements)
            .is_some_and(|e| !e.is_empty())
    };
    set("managed_policy_arns") || set("inline_policy")
}

impl Kind for Role {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        let listed = match self.listed(ids).await {
            Ok(listed) => listed.unwrap_or_default(),
            Err(e) => {
                return ids
                    .iter()
                    .map(|_| Observed::Unreadable(e.clone()))
                    .collect();
            }
        };
        // One that is not in the lists is asked for itself: lists lag behind.
        each(ids, |id| {
            let known = listed.get(&id.id);
            async move {
                match known {
                    Some(value) => Observed::Present(value.clone()),
                    None => observed(self.read(&id.id, id.prior.as_ref()).await),
                }
            }
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        let made = self.begin(op, planned, &name).await.map(|role| {
            let tags = tags::wanted(planned);
            let facts = Facts {
                tags,
                boundary: None,
                parts: None,
                role,
            };
            self.value(facts, Some(planned))
        });
        let state = settled(planned, &ours(self, op, planned, made).await?);
        op.progress.created(&state).await;
        let finish = async {
            for (policy, document) in role_parts::inline_of(planned) {
                role_parts::put_inline(&self.scope, op, &name, &policy, &document).await?;
            }
            for arn in strings(planned.get("managed_policy_arns")) {
                role_parts::attach(&self.scope, op, &name, &arn).await?;
            }
            let what = format!("IAM Role ({name}) to be visible");
            read_back(&self.scope, op, &what, (&self.shape, planned), || {
                self.read(&name, Some(planned))
            })
            .await
        };
        finish.await.map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let name = given(prior, "id").unwrap_or_default().to_owned();
        self.change(op, prior, planned, &name).await?;
        let what = format!("IAM Role ({name}) to be visible");
        Ok(
            read_back(&self.scope, op, &what, (&self.shape, planned), || {
                self.read(&name, Some(planned))
            })
            .await?,
        )
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let name = given(prior, "id").unwrap_or_default().to_owned();
        Ok(self.destroy(op, prior, &name).await?)
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(name) = Self::name(planned, intent) else {
            return Ok(Found::Nothing);
        };
        let answer = self.scope.iam().get_role().role_name(&name).send().await;
        let Some(role) = answer.op("iam:GetRole").optional()?.and_then(|a| a.role) else {
            return Ok(Found::Nothing);
        };
        let found = tags_of(role.tags());
        if intent.is_some_and(|i| tags::is_marked(&found, i)) {
            let value = self.read(&name, Some(planned)).await?;
            return Ok(value.map_or(Found::Nothing, Found::Ours));
        }
        Ok(Found::Unproven {
            why: format!("a role of this name exists, without the tag `{INTENT_TAG}` of this run"),
            id: name,
        })
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let name = given(state, "id").unwrap_or_default();
            let call = self
                .scope
                .iam()
                .untag_role()
                .role_name(name)
                .tag_keys(INTENT_TAG);
            call.send().await.op("iam:UntagRole").optional().map(|_| ())
        })
        .await;
        self.scope.listings().forget("iam");
        cleared.into_iter().collect()
    }

    async fn children(&self, parents: &[Value]) -> Result<Vec<Child>, OpError> {
        let names: Vec<String> = parents
            .iter()
            .map(|p| given(p, "id").unwrap_or_default().to_owned())
            .collect();
        let parts = parts_of(&self.scope, &names).await?;
        Ok(role_parts::children(&names, &parts))
    }
}
