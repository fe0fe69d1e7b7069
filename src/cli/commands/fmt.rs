//! `fmt`

use bastionless_model::base::Diagnostic;
use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{flag, on, place, switch, texts},
    },
    ops::{Done, fmt},
};

pub(super) const COMMAND: Command = Command {
    words: "fmt",
    about: "Rewrite configuration files in the canonical layout",
    has_events: false,
    options: |c| {
        c.arg(
            place(
                "target",
                "DIR|FILE|-",
                "What to format (default: the working directory)",
            )
            .num_args(0..)
            .allow_hyphen_values(true),
        )
        .arg(switch("list", "List the files that differ (default: true)"))
        .arg(switch(
            "write",
            "Write the files (default: true; not for standard input)",
        ))
        .arg(switch("diff", "Show the differences"))
        .arg(switch("check", "Write nothing; exit 2 if a file differs"))
        .arg(switch("recursive", "Folders inside too"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let targets = texts(m, "target");
    let is_check = on(m, "check");
    if targets.iter().any(|t| t == "-") {
        if targets.len() > 1 {
            return Err(Diagnostic::error(
                "Invalid command line",
                "Standard input (`-`) must stand alone.",
            )
            .into());
        }
        let text = std::io::read_to_string(std::io::stdin())
            .map_err(|e| crate::ops::file_error("Reading", "-".as_ref(), &e))?;
        let formatted = fmt::text("<stdin>", &text)?;
        let differs = formatted != text;
        if on(m, "diff") && differs {
            cx.shell.out(&fmt::difference("<stdin>", &text, &formatted));
        } else if !is_check {
            cx.shell.out(&formatted);
        }
        return Ok(if is_check && differs { 2 } else { 0 });
    }
    let write = flag(m, "write").unwrap_or(true) && !is_check;
    let done = fmt::files(&targets, on(m, "recursive"), write)?;
    for file in &done.changed {
        if flag(m, "list").unwrap_or(true) {
            cx.shell.out(&format!("{}\n", file.shown));
        }
        if on(m, "diff") {
            cx.shell
                .out(&fmt::difference(&file.shown, &file.before, &file.after));
        }
    }
    cx.shell.diagnostics(&done.problems, &done.sources);
    Ok(
        match (
            done.problems.has_errors(),
            is_check && !done.changed.is_empty(),
        ) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        },
    )
}
