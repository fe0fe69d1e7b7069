//! From source text to the syntax tree.

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceId, Span};
use hcl_edit::{Span as _, structure};

use super::{
    ast::{Attribute, Block, Body, Expr, File, Ident, Item, Template},
    cursor::{Cursor, Parsed, error, nfc},
    skeleton::{self, BlockPlaces, Skeleton},
    token::{self, Kind, Tokens},
};

/// Reads a configuration file. Never fails: what stands before the first syntax error is in the tree.
pub fn parse(id: SourceId, text: &str) -> Outcome<File> {
    let tokens = token::code(id, text);
    let Skeleton {
        mask,
        exprs,
        blocks,
        mut diagnostics,
    } = skeleton::read(id, text, &tokens);
    let mask = String::from_utf8(mask).unwrap_or_default();
    let span = Span::new(id, 0, text.len());
    let items = match hcl_edit::parser::parse_body(&mask) {
        Ok(body) => {
            let mut builder = Builder {
                source: id,
                exprs: exprs.into_iter(),
                blocks: blocks.into_iter(),
            };
            builder.items(body)
        }
        Err(e) => {
            let at = e.location().offset();
            diagnostics.push(
                Diagnostic::error(
                    "Unreadable structure",
                    format!("The structure of the file could not be read: {}. This is a bug in bastionless; please report it.", e.message()),
                )
                .at(Span::new(id, at, at + 1)),
            );
            Vec::new()
        }
    };
    Outcome {
        value: File {
            body: Body {
                items,
                span,
                missing_at: Span::new(id, 0, 0),
                json: false,
            },
        },
        diagnostics,
    }
}

struct Builder {
    source: SourceId,
    exprs: std::vec::IntoIter<(u32, Expr)>,
    blocks: std::vec::IntoIter<Option<BlockPlaces>>,
}

impl Builder {
    fn items(&mut self, body: structure::Body) -> Vec<Item> {
        body.into_iter().filter_map(|s| self.item(s)).collect()
    }

    fn ident(&self, name: &hcl_edit::Decorated<hcl_edit::Ident>) -> Ident {
        let range = name.span().unwrap_or_default();
        Ident {
            name: nfc(name.as_str()),
            span: Span::new(self.source, range.start, range.end),
        }
    }

    fn item(&mut self, structure: structure::Structure) -> Option<Item> {
        match structure {
            structure::Structure::Attribute(attribute) => {
                let name = self.ident(&attribute.key);
                let (start, expr) = self.exprs.next()?;
                debug_assert_eq!(start, name.span.start);
                Some(Item::Attribute(Attribute {
                    span: name.span.to(expr.span),
                    name,
                    expr,
                }))
            }
            structure::Structure::Block(block) => {
                let kind = self.ident(&block.ident);
                let places = self.blocks.next()??;
                let items = self.items(block.body);
                Some(Item::Block(Block {
                    span: kind.span.to(places.close),
                    kind,
                    labels: places.labels,
                    body: Body {
                        items,
                        span: Span {
                            source: self.source,
                            start: places.open.end,
                            end: places.close.start,
                        },
                        missing_at: places.open,
                        json: false,
                    },
                    header: places.header,
                }))
            }
        }
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
