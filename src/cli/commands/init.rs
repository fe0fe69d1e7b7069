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
        options::{flag, many, not_built, on, switch, text, texts, value, with_locking},
    },
    ops::{Done, init, modules},
};

pub(super) const COMMAND: Command = Command {
    words: "init",
    about: "Make a directory ready: modules and backend",
    has_events: true,
    options: |c| {
        with_locking(c)
            .arg(switch("json", "Event lines instead of text"))
            .arg(switch("backend", "Set up the backend (default: true)"))
            .arg(many("backend-config", "FILE|NAME=VALUE", "A setting of the backend that is not in its block"))
            .arg(switch("reconfigure", "Use the backend's configuration without regard to what was set before"))
            .arg(switch("upgrade", "Look for newer modules too"))
            .arg(switch("get", "Look for modules (default: true)"))
            .arg(value("lockfile", "readonly", "`readonly`: fail where the lock file of modules would change"))
            .arg(switch("migrate-state", "Copy the state to a new backend").hide(true))
            .arg(switch("force-copy", "Without asking").hide(true))
            .arg(value("from-module", "SOURCE", "Copy a module first").hide(true))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    for name in ["migrate-state", "force-copy"] {
        if on(m, name) {
            return Err(not_built(&format!("init -{name}")).into());
        }
    }
    if text(m, "from-module").is_some() {
        return Err(not_built("init -from-module").into());
    }
    let frozen = match text(m, "lockfile") {
        None => false,
        Some("readonly") => true,
        Some(other) => {
            let detail = format!("-lockfile={other} is not known: only -lockfile=readonly is, which refuses changes of the lock file of modules.");
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
        if cx.shell.is_json() { cx.shell.event(events::log(line)) } else { cx.shell.out(&format!("{line}\n")) }
    };
    let wanted = modules::Asked { upgrade, frozen, tell: &tell };
    let (notes, sources) = init::modules(flag(m, "get").unwrap_or(true).then_some(&wanted))?;
    cx.shell.diagnostics(&notes, &sources);
    let asked = init::Asked {
        backend: flag(m, "backend").unwrap_or(true),
        settings: texts(m, "backend-config"),
        reconfigure: on(m, "reconfigure"),
    };
    let backend = cx.block_on(init::run(&cx.env, &asked))?;
    if let Some(kind) = &backend {
        say(
            cx,
            "backend_configured_success_message",
            &format!("Successfully configured the backend \"{kind}\"! Bastionless will automatically\nuse this backend unless the backend configuration changes."),
        );
    }
    say(
        cx,
        "output_init_success_message",
        &format!("Bastionless has been successfully initialized! (language of Terraform {TERRAFORM_VERSION})"),
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
