//! Reading policy text as AWS does, with spans.
//!
//! Elements: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::ops::Range;

use super::{
    ast::{
        Clause, Condition, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalKind,
        Statement, Text, Version,
    },
    json::{self, JsonError, Kind, Node},
};

/// What was read, and what AWS would not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The document without the parts that could not be read.
    pub document: Document,
    /// What is wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Something in a policy text that AWS would refuse, or that it would read in another way than it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its bytes in the policy text.
    pub span: Range<usize>,
    /// What is wrong and what was made of it.
    pub what: String,
}

/// Why a text is no policy at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// No JSON.
    #[error("The policy is not JSON. {0}.")]
    Json(#[from] JsonError),
    /// JSON, but not an object.
    #[error("The policy is {0}, but a policy is a JSON object.")]
    NotAnObject(&'static str),
}

impl Document {
    /// Reads a policy. Parts that cannot be read are left out and named in the problems.
    ///
    /// A duplicate member is a problem; the last one counts, as in AWS's other JSON readers. Names of elements in another letter case are read and are a problem.
    ///
    /// # Errors
    /// Only if the text is not a JSON object.
    pub fn parse(text: &str) -> Result<Parsed, ParseError> {
        let node = json::read(text)?;
        if !matches!(node.kind, Kind::Object(_)) {
            return Err(ParseError::NotAnObject(node.kind.name()));
        }
        Ok(Self::from_node(&node))
    }

    /// Reads a text that holds one policy or a list of them; the spans are in the whole text.
    ///
    /// # Errors
    /// If the text is neither.
    pub fn parse_all(text: &str) -> Result<Vec<Parsed>, ParseError> {
        let node = json::read(text)?;
        match &node.kind {
            Kind::Object(_) => Ok(vec![Self::from_node(&node)]),
            Kind::Array(items) if items.iter().all(|i| matches!(i.kind, Kind::Object(_))) => {
                Ok(items.iter().map(Self::from_node).collect())
            }
            other => Err(ParseError::NotAnObject(other.name())),
        }
    }

    /// Reads a policy out of JSON that was read already; what is no object gives an empty document and a problem.
    pub(super) fn from_node(node: &Node) -> Parsed {
        let mut cx = Reader {
            problems: Vec::new(),
        };
        let document = cx.document(node);
        cx.problems.sort_by_key(|p| p.span.start);
        Parsed {
            document,
            problems: cx.problems,
        }
    }
}

struct Reader {
    problems: Vec<Problem>,
}

/// Members of an object by the names that AWS gives them.
type Members<'a> = Vec<(&'static str, &'a Node)>;

impl Reader {
    fn problem(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.problems.push(Problem {
            span: span.clone(),
            what: what.into(),
        });
    }

    /// Returns the members that are in `names`. Others, duplicates and other letter case are problems.
    fn members<'a>(&mut self, node: &'a Node, what: &str, names: &[&'static str]) -> Members<'a> {
        let Kind::Object(members) = &node.kind else {
            self.problem(
                &node.span,
                format!(
                    "{what} is {}, but must be an object; it was left out",
                    node.kind.name()
                ),
            );
            return Vec::new();
        };
        let mut out: Members<'a> = Vec::new();
        for (name, value) in members {
            let Some(known) = names.iter().find(|n| n.eq_ignore_ascii_case(&name.value)) else {
                self.problem(
                    &name.span,
                    format!("{what} has no element `{}`; it was left out", name.value),
                );
                continue;
            };
            if *known != name.value {
                self.problem(&name.span, format!("`{}` is written `{known}`", name.value));
            }
            if let Some(before) = out.iter_mut().find(|(n, _)| n == known) {
                self.problem(
                    &name.span,
                    format!("`{known}` occurs more than once; the last one counts"),
                );
                before.1 = value;
            } else {
                out.push((known, value));
            }
        }
        out
    }

    fn document(&mut self, node: &Node) -> Document {
        let members = self.members(node, "The policy", &["Version", "Id", "Statement"]);
        let mut out = Document {
            span: node.span.clone(),
            ..Document::default()
        };
        if matches!(node.kind, Kind::Object(_))
            && !members.iter().any(|(name, _)| *name == "Statement")
        {
            self.problem(&node.span, "The policy has no `Statement`");
        }
        for (name, value) in members {
            match name {
                "Version" => {
                    out.version_span = Some(value.span.clone());
                    out.version = self.version(value);
                }
                "Id" => out.id = self.text(value, "Id"),
                _ => out.statements = self.statements(value),
            }
        }
        out
    }

    fn version(&mut self, node: &Node) -> Version {
        match &node.kind {
            Kind::String(s) if s == "2012-10-17" => Version::V2012,
            Kind::String(s) if s == "2008-10-17" => Version::V2008,
            _ => {
                self.problem(&node.span, "`Version` must be \"2012-10-17\" or \"2008-10-17\"; it was read as the older one");
                Version::V2008
            }
        }
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<Text> {
        if let Kind::String(value) = &node.kind {
            return Some(Text {
                value: value.clone(),
                span: node.span.clone(),
            });
        }
        self.problem(
            &node.span,
            format!(
                "`{what}` is {}, but must be a string; it was left out",
                node.kind.name()
            ),
        );
        None
    }

    fn statements(&mut self, node: &Node) -> Vec<Statement> {
        let items = match &node.kind {
            Kind::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| self.statement(i, item))
            .collect()
    }

    fn statement(&mut self, index: usize, node: &Node) -> Option<Statement> {
        const NAMES: &[&str] = &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let members = self.members(node, "A statement", NAMES);
        if !matches!(node.kind, Kind::Object(_)) {
            return None;
        }
        let get = |name: &str| members.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        let effect = match get("Effect").map(|n| (n, &n.kind)) {
            Some((_, Kind::String(s))) if s == "Allow" => Some(Effect::Allow),
            Some((_, Kind::String(s))) if s == "Deny" => Some(Effect::Deny),
            Some((n, _)) => {
                self.problem(&n.span, "`Effect` must be \"Allow\" or \"Deny\", in this letter case; the statement was left out");
                None
            }
            None => {
                self.problem(&node.span, "A statement has no `Effect`; it was left out");
                None
            }
        };
        let action = self.clause(get("Action"), get("NotAction"), "Action");
        if action.is_none() {
            self.problem(
                &node.span,
                "A statement has neither `Action` nor `NotAction`; it applies to nothing",
            );
        }
        Some(Statement {
            span: node.span.clone(),
            index,
            sid: get("Sid").and_then(|n| self.text(n, "Sid")),
            principal: self.principal(get("Principal"), get("NotPrincipal")),
            action: action.unwrap_or_default(),
            resource: self.clause(get("Resource"), get("NotResource"), "Resource"),
            conditions: get("Condition")
                .map(|n| self.conditions(n))
                .unwrap_or_default(),
            effect: effect?,
        })
    }

    /// Picks an element or its negation; both at once is a problem, and the plain one counts.
    fn either<'a>(
        &mut self,
        plain: Option<&'a Node>,
        negated: Option<&'a Node>,
        name: &str,
    ) -> Option<(bool, &'a Node)> {
        if let (Some(_), Some(not)) = (plain, negated) {
            self.problem(
                &not.span,
                format!("`{name}` and `Not{name}` exclude each other; `Not{name}` was left out"),
            );
        }
        plain.map(|n| (false, n)).or(negated.map(|n| (true, n)))
    }

    fn clause(
        &mut self,
        plain: Option<&Node>,
        negated: Option<&Node>,
        name: &str,
    ) -> Option<Clause> {
        let (negated, node) = self.either(plain, negated, name)?;
        Some(Clause {
            negated,
            patterns: self.texts(node, name),
            span: node.span.clone(),
        })
    }

    fn texts(&mut self, node: &Node, what: &str) -> Vec<Text> {
        match &node.kind {
            Kind::Array(items) => items.iter().filter_map(|n| self.text(n, what)).collect(),
            _ => self.text(node, what).into_iter().collect(),
        }
    }

    fn principal(
        &mut self,
        plain: Option<&Node>,
        negated: Option<&Node>,
    ) -> Option<PrincipalClause> {
        use PrincipalKind::{Any, Aws, CanonicalUser, Federated, Service};
        let (negated, node) = self.either(plain, negated, "Principal")?;
        let mut entries = Vec::new();
        if let Kind::String(value) = &node.kind {
            if value != "*" {
                self.problem(
                    &node.span,
                    "`Principal` is either \"*\" or an object; the text was left out",
                );
            } else {
                entries.push(PrincipalEntry {
                    kind: Any,
                    value: Text {
                        value: value.clone(),
                        span: node.span.clone(),
                    },
                });
            }
        } else {
            for (name, value) in self.members(
                node,
                "`Principal`",
                &["AWS", "Service", "Federated", "CanonicalUser", "*"],
            ) {
                let kinds = [Aws, Service, Federated, CanonicalUser];
                let kind = kinds.into_iter().find(|k| k.name() == name).unwrap_or(Any);
                entries.extend(
                    self.texts(value, name)
                        .into_iter()
                        .map(|value| PrincipalEntry { kind, value }),
                );
            }
        }
        Some(PrincipalClause {
            negated,
            entries,
            span: node.span.clone(),
        })
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let mut out = Vec::new();
        for (operator, keys) in self.free_members(node, "`Condition`") {
            for (key, values) in self.free_members(keys, "A condition operator's value") {
                let items = match &values.kind {
                    Kind::Array(items) => items.as_slice(),
                    _ => std::slice::from_ref(values),
                };
                let span = values.span.clone();
                let values = items
                    .iter()
                    .filter_map(|n| self.condition_value(n))
                    .collect();
                out.push(Condition {
                    operator: operator.clone(),
                    key: key.clone(),
                    values,
                    span,
                });
            }
        }
        out
    }

    /// Returns all members of an object, of duplicates the last.
    fn free_members<'a>(&mut self, node: &'a Node, what: &str) -> Vec<(&'a Text, &'a Node)> {
        let Kind::Object(members) = &node.kind else {
            self.problem(
                &node.span,
                format!(
                    "{what} is {}, but must be an object; it was left out",
                    node.kind.name()
                ),
            );
            return Vec::new();
        };
        let mut out: Vec<(&Text, &Node)> = Vec::new();
        for (name, value) in members {
            if let Some(before) = out.iter_mut().find(|(n, _)| n.value == name.value) {
                self.problem(
                    &name.span,
                    format!(
                        "`{}` occurs more than once; the last one counts",
                        name.value
                    ),
                );
                *before = (name, value);
            } else {
                out.push((name, value));
            }
        }
        out
    }

    fn condition_value(&mut self, node: &Node) -> Option<Text> {
        let value = match &node.kind {
            Kind::String(s) | Kind::Number(s) => s.clone(),
            Kind::Bool(b) => b.to_string(),
            other => {
                let what = format!(
                    "A condition value is {}, but must be a string, number or boolean; it was left out",
                    other.name()
                );
                self.problem(&node.span, what);
                return None;
            }
        };
        Some(Text {
            value,
            span: node.span.clone(),
        })
    }
}
