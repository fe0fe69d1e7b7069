//! Rules that a team enforces on access, from a file beside the configuration (never in it).
//!
//! ```hcl
//! rule "no-contractors" {
//!   forbid     = "gained_access"
//!   principals = ["*contractor*"]
//!   message    = "Contractors get access through the ticket system only."
//! }
//! ```

mod file;
mod gained_access;
mod public_path;
mod wildcard;
mod without_logging;
mod without_mfa;

use bastionless_model::iam::pattern::Pattern;
use serde::{Deserialize, Serialize};

use super::{
    change::AccessChange,
    estate::{Estate, Role},
    method::Method,
};

/// What a rule forbids; each in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// A path that the plan opens.
    GainedAccess,
    /// A path without a second factor.
    WithoutMfa,
    /// A path whose content is not logged.
    WithoutLogging,
    /// `*` in what a principal may do.
    Wildcard,
    /// An instance that the internet reaches.
    PublicPath,
}

/// The names of what can be forbidden.
const FORBIDDEN: [(&str, Forbidden); 5] = [
    ("gained_access", Forbidden::GainedAccess),
    ("access_without_mfa", Forbidden::WithoutMfa),
    ("access_without_logging", Forbidden::WithoutLogging),
    ("wildcard", Forbidden::Wildcard),
    ("public_path", Forbidden::PublicPath),
];

/// How a rule ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The plan is refused.
    Deny,
    /// It is said, and that is all.
    Warn,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, unique in the file.
    pub id: String,
    /// What it forbids.
    pub forbid: Forbidden,
    /// What follows.
    pub level: Level,
    /// Whom it is about: patterns of addresses, names and ARNs of roles; none is everybody.
    pub principals: Vec<Pattern>,
    /// Which ways to an instance it is about; none is all.
    pub methods: Vec<Method>,
    /// What to say.
    pub message: Option<String>,
}

/// A place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    /// The rule.
    pub rule: String,
    /// Whether the plan is refused for it.
    pub is_denied: bool,
    /// The object.
    pub address: String,
    /// What breaks the rule.
    pub detail: String,
    /// What the rule says.
    pub message: Option<String>,
}

/// What a plan makes of the access.
pub struct Planned<'a> {
    /// The estate as the plan leaves it.
    pub estate: &'a Estate,
    /// What changes.
    pub changes: &'a [AccessChange],
}

impl Rule {
    /// Tells whether it is about a principal.
    fn is_about(&self, role: &Role) -> bool {
        let names = [role.address.as_str(), &role.name, &role.arn];
        self.principals.is_empty()
            || self
                .principals
                .iter()
                .any(|p| names.iter().any(|n| p.matches(n)))
    }

    /// Tells whether it is about a method.
    fn covers(&self, method: Method) -> bool {
        self.methods.is_empty() || self.methods.contains(&method)
    }

    /// Returns the addresses of the principals it is about.
    fn principals<'a>(&'a self, estate: &'a Estate) -> impl Iterator<Item = &'a Role> {
        estate.roles.values().filter(|r| self.is_about(r))
    }
}

/// Judges a plan by rules; violations in the order of the rules.
pub fn judge(rules: &[Rule], planned: &Planned<'_>) -> Vec<Violation> {
    let mut out = Vec::new();
    for rule in rules {
        let mut found = match rule.forbid {
            Forbidden::GainedAccess => gained_access::find(rule, planned),
            Forbidden::WithoutMfa => without_mfa::find(rule, planned),
            Forbidden::WithoutLogging => without_logging::find(rule, planned),
            Forbidden::Wildcard => wildcard::find(rule, planned),
            Forbidden::PublicPath => public_path::find(rule, planned),
        };
        found.sort();
        found.dedup();
        out.extend(found.into_iter().map(|(address, detail)| Violation {
            rule: rule.id.clone(),
            is_denied: rule.level == Level::Deny,
            address,
            detail,
            message: rule.message.clone(),
        }));
    }
    out
}

/// What a rule finds: the address of the object, and what is wrong with it.
type Found = Vec<(String, String)>;

pub use file::parse;
