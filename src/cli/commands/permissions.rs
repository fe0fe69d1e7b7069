//! `permissions plan|apply|destroy`

use bastionless_core::plan::permissions::line;
use bastionless_model::iam::print_pretty;
use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, request, switch, text, value, with_planning},
    },
    ops::{Done, permissions, place::Place},
};

pub(super) const PLAN: Command = Command {
    words: "permissions plan",
    about: "Write the least IAM policy that `plan` needs",
    has_events: false,
    options,
    run: |cx, m| run(cx, m, false, false),
};

pub(super) const APPLY: Command = Command {
    words: "permissions apply",
    about: "Write the least IAM policy that `apply` needs now",
    has_events: false,
    options,
    run: |cx, m| run(cx, m, false, true),
};

pub(super) const DESTROY: Command = Command {
    words: "permissions destroy",
    about: "Write the least IAM policy that `destroy` needs",
    has_events: false,
    options,
    run: |cx, m| run(cx, m, true, true),
};

fn options(c: clap::Command) -> clap::Command {
    with_planning(c)
        .arg(switch(
            "json",
            "One object a line: an action, its resources and conditions, and what it is for",
        ))
        .arg(value(
            "account",
            "ID",
            "The account in ARNs, where the state does not tell it",
        ))
}

fn run(cx: &Context, m: &ArgMatches, destroys: bool, carries_out: bool) -> Done<u8> {
    let request = request(m, destroys, cx.can_ask(m))?;
    let loaded = cx.load(&request, None)?;
    let sources = loaded.sources.clone();
    let (needed, diagnostics) = cx.block_on(async {
        let place = Place::open(&cx.env).await?;
        permissions::needed(loaded, place, &request, text(m, "account"), carries_out).await
    })?;
    cx.shell.diagnostics(&diagnostics, &sources);
    if on(m, "json") {
        for (action, need) in needed.needs() {
            cx.shell.document(&line(action, need));
        }
        return Ok(0);
    }
    let documents = needed.documents();
    match documents.as_slice() {
        [one] => cx.shell.out(&format!("{}\n", print_pretty(one))),
        // Each fits a managed policy; all are needed.
        all => cx
            .shell
            .out(&format!("{}\n", print_pretty(&all.to_vec().into()))),
    }
    Ok(0)
}
