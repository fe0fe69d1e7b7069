//! `iam can`: whether requests are allowed.

use std::path::Path;

use bastionless_core::{
    access::{self, Estate},
    state::Snapshot,
};
use bastionless_model::{
    base::Diagnostic,
    iam::{
        ast::Document,
        evaluate::{Context, Evaluator, Line, PolicySet, unknown_operator},
        pattern::segments,
    },
    schema::Catalogue,
};
use serde_json::Value as Json;

use super::{Done, file_error};

/// The answer to one line: JSON, or why there is none.
pub(crate) type Answer = Result<Json, Diagnostic>;

/// Decides the requests of a file, one a line; empty lines are passed over. `tell` gets each answer in turn.
pub(crate) fn requests(path: &Path, mut tell: impl FnMut(Answer)) -> Done<()> {
    let text = std::fs::read_to_string(path).map_err(|e| file_error("Reading", path, &e))?;
    for (i, line) in text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
    {
        let answer = match Line::parse(line) {
            Ok(line) => Ok(Evaluator::new(&line.policies)
                .decide(&line.request)
                .to_json(&line.id)),
            Err(why) => {
                let detail = format!(
                    "`{}`, line {}: {why}. This request has no answer.",
                    path.display(),
                    i + 1
                );
                Err(Diagnostic::error("Request not decided", detail))
            }
        };
        tell(answer);
    }
    Ok(())
}

/// The files that the policies of one request lie in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// Policies of the principal.
    pub(crate) identity: Vec<String>,
    /// The permissions boundary.
    pub(crate) boundary: Option<String>,
    /// Session policies.
    pub(crate) session: Vec<String>,
    /// The policy of the resource.
    pub(crate) resource: Option<String>,
    /// Service control policies, each a level.
    pub(crate) scps: Vec<String>,
    /// The policy of the VPC endpoint.
    pub(crate) endpoint: Option<String>,
}

/// Reads the files. Each holds one policy or a list of them.
pub(crate) fn read(files: &Files) -> Done<PolicySet> {
    let all = |paths: &[String]| -> Done<Vec<Vec<Document>>> {
        paths.iter().map(|p| policies(p)).collect()
    };
    let one = |path: &Option<String>| -> Done<Option<Document>> {
        let Some(path) = path else { return Ok(None) };
        match <[Document; 1]>::try_from(policies(path)?) {
            Ok([document]) => Ok(Some(document)),
            Err(_) => Err(Diagnostic::error(
                "One policy expected",
                format!("`{path}` must hold exactly one policy."),
            )
            .into()),
        }
    };
    Ok(PolicySet {
        identity: all(&files.identity)?.concat(),
        boundary: one(&files.boundary)?,
        session: if files.session.is_empty() {
            None
        } else {
            Some(all(&files.session)?.concat())
        },
        resource: one(&files.resource)?,
        scps: if files.scps.is_empty() {
            None
        } else {
            Some(all(&files.scps)?)
        },
        endpoint: one(&files.endpoint)?,
    })
}

