//! Tags of an object and tags of all objects.
//!
//! As `SetTagsDiff` of the AWS provider plans `tags_all`, and as its reads split what AWS answers.

use std::{collections::BTreeMap, sync::Arc};

use super::{Settings, same::same};
use crate::value::{Type, Value};

type Tags = BTreeMap<Arc<str>, Option<Arc<str>>>;

/// A tag of ours that marks an object until its create is recorded; never shown.
const HIDDEN: &str = "bastionless:intent";

fn read(tags: Option<&Value>) -> Tags {
    let entries = tags.and_then(Value::entries).into_iter().flatten();
    entries
        .map(|(k, v)| (k.clone(), v.as_str().map(Into::into)))
        .collect()
}

fn write(tags: &Tags) -> Value {
    let value = |v: &Option<Arc<str>>| {
        v.as_ref()
            .map_or_else(|| Value::null(Type::String), |s| s.clone().into())
    };
    Value::map(
        Type::String,
        tags.iter().map(|(k, v)| (k.clone(), value(v))),
    )
}

fn unknown() -> Value {
    Value::unknown(Type::map(Type::String))
}

/// Plans `tags_all` from the planned `tags`.
pub(super) fn plan(
    settings: &Settings,
    legacy: bool,
    planned: &Value,
    prior: Option<&Value>,
) -> Value {
    let tags = planned.get("tags");
    let Some(defaults) = settings
        .default_tags
        .as_ref()
        .filter(|_| tags.is_none_or(Value::is_wholly_known))
    else {
        return unknown();
    };
    let own = read(tags);
    let mut all: Tags = defaults
        .iter()
        .map(|(k, v)| (k.clone(), Some(v.clone())))
        .collect();
    all.extend(own.clone());
    all.retain(|k, _| !settings.ignores(k));
    if !legacy {
        return write(
            &all.into_iter()
                .map(|(k, v)| (k, v.or_else(|| Some("".into()))))
                .collect(),
        );
    }
    let has_empty = |m: &Tags| m.values().any(|v| v.as_deref().is_none_or(str::is_empty));
    let changed = match prior {
        None => !own.is_empty(),
        Some(prior) => own != read(prior.get("tags")),
    };
    if changed {
        return match (all.is_empty(), has_empty(&own), has_empty(&all)) {
            (true, ..) | (_, true, true) => unknown(),
            _ => write(&all),
        };
    }
    if !all.is_empty() && !has_empty(&all) {
        return write(&all);
    }
    match prior.and_then(|p| p.get("tags_all")) {
        Some(before) if all.is_empty() || same(before, &write(&all)) => before.clone(),
        _ => unknown(),
    }
}

/// Splits what the cloud answers into `tags` and `tags_all`.
///
/// `tags` holds what is not a default of the provider, and what the state had there although it is.
pub(super) fn split(settings: &Settings, prior: Option<&Value>, observed: Value) -> Value {
    let told = observed
        .get("tags_all")
        .filter(|v| !v.is_null())
        .or_else(|| observed.get("tags"));
    let mut all = read(told);
    all.retain(|k, _| !k.starts_with("aws:") && &**k != HIDDEN && !settings.ignores(k));
    let before = prior.and_then(|p| p.get("tags"));
    let all_before = prior.and_then(|p| p.get("tags_all"));
    if let (Some(before), Some(all_before)) = (before, all_before)
        && before.is_wholly_known()
        && all_before.is_wholly_known()
        && !all_before.is_null()
        && read(Some(all_before)) == all
    {
        // Nothing changed: which of them are defaults of the provider is not to be asked again, they may have changed since.
        return observed
            .with("tags", before.clone())
            .with("tags_all", all_before.clone());
    }
    let held = read(before);
    let mut own = all.clone();
    own.retain(|k, v| {
        let default = settings.default_tags.as_ref().and_then(|d| d.get(k));
        held.contains_key(k) || default.is_none() || default != v.as_ref()
    });
    let null = before.is_some_and(Value::is_null) && own.is_empty();
    let own = if null {
        Value::null(Type::map(Type::String))
    } else {
        write(&own)
    };
    observed.with("tags", own).with("tags_all", write(&all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(tags: &[(&str, &str)]) -> Value {
        Value::map(
            Type::String,
            tags.iter().map(|(k, v)| (*k, Value::from(*v))),
        )
    }

    fn settings(tags: &[(&str, &str)]) -> Settings {
        let default_tags = Some(
            tags.iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
        );
        Settings {
            default_tags,
            ..Settings::default()
        }
    }

    fn object(tags: Value, all: Value) -> Value {
        Value::object([("tags", tags), ("tags_all", all)])
    }

    fn none() -> Value {
        Value::null(Type::map(Type::String))
    }

    #[track_caller]
    fn planned(
        settings: &Settings,
        legacy: bool,
        tags: Value,
        prior: Option<Value>,
    ) -> Option<String> {
        let all = plan(settings, legacy, &object(tags, none()), prior.as_ref());
        all.entries().map(|m| {
            m.iter()
                .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or("null")))
                .collect::<Vec<_>>()
                .join(" ")
        })
    }

    #[test]
    fn own_tags_lie_over_default_tags() {
        let s = settings(&[("A", "1"), ("B", "2")]);
        assert_eq!(
            planned(&s, true, map(&[("B", "3")]), None).unwrap(),
            "A=1 B=3"
        );
        assert_eq!(planned(&s, true, none(), None).unwrap(), "A=1 B=2");
    }

    #[test]
    fn without_any_tag_the_old_sdk_does_not_know() {
        assert_eq!(planned(&settings(&[]), true, none(), None), None);
        assert_eq!(planned(&settings(&[]), false, none(), None).unwrap(), "");
        let prior = object(map(&[("A", "1")]), map(&[("A", "1")]));
        assert_eq!(planned(&settings(&[]), true, none(), Some(prior)), None);
        assert_eq!(
            planned(&settings(&[]), true, none(), Some(object(none(), map(&[])))).unwrap(),
            ""
        );
    }

    #[test]
    fn what_did_not_change_is_not_split_anew() {
        let old = object(none(), map(&[("Owner", "a")]));
        let observed = object(map(&[("Owner", "a")]), none());
        let out = split(&settings(&[("Owner", "b")]), Some(&old), observed);
        assert!(out.get("tags").unwrap().is_null());
    }

    #[test]
    fn a_read_splits_by_default_and_state() {
        let s = Settings {
            ignore_prefixes: ["ext/".into()].into(),
            ..settings(&[("A", "1"), ("B", "2")])
        };
        let answer = map(&[
            ("A", "1"),
            ("B", "2"),
            ("C", "3"),
            ("aws:x", "y"),
            ("ext/z", "y"),
            (HIDDEN, "i"),
        ]);
        let prior = object(map(&[("B", "2")]), none());
        let out = split(&s, Some(&prior), object(answer, none()));
        assert_eq!(
            out.get("tags")
                .unwrap()
                .entries()
                .unwrap()
                .keys()
                .map(|k| &**k)
                .collect::<Vec<_>>(),
            ["B", "C"]
        );
        assert_eq!(out.get("tags_all").unwrap().entries().unwrap().len(), 3);
    }
}
