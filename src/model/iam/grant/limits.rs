//! Sizes that AWS accepts (IAM user guide, "IAM and AWS STS quotas"): 6,144 characters a managed policy, ten of them attached
//! to a role or user by default; inline policies 2,048 for a user, 5,120 for a group and 10,240 for a role, all together.

use std::collections::BTreeSet;

use super::{
    model::GrantError,
    statement::{Statement, document},
};

/// What users' documents become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attachment {
    /// Managed policies: several documents, all attached.
    #[default]
    Managed,
    /// The inline policies of a user.
    InlineUser,
    /// The inline policies of a group.
    InlineGroup,
    /// The inline policies of a role.
    InlineRole,
    /// The policy of a session.
    Session,
}

/// Managed policies that can be attached to one principal by default.
const ATTACHED: usize = 10;

impl Attachment {
    /// All with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("managed", Self::Managed),
        ("inline-user", Self::InlineUser),
        ("inline-group", Self::InlineGroup),
        ("inline-role", Self::InlineRole),
        ("session", Self::Session),
    ];

    /// Returns the one of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, a)| *a)
    }

    /// Returns the most characters of one document.
    pub fn limit(self) -> usize {
        match self {
            Self::Managed => 6_144,
            Self::InlineUser | Self::Session => 2_048,
            Self::InlineGroup => 5_120,
            Self::InlineRole => 10_240,
        }
    }

    /// Returns the most documents.
    fn count(self) -> usize {
        if self == Self::Managed { ATTACHED } else { 1 }
    }
}

/// Distributes statements over documents that fit.
pub(super) fn documents(
    statements: &[Statement],
    attachment: Attachment,
    errors: &mut Vec<GrantError>,
) -> Vec<String> {
    let limit = attachment.limit();
    let mut out: Vec<Vec<Statement>> = Vec::new();
    for statement in statements {
        for piece in pieces(statement, limit) {
            let with = |d: &Vec<Statement>| [d.as_slice(), std::slice::from_ref(&piece)].concat();
            match out.iter_mut().find(|d| document(&with(d)).len() <= limit) {
                Some(d) => d.push(piece),
                None => out.push(vec![piece]),
            }
        }
    }
    let texts: Vec<String> = out.iter().map(|d| document(d)).collect();
    let longest = texts.iter().map(String::len).max().unwrap_or_default();
    if longest > limit {
        errors.push(too_large(format!(
            "a statement of {longest} characters cannot be divided; {limit} are allowed"
        )));
    } else if texts.len() > attachment.count() {
        let (have, may) = (texts.len(), attachment.count());
        errors.push(too_large(format!(
            "{have} documents of at most {limit} characters are needed, and {may} can be attached"
        )));
    }
    texts
}

fn too_large(what: String) -> GrantError {
    GrantError {
        grant: None,
        argument: "attachment",
        what: format!("the policies are too large: {what}"),
        instead: "Name targets by tags or larger address ranges, or divide the grants among several roles.".into(),
    }
}

/// Writes the only document of statements.
pub(super) fn single(
    statements: &[Statement],
    of: &str,
    errors: &mut Vec<GrantError>,
) -> Option<String> {
    let text = (!statements.is_empty()).then(|| document(statements))?;
    let limit = Attachment::Managed.limit();
    if text.len() > limit {
        errors.push(too_large(format!(
            "that of {of} has {} characters; {limit} are allowed",
            text.len()
        )));
    }
    Some(text)
}

/// Divides a statement until each piece fits into a document of its own, or cannot be divided.
fn pieces(statement: &Statement, limit: usize) -> Vec<Statement> {
    if document(std::slice::from_ref(statement)).len() <= limit {
        return vec![statement.clone()];
    }
    match halves(statement) {
        Some((a, b)) => [pieces(&a, limit), pieces(&b, limit)].concat(),
        None => vec![statement.clone()],
    }
}

/// Divides the longest list of a statement of which one match is enough.
fn halves(statement: &Statement) -> Option<(Statement, Statement)> {
    let weight = |v: &BTreeSet<String>| v.iter().map(String::len).sum::<usize>();
    let longest = statement
        .conditions
        .iter()
        .filter(|(test, v)| v.len() > 1 && super::merge::is_positive(test.0))
        .max_by_key(|(_, v)| weight(v));
    let resources = (!statement.is_negated && statement.resources.len() > 1)
        .then(|| weight(&statement.resources));
    let values = longest.map(|(_, v)| weight(v));
    let (mut a, mut b) = (statement.clone(), statement.clone());
    match (resources, longest) {
        (Some(r), _) if values.is_none_or(|v| r >= v) => {
            (a.resources, b.resources) = half(&statement.resources)
        }
        (_, Some((test, v))) => {
            let (first, second) = half(v);
            a.conditions.insert(test.clone(), first);
            b.conditions.insert(test.clone(), second);
        }
        _ => return None,
    }
    Some((a, b))
}

fn half(values: &BTreeSet<String>) -> (BTreeSet<String>, BTreeSet<String>) {
    let middle = values.len() / 2;
    (
        values.iter().take(middle).cloned().collect(),
        values.iter().skip(middle).cloned().collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_statement_is_divided_and_nothing_is_lost() {
        let all: BTreeSet<String> = (0..400)
            .map(|i| format!("arn:aws:ec2:eu-west-1:123456789012:instance/i-{i:017x}"))
            .collect();
        let s = Statement::allow(
            "PushKey",
            ["ec2-instance-connect:SendSSHPublicKey"],
            all.iter(),
        )
        .when("StringEquals", "ec2:osuser", ["a"]);
        let mut errors = Vec::new();
        let texts = documents(std::slice::from_ref(&s), Attachment::Managed, &mut errors);
        assert_eq!(errors, []);
        assert!(texts.len() > 3 && texts.iter().all(|t| t.len() <= 6_144));
        assert!(
            all.iter()
                .all(|a| texts.iter().filter(|t| t.contains(a.as_str())).count() == 1)
        );
        documents(
            std::slice::from_ref(&s),
            Attachment::InlineUser,
            &mut errors,
        );
        assert_eq!(errors.len(), 1);
    }

    #[test]
    fn what_cannot_be_divided_is_an_error() {
        let mut s = Statement::deny(
            "X",
            ["a:B"],
            (0..400).map(|i| format!("arn:aws:ec2:eu-west-1:123456789012:instance/i-{i:017x}")),
        );
        s.is_negated = true;
        let mut errors = Vec::new();
        documents(&[s], Attachment::Managed, &mut errors);
        assert!(errors[0].what.contains("cannot be divided"), "{errors:?}");
    }
}
