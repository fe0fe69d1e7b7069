//! Templates.

use bastionless_model::{
    base::Span,
    value::{Marks, Refinement, Type, Value, convert},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{eval::Evaluator, for_loop::bound};
use crate::lang::syntax::{Expr, TemplatePart};

/// What has been written so far.
struct Output {
    text: String,
    marks: Marks,
    known: bool,
}

impl Evaluator<'_> {
    /// Evaluates a template; one interpolation alone keeps the type of its value.
    pub(super) fn template(&mut self, parts: &[TemplatePart], span: Span) -> Value {
        match parts {
            [TemplatePart::Interpolation(expr)] => return self.eval(expr),
            [TemplatePart::Literal(text, _)] => return Value::from(text.clone()),
            _ => {}
        }
        let mut output = Output {
            text: String::new(),
            marks: Marks::NONE,
            known: true,
        };
        let errors = self.diagnostics.0.len();
        self.parts(parts, &mut output, span);
        let Output { text, marks, known } = output;
        let value = if known {
            Value::from(text)
        } else {
            let prefix = Some(safe_prefix(&text))
                .filter(|p| !p.is_empty() && self.diagnostics.0.len() == errors);
            Value::unknown_refined(
                Type::String,
                Refinement {
                    not_null: true,
                    prefix: prefix.map(Into::into),
                    ..Refinement::default()
                },
            )
        };
        value.with_marks(marks)
    }

    fn parts(&mut self, parts: &[TemplatePart], output: &mut Output, span: Span) {
        for part in parts {
            match part {
                TemplatePart::Literal(text, _) => output.push(text),
                TemplatePart::Interpolation(expr) => {
                    let value = self.eval(expr);
                    self.write(&value, expr, output);
                }
                TemplatePart::If {
                    condition,
                    then,
                    otherwise,
                    ..
                } => self.if_part(condition, then, otherwise, output, span),
                TemplatePart::For {
                    key,
                    value,
                    collection,
                    body,
                    ..
                } => {
                    let (found, marks) = match self.iterated(collection) {
                        Ok(found) => found,
                        Err(unknown) => {
                            output.unknown(unknown.marks());
                            continue;
                        }
                    };
                    output.marks = output.marks.union(marks);
                    for (k, v) in found {
                        let names = bound(key.as_ref(), value, k, v);
                        self.with_names(names, |e| e.parts(body, output, span));
                    }
                }
            }
        }
    }

    fn write(&mut self, value: &Value, expr: &Expr, output: &mut Output) {
        const SUMMARY: &str = "Invalid template interpolation value";
        output.marks = output.marks.union(value.marks());
        if value.is_null() {
            self.fail(
                expr.span,
                SUMMARY,
                "The expression result is null. Cannot include a null value in a string template.",
            );
            return;
        }
        if value.is_unknown() {
            // What is known of its beginning continues what is known so far.
            if output.known
                && let Some(prefix) = value.refinement().and_then(|r| r.prefix.clone())
            {
                output.text.push_str(&prefix);
            }
            output.known = false;
            return;
        }
        match convert(value, &Type::String) {
            Ok(text) => output.push(text.as_str().unwrap_or_default()),
            Err(e) => {
                self.fail(
                    expr.span,
                    SUMMARY,
                    format!(
                        "Cannot include the given value in a string template: {}.",
                        e.message
                    ),
                );
            }
        }
    }

    /// Both sides are evaluated: what is wrong with the side not taken does not count.
    fn if_part(
        &mut self,
        condition: &Expr,
        then: &[TemplatePart],
        otherwise: &[TemplatePart],
        output: &mut Output,
        span: Span,
    ) {
        let decision = self.eval(condition);
        output.marks = output.marks.union(decision.marks());
        if decision.is_null() {
            self.fail(
                condition.span,
                "Null condition",
                "The condition value is null. Conditions must either be true or false.",
            );
            return;
        }
        match convert(&decision, &Type::Bool) {
            Ok(v) => match v.as_bool() {
                Some(true) => self.parts(then, output, span),
                Some(false) => self.parts(otherwise, output, span),
                None => {
                    for side in [then, otherwise] {
                        let mut sink = Output {
                            text: String::new(),
                            marks: Marks::NONE,
                            known: false,
                        };
                        self.apart(|e| e.parts(side, &mut sink, span));
                        output.marks = output.marks.union(sink.marks);
                    }
                    output.known = false;
                }
            },
            Err(_) => {
                self.fail(
                    condition.span,
                    "Incorrect condition type",
                    "The condition expression must be of type bool.",
                );
            }
        }
    }
}

impl Output {
    fn push(&mut self, text: &str) {
        if self.known {
            self.text.push_str(text);
        }
    }

    fn unknown(&mut self, marks: Marks) {
        self.known = false;
        self.marks = self.marks.union(marks);
    }
}

/// Cuts off the last character if what follows might change it.
fn safe_prefix(text: &str) -> &str {
    match text.chars().last() {
        Some(c) if c.is_ascii_punctuation() || c == ' ' || c == '\n' || c == '\t' => text,
        _ => text
            .grapheme_indices(true)
            .next_back()
            .map_or("", |(i, _)| text.get(..i).unwrap_or_default()),
    }
}
