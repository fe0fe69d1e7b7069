//! `taint`, `untaint`

use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{instance, locking, on, place, switch, text, with_locking},
    },
    ops::{
        Done,
        taint::{Mark, mark},
    },
};

fn options(c: clap::Command) -> clap::Command {
    with_locking(c)
        .arg(place("address", "ADDRESS", "The instance").required(true))
        .arg(switch(
            "allow-missing",
            "No error where there is no such instance",
        ))
        .arg(switch("ignore-remote-version", "Accepted for Terraform's sake").hide(true))
}

pub(super) const TAINT: Command = Command {
    words: "taint",
    about: "Mark an object so that the next apply replaces it",
    has_events: false,
    options,
    run: |cx, m| run(cx, m, Mark::Taint, "marked as tainted"),
};

pub(super) const UNTAINT: Command = Command {
    words: "untaint",
    about: "Take the mark back that an object is to be replaced",
    has_events: false,
    options,
    run: |cx, m| run(cx, m, Mark::Untaint, "successfully untainted"),
};

fn run(cx: &Context, m: &ArgMatches, what: Mark, words: &str) -> Done<u8> {
    let address = instance("ADDRESS", text(m, "address").unwrap_or_default())?;
    match cx.block_on(mark(
        &cx.env,
        &address,
        what,
        on(m, "allow-missing"),
        locking(m),
    ))? {
        Some(warning) => cx.shell.diagnostic(warning),
        None => cx
            .shell
            .out(&format!("Resource instance {address} has been {words}.\n")),
    }
    Ok(0)
}
