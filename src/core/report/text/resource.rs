//! One change for people.

use std::fmt::Write as _;

use bastionless_model::schema::Catalogue;

use super::{diff::Diff, paint::Paint};
use crate::{
    lang::address::Mode,
    plan::{Action, Change, Drifted, Reason},
    report::state_json::schema_of,
};

/// Writes a change.
pub(super) fn write(out: &mut String, c: &Change, catalogue: &Catalogue, paint: Paint) {
    let _ = writeln!(out, "  {}", paint.bold(&headline(c)));
    if let Some(reason) = c.reason.and_then(|r| because(r, c)) {
        let _ = writeln!(out, "  # ({reason})");
    }
    if let Some(previous) = c.previous.as_ref().filter(|_| c.action != Action::NoOp) {
        let _ = writeln!(out, "  # (moved from {previous})");
    }
    if let Some(id) = &c.importing {
        let _ = writeln!(out, "  # (imported from \"{id}\")");
    }
    let schema = schema_of(catalogue, &c.address.resource.resource);
    let resource = &c.address.resource.resource;
    let kind = if resource.mode == Mode::Data {
        "data"
    } else {
        "resource"
    };
    let _ = writeln!(
        out,
        "{} {kind} \"{}\" \"{}\" {{",
        symbol(c.action, paint),
        resource.type_name,
        resource.name
    );
    let diff = Diff::new(paint, 6);
    diff.object(
        out,
        schema.as_deref().map(|s| &s.block),
        &c.before,
        &c.after,
        &c.replace_paths,
    );
    out.push_str("    }\n");
}

/// Writes what changed outside.
pub(super) fn write_drift(out: &mut String, d: &Drifted, catalogue: &Catalogue, paint: Paint) {
    let (what, action) = if d.after.is_null() {
        ("has been deleted", Action::Delete)
    } else {
        ("has changed", Action::Update)
    };
    let _ = writeln!(out, "  {}", paint.bold(&format!("# {} {what}", d.address)));
    let schema = schema_of(catalogue, &d.address.resource.resource);
    let resource = &d.address.resource.resource;
    let _ = writeln!(
        out,
        "{} resource \"{}\" \"{}\" {{",
        symbol(action, paint),
        resource.type_name,
        resource.name
    );
    Diff::new(paint, 6).object(
        out,
        schema.as_deref().map(|s| &s.block),
        &d.before,
        &d.after,
        &[],
    );
    out.push_str("    }\n");
}

fn symbol(action: Action, paint: Paint) -> String {
    match action {
        Action::NoOp => "    ".into(),
        Action::Read => format!(" {}", paint.cyan("<=")),
        Action::Create => format!("  {}", paint.green("+")),
        Action::Update => format!("  {}", paint.yellow("~")),
        Action::DeleteThenCreate => format!("{}/{}", paint.red("-"), paint.green("+")),
        Action::CreateThenDelete => format!("{}/{}", paint.green("+"), paint.red("-")),
        Action::Delete => format!("  {}", paint.red("-")),
        Action::Forget => format!("  {}", paint.red(".")),
    }
}

fn headline(c: &Change) -> String {
    let address = &c.address;
    let deposed = c
        .deposed
        .as_ref()
        .map(|k| format!(" (deposed object {k})"))
        .unwrap_or_default();
    let what = match (c.action, c.reason) {
        (Action::Create, _) => "will be created".to_owned(),
        (Action::Read, _) => "will be read during apply".to_owned(),
        (Action::Update, _) => "will be updated in-place".to_owned(),
        (
            Action::DeleteThenCreate | Action::CreateThenDelete,
            Some(Reason::ReplaceBecauseTainted),
        ) => "is tainted, so must be replaced".to_owned(),
        (Action::DeleteThenCreate | Action::CreateThenDelete, Some(Reason::ReplaceByRequest)) => {
            "will be replaced, as requested".to_owned()
        }
        (Action::DeleteThenCreate | Action::CreateThenDelete, Some(Reason::ReplaceByTriggers)) => {
            "will be replaced due to changes in replace_triggered_by".to_owned()
        }
        (Action::DeleteThenCreate | Action::CreateThenDelete, _) => "must be replaced".to_owned(),
        (Action::Delete, _) => "will be destroyed".to_owned(),
        (Action::Forget, _) => {
            "will no longer be managed by bastionless, but will not be destroyed".to_owned()
        }
        (Action::NoOp, _) => match (&c.previous, &c.importing) {
            (Some(previous), _) => return format!("# {previous} has moved to {address}"),
            (None, Some(_)) => "will be imported".to_owned(),
            (None, None) => "is unchanged".to_owned(),
        },
    };
    format!("# {address}{deposed} {what}")
}

fn because(reason: Reason, c: &Change) -> Option<String> {
    let resource = &c.address.resource;
    Some(match reason {
        Reason::DeleteBecauseNoResourceConfig => {
            format!("because {} is not in configuration", resource.resource)
        }
        Reason::DeleteBecauseNoMoveTarget => {
            format!(
                "because {} was moved to {}, which is not in configuration",
                c.previous.as_ref()?,
                c.address
            )
        }
        Reason::DeleteBecauseNoModule => {
            format!("because {} is not in configuration", resource.module)
        }
        Reason::DeleteBecauseWrongRepetition => {
            "because the resource uses another repetition now".to_owned()
        }
        Reason::DeleteBecauseCountIndex => {
            format!("because index {} is out of range for count", c.address.key)
        }
        Reason::DeleteBecauseEachKey => {
            format!("because key {} is not in for_each map", c.address.key)
        }
        Reason::ReadBecauseConfigUnknown => "config refers to values not yet known".to_owned(),
        Reason::ReadBecauseDependencyPending => {
            "depends on a resource or a module with changes pending".to_owned()
        }
        Reason::ReadBecauseCheckNested => {
            "config will be reloaded to verify a check block".to_owned()
        }
        _ => return None,
    })
}
