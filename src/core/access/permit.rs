//! What a role may do, as far as its policies, its boundary and the request's known keys tell.
//!
//! A request is only half known here: which instance, which port, whose tags; but not from which address, or whether with a
//! second factor. So each condition is true, false, or stays as a condition of the answer. A condition that stays is taken
//! as one that can be met.

use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
};

use bastionless_model::iam::{
    ast::{Condition, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalKind, Statement, Version},
    catalogue::{Catalogue, is_key},
    evaluate::{Check, Context},
    pattern::{ArnPattern, Pattern},
    template::{Part, Template},
};

use super::estate::{Estate, Role};

/// A request, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `service:Action`
    pub action: &'static str,
    /// The ARN; `*` for actions without resources.
    pub resource: String,
    /// Keys whose values are known.
    pub known: Context,
    /// The tags of the resource are known: those that are not in `known` are not there.
    pub has_tags: bool,
}

impl Question {
    /// Asks for an action on a resource.
    pub fn new(action: &'static str, resource: &str) -> Self {
        Self { action, resource: resource.to_owned(), known: Context::default(), has_tags: false }
    }

    /// Says the resource's tags.
    #[must_use]
    pub fn tagged(mut self, tags: &BTreeMap<String, String>) -> Self {
        for (key, value) in tags {
            for prefix in ["aws:ResourceTag/", "ec2:ResourceTag/", "ssm:resourceTag/"] {
                self.known.set(&format!("{prefix}{key}"), value.as_str());
            }
        }
        self.has_tags = true;
        self
    }

    /// Says a key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.known.set(key, value);
        self
    }
}

/// The name of a session of a role, which its user chooses.
pub(super) const SESSION: &str = "session";

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Yes: by which policy, and under which conditions.
    Yes {
        /// Where the statement is.
        by: String,
        /// What must hold beside, in words.
        conditions: Vec<String>,
    },
    /// No, and why.
    No(String),
    /// A policy that may decide was not seen.
    Unseen(String),
}

/// A statement, prepared to be asked often.
#[derive(Debug)]
struct Prepared<'a> {
    at: &'a str,
    /// Its conditions are not to be shown.
    is_secret: bool,
    statement: &'a Statement,
    actions: Vec<Pattern>,
    resources: Vec<(Template, Option<ArnPattern>)>,
    conditions: Vec<Prerequisite<'a>>,
}

/// A condition, prepared.
#[derive(Debug)]
struct Prerequisite<'a> {
    condition: &'a Condition,
    check: Check,
    /// The values that hold policy variables.
    templates: Vec<Template>,
    /// Whether a request for an action may hold the key: the catalogue is asked once an action.
    may_have: RefCell<Vec<(&'static str, bool)>>,
}

#[derive(Debug)]
struct RoleRules<'a> {
    role: &'a Role,
    identity: Vec<Prepared<'a>>,
    boundary: Option<Vec<Prepared<'a>>>,
    keys: Context,
}

/// The policies of all roles, prepared.
#[derive(Debug)]
pub struct Rules<'a> {
    estate: &'a Estate,
    roles: BTreeMap<&'a str, RoleRules<'a>>,
}

/// A question to one role, with everything that is known of the request.
struct Asked<'q> {
    rules: &'q RoleRules<'q>,
    question: &'q Question,
    action: String,
    /// Keys of the session and of the question together; put together when a condition first asks.
    context: OnceCell<Context>,
}

impl<'q> Asked<'q> {
    fn new(rules: &'q RoleRules<'q>, question: &'q Question) -> Self {
        Self { rules, question, action: question.action.to_ascii_lowercase(), context: OnceCell::new() }
    }

    fn context(&self) -> &Context {
        self.context.get_or_init(|| {
            let mut context = self.question.known.clone();
            for (name, values) in self.rules.keys.iter() {
                if let [one] = values.values.as_slice() {
                    context.set(name, one.as_str());
                }
            }
            context
        })
    }

    fn value(&self, key: &str) -> Option<&str> {
        let values = self.question.known.get(key).or_else(|| self.rules.keys.get(key))?;
        values.values.first().map(String::as_str)
    }
}

/// Which of a policy's statements apply.
#[derive(Default)]
struct Outcome {
    allowed: Option<(String, Vec<String>)>,
    denied: Option<String>,
    unless: Vec<String>,
}

enum Applies {
    No,
    Yes,
    If(Vec<String>),
}

enum Holds {
    Yes,
    No,
    Open(String),
}

