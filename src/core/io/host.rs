//! What functions see of this machine.

use std::{
    io,
    path::{Path, PathBuf},
};

use bastionless_model::value::Value;

use super::System;
use crate::lang::{
    expr::render_template,
    functions::{FunctionError, Host},
};

/// The machine, from the directory that paths in a configuration start from.
pub struct SystemHost<'a> {
    system: &'a dyn System,
    base: PathBuf,
    plan_time: Option<(i64, u32)>,
}

impl<'a> SystemHost<'a> {
    /// Makes the surroundings of a configuration in `base`; `plan_time` is what `plantimestamp` says.
    pub fn new(
        system: &'a dyn System,
        base: impl Into<PathBuf>,
        plan_time: Option<(i64, u32)>,
    ) -> Self {
        Self {
            system,
            base: base.into(),
            plan_time,
        }
    }

    fn collect(
        &self,
        dir: &Path,
        prefix: &str,
        found: &mut Vec<String>,
        depth: usize,
    ) -> Result<(), String> {
        let entries = match self.system.list(dir) {
            Ok(entries) => entries,
            Err(e)
                if e.kind() == io::ErrorKind::NotFound
                    || e.kind() == io::ErrorKind::NotADirectory =>
            {
                return Ok(());
            }
            Err(e) => return Err(format!("open {}: {}", dir.display(), words(&e))),
        };
        for entry in entries {
            let name = format!("{prefix}{}", entry.name);
            if !entry.is_dir {
                found.push(name);
            } else if depth < MAX_DEPTH {
                // A link to a directory above would never end.
                self.collect(
                    &dir.join(&entry.name),
                    &format!("{name}/"),
                    found,
                    depth + 1,
                )?;
            }
        }
        Ok(())
    }
}

/// Directories inside each other that are listed.
const MAX_DEPTH: usize = 64;

/// Returns the words of the system for an error.
pub(super) fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "is a directory".into(),
        io::ErrorKind::NotADirectory => "not a directory".into(),
        _ => {
            let text = error.to_string();
            let plain = text.split(" (os error").next().unwrap_or(&text);
            plain.to_lowercase()
        }
    }
}

impl Host for SystemHost<'_> {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        self.system.read(&self.base.join(path)).map_err(|e| {
            let verb = match e.kind() {
                io::ErrorKind::IsADirectory => "read",
                _ => "open",
            };
            format!("{verb} {path}: {}", words(&e))
        })
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        match self.system.is_file(&self.base.join(path)) {
            Ok(Some(true)) => Ok(true),
            Ok(Some(false)) => match self.system.list(&self.base.join(path)) {
                Ok(_) => Err(format!("{path:?} is a directory, not a file")),
                Err(_) => Err(format!("{path:?} is not a regular file")),
            },
            Ok(None) => Ok(false),
            Err(e) => Err(format!("stat {path}: {}", words(&e))),
        }
    }

    fn list_files(&self, dir: &str) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        self.collect(&self.base.join(dir), "", &mut found, 0)?;
        found.sort();
        Ok(found)
    }

    fn now(&self) -> (i64, u32) {
        self.system.now()
    }

    fn plan_time(&self) -> Option<(i64, u32)> {
        self.plan_time
    }

    fn uuid(&self) -> String {
        // Random through and through: Terraform's ids name no version.
        uuid::Uuid::from_bytes(self.system.random()).to_string()
    }

    fn random_bytes(&self) -> [u8; 16] {
        self.system.random()
    }

    fn render_template(
        &self,
        name: &str,
        text: &str,
        vars: &Value,
    ) -> Result<Value, FunctionError> {
        render_template(self, name, text, vars)
    }

    fn home_dir(&self) -> Option<String> {
        self.system.home().map(|p| p.to_string_lossy().into_owned())
    }

    fn base_dir(&self) -> String {
        let cwd = self.system.cwd().unwrap_or_default().join(&self.base);
        let plain: PathBuf = cwd
            .components()
            .filter(|c| !matches!(c, std::path::Component::CurDir))
            .collect();
        plain.to_string_lossy().into_owned()
    }
}
