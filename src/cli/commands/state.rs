//! `state list|show|rm|mv|pull|push|adopt`, `force-unlock`

use bastionless_core::lang::Target;
use bastionless_model::{base::Diagnostic, schema::Catalogue};
use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{instance, locking, on, place, switch, target, text, texts, value, with_locking},
    },
    ops::{Done, state},
};

fn addresses(c: clap::Command, required: bool) -> clap::Command {
    c.arg(
        place("address", "ADDRESS", "Module, resource or instance")
            .num_args(0..)
            .required(required),
    )
}

fn targets(m: &ArgMatches) -> Done<Vec<Target>> {
    Ok(texts(m, "address")
        .iter()
        .map(|t| target(t))
        .collect::<Result<_, _>>()?)
}

fn dry_run() -> clap::Arg {
    switch("dry-run", "Only say what would be done")
}

pub(super) const LIST: Command = Command {
    words: "state list",
    about: "List the objects of the state",
    has_events: false,
    options: |c| addresses(c, false).arg(value("id", "ID", "Only objects with this id")),
    run: |cx, m| {
        let snapshot = cx.block_on(state::read(&cx.env))?;
        for address in state::select(&snapshot, &targets(m)?, text(m, "id"))? {
            cx.shell.out(&format!("{address}\n"));
        }
        Ok(0)
    },
};

pub(super) const SHOW: Command = Command {
    words: "state show",
    about: "Show an object of the state",
    has_events: false,
    options: |c| c.arg(place("address", "ADDRESS", "The instance").required(true)),
    run: |cx, m| {
        let address = instance("ADDRESS", text(m, "address").unwrap_or_default())?;
        let snapshot = cx.block_on(state::read(&cx.env))?;
        let shown = bastionless_core::report::object_text(
            &snapshot,
            &address,
            Catalogue::builtin(),
            cx.shell.style(),
        );
        let Some(shown) = shown else {
            let detail = format!(
                "There is no object at `{address}` in the state; `bastionless state list` shows what there is."
            );
            return Err(Diagnostic::error("No instance found", detail).into());
        };
        cx.shell.out(&shown);
        Ok(0)
    },
};

pub(super) const RM: Command = Command {
    words: "state rm",
    about: "Take objects out of the state; they go on existing",
    has_events: false,
    options: |c| with_locking(addresses(c, true)).arg(dry_run()),
    run: |cx, m| {
        let is_dry = on(m, "dry-run");
        let gone = cx.block_on(state::remove(&cx.env, &targets(m)?, is_dry, locking(m)))?;
        for address in &gone {
            cx.shell.out(&format!(
                "{} {address}\n",
                if is_dry { "Would remove" } else { "Removed" }
            ));
        }
        if !is_dry {
            cx.shell.out(&format!(
                "Successfully removed {} resource instance(s).\n",
                gone.len()
            ));
        }
        Ok(0)
    },
};

pub(super) const MV: Command = Command {
    words: "state mv",
    about: "Move objects inside the state",
    has_events: false,
    options: |c| {
        with_locking(c)
            .arg(place("from", "FROM", "What is there").required(true))
            .arg(place("to", "TO", "Its new address").required(true))
            .arg(dry_run())
    },
    run: |cx, m| {
        let from = target(text(m, "from").unwrap_or_default())?;
        let to = target(text(m, "to").unwrap_or_default())?;
        let is_dry = on(m, "dry-run");
        let moved = cx.block_on(state::rename(&cx.env, &from, &to, is_dry, locking(m)))?;
        for (from, to) in &moved {
            cx.shell.out(&format!(
                "{} \"{from}\" to \"{to}\"\n",
                if is_dry { "Would move" } else { "Move" }
            ));
        }
        if !is_dry {
            cx.shell
                .out(&format!("Successfully moved {} object(s).\n", moved.len()));
        }
        Ok(0)
    },
};

pub(super) const PULL: Command = Command {
    words: "state pull",
    about: "Write the state to standard output",
    has_events: false,
    options: |c| c,
    run: |cx, _| {
        let text = cx.block_on(state::pull(&cx.env))?;
        cx.shell.out(&text);
        Ok(0)
    },
};

pub(super) const PUSH: Command = Command {
    words: "state push",
    about: "Replace the state by a file (`-`: standard input)",
    has_events: false,
    options: |c| {
        with_locking(c)
            .arg(
                place("path", "FILE", "The new state")
                    .required(true)
                    .allow_hyphen_values(true),
            )
            .arg(switch("force", "Even over another or a newer state"))
    },
    run: push,
};

fn push(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let path = text(m, "path").unwrap_or_default();
    let read = if path == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let new = read.map_err(|e| crate::ops::file_error("Reading", path.as_ref(), &e))?;
    cx.block_on(state::push(&cx.env, &new, on(m, "force"), locking(m)))?;
    Ok(0)
}

pub(super) const ADOPT: Command = Command {
    words: "state adopt",
    about: "Take over Terraform's local state as it is",
    has_events: false,
    options: |c| {
        with_locking(c).arg(place(
            "source",
            "FILE",
            "Terraform's state (default: terraform.tfstate)",
        ))
    },
    run: |cx, m| {
        let done = cx.block_on(state::adopt(&cx.env, text(m, "source"), locking(m)))?;
        cx.shell.out(&format!(
            "Took over {} object(s) into {}. The source stays as it is.\n",
            done.objects, done.to
        ));
        Ok(0)
    },
};

pub(super) const FORCE_UNLOCK: Command = Command {
    words: "force-unlock",
    about: "Remove the lock of somebody else",
    has_events: false,
    options: |c| {
        c.arg(place("id", "LOCK_ID", "The lock's id, as the error named it").required(true))
            .arg(switch("force", "Without asking"))
    },
    run: |cx, m| {
        let id = text(m, "id").unwrap_or_default();
        if !on(m, "force") {
            if !cx.can_ask(m) {
                return Err(Diagnostic::error(
                    "Not confirmed",
                    "Without a terminal, -force must be given.",
                )
                .into());
            }
            let answer = cx.shell.ask("Do you really want to force-unlock?\n  The lock will be removed. Other users may still be at work.\n  Only 'yes' will be accepted to confirm.\n\n  Enter a value: ");
            if answer.as_deref() != Some("yes") {
                cx.shell.out("force-unlock cancelled.\n");
                return Ok(1);
            }
        }
        cx.block_on(state::force_unlock(&cx.env, id))?;
        cx.shell.out("The state has been successfully unlocked!\n");
        Ok(0)
    },
};
