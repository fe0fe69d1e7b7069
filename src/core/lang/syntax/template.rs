//! Templates: parts as tokens first (strip markers, dedent), then the tree of directives.

use std::{borrow::Cow, iter::Peekable, sync::Arc, vec::IntoIter};

use bastionless_model::base::{Diagnostic, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    ast::{Expr, ExprKind, Ident, Template, TemplatePart},
    cursor::{Cursor, Parsed, error, nfc},
    escape,
    token::{Kind, Token},
};

/// A template before its directives are matched.
enum Part<'a> {
    Text(Cow<'a, str>, Span),
    Value(Expr),
    If(Expr, Span),
    Else(Span),
    EndIf(Span),
    For {
        key: Option<Ident>,
        value: Ident,
        collection: Expr,
        span: Span,
    },
    EndFor(Span),
}

impl<'a> Cursor<'a> {
    /// Parses a quoted string or heredoc after its opening token.
    pub(super) fn quoted_template(&mut self, open: Token) -> Parsed<Expr> {
        let heredoc = open.kind == Kind::OpenHeredoc;
        let end = if heredoc {
            Kind::CloseHeredoc
        } else {
            Kind::CloseQuote
        };
        let mut parts = self.parts(end)?;
        if heredoc && self.text_of(open).starts_with("<<-") {
            dedent(&mut parts);
        }
        let parts = tree(parts, self.span(self.last()))?;
        Ok(Expr {
            kind: ExprKind::Template(Box::new(Template { parts, heredoc })),
            span: self.since(open),
        })
    }

    /// Parses a template file.
    pub(super) fn whole_template(&mut self) -> Parsed<Template> {
        let parts = self.parts(Kind::End)?;
        let parts = tree(parts, self.span(self.last()))?;
        Ok(Template {
            parts,
            heredoc: false,
        })
    }

    fn parts(&mut self, end: Kind) -> Parsed<Vec<Part<'a>>> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        let mut trim_next = false;
        loop {
            let next = self.read();
            let trim = std::mem::take(&mut trim_next);
            match next.kind {
                kind if kind == end => return Ok(parts),
                Kind::QuotedText | Kind::PlainText => {
                    let raw = self.text_of(next);
                    let text = if next.kind == Kind::QuotedText {
                        escape::quoted(self.source, next.start as usize, raw)?
                    } else {
                        escape::plain(raw)
                    };
                    let text = if trim { trim_start(text) } else { text };
                    parts.push(Part::Text(text, self.span(next)));
                }
                Kind::Interpolation => {
                    self.trim_last(&mut parts, next);
                    let value =
                        self.with_newlines(false, |c| c.interpolation(next, end, &mut trim_next))?;
                    parts.push(Part::Value(value));
                }
                Kind::Control => {
                    self.trim_last(&mut parts, next);
                    let part = self.with_newlines(false, |c| c.directive(next, &mut trim_next))?;
                    parts.push(part);
                }
                _ => {
                    return Err(error(
                        self.span(next),
                        "Unterminated template string",
                        "No closing marker was found for the string.",
                    ));
                }
            }
        }
    }

    /// `${~` and `%{~` take white space off the end of the text before.
    fn trim_last(&self, parts: &mut [Part<'_>], open: Token) {
        if open.end - open.start == 3
            && let Some(Part::Text(text, _)) = parts.last_mut()
        {
            let len = text.trim_end().len();
            match text {
                Cow::Borrowed(t) => *t = t.get(..len).unwrap_or_default(),
                Cow::Owned(t) => t.truncate(len),
            }
        }
    }

    fn close_sequence(&mut self, trim_next: &mut bool) -> bool {
        match self.eat(Kind::SequenceEnd) {
            Some(close) => {
                *trim_next = close.end - close.start == 2;
                true
            }
            None => false,
        }
    }

    fn interpolation(&mut self, open: Token, end: Kind, trim_next: &mut bool) -> Parsed<Expr> {
        let value = self.expression()?;
        if self.close_sequence(trim_next) {
            return Ok(value);
        }
        let close = self.peek();
        let unclosed = |place: &str| {
            error(
                self.span(open),
                "Unclosed template interpolation sequence",
                format!(
                    "There is no closing brace for this interpolation sequence before the end of the {place}. This might be caused by incorrect nesting inside the given expression."
                ),
            )
        };
        Err(match close.kind {
            Kind::End => unclosed("file"),
            Kind::OpenQuote | Kind::CloseQuote if end == Kind::CloseQuote => {
                unclosed("quoted template")
            }
            Kind::Colon => error(
                self.span(close),
                "Extra characters after interpolation expression",
                "Template interpolation doesn't expect a colon at this location. Did you intend this to be a literal sequence to be processed as part of another language? If so, you can escape it by starting with \"$${\" instead of just \"${\".",
            ),
            _ => error(
                self.span(close),
                "Extra characters after interpolation expression",
                "Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when you include interpolation syntax for another language, such as shell scripting, but forget to escape the interpolation start token. If this is an embedded sequence for another language, escape it by starting with \"$${\" instead of just \"${\".",
            ),
        })
    }

    fn directive(&mut self, open: Token, trim_next: &mut bool) -> Parsed<Part<'a>> {
        let word = self.peek();
        if word.kind != Kind::Ident {
            return Err(error(
                self.span(word),
                "Invalid template directive",
                "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence.",
            ));
        }
        self.read();
        let whole = |c: &Self| c.span(open).to(c.span(c.peek()));
        let part = match self.text_of(word) {
            "if" => {
                let condition = self.expression()?;
                Part::If(condition, whole(self))
            }
            "else" => Part::Else(whole(self)),
            "endif" => Part::EndIf(whole(self)),
            "for" => self.for_directive(open)?,
            "endfor" => Part::EndFor(whole(self)),
            other => return Err(self.unknown_directive(word, other)),
        };
        if self.close_sequence(trim_next) {
            return Ok(part);
        }
        Err(Box::new(
            Diagnostic::error(
                format!("Extra characters in {} marker", self.text_of(word)),
                "Expected a closing brace to end the sequence, but found extra characters.",
            )
            .at(self.span(self.peek())),
        ))
    }

    fn unknown_directive(&self, word: Token, given: &str) -> Box<Diagnostic> {
        let known = ["if", "for", "else", "endif", "endfor"];
        let hint = known
            .into_iter()
            .find(|k| strsim::levenshtein(given, k) < 3)
            .map_or_else(String::new, |k| format!(" Did you mean \"{k}\"?"));
        error(
            self.span(word),
            "Invalid template control keyword",
            format!("\"{given}\" is not a valid template control keyword.{hint}"),
        )
    }

    fn for_directive(&mut self, open: Token) -> Parsed<Part<'a>> {
        let name = |c: &mut Self, missing: &str| {
            let token = c.peek();
            if token.kind != Kind::Ident {
                return Err(error(c.span(token), "Invalid 'for' directive", missing));
            }
            c.read();
            Ok(c.ident(token))
        };
        let mut value = name(self, "For directive requires variable name after 'for'.")?;
        let mut key = None;
        if self.eat(Kind::Comma).is_some() {
            key = Some(value);
            value = name(
                self,
                "For directive requires value variable name after comma.",
            )?;
        }
        if !self.at_keyword("in") {
            return Err(error(
                self.span(self.peek()),
                "Invalid 'for' directive",
                "For directive requires 'in' keyword after names.",
            ));
        }
        self.read();
        let collection = self.expression()?;
        Ok(Part::For {
            key,
            value,
            collection,
            span: self.span(open).to(self.span(self.peek())),
        })
    }
}

