//! Syntax: the tree of a file, whatever parser made it.
//!
//! hcl-edit stands behind `parse`; nothing outside this room names it. What it misreads (templates, heredocs, numbers,
//! limits) is read again here from the source text.

mod ast;
mod collection;
mod cursor;
mod escape;
mod expression;
mod json;
mod json_body;
mod parse;
mod skeleton;
mod template;
mod token;

pub use ast::{
    Attribute, BinaryOp, Block, Body, Expr, ExprKind, File, ForExpr, Ident, Item, Label,
    ObjectItem, Template, TemplatePart, TraversalStep, UnaryOp,
};
pub use json_body::parse_json;
pub use parse::{is_identifier, parse, parse_expression, parse_template};

#[cfg(test)]
mod tests;
