//! Tags: the SDK's lists as maps of values, without what is not the user's.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_ec2::types::Tag;
use bastionless_model::{
    cloud::{INTENT_TAG, Intent},
    value::{Type, Value},
};

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// What the provider configuration says on tags.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagRules {
    /// `default_tags`
    pub(crate) defaults: Tags,
    /// `ignore_tags.keys`
    pub(crate) ignored_keys: Vec<String>,
    /// `ignore_tags.key_prefixes`
    pub(crate) ignored_prefixes: Vec<String>,
}

impl TagRules {
    /// Tells whether a tag is the user's: not of AWS, not our marker, not ignored.
    pub(crate) fn shows(&self, key: &str) -> bool {
        key != INTENT_TAG
            && !key.starts_with("aws:")
            && !self.ignored_keys.iter().any(|k| k == key)
            && !self
                .ignored_prefixes
                .iter()
                .any(|p| key.starts_with(p.as_str()))
    }

    /// Splits what was found into the attributes `tags` and `tags_all`: a default tag stands in `tags` only where the stored
    /// `tags` have it too.
    pub(crate) fn split(&self, found: &Tags, prior: Option<&Value>) -> (Value, Value) {
        let all: Tags = found
            .iter()
            .filter(|(k, _)| self.shows(k))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let prior_tags = prior.and_then(|p| p.get("tags"));
        let own: Tags = all
            .iter()
            .filter(|(k, v)| {
                self.defaults.get(*k) != Some(*v)
                    || prior_tags.is_some_and(|t| t.get_str(k).is_some())
            })
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let none = own.is_empty() && prior_tags.is_none_or(Value::is_null) && prior.is_some();
        let tags = if none {
            Value::null(Type::map(Type::String))
        } else {
            value(&own)
        };
        (tags, value(&all))
    }
}

/// Makes a `map(string)`.
pub(crate) fn value(tags: &Tags) -> Value {
    Value::map(
        Type::String,
        tags.iter()
            .map(|(k, v)| (Arc::<str>::from(k.as_str()), Value::from(v.as_str()))),
    )
}

/// Reads a `map(string)`; null and missing are empty.
pub(crate) fn from_value(map: Option<&Value>) -> Tags {
    map.and_then(Value::entries)
        .into_iter()
        .flatten()
        .filter_map(|(k, v)| Some((k.to_string(), v.as_str()?.to_owned())))
        .collect()
}

/// Returns the tags that an object is to have: `tags_all`, or `tags` where that is not set.
pub(crate) fn wanted(object: &Value) -> Tags {
    match object.get("tags_all") {
        Some(all) if all.is_known() && !all.is_null() => from_value(Some(all)),
        _ => from_value(object.get("tags")),
    }
}

/// Returns the tags for a create: those wanted and the marker of the intent.
pub(crate) fn marked(planned: &Value, intent: &Intent) -> Tags {
    let mut tags = wanted(planned);
    tags.insert(INTENT_TAG.into(), intent.id.clone());
    tags
}

/// Tells whether an object carries the marker of this intent.
pub(crate) fn is_marked(found: &Tags, intent: &Intent) -> bool {
    found.get(INTENT_TAG) == Some(&intent.id)
}

/// What is to be done to get from one set of tags to another.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TagChange {
    /// Keys to remove.
    pub(crate) remove: Vec<String>,
    /// Tags to set.
    pub(crate) set: Tags,
}

/// Compares the tags of two states of an object; `None` where they are equal.
pub(crate) fn change(prior: &Value, planned: &Value) -> Option<TagChange> {
    let (old, new) = (wanted(prior), wanted(planned));
    if old == new {
        return None;
    }
    Some(TagChange {
        remove: old
            .keys()
            .filter(|k| !new.contains_key(*k))
            .cloned()
            .collect(),
        set: new
            .into_iter()
            .filter(|(k, v)| old.get(k) != Some(v))
            .collect(),
    })
}

/// Reads tags of EC2, whose key and value are options.
pub(crate) fn from_ec2(tags: &[Tag]) -> Tags {
    let known = tags.iter().filter_map(|t| {
        Some((
            t.key()?.to_owned(),
            t.value().unwrap_or_default().to_owned(),
        ))
    });
    known.collect()
}

/// Writes tags of EC2.
pub(crate) fn to_ec2(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(k, v)| Tag::builder().key(k).value(v).build())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect()
    }

    #[test]
    fn defaults_stay_out_of_tags_unless_configured_too() {
        let rules = TagRules {
            defaults: tags(&[("team", "net"), ("env", "dev")]),
            ignored_keys: vec!["noise".into()],
            ignored_prefixes: vec!["tmp/".into()],
        };
        let found = tags(&[
            ("team", "net"),
            ("env", "dev"),
            ("Name", "door"),
            ("noise", "1"),
            ("tmp/x", "1"),
            ("aws:cloudformation:stack", "s"),
            (INTENT_TAG, "1"),
        ]);
        let prior = Value::object([("tags", value(&tags(&[("env", "dev")])))]);
        let (own, all) = rules.split(&found, Some(&prior));
        assert_eq!(
            from_value(Some(&own)),
            tags(&[("env", "dev"), ("Name", "door")])
        );
        assert_eq!(
            from_value(Some(&all)),
            tags(&[("team", "net"), ("env", "dev"), ("Name", "door")])
        );
    }

    #[test]
    fn only_differences_are_changed() {
        let state = |pairs| Value::object([("tags_all", value(&tags(pairs)))]);
        assert_eq!(change(&state(&[("a", "1")]), &state(&[("a", "1")])), None);
        assert_eq!(
            change(
                &state(&[("a", "1"), ("b", "2")]),
                &state(&[("a", "1"), ("b", "3"), ("c", "4")])
            ),
            Some(TagChange {
                remove: vec![],
                set: tags(&[("b", "3"), ("c", "4")])
            })
        );
    }
}
