//! Lints of single policies: one rule a file.
//!
//! [`lint`] reads a parsed policy and returns what is wrong or unwise in it, with the place in the text and, where one edit of the text
//! would cure it, that edit. Rules on whole configurations live in `core::check`; they use these for the policies in it.
//!
//! To add a rule: a file with a `RULE`, its `mod` line and its line in [`RULES`], a violating and a sound policy in `tests/`. Tests fail
//! if the documentation, the fixtures or the line is missing.

mod context;
mod kind;
mod limits;
mod meet;
mod words;

mod action_other_ways;
mod action_unknown;
mod action_wildcard;
mod arn_ambiguous;
mod arn_format;
mod arn_not_of_action;
mod arn_where_star;
mod bucket_transport;
mod condition_for_all;
mod condition_for_single;
mod condition_key_of_action;
mod condition_key_type;
mod condition_mfa;
mod condition_operator;
mod condition_value;
mod document_length;
mod document_not_allow;
mod document_principal;
mod document_public;
mod document_shape;
mod document_sid;
mod document_variables;
mod document_version;
mod escalate_pass_role;
mod escalate_privileges;
mod escalate_run_as;
mod escalate_tags;
mod key_decrypt;
mod key_via_service;
mod push_os_user;
mod resource_wildcard;
mod session_command;
mod session_document_arn;
mod session_document_check;
mod session_document_open;
mod session_document_tag;
mod session_everywhere;
mod session_own;
mod tunnel_instance_tag;
mod tunnel_limits;
mod variable_unknown;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use context::{Context, covers, covers_any};
pub use kind::Kind;

use super::{catalogue::Catalogue, parse::Parsed};
use crate::base::{Level, RuleDoc};

/// A rule on single policies.
pub struct Rule {
    /// What it says of itself.
    pub doc: RuleDoc,
    /// Looks for violations.
    pub(super) check: fn(&Context<'_>, &mut Vec<Finding>),
}

/// A change of the policy text that would cure a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to be replaced.
    pub span: Range<usize>,
    /// The new text: JSON.
    pub replacement: String,
    /// Why, such as "did you mean …?".
    pub text: String,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static RuleDoc,
    /// How much it matters.
    pub level: Level,
    /// Where, in bytes of the policy text.
    pub span: Range<usize>,
    /// What is wrong and what to do.
    pub message: String,
    /// A change that would cure it.
    pub patch: Option<Edit>,
}

/// All rules on single policies, sorted by name.
pub static RULES: &[&Rule] = &[
    &action_other_ways::RULE,
    &action_unknown::RULE,
    &action_wildcard::RULE,
    &arn_ambiguous::RULE,
    &arn_format::RULE,
    &arn_not_of_action::RULE,
    &arn_where_star::RULE,
    &bucket_transport::RULE,
    &condition_for_all::RULE,
    &condition_for_single::RULE,
    &condition_key_of_action::RULE,
    &condition_key_type::RULE,
    &condition_mfa::RULE,
    &condition_operator::RULE,
    &condition_value::RULE,
    &document_length::RULE,
    &document_not_allow::RULE,
    &document_principal::RULE,
    &document_public::RULE,
    &document_shape::RULE,
    &document_sid::RULE,
    &document_variables::RULE,
    &document_version::RULE,
    &escalate_pass_role::RULE,
    &escalate_privileges::RULE,
    &escalate_run_as::RULE,
    &escalate_tags::RULE,
    &key_decrypt::RULE,
    &key_via_service::RULE,
    &push_os_user::RULE,
    &resource_wildcard::RULE,
    &session_command::RULE,
    &session_document_arn::RULE,
    &session_document_check::RULE,
    &session_document_open::RULE,
    &session_document_tag::RULE,
    &session_everywhere::RULE,
    &session_own::RULE,
    &tunnel_instance_tag::RULE,
    &tunnel_limits::RULE,
    &variable_unknown::RULE,
];

/// Returns what the rules find in a policy, in the order of the text. `text` is what was parsed.
pub fn lint(parsed: &Parsed, text: &str, kind: Kind) -> Vec<Finding> {
    let cx = Context {
        document: &parsed.document,
        problems: &parsed.problems,
        text,
        kind,
        catalogue: Catalogue::get(),
    };
    let mut out = Vec::new();
    for rule in RULES {
        (rule.check)(&cx, &mut out);
    }
    out.sort_by(|a, b| {
        (a.span.start, a.span.end, a.rule.id, &a.message).cmp(&(
            b.span.start,
            b.span.end,
            b.rule.id,
            &b.message,
        ))
    });
    out.dedup_by(|a, b| a.rule.id == b.rule.id && a.span == b.span && a.message == b.message);
    out
}

impl Rule {
    /// Makes a finding of this rule.
    fn at(&'static self, span: &Range<usize>, message: impl Into<String>) -> Finding {
        Finding {
            rule: &self.doc,
            level: self.doc.level,
            span: span.clone(),
            message: message.into(),
            patch: None,
        }
    }
}

impl Finding {
    /// Sets another level than the rule's.
    fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Adds a change that replaces a JSON text, quotes included, by another one.
    fn text_patch(self, span: &Range<usize>, value: &str, why: impl Into<String>) -> Self {
        self.raw_patch(span, serde_json::Value::from(value).to_string(), why)
    }

    /// Adds a change.
    fn raw_patch(
        mut self,
        span: &Range<usize>,
        replacement: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        // An empty place is that of a text which was not read: nothing there can be replaced.
        if !span.is_empty() {
            self.patch = Some(Edit {
                span: span.clone(),
                replacement: replacement.into(),
                text: why.into(),
            });
        }
        self
    }
}
