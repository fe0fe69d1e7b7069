//! `aws_s3_bucket`

use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketNamespace, CreateBucketConfiguration, ObjectLockEnabled, Tag,
    Tagging,
};
use bastionless_model::{
    cloud::{
        Child, Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, OpErrorKind,
        Operation,
    },
    value::{Type, Value},
};

use super::{
    bucket_content::empty,
    part::{At, is_early},
    policy,
    zones::hosted_zone,
};
use crate::{
    clients::Scope,
    errors::{Call, Tolerate, chain, has_code},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    names,
    shape::{Shape, given, settled, text, truth},
    tags::{self, Tags},
    waiters::{self, PROPAGATION, retry_while},
};

/// Buckets.
pub(crate) struct Bucket {
    scope: Scope,
    shape: Shape,
}

/// Arguments that have a type of their own since version 4 of the provider.
const MOVED: &[(&str, &str)] = &[
    (
        "acceleration_status",
        "aws_s3_bucket_accelerate_configuration",
    ),
    ("acl", "aws_s3_bucket_acl"),
    ("cors_rule", "aws_s3_bucket_cors_configuration"),
    ("grant", "aws_s3_bucket_acl"),
    ("lifecycle_rule", "aws_s3_bucket_lifecycle_configuration"),
    ("logging", "aws_s3_bucket_logging"),
    (
        "object_lock_configuration",
        "aws_s3_bucket_object_lock_configuration",
    ),
    ("policy", "aws_s3_bucket_policy"),
    (
        "replication_configuration",
        "aws_s3_bucket_replication_configuration",
    ),
    (
        "request_payer",
        "aws_s3_bucket_request_payment_configuration",
    ),
    (
        "server_side_encryption_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
    ),
    ("versioning", "aws_s3_bucket_versioning"),
    ("website", "aws_s3_bucket_website_configuration"),
];

/// Refuses arguments that moved, rather than to ignore them.
fn refuse_moved(prior: Option<&Value>, planned: &Value) -> Result<(), OpError> {
    let set = |v: &Value| match v.elements() {
        Some(elements) => !elements.is_empty(),
        None => v.is_known() && !v.is_null() && v.as_str() != Some(""),
    };
    for (name, instead) in MOVED {
        let wanted = planned.get(name).is_some_and(set);
        if wanted && prior.is_none_or(|p| crate::shape::changed(p, planned, name)) {
            let mut e = OpError::new(
                OpErrorKind::Unsupported,
                "configuring S3 bucket",
                format!(
                    "the deprecated argument `{name}` of aws_s3_bucket is not supported in this version; use the resource type {instead}"
                ),
            );
            e.path = Some(bastionless_model::value::Path::default().attribute(*name));
            return Err(e);
        }
    }
    Ok(())
}

