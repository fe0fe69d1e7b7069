//! Rules on configurations, as they are written and as a plan leaves them: one rule a file.
//!
//! [`check`] looks at an [`Estate`]: the objects that a plan leaves, with names in place of what is known only after apply. `validate`
//! has no plan and rehearses one without asking anybody ([`rehearse`]). Policies in the configuration go through the lints of
//! `model::iam::lint`, and what these find points into the configuration as far as the text can be found there.
//!
//! A comment `# bastionless:ignore RULE` on the line of a finding, or on the line before it or before its block, silences the rule there.
//!
//! To add a rule: a file with a `RULE`, its `mod` line and its line in [`RULES`], a violating and a sound configuration in `fixtures/`.

mod estate;
mod groups;
mod mistakes;
mod policies;
mod rehearse;
mod sessions;
mod silence;

mod bucket_logs;
mod document_forwarding;
mod document_inputs;
mod document_log_encryption;
mod document_run_as;
mod endpoint_client_ip;
mod endpoint_default_group;
mod endpoint_group_inbound;
mod endpoint_incomplete;
mod endpoint_policy;
mod endpoint_private_dns;
mod group_egress;
mod group_from_anywhere;
mod group_from_network;
mod role_managed_policy;

#[cfg(test)]
mod tests;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Level, Patch, RuleDoc, SourceMap, Span},
    iam::lint,
};

pub use estate::{Estate, Object};
pub use mistakes::MISTAKES;
pub use rehearse::rehearse;

/// A rule on configurations.
pub struct Rule {
    /// What it says of itself.
    pub doc: RuleDoc,
    check: fn(&Estate<'_>, &mut Vec<Found>),
}

/// Something that a rule found in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The rule.
    pub rule: &'static RuleDoc,
    /// How much it matters.
    pub level: Level,
    /// The object, as an absolute address.
    pub address: String,
    /// Where it is written.
    pub span: Option<Span>,
    /// What is wrong and what to do.
    pub message: String,
    /// Another place that matters, with words.
    pub context: Option<(Span, String)>,
    /// A change of the configuration that would cure it.
    pub patch: Option<Patch>,
    /// The span of the block of the object: a comment before it silences, too.
    block: Option<Span>,
}

/// All rules on configurations, sorted by file.
pub static RULES: &[&Rule] = &[
    &bucket_logs::RULE,
    &document_forwarding::RULE,
    &document_inputs::RULE,
    &document_log_encryption::RULE,
    &document_run_as::RULE,
    &endpoint_client_ip::RULE,
    &endpoint_default_group::RULE,
    &endpoint_group_inbound::RULE,
    &endpoint_incomplete::RULE,
    &endpoint_policy::RULE,
    &endpoint_private_dns::RULE,
    &group_egress::RULE,
    &group_from_anywhere::RULE,
    &group_from_network::RULE,
    &role_managed_policy::RULE,
];

/// Returns what all rules find, policies included, in the order of addresses and places; without what comments silence.
pub fn check(estate: &Estate<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for rule in RULES {
        (rule.check)(estate, &mut out);
    }
    policies::lints(estate, &mut out);
    for f in out.iter_mut().filter(|f| f.level == Level::Error) {
        // An object that stays as it is was taken by AWS.
        let stays = estate
            .objects()
            .iter()
            .any(|o| o.is_unchanged && o.address.to_string() == f.address);
        f.level = if stays { Level::Warning } else { Level::Error };
    }
    out.retain(|f| !silence::is_silenced(&estate.program().sources, f.rule.id, f.span, f.block));
    out.sort_by(|a, b| {
        (&a.span, &a.address, a.rule.id, &a.message)
            .cmp(&(&b.span, &b.address, b.rule.id, &b.message))
    });
    // Instances of one block say the same of the same place.
    out.dedup_by(|a, b| {
        a.span.is_some() && a.span == b.span && a.rule.id == b.rule.id && a.message == b.message
    });
    out
}

/// Returns the policies of a configuration: address of the object, argument, text with names in place of what is not known.
pub fn policies(estate: &Estate<'_>) -> Vec<(crate::lang::address::AbsInstance, String, String)> {
    policies::all(estate)
        .into_iter()
        .map(|p| (p.object.address.clone(), p.attribute, p.text))
        .collect()
}

/// Makes diagnostics of what was found, as far as it matters at least so much. What AWS refuses is an error.
pub fn diagnostics(found: &[Found], least: Level) -> Diagnostics {
    found
        .iter()
        .filter(|f| f.level >= least)
        .map(Found::diagnostic)
        .collect()
}

