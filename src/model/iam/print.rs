//! Canonical printing: two documents that differ only in notation print the same.

use serde_json::{Map, Value as Json};

use super::{
    ast::{Clause, Document, PrincipalClause, PrincipalKind, Statement, Text},
    text,
};

impl Document {
    /// Returns the document as JSON in canonical form: elements in AWS's order, lists of patterns sorted and without duplicates,
    /// a list of one as a plain text, operators and keys sorted. The order of statements stays.
    pub fn to_json(&self) -> Json {
        let mut out = Map::new();
        out.insert("Version".into(), self.version.name().into());
        if let Some(id) = &self.id {
            out.insert("Id".into(), id.value.as_str().into());
        }
        out.insert(
            "Statement".into(),
            self.statements.iter().map(Statement::to_json).collect(),
        );
        Json::Object(out)
    }

    /// Returns [`Self::to_json`] on one line, without blanks.
    pub fn to_text(&self) -> String {
        text::print(&self.to_json())
    }
}

impl Statement {
    /// Returns the statement in canonical form.
    pub fn to_json(&self) -> Json {
        let mut out = Map::new();
        if let Some(sid) = &self.sid {
            out.insert("Sid".into(), sid.value.as_str().into());
        }
        out.insert("Effect".into(), self.effect.name().into());
        if let Some(principal) = &self.principal {
            let name = if principal.negated {
                "NotPrincipal"
            } else {
                "Principal"
            };
            out.insert(name.into(), principals(principal));
        }
        let mut clause = |name: &str, clause: &Clause| {
            let name = if clause.negated {
                format!("Not{name}")
            } else {
                name.to_owned()
            };
            out.insert(name, list(&clause.patterns));
        };
        clause("Action", &self.action);
        if let Some(resource) = &self.resource {
            clause("Resource", resource);
        }
        if !self.conditions.is_empty() {
            out.insert("Condition".into(), self.conditions_json());
        }
        Json::Object(out)
    }

    fn conditions_json(&self) -> Json {
        let mut sorted: Vec<_> = self.conditions.iter().collect();
        sorted.sort_by(|a, b| {
            (&a.operator.value, &a.key.value).cmp(&(&b.operator.value, &b.key.value))
        });
        let mut out = Map::new();
        for c in sorted {
            let keys = out
                .entry(c.operator.value.as_str())
                .or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(keys) = keys {
                keys.insert(c.key.value.clone(), list(&c.values));
            }
        }
        Json::Object(out)
    }
}

fn principals(clause: &PrincipalClause) -> Json {
    if clause.entries.iter().any(|e| e.kind == PrincipalKind::Any) && clause.entries.len() == 1 {
        return "*".into();
    }
    let mut out = Map::new();
    for kind in [
        PrincipalKind::Any,
        PrincipalKind::Aws,
        PrincipalKind::CanonicalUser,
        PrincipalKind::Federated,
        PrincipalKind::Service,
    ] {
        let of_kind: Vec<_> = clause
            .entries
            .iter()
            .filter(|e| e.kind == kind)
            .map(|e| e.value.clone())
            .collect();
        if !of_kind.is_empty() {
            out.insert(kind.name().into(), list(&of_kind));
        }
    }
    Json::Object(out)
}

fn list(texts: &[Text]) -> Json {
    let mut values: Vec<_> = texts.iter().map(|t| t.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    match values.as_slice() {
        [one] => (*one).into(),
        _ => Json::from(values),
    }
}
