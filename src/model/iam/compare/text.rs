//! What two sets of policies do not have in common, as text for a reviewer: who can now do what, where, and under which conditions.

use std::fmt::Write as _;

use super::{
    difference::{
        Cause, Comparison, Difference, StatementChange, StatementRef, Undecided, Witness,
    },
    run::changed_statements,
};
use crate::iam::{
    ast::{Clause, Statement},
    evaluate::PolicySet,
};

/// How many actions a list shows before it only counts.
const SHOWN: usize = 8;

/// Prints a comparison by statement, each difference with a request that shows it.
pub fn comparison_text(found: &Comparison, old: &PolicySet, new: &PolicySet) -> String {
    let mut out = String::new();
    section(
        &mut out,
        ("New access", "new"),
        '+',
        &found.new_access,
        new,
        old,
    );
    section(
        &mut out,
        ("Lost access", "lost"),
        '-',
        &found.lost_access,
        old,
        new,
    );
    if !found.undecided.is_empty() {
        out.push_str("Cannot be decided:\n");
        for u in &found.undecided {
            undecided(&mut out, u, old, new);
        }
        out.push('\n');
    }
    if found.ambiguous {
        out.push_str(
            "Ambiguous: AWS's documentation lets a `*` at the end of an ARN's inner segment run over colons; engines measured against AWS do not. Read so, there would be another answer.\n\n",
        );
    }
    let verdict = match (
        found.new_access.is_empty(),
        found.lost_access.is_empty(),
        found.undecided.is_empty(),
    ) {
        (true, true, true) => "Both allow the same.",
        (true, false, true) => "Nothing is allowed that was not allowed before.",
        (true, _, false) => "No new access was found, but it cannot be excluded.",
        (false, ..) => "There is new access.",
    };
    let _ = writeln!(out, "{verdict}");
    out
}

/// Prints the statements that only one of the sets has: `-` of the old, `+` of the new.
pub fn statements_text(old: &PolicySet, new: &PolicySet) -> String {
    let mut out = String::new();
    for StatementChange {
        is_new,
        place,
        statement,
    } in changed_statements(old, new)
    {
        let sign = if is_new { '+' } else { '-' };
        let _ = writeln!(out, "{sign} {}", name(&place));
        for line in lines(statement) {
            let _ = writeln!(out, "{sign}     {line}");
        }
    }
    out
}

fn section(
    out: &mut String,
    (title, word): (&str, &str),
    sign: char,
    list: &[Difference],
    one: &PolicySet,
    other: &PolicySet,
) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title}:");
    let mut before: Option<&Cause> = None;
    for d in list {
        if before != Some(&d.cause) {
            cause(out, sign, &d.cause, one, other);
            before = Some(&d.cause);
        }
        let _ = writeln!(out, "    {word} for {}", actions(&d.actions));
        let _ = writeln!(out, "      for example {}", request(&d.witness));
        if d.ambiguous {
            out.push_str("      no difference where a `*` at the end of an ARN's inner segment runs over colons\n");
        }
    }
    out.push('\n');
}

fn cause(out: &mut String, sign: char, cause: &Cause, one: &PolicySet, other: &PolicySet) {
    let (text, statement) = match cause {
        Cause::Allowed(place) => (format!("{} allows it:", name(place)), find(one, place)),
        Cause::Denied(place) => (
            format!("{} of the other side denies it:", name(place)),
            find(other, place),
        ),
        Cause::Layer(layer) => (
            format!("the other side's {} does not allow it", layer.in_words()),
            None,
        ),
    };
    let _ = writeln!(out, "  {sign} {text}");
    for line in statement.map(lines).unwrap_or_default() {
        let _ = writeln!(out, "      {line}");
    }
}

fn undecided(out: &mut String, u: &Undecided, old: &PolicySet, new: &PolicySet) {
    let (one, other) = if u.gains { (new, old) } else { (old, new) };
    cause(out, '?', &u.cause, one, other);
    let word = if u.gains { "new" } else { "lost" };
    let _ = writeln!(out, "    perhaps {word} for {}", actions(&u.actions));
    let _ = writeln!(out, "      {}", u.reason);
}

fn find<'a>(set: &'a PolicySet, place: &StatementRef) -> Option<&'a Statement> {
    let changed = StatementRef::document(set, place)?;
    changed
        .statements
        .iter()
        .find(|s| s.index == place.statement)
}

