//! The commands: one file each (small ones of a group share one), and the table of them.

mod access;
mod apply;
mod console;
mod drift;
mod fmt;
mod get;
mod graph;
mod iam_can;
mod iam_diff;
mod iam_explain;
mod iam_lint;
mod iam_policy;
mod import;
mod init;
mod permissions;
mod plan;
mod providers_schema;
mod show;
mod state;
mod taint;
mod unfinished;
mod validate;
mod version;
mod workspace;

use std::fmt::Write as _;

use clap::ArgMatches;

use super::{context::Context, options::switch};
use crate::ops::Done;

pub(super) use version::version;

/// A command.
pub(super) struct Command {
    /// Its words, such as `state list`.
    pub(super) words: &'static str,
    /// One line on it.
    pub(super) about: &'static str,
    /// With `-json` it writes event lines; otherwise, if at all, a document.
    pub(super) has_events: bool,
    /// Adds its options.
    pub(super) options: fn(clap::Command) -> clap::Command,
    /// Does it and returns the exit code.
    pub(super) run: fn(&Context, &ArgMatches) -> Done<u8>,
}

impl Command {
    /// Returns the parser of its arguments.
    pub(super) fn parser(&self) -> clap::Command {
        let parser = clap::Command::new(self.words)
            .bin_name(format!("bastionless {}", self.words))
            .about(self.about)
            .args_override_self(true)
            .arg(switch("no-color", "No colours"))
            .arg(switch(
                "input",
                "Ask for what is missing, where a person can be asked (default: true)",
            ))
            .disable_version_flag(true);
        (self.options)(parser)
    }
}

/// Commands with commands below them.
pub(super) const GROUPS: &[&str] = &[
    "access",
    "iam",
    "permissions",
    "providers",
    "state",
    "workspace",
];

/// All commands, sorted by their words.
static COMMANDS: &[Command] = &[
    access::DIFF,
    access::MATRIX,
    access::PATH,
    access::WHO_CAN,
    apply::APPLY,
    console::COMMAND,
    apply::DESTROY,
    drift::COMMAND,
    fmt::COMMAND,
    state::FORCE_UNLOCK,
    get::COMMAND,
    graph::COMMAND,
    iam_can::COMMAND,
    iam_diff::COMMAND,
    iam_explain::COMMAND,
    iam_lint::COMMAND,
    iam_policy::COMMAND,
    import::COMMAND,
    init::COMMAND,
    show::OUTPUT,
    permissions::APPLY,
    permissions::DESTROY,
    permissions::PLAN,
    plan::COMMAND,
    providers_schema::COMMAND,
    show::COMMAND,
    state::ADOPT,
    state::LIST,
    state::MV,
    state::PULL,
    state::PUSH,
    unfinished::COMMAND,
    state::RM,
    state::SHOW,
    taint::TAINT,
    taint::UNTAINT,
    validate::COMMAND,
    version::COMMAND,
    workspace::DELETE,
    workspace::LIST,
    workspace::NEW,
    workspace::SELECT,
    workspace::SHOW,
];

/// Commands that are planned and answer that they are not built yet.
const PLANNED: &[&str] = &[
    "audit-queries",
    "completions",
    "man",
    "metadata",
    "modules",
    "providers",
    "query",
    "refresh",
    "ssh-config",
    "stacks",
    "state replace-provider",
    "test",
    "workspace",
];

/// Returns a command by its words.
pub(super) fn find(words: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.words == words)
}

/// Tells whether a command is planned but not built.
pub(super) fn is_planned(words: &str) -> bool {
    PLANNED.contains(&words)
}

/// Returns the help of a group of commands.
pub(super) fn group(words: &str) -> Option<String> {
    if !GROUPS.contains(&words) || is_planned(words) && words != "workspace" {
        return None;
    }
    let mut out = format!("Usage: bastionless {words} COMMAND\n\nCommands:\n");
    let prefix = format!("{words} ");
    for c in COMMANDS.iter().filter(|c| c.words.starts_with(&prefix)) {
        let _ = writeln!(out, "  {:<24} {}", c.words, c.about);
    }
    Some(out)
}

/// Returns the command that a mistyped one may stand for.
pub(super) fn similar(words: &str) -> Option<&'static str> {
    let all = COMMANDS.iter().map(|c| c.words);
    all.map(|w| (strsim::damerau_levenshtein(w, words), w))
        .filter(|(d, w)| *d <= w.len() / 3 + 1)
        .min()
        .map(|(_, w)| w)
}

/// Returns the list of commands.
pub(super) fn overview() -> String {
    let mut out = String::from(
        "Usage: bastionless [-chdir=DIR] COMMAND [options]\n\nProvisions access to private EC2 instances without bastion hosts, from Terraform's language.\n\nCommands:\n",
    );
    for c in COMMANDS {
        let _ = writeln!(out, "  {:<24} {}", c.words, c.about);
    }
    out.push_str("\n`bastionless COMMAND -help` shows the options of a command. They are written as Terraform's: -out=FILE, -refresh=false.\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_parser_holds() {
        let words: Vec<_> = COMMANDS.iter().map(|c| c.words).collect();
        let mut sorted = words.clone();
        sorted.sort_unstable();
        assert_eq!(words, sorted);
        for c in COMMANDS {
            c.parser().debug_assert();
            assert!(!is_planned(c.words), "{} is built", c.words);
            assert!(!c.about.ends_with('.'), "{}", c.words);
        }
    }

    #[test]
    fn mistyped_commands_are_recognised() {
        assert_eq!(similar("stat list"), Some("state list"));
        assert_eq!(similar("initt"), Some("init"));
        assert_eq!(similar("completely-else"), None);
    }
}
