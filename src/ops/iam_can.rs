//! `iam can`: whether requests are allowed.

use std::path::Path;

use bastionless_model::{
    base::Diagnostic,
    iam::{
        ast::Document,
        evaluate::{Context, Evaluator, Line, PolicySet, unknown_operator},
    },
};
use serde_json::Value as Json;

use super::{Done, file_error};

/// The answer to one line: JSON, or why there is none.
pub(crate) type Answer = Result<Json, Diagnostic>;

/// Decides the requests of a file, one a line; empty lines are passed over. `tell` gets each answer in turn.
pub(crate) fn requests(path: &Path, mut tell: impl FnMut(Answer)) -> Done<()> {
    let text = std::fs::read_to_string(path).map_err(|e| file_error("Reading", path, &e))?;
    for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let answer = match Line::parse(line) {
            Ok(line) => Ok(Evaluator::new(&line.policies).decide(&line.request).to_json(&line.id)),
            Err(why) => {
                let detail = format!("`{}`, line {}: {why}. This request has no answer.", path.display(), i + 1);
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
    let all = |paths: &[String]| -> Done<Vec<Vec<Document>>> { paths.iter().map(|p| policies(p)).collect() };
    let one = |path: &Option<String>| -> Done<Option<Document>> {
        let Some(path) = path else { return Ok(None) };
        match <[Document; 1]>::try_from(policies(path)?) {
            Ok([document]) => Ok(Some(document)),
            Err(_) => Err(Diagnostic::error("One policy expected", format!("`{path}` must hold exactly one policy.")).into()),
        }
    };
    Ok(PolicySet {
        identity: all(&files.identity)?.concat(),
        boundary: one(&files.boundary)?,
        session: if files.session.is_empty() { None } else { Some(all(&files.session)?.concat()) },
        resource: one(&files.resource)?,
        scps: if files.scps.is_empty() { None } else { Some(all(&files.scps)?) },
        endpoint: one(&files.endpoint)?,
    })
}

fn policies(path: &str) -> Done<Vec<Document>> {
    let text = std::fs::read_to_string(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
    let wrong = |what: String| Diagnostic::error("Invalid policy", format!("`{path}`: {what}."));
    let parsed = Document::parse_all(&text).map_err(|e| wrong(e.to_string().trim_end_matches('.').to_owned()))?;
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

/// Reads `key=value` arguments. A key that is given more than once, or one that AWS lists as such, has several values.
pub(crate) fn context(pairs: &[String]) -> Done<Context> {
    let mut out = Context::default();
    for pair in pairs {
        let Some((key, value)) = pair.split_once('=').filter(|(k, _)| k.contains(':')) else {
            let detail = format!("`{pair}` is no condition key with its value. Write it as `aws:SourceIp=10.0.0.1`.");
            return Err(Diagnostic::error("Invalid condition key", detail).into());
        };
        out.add(key, value);
    }
    Ok(out)
}
