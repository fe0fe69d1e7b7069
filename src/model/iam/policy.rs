//! A policy document as its parts.

use serde_json::{Map, Value as Json};

/// Why a text is not a policy document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub String);

/// A policy document. Texts that are missing are empty, as in the AWS provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// `Version`
    pub version: String,
    /// `Id`
    pub id: String,
    /// `Statement`
    pub statements: Vec<Statement>,
}

/// A statement. Lists keep how they were written: JSON text or array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// `Sid`
    pub sid: String,
    /// `Effect`
    pub effect: String,
    /// `Action`
    pub action: Option<Json>,
    /// `NotAction`
    pub not_action: Option<Json>,
    /// `Resource`
    pub resource: Option<Json>,
    /// `NotResource`
    pub not_resource: Option<Json>,
    /// `Principal`
    pub principals: Vec<Principal>,
    /// `NotPrincipal`
    pub not_principals: Vec<Principal>,
    /// `Condition`
    pub conditions: Vec<Condition>,
}

/// Principals of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser` or `*`.
    pub kind: String,
    /// Identifiers: a text or an array of texts.
    pub identifiers: Json,
}

/// One operator on one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// For example `StringEquals`.
    pub operator: String,
    /// For example `aws:SourceIp`.
    pub key: String,
    /// What the key is compared with.
    pub values: Vec<String>,
}

impl Policy {
    /// Reads a document. Keys are matched without regard to case, as Go's decoder does; unknown keys are passed over.
    ///
    /// # Errors
    /// Says why the text is not a policy, in the words of the AWS provider.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.trim().is_empty() {
            return Err(PolicyError("unexpected end of JSON input".into()));
        }
        let json: Json = serde_json::from_str(text).map_err(|e| PolicyError(e.to_string()))?;
        let Json::Object(top) = json else {
            return Err(PolicyError(
                "json: cannot unmarshal into Go value of type iam.IAMPolicyDoc".into(),
            ));
        };
        let statements = match get(&top, "Statement") {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(items)) => items
                .iter()
                .filter_map(Json::as_object)
                .map(statement)
                .collect(),
            Some(_) => {
                let field = "IAMPolicyDoc.Statement of type []*iam.IAMPolicyStatement";
                return Err(PolicyError(format!(
                    "json: cannot unmarshal object into Go struct field {field}"
                )));
            }
        };
        Ok(Self {
            version: text_of(&top, "Version"),
            id: text_of(&top, "Id"),
            statements,
        })
    }
}

fn statement(json: &Map<String, Json>) -> Statement {
    let list = |key| get(json, key).filter(|v| !v.is_null()).cloned();
    Statement {
        sid: text_of(json, "Sid"),
        effect: text_of(json, "Effect"),
        action: list("Action"),
        not_action: list("NotAction"),
        resource: list("Resource"),
        not_resource: list("NotResource"),
        principals: principals(get(json, "Principal")),
        not_principals: principals(get(json, "NotPrincipal")),
        conditions: conditions(get(json, "Condition")),
    }
}

fn principals(json: Option<&Json>) -> Vec<Principal> {
    match json {
        Some(Json::String(_)) => vec![Principal {
            kind: "*".into(),
            identifiers: Json::from(vec!["*"]),
        }],
        Some(Json::Object(kinds)) => {
            let mut out: Vec<_> = kinds
                .iter()
                .map(|(kind, ids)| {
                    let identifiers = match ids {
                        Json::Array(items) => {
                            let mut ids: Vec<_> = items.iter().filter_map(Json::as_str).collect();
                            ids.sort_unstable();
                            Json::from(ids)
                        }
                        other => other.clone(),
                    };
                    Principal {
                        kind: kind.clone(),
                        identifiers,
                    }
                })
                .collect();
            out.sort_by(|a, b| a.kind.cmp(&b.kind));
            out
        }
        _ => Vec::new(),
    }
}

fn conditions(json: Option<&Json>) -> Vec<Condition> {
    let mut out = Vec::new();
    for (operator, keys) in json.and_then(Json::as_object).into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let values = match values {
                Json::String(s) => vec![s.clone()],
                Json::Bool(b) => vec![b.to_string()],
                Json::Array(items) => items.iter().map(scalar).collect(),
                _ => continue,
            };
            out.push(Condition {
                operator: operator.clone(),
                key: key.clone(),
                values,
            });
        }
    }
    out.sort_by(|a, b| (&a.operator, &a.key).cmp(&(&b.operator, &b.key)));
    out
}

/// A text as it is, anything else in its JSON form.
pub(super) fn scalar(json: &Json) -> String {
    json.as_str()
        .map_or_else(|| json.to_string(), str::to_owned)
}

fn text_of(json: &Map<String, Json>, key: &str) -> String {
    get(json, key)
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn get<'a>(json: &'a Map<String, Json>, key: &str) -> Option<&'a Json> {
    json.iter()
        .find(|(k, _)| k.eq_ignore_ascii_case(key))
        .map(|(_, v)| v)
}
