//! Some hundred generated orders, judged by the evaluator: what they allow is what they say, and no element is idle.
//!
//! [`spec`] says what an order means without building a policy, so compiler, evaluator and specification are three.

#![expect(
    clippy::print_stderr,
    reason = "the counts are what one runs the sweep for"
)]

mod mutants;
mod orders;
mod probes;
mod spec;

use std::collections::BTreeMap;

use super::{Compiled, Order, compile};
use crate::iam::{
    ast::Document,
    compare::{Options, compare},
    evaluate::{Evaluator, PolicySet, Request, Verdict},
    parse::Parsed,
};
use probes::Probe;

/// Whose policy is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Users,
    Instance,
    ControlPlane,
}

fn sides(compiled: &Compiled) -> Vec<(Side, Vec<String>)> {
    let one = |side, text: &Option<String>| text.clone().map(|t| (side, vec![t]));
    let users = (!compiled.users.is_empty()).then(|| (Side::Users, compiled.users.clone()));
    [
        users,
        one(Side::Instance, &compiled.instance),
        one(Side::ControlPlane, &compiled.control_plane),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn document(text: &str) -> Document {
    let Parsed {
        document, problems, ..
    } = Document::parse(text).unwrap();
    assert!(problems.is_empty(), "{problems:?}: {text}");
    document
}

/// What `deny_others` is for: another policy that allows everything.
const ADMIN: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn evaluator(texts: &[String], with_admin: bool) -> Evaluator {
    let admin = with_admin.then(|| document(ADMIN));
    let identity = texts.iter().map(|t| document(t)).chain(admin).collect();
    Evaluator::new(&PolicySet {
        identity,
        ..PolicySet::default()
    })
}

fn allows(evaluator: &Evaluator, probe: &Request) -> bool {
    evaluator.decide(probe).verdict == Verdict::Allow
}

/// An order with its policies and everything that is asked of them.
struct Case {
    order: Order,
    side: Side,
    texts: Vec<String>,
    probes: Vec<(Probe, Request, bool)>,
}

impl Case {
    fn with_admin(&self) -> bool {
        self.order.deny_others && self.side == Side::Users
    }
}

/// Every nth order; methods, regions, `deny_others` and the control plane take turns, with which 13 shares no factor.
fn cases(nth: usize) -> impl Iterator<Item = Case> {
    orders::all().into_iter().step_by(nth).flat_map(|order| {
        let compiled = compile(&order).unwrap_or_else(|e| panic!("{e:#?}\n{order:#?}"));
        let sides = sides(&compiled);
        sides.into_iter().map(move |(side, texts)| {
            let probes = probes::all(&order, side).into_iter().map(|p| {
                let expected = spec::allows(&order, side, &p);
                let request = p.request(&order.scope);
                (p, request, expected)
            });
            Case {
                probes: probes.collect(),
                order: order.clone(),
                side,
                texts,
            }
        })
    })
}

#[test]
fn every_order_allows_what_it_says_and_nothing_else() {
    let mut counts: BTreeMap<Side, (usize, usize, usize)> = BTreeMap::new();
    for case in cases(1) {
        let evaluator = evaluator(&case.texts, case.with_admin());
        let count = counts.entry(case.side).or_default();
        count.0 += 1;
        for (probe, request, expected) in &case.probes {
            let found = allows(&evaluator, request);
            assert_eq!(
                found, *expected,
                "{probe:#?}\n{:#?}\n{:#?}",
                case.texts, case.order
            );
            *(if found { &mut count.1 } else { &mut count.2 }) += 1;
        }
        if case
            .order
            .grants
            .iter()
            .any(|g| !g.except_instances.is_empty() || !g.except_addresses.is_empty())
        {
            let beside_admin = self::evaluator(&case.texts, true);
            for (probe, request, _) in &case.probes {
                let expected = spec::allows_beside_admin(&case.order, case.side, probe);
                assert_eq!(
                    allows(&beside_admin, request),
                    expected || case.side != Side::Users,
                    "{probe:#?}\n{:#?}",
                    case.texts
                );
            }
        }
        // Sufficient: every grant has calls that must pass, and they do.
        assert!(
            case.probes.iter().any(|(.., expected)| *expected),
            "{:#?}",
            case.order
        );
    }
    let orders = orders::all();
    let grants: usize = orders.iter().map(|o| o.grants.len()).sum();
    eprintln!(
        "{} orders with {grants} grants; policies, allowed, refused: {counts:?}",
        orders.len()
    );
    assert!(
        orders.len() >= 500 && counts.values().all(|c| c.1 > 100 && c.2 > 1000),
        "{counts:?}"
    );
}

/// The numbers of the probes by action.
fn by_action(case: &Case) -> BTreeMap<&str, Vec<usize>> {
    let mut out: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, (probe, ..)) in case.probes.iter().enumerate() {
        out.entry(&probe.action).or_default().push(i);
    }
    out
}

#[test]
fn no_element_is_idle() {
    assert!(mutate(13) > 4_000);
}

/// The same of every order; minutes without optimisation.
#[test]
#[ignore = "scripts/judge-grants runs it"]
fn no_element_of_any_order_is_idle() {
    assert!(mutate(1) > 80_000);
}

/// A policy of which one element was changed, beside what it is judged with.
struct Trial<'a> {
    case: &'a Case,
    mutant: &'a mutants::Mutant,
    before: Vec<String>,
    after: Vec<String>,
}

