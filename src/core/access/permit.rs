//! What a role may do, as far as its policies, its boundary and the request's known keys tell.
//!
//! A request is only half known here: which instance, which port, whose tags; but not from which address, or whether with a
//! second factor. So each condition is true, false, or stays as a condition of the answer. A condition that stays is taken
//! as one that can be met.

use std::{cell::OnceCell, collections::BTreeMap};

use bastionless_model::iam::{
    ast::{Document, Effect, PrincipalClause, PrincipalEntry, PrincipalKind, Statement},
    evaluate::Context,
    pattern::Pattern,
};

use super::{
    estate::{Estate, Role},
    open::{Met, Open, Remainder, Solutions},
    prepared::{Applies, Outcome, Prepared, judge, prepare},
};

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
        Self {
            action,
            resource: resource.to_owned(),
            known: Context::default(),
            has_tags: false,
        }
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
    solutions: Solutions,
}

/// A question to one role, with everything that is known of the request.
pub(super) struct Asked<'q> {
    rules: &'q RoleRules<'q>,
    pub(super) question: &'q Question,
    /// In lower case.
    pub(super) action: String,
    /// Keys of the session and of the question together; put together when a condition first asks.
    context: OnceCell<Context>,
}

impl<'q> Asked<'q> {
    fn new(rules: &'q RoleRules<'q>, question: &'q Question) -> Self {
        Self {
            rules,
            question,
            action: question.action.to_ascii_lowercase(),
            context: OnceCell::new(),
        }
    }

