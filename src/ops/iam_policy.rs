//! `iam policy`: the policies that a plan makes, as files.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use bastionless_core::{
    lang::Target,
    plan::{
        Plan,
        finalise::Finaliser,
        policies::{PolicyText, file_name, policies},
    },
};
use bastionless_model::{base::Diagnostic, schema::Catalogue};

use super::{
    Done, file_error,
    load::{self, Loaded},
};

/// Returns the policies of a plan that targets select; all without any.
pub(crate) fn select(
    plan: &Arc<Plan>,
    loaded: &Loaded,
    workspace: &str,
    targets: &[Target],
) -> Done<Vec<PolicyText>> {
    let catalogue = Catalogue::builtin();
    let mut finaliser = Finaliser::new(
        loaded.program.clone(),
        loaded.graph.clone(),
        plan.clone(),
        workspace,
        Arc::new(load::host()),
        catalogue,
    );
    let all = policies(plan, &mut finaliser, catalogue);
    for target in targets {
        if !all.iter().any(|p| target.covers(&p.address)) {
            let detail = format!(
                "The plan makes no policy at `{target}`. Without addresses all policies are written."
            );
            return Err(Diagnostic::error("No policy found", detail).into());
        }
    }
    Ok(all
        .into_iter()
        .filter(|p| targets.is_empty() || targets.iter().any(|t| t.covers(&p.address)))
        .collect())
}

fn files(policies: &[PolicyText]) -> BTreeMap<String, String> {
    policies
        .iter()
        .map(|p| (file_name(p), format!("{}\n", p.text.trim_end())))
        .collect()
}

/// Writes one file a policy; files that are the same already are left alone. Returns their names.
pub(crate) fn write(dir: &Path, policies: &[PolicyText]) -> Done<Vec<String>> {
    std::fs::create_dir_all(dir).map_err(|e| file_error("Creating", dir, &e))?;
    let files = files(policies);
    for (name, text) in &files {
        let path = dir.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|t| t == *text) {
            continue;
        }
        std::fs::write(&path, text).map_err(|e| file_error("Writing", &path, &e))?;
    }
    Ok(files.into_keys().collect())
}

/// A file that is not as the plan makes it; an absent one has an empty text.
pub(crate) struct Different {
    /// Its name.
    pub(crate) name: String,
    /// Its text in the folder.
    pub(crate) before: String,
    /// As the plan makes it.
    pub(crate) after: String,
}

/// Compares a folder with the policies; with `whole`, files of policies that are no more count too.
pub(crate) fn compare(dir: &Path, policies: &[PolicyText], whole: bool) -> Done<Vec<Different>> {
    let mut files = files(policies);
    let mut out = Vec::new();
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries.flatten().collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(file_error("Listing", dir, &e).into()),
    };
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".json") {
            continue;
        }
        let path = entry.path();
        let before =
            std::fs::read_to_string(&path).map_err(|e| file_error("Reading", &path, &e))?;
        match files.remove(&name) {
            Some(after) if after == before => {}
            Some(after) => out.push(Different {
                name,
                before,
                after,
            }),
            None if whole => out.push(Different {
                name,
                before,
                after: String::new(),
            }),
            None => {}
        }
    }
    out.extend(files.into_iter().map(|(name, after)| Different {
        name,
        before: String::new(),
        after,
    }));
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}
