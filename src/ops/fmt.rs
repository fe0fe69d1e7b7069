//! `fmt`: files in the canonical layout.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_core::lang::{format::format, syntax};
use bastionless_model::base::{Diagnostic, Diagnostics, SourceMap};

use super::{Done, Failed, file_error};

/// A file that was not in the canonical layout.
pub(crate) struct Changed {
    /// Its path as shown.
    pub(crate) shown: String,
    /// Its text.
    pub(crate) before: String,
    /// Its text in the canonical layout.
    pub(crate) after: String,
}

/// What was found.
pub(crate) struct Formatted {
    /// Files that differ.
    pub(crate) changed: Vec<Changed>,
    /// Files that cannot be read or understood.
    pub(crate) problems: Diagnostics,
    /// The texts.
    pub(crate) sources: Arc<SourceMap>,
}

/// Formats a text.
pub(crate) fn text(name: &str, text: &str) -> Done<String> {
    let mut sources = SourceMap::default();
    formatted(name, text, &mut sources).map_err(|d| Failed::new(d, Arc::new(sources)))
}

fn formatted(name: &str, text: &str, sources: &mut SourceMap) -> Result<String, Diagnostics> {
    let id = sources.add(name, text);
    let parsed = syntax::parse(id, text);
    if parsed.diagnostics.has_errors() {
        return Err(parsed.diagnostics);
    }
    let unreadable = || {
        Diagnostic::error(
            "Unreadable file",
            format!("{name} cannot be split into tokens; this is a bug in bastionless."),
        )
    };
    let after = format(text).ok_or_else(unreadable)?;
    // A layout that means something else would be worse than none.
    let mut check = SourceMap::default();
    let id = check.add(name, after.as_str());
    if syntax::parse(id, &after).diagnostics.has_errors() {
        return Err(unreadable().into());
    }
    Ok(after)
}

/// Formats files and the files of folders; no target is the working directory.
pub(crate) fn files(targets: &[String], recursive: bool, write: bool) -> Done<Formatted> {
    let mut paths = Vec::new();
    let here = [String::from(".")];
    for target in if targets.is_empty() {
        &here[..]
    } else {
        targets
    } {
        let path = Path::new(target);
        let is_dir = std::fs::metadata(path)
            .map_err(|e| file_error("Reading", path, &e))?
            .is_dir();
        if is_dir {
            collect(path, recursive, &mut paths).map_err(|e| file_error("Listing", path, &e))?;
        } else if is_ours(target) {
            paths.push(path.to_owned());
        } else {
            let detail = format!(
                "Only .tf, .tfvars and .tftest.hcl files can be processed with fmt, not `{target}`."
            );
            return Err(Diagnostic::error("Unsupported file", detail).into());
        }
    }
    let mut sources = SourceMap::default();
    let mut out = Formatted {
        changed: Vec::new(),
        problems: Diagnostics::default(),
        sources: Arc::default(),
    };
    for path in paths {
        let shown = path
            .strip_prefix("./")
            .unwrap_or(&path)
            .display()
            .to_string();
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) => {
                out.problems.push(file_error("Reading", &path, &e));
                continue;
            }
        };
        match formatted(&shown, &before, &mut sources) {
            Ok(after) if after == before => {}
            Ok(after) => {
                if write && let Err(e) = std::fs::write(&path, &after) {
                    out.problems.push(file_error("Writing", &path, &e));
                }
                out.changed.push(Changed {
                    shown,
                    before,
                    after,
                });
            }
            Err(problems) => out.problems.extend(problems),
        }
    }
    out.sources = Arc::new(sources);
    Ok(out)
}

fn is_ours(name: &str) -> bool {
    [".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn collect(dir: &Path, recursive: bool, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_dir = entry.file_type()?.is_dir();
        if name.starts_with('.') || name.starts_with('#') || name.ends_with('~') {
            continue;
        }
        if is_dir && recursive {
            collect(&entry.path(), recursive, out)?;
        } else if !is_dir && is_ours(&name) {
            out.push(entry.path());
        }
    }
    Ok(())
}

/// Writes the difference of two texts as a unified diff.
pub(crate) fn difference(name: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old
        .iter()
        .skip(head)
        .rev()
        .zip(new.iter().skip(head).rev())
        .take_while(same)
        .count();
    let (from, context) = (head.saturating_sub(3), 3.min(tail));
    let counts = |all: &[&str]| all.len() - from - tail + context;
    let mut out = format!(
        "--- old/{name}\n+++ new/{name}\n@@ -{},{} +{},{} @@\n",
        from + 1,
        counts(&old),
        from + 1,
        counts(&new)
    );
    let mut lines = |sign: char, all: &[&str], start: usize, end: usize| {
        for line in all.iter().take(end).skip(start) {
            out.push_str(&format!("{sign}{line}\n"));
        }
    };
    lines(' ', &old, from, head);
    lines('-', &old, head, old.len() - tail);
    lines('+', &new, head, new.len() - tail);
    lines(' ', &old, old.len() - tail, old.len() - tail + context);
    out
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_has_its_context() {
        let got = difference("a.tf", "a\nb\nc\n", "a\nB\nc\n");
        assert_eq!(
            got,
            "--- old/a.tf\n+++ new/a.tf\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
        );
    }
}
