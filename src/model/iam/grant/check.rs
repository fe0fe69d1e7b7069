//! A grant while it is compiled: its arguments as ARNs and conditions, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    arn::{self, Kind},
    model::{Grant, GrantError, Scope},
    range::{self, Range},
    statement::Test,
};

/// Conditions of a statement.
pub(super) type Conditions = BTreeMap<Test, BTreeSet<String>>;

/// A grant, its place, and what was found wrong.
pub(super) struct Check<'a> {
    index: usize,
    /// The grant.
    pub(super) grant: &'a Grant,
    /// Where it holds.
    pub(super) scope: &'a Scope,
    /// What was found wrong.
    pub(super) errors: Vec<GrantError>,
}

impl<'a> Check<'a> {
    /// Starts with a grant.
    pub(super) fn new(index: usize, grant: &'a Grant, scope: &'a Scope) -> Self {
        Self {
            index,
            grant,
            scope,
            errors: Vec::new(),
        }
    }

    /// Refuses an argument; the reason has no full stop, the alternative has.
    pub(super) fn refuse(
        &mut self,
        argument: &'static str,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) {
        self.errors.push(GrantError {
            grant: Some(self.index),
            argument,
            what: what.into(),
            instead: instead.into(),
        });
    }

    /// Refuses an argument that the method cannot honour, if it is given.
    pub(super) fn without(
        &mut self,
        argument: &'static str,
        is_given: bool,
        why: &str,
        instead: &str,
    ) {
        if is_given {
            self.refuse(
                argument,
                format!("`{}` {why}", self.grant.method.name()),
                instead,
            );
        }
    }

    /// Refuses the arguments that say where sessions are logged, if they are given.
    pub(super) fn without_logging(&mut self, why: &str, instead: &str) {
        let logging = &self.grant.logging;
        self.without(
            "log_group_arns",
            !logging.log_groups.is_empty(),
            why,
            instead,
        );
        self.without("log_bucket_arns", !logging.buckets.is_empty(), why, instead);
        self.without(
            "log_bucket_key_arns",
            !logging.bucket_keys.is_empty(),
            why,
            instead,
        );
    }

    /// Returns the ARNs of objects that are named by id or ARN.
    pub(super) fn arns(
        &mut self,
        argument: &'static str,
        names: &[String],
        kinds: &[Kind],
    ) -> Vec<String> {
        let mut out = Vec::new();
        for name in names {
            match kinds.iter().find_map(|k| k.resolve(self.scope, name)) {
                Some(arn) => out.push(arn),
                None if arn::is_pattern(name) => self.refuse(
                    argument,
                    format!("\"{name}\" is a pattern, which would allow what nobody listed"),
                    "Name each object, or choose by tags.",
                ),
                None => {
                    let first = kinds.first().map_or("", |k| k.id);
                    let id = if first.is_empty() {
                        "an ARN".to_owned()
                    } else {
                        format!("an id (`{first}…`) or an ARN")
                    };
                    self.refuse(
                        argument,
                        format!(
                            "\"{name}\" is not what the argument takes: {id} of the right kind"
                        ),
                        "Correct it.",
                    );
                }
            }
        }
        out
    }

