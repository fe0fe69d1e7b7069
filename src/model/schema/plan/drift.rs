//! What was changed behind our back.
//!
//! Counted are attributes that the configuration sets or whose default the schema states; what the provider computes, what
//! changes by itself and what the cloud does not tell never counts.

use super::same::{content_equal, equivalent, is_empty, is_zero};
use crate::{
    schema::{Attribute, Block, Default, NestedBlock, Nesting, Schema},
    value::{Kind, Path, Value},
};

/// A place where the live object is not as it was applied.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Where.
    pub path: Path,
    /// As applied.
    pub old: Value,
    /// As it is.
    pub new: Value,
}

/// Compares a live object, settled by [`normalise_read`](super::normalise_read), with what was applied last.
///
/// Without a configuration (an object whose block is gone) all applied arguments count that the provider does not compute.
pub fn drift(
    schema: &Schema,
    last_applied: &Value,
    config: Option<&Value>,
    live: &Value,
) -> Vec<Difference> {
    let mut finder = Finder {
        legacy: schema.legacy,
        out: Vec::new(),
    };
    finder.block(&schema.block, last_applied, config, live, &Path::default());
    finder.default_tags(schema, last_applied, live);
    finder.out
}

struct Finder {
    legacy: bool,
    out: Vec<Difference>,
}

impl Finder {
    fn block(
        &mut self,
        block: &Block,
        old: &Value,
        config: Option<&Value>,
        new: &Value,
        path: &Path,
    ) {
        let null = Value::NULL;
        for (name, a) in &block.attributes {
            let (o, n) = (
                old.get(name).unwrap_or(&null),
                new.get(name).unwrap_or(&null),
            );
            if counts(a, o, config.map(|c| c.get(name).unwrap_or(&null))) && !self.equal(a, o, n) {
                self.attribute(o, n, &path.clone().attribute(name.clone()));
            }
        }
        for (name, n) in &block.blocks {
            let configured = config.map(|c| c.get(name).unwrap_or(&null));
            let (o, l) = (
                old.get(name).unwrap_or(&null),
                new.get(name).unwrap_or(&null),
            );
            let set = match configured {
                Some(c) => !is_empty(c),
                None => !n.computed && !is_empty(o),
            };
            if set && !n.unread {
                self.nested(n, o, configured, l, &path.clone().attribute(name.clone()));
            }
        }
    }

    fn equal(&self, a: &Attribute, old: &Value, new: &Value) -> bool {
        content_equal(old, new)
            || equivalent(a.equivalence, old, new)
            || (is_empty(old) && is_empty(new))
            || (self.legacy && is_zero(old) && is_zero(new))
    }

    /// Differences of maps are told entry by entry.
    fn attribute(&mut self, old: &Value, new: &Value, path: &Path) {
        let (Kind::Map(..) | Kind::Null(_), Kind::Map(..) | Kind::Null(_)) =
            (old.kind(), new.kind())
        else {
            return self.push(path.clone(), old, new);
        };
        let null = Value::NULL;
        let keys = [old, new]
            .into_iter()
            .filter_map(Value::entries)
            .flat_map(|m| m.keys().cloned());
        let keys: std::collections::BTreeSet<_> = keys.collect();
        if keys.is_empty() {
            return self.push(path.clone(), old, new);
        }
        for key in keys {
            let (o, n) = (
                old.get(&key).unwrap_or(&null),
                new.get(&key).unwrap_or(&null),
            );
            if !content_equal(o, n) {
                self.push(path.clone().index(key), o, n);
            }
        }
    }

    fn nested(
        &mut self,
        n: &NestedBlock,
        old: &Value,
        config: Option<&Value>,
        new: &Value,
        path: &Path,
    ) {
        let (olds, news) = (
            old.elements().unwrap_or_default(),
            new.elements().unwrap_or_default(),
        );
        match n.nesting {
            Nesting::Single | Nesting::Group if old.is_null() == new.is_null() => {
                self.block(&n.block, old, config, new, path)
            }
            Nesting::List if olds.len() == news.len() => {
                let configs = config.filter(|c| c.is_known()).and_then(Value::elements);
                for (i, (o, l)) in olds.iter().zip(news).enumerate() {
                    let index = path
                        .clone()
                        .index(Value::from(i64::try_from(i).unwrap_or(i64::MAX)));
                    self.block(
                        &n.block,
                        o,
                        configs.and_then(|c| c.get(i)).filter(|c| c.is_known()),
                        l,
                        &index,
                    );
                }
            }
            Nesting::Set if olds.len() == news.len() && self.matched(n, olds, news) => {}
            _ => self.push(path.clone(), old, new),
        }
    }

    /// Elements of a set cannot be told apart but by what they hold; all arguments count.
    fn matched(&self, n: &NestedBlock, olds: &[Value], news: &[Value]) -> bool {
        let mut left: Vec<_> = news.iter().collect();
        olds.iter().all(|o| {
            let place = left.iter().position(|l| {
                let mut inner = Self {
                    legacy: self.legacy,
                    out: Vec::new(),
                };
                inner.block(&n.block, o, None, l, &Path::default());
                inner.out.is_empty()
            });
            place.map(|i| left.remove(i)).is_some()
        })
    }

