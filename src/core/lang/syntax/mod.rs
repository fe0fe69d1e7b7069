//! Syntax: the tree of a file, whatever parser made it.
//!
//! `token` splits, `skeleton` reads bodies, `expression` and its neighbours what stands in them; `json` and `json_body` give the
//! same tree from JSON.

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
pub(in crate::lang) mod token;

pub use ast::{
    Attribute, BinaryOp, Block, Body, Expr, ExprKind, File, ForExpr, Ident, Item, Label,
    ObjectItem, Template, TemplatePart, TraversalStep, UnaryOp,
};
pub use json_body::parse_json;
pub use parse::{is_identifier, parse, parse_expression, parse_template};

#[cfg(test)]
mod tests;