fn trim_start(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(t) => Cow::Borrowed(t.trim_start()),
        Cow::Owned(t) => Cow::Owned(t.trim_start().to_owned()),
    }
}

/// Takes the common indentation off, as `<<-` asks; a blank line neither counts nor changes.
fn dedent(parts: &mut [Part<'_>]) {
    let mut least = usize::MAX;
    let mut lines = Vec::new();
    let mut line_start = true;
    for (i, part) in parts.iter().enumerate() {
        if std::mem::take(&mut line_start) {
            let mut spaces = 0;
            if let Part::Text(text, _) = part {
                let trimmed = text.trim_start();
                if trimmed.is_empty() && text.ends_with('\n') {
                    spaces = usize::MAX;
                } else {
                    let white = text.get(..text.len() - trimmed.len()).unwrap_or_default();
                    spaces = white.graphemes(true).count();
                    lines.push(i);
                }
            }
            least = least.min(spaces);
        }
        if let Part::Text(text, _) = part {
            line_start = text.ends_with('\n');
        }
    }
    if least == 0 || least == usize::MAX {
        return;
    }
    for i in lines {
        if let Some(Part::Text(text, _)) = parts.get_mut(i) {
            let cut: usize = text.graphemes(true).take(least).map(str::len).sum();
            *text = Cow::Owned(text.get(cut..).unwrap_or_default().to_owned());
        }
    }
}

/// How deep directives may nest.
const MAX_DIRECTIVES: usize = 200;

type Stream<'a> = Peekable<IntoIter<Part<'a>>>;

/// Refuses directives that nest too deep for the functions below, which call each other.
fn check_depth(parts: &[Part<'_>]) -> Parsed<()> {
    let mut depth = 0_usize;
    for part in parts {
        match part {
            Part::If(_, span) | Part::For { span, .. } => {
                depth += 1;
                if depth > MAX_DIRECTIVES {
                    return Err(error(
                        *span,
                        "Template directives too deeply nested",
                        format!(
                            "Template directives may be nested at most {MAX_DIRECTIVES} levels deep."
                        ),
                    ));
                }
            }
            Part::EndIf(_) | Part::EndFor(_) => depth = depth.saturating_sub(1),
            Part::Text(..) | Part::Value(_) | Part::Else(_) => {}
        }
    }
    Ok(())
}

/// Joins texts and matches directives; `end` is where the template ends.
fn tree(parts: Vec<Part<'_>>, end: Span) -> Parsed<Vec<TemplatePart>> {
    if parts.is_empty() {
        let empty = Span {
            start: end.end,
            ..end
        };
        return Ok(vec![TemplatePart::Literal("".into(), empty)]);
    }
    check_depth(&parts)?;
    let mut stream = parts.into_iter().peekable();
    let mut result = Vec::new();
    while let Some(part) = stream.next() {
        let (name, span) = match part {
            Part::Else(span) => ("else", span),
            Part::EndIf(span) => ("endif", span),
            Part::EndFor(span) => ("endfor", span),
            part => {
                result.push(node(part, &mut stream, end)?);
                continue;
            }
        };
        return Err(Box::new(
            Diagnostic::error(
                format!("Unexpected {name} directive"),
                "The control directives within this template are unbalanced.",
            )
            .at(span),
        ));
    }
    Ok(result)
}

fn unexpected(name: &str, span: Span, detail: &str, open: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(format!("Unexpected {name}"), detail)
            .at(span)
            .context(open, "the directive starts here"),
    )
}

fn node(part: Part<'_>, stream: &mut Stream<'_>, end: Span) -> Parsed<TemplatePart> {
    match part {
        Part::Text(text, span) => Ok(joined(text, span, stream)),
        Part::Value(expr) => Ok(TemplatePart::Interpolation(expr)),
        Part::If(condition, span) => if_node(condition, span, stream, end),
        Part::For {
            key,
            value,
            collection,
            span,
        } => {
            let mut body = Vec::new();
            loop {
                match stream.next() {
                    None => {
                        return Err(unexpected(
                            "end of template",
                            end,
                            "The for directive is missing its corresponding endfor directive.",
                            span,
                        ));
                    }
                    Some(Part::EndFor(_)) => break,
                    Some(Part::Else(at)) => {
                        return Err(unexpected(
                            "else directive",
                            at,
                            "An else clause is not expected for a for directive.",
                            span,
                        ));
                    }
                    Some(Part::EndIf(at)) => {
                        return Err(unexpected(
                            "endif directive",
                            at,
                            "Expecting an endfor directive corresponding to the for directive.",
                            span,
                        ));
                    }
                    Some(part) => body.push(node(part, stream, end)?),
                }
            }
            Ok(TemplatePart::For {
                key,
                value,
                collection,
                body,
                span,
            })
        }
        Part::Else(span) | Part::EndIf(span) | Part::EndFor(span) => {
            Ok(TemplatePart::Literal("".into(), span))
        }
    }
}

fn if_node(
    condition: Expr,
    span: Span,
    stream: &mut Stream<'_>,
    end: Span,
) -> Parsed<TemplatePart> {
    let mut then = Vec::new();
    let mut otherwise: Option<Vec<TemplatePart>> = None;
    loop {
        match stream.next() {
            None => {
                return Err(unexpected(
                    "end of template",
                    end,
                    "The if directive is missing its corresponding endif directive.",
                    span,
                ));
            }
            Some(Part::EndIf(_)) => break,
            Some(Part::Else(at)) => {
                if otherwise.is_some() {
                    return Err(unexpected(
                        "else directive",
                        at,
                        "Already in the else clause for the if.",
                        span,
                    ));
                }
                otherwise = Some(Vec::new());
            }
            Some(Part::EndFor(at)) => {
                return Err(unexpected(
                    "endfor directive",
                    at,
                    "Expecting an endif directive for the if.",
                    span,
                ));
            }
            Some(part) => {
                let node = node(part, stream, end)?;
                otherwise.as_mut().unwrap_or(&mut then).push(node);
            }
        }
    }
    Ok(TemplatePart::If {
        condition,
        then,
        otherwise: otherwise.unwrap_or_default(),
        span,
    })
}

/// Joins a text with the texts that follow it.
fn joined(text: Cow<'_, str>, mut span: Span, stream: &mut Stream<'_>) -> TemplatePart {
    if !matches!(stream.peek(), Some(Part::Text(..))) {
        return TemplatePart::Literal(nfc(&text), span);
    }
    let mut all = text.into_owned();
    while let Some(Part::Text(more, at)) = stream.next_if(|p| matches!(p, Part::Text(..))) {
        all.push_str(&more);
        span = span.to(at);
    }
    let text: Arc<str> = nfc(&all);
    TemplatePart::Literal(text, span)
}
