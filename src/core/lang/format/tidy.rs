//! What Terraform rewrites beside blanks: templates that are one expression only, quoted types, bare labels.

use super::scan::{Kind, Token};

/// Rewrites a file's tokens.
pub(super) fn tidy(tokens: Vec<Token>) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest: &[Token] = &tokens;
    body(&mut rest, &mut out, &mut Vec::new());
    out.extend(rest.iter().cloned());
    out
}

/// Copies a body up to its closing brace.
fn body(rest: &mut &[Token], out: &mut Vec<Token>, blocks: &mut Vec<String>) {
    while let Some((first, after)) = rest.split_first() {
        if first.kind == Kind::CloseBrace {
            return;
        }
        let is_attribute =
            first.kind == Kind::Ident && after.first().is_some_and(|t| t.kind == Kind::Equal);
        if is_attribute {
            out.extend(rest.iter().take(2).cloned());
            *rest = after.get(1..).unwrap_or_default();
            let expression = take_expression(rest);
            let is_type =
                matches!(blocks.as_slice(), [one] if one == "variable") && first.text == "type";
            out.extend(if is_type {
                quoted_type(expression)
            } else {
                unwrapped(expression)
            });
        } else if first.kind == Kind::Ident && block(rest, out, blocks) {
        } else {
            out.push(first.clone());
            *rest = after;
        }
    }
}

/// Copies a block if one begins here; bare labels become quoted ones.
fn block(rest: &mut &[Token], out: &mut Vec<Token>, blocks: &mut Vec<String>) -> bool {
    let Some((kind, after)) = rest.split_first() else {
        return false;
    };
    let mut header = vec![kind.clone()];
    let mut left = after;
    loop {
        match left.split_first() {
            Some((t, after)) if t.kind == Kind::Ident => {
                header.extend([
                    Token::new(Kind::OpenQuote, "\""),
                    Token::new(Kind::Text, &t.text),
                    Token::new(Kind::CloseQuote, "\""),
                ]);
                left = after;
            }
            Some((t, after))
                if matches!(t.kind, Kind::OpenQuote | Kind::Text | Kind::CloseQuote) =>
            {
                header.push(t.clone());
                left = after;
            }
            Some((t, after)) if t.kind == Kind::OpenBrace => {
                header.push(t.clone());
                left = after;
                break;
            }
            _ => return false,
        }
    }
    out.extend(header);
    *rest = left;
    blocks.push(kind.text.clone());
    body(rest, out, blocks);
    blocks.pop();
    if let Some((close, after)) = rest.split_first() {
        out.push(close.clone());
        *rest = after;
    }
    true
}

/// Takes the tokens of an expression: to the end of the line, or to the brace that ends a block in one line.
fn take_expression(rest: &mut &[Token]) -> Vec<Token> {
    let mut depth = 0;
    let mut end = rest.len();
    for (i, t) in rest.iter().enumerate() {
        if depth == 0 && (t.ends_line() || t.kind == Kind::CloseBrace) {
            end = i;
            break;
        }
        depth += t.depth();
    }
    let (expression, left) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    *rest = left;
    expression.to_vec()
}

/// Writes `"${expression}"` as the expression.
fn unwrapped(tokens: Vec<Token>) -> Vec<Token> {
    let inner = match tokens.as_slice() {
        [quote, open, inner @ .., close, end]
            if quote.kind == Kind::OpenQuote
                && open.kind == Kind::OpenTemplate
                && open.text == "${"
                && close.kind == Kind::CloseTemplate
                && close.text == "}"
                && end.kind == Kind::CloseQuote =>
        {
            inner
        }
        _ => return tokens,
    };
    let mut quotes = 0;
    for t in inner {
        match t.kind {
            Kind::OpenQuote => quotes += 1,
            Kind::CloseQuote => quotes -= 1,
            // A second sequence: the template joins texts.
            Kind::OpenTemplate | Kind::CloseTemplate if quotes == 0 => return tokens,
            _ => {}
        }
    }
    let is_end = |t: &&Token| t.kind == Kind::Newline;
    let start = inner.iter().take_while(is_end).count();
    let end = inner.len() - inner.iter().rev().take_while(is_end).count();
    let Some(inner) = inner
        .get(start..end)
        .filter(|i| !i.is_empty() && quotes == 0)
    else {
        return tokens;
    };
    let several_lines = inner.iter().any(Token::ends_line);
    let in_parens = inner.first().is_some_and(|t| t.kind == Kind::OpenParen)
        && inner.last().is_some_and(|t| t.kind == Kind::CloseParen);
    let mut out = inner.to_vec();
    if several_lines && !in_parens {
        out.insert(0, Token::new(Kind::OpenParen, "("));
        out.push(Token::new(Kind::CloseParen, ")"));
    }
    out
}

/// Writes the quoted types of Terraform 0.11 as types.
fn quoted_type(tokens: Vec<Token>) -> Vec<Token> {
    let text = match tokens.as_slice() {
        [open, text, close] if open.kind == Kind::OpenQuote && close.kind == Kind::CloseQuote => {
            text.text.as_str()
        }
        _ => return tokens,
    };
    let ident = |t: &str| Token::new(Kind::Ident, t);
    let of_text = |t: &str| {
        vec![
            ident(t),
            Token::new(Kind::OpenParen, "("),
            ident("string"),
            Token::new(Kind::CloseParen, ")"),
        ]
    };
    match text {
        "string" => vec![ident("string")],
        "list" => of_text("list"),
        "map" => of_text("map"),
        _ => tokens,
    }
}
