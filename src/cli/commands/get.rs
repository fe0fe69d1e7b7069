//! `get`

use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{arguments, on, switch, value, with_variables},
    },
    ops::{Done, modules},
};

pub(super) const COMMAND: Command = Command {
    words: "get",
    about: "Install the modules that the configuration calls",
    has_events: false,
    options: |c| {
        with_variables(c)
            .arg(switch("update", "Look for newer versions and contents too"))
            .arg(
                value(
                    "test-directory",
                    "DIR",
                    "Accepted for Terraform's sake: there are no test files",
                )
                .hide(true),
            )
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let tell = |line: &str| cx.shell.out(&format!("{line}\n"));
    let variables = arguments(m)?;
    let (notes, sources) = modules::get(&modules::Asked {
        upgrade: on(m, "update"),
        frozen: false,
        variables,
        tell: &tell,
    })?;
    cx.shell.diagnostics(&notes, &sources);
    Ok(0)
}