    pub(super) fn context(&self) -> &Context {
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

    pub(super) fn value(&self, key: &str) -> Option<&str> {
        let values = self
            .question
            .known
            .get(key)
            .or_else(|| self.rules.keys.get(key))?;
        values.values.first().map(String::as_str)
    }
}

/// What policies say of a question before it is known whether what stays open can be met.
enum Finding<'p> {
    /// Allowed by any of these, under what stays open of each.
    Allowed(Vec<(String, Remainder<'p>)>),
    No(String),
    Unseen(String),
}

impl<'a> Rules<'a> {
    /// Prepares the policies of all roles; `assumed` are keys that every request is to have.
    pub fn new(estate: &'a Estate, assumed: &Context) -> Self {
        let roles = estate.roles.iter().map(|(name, role)| {
            let identity = role
                .policies
                .iter()
                .flat_map(|(at, d)| prepare(at, estate.secrets.contains(at), d))
                .collect();
            let boundary = role.boundary.as_ref().map(|d| {
                prepare("the permissions boundary", !estate.secrets.is_empty(), d).collect()
            });
            let mut keys = session_keys(estate, role);
            for (key, values) in assumed.iter() {
                keys.set_all(key, values.values.clone());
            }
            (
                name.as_str(),
                RoleRules {
                    role,
                    identity,
                    boundary,
                    keys,
                },
            )
        });
        Self {
            estate,
            roles: roles.collect(),
            solutions: Solutions::default(),
        }
    }

    /// Returns the keys of every request of a session of a role.
    pub(super) fn keys(estate: &Estate, role: &Role) -> Context {
        session_keys(estate, role)
    }

    /// Judges a request of a role.
    pub fn ask(&self, role: &str, question: &Question) -> Permit {
        let Some(rules) = self.roles.get(role) else {
            return Permit::Unseen(format!("the role {role} is not managed here"));
        };
        match self.find(&Asked::new(rules, question)) {
            Finding::No(why) => Permit::No(why),
            Finding::Unseen(what) => Permit::Unseen(what),
            Finding::Allowed(ways) => match ways
                .iter()
                .find(|(_, open)| self.solutions.can_meet(question.action, open))
            {
                Some((by, open)) => Permit::Yes {
                    by: by.clone(),
                    conditions: open.words(),
                },
                None => {
                    let open = ways
                        .first()
                        .map(|(_, open)| open.words().join(", "))
                        .unwrap_or_default();
                    Permit::No(format!(
                        "no request for {} meets all its conditions: {open}",
                        question.action
                    ))
                }
            },
        }
    }

    /// Finds keys with which a request of a role is allowed, beside those that are known; `None` where none are found.
    pub(super) fn example(&self, role: &str, question: &Question) -> Option<Context> {
        let rules = self.roles.get(role)?;
        let Finding::Allowed(ways) = self.find(&Asked::new(rules, question)) else {
            return None;
        };
        ways.iter().find_map(
            |(_, open)| match self.solutions.solve(question.action, open) {
                Met::By(context) => Some(context),
                Met::Never | Met::Unknown => None,
            },
        )
    }

    fn find<'q>(&'q self, asked: &Asked<'q>) -> Finding<'q>
    where
        'a: 'q,
    {
        let (rules, question) = (asked.rules, asked.question);
        let own = judge(rules.identity.iter(), asked);
        if let Some(by) = own.denied {
            return Finding::No(format!("denied by {by}"));
        }
        let bucket = question
            .resource
            .split_once(":s3:::")
            .map(|(_, name)| name.split('/').next().unwrap_or_default());
        let bucket = bucket
            .and_then(|b| self.estate.bucket_policies.get(b))
            .map(|policy| self.by_resource(asked, policy))
            .unwrap_or_default();
        if let Some(by) = bucket.denied {
            return Finding::No(format!("denied by the bucket's policy, {by}"));
        }
        let key = self
            .estate
            .key_policies
            .get(&question.resource)
            .filter(|_| question.action.starts_with("kms:"));
        let key = key.map(|policy| self.by_resource(asked, policy));
        if let Some(ByResource {
            denied: Some(by), ..
        }) = &key
        {
            return Finding::No(format!("denied by the key's policy, {by}"));
        }
        let within = rules
            .boundary
            .as_ref()
            .map(|boundary| judge(boundary.iter(), asked));
        if let Some(Outcome {
            denied: Some(by), ..
        }) = &within
        {
            return Finding::No(format!("denied by {by}"));
        }
        if within.as_ref().is_some_and(|w| w.allowed.is_empty()) {
            return Finding::No(format!(
                "the permissions boundary of {} does not allow it",
                rules.role.address
            ));
        }
        let mut ways: Vec<(String, Vec<Open<'q>>)> = match &key {
            Some(key) if !key.direct.is_empty() => key
                .direct
                .iter()
                .map(|(by, must)| (format!("the key's policy, {by}"), must.clone()))
                .collect(),
            Some(key) if key.delegates.is_empty() => {
                return Finding::No("the policy of the key does not allow it".into());
            }
            Some(key) => both(&own.allowed, &key.delegates),
            None => own.allowed,
        };
        if ways.is_empty() {
            let unseen = &rules.role.unseen;
            return if unseen.is_empty() {
                Finding::No(format!(
                    "no policy of {} allows {} on {}",
                    rules.role.address, question.action, question.resource
                ))
            } else {
                Finding::Unseen(format!("the text of {} was not seen", unseen.join(", ")))
            };
        }
        if let Some(within) = &within {
            ways = both(&ways, &within.allowed);
        }
        let unless = [
            own.unless,
            within.map(|w| w.unless).unwrap_or_default(),
            key.map(|k| k.unless).unwrap_or_default(),
            bucket.unless,
        ]
        .concat();
        Finding::Allowed(
            ways.into_iter()
                .map(|(by, must)| {
                    (
                        by,
                        Remainder {
                            must,
                            unless: unless.clone(),
                        },
                    )
                })
                .collect(),
        )
    }

    /// Judges a request of a role that passes an endpoint with a policy; the role's own policies are another hop.
    pub fn through(&self, role: &str, policy: &Document, question: &Question) -> Permit {
        let Some(rules) = self.roles.get(role) else {
            return Permit::Unseen(format!("the role {role} is not managed here"));
        };
        let asked = Asked::new(rules, question);
        let found = self.by_resource(&asked, policy);
        let mut ways = found
            .direct
            .into_iter()
            .chain(found.delegates)
            .map(|(_, must)| Remainder {
                must,
                unless: found.unless.clone(),
            });
        match (found.denied, ways.next()) {
            (Some(by), _) => Permit::No(format!("denied by {by} of the endpoint's policy")),
            (None, Some(first)) => Permit::Yes {
                by: "the endpoint's policy".into(),
                conditions: first.words(),
            },
            (None, None) => Permit::No(format!(
                "the endpoint's policy does not allow {} on {}",
                question.action, question.resource
            )),
        }
    }

    fn by_resource<'q>(&self, asked: &Asked<'_>, policy: &'q Document) -> ByResource<'q> {
        let mut out = ByResource::default();
        for prepared in prepare("", !self.estate.secrets.is_empty(), policy) {
            let principal = prepared
                .statement
                .principal
                .as_ref()
                .map(|p| who(self.estate, asked.rules.role, p));
            // Endpoint policies without principals are about everybody.
            let who = principal.unwrap_or(Some(Who::Everybody));
            let Some(who) = who else { continue };
            match (prepared.statement.effect, prepared.applies(asked)) {
                (Effect::Deny, Applies::Yes) => out.denied = Some(prepared.name()),
                (Effect::Allow, Applies::Yes) => out.allow(who, prepared.name(), Vec::new()),
                (Effect::Allow, Applies::If(open)) => out.allow(who, prepared.name(), open),
                (Effect::Deny, Applies::If(open)) => out.unless.push(open),
                (_, Applies::No) => {}
            }
        }
        out.direct.sort_by_key(|(_, open)| open.len());
        out.delegates.sort_by_key(|(_, open)| open.len());
        out
    }
}

/// What the policy of a resource says.
#[derive(Default)]
struct ByResource<'p> {
    /// The statements that name the role itself, or everybody.
    direct: Vec<(String, Vec<Open<'p>>)>,
    /// Those that name the account: identity policies decide.
    delegates: Vec<(String, Vec<Open<'p>>)>,
    denied: Option<String>,
    unless: Vec<Vec<Open<'p>>>,
}

impl<'p> ByResource<'p> {
    fn allow(&mut self, who: Who, by: String, open: Vec<Open<'p>>) {
        match who {
            Who::Account => self.delegates.push((by, open)),
            Who::Everybody | Who::Role => self.direct.push((by, open)),
        }
    }
}

/// Joins ways of which one of each list is needed, by the names of the first.
fn both<'p>(
    first: &[(String, Vec<Open<'p>>)],
    second: &[(String, Vec<Open<'p>>)],
) -> Vec<(String, Vec<Open<'p>>)> {
    let joined = first.iter().flat_map(|(by, must)| {
        second
            .iter()
            .map(move |(_, more)| (by.clone(), [must.as_slice(), more].concat()))
    });
    let mut out: Vec<_> = joined.collect();
    out.sort_by_key(|(_, must)| must.len());
    out
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
        let entries = s
            .principal
            .iter()
            .flat_map(|p| p.entries.iter().map(move |e| (p.negated, e)));
        let named = |e: &PrincipalEntry| {
            e.kind == PrincipalKind::Any
                || e.kind == PrincipalKind::Service && [service, "*"].contains(&&*e.value.value)
        };
        entries.into_iter().any(|(negated, e)| !negated && named(e))
            && s.action
                .patterns
                .iter()
                .any(|p| Pattern::wild(&p.value).lower().matches(&action))
                != s.action.negated
    };
    let of = |effect| {
        policy
            .statements
            .iter()
            .filter(is_about)
            .any(|s| s.effect == effect && (effect == Effect::Allow || s.conditions.is_empty()))
    };
    of(Effect::Allow) && !of(Effect::Deny)
}

/// Tells whether a key, in lower case, is one that every request of a role has, whatever it asks for.
pub fn is_of_every_session(key: &str) -> bool {
    const KEYS: [&str; 9] = [
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:userid",
        "aws:viaawsservice",
        "ec2:region",
    ];
    KEYS.contains(&key) || key.starts_with("aws:principaltag/")
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
