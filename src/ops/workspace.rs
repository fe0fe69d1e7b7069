//! `workspace list|show|new|select|delete`.

use std::sync::Arc;

use bastionless_core::store::Backend;
use bastionless_model::base::Diagnostic;

use super::{
    Done,
    env::Env,
    place::{backend, current, select_workspace, workspace},
};

/// Returns the workspaces and the selected one.
pub(crate) async fn list(env: &Env) -> Done<(Vec<String>, String)> {
    Ok((open(env).await?.workspaces().await?, workspace(env)?))
}

async fn open(env: &Env) -> Done<Arc<dyn Backend>> {
    backend(&current(env)?).await
}

/// Makes a workspace and selects it.
pub(crate) async fn new(env: &Env, name: &str) -> Done<()> {
    is_free_to_select(env)?;
    check_name(name)?;
    open(env).await?.create(name).await?;
    select_workspace(env, name)
}

/// Selects a workspace; with `or_create` it is made where it does not exist. Tells whether it was made.
pub(crate) async fn select(env: &Env, name: &str, or_create: bool) -> Done<bool> {
    is_free_to_select(env)?;
    check_name(name)?;
    let backend = open(env).await?;
    let exists = backend.workspaces().await?.iter().any(|w| w == name);
    if !exists && !or_create {
        let detail = format!(
            "Workspace \"{name}\" doesn't exist. You can create it with `bastionless workspace new {name}`."
        );
        return Err(Diagnostic::error("Workspace doesn't exist", detail).into());
    }
    if !exists {
        backend.create(name).await?;
    }
    select_workspace(env, name)?;
    Ok(!exists)
}

/// Deletes a workspace.
pub(crate) async fn delete(env: &Env, name: &str, force: bool) -> Done<()> {
    if workspace(env)? == name {
        let detail = format!(
            "Workspace \"{name}\" is your active workspace. Switch to another one and try again."
        );
        return Err(Diagnostic::error("Cannot delete workspace", detail).into());
    }
    Ok(open(env).await?.delete(name, force).await?)
}

fn is_free_to_select(env: &Env) -> Done<()> {
    match env.get("TF_WORKSPACE") {
        None => Ok(()),
        Some(name) => Err(Diagnostic::error(
            "Workspace is overridden",
            format!("The variable TF_WORKSPACE is set to \"{name}\" and decides the workspace. Unset it to select another one."),
        )
        .into()),
    }
}

fn check_name(name: &str) -> Done<()> {
    let is_good =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '@' | '+');
    if !name.is_empty() && name.chars().all(is_good) && name != "." && name != ".." {
        return Ok(());
    }
    let detail = format!(
        "The workspace name {name:?} is not allowed: use letters, digits and - _ . ~ @ + only."
    );
    Err(Diagnostic::error("Invalid workspace name", detail).into())
}
