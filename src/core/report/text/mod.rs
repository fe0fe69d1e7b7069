//! The plan for people: what changes, in Terraform's layout.

mod diff;
mod paint;
mod resource;
mod state;
mod value;

use std::fmt::Write as _;

use bastionless_model::schema::Catalogue;

use crate::plan::{Action, Change, Mode, Plan};
use diff::Diff;
use paint::Paint;

pub use state::{object_text, output_text, state_text};
pub use value::{type_text, value_text};

/// How the text is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
}

impl Style {
    /// Returns a text in red.
    pub(super) fn red(self, text: &str) -> String {
        Paint { color: self.color }.red(text)
    }

    /// Returns a text in green.
    pub(super) fn green(self, text: &str) -> String {
        Paint { color: self.color }.green(text)
    }

    /// Returns a text in yellow.
    pub(super) fn yellow(self, text: &str) -> String {
        Paint { color: self.color }.yellow(text)
    }
}

/// Paints the sign of a change.
pub(super) fn paint_sign(sign: char, style: Style) -> String {
    let paint = Paint { color: style.color };
    let text = sign.to_string();
    match sign {
        '+' => paint.green(&text),
        '-' => paint.red(&text),
        _ => paint.yellow(&text),
    }
}

/// Counts of a plan, as its summary line says them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Created, replacements included.
    pub add: usize,
    /// Updated in place.
    pub change: usize,
    /// Destroyed, replacements included.
    pub destroy: usize,
    /// Imported.
    pub import: usize,
    /// Forgotten.
    pub forget: usize,
}

impl Counts {
    /// Counts the changes of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut c = Self::default();
        for change in &plan.changes {
            c.import += usize::from(change.importing.is_some());
            match change.action {
                Action::Create => c.add += 1,
                Action::Update => c.change += 1,
                Action::Delete => c.destroy += 1,
                Action::DeleteThenCreate | Action::CreateThenDelete => {
                    c.add += 1;
                    c.destroy += 1;
                }
                Action::Forget => c.forget += 1,
                Action::NoOp | Action::Read => {}
            }
        }
        c
    }

    /// Returns `Plan: 1 to add, 0 to change, 0 to destroy.`, imports and forgotten objects named where there are some.
    pub fn line(&self) -> String {
        let mut out = String::from("Plan: ");
        if self.import > 0 {
            let _ = write!(out, "{} to import, ", self.import);
        }
        let _ = write!(
            out,
            "{} to add, {} to change, {} to destroy",
            self.add, self.change, self.destroy
        );
        if self.forget > 0 {
            let _ = write!(out, ", {} to forget", self.forget);
        }
        out.push('.');
        out
    }
}

/// Writes the plan: what changed outside, what will be done, outputs, summary.
pub fn plan_text(plan: &Plan, catalogue: &Catalogue, style: Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    drift(&mut out, plan, catalogue, paint);
    let shown: Vec<&Change> = plan.changes.iter().filter(|c| is_shown(c)).collect();
    let outputs = plan.outputs.values().any(|o| o.action != Action::NoOp);
    if shown.is_empty() && !outputs {
        out.push_str(&no_changes(plan));
        return out;
    }
    if !shown.is_empty() {
        legend(&mut out, &shown, paint);
        out.push_str("\nBastionless will perform the following actions:\n");
        for change in &shown {
            out.push('\n');
            resource::write(&mut out, change, catalogue, paint);
        }
        let _ = write!(out, "\n{}\n", paint.bold(&Counts::of(plan).line()));
    }
    if outputs {
        out.push_str("\nChanges to Outputs:\n");
        for (name, o) in plan
            .outputs
            .iter()
            .filter(|(_, o)| o.action != Action::NoOp)
        {
            Diff::new(paint, 2).output(&mut out, name, o);
        }
        if shown.is_empty() {
            out.push_str("\nYou can apply this plan to save these new output values to the state, without changing any real infrastructure.\n");
        }
    }
    out
}

fn is_shown(c: &Change) -> bool {
    c.action != Action::NoOp || c.previous.is_some() || c.importing.is_some()
}

fn no_changes(plan: &Plan) -> String {
    let why = match plan.mode {
        Mode::RefreshOnly if plan.drift.is_empty() => {
            "Bastionless has checked that the real remote objects still match the result of your most recent changes, and found no differences."
        }
        Mode::RefreshOnly => {
            return "\nThis is a refresh-only plan, so bastionless will not take any actions to undo these. If you were expecting these changes then you can apply this plan to record the updated values in the state without changing any remote objects.\n".into();
        }
        Mode::Destroy => {
            "No objects need to be destroyed: either you have not created any objects yet or the existing objects were already deleted outside of bastionless."
        }
        Mode::Normal => {
            "Bastionless has compared your real infrastructure against your configuration and found no differences, so no changes are needed."
        }
    };
    let head = match plan.mode {
        Mode::RefreshOnly | Mode::Destroy => "No changes.",
        Mode::Normal => "No changes. Your infrastructure matches the configuration.",
    };
    format!("{head}\n\n{why}\n")
}

fn legend(out: &mut String, shown: &[&Change], paint: Paint) {
    let has = |a: &[Action]| shown.iter().any(|c| a.contains(&c.action));
    out.push_str("Bastionless used the selected providers to generate the following execution plan. Resource actions are indicated with the following symbols:\n");
    if has(&[Action::Create]) {
        let _ = writeln!(out, "  {} create", paint.green("+"));
    }
    if has(&[Action::Update]) {
        let _ = writeln!(out, "  {} update in-place", paint.yellow("~"));
    }
    if has(&[Action::Delete]) {
        let _ = writeln!(out, "  {} destroy", paint.red("-"));
    }
    if has(&[Action::DeleteThenCreate]) {
        let _ = writeln!(
            out,
            "{}/{} destroy and then create replacement",
            paint.red("-"),
            paint.green("+")
        );
    }
    if has(&[Action::CreateThenDelete]) {
        let _ = writeln!(
            out,
            "{}/{} create replacement and then destroy",
            paint.green("+"),
            paint.red("-")
        );
    }
    if has(&[Action::Read]) {
        let _ = writeln!(out, " {} read (data resources)", paint.cyan("<="));
    }
    if has(&[Action::Forget]) {
        let _ = writeln!(out, "  {} forget", paint.red("."));
    }
}

fn drift(out: &mut String, plan: &Plan, catalogue: &Catalogue, paint: Paint) {
    let shown: Vec<_> = super::relevant_drift(plan).collect();
    if shown.is_empty() {
        return;
    }
    out.push_str("Note: Objects have changed outside of bastionless\n\nBastionless detected the following changes made outside of bastionless since the last \"bastionless apply\":\n");
    for d in shown {
        out.push('\n');
        resource::write_drift(out, d, catalogue, paint);
    }
    out.push_str("\nUnless you have made equivalent changes to your configuration, or ignored the relevant attributes using ignore_changes, the following plan may include actions to undo or respond to these changes.\n\n");
}
