//! Expressions that stand in no file, as those of the console.

use bastionless_model::base::Diagnostics;

use super::scope::Scope;
use crate::lang::{
    expr::references,
    program::{ModuleId, Program},
    syntax::Expr,
};

/// Checks what an expression of the root module refers to, as [`link`](super::link) checks those of files.
pub fn check_expression(program: &Program, expr: &Expr) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    Scope::new(program, ModuleId(0)).check(references(expr), &mut diagnostics);
    diagnostics
}
