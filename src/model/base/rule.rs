//! What a rule says of itself: shared by the lints of policies and the rules on configurations.

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing; often right as it is. Shown by `iam lint`, not by `validate` and `plan`.
    Advice,
    /// Almost never what was meant.
    Warning,
    /// AWS refuses it.
    Error,
}

impl Level {
    /// Returns the name that users see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The documentation of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleDoc {
    /// Its name, lower case with hyphens; unique among all rules.
    pub id: &'static str,
    /// How much its findings matter, unless a finding says otherwise.
    pub level: Level,
    /// The headline of its findings, without user text.
    pub headline: &'static str,
    /// What it finds.
    pub what: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// How to put it right.
    pub fix: &'static str,
    /// Where the fact comes from.
    pub source: &'static str,
}

impl RuleDoc {
    /// Writes the rule's section of the documentation, in Markdown.
    pub fn markdown(&self) -> String {
        format!(
            "### {}\n\n*{}.* Level: {}.\n\n**What:** {}\n\n**Why:** {}\n\n**Fix:** {}\n\n**Source:** {}\n",
            self.id,
            self.headline,
            self.level.name(),
            self.what,
            self.why,
            self.fix,
            self.source
        )
    }

    /// Returns the names of the parts that say nothing: a rule without documentation is a bug.
    pub fn gaps(&self) -> Vec<&'static str> {
        let parts = [
            ("headline", self.headline),
            ("what", self.what),
            ("why", self.why),
            ("fix", self.fix),
            ("source", self.source),
        ];
        let mut gaps: Vec<_> = parts
            .iter()
            .filter(|(_, t)| t.trim().len() < 8)
            .map(|(n, _)| *n)
            .collect();
        let is_id =
            !self.id.is_empty() && self.id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !is_id {
            gaps.push("id");
        }
        gaps
    }
}
