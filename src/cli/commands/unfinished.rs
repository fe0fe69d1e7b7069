//! `state recover`

use super::Command;
use crate::{
    cli::options::{instance, locking, texts, value, with_locking},
    ops::unfinished,
};

pub(super) const COMMAND: Command = Command {
    words: "state recover",
    about: "List changes that a broken-off run left unfinished, or forget them",
    has_events: false,
    options: |c| {
        with_locking(c).arg(
            value(
                "forget",
                "ADDRESS",
                "Forget the unfinished creation of an instance, as it was settled by hand",
            )
            .action(clap::ArgAction::Append),
        )
    },
    run: |cx, m| {
        let forgotten = texts(m, "forget");
        if !forgotten.is_empty() {
            let addresses = forgotten
                .iter()
                .map(|t| instance("-forget", t))
                .collect::<Result<Vec<_>, _>>()?;
            cx.block_on(unfinished::forget(&cx.env, &addresses, locking(m)))?;
            for address in addresses {
                cx.shell.out(&format!("Forgotten: {address}\n"));
            }
            return Ok(0);
        }
        let open = cx.block_on(unfinished::list(&cx.env))?;
        for change in &open {
            cx.shell.out(&format!(
                "{} ({}, intent {})\n",
                change.address,
                change.action.name(),
                change.id
            ));
        }
        if open.is_empty() {
            cx.shell.out("No change is unfinished.\n");
        }
        Ok(0)
    },
};
