//! `iam lint`: what the rules find in policy files, or in a configuration.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_core::{
    check::{self, Found},
    lang::Target,
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, Level, Patch, RuleDoc, SourceId, SourceMap, Span},
    iam::{
        ast::Document,
        lint::{Finding, Kind, lint},
    },
};

use super::{Done, Failed, check as rules, file_error, load};

/// Something that was found.
pub(crate) struct Told {
    /// The rule.
    pub(crate) rule: &'static RuleDoc,
    /// How much it matters.
    pub(crate) level: Level,
    /// The object, for a configuration.
    pub(crate) address: Option<String>,
    /// Where.
    pub(crate) span: Option<Span>,
    /// What is wrong.
    pub(crate) message: String,
    /// A change that would cure it.
    pub(crate) patch: Option<Patch>,
    /// For people.
    pub(crate) diagnostic: Diagnostic,
}

/// What was found, with the texts.
pub(crate) struct Result {
    /// In the order of files and places.
    pub(crate) told: Vec<Told>,
    /// The texts.
    pub(crate) sources: Arc<SourceMap>,
}

/// Returns the files that arguments name: files as they are, of folders all `*.json` below; `-` is standard input.
pub(crate) fn files(arguments: &[String]) -> Done<Vec<PathBuf>> {
    let mut out = Vec::new();
    for argument in arguments {
        let path = PathBuf::from(argument);
        if path.is_dir() {
            folder(&path, &mut out)?;
        } else {
            out.push(path);
        }
    }
    Ok(out)
}

fn folder(dir: &Path, out: &mut Vec<PathBuf>) -> Done<()> {
    let entries = std::fs::read_dir(dir).map_err(|e| file_error("Listing", dir, &e))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| file_error("Listing", dir, &e))?.path());
    }
    paths.sort();
    for path in paths {
        // Links are not followed: one may lead back up.
        let is_link = path.symlink_metadata().is_ok_and(|m| m.is_symlink());
        if path.is_dir() && !is_link {
            folder(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            out.push(path);
        }
    }
    Ok(())
}

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Done<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| file_error("Reading", path, &e))?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(|e| file_error("Reading", path, &e).into())
}

/// Looks at policy files. With `fix`, writes the suggested changes first.
pub(crate) fn of_files(paths: &[PathBuf], kind: Option<Kind>, fix: bool) -> Done<Result> {
    let mut sources = SourceMap::default();
    let mut told = Vec::new();
    let mut problems = Diagnostics::default();
    for path in paths {
        let mut text = read(path)?;
        if fix {
            let fixed = fixed(&text, kind);
            if fixed != text && path != Path::new("-") {
                std::fs::write(path, &fixed).map_err(|e| file_error("Writing", path, &e))?;
            }
            text = fixed;
        }
        let id = sources.add(path.display().to_string(), text.as_str());
        match findings(&text, kind) {
            Ok(all) => told.extend(all.into_iter().map(|f| of_file(f, id))),
            Err(e) => problems.push(e.at(Span::new(id, 0, text.len().min(1)))),
        }
    }
    let sources = Arc::new(sources);
    if problems.is_empty() {
        Ok(Result { told, sources })
    } else {
        Err(Failed::new(problems, sources))
    }
}

fn findings(text: &str, kind: Option<Kind>) -> std::result::Result<Vec<Finding>, Diagnostic> {
    let parsed =
        Document::parse(text).map_err(|e| Diagnostic::error("Not a policy", e.to_string()))?;
    let kind = kind.unwrap_or_else(|| Kind::guess(&parsed.document));
    Ok(lint(&parsed, text, kind))
}

/// Makes the suggested changes, one after the other, as long as there are any. A change may bring up another one; the number of rounds
/// is bounded, so that two rules that disagree come to an end.
fn fixed(text: &str, kind: Option<Kind>) -> String {
    let mut text = text.to_owned();
    let rounds = text.len();
    for _ in 0..rounds {
        let Ok(all) = findings(&text, kind) else {
            return text;
        };
        // The last one first: places before it stay right.
        let Some(edit) = all
            .into_iter()
            .filter_map(|f| f.patch)
            .max_by_key(|p| p.span.start)
        else {
            return text;
        };
        if text.get(edit.span.clone()).is_none() {
            return text;
        }
        text.replace_range(edit.span, &edit.replacement);
    }
    text
}

fn of_file(finding: Finding, source: SourceId) -> Told {
    let diagnostic = check::of_file(&finding, source);
    let span = |r: &std::ops::Range<usize>| Span::new(source, r.start, r.end);
    Told {
        rule: finding.rule,
        level: finding.level,
        address: None,
        span: Some(span(&finding.span)),
        message: finding.message,
        patch: finding.patch.map(|p| Patch {
            span: span(&p.span),
            replacement: p.replacement,
            text: p.text,
        }),
        diagnostic,
    }
}

/// Looks at the configuration of the working directory, at what is of the targets only where there are any.
pub(crate) fn of_configuration(targets: &[Target]) -> Done<Result> {
    let linked = load::program();
    let (program, graph) = linked.value;
    let sources = program.sources.clone();
    if linked.diagnostics.has_errors() {
        return Err(Failed::new(linked.diagnostics, sources));
    }
    let of_target = |f: &Found| {
        let address = bastionless_core::lang::address::AbsInstance::parse(&f.address);
        targets.is_empty() || address.is_ok_and(|a| targets.iter().any(|t| t.covers(&a)))
    };
    let found = rules::rehearsed(&Arc::new(program), graph);
    let told = found.into_iter().filter(of_target).map(|f| Told {
        rule: f.rule,
        level: f.level,
        diagnostic: f.diagnostic(),
        address: Some(f.address),
        span: f.span,
        message: f.message,
        patch: f.patch,
    });
    Ok(Result {
        told: told.collect(),
        sources,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixes_come_to_an_end_and_leave_nothing_to_fix() {
        let text = r#"{"Version":"2012-10-18","Statement":[
            {"Sid":"A b","Effect":"Allow","Action":"ec2:StopInstancs","Resource":"*"},
            {"Sid":"Ab","Effect":"Deny","Action":"ec2:StartInstances","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"no"}}}]}"#;
        let once = fixed(text, None);
        assert!(
            findings(&once, None)
                .unwrap()
                .iter()
                .all(|f| f.patch.is_none()),
            "{once}"
        );
        assert!(
            once.contains("ec2:StopInstances")
                && once.contains("2012-10-17")
                && once.contains("BoolIfExists"),
            "{once}"
        );
        assert_eq!(fixed(&once, None), once);
    }
}
