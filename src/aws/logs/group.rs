//! `aws_cloudwatch_log_group`

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_cloudwatchlogs::types::{LogGroup as SdkGroup, LogGroupClass};
use bastionless_model::{
    cloud::{
        Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, OpErrorKind, Operation,
    },
    value::Value,
};
use futures_util::future::join_all;

use crate::{
    clients::Scope,
    errors::{Call, Tolerate, has_code},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    names,
    shape::{Shape, changed, given, number, settled, text, truth},
    tags::{self, Tags},
    waiters::retry_while,
};

/// Up to so many groups are looked up by name; more are asked for by list, so many a call.
const FEW: usize = 2;
/// How many names one call takes.
const NAMES: usize = 50;
/// How long another change to the same group may take.
const BUSY: Duration = Duration::from_secs(60);

/// Log groups.
pub(crate) struct LogGroup {
    scope: Scope,
    shape: Shape,
}

fn arn_of(group: &SdkGroup) -> String {
    let arn = group.log_group_arn().or(group.arn()).unwrap_or_default();
    arn.strip_suffix(":*").unwrap_or(arn).to_owned()
}

impl LogGroup {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_cloudwatch_log_group"),
        }
    }

    fn value(&self, group: &SdkGroup, found: &Tags, prior: Option<&Value>) -> Value {
        let (own, all) = self.scope.tag_rules().split(found, prior);
        let name = group.log_group_name().unwrap_or_default();
        let class = group
            .log_group_class()
            .map_or("STANDARD", LogGroupClass::as_str);
        self.shape.object([
            ("arn", text(Some(arn_of(group)))),
            (
                "deletion_protection_enabled",
                truth(Some(group.deletion_protection_enabled().unwrap_or(false))),
            ),
            ("id", text(Some(name))),
            ("kms_key_id", text(group.kms_key_id())),
            ("log_group_class", text(Some(class))),
            ("name", text(Some(name))),
            ("name_prefix", text(names::prefix(name))),
            ("region", text(Some(self.scope.region()))),
            (
                "retention_in_days",
                number(Some(group.retention_in_days().unwrap_or(0))),
            ),
            ("tags", own),
            ("tags_all", all),
        ])
    }

    async fn get(&self, name: &str) -> Result<Option<SdkGroup>, OpError> {
        let mut pages = self
            .scope
            .logs()
            .describe_log_groups()
            .log_group_name_prefix(name)
            .into_paginator()
            .page_size(50)
            .send();
        // Sorted by name, so the exact match is the first of all that begin with it; yet an emulator may sort otherwise.
        while let Some(page) = pages.next().await {
            let groups = page
                .op("logs:DescribeLogGroups")?
                .log_groups
                .unwrap_or_default();
            if let Some(group) = groups
                .into_iter()
                .find(|g| g.log_group_name() == Some(name))
            {
                return Ok(Some(group));
            }
        }
        Ok(None)
    }

    /// Asks for many groups at once; what is missing in the answer is asked for itself by the caller.
    async fn listed(&self, ids: &[Identity]) -> BTreeMap<String, SdkGroup> {
        let mut found = BTreeMap::new();
        if ids.len() <= FEW {
            return found;
        }
        let pages = ids.chunks(NAMES).map(|chunk| async {
            let names = chunk.iter().map(|i| i.id.clone()).collect();
            let call = self
                .scope
                .logs()
                .describe_log_groups()
                .set_log_group_identifiers(Some(names));
            let pages = call.into_paginator().page_size(50).items().send();
            pages
                .collect::<Result<Vec<_>, _>>()
                .await
                .op("logs:DescribeLogGroups")
        });
        for page in join_all(pages).await {
            match page {
                Ok(groups) => {
                    found.extend(
                        groups
                            .into_iter()
                            .filter_map(|g| Some((g.log_group_name.clone()?, g))),
                    );
                }
                // One name that is not there spoils the answer for all.
                Err(e) => tracing::debug!("{e}; looking the log groups up one by one"),
            }
        }
        found
    }

    async fn tags(&self, group: &SdkGroup) -> Result<Tags, OpError> {
        let call = self
            .scope
            .logs()
            .list_tags_for_resource()
            .resource_arn(arn_of(group));
        let answer = call
            .send()
            .await
            .op("logs:ListTagsForResource")
            .optional()?;
        Ok(answer
            .and_then(|a| a.tags)
            .unwrap_or_default()
            .into_iter()
            .collect())
    }

    async fn read(
        &self,
        name: &str,
        prior: Option<&Value>,
        known: Option<&SdkGroup>,
    ) -> Result<Option<Value>, OpError> {
        let fresh;
        let group = match known {
            Some(group) => group,
            None => match self.get(name).await? {
                Some(group) => {
                    fresh = group;
                    &fresh
                }
                None => return Ok(None),
            },
        };
        let tags = self.tags(group).await?;
        Ok(Some(self.value(group, &tags, prior)))
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("name", "name_prefix"), "terraform-", intent)
    }

    async fn write<T, F, Fut>(&self, op: &Operation<'_>, call: F) -> Result<T, OpError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, OpError>>,
    {
        let busy = |e: &OpError| has_code(e, &["OperationAbortedException"]);
        retry_while(self.scope.pace(), op, BUSY, busy, call).await
    }

    async fn begin(&self, op: &Operation<'_>, planned: &Value, name: &str) -> Result<(), OpError> {
        self.write(op, || async {
            self.scope
                .logs()
                .create_log_group()
                .log_group_name(name)
                .set_kms_key_id(given(planned, "kms_key_id").map(str::to_owned))
                .set_log_group_class(given(planned, "log_group_class").map(LogGroupClass::from))
                .set_deletion_protection_enabled(planned.get_bool("deletion_protection_enabled"))
                .set_tags(Some(tags::marked(planned, op.intent).into_iter().collect()))
                .send()
                .await
                .op("logs:CreateLogGroup")
        })
        .await
        .map(|_| ())
    }

    async fn set_retention(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        let days = planned
            .get_i64("retention_in_days")
            .and_then(|n| i32::try_from(n).ok())
            .unwrap_or(0);
        let logs = self.scope.logs();
        if days > 0 {
            self.write(op, || async {
                let call = logs
                    .put_retention_policy()
                    .log_group_name(name)
                    .retention_in_days(days);
                call.send().await.op("logs:PutRetentionPolicy")
            })
            .await?;
        } else {
            self.write(op, || async {
                let call = logs.delete_retention_policy().log_group_name(name);
                call.send()
                    .await
                    .op("logs:DeleteRetentionPolicy")
                    .optional()
            })
            .await?;
        }
        Ok(())
    }

    async fn set_key(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        let logs = self.scope.logs();
        match given(planned, "kms_key_id") {
            Some(key) => {
                self.write(op, || async {
                    let call = logs
                        .associate_kms_key()
                        .log_group_name(name)
                        .kms_key_id(key);
                    call.send().await.op("logs:AssociateKmsKey")
                })
                .await?;
            }
            None => {
                self.write(op, || async {
                    logs.disassociate_kms_key()
                        .log_group_name(name)
                        .send()
                        .await
                        .op("logs:DisassociateKmsKey")
                })
                .await?;
            }
        }
        Ok(())
    }

    async fn change(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        let logs = self.scope.logs();
        if changed(prior, planned, "deletion_protection_enabled")
            && let Some(protect) = planned.get_bool("deletion_protection_enabled")
        {
            self.write(op, || async {
                let call = logs
                    .put_log_group_deletion_protection()
                    .log_group_identifier(name);
                let call = call.deletion_protection_enabled(protect);
                call.send().await.op("logs:PutLogGroupDeletionProtection")
            })
            .await?;
        }
        // DELIVERY keeps its own time.
        if changed(prior, planned, "retention_in_days")
            && given(planned, "log_group_class") != Some("DELIVERY")
        {
            self.set_retention(op, planned, name).await?;
        }
        if changed(prior, planned, "kms_key_id") {
            self.set_key(op, planned, name).await?;
        }
        if let Some(change) = tags::change(prior, planned) {
            let arn = given(prior, "arn").unwrap_or_default();
            self.change_tags(op, arn, &change).await?;
        }
        Ok(())
    }

    async fn change_tags(
        &self,
        op: &Operation<'_>,
        arn: &str,
        change: &tags::TagChange,
    ) -> Result<(), OpError> {
        let logs = self.scope.logs();
        if !change.remove.is_empty() {
            self.write(op, || async {
                let call = logs
                    .untag_resource()
                    .resource_arn(arn)
                    .set_tag_keys(Some(change.remove.clone()));
                call.send().await.op("logs:UntagResource")
            })
            .await?;
        }
        if !change.set.is_empty() {
            self.write(op, || async {
                let tags = change.set.clone().into_iter().collect();
                logs.tag_resource()
                    .resource_arn(arn)
                    .set_tags(Some(tags))
                    .send()
                    .await
                    .op("logs:TagResource")
            })
            .await?;
        }
        Ok(())
    }

    async fn finish(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<Value, OpError> {
        let days = planned.get_i64("retention_in_days").unwrap_or(0);
        if days > 0 && given(planned, "log_group_class") != Some("DELIVERY") {
            self.set_retention(op, planned, name).await?;
        }
        let what = format!("CloudWatch Logs Log Group ({name}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(name, Some(planned), None)
        })
        .await
    }
}

