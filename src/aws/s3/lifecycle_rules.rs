//! Lifecycle rules, from and to the service.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleAndOperator, LifecycleRuleFilter, NoncurrentVersionExpiration,
    NoncurrentVersionTransition, Tag, Transition, TransitionStorageClass,
};
use aws_smithy_types::{DateTime, date_time::Format};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};

use crate::{
    errors::chain,
    names::timestamp,
    shape::{given, number, objects, part, single, text, truth},
    tags,
};

const OPERATION: &str = "s3:PutLifecycleConfiguration";

/// Reads a rule. What is unset stands with its zero value where the provider stores it so.
pub(super) fn read(rule: &LifecycleRule) -> Value {
    let date = |d: Option<&DateTime>| text(d.map(|d| timestamp(d.secs())));
    let expiration = rule.expiration().map(|e| {
        part([
            ("date", date(e.date())),
            ("days", number(Some(e.days().unwrap_or(0)))),
            (
                "expired_object_delete_marker",
                truth(Some(e.expired_object_delete_marker().unwrap_or(false))),
            ),
        ])
    });
    let transitions = rule.transitions().iter().map(|t| {
        part([
            ("date", date(t.date())),
            ("days", number(Some(t.days().unwrap_or(0)))),
            (
                "storage_class",
                text(t.storage_class().map(TransitionStorageClass::as_str)),
            ),
        ])
    });
    let old_transitions = rule.noncurrent_version_transitions().iter().map(|t| {
        part([
            (
                "newer_noncurrent_versions",
                number(t.newer_noncurrent_versions()),
            ),
            (
                "noncurrent_days",
                number(Some(t.noncurrent_days().unwrap_or(0))),
            ),
            (
                "storage_class",
                text(t.storage_class().map(TransitionStorageClass::as_str)),
            ),
        ])
    });
    let old_expiration = rule.noncurrent_version_expiration().map(|e| {
        part([
            (
                "newer_noncurrent_versions",
                number(e.newer_noncurrent_versions()),
            ),
            (
                "noncurrent_days",
                number(Some(e.noncurrent_days().unwrap_or(0))),
            ),
        ])
    });
    let abort = rule
        .abort_incomplete_multipart_upload()
        .map(|a| part([("days_after_initiation", number(a.days_after_initiation()))]));
    #[expect(deprecated, reason = "rules from before filters have a prefix only")]
    let prefix = rule.prefix();
    part([
        ("abort_incomplete_multipart_upload", objects(abort)),
        ("expiration", objects(expiration)),
        ("filter", objects(rule.filter().map(read_filter))),
        ("id", text(rule.id())),
        ("noncurrent_version_expiration", objects(old_expiration)),
        ("noncurrent_version_transition", objects(old_transitions)),
        ("prefix", text(Some(prefix.unwrap_or_default()))),
        ("status", text(Some(rule.status().as_str()))),
        ("transition", objects(transitions)),
    ])
}

fn read_filter(filter: &LifecycleRuleFilter) -> Value {
    let and = filter.and().map(|a| {
        let found: tags::Tags = a
            .tags()
            .iter()
            .map(|t| (t.key.clone(), t.value.clone()))
            .collect();
        part([
            (
                "object_size_greater_than",
                number(Some(a.object_size_greater_than().unwrap_or(0))),
            ),
            (
                "object_size_less_than",
                number(Some(a.object_size_less_than().unwrap_or(0))),
            ),
            ("prefix", text(Some(a.prefix().unwrap_or_default()))),
            (
                "tags",
                if found.is_empty() {
                    Value::NULL
                } else {
                    tags::value(&found)
                },
            ),
        ])
    });
    let tag = filter.tag().map(|t| {
        part([
            ("key", text(Some(t.key()))),
            ("value", text(Some(t.value()))),
        ])
    });
    part([
        ("and", objects(and)),
        (
            "object_size_greater_than",
            number(filter.object_size_greater_than()),
        ),
        (
            "object_size_less_than",
            number(filter.object_size_less_than()),
        ),
        ("prefix", text(Some(filter.prefix().unwrap_or_default()))),
        ("tag", objects(tag)),
    ])
}

fn invalid(e: &dyn std::error::Error) -> OpError {
    OpError::new(OpErrorKind::Invalid, OPERATION, chain(e))
}

fn days(block: &Value, name: &str) -> Option<i32> {
    block.get_i64(name).and_then(|n| i32::try_from(n).ok())
}

fn date(block: &Value) -> Result<Option<DateTime>, OpError> {
    let read = |d| DateTime::from_str(d, Format::DateTime).map_err(|e| invalid(&e));
    given(block, "date").map(read).transpose()
}

