//! `init`

use std::cell::Cell;

use bastionless_core::{report::events, state::TERRAFORM_VERSION};
use bastionless_model::base::Diagnostic;
use clap::ArgMatches;
use serde_json::json;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{
            arguments, flag, locking, many, not_built, on, switch, text, texts, value,
            with_locking, with_variables,
        },
    },
    ops::{Done, init, migrate, modules},
};

pub(super) const COMMAND: Command = Command {
    words: "init",
    about: "Make a directory ready: modules and backend",
    has_events: true,
    options: |c| {
        with_locking(with_variables(c))
            .arg(switch("json", "Event lines instead of text"))
            .arg(switch("backend", "Set up the backend (default: true)"))
            .arg(many(
                "backend-config",
                "FILE|NAME=VALUE",
                "A setting of the backend that is not in its block",
            ))
            .arg(switch(
                "reconfigure",
                "Use the backend's configuration without regard to what was set before",
            ))
            .arg(switch("upgrade", "Look for newer modules too"))
            .arg(switch("get", "Look for modules (default: true)"))
            .arg(value(
                "lockfile",
                "readonly",
                "`readonly`: fail where the lock file of modules would change",
            ))
            .arg(switch(
                "migrate-state",
                "Copy the states of all workspaces to the new backend, where it changed",
            ))
            .arg(switch(
                "force-copy",
                "Copy without asking; implies -migrate-state",
            ))
            .arg(value("from-module", "SOURCE", "Copy a module first").hide(true))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    if text(m, "from-module").is_some() {
        return Err(not_built("init -from-module").into());
    }
    let frozen = match text(m, "lockfile") {
        None => false,
        Some("readonly") => true,
        Some(other) => {
            let detail = format!(
                "-lockfile={other} is not known: only -lockfile=readonly is, which refuses changes of the lock file of modules."
            );
            return Err(Diagnostic::error("Invalid lock file mode", detail).into());
        }
    };
    cx.greet();
    let upgrade = on(m, "upgrade");
    let told = Cell::new(false);
    let tell = |line: &str| {
        if !told.replace(true) {
            let (code, words) = if upgrade {
                ("upgrading_modules_message", "Upgrading modules...")
            } else {
                ("initializing_modules_message", "Initializing modules...")
            };
            say(cx, code, words);
        }
        if cx.shell.is_json() {
            cx.shell.event(events::log(line))
        } else {
            cx.shell.out(&format!("{line}\n"))
        }
    };
    let wanted = modules::Asked {
        upgrade,
        frozen,
        variables: arguments(m)?,
        tell: &tell,
    };
    let (notes, sources) = init::modules(flag(m, "get").unwrap_or(true).then_some(&wanted))?;
    cx.shell.diagnostics(&notes, &sources);
    let confirm = |question: &str| cx.shell.ask(question).as_deref() == Some("yes");
    let asked = init::Asked {
        backend: flag(m, "backend").unwrap_or(true),
        settings: texts(m, "backend-config"),
        reconfigure: on(m, "reconfigure"),
        migration: migrate::Asked {
            migrate: on(m, "migrate-state") || on(m, "force-copy"),
            force: on(m, "force-copy"),
            confirm: cx.can_ask(m).then_some(&confirm as &dyn Fn(&str) -> bool),
            locking: locking(m),
        },
    };
    if asked.reconfigure && asked.migration.migrate {
        let detail = "The -migrate-state and -reconfigure options are mutually-exclusive.";
        return Err(Diagnostic::error("Invalid init options", detail).into());
    }
    let backend = cx.block_on(init::run(&cx.env, &asked))?;
    for workspace in &backend.copied {
        say(
            cx,
            "backend_migration_message",
            &format!("Copied the state of workspace \"{workspace}\"."),
        );
    }
    if let Some(kind) = &backend.kind {
        say(
            cx,
            "backend_configured_success_message",
            &format!(
                "Successfully configured the backend \"{kind}\"! Bastionless will automatically\nuse this backend unless the backend configuration changes."
            ),
        );
    }
    say(
        cx,
        "output_init_success_message",
        &format!(
            "Bastionless has been successfully initialized! (language of Terraform {TERRAFORM_VERSION})"
        ),
    );
    Ok(0)
}

/// Says a line; with `-json` as Terraform's `init_output` event.
fn say(cx: &Context, code: &str, words: &str) {
    if cx.shell.is_json() {
        cx.shell.event(json!({
            "@level": "info", "@message": words.replace('\n', " "), "@module": "terraform.ui",
            "message_code": code, "type": "init_output",
        }));
    } else {
        cx.shell.out(&format!("\n{words}\n"));
    }
}
