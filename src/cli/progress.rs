//! What a run tells while it goes on: lines for people, events with `-json`.

use std::{sync::Arc, time::Duration};

use bastionless_core::{
    engine::{Event, Events, Step},
    lang::address::{AbsInstance, Mode},
    report::events::hook,
    state::Deposed,
};
use serde_json::Value as Json;

use super::shell::Shell;

/// Writes progress.
pub(crate) struct Progress(pub(crate) Arc<Shell>);

/// An object as a line begins with it.
fn name(address: &AbsInstance, deposed: Option<&Deposed>) -> String {
    deposed.map_or_else(
        || address.to_string(),
        |key| format!("{address} (deposed object {key})"),
    )
}

fn with_id(id: Option<&str>) -> String {
    id.map(|id| format!(" [id={id}]")).unwrap_or_default()
}

fn seconds(time: Duration) -> u64 {
    (time + Duration::from_millis(500)).as_secs()
}

/// Writes a duration as Terraform does, such as `1m10s`.
fn shown(time: Duration) -> String {
    let s = seconds(time);
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s}s"),
        (h, m, s) => format!("{h}h{m}m{s}s"),
    }
}

/// Returns the name of events, and the words for going on, being at it and being done.
fn words(step: Step) -> (&'static str, &'static str, &'static str) {
    match step {
        Step::Create => ("create", "Creating", "Creation"),
        Step::Update => ("update", "Modifying", "Modifications"),
        Step::Delete => ("delete", "Destroying", "Destruction"),
        Step::Read => ("read", "Reading", "Read"),
    }
}

fn id_fields(id: Option<&str>) -> Vec<(&'static str, Json)> {
    id.map(|id| vec![("id_key", Json::from("id")), ("id_value", Json::from(id))])
        .unwrap_or_default()
}

impl Progress {
    fn say(
        &self,
        kind: &str,
        message: String,
        address: &AbsInstance,
        action: Option<&str>,
        more: Vec<(&str, Json)>,
    ) {
        if self.0.is_json() {
            self.0.event(hook(kind, message, address, action, more));
        } else {
            self.0.progress(&message);
        }
    }
}

impl Events for Progress {
    fn tell(&self, event: Event) {
        match event {
            Event::RefreshStart { address, deposed, id } => {
                let is_data = address.resource.resource.mode == Mode::Data;
                let doing = if is_data { "Reading..." } else { "Refreshing state..." };
                let shown_id = Some(id.as_str()).filter(|i| !i.is_empty());
                let message = format!("{}: {doing}{}", name(&address, deposed.as_ref()), with_id(shown_id));
                self.say("refresh_start", message, &address, None, id_fields(shown_id));
            }
            Event::RefreshComplete { address, deposed, id } => {
                if self.0.is_json() {
                    let shown_id = Some(id.as_str()).filter(|i| !i.is_empty());
                    let message = format!("{}: Refresh complete{}", name(&address, deposed.as_ref()), with_id(shown_id));
                    self.say("refresh_complete", message, &address, None, id_fields(shown_id));
                }
            }
            Event::ApplyStart { address, deposed, step, id } => {
                let (action, doing, _) = words(step);
                let message = format!("{}: {doing}...{}", name(&address, deposed.as_ref()), with_id(id.as_deref()));
                self.say("apply_start", message, &address, Some(action), id_fields(id.as_deref()));
            }
            Event::ApplyProgress { address, deposed, step, id, elapsed } => {
                let (action, doing, _) = words(step);
                let id = id.map(|id| format!("id={id}, ")).unwrap_or_default();
                let message = format!(
                    "{}: Still {}... [{id}{} elapsed]",
                    name(&address, deposed.as_ref()),
                    doing.to_lowercase(),
                    shown(elapsed)
                );
                let more = vec![("elapsed_seconds", seconds(elapsed).into())];
                self.say("apply_progress", message, &address, Some(action), more);
            }
            Event::ApplyComplete { address, deposed, step, id, elapsed } => {
                let (action, _, done) = words(step);
                let message = format!(
                    "{}: {done} complete after {}{}",
                    name(&address, deposed.as_ref()),
                    shown(elapsed),
                    with_id(id.as_deref())
                );
                let mut more = id_fields(id.as_deref());
                more.push(("elapsed_seconds", seconds(elapsed).into()));
                self.say("apply_complete", message, &address, Some(action), more);
            }
            Event::ApplyErrored { address, deposed, step, elapsed, .. } => {
                let (action, _, done) = words(step);
                let message = format!("{}: {done} errored after {}", name(&address, deposed.as_ref()), shown(elapsed));
                let more = vec![("elapsed_seconds", seconds(elapsed).into())];
                self.say("apply_errored", message, &address, Some(action), more);
            }
            Event::Adopted { address, id } => {
                self.0.progress(&format!("{address}: Taken over from a run that broke off [id={id}]"));
            }
            Event::Diagnostic(d) => self.0.diagnostic(*d),
            Event::Interrupted => self.0.progress(
                "\nInterrupt received.\nPlease wait for bastionless to exit or data loss may occur.\nGracefully shutting down: calls in flight end, waits are given up, the state is saved...\n",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_terraform_does() {
        let all = [0.2, 10.0, 70.0, 3601.0].map(|s| shown(Duration::from_secs_f64(s)));
        assert_eq!(all, ["0s", "10s", "1m10s", "1h0m1s"]);
    }
}
