//! `aws_iam_instance_profile`

use aws_sdk_iam::types::InstanceProfile as SdkProfile;
use bastionless_model::{
    cloud::{Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, Operation},
    value::Value,
};

use super::directory::{remove, sdk_tags, tags_of, write, write_to_new};
use crate::{
    clients::Scope,
    errors::{Call, Tolerate, has_code, incomplete},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    names,
    shape::{Shape, changed, given, settled, some_text, text},
    tags,
    waiters::wait_steady,
};

/// Instance profiles.
pub(crate) struct InstanceProfile {
    scope: Scope,
    shape: Shape,
}

impl InstanceProfile {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_iam_instance_profile"),
        }
    }

    fn value(&self, profile: &SdkProfile, prior: Option<&Value>) -> Value {
        let mut found = tags_of(profile.tags());
        found.remove(INTENT_TAG);
        let (own, all) = self.scope.tag_rules().split(&found, prior);
        self.shape.object([
            ("arn", text(Some(&profile.arn))),
            (
                "create_date",
                text(Some(names::timestamp(profile.create_date.secs()))),
            ),
            ("id", text(Some(&profile.instance_profile_name))),
            ("name", text(Some(&profile.instance_profile_name))),
            (
                "name_prefix",
                text(names::prefix(&profile.instance_profile_name)),
            ),
            ("path", text(Some(&profile.path))),
            (
                "role",
                some_text(profile.roles.first().map(|r| &r.role_name)),
            ),
            ("tags", own),
            ("tags_all", all),
            ("unique_id", text(Some(&profile.instance_profile_id))),
        ])
    }

    async fn get(&self, name: &str) -> Result<Option<SdkProfile>, OpError> {
        let answer = self
            .scope
            .iam()
            .get_instance_profile()
            .instance_profile_name(name)
            .send()
            .await;
        Ok(answer
            .op("iam:GetInstanceProfile")
            .optional()?
            .and_then(|a| a.instance_profile))
    }

    async fn read(&self, name: &str, prior: Option<&Value>) -> Result<Option<Value>, OpError> {
        Ok(self.get(name).await?.map(|p| self.value(&p, prior)))
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("name", "name_prefix"), "terraform-", intent)
    }

    async fn begin(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<SdkProfile, OpError> {
        let answer = write(&self.scope, op, || async {
            self.scope
                .iam()
                .create_instance_profile()
                .instance_profile_name(name)
                .set_path(given(planned, "path").map(str::to_owned))
                .set_tags(Some(sdk_tags(&tags::marked(planned, op.intent))))
                .send()
                .await
                .op("iam:CreateInstanceProfile")
        })
        .await?;
        answer
            .instance_profile
            .ok_or_else(|| incomplete("iam:CreateInstanceProfile", "instance profile"))
    }

    async fn add_role(&self, op: &Operation<'_>, name: &str, role: &str) -> Result<(), OpError> {
        write_to_new(&self.scope, op, || async {
            let call = self
                .scope
                .iam()
                .add_role_to_instance_profile()
                .instance_profile_name(name);
            match call
                .role_name(role)
                .send()
                .await
                .op("iam:AddRoleToInstanceProfile")
            {
                Ok(_) => Ok(()),
                // A profile holds one role; a call that was repeated finds it there already.
                Err(e) if has_code(&e, &["LimitExceeded"]) => match self.get(name).await? {
                    Some(p) if p.roles.iter().any(|r| r.role_name == role) => Ok(()),
                    _ => Err(e),
                },
                Err(e) => Err(e),
            }
        })
        .await
    }

    async fn remove_role(&self, op: &Operation<'_>, name: &str, role: &str) -> Result<(), OpError> {
        remove(&self.scope, op, || async {
            let call = self
                .scope
                .iam()
                .remove_role_from_instance_profile()
                .instance_profile_name(name);
            call.role_name(role)
                .send()
                .await
                .op("iam:RemoveRoleFromInstanceProfile")
                .map(|_| ())
        })
        .await
    }

    /// A new profile's ARN is not right at once, and not everywhere at the same time.
    async fn settle(&self, op: &Operation<'_>, name: &str) -> Result<(), OpError> {
        let what = format!("IAM Instance Profile ({name}) to be visible");
        wait_steady(self.scope.pace(), op, &what, 3, || async {
            Ok(self
                .get(name)
                .await?
                .is_some_and(|p| p.arn.starts_with("arn:")))
        })
        .await
    }

    async fn finish(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<Value, OpError> {
        self.settle(op, name).await?;
        if let Some(role) = given(planned, "role") {
            self.add_role(op, name, role).await?;
        }
        let what = format!("IAM Instance Profile ({name}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(name, Some(planned))
        })
        .await
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
                let call = iam.untag_instance_profile().instance_profile_name(name);
                let call = call.set_tag_keys(Some(change.remove.clone()));
                call.send().await.op("iam:UntagInstanceProfile")
            })
            .await?;
        }
        if !change.set.is_empty() {
            write(&self.scope, op, || async {
                let call = iam.tag_instance_profile().instance_profile_name(name);
                call.set_tags(Some(sdk_tags(&change.set)))
                    .send()
                    .await
                    .op("iam:TagInstanceProfile")
            })
            .await?;
        }
        Ok(())
    }
}

