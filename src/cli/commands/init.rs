//! `init`

use bastionless_core::{report::events, state::TERRAFORM_VERSION};
use bastionless_model::base::{Diagnostic, Diagnostics};
use clap::ArgMatches;
use serde_json::json;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{flag, many, not_built, on, switch, text, texts, value, with_locking},
    },
    ops::{Done, init},
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
            .arg(value("lockfile", "MODE", "Accepted for Terraform's sake: there are no plugins to lock"))
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
    let mut notes = Diagnostics::default();
    if text(m, "lockfile").is_some() {
        notes.push(Diagnostic::warning(
            "Nothing to lock",
            "-lockfile does nothing: the types are built in, and .terraform.lock.hcl is neither read nor written.",
        ));
    }
    if cx.shell.is_json() {
        cx.shell.event(events::version(env!("CARGO_PKG_VERSION")));
    }
    let asked = init::Asked {
        backend: flag(m, "backend").unwrap_or(true),
        settings: texts(m, "backend-config"),
        reconfigure: on(m, "reconfigure"),
    };
    let done = cx.block_on(init::run(&cx.env, &asked))?;
    notes.extend(done.notes);
    cx.shell.diagnostics(&notes, &done.sources);
    if let Some(kind) = &done.backend {
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
