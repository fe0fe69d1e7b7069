//! The plan file: a plan as it was reviewed, and what it was made of.
//!
//! One JSON document, version first. It holds values of variables and attributes: whoever writes it creates it with mode
//! 0600. Readers refuse other versions.

mod encode;
mod values;

use serde_json::Value as Json;

use super::Plan;
use crate::state::StateError;

/// The version that this code writes and reads.
pub const FORMAT: &str = "bastionless-plan/1";

/// What a plan was made of: if any of it changed, the plan is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Lineage of the state.
    pub lineage: String,
    /// Serial of the state.
    pub serial: u64,
    /// SHA-256 of the state as read, hexadecimal.
    pub state_digest: String,
    /// SHA-256 over all configuration files, hexadecimal.
    pub config_digest: String,
    /// Workspace.
    pub workspace: String,
    /// Where the state lies, in words.
    pub backend: String,
    /// Names of the variables that the command line set: apply takes their values from the plan.
    pub arguments: Vec<String>,
}

/// A plan file.
#[derive(Clone, Debug)]
pub struct PlanFile {
    /// The plan.
    pub plan: Plan,
    /// What it was made of.
    pub basis: Basis,
    /// When it was made, RFC 3339.
    pub timestamp: String,
    /// The `configuration` part of the plan JSON.
    pub configuration: Json,
    /// What is said of the access that it changes, as `access::Judgement` writes it; null where that was not judged.
    pub judgement: Json,
}

/// Why a text is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is something else.
    #[error("this is no plan file of bastionless: {0}")]
    NotAPlan(String),
    /// It is of another version.
    #[error("the plan file has the format `{0}`, this version reads `{FORMAT}`; make a new plan")]
    Version(String),
    /// It is damaged.
    #[error("the plan file is damaged: {0}")]
    Damaged(String),
    /// The state in it cannot be read or written.
    #[error("the state in the plan file: {0}")]
    State(#[from] StateError),
}

impl PlanFile {
    /// Writes the file's text.
    ///
    /// # Errors
    /// The state in it cannot be written.
    pub fn write(&self) -> Result<String, PlanFileError> {
        encode::write(self).map(|j| j.to_string())
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// It is no plan file, of another version, or damaged.
    pub fn read(text: &str) -> Result<Self, PlanFileError> {
        let json: Json =
            serde_json::from_str(text).map_err(|e| PlanFileError::NotAPlan(e.to_string()))?;
        match json.get("format").and_then(Json::as_str) {
            Some(FORMAT) => encode::read(&json),
            Some(other) => Err(PlanFileError::Version(other.to_owned())),
            None => Err(PlanFileError::NotAPlan("it has no field `format`".into())),
        }
    }
}
