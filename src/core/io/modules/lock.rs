//! The hashes of modules: what was installed once is what is installed again.
//!
//! [`LOCK_FILE`] stands beside the root module and belongs into version control. Format, version 1:
//!
//! ```json
//! {
//!   "version": 1,
//!   "modules": [
//!     { "source": "registry.terraform.io/a/b/aws", "version": "1.2.0", "hash": "h1:…" },
//!     { "source": "git::https://example.com/x.git?ref=v1", "hash": "h1:…" }
//!   ]
//! }
//! ```
//!
//! `source` is the package without the directory in it. The hash is that of Go's `dirhash.Hash1`: SHA-256, in base64, over one
//! line a file (`SHA-256 in hexadecimal`, two spaces, path), sorted by path; links count as files that hold their target, and
//! `.git` does not count.

use std::{fs, io, os::unix::ffi::OsStrExt as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::guard;
use crate::io::{Disk as _, RealDisk};

/// The name of the file.
pub const LOCK_FILE: &str = ".bastionless.lock.json";

const VERSION: u64 = 1;

/// The hashes of the packages of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock(Vec<Locked>);

/// The hash of one package.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Locked {
    /// The package.
    pub(super) source: String,
    /// Its version, if it comes from a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    /// Its hash.
    pub(super) hash: String,
}

#[derive(Deserialize, Serialize)]
struct Document {
    version: u64,
    modules: Vec<Locked>,
}

impl Lock {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// Says why it cannot be understood.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|e| format!("{LOCK_FILE} cannot be understood: {e}"))?;
        if document.version != VERSION {
            return Err(format!(
                "{LOCK_FILE} has version {}, and this version of bastionless knows version {VERSION} only",
                document.version
            ));
        }
        Ok(Self(document.modules))
    }

    /// Returns the hash that a package must have.
    pub fn hash(&self, source: &str, version: Option<&str>) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|l| l.source == source && l.version.as_deref() == version);
        found.map(|l| l.hash.as_str())
    }

    /// Returns the versions of a package of a registry that were installed.
    pub(super) fn versions(&self, source: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |l| l.source == source)
            .filter_map(|l| l.version.as_deref())
    }

    /// Adds a package.
    pub(super) fn add(&mut self, locked: Locked) {
        if !self.0.contains(&locked) {
            self.0.push(locked);
            self.0.sort();
        }
    }

    /// Tells whether nothing is locked.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the file beside the root module.
    ///
    /// # Errors
    /// Passes on the system's error.
    pub(super) fn write(&self, base: &Path) -> io::Result<()> {
        let document = Document {
            version: VERSION,
            modules: self.0.clone(),
        };
        let mut text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
        text.push('\n');
        let path = base.join(LOCK_FILE);
        RealDisk.replace(&path, text.as_bytes())?;
        // It belongs into version control: whoever reads the configuration may read it.
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644))
    }
}

/// Computes the hash of a folder.
///
/// # Errors
/// Passes on the system's error.
pub fn hash(root: &Path) -> io::Result<String> {
    let mut lines: Vec<(Vec<u8>, String)> = Vec::new();
    guard::walk(root, &mut |path, kind| {
        let content = if kind.is_symlink() {
            fs::read_link(path)?.as_os_str().as_bytes().to_vec()
        } else if kind.is_file() {
            fs::read(path)?
        } else {
            return Ok(());
        };
        let name = path.strip_prefix(root).map_err(io::Error::other)?;
        lines.push((
            name.as_os_str().as_bytes().to_vec(),
            hexadecimal(&Sha256::digest(content)),
        ));
        Ok(())
    })?;
    lines.sort();
    let mut all = Sha256::new();
    for (name, digest) in lines {
        all.update(digest.as_bytes());
        all.update(b"  ");
        all.update(&name);
        all.update(b"\n");
    }
    Ok(format!("h1:{}", STANDARD.encode(all.finalize())))
}

/// Writes bytes in hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