/// Writes a rule.
pub(super) fn write(rule: &Value) -> Result<LifecycleRule, OpError> {
    let all = |name| rule.get(name).and_then(Value::elements).unwrap_or_default();
    let transitions = all("transition")
        .iter()
        .map(write_transition)
        .collect::<Result<Vec<_>, _>>()?;
    let old_transitions: Vec<_> = all("noncurrent_version_transition")
        .iter()
        .map(|t| {
            NoncurrentVersionTransition::builder()
                .set_noncurrent_days(days(t, "noncurrent_days"))
                .set_newer_noncurrent_versions(
                    days(t, "newer_noncurrent_versions").filter(|n| *n > 0),
                )
                .set_storage_class(given(t, "storage_class").map(TransitionStorageClass::from))
                .build()
        })
        .collect();
    let old_expiration = single(rule, "noncurrent_version_expiration").map(|e| {
        NoncurrentVersionExpiration::builder()
            .set_noncurrent_days(days(e, "noncurrent_days"))
            .set_newer_noncurrent_versions(days(e, "newer_noncurrent_versions").filter(|n| *n > 0))
            .build()
    });
    let abort = single(rule, "abort_incomplete_multipart_upload").map(|a| {
        AbortIncompleteMultipartUpload::builder()
            .set_days_after_initiation(days(a, "days_after_initiation"))
            .build()
    });
    let builder = LifecycleRule::builder()
        .set_id(given(rule, "id").map(str::to_owned))
        .status(ExpirationStatus::from(
            rule.get_str("status").unwrap_or_default(),
        ))
        .set_expiration(
            single(rule, "expiration")
                .map(write_expiration)
                .transpose()?,
        )
        .set_transitions((!transitions.is_empty()).then_some(transitions))
        .set_noncurrent_version_transitions(
            (!old_transitions.is_empty()).then_some(old_transitions),
        )
        .set_noncurrent_version_expiration(old_expiration)
        .set_abort_incomplete_multipart_upload(abort);
    #[expect(
        deprecated,
        reason = "a rule may still have a prefix instead of a filter"
    )]
    let builder = match (
        rule.get("filter").and_then(Value::elements),
        given(rule, "prefix"),
    ) {
        (Some([filter, ..]), _) => builder.filter(write_filter(filter)?),
        (_, Some(prefix)) => builder.prefix(prefix),
        // Neither: the whole bucket; as a prefix, so that no filter comes back that nobody asked for.
        _ => builder.prefix(""),
    };
    builder.build().map_err(|e| invalid(&e))
}

fn write_transition(block: &Value) -> Result<Transition, OpError> {
    let date = date(block)?;
    // Zero days is a time too: at once.
    let after = days(block, "days").filter(|_| date.is_none());
    Ok(Transition::builder()
        .set_date(date)
        .set_days(after)
        .set_storage_class(given(block, "storage_class").map(TransitionStorageClass::from))
        .build())
}

fn write_expiration(block: &Value) -> Result<LifecycleExpiration, OpError> {
    let date = date(block)?;
    let after = days(block, "days").filter(|n| *n > 0 && date.is_none());
    // The marker excludes a time.
    let marker = block
        .get_bool("expired_object_delete_marker")
        .filter(|m| *m && date.is_none() && after.is_none());
    Ok(LifecycleExpiration::builder()
        .set_date(date)
        .set_days(after)
        .set_expired_object_delete_marker(marker)
        .build())
}

fn write_filter(block: &Value) -> Result<LifecycleRuleFilter, OpError> {
    let size = |b: &Value, name| b.get_i64(name).filter(|n| *n > 0);
    if let Some(and) = single(block, "and") {
        let tags = tags::from_value(and.get("tags"));
        let tags = tags
            .iter()
            .map(|(k, v)| Tag::builder().key(k).value(v).build());
        let tags = tags
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| invalid(&e))?;
        let and = LifecycleRuleAndOperator::builder()
            .set_prefix(given(and, "prefix").map(str::to_owned))
            .set_object_size_greater_than(size(and, "object_size_greater_than"))
            .set_object_size_less_than(size(and, "object_size_less_than"))
            .set_tags((!tags.is_empty()).then_some(tags))
            .build();
        return Ok(LifecycleRuleFilter::builder().and(and).build());
    }
    let builder = LifecycleRuleFilter::builder();
    if let Some(tag) = single(block, "tag") {
        let text = |name| tag.get_str(name).unwrap_or_default();
        let tag = Tag::builder()
            .key(text("key"))
            .value(text("value"))
            .build()
            .map_err(|e| invalid(&e))?;
        return Ok(builder.tag(tag).build());
    }
    // Zero is a size that a filter may name.
    if let Some(size) = block.get_i64("object_size_greater_than") {
        return Ok(builder.object_size_greater_than(size).build());
    }
    if let Some(size) = size(block, "object_size_less_than") {
        return Ok(builder.object_size_less_than(size).build());
    }
    Ok(builder
        .prefix(block.get_str("prefix").unwrap_or_default())
        .build())
}
