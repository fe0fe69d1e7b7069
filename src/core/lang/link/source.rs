//! Where modules come from.

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, Outcome};

use crate::lang::{address::ModulePath, module_source::SourceAddress, version::VersionConstraint};

/// Gives the texts of directories: the file system, or a test.
pub trait ModuleSource {
    /// Returns the names and texts of the configuration files of a directory in alphabetical order; files that cannot be
    /// read are left out and reported.
    ///
    /// # Errors
    /// Says why the directory cannot be read.
    fn files(&self, dir: &str) -> Result<Outcome<Vec<(String, String)>>, Box<Diagnostic>>;

    /// Returns where the module of a call with a source that is no relative path is installed.
    ///
    /// # Errors
    /// Says why it is not; without a place that is the call's source.
    fn installed(
        &self,
        path: &ModulePath,
        source: &SourceAddress,
        version: Option<&VersionConstraint>,
    ) -> Result<Installed, Box<Diagnostic>>;
}

/// An installed module.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Its directory, relative to the working directory.
    pub dir: Arc<str>,
    /// Its version, if it comes from a registry.
    pub version: Option<String>,
}

/// Joins a directory and a relative path, and removes `.` and `..` as far as they can be removed.
pub(super) fn join(dir: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (dir.starts_with('/'), joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_joined_as_terraform_shows_them() {
        let cases = [
            (".", "./m", "m"),
            ("m", "./n", "m/n"),
            ("m", "../n", "n"),
            (".", "../n", "../n"),
            ("../a", "../../b", "../../b"),
            ("m", "..", "."),
            ("/abs/m", "../n/", "/abs/n"),
        ];
        for (dir, relative, expected) in cases {
            assert_eq!(join(dir, relative), expected, "{dir} and {relative}");
        }
    }
}
