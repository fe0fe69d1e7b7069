//! Addresses of objects in `moved`, `removed` and `import` blocks.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::Value,
};

use super::names::step_span;
use crate::lang::{
    address::{Key, Mode, Resource},
    program::MoveEnd,
    syntax::{Ident, TraversalStep},
};

/// Words that cannot begin the address of a resource.
const RESERVED: [&str; 9] = [
    "var",
    "local",
    "each",
    "count",
    "self",
    "path",
    "terraform",
    "output",
    "ephemeral",
];

/// Reads a name as the address of a module or a resource, or of an instance of one.
pub(super) fn target(
    root: &Ident,
    steps: &[TraversalStep],
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<MoveEnd> {
    let result = Reader {
        word: Some(root.clone()),
        steps,
        span,
    }
    .read();
    diagnostics.ok(result.map_err(|d| *d))
}

struct Reader<'a> {
    /// The next name; `None` once there is none.
    word: Option<Ident>,
    steps: &'a [TraversalStep],
    span: Span,
}

impl Reader<'_> {
    fn read(mut self) -> Result<MoveEnd, Box<Diagnostic>> {
        let mut path = Vec::new();
        while self.next_is("module") {
            self.advance();
            let name = self.name("a module name")?;
            path.push((name, self.key()?));
            if self.word.is_none() {
                self.end()?;
                return Ok(MoveEnd::Module { steps: path });
            }
        }
        let mut mode = Mode::Managed;
        if self.next_is("data") {
            mode = Mode::Data;
            self.advance();
        } else if self.next_is("resource") {
            self.advance();
        } else if let Some(word) = self.word.as_ref().filter(|w| RESERVED.contains(&&*w.name)) {
            return Err(invalid(
                format!(
                    "The keyword {:?} is reserved and cannot be used to target a resource address. If you are targeting a resource type that uses a reserved keyword, please prefix your address with \"resource.\".",
                    &*word.name
                ),
                self.span,
            ));
        }
        let type_name = self.name("a resource type")?;
        let name = self.name("a resource name")?;
        let key = self.key()?;
        self.end()?;
        Ok(MoveEnd::Resource {
            steps: path,
            resource: Resource {
                mode,
                type_name,
                name,
            },
            key,
        })
    }

    fn next_is(&self, name: &str) -> bool {
        self.word.as_ref().is_some_and(|w| &*w.name == name)
    }

    fn advance(&mut self) -> Option<Ident> {
        let word = self.word.take();
        if let [TraversalStep::Attribute(next), rest @ ..] = self.steps {
            self.word = Some(next.clone());
            self.steps = rest;
        }
        word
    }

    fn name(&mut self, what: &str) -> Result<Arc<str>, Box<Diagnostic>> {
        self.advance().map(|w| w.name).ok_or_else(|| {
            invalid(
                format!("The address needs {what} here: it names a module such as `module.network`, or a resource such as `aws_vpc.main`."),
                self.steps.first().map_or(self.span, step_span),
            )
        })
    }

    /// Reads an instance key, if there is one.
    fn key(&mut self) -> Result<Option<Key>, Box<Diagnostic>> {
        // The key stands before the next name, so only look for it where no name was taken yet.
        if self.word.is_some() {
            return Ok(None);
        }
        let [TraversalStep::Index(value, span), rest @ ..] = self.steps else {
            return Ok(None);
        };
        let key = key_of(value).ok_or_else(|| {
            let why = if value.as_number().is_some() {
                "value must be a whole number, zero or greater"
            } else {
                "either a string or an integer is required"
            };
            invalid(format!("Invalid resource instance key: {why}."), *span)
        })?;
        self.steps = rest;
        if let [TraversalStep::Attribute(next), rest @ ..] = self.steps {
            self.word = Some(next.clone());
            self.steps = rest;
        }
        Ok(Some(key))
    }

    fn end(&self) -> Result<(), Box<Diagnostic>> {
        let extra = self.word.as_ref().map(|w| w.span);
        let extra = extra.or_else(|| self.steps.first().map(step_span));
        extra.map_or(Ok(()), |span| {
            Err(invalid(
                "Resource instance key must be given in square brackets.".into(),
                span,
            ))
        })
    }
}

/// Reads a constant as an instance key.
fn key_of(value: &Value) -> Option<Key> {
    match value.as_str() {
        Some(text) => Some(Key::Str(text.into())),
        None => Some(Key::Int(u64::try_from(value.as_index()?).ok()?)),
    }
}

fn invalid(detail: String, span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("Invalid address", detail).at(span))
}