impl Bucket {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_s3_bucket"),
        }
    }

    fn value(
        &self,
        name: &str,
        region: &str,
        lock: Option<bool>,
        found: &Tags,
        prior: Option<&Value>,
    ) -> Value {
        let (own, all) = self.scope.tag_rules().split(found, prior);
        let suffix = self.scope.dns_suffix();
        let namespace = prior
            .and_then(|p| given(p, "bucket_namespace"))
            .unwrap_or("global");
        self.shape.object([
            (
                "arn",
                text(Some(format!("arn:{}:s3:::{name}", self.scope.partition()))),
            ),
            ("bucket", text(Some(name))),
            (
                "bucket_domain_name",
                text(Some(format!("{name}.s3.{suffix}"))),
            ),
            ("bucket_namespace", text(Some(namespace))),
            ("bucket_prefix", text(names::prefix(name))),
            ("bucket_region", text(Some(region))),
            (
                "bucket_regional_domain_name",
                text(Some(format!("{name}.s3.{region}.{suffix}"))),
            ),
            ("hosted_zone_id", text(hosted_zone(region))),
            ("id", text(Some(name))),
            (
                "object_lock_enabled",
                lock.map_or(Value::null(Type::Bool), |l| truth(Some(l))),
            ),
            ("region", text(Some(self.scope.region()))),
            ("tags", own),
            ("tags_all", all),
        ])
    }

    /// Reads the tags; `None` where there is no bucket.
    async fn tags(&self, name: &str) -> Result<Option<Tags>, OpError> {
        let answer = self
            .scope
            .s3()
            .get_bucket_tagging()
            .bucket(name)
            .send()
            .await;
        match answer.op("s3:GetBucketTagging") {
            Ok(answer) => Ok(Some(
                answer
                    .tag_set
                    .into_iter()
                    .map(|t| (t.key, t.value))
                    .collect(),
            )),
            Err(e) if has_code(&e, &["NoSuchTagSet", "NoSuchTagSetError"]) => Ok(Some(Tags::new())),
            Err(e) if e.kind == OpErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    async fn head(&self, name: &str) -> Result<Option<String>, OpError> {
        let answer = self.scope.s3().head_bucket().bucket(name).send().await;
        let answer = answer.op("s3:ListBucket").optional()?;
        Ok(answer.map(|a| {
            a.bucket_region
                .unwrap_or_else(|| self.scope.region().to_owned())
        }))
    }

    async fn locked(&self, name: &str) -> Result<bool, OpError> {
        let answer = self
            .scope
            .s3()
            .get_object_lock_configuration()
            .bucket(name)
            .send()
            .await;
        let answer = answer.op("s3:GetBucketObjectLockConfiguration");
        let answer = answer.unless(&[
            "ObjectLockConfigurationNotFoundError",
            "MethodNotAllowed",
            "NotImplemented",
        ])?;
        let lock = answer
            .and_then(|a| a.object_lock_configuration)
            .and_then(|l| l.object_lock_enabled);
        Ok(lock == Some(ObjectLockEnabled::Enabled))
    }

    /// Reads a bucket. Its region never changes and Object Lock cannot be switched off, so what the state says of them holds;
    /// the tags tell whether the bucket is there.
    async fn read(&self, name: &str, prior: Option<&Value>) -> Result<Option<Value>, OpError> {
        let known = prior
            .and_then(|p| given(p, "bucket_region"))
            .map(str::to_owned);
        let lock = prior.and_then(|p| p.get_bool("object_lock_enabled"));
        let region = match known {
            Some(region) => region,
            None => match self.head(name).await? {
                Some(region) => region,
                None => return Ok(None),
            },
        };
        let Some(found) = self.tags(name).await? else {
            return Ok(None);
        };
        let lock = match lock {
            Some(lock) => lock,
            None => self.locked(name).await?,
        };
        Ok(Some(self.value(name, &region, Some(lock), &found, prior)))
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("bucket", "bucket_prefix"), "terraform-", intent)
    }

    async fn begin(&self, op: &Operation<'_>, planned: &Value, name: &str) -> Result<(), OpError> {
        let region = self.scope.region();
        // us-east-1 is meant by leaving it out.
        let place = (region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        let namespace = given(planned, "bucket_namespace").filter(|n| *n != "global");
        let busy = |e: &OpError| has_code(e, &["OperationAborted"]);
        retry_while(self.scope.pace(), op, PROPAGATION, busy, || async {
            self.scope
                .s3()
                .create_bucket()
                .bucket(name)
                .set_create_bucket_configuration(place.clone())
                .set_object_lock_enabled_for_bucket(
                    planned.get_bool("object_lock_enabled").filter(|l| *l),
                )
                .set_bucket_namespace(namespace.map(BucketNamespace::from))
                .send()
                .await
                .op("s3:CreateBucket")
        })
        .await
        .map(|_| ())
    }

    async fn put_tags(&self, op: &Operation<'_>, name: &str, wanted: &Tags) -> Result<(), OpError> {
        retry_while(self.scope.pace(), op, PROPAGATION, is_early, || {
            self.set_tags(name, wanted)
        })
        .await
    }

    async fn set_tags(&self, name: &str, wanted: &Tags) -> Result<(), OpError> {
        const OPERATION: &str = "s3:PutBucketTagging";
        if wanted.is_empty() {
            let answer = self
                .scope
                .s3()
                .delete_bucket_tagging()
                .bucket(name)
                .send()
                .await;
            return answer.op(OPERATION).map(|_| ());
        }
        let tags = wanted
            .iter()
            .map(|(k, v)| Tag::builder().key(k).value(v).build());
        let tagging = tags
            .collect::<Result<Vec<_>, _>>()
            .and_then(|tags| Tagging::builder().set_tag_set(Some(tags)).build())
            .map_err(|e| OpError::new(OpErrorKind::Invalid, OPERATION, chain(&e)))?;
        self.scope
            .s3()
            .put_bucket_tagging()
            .bucket(name)
            .tagging(tagging)
            .send()
            .await
            .op(OPERATION)
            .map(|_| ())
    }

    async fn finish(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<Value, OpError> {
        self.put_tags(op, name, &tags::marked(planned, op.intent))
            .await?;
        let what = format!("S3 Bucket ({name}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(name, Some(planned))
        })
        .await
    }

    async fn delete_once(&self, op: &Operation<'_>, name: &str) -> Result<(), OpError> {
        let busy = |e: &OpError| has_code(e, &["OperationAborted", "ConflictException"]);
        retry_while(self.scope.pace(), op, PROPAGATION, busy, || async {
            self.scope
                .s3()
                .delete_bucket()
                .bucket(name)
                .send()
                .await
                .op("s3:DeleteBucket")
                .map(|_| ())
        })
        .await
    }

    async fn destroy(&self, op: &Operation<'_>, prior: &Value, name: &str) -> Result<(), OpError> {
        match self.delete_once(op, name).await {
            Err(e) if has_code(&e, &["BucketNotEmpty"]) => {
                if prior.get_bool("force_destroy") != Some(true) {
                    let mut e = e;
                    e.message.push_str(
                        ". Empty it first, or set `force_destroy = true`, apply, and destroy again: all objects and versions are then lost.",
                    );
                    return Err(e);
                }
                let governed = prior.get_bool("object_lock_enabled") == Some(true);
                empty(&self.scope, op, name, governed).await?;
                self.delete_once(op, name).await.optional()?;
            }
            other => {
                other.optional()?;
            }
        }
        let what = format!("S3 Bucket ({name}) to be deleted");
        waiters::wait_for(self.scope.pace(), op, &what, || async {
            Ok(match self.head(name).await? {
                Some(_) => waiters::Poll::Pending("still there".into()),
                None => waiters::Poll::Ready(()),
            })
        })
        .await
    }

    /// Tells whether a bucket without tags was made since the intent was recorded.
    async fn made_since(&self, name: &str, intent: &Intent) -> Result<bool, OpError> {
        let mut pages = self
            .scope
            .s3()
            .list_buckets()
            .prefix(name)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.op("s3:ListAllMyBuckets")?;
            if let Some(bucket) = page.buckets().iter().find(|b| b.name() == Some(name)) {
                return Ok(bucket
                    .creation_date()
                    .is_some_and(|d| d.secs() >= intent.recorded_at));
            }
        }
        Ok(false)
    }
}

