//! A guard that closes one way in and leaves others open, and wildcards that open them.

use super::{Context, Finding, Rule, covers, words};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "other-ways-in",
        level: Level::Warning,
        headline: "Other ways in stay open",
        what: "A `Deny` of some of the ways onto an instance (tunnel, pushed key, serial console, session) that leaves another one open, or a wildcard in an `Allow` that opens the serial console without naming it.",
        why: "The serial console and pushed keys do not pass the security groups that were closed: whoever relies on \"SSH is closed\" is wrong.",
        fix: "Deny the other actions, too; in an `Allow` name the actions instead of `ec2-instance-connect:*`.",
        source: "EC2 User Guide, configure access to the EC2 Serial Console; AWS Service Authorization Reference, EC2 Instance Connect",
    },
    check,
};

const TUNNEL: &str = "ec2-instance-connect:OpenTunnel";
const PUSH: &str = "ec2-instance-connect:SendSSHPublicKey";
const SERIAL: &str = "ec2-instance-connect:SendSerialConsoleSSHPublicKey";

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    let ways = [TUNNEL, PUSH, SERIAL];
    let denied = |action: &str| cx.denies().any(|s| covers(s, action).is_some());
    let open: Vec<&str> = ways.into_iter().filter(|a| !denied(a)).collect();
    let grants = |action: &str| cx.allows().any(|s| covers(s, action).is_some());
    // A deny beside an allow of the rest of the family in the same policy is a choice; one that stands alone is a guard.
    if !open.is_empty() && !ways.into_iter().any(grants) {
        for s in cx
            .denies()
            .filter(|s| s.conditions.is_empty() && !s.action.negated)
        {
            if let Some((closed, span)) = super::covers_any(s, &ways) {
                let text = format!(
                    "This closes `{closed}` and leaves {} open.",
                    words::list(open.iter().copied(), 3)
                );
                out.push(RULE.at(&span, text));
                break;
            }
        }
    }
    if denied(SERIAL) {
        return;
    }
    for s in cx.allows() {
        let wild = s.action.patterns.iter().find(|p| {
            p.value
                .to_ascii_lowercase()
                .starts_with("ec2-instance-connect:")
                && p.value.contains(['*', '?'])
                && !s.action.negated
        });
        if let Some(pattern) = wild.filter(|_| covers(s, SERIAL).is_some()) {
            let text = format!(
                "`{}` opens the serial console (`{SERIAL}`), too, which no security group closes. Name the actions.",
                pattern.value
            );
            out.push(RULE.at(&pattern.span, text));
        }
    }
}