    /// Returns the targets of one kind: what is named, or all of the kind with the tags; with the condition that the tags make.
    pub(super) fn targets(
        &mut self,
        (names_argument, names): (&'static str, &[String]),
        (tags_argument, tags): (&'static str, &BTreeMap<String, String>),
        kinds: &[Kind],
    ) -> (Vec<String>, Conditions) {
        let mut arns = self.arns(names_argument, names, kinds);
        if names.is_empty() && tags.is_empty() {
            self.refuse(
                names_argument,
                format!("`{}` needs `{names_argument}` or `{tags_argument}`: without them it would reach everything", self.grant.method.name()),
                "Name the targets, or the tags that they have.",
            );
        } else if names.is_empty() {
            arns.extend(kinds.first().map(|k| k.of(self.scope, "*")));
        }
        let mut conditions = Conditions::new();
        for (key, value) in tags {
            if key.is_empty()
                || arn::is_pattern(key)
                || value.contains("${") && !arn::has_symbol(value)
            {
                self.refuse(
                    tags_argument,
                    format!("the tag \"{key}\" = \"{value}\" is not literal"),
                    "Write key and value as they are on the object.",
                );
            }
            conditions.insert(
                ("StringEquals", format!("aws:ResourceTag/{key}")),
                BTreeSet::from([value.clone()]),
            );
        }
        (arns, conditions)
    }

    /// Checks ranges and writes them as policies have them.
    pub(super) fn ranges(&mut self, argument: &'static str, ranges: &[String]) -> BTreeSet<String> {
        for text in ranges.iter().filter(|r| !arn::has_symbol(r)) {
            if let Err(why) = Range::parse(text) {
                self.refuse(
                    argument,
                    why,
                    "Write `10.0.1.10` for one address, `10.0.1.0/24` for a range.",
                );
            }
        }
        let written = ranges.iter().map(|r| range::written(r)).collect();
        super::merge::tidy("IpAddress", &written)
    }

    /// Returns the conditions that hold for every call of the grant: who is it, from where, when.
    pub(super) fn common(&mut self) -> Conditions {
        let mut out = Conditions::new();
        let mut add = |operator, key: &str, value: String| {
            out.entry((operator, key.to_owned()))
                .or_default()
                .insert(value);
        };
        let grant = self.grant;
        if grant.require_mfa || grant.mfa_max_age.is_some() {
            add("Bool", "aws:MultiFactorAuthPresent", "true".into());
        }
        if let Some(age) = grant.mfa_max_age {
            add(
                "NumericLessThanEquals",
                "aws:MultiFactorAuthAge",
                age.to_string(),
            );
        }
        if let Some(time) = &grant.not_before {
            add("DateGreaterThanEquals", "aws:CurrentTime", time.clone());
        }
        if let Some(time) = &grant.not_after {
            add("DateLessThan", "aws:CurrentTime", time.clone());
        }
        for range in self.ranges("source_ranges", &grant.source_ranges) {
            out.entry(("IpAddress", "aws:SourceIp".to_owned()))
                .or_default()
                .insert(range);
        }
        out
    }

    /// Checks what [`Self::common`] is made of; once a grant.
    pub(super) fn check_common(&mut self) {
        let grant = self.grant;
        if grant
            .mfa_max_age
            .is_some_and(|age| !(1..=129_600).contains(&age))
        {
            self.refuse(
                "mfa_max_age",
                "the age is not between 1 and 129,600 seconds (36 hours, the longest session)",
                "Correct it.",
            );
        }
        for (argument, time) in [
            ("not_before", &grant.not_before),
            ("not_after", &grant.not_after),
        ] {
            if time
                .as_ref()
                .is_some_and(|t| !arn::has_symbol(t) && !is_time(t))
            {
                self.refuse(
                    argument,
                    "the time is not written as UTC to the second",
                    "Write it as `2026-01-31T17:00:00Z`.",
                );
            }
        }
        if let (Some(from), Some(to)) = (&grant.not_before, &grant.not_after)
            && is_time(from)
            && is_time(to)
            && from >= to
        {
            self.refuse(
                "not_after",
                "the time window is empty: it ends before it begins",
                "Set `not_after` after `not_before`.",
            );
        }
        for text in grant.source_ranges.iter().filter(|r| range::is_private(r)) {
            self.refuse(
                "source_ranges",
                format!("\"{text}\" is private, and AWS never sees a private source address: calls through a VPC endpoint come without `aws:SourceIp`"),
                "Give the public addresses that the users' network has.",
            );
        }
    }
}

/// Tells whether a text is a time in UTC, to the second.
fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(b, f)| {
            if *f == b'd' {
                b.is_ascii_digit()
            } else {
                b == *f
            }
        });
    let part = |from: usize| {
        text.get(from..from + 2)
            .and_then(|t| t.parse::<u8>().ok())
            .unwrap_or(u8::MAX)
    };
    let year = text
        .get(..4)
        .and_then(|t| t.parse::<u32>().ok())
        .unwrap_or_default();
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match part(5) {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    fits && (1..=12).contains(&part(5))
        && (1..=days).contains(&part(8))
        && part(11) < 24
        && part(14) < 60
        && part(17) < 60
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn times_are_read_strictly() {
        assert!(is_time("2026-01-31T00:00:00Z") && is_time("2028-02-29T23:59:59Z"));
        for wrong in [
            "2026-02-29T00:00:00Z",
            "2026-01-31",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00+01:00",
            "2026-04-31T00:00:00Z",
        ] {
            assert!(!is_time(wrong), "{wrong}");
        }
    }
}
