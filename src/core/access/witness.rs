//! Concrete requests that show that a path is allowed: filled in, and replayed through the evaluator.

use std::collections::BTreeMap;

use bastionless_model::iam::evaluate::{PolicySet, Request, Verdict, decide};
use serde::{Deserialize, Serialize};

use super::{
    estate::{Estate, Role},
    permit::{Question, Rules, SESSION},
};

/// A request that the evaluator allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Witness {
    /// `service:Action`
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The keys.
    pub context: BTreeMap<String, String>,
}

/// Adds to a question what it leaves open, and returns the request if the evaluator allows it.
pub(super) fn find(
    estate: &Estate,
    rules: &Rules<'_>,
    role: &Role,
    question: &Question,
) -> Option<Witness> {
    if role
        .policies
        .iter()
        .any(|(at, _)| estate.secrets.contains(at))
        || role.boundary.is_some() && !estate.secrets.is_empty()
    {
        return None;
    }
    let mut context = rules.example(&role.name, question)?;
    for (key, values) in Rules::keys(estate, role)
        .iter()
        .chain(question.known.iter())
    {
        context.set(key, values.values.first()?.as_str());
    }
    let policies = PolicySet {
        identity: role.policies.iter().map(|(_, d)| d.clone()).collect(),
        boundary: role.boundary.clone(),
        resource: estate.key_policies.get(&question.resource).cloned(),
        ..PolicySet::default()
    };
    let principal = if role.is_holder {
        format!(
            "arn:{}:iam::{}:user/holder",
            estate.partition, estate.account
        )
    } else {
        format!(
            "arn:{}:sts::{}:assumed-role/{}/{SESSION}",
            estate.partition, estate.account, role.name
        )
    };
    let request = Request {
        principal,
        action: question.action.to_owned(),
        resource: question.resource.clone(),
        resource_account: Some(estate.account.clone()),
        context,
    };
    (decide(&request, &policies).verdict == Verdict::Allow).then(|| Witness {
        action: request.action.clone(),
        resource: request.resource.clone(),
        context: request
            .context
            .iter()
            .map(|(k, v)| (k.to_owned(), v.values.join(",")))
            .collect(),
    })
}
