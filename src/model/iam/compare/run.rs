//! The comparison of two sets of policies.

use super::{
    actions::groups,
    difference::{Cause, Comparison, StatementChange, StatementRef, Undecided},
    encode::Atlas,
    goals::Run,
    shape::Place,
    side::Sides,
};
use crate::iam::{
    ast::{Document, Effect},
    evaluate::{Evaluator, Layer, PolicySet},
};

/// What is compared.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The actions, `service:Action`, wildcards allowed. Without: every action of the catalogue, one unknown action of each of its
    /// services, and of other services that the policies name one action of each kind that they tell apart.
    pub actions: Option<Vec<String>>,
    /// The ARN of the user who makes the requests. Without: a user of the account that the policies name.
    pub principal: Option<String>,
    /// Whether statements that both sets have are asked about, too. That finds nothing more and is for tests of the comparison.
    pub thorough: bool,
}

/// Compares policies of a principal: all of `old` together with all of `new` together.
pub fn compare(old: &[Document], new: &[Document], options: &Options) -> Comparison {
    let set = |documents: &[Document]| PolicySet {
        identity: documents.to_vec(),
        ..PolicySet::default()
    };
    compare_sets(&set(old), &set(new), options)
}

/// Compares what two sets of policies allow together: identity policies within boundary, session, service control and endpoint policies.
///
/// Policies of resources are not compared: where they differ, and where a statement of another policy names principals, the result says
/// that it cannot be decided.
pub fn compare_sets(old: &PolicySet, new: &PolicySet, options: &Options) -> Comparison {
    let mut sides = Sides::new(old, new);
    let unseen = of_resources(old, new);
    if !options.thorough && sides.same() {
        return Comparison {
            undecided: unseen,
            ..Comparison::default()
        };
    }
    let place = place(&sides, options);
    let principal = options.principal.clone();
    let principal = principal
        .unwrap_or_else(|| format!("arn:{}:iam::{}:user/alice", place.partition, place.account));
    sides.ask_about(&principal, old, new);
    let clauses: Vec<_> = sides.terms.iter().map(|t| &t.statement.action).collect();
    let groups = groups(&clauses, options.actions.as_deref());
    let mut run = Run {
        sides: &sides,
        place: &place,
        thorough: options.thorough,
        principal,
        evaluators: (Evaluator::new(old), Evaluator::new(new)),
        atlas: Atlas::default(),
        loose: false,
        out: Comparison::default(),
    };
    for group in &groups {
        run.group(group);
    }
    let mut out = std::mem::take(&mut run.out);
    if sides.contested() {
        run.loose = true;
        for d in &mut out.new_access {
            d.ambiguous = !run.confirmed(true, &d.witness);
        }
        for d in &mut out.lost_access {
            d.ambiguous = !run.confirmed(false, &d.witness);
        }
        // Whether there is new access at all is all that is asked of this reading.
        for group in &groups {
            run.group(group);
            if run.out.may_gain() {
                break;
            }
        }
        out.ambiguous = run.out.may_gain() != out.may_gain();
    }
    out.undecided.extend(unseen);
    let order = |c: &Cause| match c {
        Cause::Allowed(s) => (s.layer, s.policy, s.statement, 0),
        Cause::Denied(s) => (s.layer, s.policy, s.statement, 1),
        Cause::Layer(layer) => (*layer, 0, 0, 2),
    };
    out.new_access.sort_by_key(|d| order(&d.cause));
    out.lost_access.sort_by_key(|d| order(&d.cause));
    out.undecided.sort_by_key(|u| (!u.gains, order(&u.cause)));
    out
}

/// Names the changed statements that say who: these belong to policies of resources, which are not compared.
fn of_resources(old: &PolicySet, new: &PolicySet) -> Vec<Undecided> {
    // The policy of a resource as if it were one of the principal, so that its statements are listed.
    let as_identity = |set: &PolicySet| PolicySet {
        identity: set.identity.iter().chain(&set.resource).cloned().collect(),
        resource: None,
        ..set.clone()
    };
    let (old, new) = (as_identity(old), as_identity(new));
    let changed = changed_statements(&old, &new);
    let named = changed
        .iter()
        .filter(|c| c.statement.principal.is_some() && c.place.layer != Layer::Endpoint);
    let entry = |c: &StatementChange| Undecided {
        gains: c.is_new == (c.statement.effect == Effect::Allow),
        actions: c
            .statement
            .action
            .patterns
            .iter()
            .map(|p| p.value.clone())
            .collect(),
        cause: match c.statement.effect {
            Effect::Allow => Cause::Allowed(c.place.clone()),
            Effect::Deny => Cause::Denied(c.place.clone()),
        },
        reason: "it names principals, as policies of resources do; these are not compared"
            .to_owned(),
    };
    named.map(entry).collect()
}

/// Lists the statements that only one of two sets has, those of the old one first. Places, order and the letter case of names do not
/// matter.
pub fn changed_statements<'a>(old: &'a PolicySet, new: &'a PolicySet) -> Vec<StatementChange<'a>> {
    let sides = Sides::new(old, new);
    let (before, after) = (sides.old.all(), sides.new.all());
    let mut out = Vec::new();
    for (own, others, is_new) in [(&before, &after, false), (&after, &before, true)] {
        for term in own.iter().filter_map(|n| sides.terms.get(*n)) {
            let same = |n: &usize| {
                sides
                    .terms
                    .get(*n)
                    .is_some_and(|t| t.layer == term.layer && t.meaning == term.meaning)
            };
            if !others.iter().any(same) {
                out.push(StatementChange {
                    is_new,
                    place: StatementRef::new(term),
                    statement: term.statement,
                });
            }
        }
    }
    out
}

/// Finds the account and the partition that the policies are about.
fn place(sides: &Sides, options: &Options) -> Place {
    let resources = sides
        .terms
        .iter()
        .filter_map(|t| t.statement.resource.as_ref())
        .flat_map(|r| &r.patterns);
    let values = sides
        .terms
        .iter()
        .flat_map(|t| &t.statement.conditions)
        .flat_map(|c| &c.values);
    let texts: Vec<_> = options
        .principal
        .iter()
        .map(String::as_str)
        .chain(resources.chain(values).map(|t| t.value.as_str()))
        .collect();
    let segment = |n: usize| {
        texts
            .iter()
            .filter(|t| t.starts_with("arn:"))
            .filter_map(move |t| t.split(':').nth(n))
    };
    let account = segment(4).find(|a| a.len() == 12 && a.bytes().all(|b| b.is_ascii_digit()));
    let partition = segment(1).find(|p| p.starts_with("aws") && !p.contains(['*', '?', '$']));
    Place {
        // An account of AWS's documentation.
        account: account.unwrap_or("111122223333").to_owned(),
        partition: partition.unwrap_or("aws").to_owned(),
        symbols: !sides.symbols.is_empty(),
    }
}
