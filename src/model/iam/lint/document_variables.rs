//! Variables in a policy of the old version.

use super::{
    super::{ast::Version, template::Template},
    Context, Finding, Rule,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "variables-without-version",
        level: Level::Warning,
        headline: "Policy variables are not replaced",
        what: "`${aws:…}` or another policy variable in a policy without `\"Version\": \"2012-10-17\"`.",
        why: "In the older version, which holds where none is given, `${…}` is literal text: an `Allow` matches nothing, and a `Deny` forbids nothing.",
        fix: "Set the version.",
        source: "IAM User Guide, IAM policy elements: variables and tags; Version",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if cx.version() == Version::V2012 || cx.has_wrong_version() {
        return;
    }
    let statements = &cx.document.statements;
    let resources = statements
        .iter()
        .filter_map(|s| s.resource.as_ref())
        .flat_map(|r| &r.patterns);
    let values = statements
        .iter()
        .flat_map(|s| &s.conditions)
        .flat_map(|c| &c.values);
    let mut texts = resources.chain(values);
    let Some(first) = texts.find(|t| Template::wild(&t.value, Version::V2012).has_variables())
    else {
        return;
    };
    let text = format!(
        "`{}` holds a policy variable, which version 2008-10-17 takes as it stands.",
        first.value
    );
    let finding = RULE.at(&first.span, text);
    out.push(match &cx.document.version_span {
        Some(span) => finding.text_patch(span, "2012-10-17", "use the current version"),
        None => {
            // Behind the opening brace.
            let at = cx.document.span.start..cx.document.span.start + 1;
            finding.raw_patch(&at, "{\"Version\": \"2012-10-17\",", "say the version")
        }
    });
}
