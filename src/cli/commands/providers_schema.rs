//! `providers schema`

use bastionless_core::report::schema_json;
use bastionless_model::{base::Diagnostic, schema::Catalogue};

use super::Command;
use crate::cli::options::{on, switch};

pub(super) const COMMAND: Command = Command {
    words: "providers schema",
    about: "List all built-in types with their arguments",
    has_events: false,
    options: |c| c.arg(switch("json", "As JSON; must be given")),
    run: |cx, m| {
        if !on(m, "json") {
            let detail = "The `bastionless providers schema` command requires the `-json` flag.";
            return Err(Diagnostic::error("Missing option", detail).into());
        }
        cx.shell.document(&schema_json(Catalogue::builtin()));
        Ok(0)
    },
};
