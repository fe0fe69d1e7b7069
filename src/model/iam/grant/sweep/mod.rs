//! Some hundred generated orders, judged by the evaluator: what they allow is what they say, and no element is idle.
//!
//! [`spec`] says what an order means without building a policy, so compiler, evaluator and specification are three.

#![expect(clippy::print_stderr, reason = "the counts are what one runs the sweep for")]

mod mutants;
mod orders;
mod probes;
mod spec;

use std::collections::BTreeMap;

use super::{Compiled, Order, compile};
use crate::iam::{
    ast::Document,
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
    [users, one(Side::Instance, &compiled.instance), one(Side::ControlPlane, &compiled.control_plane)].into_iter().flatten().collect()
}

fn document(text: &str) -> Document {
    let Parsed { document, problems, .. } = Document::parse(text).unwrap();
    assert!(problems.is_empty(), "{problems:?}: {text}");
    document
}

/// What `deny_others` is for: another policy that allows everything.
const ADMIN: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn evaluator(texts: &[String], with_admin: bool) -> Evaluator {
    let admin = with_admin.then(|| document(ADMIN));
    let identity = texts.iter().map(|t| document(t)).chain(admin).collect();
    Evaluator::new(&PolicySet { identity, ..PolicySet::default() })
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

/// Every nth order; the methods take turns, and their number shares no factor with those that are used here.
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
            Case { probes: probes.collect(), order: order.clone(), side, texts }
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
            assert_eq!(found, *expected, "{probe:#?}\n{:#?}\n{:#?}", case.texts, case.order);
            *(if found { &mut count.1 } else { &mut count.2 }) += 1;
        }
        if case.order.grants.iter().any(|g| !g.except_instances.is_empty() || !g.except_addresses.is_empty()) {
            let beside_admin = self::evaluator(&case.texts, true);
            for (probe, request, _) in &case.probes {
                let expected = spec::allows_beside_admin(&case.order, case.side, probe);
                assert_eq!(allows(&beside_admin, request), expected || case.side != Side::Users, "{probe:#?}\n{:#?}", case.texts);
            }
        }
        // Sufficient: every grant has calls that must pass, and they do.
        assert!(case.probes.iter().any(|(.., expected)| *expected), "{:#?}", case.order);
    }
    let orders = orders::all();
    let grants: usize = orders.iter().map(|o| o.grants.len()).sum();
    eprintln!("{} orders with {grants} grants; policies, allowed, refused: {counts:?}", orders.len());
    assert!(orders.len() >= 500 && counts.values().all(|c| c.1 > 100 && c.2 > 1000), "{counts:?}");
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
    assert!(mutate(6) > 4_000);
}

/// The same of every order; minutes without optimisation.
#[test]
#[ignore = "scripts/judge-grants runs it"]
fn no_element_of_any_order_is_idle() {
    assert!(mutate(1) > 25_000);
}

/// Changes every element of every nth order's policies and insists that each change is seen. Returns their number.
fn mutate(nth: usize) -> usize {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut idle = Vec::new();
    for case in cases(nth) {
        let groups = by_action(&case);
        for (n, text) in case.texts.iter().enumerate() {
            for mutant in mutants::of(text) {
                *counts.entry(mutant.kind).or_default() += 1;
                let mut texts = case.texts.clone();
                texts[n] = mutant.text.clone();
                texts.retain(|t| !t.is_empty());
                let changed = evaluator(&texts, mutant.is_denial || case.with_admin());
                let differs = |i: &usize| {
                    let (probe, request, expected) = &case.probes[*i];
                    let beside = || spec::allows_beside_admin(&case.order, case.side, probe);
                    allows(&changed, request) != if mutant.is_denial { beside() } else { *expected }
                };
                // What the statement speaks of tells the difference soonest.
                let near = mutant.actions.iter().filter_map(|a| groups.get(a.as_str())).flatten();
                let far = groups.iter().filter(|(a, _)| !mutant.actions.iter().any(|m| m == **a)).flat_map(|(_, g)| g);
                if !near.chain(far).any(differs) {
                    idle.push(format!("{}: {}\n{text}\n{:#?}", mutant.kind, mutant.what, case.order));
                }
            }
        }
    }
    let total: usize = counts.values().sum();
    eprintln!("{total} mutants, {} idle: {counts:?}", idle.len());
    let heads: Vec<&str> = idle.iter().filter_map(|i: &String| i.lines().next()).collect();
    assert!(idle.is_empty(), "{} of {total} mutants change nothing: {heads:#?}\n{}", idle.len(), idle[0]);
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