fn name(place: &StatementRef) -> String {
    let sid = place
        .sid
        .as_ref()
        .map(|s| format!(" (`{s}`)"))
        .unwrap_or_default();
    format!(
        "Statement {}{sid} of {} {}",
        place.statement + 1,
        place.layer.in_words(),
        place.policy + 1
    )
}

fn actions(list: &[String]) -> String {
    let shown = list
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match list.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}

/// Prints a request as a sentence.
fn request(witness: &Witness) -> String {
    let mut out = format!("{} on {}", witness.action, witness.resource);
    for (i, (key, values)) in witness.context.iter().enumerate() {
        let _ = write!(
            out,
            "{} {key} = {}",
            if i == 0 { " with" } else { "," },
            values.values.join(" and ")
        );
    }
    out
}

/// Prints a statement: what, where, under which conditions.
fn lines(statement: &Statement) -> Vec<String> {
    let clause = |name: &str, c: &Clause| {
        let not = if c.negated { "everything but " } else { "" };
        let texts: Vec<_> = c.patterns.iter().map(|p| p.value.as_str()).collect();
        format!("{name}{not}{}", texts.join(", "))
    };
    let mut out = vec![clause(
        &format!("{} ", statement.effect.name()),
        &statement.action,
    )];
    if let Some(principal) = &statement.principal {
        let entries: Vec<_> = principal
            .entries
            .iter()
            .map(|e| e.value.value.as_str())
            .collect();
        out.push(format!(
            "to {}{}",
            if principal.negated {
                "everyone but "
            } else {
                ""
            },
            entries.join(", ")
        ));
    }
    out.extend(statement.resource.as_ref().map(|r| clause("on ", r)));
    for (i, c) in statement.conditions.iter().enumerate() {
        let values: Vec<_> = c.values.iter().map(|v| v.value.as_str()).collect();
        let word = if i == 0 { "if" } else { "and" };
        out.push(format!(
            "{word} {} {} {}",
            c.key.value,
            c.operator.value,
            values.join(" or ")
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::iam::{
        ast::Document,
        compare::{Options, compare_sets},
    };

    fn set(text: &str) -> PolicySet {
        PolicySet {
            identity: vec![Document::parse(text).unwrap().document],
            ..PolicySet::default()
        }
    }

    fn check(old: &str, new: &str) -> String {
        let (old, new) = (set(old), set(new));
        comparison_text(&compare_sets(&old, &new, &Options::default()), &old, &new)
    }

    const TUNNEL: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Tunnel","Effect":"Allow","Action":"ec2-instance-connect:OpenTunnel","Resource":"arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/*","Condition":{"NumericEquals":{"ec2-instance-connect:remotePort":"22"}}}]}"#;

    #[test]
    fn a_port_more() {
        let new = TUNNEL.replace("\"22\"", "[\"22\",\"3389\"]");
        assert_snapshot!(check(TUNNEL, &new), @r"
        New access:
          + Statement 1 (`Tunnel`) of identity policy 1 allows it:
              Allow ec2-instance-connect:OpenTunnel
              on arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/*
              if ec2-instance-connect:remotePort NumericEquals 22 or 3389
            new for ec2-instance-connect:OpenTunnel
              for example ec2-instance-connect:OpenTunnel on arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0 with ec2-instance-connect:remotePort = 3389

        There is new access.
        ");
        assert_snapshot!(check(&new, TUNNEL), @r"
        Lost access:
          - Statement 1 (`Tunnel`) of identity policy 1 allows it:
              Allow ec2-instance-connect:OpenTunnel
              on arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/*
              if ec2-instance-connect:remotePort NumericEquals 22 or 3389
            lost for ec2-instance-connect:OpenTunnel
              for example ec2-instance-connect:OpenTunnel on arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0 with ec2-instance-connect:remotePort = 3389

        Nothing is allowed that was not allowed before.
        ");
        assert_snapshot!(check(TUNNEL, TUNNEL), @"Both allow the same.");
        assert_snapshot!(statements_text(&set(TUNNEL), &set(&new)), @r"
        - Statement 1 (`Tunnel`) of identity policy 1
        -     Allow ec2-instance-connect:OpenTunnel
        -     on arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/*
        -     if ec2-instance-connect:remotePort NumericEquals 22
        + Statement 1 (`Tunnel`) of identity policy 1
        +     Allow ec2-instance-connect:OpenTunnel
        +     on arn:aws:ec2:eu-central-1:111122223333:instance-connect-endpoint/*
        +     if ec2-instance-connect:remotePort NumericEquals 22 or 3389
        ");
    }
}
