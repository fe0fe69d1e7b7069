//! The only printer: standard output and error, colours, event lines.

use std::{
    io::{self, IsTerminal as _, Write},
    sync::{Mutex, PoisonError},
};

use bastionless_core::report::{Style, diagnostic_text, events};
use bastionless_model::base::{Diagnostic, Diagnostics, Severity, SourceMap};
use serde_json::Value as Json;

/// How a command talks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// Event lines instead of text, all on standard output.
    pub(crate) json: bool,
    /// Colours where the stream is a terminal.
    pub(crate) color: bool,
    /// Warnings by summary only.
    pub(crate) compact_warnings: bool,
}

/// Prints. A closed pipe ends the printing, not the run.
pub(crate) struct Shell {
    manner: Manner,
    out: Mutex<io::BufWriter<io::Stdout>>,
    colored: (bool, bool),
}

impl Shell {
    /// Starts.
    pub(crate) fn new(manner: Manner) -> Self {
        let out = Mutex::new(io::BufWriter::new(io::stdout()));
        let colored = (
            manner.color && io::stdout().is_terminal(),
            manner.color && io::stderr().is_terminal(),
        );
        Self {
            manner,
            out,
            colored,
        }
    }

    /// Tells whether event lines are written.
    pub(crate) fn is_json(&self) -> bool {
        self.manner.json
    }

    /// Tells whether text on standard output may have colours.
    pub(crate) fn is_colored(&self) -> bool {
        self.colored.0
    }

    /// Returns how text on standard output is to look.
    pub(crate) fn style(&self) -> Style {
        Style {
            color: self.is_colored(),
        }
    }

    /// Writes the parser's words about a wrong command line.
    pub(crate) fn complain(&self, text: &str) {
        self.err(text);
    }

    /// Tells whether a person can be asked.
    pub(crate) fn is_interactive(&self) -> bool {
        !self.manner.json && io::stdin().is_terminal()
    }

    /// Writes a result to standard output, as it is.
    pub(crate) fn out(&self, text: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Nothing can be done about a reader that went away.
        let _ = out.write_all(text.as_bytes());
    }

    /// Writes a line of progress to standard error; with `-json` a log event.
    pub(crate) fn progress(&self, text: &str) {
        if self.manner.json {
            self.event(events::log(text));
        } else {
            self.err(&format!("{text}\n"));
        }
    }

    /// Writes an event line, with the time.
    pub(crate) fn event(&self, event: Json) {
        let line = format!("{}\n", stamped(event, &now()));
        self.out(&line);
        self.flush();
    }

    /// Writes a document of JSON in one line.
    pub(crate) fn document(&self, document: &Json) {
        self.out(&format!("{document}\n"));
    }

    /// Writes diagnostics: to standard error, with `-json` as events.
    pub(crate) fn diagnostics(&self, all: &Diagnostics, sources: &SourceMap) {
        if self.manner.json {
            for d in all.iter() {
                self.event(events::diagnostic(d, sources));
            }
            return;
        }
        let warnings = all.iter().filter(|d| d.severity == Severity::Warning);
        if self.manner.compact_warnings && !all.has_errors() && warnings.clone().next().is_some() {
            let mut text = String::from("Warnings:\n\n");
            for d in warnings {
                text.push_str(&format!("- {}\n", d.summary));
            }
            text.push_str("\nTo see the full warning notes, run without -compact-warnings.\n");
            self.err(&text);
            return;
        }
        for d in all.iter() {
            self.err(&diagnostic_text(d, sources, self.colored.1));
        }
    }

    /// Writes one diagnostic without a place in a file.
    pub(crate) fn diagnostic(&self, d: Diagnostic) {
        self.diagnostics(&d.into(), &SourceMap::default());
    }

    /// Asks for a line; `None` at the end of input.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        self.flush();
        self.err(question);
        let mut line = String::new();
        match io::stdin().read_line(&mut line) {
            Ok(n) if n > 0 => Some(line.trim_end_matches(['\n', '\r']).to_owned()),
            _ => None,
        }
    }

    /// Brings out what is held back.
    pub(crate) fn flush(&self) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.flush();
    }

    fn err(&self, text: &str) {
        self.flush();
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Returns the time in RFC 3339 with microseconds.
fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S.%6fZ")
        .to_string()
}

fn stamped(event: Json, time: &str) -> Json {
    let Json::Object(mut fields) = event else {
        return event;
    };
    let at = fields.len().min(3);
    fields.shift_insert(at, "@timestamp".into(), time.into());
    Json::Object(fields)
}

/// Says that a panic is a bug; its message holds no values of the user, as panics are not how errors are told.
pub(crate) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let text = format!(
            "\nerror: this is a bug in bastionless{place}\n\nWhat was done so far is in the journal beside the state; the next run takes it up.\nPlease report it with the command that you ran and this line: bastionless {}.\n",
            env!("CARGO_PKG_VERSION")
        );
        let _ = io::stderr().write_all(text.as_bytes());
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_the_time_after_the_module() {
        let line = stamped(events::log("x"), "2026-01-02T03:04:05.000006Z").to_string();
        assert_eq!(
            line,
            r#"{"@level":"info","@message":"x","@module":"terraform.ui","@timestamp":"2026-01-02T03:04:05.000006Z","type":"log"}"#
        );
        assert_eq!(now().len(), "2026-01-02T03:04:05.000006Z".len());
    }
}
