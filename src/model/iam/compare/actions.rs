//! Which actions a comparison is about, grouped so that each group is solved once.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{
    bits::Bits,
    glob::{Chars, Glob, Limits, classes},
    shape::Shape,
};
use crate::iam::{
    ast::Clause,
    catalogue::{Catalogue, Service},
    pattern::Pattern,
};

/// Stands for whatever action a service may have that nobody knows of.
const UNKNOWN: &str = "SomeUnknownAction";
/// Stands for a service that nobody knows of.
const UNKNOWN_SERVICE: &str = "unknown-service";

const LIMITS: Limits = Limits {
    states: 3000,
    classes: 400,
};

/// Actions to which the same statements apply.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The statements whose action clause matches, by their number.
    pub(super) statements: Bits,
    /// The shapes that resources of these actions have, with the actions; the plainest first.
    pub(super) shapes: BTreeMap<Shape, Vec<String>>,
}

/// An action clause, ready to be matched.
struct Matcher {
    negated: bool,
    /// Patterns of names by the service that they are for.
    services: BTreeMap<String, Vec<Name>>,
    /// Patterns of names for services that are given with wildcards.
    wild: Vec<(Pattern, Name)>,
    /// Patterns without a colon, such as `*`.
    whole: Vec<Pattern>,
}

/// A pattern of names.
#[derive(Clone)]
struct Name {
    /// In lower case.
    pattern: Pattern,
    /// A name that it matches, as the policy spells it.
    spelled: String,
}

impl Matcher {
    fn new(clause: &Clause) -> Self {
        let mut out = Self {
            negated: clause.negated,
            services: BTreeMap::new(),
            wild: Vec::new(),
            whole: Vec::new(),
        };
        for text in clause.patterns.iter().map(|p| &p.value) {
            let Some((service, name)) = text.split_once(':') else {
                out.whole.push(Pattern::wild(&text.to_lowercase()));
                continue;
            };
            let spelled = Glob::new(&Pattern::wild(name), Chars::Action).sample("x");
            let name = Name {
                pattern: Pattern::wild(&name.to_lowercase()),
                spelled,
            };
            let service = service.to_lowercase();
            if service.contains(['*', '?']) {
                out.wild.push((Pattern::wild(&service), name));
            } else {
                out.services.entry(service).or_default().push(name);
            }
        }
        out
    }

    /// Returns the patterns of names for a service.
    fn of_service(&self, service: &str) -> impl Iterator<Item = &Name> {
        let wild = self
            .wild
            .iter()
            .filter(|(s, _)| s.matches(service))
            .map(|(_, n)| n);
        self.services.get(service).into_iter().flatten().chain(wild)
    }

    fn is_empty(&self) -> bool {
        self.services.is_empty() && self.wild.is_empty() && self.whole.is_empty()
    }
}

/// Groups actions by the statements (given by their action clauses) that apply to them.
///
/// Without a list: every action of the catalogue and one unknown action of each of its services; of services that are named and not
/// in the catalogue, one action of each class that the patterns tell apart.
pub(super) fn groups(clauses: &[&Clause], list: Option<&[String]>) -> Vec<Group> {
    let matchers: Vec<_> = clauses.iter().map(|c| Matcher::new(c)).collect();
    let mut found: BTreeMap<Bits, BTreeMap<Shape, Vec<String>>> = BTreeMap::new();
    for (service, names) in universe(&matchers, list) {
        let near: Vec<_> = matchers
            .iter()
            .map(|m| (m, m.of_service(&service).collect::<Vec<_>>()))
            .collect();
        for name in names {
            let lower = name.to_lowercase();
            let whole = format!("{service}:{lower}");
            let applies = |(m, near): &(&Matcher, Vec<&Name>)| {
                let named = near.iter().any(|n| n.pattern.matches(&lower))
                    || m.whole.iter().any(|p| p.matches(&whole));
                // A clause without patterns is about nothing, whether it begins with `Not` or not.
                named != m.negated && !m.is_empty()
            };
            let statements = Bits::from_fn(near.len(), |i| near.get(i).is_some_and(applies));
            if statements.is_empty() {
                continue;
            }
            let action = format!("{service}:{name}");
            for shape in Shape::of_action(&action) {
                found
                    .entry(statements.clone())
                    .or_default()
                    .entry(shape)
                    .or_default()
                    .push(action.clone());
            }
        }
    }
    found
        .into_iter()
        .map(|(statements, shapes)| Group { statements, shapes })
        .collect()
}

/// Returns the actions that are asked about: names by service.
fn universe(matchers: &[Matcher], list: Option<&[String]>) -> BTreeMap<String, Vec<String>> {
    let catalogue = Catalogue::get();
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Some(list) = list
        && !list.iter().any(|a| a.contains(['*', '?']))
    {
        for action in list {
            let full = catalogue
                .action(action)
                .map_or_else(|| action.clone(), crate::iam::catalogue::Action::full_name);
            let (service, name) = full.split_once(':').unwrap_or((UNKNOWN_SERVICE, &full));
            out.entry(service.to_lowercase())
                .or_default()
                .push(name.to_owned());
        }
        return out;
    }
    for service in catalogue.services.values() {
        let mut names: Vec<_> = service
            .actions
            .values()
            .map(|a| a.name.to_owned())
            .collect();
        names.extend(unmatched(matchers, service));
        names.push(UNKNOWN.to_owned());
        out.insert(service.prefix.to_owned(), names);
    }
    for service in named_services(matchers) {
        if let Entry::Vacant(free) = out.entry(service) {
            let names = names_of_unknown(matchers, free.key());
            free.insert(names);
        }
    }
    if let Some(list) = list {
        let asked: Vec<_> = list
            .iter()
            .map(|a| Pattern::wild(&a.to_lowercase()))
            .collect();
        for (service, names) in &mut out {
            names.retain(|n| {
                asked
                    .iter()
                    .any(|p| p.matches(&format!("{service}:{}", n.to_lowercase())))
            });
        }
    }
    out
}

