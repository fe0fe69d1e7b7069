//! From source text to the syntax tree.

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceId, Span};

use super::{
    ast::{Body, Expr, File, Template},
    cursor::{Cursor, Parsed, error},
    skeleton,
    token::{self, Kind, Tokens},
};

/// Reads a configuration file. Never fails: what stands before the first syntax error is in the tree.
pub fn parse(id: SourceId, text: &str) -> Outcome<File> {
    let (items, diagnostics) = skeleton::read(id, text, &token::code(id, text));
    Outcome {
        value: File {
            body: Body {
                items,
                span: Span::new(id, 0, text.len()),
                missing_at: Span::new(id, 0, 0),
                json: false,
            },
        },
        diagnostics,
    }
}

fn finish<T>(
    id: SourceId,
    text: &str,
    tokens: &Tokens,
    parse: impl FnOnce(&mut Cursor<'_>) -> Parsed<T>,
) -> Result<T, Diagnostics> {
    let mut cursor = Cursor::new(id, text, &tokens.list, false);
    let start = |d: &Diagnostic| d.primary.as_ref().map_or(0, |l| l.span.start);
    match (parse(&mut cursor), &tokens.error) {
        (Ok(value), None) => Ok(value),
        (Err(parser), Some(lexer)) if start(&parser) < start(lexer) => Err((*parser).into()),
        (_, Some(lexer)) => Err((**lexer).clone().into()),
        (Err(parser), None) => Err((*parser).into()),
    }
}

/// Reads a text that is one expression, as an option on the command line or in the console.
///
/// # Errors
/// Says what the first syntax error is.
pub fn parse_expression(id: SourceId, text: &str) -> Result<Expr, Diagnostics> {
    finish(id, text, &token::code(id, text), |c| {
        let expr = c.expression()?;
        let rest = c.peek();
        if rest.kind == Kind::End {
            return Ok(expr);
        }
        Err(error(
            c.span(rest),
            "Extra characters after expression",
            "An expression was successfully parsed, but extra characters were found after it.",
        ))
    })
}

/// Reads a text that is a template, such as a template file.
///
/// # Errors
/// Says what the first syntax error is.
pub fn parse_template(id: SourceId, text: &str) -> Result<Template, Diagnostics> {
    finish(id, text, &token::template(id, text), |c| c.whole_template())
}

/// Tells whether a text is an identifier.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && token::ident_len(text) == text.len()
}
