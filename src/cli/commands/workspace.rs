//! `workspace list|show|new|select|delete`

use super::Command;
use crate::{
    cli::options::{on, place, switch, text, with_locking},
    ops::{place as places, workspace},
};

pub(super) const LIST: Command = Command {
    words: "workspace list",
    about: "List the workspaces",
    has_events: false,
    options: |c| c,
    run: |cx, _| {
        let (all, selected) = cx.block_on(workspace::list(&cx.env))?;
        for name in all {
            let mark = if name == selected { '*' } else { ' ' };
            cx.shell.out(&format!("{mark} {name}\n"));
        }
        cx.shell.out("\n");
        Ok(0)
    },
};

pub(super) const SHOW: Command = Command {
    words: "workspace show",
    about: "Show the selected workspace",
    has_events: false,
    options: |c| c,
    run: |cx, _| {
        cx.shell.out(&format!("{}\n", places::workspace(&cx.env)?));
        Ok(0)
    },
};

fn named(c: clap::Command) -> clap::Command {
    c.arg(place("name", "NAME", "The workspace").required(true))
}

pub(super) const NEW: Command = Command {
    words: "workspace new",
    about: "Make a workspace and select it",
    has_events: false,
    options: |c| with_locking(named(c)),
    run: |cx, m| {
        let name = text(m, "name").unwrap_or_default();
        cx.block_on(workspace::new(&cx.env, name))?;
        cx.shell.out(&format!("Created and switched to workspace \"{name}\"!\n\nYou're now on a new, empty workspace. Workspaces isolate their state,\nso if you run \"bastionless plan\" bastionless will not see any existing state\nfor this configuration.\n"));
        Ok(0)
    },
};

pub(super) const SELECT: Command = Command {
    words: "workspace select",
    about: "Select a workspace",
    has_events: false,
    options: |c| named(c).arg(switch("or-create", "Make it where it does not exist")),
    run: |cx, m| {
        let name = text(m, "name").unwrap_or_default();
        let made = cx.block_on(workspace::select(&cx.env, name, on(m, "or-create")))?;
        let word = if made {
            "Created and switched"
        } else {
            "Switched"
        };
        cx.shell.out(&format!("{word} to workspace \"{name}\".\n"));
        Ok(0)
    },
};

pub(super) const DELETE: Command = Command {
    words: "workspace delete",
    about: "Delete a workspace",
    has_events: false,
    options: |c| {
        with_locking(named(c)).arg(switch(
            "force",
            "Even if it still holds objects, which then are nobody's",
        ))
    },
    run: |cx, m| {
        let name = text(m, "name").unwrap_or_default();
        cx.block_on(workspace::delete(&cx.env, name, on(m, "force")))?;
        cx.shell.out(&format!("Deleted workspace \"{name}\"!\n"));
        Ok(0)
    },
};
