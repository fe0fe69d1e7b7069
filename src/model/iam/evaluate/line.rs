//! Requests written as JSON, one a line.

use serde_json::{Value as Json, json};

use super::request::{Context, Decision, PolicySet, Request, Verdict};
use crate::iam::{
    ast::Document,
    json::{self, Kind, Node},
    operator::Operator,
    parse::Parsed,
};

/// A request with the policies that bear on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Names the request in the answer; any JSON value.
    pub id: Json,
    /// The request.
    pub request: Request,
    /// The policies.
    pub policies: PolicySet,
}

/// Why a line is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LineError(String);

impl Line {
    /// Reads a line: an object with `id`, `principal`, `action`, `resource`, `resource_account`, `context`, `identity` (a list),
    /// `boundary`, `session` (one policy or a list), `resource_policy`, `scps` (a list of levels, each a list) and `endpoint`. What is
    /// missing or null is not there; other members are passed over.
    ///
    /// # Errors
    /// Says what is missing or what AWS would refuse in a policy: such a request has no answer.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let node =
            json::read(text).map_err(|e| LineError(format!("The line is not JSON. {e}.")))?;
        let Kind::Object(members) = &node.kind else {
            return Err(LineError(format!(
                "The line is {}, but must be an object",
                node.kind.name()
            )));
        };
        let get = |name: &str| {
            let found = members
                .iter()
                .rfind(|(n, _)| n.value == name)
                .map(|(_, v)| v);
            found.filter(|v| v.kind != Kind::Null)
        };
        let text_of = |name: &str| match get(name).map(|n| &n.kind) {
            Some(Kind::String(s)) => Ok(Some(s.clone())),
            None => Ok(None),
            Some(other) => Err(LineError(format!(
                "`{name}` is {}, but must be a string",
                other.name()
            ))),
        };
        let needed =
            |name: &str| text_of(name)?.ok_or_else(|| LineError(format!("`{name}` is missing")));
        let one = |name: &str| get(name).map(|n| policy(n, name, text)).transpose();
        let list = |name: &str| get(name).map(|n| policies(n, name, text)).transpose();
        let scps = get("scps").map(|levels| match &levels.kind {
            Kind::Array(levels) => levels.iter().map(|l| policies(l, "scps", text)).collect(),
            _ => Err(LineError(
                "`scps` must be a list of levels, each a list of policies".into(),
            )),
        });
        Ok(Self {
            id: get("id")
                .and_then(|n| serde_json::from_str(text.get(n.span.clone())?).ok())
                .unwrap_or_default(),
            request: Request {
                principal: needed("principal")?,
                action: needed("action")?,
                resource: needed("resource")?,
                resource_account: text_of("resource_account")?,
                context: get("context").map(context).transpose()?.unwrap_or_default(),
            },
            policies: PolicySet {
                identity: list("identity")?.unwrap_or_default(),
                boundary: one("boundary")?,
                session: list("session")?,
                resource: one("resource_policy")?,
                scps: scps.transpose()?,
                endpoint: one("endpoint")?,
            },
        })
    }
}

/// Reads one policy or a list.
fn policies(node: &Node, name: &str, text: &str) -> Result<Vec<Document>, LineError> {
    match &node.kind {
        Kind::Array(items) => items.iter().map(|n| policy(n, name, text)).collect(),
        _ => Ok(vec![policy(node, name, text)?]),
    }
}

fn policy(node: &Node, name: &str, text: &str) -> Result<Document, LineError> {
    let Parsed { document, problems } = Document::from_node(node);
    if let Some(problem) = problems.first() {
        let place = text.get(problem.span.clone()).unwrap_or_default();
        return Err(LineError(format!(
            "AWS would refuse the policy in `{name}`: {}: {}",
            short(place),
            problem.what
        )));
    }
    let unknown = unknown_operator(&document);
    match unknown {
        Some(operator) => Err(LineError(format!(
            "AWS would refuse the policy in `{name}`: there is no operator `{operator}`"
        ))),
        None => Ok(document),
    }
}

/// Returns the first condition operator that AWS does not have.
pub fn unknown_operator(document: &Document) -> Option<&str> {
    let operators = document
        .statements
        .iter()
        .flat_map(|s| &s.conditions)
        .map(|c| c.operator.value.as_str());
    operators.into_iter().find(|o| Operator::parse(o).is_none())
}

fn short(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(57).chain("...".chars()).collect()
}

fn context(node: &Node) -> Result<Context, LineError> {
    let Kind::Object(members) = &node.kind else {
        return Err(LineError(format!(
            "`context` is {}, but must be an object",
            node.kind.name()
        )));
    };
    let mut out = Context::default();
    for (key, value) in members {
        if out.get(&key.value).is_some() {
            return Err(LineError(format!(
                "`context` holds the key `{}` twice; letter case does not part keys",
                key.value
            )));
        }
        match &value.kind {
            Kind::Array(items) => {
                let values = items
                    .iter()
                    .map(|n| scalar(n, &key.value))
                    .collect::<Result<_, _>>()?;
                out.set_all(&key.value, values);
            }
            Kind::Null => {}
            _ => out.set(&key.value, scalar(value, &key.value)?),
        }
    }
    Ok(out)
}

fn scalar(node: &Node, key: &str) -> Result<String, LineError> {
    match &node.kind {
        Kind::String(s) | Kind::Number(s) => Ok(s.clone()),
        Kind::Bool(b) => Ok(b.to_string()),
        other => Err(LineError(format!(
            "The value of `{key}` in `context` is {}, but must be a string",
            other.name()
        ))),
    }
}

impl Decision {
    /// Returns `{"id", "decision", "by"}`: `decision` is `allow`, `deny` or `implicit_deny`; `by` has `layer`, `policy`, and
    /// `statement` and `sid`, which are null where no statement of the layer allows.
    pub fn to_json(&self, id: &Json) -> Json {
        let by = self.by.as_ref().map(|by| {
            json!({
                "layer": by.layer.name(),
                "policy": by.policy,
                "statement": by.statement,
                "sid": by.sid.as_ref().map(|s| &s.value),
            })
        });
        json!({"id": id, "decision": self.verdict.name(), "by": by})
    }
}

impl Decision {
    /// Returns the answer as a sentence, such as ``Denied: statement 2 (`NoRoot`) of permissions boundary 1 denies it.``
    pub fn in_words(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Allow => "Allowed",
            Verdict::Deny | Verdict::ImplicitDeny => "Denied",
        };
        let Some(by) = &self.by else {
            return format!("{verdict}.");
        };
        let layer = by.layer.in_words();
        let Some(statement) = by.statement else {
            return format!("{verdict}: no statement of the {layer} allows it.");
        };
        let sid = by
            .sid
            .as_ref()
            .map(|s| format!(" (`{}`)", s.value))
            .unwrap_or_default();
        let does = if self.verdict == Verdict::Allow {
            "allows"
        } else {
            "denies"
        };
        format!(
            "{verdict}: statement {}{sid} of {layer} {} {does} it.",
            statement + 1,
            by.policy + 1
        )
    }
}