/// Returns the services that patterns name, and one that none names.
fn named_services(matchers: &[Matcher]) -> BTreeSet<String> {
    let wild = matchers
        .iter()
        .flat_map(|m| &m.wild)
        .map(|(s, _)| Glob::new(s, Chars::Action).sample("x"));
    let plain = matchers.iter().flat_map(|m| m.services.keys().cloned());
    plain
        .chain(wild)
        .chain([UNKNOWN_SERVICE.to_owned()])
        .collect()
}

/// Returns names that patterns for a service spell and that match no known action: new actions, or mistakes.
fn unmatched(matchers: &[Matcher], service: &Service) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let names = matchers
        .iter()
        .flat_map(|m| m.of_service(service.prefix))
        .filter(|n| seen.insert(&n.pattern));
    let unknown = names.filter(|n| !service.actions.keys().any(|k| n.pattern.matches(k)));
    unknown.map(|n| n.spelled.clone()).collect()
}

/// Returns a name of each class of names that the patterns tell apart; where these are too many, the names that patterns spell.
fn names_of_unknown(matchers: &[Matcher], service: &str) -> Vec<String> {
    let mut spelled = vec![UNKNOWN.to_owned()];
    let mut globs = BTreeSet::new();
    for name in matchers.iter().flat_map(|m| m.of_service(service)) {
        spelled.push(name.spelled.clone());
        globs.insert(Glob::new(&name.pattern, Chars::Action));
    }
    spelled.sort();
    spelled.dedup();
    // Names are matched without regard to letter case: lower-case texts stand for all, shown as the policy spells them.
    let seeds: Vec<_> = spelled.iter().map(|n| n.to_lowercase()).collect();
    let globs: Vec<_> = globs.into_iter().collect();
    match classes(&[Glob::some(Chars::Action)], &globs, &seeds, LIMITS) {
        Some(found) => {
            let shown = |lower: &String| {
                spelled
                    .iter()
                    .find(|n| n.to_lowercase() == *lower)
                    .unwrap_or(lower)
                    .clone()
            };
            found.witnesses.iter().map(shown).collect()
        }
        None => spelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::ast::Text;

    fn clause(negated: bool, patterns: &[&str]) -> Clause {
        Clause {
            negated,
            patterns: patterns.iter().map(|p| Text::new(*p)).collect(),
            span: 0..0,
        }
    }

    fn names(clauses: &[Clause], list: Option<&[String]>) -> Vec<(Vec<usize>, BTreeSet<String>)> {
        let groups = groups(&clauses.iter().collect::<Vec<_>>(), list);
        groups
            .into_iter()
            .map(|g| {
                (
                    g.statements.iter().collect(),
                    g.shapes.into_values().flatten().collect(),
                )
            })
            .collect()
    }

    #[test]
    fn every_known_action_and_one_unknown() {
        let all = names(&[clause(false, &["*"])], None);
        let [(statements, actions)] = all.as_slice() else {
            panic!("{all:?}")
        };
        assert_eq!(statements, &[0]);
        // 1,912 known actions, one more of each of 14 services, and one of a service that is not known.
        assert_eq!(actions.len(), 1912 + 14 + 1);
        assert!(
            actions.contains("ec2:SomeUnknownAction")
                && actions.contains("unknown-service:SomeUnknownAction")
        );
    }

    #[test]
    fn groups_follow_the_statements() {
        let clauses = [
            clause(false, &["EC2:Describe*", "ec2:runinstances"]),
            clause(false, &["ec2:DescribeI*"]),
            clause(true, &["ec2:*", "*:*"]),
        ];
        let all = names(&clauses, None);
        assert_eq!(
            all.len(),
            2,
            "{:?}",
            all.iter().map(|(s, _)| s).collect::<Vec<_>>()
        );
        assert!(all.iter().any(|(s, a)| *s == [0]
            && a.contains("ec2:RunInstances")
            && a.contains("ec2:DescribeVpcs")));
        assert!(
            all.iter()
                .any(|(s, a)| *s == [0, 1] && a.contains("ec2:DescribeImages"))
        );
    }

    #[test]
    fn services_out_of_the_catalogue_have_classes() {
        let all = names(
            &[
                clause(false, &["dynamodb:GetItem", "dynamodb:Describe*"]),
                clause(false, &["dynamodb:*Item"]),
            ],
            None,
        );
        let of = |s: &[usize]| {
            all.iter()
                .find(|(g, _)| g == s)
                .map(|(_, a)| a.iter().cloned().collect::<Vec<_>>())
        };
        assert_eq!(
            of(&[0, 1]).unwrap(),
            ["dynamodb:GetItem", "dynamodb:describeitem"]
        );
        assert_eq!(of(&[0]).unwrap(), ["dynamodb:Describex"]);
        assert_eq!(of(&[1]).unwrap(), ["dynamodb:xItem"]);
    }

    #[test]
    fn lists_are_taken_as_they_are() {
        let list = ["ec2:describevpcs".to_owned(), "a:B".to_owned()];
        assert_eq!(
            names(&[clause(false, &["*"])], Some(&list)),
            [(
                vec![0],
                BTreeSet::from(["a:B".to_owned(), "ec2:DescribeVpcs".to_owned()])
            )]
        );
        let all = names(&[clause(false, &["*"])], Some(&["ssm:*Session".to_owned()]));
        assert_eq!(all[0].1.len(), 3, "{all:?}");
    }
}
