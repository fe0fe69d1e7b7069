//! What a plan changes of the access: paths gained, lost, and under other conditions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    estate::Estate,
    hop::{HopState, Verdict},
    method::Method,
    path::{Analysis, Logged, Path},
    witness::Witness,
};

/// What identifies a path: principal, instance, method, and what it goes through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PathKey {
    /// Address of the role.
    pub principal: String,
    /// Address of the instance.
    pub instance: String,
    /// How.
    pub method: Method,
    /// The session document or endpoint.
    pub via: String,
}

/// A path as it is on one side of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Open, or as far as was seen.
    pub verdict: Verdict,
    /// What must hold beside.
    pub conditions: Vec<String>,
    /// Whether the content is logged.
    pub logged: Logged,
    /// What was not seen of it.
    pub unseen: Vec<String>,
    /// Concrete requests that the evaluator allows, one a permission.
    pub witnesses: Vec<Witness>,
}

/// A hop as a change names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingHop {
    /// Its stable name.
    pub hop: String,
    /// What is missing.
    pub detail: String,
}

/// How a path changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It did not lead through before.
    Gained,
    /// It leads through no more.
    Lost,
    /// Its conditions are others.
    Conditions,
    /// Its content was logged, and is not any more.
    NoLongerLogged,
    /// Its content is logged elsewhere, or is logged now.
    Logging,
}

impl ChangeKind {
    /// Its name, for machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Conditions => "conditions",
            Self::NoLongerLogged => "no_longer_logged",
            Self::Logging => "logging",
        }
    }
}

/// A change of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessChange {
    /// Which path.
    pub key: PathKey,
    /// How it changes.
    pub kind: ChangeKind,
    /// Before; `None` where it did not lead through.
    pub before: Option<Side>,
    /// After; `None` where it does not lead through.
    pub after: Option<Side>,
    /// What ends a lost path, or what is missing no more of a gained one.
    pub hop: Option<MissingHop>,
}

/// Compares the access of two estates.
pub fn changes(before: &Estate, after: &Estate) -> Vec<AccessChange> {
    let (old, new) = (Analysis::new(before), Analysis::new(after));
    let (was, is) = (sides(&old), sides(&new));
    let mut out = Vec::new();
    for (key, side) in &is {
        match was.get(key) {
            None => out.push(AccessChange {
                kind: ChangeKind::Gained,
                before: None,
                after: Some(side.clone()),
                hop: missing(&old, key),
                key: key.clone(),
            }),
            Some(before) => out.extend(kind(before, side).map(|kind| AccessChange {
                kind,
                before: Some(before.clone()),
                after: Some(side.clone()),
                hop: None,
                key: key.clone(),
            })),
        }
    }
    for (key, side) in &was {
        if !is.contains_key(key) {
            out.push(AccessChange {
                kind: ChangeKind::Lost,
                before: Some(side.clone()),
                after: None,
                hop: missing(&new, key),
                key: key.clone(),
            });
        }
    }
    out.sort_by(|a, b| (&a.key, a.kind).cmp(&(&b.key, b.kind)));
    for change in &mut out {
        prove(&old, &change.key, change.before.as_mut());
        prove(&new, &change.key, change.after.as_mut());
    }
    out
}

/// Adds concrete requests to a side; only what changed is proved.
fn prove(analysis: &Analysis<'_>, key: &PathKey, side: Option<&mut Side>) {
    let Some(side) = side else { return };
    let paths = analysis.paths(&key.principal, &key.instance, key.method);
    if let Some(path) = paths.iter().find(|p| p.via == key.via) {
        side.witnesses = analysis.witnesses(path);
    }
}

fn kind(before: &Side, after: &Side) -> Option<ChangeKind> {
    if before.logged != after.logged {
        let was_logged = matches!(before.logged, Logged::To(_));
        let is_logged = matches!(after.logged, Logged::To(_));
        return Some(if was_logged && !is_logged {
            ChangeKind::NoLongerLogged
        } else {
            ChangeKind::Logging
        });
    }
    (before.conditions != after.conditions || before.verdict != after.verdict)
        .then_some(ChangeKind::Conditions)
}

fn sides(analysis: &Analysis<'_>) -> BTreeMap<PathKey, Side> {
    analysis
        .all()
        .into_iter()
        .map(|p| (key(&p), side(&p)))
        .collect()
}

fn key(path: &Path) -> PathKey {
    PathKey {
        principal: path.principal.clone(),
        instance: path.instance.clone(),
        method: path.method,
        via: path.via.clone(),
    }
}

fn side(path: &Path) -> Side {
    let unseen = path
        .hops()
        .filter(|h| h.state == HopState::Unseen)
        .map(|h| h.detail.clone())
        .collect();
    Side {
        verdict: path.verdict(),
        conditions: path.conditions(),
        logged: path.logged.clone(),
        unseen,
        witnesses: Vec::new(),
    }
}

/// Finds what is missing of a path where it does not lead through; nothing where principal or instance are not there.
fn missing(analysis: &Analysis<'_>, key: &PathKey) -> Option<MissingHop> {
    let paths = analysis.paths(&key.principal, &key.instance, key.method);
    let same = paths.iter().find(|p| p.via == key.via).or(paths.first())?;
    same.first_missing().map(|h| MissingHop {
        hop: h.kind.to_string(),
        detail: h.detail.clone(),
    })
}