/// Reads a file with one policy or a list of them.
pub(crate) fn policies(path: &str) -> Done<Vec<Document>> {
    let text =
        std::fs::read_to_string(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
    let wrong = |what: String| Diagnostic::error("Invalid policy", format!("`{path}`: {what}."));
    let parsed = Document::parse_all(&text)
        .map_err(|e| wrong(e.to_string().trim_end_matches('.').to_owned()))?;
    let mut out = Vec::new();
    for p in parsed {
        if let Some(problem) = p.problems.first() {
            let before = text.get(..problem.span.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            return Err(wrong(format!("line {line}: {}", problem.what)).into());
        }
        if let Some(operator) = unknown_operator(&p.document) {
            return Err(wrong(format!("there is no condition operator `{operator}`")).into());
        }
        out.push(p.document);
    }
    Ok(out)
}

/// A principal of a configuration with its policies, and a resource.
pub(crate) struct Found {
    /// The ARN of the principal; of a role that of a session.
    pub(crate) principal: String,
    /// The ARN of the resource.
    pub(crate) resource: String,
    /// The account of both.
    pub(crate) account: String,
    /// What bears on the request.
    pub(crate) policies: PolicySet,
    /// Where the policies of the principal are declared.
    pub(crate) addresses: Vec<String>,
    /// ARNs of policies of the principal, and addresses of those that are no policies, whose text was not seen.
    pub(crate) unseen: Vec<String>,
}

/// Finds a principal (role by address, name, ARN or ARN of a session; or the address of a policy, for whoever is given it) and a resource (ARN
/// or address) in what a state or plan holds.
pub(crate) fn find(
    snapshot: &Snapshot,
    principal: &str,
    action: &str,
    resource: &str,
) -> Done<Found> {
    let things = access::things(snapshot, Catalogue::builtin());
    let estate = Estate::read(&things, None);
    let session = principal
        .split_once(":assumed-role/")
        .map(|(_, s)| s.split('/').next().unwrap_or_default());
    let role = estate.roles.values().find(|r| {
        r.address == principal
            || r.name == principal
            || r.arn == principal
            || session == Some(&*r.name)
    });
    let Some(role) = role else {
        let known = estate
            .roles
            .values()
            .map(|r| r.address.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let there = if known.is_empty() {
            "The configuration has no role and no policy".into()
        } else {
            format!("The configuration has: {known}")
        };
        let detail = format!(
            "`{principal}` was not found. {there}. Policies of others are given with -policy=FILE."
        );
        return Err(Diagnostic::error("Unknown principal", detail).into());
    };
    let (partition, account) = (&estate.partition, &estate.account);
    let own = match (session, role.is_holder) {
        (Some(_), _) => principal.to_owned(),
        (None, true) => format!("arn:{partition}:iam::{account}:user/holder"),
        (None, false) => format!(
            "arn:{partition}:sts::{account}:assumed-role/{}/session",
            role.name
        ),
    };
    let resource = if resource == "*" || resource.starts_with("arn:") {
        resource.to_owned()
    } else {
        let arn = things
            .iter()
            .find(|t| t.address == resource)
            .and_then(|t| t.value.get_str("arn"));
        let Some(arn) = arn else {
            let detail = format!(
                "`{resource}` is neither an ARN nor the address of an object that has one."
            );
            return Err(Diagnostic::error("Unknown resource", detail).into());
        };
        estate.standins.replace(arn)
    };
    let mut unseen = role.unseen.clone();
    let own_texts: Vec<_> = role
        .policies
        .iter()
        .map(|(at, _)| at.as_str())
        .chain([role.address.as_str()])
        .collect();
    unseen.extend(
        estate
            .unreadable
            .iter()
            .filter(|(at, _)| own_texts.contains(&at.as_str()))
            .map(|(at, _)| at.clone()),
    );
    Ok(Found {
        policies: PolicySet {
            identity: role.policies.iter().map(|(_, d)| d.clone()).collect(),
            boundary: role.boundary.clone(),
            resource: resource_policy(&estate, action, &resource),
            ..PolicySet::default()
        },
        addresses: role.policies.iter().map(|(at, _)| at.clone()).collect(),
        principal: own,
        account: account.clone(),
        resource,
        unseen,
    })
}

/// Returns the policy of a bucket, of a key, or the trust policy of a role that is to be assumed.
fn resource_policy(estate: &Estate, action: &str, resource: &str) -> Option<Document> {
    let [_, _, service, _, _, name] = segments(resource)?;
    match service {
        "s3" => estate.bucket_policies.get(name.split('/').next()?).cloned(),
        "kms" => estate.key_policies.get(resource).cloned(),
        "iam" if action.to_ascii_lowercase().starts_with("sts:assumerole") => estate
            .roles
            .values()
            .find(|r| r.arn == resource)
            .map(|r| r.trust.clone()),
        _ => None,
    }
}

/// Reads `key=value` arguments. A key that is given more than once, or one that AWS lists as such, has several values.
pub(crate) fn context(pairs: &[String]) -> Done<Context> {
    let mut out = Context::default();
    for pair in pairs {
        let Some((key, value)) = pair.split_once('=').filter(|(k, _)| k.contains(':')) else {
            let detail = format!(
                "`{pair}` is no condition key with its value. Write it as `aws:SourceIp=10.0.0.1`."
            );
            return Err(Diagnostic::error("Invalid condition key", detail).into());
        };
        out.add(key, value);
    }
    Ok(out)
}
