//! `iam diff`

use bastionless_model::iam::{
    compare::{Options, compare_sets, comparison_text},
    evaluate::PolicySet,
};
use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, place, switch, text, value},
    },
    ops::{Done, iam_can::policies},
};

pub(super) const COMMAND: Command = Command {
    words: "iam diff",
    about: "Show what new policies allow that old ones did not, and the reverse; exit 3 if there is new access",
    has_events: false,
    options: |c| {
        c.arg(place("old", "OLD", "A file with one policy of the principal or a list").required(true))
            .arg(place("new", "NEW", "The same, later").required(true))
            .arg(value("actions", "LIST", "Only these actions, separated by commas; wildcards are allowed"))
            .arg(value("principal", "ARN", "The user whose requests are looked at; otherwise one of the account that the policies name"))
            .arg(switch("json", "Write the differences as one line of JSON"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let read = |name| -> Done<PolicySet> {
        let identity = policies(text(m, name).unwrap_or_default())?;
        Ok(PolicySet {
            identity,
            ..PolicySet::default()
        })
    };
    let (old, new) = (read("old")?, read("new")?);
    let list = text(m, "actions").map(|l| {
        l.split(',')
            .map(|a| a.trim().to_owned())
            .filter(|a| !a.is_empty())
            .collect()
    });
    let options = Options {
        actions: list,
        principal: text(m, "principal").map(str::to_owned),
        ..Options::default()
    };
    let found = compare_sets(&old, &new, &options);
    if on(m, "json") {
        cx.shell.document(&found.to_json());
    } else {
        cx.shell.out(&comparison_text(&found, &old, &new));
    }
    Ok(if found.may_gain() { 3 } else { 0 })
}