/// Makes a diagnostic of what a lint found in a file that holds a policy.
pub fn of_file(finding: &lint::Finding, source: bastionless_model::base::SourceId) -> Diagnostic {
    let span = |r: &std::ops::Range<usize>| Span::new(source, r.start, r.end);
    let mut d = diagnostic(finding.rule, finding.level, &finding.message).at(span(&finding.span));
    if let Some(p) = &finding.patch {
        d = d.patch(span(&p.span), p.replacement.as_str(), p.text.as_str());
    }
    d
}

/// Returns what every rule says of itself: those on policies, then those on configurations, each sorted by name.
pub fn documentation() -> (Vec<&'static RuleDoc>, Vec<&'static RuleDoc>) {
    let sorted = |mut docs: Vec<&'static RuleDoc>| {
        docs.sort_by_key(|d| d.id);
        docs
    };
    (
        sorted(lint::RULES.iter().map(|r| &r.doc).collect()),
        sorted(RULES.iter().map(|r| &r.doc).collect()),
    )
}

/// Writes the documentation of all rules in Markdown: what `docs/rules.md` holds.
pub fn rules_markdown() -> String {
    let (policies, configurations) = documentation();
    let mut out = String::from(HEAD);
    out.push_str("\n## Common mistakes\n\n| mistake | what comes of it | rules |\n|---|---|---|\n");
    for (what, effect, rules) in MISTAKES {
        let rules: Vec<_> = rules.iter().map(|r| format!("[{r}](#{r})")).collect();
        out.push_str(&format!("| {what} | {effect} | {} |\n", rules.join(", ")));
    }
    for (title, docs) in [
        ("On policies", policies),
        ("On configurations", configurations),
    ] {
        out.push_str(&format!("\n## {title}\n"));
        for doc in docs {
            out.push_str(&format!("\n{}", doc.markdown()));
        }
    }
    out
}

const HEAD: &str = "# Rules

What `bastionless iam lint`, `validate` and `plan` look for. Written by `bastionless iam lint -rules`; a test compares.

- *error*: AWS refuses it. `validate`, `plan` and `apply` stop with exit code 1 (an object that stays as it is gets a warning).
- *warning*: almost never what was meant. Shown by all of them; changes no exit code but that of `iam lint`, which is 3.
- *advice*: worth knowing, often right as it is. Shown by `iam lint` only.

A comment silences a rule for what stands on its line, on the line after it, or in the block after it:

```hcl
# bastionless:ignore open-egress: the proxy filters
resource \"aws_vpc_security_group_egress_rule\" \"all\" {
```

`iam lint -fix` writes the suggested changes into policy files.
";

fn diagnostic(rule: &'static RuleDoc, level: Level, message: &str) -> Diagnostic {
    let detail = format!("{message} [{}]", rule.id);
    match level {
        Level::Error => Diagnostic::error(rule.headline, detail),
        Level::Warning | Level::Advice => Diagnostic::warning(rule.headline, detail),
    }
}

impl Found {
    /// Makes a diagnostic of it.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut d = diagnostic(self.rule, self.level, &self.message).address(self.address.as_str());
        if let Some(span) = self.span {
            d = d.at(span);
        }
        if let Some((span, text)) = &self.context {
            d = d.context(*span, text.as_str());
        }
        d.patches.extend(self.patch.clone());
        d
    }

    /// Sets another level than the rule's.
    fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Adds another place.
    fn context(mut self, span: Option<Span>, text: impl Into<String>) -> Self {
        self.context = span.map(|s| (s, text.into()));
        self
    }

    /// Suggests another value for an attribute of the object.
    fn set(
        mut self,
        object: &Object<'_>,
        attribute: &str,
        value: &str,
        sources: &SourceMap,
    ) -> Self {
        if let Some(span) = object.value_at(attribute) {
            let text = format!("set `{attribute} = {value}`");
            self.patch = Some(Patch {
                span,
                replacement: value.to_owned(),
                text,
            });
        } else if let Some(inside) = object.inside() {
            let text = format!("add `{attribute} = {value}`");
            let replacement = format!("\n  {attribute} = {value}");
            // A block on one line needs none.
            if sources.get(inside.source).is_some() {
                self.patch = Some(Patch {
                    span: inside,
                    replacement,
                    text,
                });
            }
        }
        self
    }
}

impl Rule {
    /// Makes a finding at an attribute of an object, or at its block where the attribute is not written.
    fn at(
        &'static self,
        object: &Object<'_>,
        attribute: &str,
        message: impl Into<String>,
    ) -> Found {
        Found {
            rule: &self.doc,
            level: self.doc.level,
            address: object.address.to_string(),
            span: object.at(attribute),
            message: message.into(),
            context: None,
            patch: None,
            block: object.header(),
        }
    }
}
