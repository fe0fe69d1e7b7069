//! Who a session is on the instance.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, sessions};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-with-sudo",
        level: Level::Advice,
        headline: "Sessions have sudo",
        what: "A session document for shells without `runAsEnabled`, or with `runAsDefaultUser` `root` (a warning: AWS refuses such sessions).",
        why: "Without Run As a session is `ssm-user`, which Session Manager creates with `sudo` on Linux and as an administrator on Windows: a shell is root.",
        fix: "Set `runAsEnabled` and a `runAsDefaultUser` without `sudo` that exists on the instances, or take `sudo` from `ssm-user`.",
        source: "Systems Manager User Guide, turn off ssm-user account administrative permissions; turn on Run As support",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    for document in sessions::documents(estate) {
        let is_shell = matches!(
            document.kind(),
            "Standard_Stream" | "InteractiveCommands" | "NonInteractiveCommands"
        );
        if is_shell && !document.is_on("runAsEnabled") {
            out.push(RULE.at(
                document.object,
                "content",
                "Sessions run as `ssm-user`, who has `sudo`.",
            ));
        } else if document.text("runAsDefaultUser") == Some("root") {
            out.push(
                RULE.at(document.object, "content", "Run As refuses `root`.")
                    .level(Level::Warning),
            );
        }
    }
}
