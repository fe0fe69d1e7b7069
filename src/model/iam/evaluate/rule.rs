//! Statements made ready to be asked often.

use super::{
    condition::Check,
    request::{Context, Request},
};
use crate::iam::{
    ast::{Clause, Effect, Statement, Version},
    pattern::{ArnPattern, Pattern},
    template::Template,
};

/// A statement made ready.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it does where it applies.
    pub effect: Effect,
    actions: (bool, Vec<Pattern>),
    resources: Option<(bool, Vec<Resource>)>,
    checks: Vec<Check>,
}

#[derive(Clone, Debug)]
enum Resource {
    Fixed(ArnPattern),
    Filled(Template),
}

impl Rule {
    /// Makes a statement of a policy of this version ready.
    pub fn new(statement: &Statement, version: Version) -> Self {
        let actions = |c: &Clause| {
            c.patterns
                .iter()
                .map(|p| Pattern::wild(&p.value).lower())
                .collect()
        };
        let resource = |text: &str| {
            let template = Template::wild(text, version).for_resource();
            if template.has_variables() {
                return Resource::Filled(template);
            }
            let pattern = template.fill(|_| None).unwrap_or_default();
            Resource::Fixed(ArnPattern::resource(&pattern))
        };
        let resources = |c: &Clause| c.patterns.iter().map(|p| resource(&p.value)).collect();
        Self {
            effect: statement.effect,
            actions: (statement.action.negated, actions(&statement.action)),
            resources: statement
                .resource
                .as_ref()
                .map(|c| (c.negated, resources(c))),
            checks: statement
                .conditions
                .iter()
                .map(|c| Check::new(c, version))
                .collect(),
        }
    }

    /// Returns the conditions.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Tells whether the statement is about an action. The letter case of `service:Action` does not matter.
    pub fn action_matches(&self, action: &str) -> bool {
        self.lower_action_matches(&action.to_ascii_lowercase())
    }

    fn lower_action_matches(&self, action: &str) -> bool {
        let (negated, patterns) = &self.actions;
        let named = patterns.iter().any(|p| p.matches(action));
        named != *negated && !(patterns.is_empty())
    }

    /// Tells whether the statement is about a resource. A pattern with a variable that has no value matches nothing. A statement
    /// without `Resource` is about every resource, as in a trust policy.
    pub fn resource_matches(&self, resource: &str, context: &Context) -> bool {
        let Some((negated, patterns)) = &self.resources else {
            return true;
        };
        let named = patterns.iter().any(|p| match p {
            Resource::Fixed(pattern) => pattern.matches(resource),
            Resource::Filled(template) => {
                let pattern = template.fill(|key| context.variable(key));
                pattern.is_some_and(|p| ArnPattern::resource(&p).matches(resource))
            }
        });
        named != *negated && !patterns.is_empty()
    }

    /// Tells whether all conditions hold.
    pub fn conditions_hold(&self, context: &Context) -> bool {
        self.checks.iter().all(|c| c.holds(context))
    }

    /// Tells whether the statement has a `Resource` or `NotResource`.
    pub fn has_resource(&self) -> bool {
        self.resources.is_some()
    }

    /// Tells whether action, resource and conditions fit the request. The principal is not looked at.
    pub fn applies(&self, request: &Request) -> bool {
        self.applies_to(&request.action.to_ascii_lowercase(), request)
    }

    /// As [`Self::applies`], with the action in lower case.
    pub(super) fn applies_to(&self, action: &str, request: &Request) -> bool {
        self.lower_action_matches(action)
            && self.resource_matches(&request.resource, &request.context)
            && self.conditions_hold(&request.context)
    }
}

impl Statement {
    /// Tells whether action, resource and conditions of this statement, in a policy of this version, fit the request. The principal is
    /// not looked at. To ask often, make a [`Rule`].
    pub fn applies(&self, version: Version, request: &Request) -> bool {
        Rule::new(self, version).applies(request)
    }
}