impl Kind for LogGroup {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        let listed = self.listed(ids).await;
        each(ids, |id| {
            let known = listed.get(&id.id);
            async move { observed(self.read(&id.id, id.prior.as_ref(), known).await) }
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        // Asked before the call, so that nothing can fail between the call and its record.
        let arn = self.scope.arn("logs", &format!("log-group:{name}")).await?;
        let made = self.begin(op, planned, &name).await.map(|()| {
            let new = SdkGroup::builder().log_group_name(&name).arn(arn).build();
            self.value(&new, &tags::wanted(planned), Some(planned))
        });
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
        self.change(op, prior, planned, name).await?;
        let what = format!("CloudWatch Logs Log Group ({name}) to be visible");
        Ok(
            read_back(&self.scope, op, &what, (&self.shape, planned), || {
                self.read(name, Some(planned), None)
            })
            .await?,
        )
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        if prior.get_bool("skip_destroy") == Some(true) {
            return Ok(());
        }
        let name = given(prior, "id").unwrap_or_default();
        let gone = self
            .write(op, || async {
                self.scope
                    .logs()
                    .delete_log_group()
                    .log_group_name(name)
                    .send()
                    .await
                    .op("logs:DeleteLogGroup")
            })
            .await;
        match gone {
            Err(e) if e.kind != OpErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(name) = Self::name(planned, intent) else {
            return Ok(Found::Nothing);
        };
        let Some(group) = self.get(&name).await? else {
            return Ok(Found::Nothing);
        };
        let found = self.tags(&group).await?;
        if intent.is_some_and(|i| tags::is_marked(&found, i)) {
            return Ok(Found::Ours(self.value(&group, &found, Some(planned))));
        }
        Ok(Found::Unproven {
            id: name,
            why: format!(
                "a log group of this name exists, without the tag `{INTENT_TAG}` of this run"
            ),
        })
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let arn = given(state, "arn").unwrap_or_default();
            let call = self
                .scope
                .logs()
                .untag_resource()
                .resource_arn(arn)
                .tag_keys(INTENT_TAG);
            call.send()
                .await
                .op("logs:UntagResource")
                .optional()
                .map(|_| ())
        })
        .await;
        cleared.into_iter().collect()
    }
}