impl<'a> Rules<'a> {
    /// Prepares the policies of all roles; `assumed` are keys that every request is to have.
    pub fn new(estate: &'a Estate, assumed: &Context) -> Self {
        let roles = estate.roles.iter().map(|(name, role)| {
            let identity = role.policies.iter().flat_map(|(at, d)| prepare(at, estate.secrets.contains(at), d)).collect();
            let boundary = role.boundary.as_ref().map(|d| prepare("the permissions boundary", !estate.secrets.is_empty(), d).collect());
            let mut keys = session_keys(estate, role);
            for (key, values) in assumed.iter() {
                keys.set_all(key, values.values.clone());
            }
            (name.as_str(), RoleRules { role, identity, boundary, keys })
        });
        Self { estate, roles: roles.collect() }
    }

    /// Returns the keys of every request of a session of a role.
    pub(super) fn keys(estate: &Estate, role: &Role) -> Context {
        session_keys(estate, role)
    }

    /// Judges a request of a role.
    pub fn ask(&self, role: &str, question: &Question) -> Permit {
        let Some(rules) = self.roles.get(role) else { return Permit::Unseen(format!("the role {role} is not managed here")) };
        let asked = Asked::new(rules, question);
        let outcome = judge(rules.identity.iter(), &asked);
        if let Some(by) = outcome.denied {
            return Permit::No(format!("denied by {by}"));
        }
        let key = self.estate.key_policies.get(&question.resource).filter(|_| question.action.starts_with("kms:"));
        let bucket = question.resource.split_once(":s3:::").map(|(_, name)| name.split('/').next().unwrap_or_default());
        if let Some(policy) = bucket.and_then(|b| self.estate.bucket_policies.get(b))
            && let Some(by) = self.by_resource(&asked, policy).denied
        {
            return Permit::No(format!("denied by the bucket's policy, {by}"));
        }
        let by_key = key.map(|policy| self.by_resource(&asked, policy));
        if let Some(ByResource { denied: Some(by), .. }) = &by_key {
            return Permit::No(format!("denied by the key's policy, {by}"));
        }
        if let Some(boundary) = &rules.boundary {
            let within = judge(boundary.iter(), &asked);
            if let Some(by) = within.denied {
                return Permit::No(format!("denied by {by}"));
            }
            if within.allowed.is_none() {
                return Permit::No(format!("the permissions boundary of {} does not allow it", rules.role.address));
            }
        }
        let mut answer = match (outcome.allowed, &by_key) {
            (_, Some(ByResource { direct: Some(by), .. })) => Permit::Yes { by: format!("the key's policy, {by}"), conditions: Vec::new() },
            (_, Some(ByResource { delegates: false, .. })) => Permit::No("the policy of the key does not allow it".into()),
            (Some((by, conditions)), _) => Permit::Yes { by, conditions },
            (None, _) if !rules.role.unseen.is_empty() => Permit::Unseen(format!("the text of {} was not seen", rules.role.unseen.join(", "))),
            (None, _) => Permit::No(format!("no policy of {} allows {} on {}", rules.role.address, question.action, question.resource)),
        };
        if let Permit::Yes { conditions, .. } = &mut answer {
            conditions.extend(outcome.unless);
        }
        answer
    }

    /// Judges a request of a role that passes an endpoint with a policy; the role's own policies are another hop.
    pub fn through(&self, role: &str, policy: &Document, question: &Question) -> Permit {
        let Some(rules) = self.roles.get(role) else { return Permit::Unseen(format!("the role {role} is not managed here")) };
        let asked = Asked::new(rules, question);
        let found = self.by_resource(&asked, policy);
        match (found.denied, found.direct.is_some() || found.delegates) {
            (Some(by), _) => Permit::No(format!("denied by {by} of the endpoint's policy")),
            (None, true) => Permit::Yes { by: "the endpoint's policy".into(), conditions: found.conditions },
            (None, false) => Permit::No(format!("the endpoint's policy does not allow {} on {}", question.action, question.resource)),
        }
    }

    fn by_resource(&self, asked: &Asked<'_>, policy: &Document) -> ByResource {
        let mut out = ByResource::default();
        for prepared in prepare("", !self.estate.secrets.is_empty(), policy) {
            let principal = prepared.statement.principal.as_ref().map(|p| who(self.estate, asked.rules.role, p));
            // Endpoint policies without principals are about everybody.
            let who = principal.unwrap_or(Some(Who::Everybody));
            let Some(who) = who else { continue };
            match (prepared.statement.effect, prepared.applies(asked)) {
                (Effect::Deny, Applies::Yes) => out.denied = Some(prepared.name()),
                (Effect::Allow, Applies::Yes) => out.allow(who, prepared.name()),
                (Effect::Allow, Applies::If(conditions)) => {
                    out.conditions.extend(conditions);
                    out.allow(who, prepared.name());
                }
                (Effect::Deny, Applies::If(conditions)) => out.conditions.push(format!("unless {}", conditions.join(" and "))),
                (_, Applies::No) => {}
            }
        }
        out
    }
}

