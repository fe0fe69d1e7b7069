//! Operators.

use bastionless_model::{
    base::Span,
    value::{Marks, Number, NumberError, Refinement, Type, Value, convert, equal},
};

use super::eval::Evaluator;
use crate::lang::syntax::{BinaryOp, Expr, ExprKind, UnaryOp};

fn unknown(ty: Type) -> Value {
    Value::unknown_refined(
        ty,
        Refinement {
            not_null: true,
            ..Refinement::default()
        },
    )
}

/// The side of an operator that decided, whose problems are the only ones that count.
enum Side {
    Left,
    Right,
}

/// Lets one side of `||` and `&&` decide alone, as HCL does: from either side, and before problems of the other are told.
///
/// Null counts as `false`. Where nothing decides, an unknown side without a problem does.
fn short_circuit(op: BinaryOp, a: &Value, b: &Value, left_failed: bool) -> Option<(Value, Side)> {
    let or = match op {
        BinaryOp::Or => true,
        BinaryOp::And => false,
        _ => return None,
    };
    let decides = |v: &Value| v.is_known() && v.as_bool().unwrap_or(false) == or;
    match (a.is_unknown(), b.is_unknown()) {
        (true, true) => (!left_failed).then(|| (unknown(Type::Bool), Side::Left)),
        _ if decides(a) => Some((Value::from(or), Side::Left)),
        _ if decides(b) => Some((Value::from(or), Side::Right)),
        (true, false) => Some((unknown(Type::Bool), Side::Left)),
        (false, true) => Some((unknown(Type::Bool), Side::Right)),
        (false, false) => None,
    }
}

