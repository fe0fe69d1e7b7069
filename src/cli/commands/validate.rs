//! `validate`

use bastionless_core::report::validate_json;
use bastionless_model::base::Diagnostics;

use super::Command;
use crate::{
    cli::options::{on, switch, with_variables},
    ops::{Done, validate},
};

pub(super) const COMMAND: Command = Command {
    words: "validate",
    about: "Check the configuration without calling anybody",
    has_events: false,
    options: |c| with_variables(c).arg(switch("json", "As JSON")),
    run: |cx, m| {
        let mut problems = Diagnostics::default();
        // Values are checked by `plan`; here only those of constants count, which sources of modules may be made of.
        let given = crate::cli::options::variables(m, &mut problems);
        let checked = validate::run(&cx.env, &given);
        problems.extend(checked.diagnostics);
        let failed = problems.has_errors();
        if on(m, "json") {
            cx.shell.out(&format!(
                "{:#}\n",
                validate_json(&problems, &checked.sources)
            ));
        } else {
            cx.shell.diagnostics(&problems, &checked.sources);
            if !failed {
                let words = if problems.is_empty() {
                    "."
                } else {
                    ", but there were some\nvalidation warnings as shown above."
                };
                cx.shell
                    .out(&format!("Success! The configuration is valid{words}\n\n"));
            }
        }
        Done::Ok(u8::from(failed))
    },
};