impl Kind for Bucket {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        each(ids, |id| async {
            observed(self.read(&id.id, id.prior.as_ref()).await)
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        refuse_moved(None, planned)?;
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        let lock = planned.get_bool("object_lock_enabled").unwrap_or(false);
        let made = self.begin(op, planned, &name).await.map(|()| {
            let region = self.scope.region();
            self.value(
                &name,
                region,
                Some(lock),
                &tags::wanted(planned),
                Some(planned),
            )
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
        refuse_moved(Some(prior), planned)?;
        let name = given(prior, "id").unwrap_or_default();
        if tags::change(prior, planned).is_some() {
            // The whole set is replaced: what AWS itself put there has to stay.
            let found = self.tags(name).await?.unwrap_or_default();
            let mut wanted = tags::wanted(planned);
            let rules = self.scope.tag_rules();
            wanted.extend(
                found
                    .into_iter()
                    .filter(|(k, _)| k != INTENT_TAG && !rules.shows(k)),
            );
            self.put_tags(op, name, &wanted).await?;
        }
        let what = format!("S3 Bucket ({name}) to be visible");
        Ok(
            read_back(&self.scope, op, &what, (&self.shape, planned), || {
                self.read(name, Some(planned))
            })
            .await?,
        )
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let name = given(prior, "id").unwrap_or_default();
        Ok(self.destroy(op, prior, name).await?)
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(name) = Self::name(planned, intent) else {
            return Ok(Found::Nothing);
        };
        let taken = |why: &str| {
            Ok(Found::Unproven {
                id: name.clone(),
                why: why.to_owned(),
            })
        };
        match self.head(&name).await {
            Ok(None) => return Ok(Found::Nothing),
            Ok(Some(_)) => {}
            Err(e) if e.kind == OpErrorKind::Denied => {
                return taken(
                    "a bucket of this name exists in another account; names are shared by all accounts",
                );
            }
            // A redirect to where the bucket lies.
            Err(e) if e.kind == OpErrorKind::Invalid => {
                return taken("a bucket of this name exists in another region");
            }
            Err(e) => return Err(e),
        }
        let Some(intent) = intent else {
            return taken("a bucket of this name exists");
        };
        let found = self.tags(&name).await?.unwrap_or_default();
        // Tags come after the bucket; a bare one that was made since is ours, for before there was none.
        if tags::is_marked(&found, intent)
            || (found.is_empty() && self.made_since(&name, intent).await?)
        {
            let value = self.read(&name, Some(planned)).await?;
            return Ok(value.map_or(Found::Nothing, Found::Ours));
        }
        taken(&format!(
            "a bucket of this name exists, without the tag `{INTENT_TAG}` of this run"
        ))
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let name = given(state, "id").unwrap_or_default();
            let mut found = self.tags(name).await?.unwrap_or_default();
            if found.remove(INTENT_TAG).is_none() {
                return Ok(());
            }
            self.set_tags(name, &found).await
        })
        .await;
        cleared.into_iter().collect()
    }

    async fn children(&self, parents: &[Value]) -> Result<Vec<Child>, OpError> {
        let shape = Shape::managed("aws_s3_bucket_policy");
        let names: Vec<String> = parents
            .iter()
            .map(|p| given(p, "id").unwrap_or_default().to_owned())
            .collect();
        let read = each(&names, |name| async {
            let at = At {
                scope: &self.scope,
                bucket: name.clone(),
                owner: None,
            };
            policy::get(&at).await.optional().map(Option::flatten)
        })
        .await;
        let mut found = Vec::new();
        for (parent, (name, document)) in names.iter().zip(read).enumerate() {
            let Some(document) = document? else { continue };
            found.push(Child {
                parent,
                type_name: "aws_s3_bucket_policy",
                id: name.clone(),
                attributes: shape.object([
                    ("bucket", text(Some(name))),
                    ("id", text(Some(name))),
                    ("policy", text(Some(document))),
                    ("region", text(Some(self.scope.region()))),
                ]),
            });
        }
        Ok(found)
    }
}
