//! `console`

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    sync::Arc,
};

use bastionless_core::{engine::Events, lang::functions::manual};
use bastionless_model::base::Diagnostics;
use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, switch, text, value, variables, with_variables},
    },
    ops::{
        Done,
        console::{self, Asked, Console, Reply},
        request::Request,
    },
};

pub(super) const COMMAND: Command = Command {
    words: "console",
    about: "Evaluate expressions: line by line at a terminal, from a pipe the last one is shown",
    has_events: false,
    options: |c| {
        with_variables(c)
            .arg(switch(
                "plan",
                "Make a plan and evaluate against what it would make, instead of the state",
            ))
            .arg(value(
                "state",
                "FILE",
                "Evaluate against this state file instead of the workspace's state",
            ))
            .arg(switch(
                "functions",
                "Write the manual of all functions instead",
            ))
            .arg(switch(
                "compact-warnings",
                "Show warnings by their headlines only",
            ))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    if on(m, "functions") {
        cx.shell.out(&manual());
        return Ok(0);
    }
    let mut problems = Diagnostics::default();
    let variables = variables(m, &mut problems);
    if problems.has_errors() {
        return Err(problems.into());
    }
    let asked = Asked {
        request: Request {
            variables,
            ..Request::default()
        },
        plan: on(m, "plan"),
        state: text(m, "state").map(str::to_owned),
    };
    let events: Arc<dyn Events> = cx.progress();
    let mut console = cx.block_on(console::open(&cx.env, asked, &events))?;
    cx.shell.diagnostics(&console.said, console.sources());
    if console.said.has_errors() {
        cx.shell.progress("Warning: Due to the problems above, some expressions may produce unexpected results.\n");
    }
    if io::stdin().is_terminal() {
        Ok(interactive(cx, &mut console))
    } else {
        Ok(piped(cx, &mut console))
    }
}

/// One line is one expression; the first error ends it, and the last result is what is shown, as in Terraform.
fn piped(cx: &Context, console: &mut Console) -> u8 {
    let mut last = String::new();
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match console.handle(&line) {
            Ok(Reply::Text(text)) => last = text,
            Ok(Reply::Exit) => return 0,
            Err(problems) => {
                cx.shell.diagnostics(&problems, console.sources());
                return 1;
            }
        }
    }
    cx.shell.out(&format!("{last}\n"));
    0
}

fn interactive(cx: &Context, console: &mut Console) -> u8 {
    let mut command = String::new();
    loop {
        let Some(line) = cx.shell.ask(if command.is_empty() { "> " } else { ": " }) else {
            cx.shell.out("\n");
            return 0;
        };
        let continued = line.strip_suffix('\\');
        command.push_str(continued.unwrap_or(&line));
        if continued.is_some() || is_open(&command) {
            command.push('\n');
            continue;
        }
        match console.handle(&std::mem::take(&mut command)) {
            Ok(Reply::Text(text)) if text.is_empty() => {}
            Ok(Reply::Text(text)) => cx.shell.out(&format!("{text}\n")),
            Ok(Reply::Exit) => return 0,
            Err(problems) => cx.shell.diagnostics(&problems, console.sources()),
        }
    }
}

/// Tells whether a text goes on in the next line: a bracket or a heredoc is open.
fn is_open(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut marker: Option<String> = None;
    for line in text.lines() {
        if let Some(end) = &marker {
            if line.trim() == end {
                marker = None;
            }
            continue;
        }
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '#' => break,
                '/' if chars.peek() == Some(&'/') => break,
                '"' => {
                    while let Some(c) = chars.next() {
                        match c {
                            '\\' => drop(chars.next()),
                            '"' => break,
                            _ => {}
                        }
                    }
                }
                '<' if chars.peek() == Some(&'<') => {
                    let name: String = chars.by_ref().skip(1).skip_while(|c| *c == '-').collect();
                    marker = Some(name.trim().to_owned()).filter(|n| !n.is_empty());
                }
                _ => {}
            }
        }
    }
    depth > 0 || marker.is_some()
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn open_brackets_and_heredocs_go_on_in_the_next_line() {
        for open in [
            "[",
            "{ a = (",
            "<<EOT",
            "f(<<-X\n  text",
            "[ # ]",
            "{\n  a = \"}\"",
        ] {
            assert!(is_open(open), "{open}");
        }
        for closed in [
            "1",
            "[1]",
            "\"[\"",
            "1 # (",
            "<<EOT\n[\nEOT",
            "]",
            "\"\\\"[\"",
            "1 < 2",
        ] {
            assert!(!is_open(closed), "{closed}");
        }
    }
}