    /// A tag that the provider configuration gives and that is gone or changed; `tags` do not hold it.
    fn default_tags(&mut self, schema: &Schema, old: &Value, new: &Value) {
        let entries = |v: &Value, name: &str| {
            v.get(name)
                .and_then(Value::entries)
                .cloned()
                .unwrap_or_default()
        };
        if !schema.block.attributes.contains_key("tags_all") {
            return;
        }
        let (own, live) = (entries(old, "tags"), entries(new, "tags_all"));
        for (key, value) in entries(old, "tags_all") {
            if !own.contains_key(&key) && !live.get(&key).is_some_and(|v| content_equal(v, &value))
            {
                let now = live.get(&key).cloned().unwrap_or(Value::NULL);
                self.push(
                    Path::default().attribute("tags_all").index(key),
                    &value,
                    &now,
                );
            }
        }
    }

    fn push(&mut self, path: Path, old: &Value, new: &Value) {
        self.out.push(Difference {
            path,
            old: old.clone(),
            new: new.clone(),
        });
    }
}

/// Tells whether a difference of the attribute is drift.
fn counts(a: &Attribute, old: &Value, config: Option<&Value>) -> bool {
    if a.volatile || a.unread || a.write_only || !a.is_configurable() {
        return false;
    }
    let has_default = matches!(a.default, Some(Default::Value(_)));
    has_default
        || match config {
            Some(config) => !config.is_null(),
            None => !a.is_computed() && !old.is_null(),
        }
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{object, schema, show},
        *,
    };

    #[track_caller]
    fn check(name: &str, last: &str, config: Option<&str>, live: &str, expected: &[&str]) {
        let schema = schema(name);
        let config = config.map(|c| object(&schema, c));
        let found = drift(
            &schema,
            &object(&schema, last),
            config.as_ref(),
            &object(&schema, live),
        );
        let found: Vec<_> = found
            .iter()
            .map(|d| format!("{}: {} -> {}", d.path, show(&d.old), show(&d.new)))
            .collect();
        assert_eq!(found, expected);
    }

    const GROUP: &str = r#"{"name":"g","description":"d","ingress":[],"tags":{"A":"1"},"tags_all":{"A":"1","Team":"a"},"revoke_rules_on_delete":false}"#;

    #[test]
    fn only_what_is_configured_counts() {
        let live = GROUP
            .replace(
                "\"ingress\":[]",
                r#""ingress":[{"from_port":1,"to_port":1,"protocol":"tcp"}],"owner_id":"x""#,
            )
            .replace("\"d\"", "\"e\"");
        let description = r#".description: "d" -> "e""#;
        check(
            "aws_security_group",
            GROUP,
            Some(r#"{"name":"g","description":"d"}"#),
            &live,
            &[description],
        );
        // A default that the schema states counts too.
        check(
            "aws_security_group",
            GROUP,
            Some(r#"{"name":"g"}"#),
            &live,
            &[description],
        );
        check("aws_security_group", GROUP, None, &live, &[description]);
        let configured = r#"{"name":"g","ingress":[]}"#;
        let schema = schema("aws_security_group");
        let config = object(&schema, configured);
        let found = drift(
            &schema,
            &object(&schema, GROUP),
            Some(&config),
            &object(&schema, &live),
        );
        assert_eq!(
            found.iter().map(|d| d.path.to_string()).collect::<Vec<_>>(),
            [".description", ".ingress"]
        );
    }

    #[test]
    fn tags_are_told_one_by_one() {
        let live = GROUP
            .replace(r#"{"A":"1"}"#, r#"{"A":"2","B":"3"}"#)
            .replace(r#"{"A":"1","Team":"a"}"#, r#"{"A":"2","B":"3"}"#);
        let config = r#"{"name":"g","tags":{"A":"1"}}"#;
        let expected = [
            r#".tags["A"]: "1" -> "2""#,
            r#".tags["B"]: null -> "3""#,
            r#".tags_all["Team"]: "a" -> null"#,
        ];
        check("aws_security_group", GROUP, Some(config), &live, &expected);
    }

    #[test]
    fn what_changes_by_itself_or_means_the_same_does_not_count() {
        let policy = r#"{"name":"p","path":"/","policy":"{\"Statement\":[]}","attachment_count":0,"tags_all":{}}"#;
        let live = policy
            .replace("{\\\"Statement\\\":[]}", "{ \\\"Statement\\\": [] }")
            .replace(":0", ":3");
        check(
            "aws_iam_policy",
            policy,
            Some(r#"{"name":"p","policy":"{\"Statement\":[]}"}"#),
            &live,
            &[],
        );
    }

    #[test]
    fn blocks_are_compared_where_they_are_configured() {
        let bucket = |status: &str| {
            format!(
                r#"{{"bucket":"b","versioning_configuration":[{{"status":"{status}","mfa_delete":"{status}"}}]}}"#
            )
        };
        let config = r#"{"bucket":"b","versioning_configuration":[{"status":"Enabled"}]}"#;
        let expected = [r#".versioning_configuration[0].status: "Enabled" -> "Suspended""#];
        check(
            "aws_s3_bucket_versioning",
            &bucket("Enabled"),
            Some(config),
            &bucket("Suspended"),
            &expected,
        );
    }
}
