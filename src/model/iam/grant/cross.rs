//! What several grants allow together and none of them alone.
//!
//! `ssm:StartSession` is decided on target and document apart, so two grants with other targets and other documents also
//! allow the targets of one with the documents of the other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    arn::{self, INSTANCE, MANAGED},
    model::{Grant, GrantError, Method, Order, Scope},
};

/// What a session may lead to and with which documents.
struct Product<'a> {
    index: usize,
    targets: BTreeSet<String>,
    tags: &'a BTreeMap<String, String>,
    documents: BTreeSet<String>,
}

impl Product<'_> {
    fn of<'a>(index: usize, grant: &'a Grant, scope: &Scope) -> Product<'a> {
        let default = match grant.method {
            Method::SsmShell => Some("SSM-SessionManagerRunShell"),
            Method::SsmSsh => Some("AWS-StartSSHSession"),
            _ => None,
        };
        let named = grant.documents.iter().map(String::as_str);
        let documents = named
            .chain(default.filter(|_| grant.documents.is_empty()))
            .filter_map(|d| arn::document(scope, d));
        let kinds = [INSTANCE, MANAGED];
        let targets = grant
            .instances
            .iter()
            .filter_map(|i| kinds.iter().find_map(|k| k.resolve(scope, i)));
        Product {
            index,
            targets: targets.collect(),
            tags: &grant.instance_tags,
            documents: documents.collect(),
        }
    }

    /// Tells whether all targets are surely targets of another one.
    fn targets_within(&self, other: &Self) -> bool {
        let fits_ids = other.targets.is_empty()
            || !self.targets.is_empty() && self.targets.is_subset(&other.targets);
        fits_ids && other.tags.iter().all(|(k, v)| self.tags.get(k) == Some(v))
    }

    fn is_within(&self, other: &Self) -> bool {
        self.targets_within(other) && self.documents.is_subset(&other.documents)
    }

    fn mixes_with(&self, other: &Self) -> bool {
        let same_targets = self.targets_within(other) && other.targets_within(self);
        !(same_targets
            || self.documents == other.documents
            || self.is_within(other)
            || other.is_within(self))
    }
}

/// Refuses grants that together allow more than each.
pub(super) fn check(order: &Order, errors: &mut Vec<GrantError>) {
    let sessions = order
        .grants
        .iter()
        .enumerate()
        .filter(|(_, g)| g.method.is_ssm());
    let products: Vec<Product<'_>> = sessions
        .map(|(i, g)| Product::of(i, g, &order.scope))
        .collect();
    for (n, b) in products.iter().enumerate() {
        for a in products.iter().take(n).filter(|a| a.mixes_with(b)) {
            errors.push(GrantError {
                grant: Some(b.index),
                argument: "documents",
                what: format!(
                    "`ssm:StartSession` is decided on target and document apart: together with grant {} this also allows the targets of each with the documents of the other",
                    a.index + 1
                ),
                instead: "Give both grants the same targets, or compile them apart for users or roles of their own.".into(),
            });
        }
    }
    exceptions(order, errors);
}

/// Refuses exceptions that name what another grant names as its target: denied is denied.
fn exceptions(order: &Order, errors: &mut Vec<GrantError>) {
    for (i, grant) in order.grants.iter().enumerate() {
        let excepted: BTreeSet<String> = arns(&order.scope, &grant.except_instances);
        for (j, other) in order.grants.iter().enumerate() {
            let is_same_action = grant.method.is_ssm() == other.method.is_ssm();
            if i == j
                || !is_same_action
                || arns(&order.scope, &other.instances).is_disjoint(&excepted)
            {
                continue;
            }
            errors.push(GrantError {
                grant: Some(i),
                argument: "except_instances",
                what: format!("grant {} allows an instance that is denied here, and what is denied stays denied", j + 1),
                instead: "Compile the grants apart for users or roles of their own, or choose by other tags.".into(),
            });
        }
    }
}

fn arns(scope: &Scope, names: &[String]) -> BTreeSet<String> {
    names
        .iter()
        .filter_map(|n| [INSTANCE, MANAGED].iter().find_map(|k| k.resolve(scope, n)))
        .collect()
}