impl Evaluator<'_> {
    /// Evaluates a chain from its left end, without calling itself for the left sides: chains are long.
    pub(super) fn binary(&mut self, expr: &Expr) -> Value {
        let mut chain = Vec::new();
        let mut left_end = expr;
        while let ExprKind::Binary { op, left, right } = &left_end.kind {
            chain.push((*op, &**left, &**right, left_end.span));
            left_end = left;
        }
        let (mut value, mut problems) = self.apart(|e| e.eval(left_end));
        for (op, left, right, span) in chain.into_iter().rev() {
            let (result, all) =
                self.apart(|e| e.operation(op, (value, problems, left), right, span));
            (value, problems) = (result, all);
        }
        self.diagnostics.extend(problems);
        value
    }

    fn operation(
        &mut self,
        op: BinaryOp,
        (left_value, left_problems, left): (Value, bastionless_model::base::Diagnostics, &Expr),
        right: &Expr,
        span: Span,
    ) -> Value {
        let (right_value, right_problems) = self.apart(|e| e.eval(right));
        let operand_type = match op {
            BinaryOp::Or | BinaryOp::And => Type::Bool,
            BinaryOp::Equal | BinaryOp::NotEqual => Type::Dynamic,
            _ => Type::Number,
        };
        let result_type = match op {
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => Type::Number,
            _ => Type::Bool,
        };
        let a = self.operand(left_value, &operand_type, "left", left.span);
        let b = self.operand(right_value, &operand_type, "right", right.span);
        if self.diagnostics.has_errors() {
            self.diagnostics.extend(left_problems);
            self.diagnostics.extend(right_problems);
            return Value::unknown(result_type);
        }
        if let Some((result, side)) = short_circuit(op, &a, &b, left_problems.has_errors()) {
            self.diagnostics.extend(match side {
                Side::Left => left_problems,
                Side::Right => right_problems,
            });
            return result.with_marks(a.marks().union(b.marks()));
        }
        self.diagnostics.extend(left_problems);
        self.diagnostics.extend(right_problems);
        if self.diagnostics.has_errors() {
            return Value::unknown(result_type);
        }
        match op {
            BinaryOp::Equal => equal(&a, &b),
            BinaryOp::NotEqual => not(&equal(&a, &b)),
            BinaryOp::Or | BinaryOp::And => self.logic(op, &a, &b, span),
            _ => self.arithmetic(op, &a, &b, result_type, span),
        }
    }

    fn operand(&mut self, value: Value, ty: &Type, side: &str, span: Span) -> Value {
        if *ty == Type::Dynamic {
            return value;
        }
        match convert(&value, ty) {
            Ok(v) => v,
            Err(e) => {
                self.fail(
                    span,
                    "Invalid operand",
                    format!("Unsuitable value for {side} operand: {}.", e.message),
                );
                Value::unknown(ty.clone())
            }
        }
    }

    fn must_not_be_null(&mut self, span: Span, ty: Type) -> Value {
        self.fail(
            span,
            "Operation failed",
            "Error during operation: argument must not be null.",
        );
        Value::unknown(ty)
    }

    /// What [`short_circuit`] leaves: both sides are known, or one is null.
    fn logic(&mut self, op: BinaryOp, a: &Value, b: &Value, span: Span) -> Value {
        if a.is_null() || b.is_null() {
            self.must_not_be_null(span, Type::Bool)
        } else {
            Value::from(op != BinaryOp::Or)
        }
        .with_marks(a.marks().union(b.marks()))
    }

    fn arithmetic(&mut self, op: BinaryOp, a: &Value, b: &Value, ty: Type, span: Span) -> Value {
        let marks = a.marks().union(b.marks());
        if a.is_null() || b.is_null() {
            return self.must_not_be_null(span, ty);
        }
        let (Some(x), Some(y)) = (a.as_number(), b.as_number()) else {
            return compare_ranges(op, a, b)
                .unwrap_or_else(|| unknown(ty))
                .with_marks(marks);
        };
        let result = match op {
            BinaryOp::Less => Ok(Value::from(x < y)),
            BinaryOp::LessEqual => Ok(Value::from(x <= y)),
            BinaryOp::Greater => Ok(Value::from(x > y)),
            BinaryOp::GreaterEqual => Ok(Value::from(x >= y)),
            BinaryOp::Add => x.add(y).map(Value::from),
            BinaryOp::Subtract => x.sub(y).map(Value::from),
            BinaryOp::Multiply => x.mul(y).map(Value::from),
            BinaryOp::Divide => x.div(y).map(Value::from),
            _ => x.rem(y).map(Value::from),
        };
        self.done(result, ty, marks, span)
    }

    fn done(
        &mut self,
        result: Result<Value, NumberError>,
        ty: Type,
        marks: Marks,
        span: Span,
    ) -> Value {
        match result {
            Ok(v) => v.with_marks(marks),
            Err(e) => {
                self.fail(
                    span,
                    "Operation failed",
                    format!("Error during operation: {e}."),
                );
                Value::unknown(ty).with_marks(marks)
            }
        }
    }

    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr, span: Span) -> Value {
        let ty = match op {
            UnaryOp::Negate => Type::Number,
            UnaryOp::Not => Type::Bool,
        };
        let errors = self.diagnostics.0.len();
        let value = self.eval(operand);
        let value = match convert(&value, &ty) {
            Ok(v) => v,
            Err(e) => {
                self.fail(
                    operand.span,
                    "Invalid operand",
                    format!("Unsuitable value for unary operand: {}.", e.message),
                );
                return Value::unknown(ty);
            }
        };
        if self.diagnostics.0.len() > errors {
            return Value::unknown(ty);
        }
        if value.is_null() {
            return self.must_not_be_null(span, ty);
        }
        let result = match (op, value.as_bool(), value.as_number()) {
            (UnaryOp::Not, Some(b), _) => Value::from(!b),
            (UnaryOp::Negate, _, Some(n)) => Value::from(n.neg()),
            _ => unknown(ty),
        };
        result.with_marks(value.marks())
    }
}

fn not(value: &Value) -> Value {
    match value.as_bool() {
        Some(b) => Value::from(!b).with_marks(value.marks()),
        None => value.clone(),
    }
}

/// Compares by what is known of unknown numbers; `None` where that does not decide. All bounds count as exclusive, as
/// in Terraform.
fn compare_ranges(op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
    type Bound = Option<Number>;
    let range = |v: &Value| -> (Bound, Bound) {
        match (v.as_number(), v.refinement()) {
            (Some(n), _) => (Some(n.clone()), Some(n.clone())),
            (None, Some(r)) => (
                r.min.as_ref().map(|m| m.0.clone()),
                r.max.as_ref().map(|m| m.0.clone()),
            ),
            (None, None) => (None, None),
        }
    };
    let ((a_min, a_max), (b_min, b_max)) = match op {
        BinaryOp::Less | BinaryOp::LessEqual => (range(a), range(b)),
        BinaryOp::Greater | BinaryOp::GreaterEqual => (range(b), range(a)),
        _ => return None,
    };
    let below = |x: Bound, y: Bound| matches!((x, y), (Some(x), Some(y)) if x < y);
    if below(a_max, b_min) {
        return Some(Value::from(true));
    }
    below(b_max, a_min).then(|| Value::from(false))
}
