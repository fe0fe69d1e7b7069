//! Function calls, and the functions that take expressions.

use std::{borrow::Cow, fmt::Write as _};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Kind, Refinement, Type, Value, convert},
};

use super::{
    constraint,
    eval::{Evaluator, start},
    tfvars::decode_tfvars,
};
use crate::lang::{
    functions::{Call, Function, FunctionError, ParameterType, lookup, names},
    suggest::suggestion,
    syntax::{Expr, ExprKind, Ident, TemplatePart},
};

const DECODE_TFVARS: &str = "provider::terraform::decode_tfvars";

/// An argument: an expression, or an element of the last one that ends in `...`.
enum Argument<'e> {
    Expr(&'e Expr),
    Element(Value, Span),
}

impl Argument<'_> {
    fn start(&self) -> Span {
        match self {
            Self::Expr(e) => start(e),
            Self::Element(_, span) => *span,
        }
    }
}

/// A call as written.
#[derive(Clone, Copy)]
struct Written<'e> {
    expr: &'e Expr,
    name: &'e Ident,
    parens: Span,
}

impl Evaluator<'_> {
    pub(super) fn call(
        &mut self,
        expr: &Expr,
        name: &Ident,
        args: &[Expr],
        expand: bool,
        parens: Span,
    ) -> Value {
        let written = Written { expr, name, parens };
        if self.host.is_none() {
            return self.fail(
                expr.span,
                "Function calls not allowed",
                "Functions may not be called here.",
            );
        }
        let known = self.known_as(&name.name);
        let full = known.as_deref().unwrap_or_default();
        let short = full.strip_prefix("core::").unwrap_or(full);
        let special = matches!(short, "try" | "can" | "convert" | DECODE_TFVARS);
        let function = lookup(full);
        if !special && function.is_none() {
            self.unknown_function(name, parens);
            return Value::DYNAMIC;
        }
        let args = match self.expanded(args, expand) {
            Ok(args) => args,
            Err(value) => return value,
        };
        match (short, function) {
            ("try", _) => self.try_(written, &args),
            ("can", _) => self.can(written, &args),
            ("convert", _) => self.convert(written, &args),
            (DECODE_TFVARS, _) => self.decode_tfvars(written, &args),
            (_, Some(function)) => self.function(written, function, &args),
            (_, None) => Value::DYNAMIC,
        }
    }

    /// Returns the name of a function with that of its provider in place of the local one; `None` where the module does not
    /// require the provider.
    fn known_as<'n>(&self, name: &'n str) -> Option<Cow<'n, str>> {
        let (Some(required), Some(rest)) =
            (self.function_providers, name.strip_prefix("provider::"))
        else {
            return Some(name.into());
        };
        let (local, function) = rest.split_once("::")?;
        required
            .contains(local)
            .then(|| format!("provider::terraform::{function}").into())
    }

    fn unknown_function(&mut self, name: &Ident, parens: Span) {
        let text = &*name.name;
        if let Some((namespace, function)) = text.rsplit_once("::") {
            let root = namespace.split("::").next().unwrap_or_default();
            let detail = match (root, text.split("::").nth(1)) {
                ("provider", Some(_)) if namespace == "provider" => {
                    "The function call must include the provider name after the \"provider::\" prefix.".to_owned()
                }
                ("provider", Some("terraform")) if self.known_as(text).is_some() => format!(
                    "The function \"{function}\" is not available from the provider \"terraform\"."
                ),
                ("provider", Some(provider)) => format!(
                    "There is no function named \"{text}\". Ensure that provider name \"{provider}\" is declared in this module's required_providers block, and that this provider offers a function named \"{function}\"."
                ),
                _ => format!(
                    "The function namespace \"{root}\" is not valid. Provider function calls must use the \"provider::\" namespace prefix."
                ),
            };
            self.fail(name.span, "Unknown provider function", detail);
            return;
        }
        if let "list" | "map" = text {
            let brackets = if text == "list" { "[ ... ]" } else { "{ ... }" };
            let open = Span {
                end: parens.start + 1,
                ..parens
            };
            self.fail(
                name.span.to(open),
                "Error in function call",
                format!("Call to function \"{text}\" failed: the \"{text}\" function was deprecated in Terraform v0.12 and is no longer available; use to{text}({brackets}) syntax to write a literal {text}."),
            );
            return;
        }
        let near = suggestion(text, names());
        let hint = near.map_or_else(String::new, |n| format!(" Did you mean \"{n}\"?"));
        let mut d = Diagnostic::error(
            "Call to unknown function",
            format!("There is no function named \"{text}\".{hint}"),
        )
        .at(name.span);
        if let Some(near) = near {
            d = d.patch(name.span, near, format!("did you mean `{near}`?"));
        }
        self.diagnostics.push(d);
    }

    /// Replaces a last argument with `...` by its elements.
    fn expanded<'e>(&mut self, args: &'e [Expr], expand: bool) -> Result<Vec<Argument<'e>>, Value> {
        let Some((last, rest)) = args.split_last().filter(|_| expand) else {
            return Ok(args.iter().map(Argument::Expr).collect());
        };
        let errors = self.diagnostics.0.len();
        let value = self.eval(last);
        if self.diagnostics.0.len() > errors {
            return Err(Value::DYNAMIC);
        }
        const SUMMARY: &str = "Invalid expanding argument value";
        let sequence = match value.kind() {
            Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => true,
            Kind::Null(t) | Kind::Unknown(t, _) => matches!(
                t,
                Type::List(_) | Type::Set(_) | Type::Tuple(_) | Type::Dynamic
            ),
            _ => false,
        };
        if !sequence {
            return Err(self.fail(
                last.span,
                SUMMARY,
                "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
            ));
        }
        if value.is_null() {
            return Err(self.fail(
                last.span,
                SUMMARY,
                "The expanding argument (indicated by ...) must not be null.",
            ));
        }
        let marks = value.marks();
        let Some(elements) = value.elements() else {
            return Err(Value::DYNAMIC.with_marks(marks));
        };
        let elements = elements
            .iter()
            .map(|v| Argument::Element(v.clone().with_marks(marks), last.span));
        Ok(rest.iter().map(Argument::Expr).chain(elements).collect())
    }

    fn argument(&mut self, argument: &Argument<'_>) -> Value {
        match argument {
            Argument::Expr(e) => self.eval(e),
            Argument::Element(v, _) => v.clone(),
        }
    }

    /// Checks the number of arguments.
    fn counted(
        &mut self,
        call: Written<'_>,
        args: &[Argument<'_>],
        parameters: &[&str],
        variadic: bool,
    ) -> bool {
        let name = &call.name.name;
        if let Some(missing) = parameters.get(args.len()) {
            let at_least = if variadic { " at least" } else { "" };
            let close = Span {
                start: call.parens.end.saturating_sub(1),
                ..call.parens
            };
            self.fail(
                close,
                "Not enough function arguments",
                format!(
                    "Function \"{name}\" expects{at_least} {} argument(s). Missing value for \"{missing}\".",
                    parameters.len()
                ),
            );
            return false;
        }
        if let Some(extra) = args.get(parameters.len())
            && !variadic
        {
            self.fail(
                extra.start(),
                "Too many function arguments",
                format!(
                    "Function \"{name}\" expects only {} argument(s).",
                    parameters.len()
                ),
            );
            return false;
        }
        true
    }

    fn function(&mut self, call: Written<'_>, function: &Function, args: &[Argument<'_>]) -> Value {
        let parameters: Vec<&str> = function.parameters.iter().map(|p| p.name).collect();
        if !self.counted(call, args, &parameters, function.variadic.is_some()) {
            return Value::DYNAMIC;
        }
        if function.name == "templatestring"
            && let [Argument::Expr(template), vars] = args
            && let Some(result) = self.unfit_template(call, function, args, (template, vars))
        {
            return result;
        }
        let Some(values) = self.arguments(call, function, args) else {
            return Value::DYNAMIC;
        };
        if self.in_template && matches!(function.name, "templatefile" | "templatestring") {
            let error = FunctionError::new(format!(
                "cannot recursively call {} from inside another template function",
                function.name
            ));
            return self.refused(call, Some(function), args, &error);
        }
        if self.pure_only && !function.pure {
            return Value::unknown_refined(
                Type::String,
                Refinement {
                    not_null: true,
                    ..Refinement::default()
                },
            );
        }
        let Some(host) = self.host else {
            return Value::DYNAMIC;
        };
        match function.call(Call {
            args: &values,
            host,
        }) {
            Ok(value) => value,
            Err(error) => self.refused(call, Some(function), args, &error),
        }
    }

    /// Evaluates the arguments and converts them to the types of their parameters; says what is wrong with each of them.
    fn arguments(
        &mut self,
        call: Written<'_>,
        function: &Function,
        args: &[Argument<'_>],
    ) -> Option<Vec<Value>> {
        let errors = self.diagnostics.0.len();
        let mut values = Vec::with_capacity(args.len());
        for (i, argument) in args.iter().enumerate() {
            let value = self.argument(argument);
            let converted = match function.parameter(i).map(|p| p.ty) {
                None | Some(ParameterType::Any) => Ok(value),
                Some(ty) => convert(&value, &ty.to_type()),
            };
            match converted {
                Ok(value) => values.push(value),
                Err(e) => {
                    let error = FunctionError::argument(i, e.message);
                    self.refused(call, Some(function), args, &error);
                }
            }
        }
        (self.diagnostics.0.len() == errors).then_some(values)
    }

    /// Looks at the template of `templatestring` as it is written, but not before its variables are there.
    fn unfit_template(
        &mut self,
        call: Written<'_>,
        function: &Function,
        args: &[Argument<'_>],
        (template, vars): (&Expr, &Argument<'_>),
    ) -> Option<Value> {
        let (value, problems) = self.apart(|e| e.argument(vars));
        if problems.has_errors() {
            self.diagnostics.extend(problems);
            return Some(Value::DYNAMIC);
        }
        let error = if value.is_null() {
            FunctionError::argument(1, "argument must not be null")
        } else if value.is_unknown() {
            return Some(
                Value::unknown(Type::String)
                    .not_null()
                    .with_marks(value.marks()),
            );
        } else {
            let why = no_direct_reference(template)?;
            FunctionError::argument(0, format!("invalid template expression: {why}"))
        };
        Some(self.refused(call, Some(function), args, &error))
    }

    fn refused(
        &mut self,
        call: Written<'_>,
        function: Option<&Function>,
        args: &[Argument<'_>],
        error: &FunctionError,
    ) -> Value {
        let message = &error.message;
        let argument = error.argument.and_then(|i| {
            let parameter = function
                .and_then(|f| f.parameter(i))
                .map_or("value", |p| p.name);
            Some((args.get(i)?.start(), parameter))
        });
        match argument {
            Some((span, parameter)) => self.fail(
                span,
                "Invalid function argument",
                format!("Invalid value for \"{parameter}\" parameter: {message}."),
            ),
            None => self.fail(
                start(call.expr),
                "Error in function call",
                // Where Terraform panics a stack follows, of which nothing can be said here.
                format!(
                    "Call to function \"{}\" failed: {message}{}",
                    call.name.name,
                    if message.starts_with("panic in ") {
                        ""
                    } else {
                        "."
                    }
                ),
            ),
        }
    }

    /// Returns the first argument that has a value.
    fn try_(&mut self, call: Written<'_>, args: &[Argument<'_>]) -> Value {
        if args.is_empty() {
            let error = FunctionError::new("at least one argument is required");
            return self.refused(call, None, args, &error);
        }
        let mut all = Diagnostics::default();
        for argument in args {
            let (value, problems) = self.apart(|e| e.argument(argument));
            if problems.has_errors() {
                all.extend(problems);
            } else if value.is_wholly_known() {
                return value;
            } else {
                return Value::DYNAMIC.with_marks(value.marks());
            }
        }
        let mut text = String::from("no expression succeeded:\n");
        for d in all.iter() {
            let _ = writeln!(text, "- {}\n  {}", d.summary, d.detail);
        }
        text.push_str("\nAt least one expression must produce a successful result");
        self.refused(call, None, args, &FunctionError::new(text))
    }

    fn can(&mut self, call: Written<'_>, args: &[Argument<'_>]) -> Value {
        if !self.counted(call, args, &["expression"], false) {
            return Value::DYNAMIC;
        }
        let Some(argument) = args.first() else {
            return Value::DYNAMIC;
        };
        let (value, problems) = self.apart(|e| e.argument(argument));
        if problems.has_errors() {
            Value::from(false)
        } else if value.is_wholly_known() {
            Value::from(true)
        } else {
            Value::unknown(Type::Bool)
        }
    }

    /// Reads the text of a variables file, which needs the syntax of the language.
    fn decode_tfvars(&mut self, call: Written<'_>, args: &[Argument<'_>]) -> Value {
        if !self.counted(call, args, &["src"], false) {
            return Value::DYNAMIC;
        }
        let [argument] = args else {
            return Value::DYNAMIC;
        };
        let errors = self.diagnostics.0.len();
        let (given, marks) = self.argument(argument).unmark_deep();
        if self.diagnostics.0.len() > errors {
            return Value::DYNAMIC;
        }
        let result = match convert(&given, &Type::String) {
            Ok(text) if text.is_unknown() => Ok(Value::DYNAMIC),
            Ok(text) => match text.as_str() {
                Some(text) => decode_tfvars(text),
                None => Err(FunctionError::argument(0, "argument must not be null")),
            },
            Err(e) => Err(FunctionError::argument(0, e.message)),
        };
        match result {
            Ok(value) => value.with_marks(marks),
            Err(error) => match (error.argument, argument) {
                (Some(_), argument) => self.fail(
                    argument.start(),
                    "Invalid function argument",
                    format!("Invalid value for \"src\" parameter: {}.", error.message),
                ),
                (None, _) => self.refused(call, None, args, &error),
            },
        }
    }

    /// `convert(value, type)`
    fn convert(&mut self, call: Written<'_>, args: &[Argument<'_>]) -> Value {
        if !self.counted(call, args, &["value", "type"], false) {
            return Value::DYNAMIC;
        }
        let [value, Argument::Expr(ty)] = args else {
            return Value::DYNAMIC;
        };
        let ty = match constraint(ty) {
            Ok(ty) => ty,
            Err(d) => {
                self.diagnostics.push(d);
                return Value::DYNAMIC;
            }
        };
        let errors = self.diagnostics.0.len();
        let given = self.argument(value);
        if self.diagnostics.0.len() > errors {
            return Value::DYNAMIC;
        }
        // As for every function marks rise, and an unknown value is not looked at.
        let (given, marks) = given.unmark_deep();
        if given.is_unknown() {
            return Value::unknown(ty.to_type()).with_marks(marks);
        }
        match ty.apply(&given) {
            Ok(v) => v.with_marks(marks),
            Err(e) => self.fail(
                value.start(),
                "Invalid function argument",
                format!("Invalid value for \"value\" parameter: {}.", e.message),
            ),
        }
    }
}

/// Says why an expression is not the plain reference that `templatestring` wants.
fn no_direct_reference(expr: &Expr) -> Option<&'static str> {
    match &expr.kind {
        ExprKind::Template(t) => Some(match t.parts.as_slice() {
            [TemplatePart::Interpolation(_)] => {
                "templatestring is only for rendering templates retrieved dynamically from elsewhere; to treat the inner expression as template syntax, write the reference expression directly without any template interpolation syntax"
            }
            parts
                if parts
                    .iter()
                    .any(|p| !matches!(p, TemplatePart::Literal(..))) =>
            {
                "templatestring is only for rendering templates retrieved dynamically from elsewhere; to render an inline template, consider using a plain template string expression"
            }
            _ => {
                "templatestring is only for rendering templates retrieved dynamically from elsewhere, and so does not support providing a literal template; consider using a template string expression instead"
            }
        }),
        ExprKind::Traversal { .. } | ExprKind::Index { .. } | ExprKind::Relative { .. } => None,
        _ => Some(
            "must be a direct reference to a single string from elsewhere, containing valid Terraform template syntax",
        ),
    }
}