impl Kind for InstanceProfile {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        // Lists of profiles have no tags, so each is read for itself.
        each(ids, |id| async {
            observed(self.read(&id.id, id.prior.as_ref()).await)
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        let made = self
            .begin(op, planned, &name)
            .await
            .map(|p| self.value(&p, Some(planned)));
        let state = settled(planned, &ours(self, op, planned, made).await?);
        op.progress.created(&state).await;
        self.finish(op, planned, &name)
            .await
            .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let name = given(prior, "id").unwrap_or_default();
        if changed(prior, planned, "role") {
            if let Some(old) = given(prior, "role") {
                self.remove_role(op, name, old).await?;
            }
            if let Some(new) = given(planned, "role") {
                self.add_role(op, name, new).await?;
            }
        }
        if let Some(change) = tags::change(prior, planned) {
            self.change_tags(op, name, &change).await?;
        }
        let what = format!("IAM Instance Profile ({name}) to be visible");
        Ok(
            read_back(&self.scope, op, &what, (&self.shape, planned), || {
                self.read(name, Some(planned))
            })
            .await?,
        )
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let name = given(prior, "id").unwrap_or_default();
        if let Some(role) = given(prior, "role") {
            self.remove_role(op, name, role).await?;
        }
        remove(&self.scope, op, || async {
            let call = self
                .scope
                .iam()
                .delete_instance_profile()
                .instance_profile_name(name);
            call.send()
                .await
                .op("iam:DeleteInstanceProfile")
                .map(|_| ())
        })
        .await?;
        Ok(())
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(name) = Self::name(planned, intent) else {
            return Ok(Found::Nothing);
        };
        let Some(profile) = self.get(&name).await? else {
            return Ok(Found::Nothing);
        };
        if intent.is_some_and(|i| tags::is_marked(&tags_of(profile.tags()), i)) {
            return Ok(Found::Ours(self.value(&profile, Some(planned))));
        }
        Ok(Found::Unproven {
            id: name,
            why: format!(
                "an instance profile of this name exists, without the tag `{INTENT_TAG}` of this run"
            ),
        })
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let name = given(state, "id").unwrap_or_default();
            let call = self
                .scope
                .iam()
                .untag_instance_profile()
                .instance_profile_name(name);
            call.tag_keys(INTENT_TAG)
                .send()
                .await
                .op("iam:UntagInstanceProfile")
                .optional()
                .map(|_| ())
        })
        .await;
        cleared.into_iter().collect()
    }
}