#[derive(Default)]
struct ByResource {
    /// The statement that names the role itself, or everybody.
    direct: Option<String>,
    /// The account is named: identity policies decide.
    delegates: bool,
    denied: Option<String>,
    conditions: Vec<String>,
}

impl ByResource {
    fn allow(&mut self, who: Who, by: String) {
        match who {
            Who::Account => self.delegates = true,
            Who::Everybody | Who::Role => self.direct = Some(by),
        }
    }
}

enum Who {
    Everybody,
    Role,
    Account,
}

/// Tells as whom a role is meant by a principal element, if it is.
fn who(estate: &Estate, role: &Role, clause: &PrincipalClause) -> Option<Who> {
    let found = clause.entries.iter().find_map(|entry| {
        let value = entry.value.value.as_str();
        let root = format!("arn:{}:iam::{}:root", estate.partition, estate.account);
        match entry.kind {
            PrincipalKind::Any => Some(Who::Everybody),
            PrincipalKind::Aws if value == "*" => Some(Who::Everybody),
            PrincipalKind::Aws if value == role.arn => Some(Who::Role),
            PrincipalKind::Aws if value == root || value == estate.account => Some(Who::Account),
            _ => None,
        }
    });
    match (clause.negated, found) {
        (false, found) => found,
        (true, None) => Some(Who::Everybody),
        (true, Some(_)) => None,
    }
}

/// Tells whether a policy of a resource, such as a role's trust policy, lets a service call an action. Conditions are about what the
/// service does for whom, which is not judged here.
pub fn allows_service(policy: &Document, service: &str, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let is_about = |s: &&Statement| {
        let entries = s.principal.iter().flat_map(|p| p.entries.iter().map(move |e| (p.negated, e)));
        let named = |e: &PrincipalEntry| e.kind == PrincipalKind::Any || e.kind == PrincipalKind::Service && [service, "*"].contains(&&*e.value.value);
        entries.into_iter().any(|(negated, e)| !negated && named(e))
            && s.action.patterns.iter().any(|p| Pattern::wild(&p.value).lower().matches(&action)) != s.action.negated
    };
    let of = |effect| policy.statements.iter().filter(is_about).any(|s| s.effect == effect && (effect == Effect::Allow || s.conditions.is_empty()));
    of(Effect::Allow) && !of(Effect::Deny)
}

/// The keys of every request of a session of a role.
fn session_keys(estate: &Estate, role: &Role) -> Context {
    let mut keys = Context::default();
    for (key, value) in [
        ("aws:PrincipalAccount", estate.account.as_str()),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:ViaAWSService", "false"),
        ("aws:RequestedRegion", &estate.region),
        ("ec2:Region", &estate.region),
        ("aws:SecureTransport", "true"),
    ] {
        keys.set(key, value);
    }
    if role.is_holder {
        return keys;
    }
    keys.set("aws:PrincipalArn", role.arn.as_str());
    keys.set("aws:PrincipalType", "AssumedRole");
    // The unique id of the role is AWS's choice; the name of the session the user's.
    keys.set("aws:userid", format!("AROAEXAMPLEID:{SESSION}"));
    for (tag, value) in &role.tags {
        keys.set(&format!("aws:PrincipalTag/{tag}"), value.as_str());
    }
    keys
}

fn prepare<'a>(at: &'a str, is_secret: bool, document: &'a Document) -> impl Iterator<Item = Prepared<'a>> {
    document.statements.iter().map(move |statement| {
        let actions = statement.action.patterns.iter().map(|p| Pattern::wild(&p.value).lower()).collect();
        let resources = statement.resource.iter().flat_map(|c| &c.patterns).map(|p| {
            let template = Template::wild(&p.value, document.version).for_resource();
            let fixed = (!template.has_variables()).then(|| template.fill(|_| None)).flatten();
            (template, fixed.map(|p| ArnPattern::resource(&p)))
        });
        let conditions = statement.conditions.iter().map(|c| Prerequisite::new(c, document.version)).collect();
        Prepared { at, is_secret, statement, actions, resources: resources.collect(), conditions }
    })
}

fn judge<'p>(statements: impl Iterator<Item = &'p Prepared<'p>>, asked: &Asked<'_>) -> Outcome {
    let mut out = Outcome::default();
    for prepared in statements {
        match (prepared.statement.effect, prepared.applies(asked)) {
            (_, Applies::No) => {}
            (Effect::Deny, Applies::Yes) => out.denied = Some(prepared.name()),
            (Effect::Deny, Applies::If(conditions)) => out.unless.push(format!("unless {}", conditions.join(" and "))),
            (Effect::Allow, Applies::Yes) => out.allowed = Some((prepared.name(), Vec::new())),
            (Effect::Allow, Applies::If(conditions)) => {
                if out.allowed.as_ref().is_none_or(|(_, known)| conditions.len() < known.len()) {
                    out.allowed = Some((prepared.name(), conditions));
                }
            }
        }
    }
    out
}

