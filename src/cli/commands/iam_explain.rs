//! `iam explain`

use std::path::Path;

use bastionless_core::lang::Target;
use clap::ArgMatches;
use serde_json::json;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, place, switch, target, texts},
    },
    ops::{Done, iam_explain},
};

pub(super) const COMMAND: Command = Command {
    words: "iam explain",
    about: "Say in plain words what policies allow",
    has_events: false,
    options: |c| {
        c.arg(
            place("what", "FILE|ADDRESS", "Policy files, folders of them, - for standard input; or addresses of the configuration, which is all of it without any")
                .num_args(0..),
        )
        .arg(switch("json", "One object a line"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let what = texts(m, "what");
    let is_file = |t: &String| {
        t == "-"
            || t.ends_with(".json")
            || t.contains(std::path::MAIN_SEPARATOR)
            || Path::new(t).exists()
    };
    let all = if !what.is_empty() && what.iter().all(is_file) {
        iam_explain::of_files(&what)?
    } else {
        let targets: Vec<Target> = what.iter().map(|t| target(t)).collect::<Result<_, _>>()?;
        iam_explain::of_configuration(&targets)?
    };
    let several = all.len() > 1;
    for (i, e) in all.iter().enumerate() {
        if on(m, "json") {
            cx.shell
                .document(&json!({ "name": e.name, "text": e.text }));
        } else {
            let head = if several {
                format!("{}# {}\n", if i > 0 { "\n" } else { "" }, e.name)
            } else {
                String::new()
            };
            cx.shell.out(&format!("{head}{}", e.text));
        }
    }
    if all.is_empty() && !on(m, "json") {
        cx.shell.out("The configuration makes no policies.\n");
    }
    Ok(0)
}
