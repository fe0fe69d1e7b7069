//! Diagnostics as plain data: built here, rendered by `report`.

use std::borrow::Cow;

use super::Span;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run may go on.
    Warning,
    /// The run fails.
    Error,
}

/// A place with words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The underlined text.
    pub span: Span,
    /// What is to be said of it; may be empty.
    pub text: String,
}

/// A change of source text that would cure the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The text to be replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub replacement: String,
    /// Why, for example "did you mean `name`?".
    pub text: String,
}

/// One problem, for the user to read.
///
/// The summary is fixed text without user text in it, so that equal problems group; user text goes into
/// `detail` and labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Headline, Terraform's words where Terraform has the same problem.
    pub summary: Cow<'static, str>,
    /// What, why and what to do.
    pub detail: String,
    /// The place that is wrong.
    pub primary: Option<Label>,
    /// Other places that matter, possibly in other files.
    pub context: Vec<Label>,
    /// Suggested changes of source.
    pub patches: Vec<Patch>,
    /// The object it happened to, as an absolute address.
    pub address: Option<String>,
}

impl Diagnostic {
    /// Starts an error.
    pub fn error(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary, detail)
    }

    /// Starts a warning.
    pub fn warning(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary, detail)
    }

    fn new(
        severity: Severity,
        summary: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            summary: summary.into(),
            detail: detail.into(),
            primary: None,
            context: Vec::new(),
            patches: Vec::new(),
            address: None,
        }
    }

    /// Sets the place that is wrong; the label may be empty.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.primary = Some(Label {
            span,
            text: String::new(),
        });
        self
    }

    /// Sets the place that is wrong, with a label.
    #[must_use]
    pub fn primary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Sets the place unless there is one already.
    #[must_use]
    pub fn or_at(mut self, span: Span) -> Self {
        if self.primary.is_none() {
            self.primary = Some(Label {
                span,
                text: String::new(),
            });
        }
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn context(mut self, span: Span, text: impl Into<String>) -> Self {
        self.context.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a suggested change.
    #[must_use]
    pub fn patch(
        mut self,
        span: Span,
        replacement: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        self.patches.push(Patch {
            span,
            replacement: replacement.into(),
            text: text.into(),
        });
        self
    }

    /// Names the object it happened to.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }
}

/// The problems of a run, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Tells whether there is at least one error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// Tells whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Walks over them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Keeps the value of an `Ok`, records an `Err`.
    pub fn ok<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        match result {
            Ok(v) => Some(v),
            Err(d) => {
                self.push(d);
                None
            }
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What a stage that never fails gives back: a result, perhaps with holes, and what was wrong.
#[derive(Clone, Debug)]
pub struct Outcome<T> {
    /// The result.
    pub value: T,
    /// What was wrong.
    pub diagnostics: Diagnostics,
}
