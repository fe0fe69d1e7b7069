//! Concrete requests that show that a path is allowed: filled in, and replayed through the evaluator.

use std::collections::BTreeMap;

use bastionless_model::iam::{
    ast::{Condition, Effect},
    evaluate::{Context, PolicySet, Request, Verdict, decide, values::Network},
    operator::{Family, Operator},
};
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

/// Fills in what a question leaves open, so that the conditions that are left hold, and returns the request if the evaluator allows it.
pub(super) fn find(estate: &Estate, role: &Role, question: &Question) -> Option<Witness> {
    if role.policies.iter().any(|(at, _)| estate.secrets.contains(at)) || role.boundary.is_some() && !estate.secrets.is_empty() {
        return None;
    }
    let mut context = Context::default();
    let keys = Rules::keys(estate, role);
    for (key, values) in keys.iter().chain(question.known.iter()) {
        context.set(key, values.values.first()?.as_str());
    }
    let policies = PolicySet {
        identity: role.policies.iter().map(|(_, d)| d.clone()).collect(),
        boundary: role.boundary.clone(),
        resource: estate.key_policies.get(&question.resource).cloned(),
        ..PolicySet::default()
    };
    let statements = policies.identity.iter().chain(&policies.boundary).flat_map(|d| &d.statements);
    let conditions: Vec<(Effect, &Condition)> = statements.flat_map(|s| s.conditions.iter().map(|c| (s.effect, c))).collect();
    for (effect, condition) in conditions {
        let key = condition.key.value.as_str();
        let value = if effect == Effect::Allow { example(condition) } else { counterexample(condition) };
        if context.get(key).is_none()
            && let Some(value) = value
            && super::permit::may_have(question.action, key)
        {
            context.set(key, value);
        }
    }
    let principal = if role.is_holder {
        format!("arn:{}:iam::{}:user/holder", estate.partition, estate.account)
    } else {
        format!("arn:{}:sts::{}:assumed-role/{}/{SESSION}", estate.partition, estate.account, role.name)
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
        context: request.context.iter().map(|(k, v)| (k.to_owned(), v.values.join(","))).collect(),
    })
}

/// Returns a value for which a condition that denies does not hold, if one is easily found.
fn counterexample(condition: &Condition) -> Option<String> {
    let is_bool = Operator::parse(&condition.operator.value)?.base.family() == Family::Bool;
    let value = condition.values.first().filter(|_| is_bool)?;
    Some((!value.value.eq_ignore_ascii_case("true")).to_string())
}

/// Returns a value for which a condition holds, if one is easily found.
fn example(condition: &Condition) -> Option<String> {
    let operator = Operator::parse(&condition.operator.value)?;
    let value = condition.values.first()?.value.as_str();
    if operator.base.is_negated() || value.contains("${") {
        return None;
    }
    match operator.base.family() {
        Family::Ip => {
            let network = Network::parse(value)?;
            let address = network.address;
            Some(if network.v6 { std::net::Ipv6Addr::from(address).to_string() } else { std::net::Ipv4Addr::from(u32::try_from(address).ok()?).to_string() })
        }
        Family::String | Family::Arn => Some(value.replace(['*', '?'], "x")),
        Family::Numeric | Family::Date if operator.base.name().ends_with("Than") => None,
        Family::Null => None,
        _ => Some(value.to_owned()),
    }
}
