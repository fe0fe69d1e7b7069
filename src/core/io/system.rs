//! What of this machine a run sees beside its states: configuration files, environment, directories, randomness.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a directory; links are followed.
    pub is_dir: bool,
}

/// The machine as configurations see it.
pub trait System: Send + Sync {
    /// Reads a file.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Lists a directory, sorted by name. Links that lead nowhere count as files.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn list(&self, path: &Path) -> io::Result<Vec<Entry>>;
    /// Tells whether there is a regular file (`Some(true)`), something else (`Some(false)`) or nothing.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn is_file(&self, path: &Path) -> io::Result<Option<bool>>;
    /// Returns a variable of the environment; empty counts as not set.
    fn env(&self, name: &str) -> Option<String>;
    /// Returns the variables of the environment whose names begin with a prefix, sorted; those that are no Unicode are left out.
    fn env_with_prefix(&self, prefix: &str) -> Vec<(String, String)>;
    /// Returns the home directory.
    fn home(&self) -> Option<PathBuf>;
    /// Returns the working directory.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn cwd(&self) -> io::Result<PathBuf>;
    /// Returns random bytes that nobody can guess.
    fn random(&self) -> [u8; 16];
    /// Returns the seconds and nanoseconds since 1970.
    fn now(&self) -> (i64, u32);
}

/// The real thing.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealSystem;

impl System for RealSystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<Entry>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            found.push(Entry {
                name: entry.file_name().to_string_lossy().into_owned(),
                is_dir: std::fs::metadata(entry.path()).is_ok_and(|m| m.is_dir()),
            });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn is_file(&self, path: &Path) -> io::Result<Option<bool>> {
        match std::fs::metadata(path) {
            Ok(m) => Ok(Some(m.is_file())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|v| !v.is_empty())
    }

    fn env_with_prefix(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found: Vec<_> = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .filter(|(k, _)| k.starts_with(prefix))
            .collect();
        found.sort();
        found
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::home_dir().filter(|p| !p.as_os_str().is_empty())
    }

    fn cwd(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    fn random(&self) -> [u8; 16] {
        // Two version 4 UUIDs hold 244 random bits from the system; the fixed ones are folded away.
        let (a, b) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
        let mut out = *a.as_bytes();
        for (o, b) in out.iter_mut().zip(b.as_bytes().iter().rev()) {
            *o ^= b;
        }
        out
    }

    fn now(&self) -> (i64, u32) {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        (
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            since.subsec_nanos(),
        )
    }
}

/// A machine in memory, for tests and for runs that must not see this one.
#[derive(Clone, Debug, Default)]
pub struct MemorySystem {
    /// Files by path; directories are what stands before their names.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The time: seconds since 1970.
    pub time: i64,
}

impl MemorySystem {
    /// Makes a machine with files.
    pub fn with_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, text)| (clean(Path::new(path)), text.as_bytes().to_vec()));
        Self {
            files: files.collect(),
            ..Self::default()
        }
    }
}

/// Removes `.` parts.
fn clean(path: &Path) -> PathBuf {
    path.components()
        .filter(|c| !matches!(c, std::path::Component::CurDir))
        .collect()
}

impl System for MemorySystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        self.files.get(&clean(path)).cloned().ok_or_else(missing)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<Entry>> {
        let dir = clean(path);
        let mut found: BTreeMap<String, bool> = BTreeMap::new();
        for file in self.files.keys() {
            let Ok(rest) = file.strip_prefix(&dir) else {
                continue;
            };
            let mut parts = rest.components();
            if let Some(first) = parts.next() {
                let name = first.as_os_str().to_string_lossy().into_owned();
                found.insert(name, parts.next().is_some());
            }
        }
        if found.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let entry = |(name, is_dir)| Entry { name, is_dir };
        Ok(found.into_iter().map(entry).collect())
    }

    fn is_file(&self, path: &Path) -> io::Result<Option<bool>> {
        let path = clean(path);
        if self.files.contains_key(&path) {
            return Ok(Some(true));
        }
        Ok(self.list(&path).ok().map(|_| false))
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned().filter(|v| !v.is_empty())
    }

    fn env_with_prefix(&self, prefix: &str) -> Vec<(String, String)> {
        let all = self.env.iter().map(|(k, v)| (k.clone(), v.clone()));
        all.filter(|(k, _)| k.starts_with(prefix)).collect()
    }

    fn home(&self) -> Option<PathBuf> {
        Some("/home/user".into())
    }

    fn cwd(&self) -> io::Result<PathBuf> {
        Ok("/work".into())
    }

    fn random(&self) -> [u8; 16] {
        [7; 16]
    }

    fn now(&self) -> (i64, u32) {
        (self.time, 0)
    }
}