impl Prepared<'_> {
    fn name(&self) -> String {
        let sid = self.statement.sid.as_ref().map_or_else(|| format!("statement {}", self.statement.index), |s| s.value.clone());
        if self.at.is_empty() { sid } else { format!("{} ({sid})", self.at) }
    }

    fn applies(&self, asked: &Asked<'_>) -> Applies {
        if self.actions.iter().any(|p| p.matches(&asked.action)) == self.statement.action.negated {
            return Applies::No;
        }
        let mut open = Vec::new();
        if let Some(clause) = &self.statement.resource {
            match self.resource(asked) {
                Holds::Yes if clause.negated => return Applies::No,
                Holds::No if !clause.negated => return Applies::No,
                Holds::Open(text) => open.push(text),
                _ => {}
            }
        }
        for condition in &self.conditions {
            match condition.holds(asked) {
                Some(true) => {}
                Some(false) => return Applies::No,
                None => open.push(condition.words(self.is_secret)),
            }
        }
        if open.is_empty() { Applies::Yes } else { Applies::If(open) }
    }

    fn resource(&self, asked: &Asked<'_>) -> Holds {
        let mut open = None;
        for (template, pattern) in &self.resources {
            let filled;
            let pattern = match pattern {
                Some(pattern) => pattern,
                None => match template.fill(|key| asked.value(key)) {
                    Some(text) => {
                        filled = ArnPattern::resource(&text);
                        &filled
                    }
                    None => {
                        let widened = template.parts.iter().map(|p| match p {
                            Part::Token(t) => *t,
                            _ => bastionless_model::iam::pattern::Token::Any,
                        });
                        if ArnPattern::resource(&Pattern::new(widened)).matches(&asked.question.resource) {
                            open = Some("the resource is named by a policy variable".to_owned());
                        }
                        continue;
                    }
                },
            };
            if pattern.matches(&asked.question.resource) {
                return Holds::Yes;
            }
        }
        open.map_or(Holds::No, Holds::Open)
    }
}

impl<'a> Prerequisite<'a> {
    fn new(condition: &'a Condition, version: Version) -> Self {
        let templates = condition.values.iter().map(|v| Template::wild(&v.value, version)).filter(Template::has_variables);
        Self { condition, check: Check::new(condition, version), templates: templates.collect(), may_have: RefCell::default() }
    }

    /// Tells whether it holds; `None` where that depends on what is not known of the request.
    fn holds(&self, asked: &Asked<'_>) -> Option<bool> {
        let is_filled = self.templates.iter().all(|t| t.fill(|k| asked.value(k)).is_some());
        if !is_filled || !self.is_known(asked) {
            return None;
        }
        if !self.templates.is_empty() {
            return Some(self.check.holds(asked.context()));
        }
        // Without variables a condition asks for its own key only.
        let key = self.check.key();
        let mut context = Context::default();
        if let Some(value) = asked.value(key) {
            context.set(key, value);
        }
        Some(self.check.holds(&context))
    }

    /// Tells whether it is known what the request holds for the key, be it nothing.
    fn is_known(&self, asked: &Asked<'_>) -> bool {
        let key = self.check.key();
        let is_tag = || ["aws:resourcetag/", "ec2:resourcetag/", "ssm:resourcetag/"].iter().any(|p| key.starts_with(p));
        asked.value(key).is_some() || asked.question.has_tags && is_tag() || !self.may_have(asked.question.action)
    }

    fn may_have(&self, action: &'static str) -> bool {
        let mut known = self.may_have.borrow_mut();
        if let Some((_, may)) = known.iter().find(|(a, _)| *a == action) {
            return *may;
        }
        let may = may_have(action, self.check.key());
        known.push((action, may));
        may
    }

    /// Writes it for a reader.
    fn words(&self, is_secret: bool) -> String {
        let key = &self.condition.key.value;
        if is_secret {
            return format!("{key} (sensitive value)");
        }
        let values: Vec<_> = self.condition.values.iter().map(|v| v.value.as_str()).collect();
        format!("{key} {} {}", self.condition.operator.value, values.join(" or "))
    }
}

/// Tells whether a request for an action may hold a key.
pub(super) fn may_have(action: &str, key: &str) -> bool {
    let catalogue = Catalogue::get();
    let lower = key.to_ascii_lowercase();
    let is_global = catalogue.global_keys.contains_key(&lower) || lower.starts_with("aws:principaltag/");
    let of_tags = lower.starts_with("aws:resourcetag/") || lower.starts_with("aws:requesttag/");
    match catalogue.action(action) {
        Some(action) => is_global && !of_tags || catalogue.keys_of(action, None).iter().any(|k| is_key(k, key)),
        None => true,
    }
}
