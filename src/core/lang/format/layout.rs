//! Blanks: between tokens, at the beginning of lines, before equals signs and comments.

use unicode_segmentation::UnicodeSegmentation as _;

use super::scan::{Kind, Token};

/// A line in three cells: what stands before the equals sign, the assignment, the comment at the end.
struct Line {
    lead: Vec<Token>,
    assign: Vec<Token>,
    comment: Option<Token>,
}

/// Sets all blanks and puts the tokens together.
pub(super) fn lay_out(tokens: Vec<Token>) -> String {
    let mut lines = split(tokens);
    for line in &mut lines {
        space(&mut line.lead);
        if let Some(first) = line.assign.first_mut() {
            first.blanks = 1;
        }
        space(&mut line.assign);
    }
    indent(&mut lines);
    align(
        &mut lines,
        |l| l.assign.first().map(|_| width(&l.lead)),
        |l, n| {
            if let Some(first) = l.assign.first_mut() {
                first.blanks = n;
            }
        },
    );
    align(
        &mut lines,
        |l| {
            l.comment
                .as_ref()
                .map(|_| width(&l.lead) + width(&l.assign))
        },
        |l, n| {
            if let Some(comment) = &mut l.comment {
                comment.blanks = n;
            }
        },
    );
    let mut out = String::new();
    for line in lines {
        for token in line.lead.into_iter().chain(line.assign).chain(line.comment) {
            out.extend(std::iter::repeat_n(' ', token.blanks));
            out.push_str(&token.text);
        }
    }
    out
}

fn split(tokens: Vec<Token>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut current = Vec::new();
    for token in tokens {
        let ends = token.ends_line();
        current.push(token);
        if ends {
            lines.push(cells(std::mem::take(&mut current)));
        }
    }
    if !current.is_empty() {
        lines.push(cells(current));
    }
    lines
}

fn cells(mut lead: Vec<Token>) -> Line {
    let has_comment = lead.len() > 1 && lead.last().is_some_and(|t| t.kind == Kind::LineComment);
    let comment = if has_comment { lead.pop() } else { None };
    let equal = lead
        .iter()
        .skip(1)
        .position(|t| t.kind == Kind::Equal)
        .map(|i| i + 1);
    // An assignment that goes on over several lines is not aligned with others.
    let whole = equal.filter(|at| lead.iter().skip(*at).map(Token::depth).sum::<i32>() == 0);
    let assign = whole.map(|at| lead.split_off(at)).unwrap_or_default();
    Line {
        lead,
        assign,
        comment,
    }
}

/// Sets the blanks inside a cell.
fn space(tokens: &mut [Token]) {
    let kinds: Vec<(Kind, bool)> = tokens.iter().map(|t| (t.kind, t.text == "in")).collect();
    for (i, token) in tokens.iter_mut().enumerate().skip(1) {
        let before = i.checked_sub(2).and_then(|b| kinds.get(b)).map(|(k, _)| *k);
        let Some((left, is_in)) = kinds.get(i - 1) else {
            continue;
        };
        token.blanks = usize::from(needs_space(before, *left, *is_in, token.kind));
    }
}

/// Tells whether there is a blank between two tokens; `before` stands before the left one.
fn needs_space(before: Option<Kind>, left: Kind, left_is_in: bool, right: Kind) -> bool {
    use Kind::{
        Bang, CloseBrace, CloseBracket, CloseHeredoc, CloseParen, CloseQuote, CloseTemplate, Colon,
        Comma, Dot, DoubleColon, Ellipsis, Equal, Ident, Minus, Newline, Number, OpenBrace,
        OpenBracket, OpenHeredoc, OpenParen, OpenQuote, OpenTemplate, Operator, Question, Text,
    };
    match (left, right) {
        (_, Newline) => false,
        (Ident, OpenParen) => left_is_in,
        // Two old indexes side by side would become one number; Terraform makes a file of this that it cannot read.
        (Dot, Number) if before == Some(Number) => true,
        (Dot | DoubleColon, _) | (_, Dot | DoubleColon) => false,
        (_, Comma | Ellipsis) => false,
        (Comma, _) => true,
        (CloseTemplate, OpenTemplate) => false,
        (CloseBrace, CloseTemplate) => true,
        (Text | OpenQuote | OpenHeredoc, _) | (_, Text | CloseQuote | CloseHeredoc) => false,
        (Ident, _) if left_is_in && before == Some(Ident) => true,
        (Ident | Number | CloseBracket | CloseParen | CloseBrace | CloseTemplate, OpenBracket) => {
            false
        }
        (Minus, _) => !matches!(
            before,
            None | Some(
                OpenParen
                    | OpenBrace
                    | OpenBracket
                    | Equal
                    | Colon
                    | Comma
                    | Question
                    | OpenTemplate
                    | Minus
                    | Operator
            )
        ),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        (OpenBracket | OpenParen | OpenTemplate, _) => false,
        (_, CloseBracket | CloseParen | CloseTemplate) => false,
        (Bang, _) => false,
        _ => true,
    }
}

/// Indents lines by the brackets that are open. Several brackets that open in one line count as one step.
fn indent(lines: &mut [Line]) {
    let mut open: Vec<i32> = Vec::new();
    for line in lines {
        let tokens = || line.lead.iter().chain(&line.assign);
        let Some(first) = line.lead.first() else {
            continue;
        };
        if first.kind == Kind::Newline {
            if let Some(first) = line.lead.first_mut() {
                first.blanks = 0;
            }
            continue;
        }
        let until_heredoc = tokens().take_while(|t| t.kind != Kind::OpenHeredoc);
        let net: i32 = until_heredoc.map(Token::depth).sum();
        let depth = if net > 0 {
            open.push(net);
            open.len() - 1
        } else {
            close(&mut open, -net);
            open.len()
        };
        if let Some(first) = line.lead.first_mut() {
            first.blanks = 2 * depth;
        }
    }
}

fn close(open: &mut Vec<i32>, mut count: i32) {
    while count > 0 {
        let Some(last) = open.last_mut() else { return };
        if count < *last {
            *last -= count;
            return;
        }
        count -= *last;
        open.pop();
    }
}

/// Aligns a cell of consecutive lines that have it: `measure` is what stands before it.
fn align(
    lines: &mut [Line],
    measure: impl Fn(&Line) -> Option<usize>,
    set: impl Fn(&mut Line, usize),
) {
    let widths: Vec<Option<usize>> = lines.iter().map(measure).collect();
    let mut start = 0;
    while start < widths.len() {
        let chain = widths
            .iter()
            .skip(start)
            .map_while(|w| *w)
            .collect::<Vec<_>>();
        let widest = chain.iter().copied().max().unwrap_or(0);
        for (line, own) in lines.iter_mut().skip(start).zip(&chain) {
            set(line, widest - own + 1);
        }
        start += chain.len().max(1);
    }
}

fn width(tokens: &[Token]) -> usize {
    tokens
        .iter()
        .map(|t| t.blanks + t.text.graphemes(true).count())
        .sum()
}