impl<'a> Trial<'a> {
    /// `deny_others` says the complement of what the grants say, and each hides changes of the other. So grants are judged without it.
    /// Its own statements overlap, so that what becomes wider is judged by the statement alone; what is taken away, by the whole policy.
    fn new(case: &'a Case, text: usize, mutant: &'a mutants::Mutant) -> Self {
        if mutant.is_of_others && mutant.is_wider {
            return Self::alone(case, mutant);
        }
        let judged = |texts: &[String]| {
            let has_others = case.with_admin() && !mutant.is_of_others;
            let texts = texts.iter().map(|t| {
                if has_others {
                    mutants::without_others(t)
                } else {
                    t.clone()
                }
            });
            texts.filter(|t| !t.is_empty()).collect::<Vec<_>>()
        };
        let mut texts = case.texts.clone();
        texts[text] = mutant.text.clone();
        Self {
            case,
            mutant,
            before: judged(&case.texts),
            after: judged(&texts),
        }
    }

    /// Judges the statement by itself.
    fn alone(case: &'a Case, mutant: &'a mutants::Mutant) -> Self {
        let (before, after) = mutant.alone.clone();
        Self {
            case,
            mutant,
            before: vec![before],
            after: vec![after],
        }
    }

    /// Tells whether a request of the sweep shows the change. What the statement speaks of shows it soonest.
    fn shows(&self, groups: &BTreeMap<&str, Vec<usize>>) -> bool {
        let [before, after] =
            [&self.before, &self.after].map(|texts| evaluator(texts, self.mutant.is_denial));
        let differs = |i: &usize| {
            self.case
                .probes
                .get(*i)
                .is_some_and(|(_, r, _)| allows(&before, r) != allows(&after, r))
        };
        let near = self
            .mutant
            .actions
            .iter()
            .filter_map(|a| groups.get(a.as_str()))
            .flatten();
        // The same requests for resources that the action never has, so that nobody else asks about them.
        let foreign = |i: &usize| {
            let Some((_, request, _)) = self.case.probes.get(*i) else {
                return false;
            };
            [
                (":ec2:", ":rds:"),
                (":ssm:", ":rds:"),
                (":instance/", ":other/"),
                (":document/", ":other/"),
            ]
            .iter()
            .any(|(own, other)| {
                let request = Request {
                    resource: request.resource.replacen(own, other, 1),
                    ..request.clone()
                };
                allows(&before, &request) != allows(&after, &request)
            })
        };
        if self.mutant.is_of_others && near.clone().any(foreign) {
            return true;
        }
        let far = groups
            .iter()
            .filter(|(a, _)| !self.mutant.actions.iter().any(|m| m == **a))
            .flat_map(|(_, g)| g);
        near.chain(far).any(differs)
    }

    /// Asks the comparison for a request that shows the change, where none was thought of.
    fn is_idle(&self) -> bool {
        let documents = |texts: &[String]| {
            let admin = self.mutant.is_denial.then_some(ADMIN);
            texts
                .iter()
                .map(String::as_str)
                .chain(admin)
                .map(document)
                .collect::<Vec<_>>()
        };
        let found = compare(
            &documents(&self.before),
            &documents(&self.after),
            &Options::default(),
        );
        found.new_access.is_empty() && found.lost_access.is_empty()
    }
}

/// Changes every element of every nth order's policies and insists that each change is seen. Returns their number.
fn mutate(nth: usize) -> usize {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut idle = Vec::new();
    let (mut policies, mut compared, mut overlapping) = (0, 0, 0);
    for case in cases(nth) {
        policies += case.texts.len();
        let groups = by_action(&case);
        for (n, text) in case.texts.iter().enumerate() {
            for mutant in mutants::of(text) {
                *counts.entry(mutant.kind).or_default() += 1;
                let trial = Trial::new(&case, n, &mutant);
                if trial.shows(&groups) {
                    continue;
                }
                compared += 1;
                if trial.is_idle() {
                    // Grants of one order may overlap: what one of them allows until a day, another may allow from a day before.
                    if case.order.grants.len() > 1
                        && mutant.is_wider
                        && !Trial::alone(&case, &mutant).is_idle()
                    {
                        overlapping += 1;
                        continue;
                    }
                    idle.push(format!(
                        "{}: {}\n{text}\n{:#?}",
                        mutant.kind, mutant.what, case.order
                    ));
                }
            }
        }
    }
    let total: usize = counts.values().sum();
    eprintln!(
        "{policies} policies, {total} mutants, {compared} of them seen by the comparison only, {overlapping} in their statement only, {} idle: {counts:?}",
        idle.len()
    );
    let heads: Vec<&str> = idle
        .iter()
        .filter_map(|i: &String| i.lines().next())
        .collect();
    assert!(
        idle.is_empty(),
        "{} of {total} mutants change nothing: {heads:#?}\n{}",
        idle.len(),
        idle[0]
    );
    total
}

/// Writes the policies of the sweep into the folder that `BASTIONLESS_GRANTS` names, for validators that were not written here.
#[test]
#[ignore = "scripts/judge-grants runs it"]
fn write_policies() {
    let dir = std::env::var("BASTIONLESS_GRANTS").expect("BASTIONLESS_GRANTS names no folder");
    let mut written = std::collections::BTreeSet::new();
    for (i, order) in orders::all().iter().enumerate() {
        for (side, texts) in sides(&compile(order).unwrap()) {
            for (n, text) in texts.iter().enumerate() {
                if written.insert(text.clone()) {
                    std::fs::write(format!("{dir}/{i:04}-{side:?}-{n}.json"), text).unwrap();
                }
            }
        }
    }
    eprintln!("{} policies", written.len());
}
