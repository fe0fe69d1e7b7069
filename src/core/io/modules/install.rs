//! Installs the modules of a configuration: walks the module tree and fetches what is not there.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceMap};

use super::{
    super::{System, SystemHost, VariableArgument, config::Directory, load_inputs},
    Accounts, Fetch, guard,
    lock::{self, LOCK_FILE, Lock, Locked},
    manifest::{Entry, Manifest, key},
    package,
    registry::Registries,
};
use crate::{
    io::{Disk as _, RealDisk},
    lang::{
        address::ModulePath,
        link::{Given, Installed, ModuleSource, Tree, load_with},
        module_source::{RegistryAddress, RemoteAddress, SourceAddress},
        version::{Version, VersionConstraint},
    },
};

/// What is wanted of an installation.
pub struct Wanted<'a> {
    /// Look for newer versions and contents, without regard to what is installed and locked.
    pub upgrade: bool,
    /// The lock file must not change.
    pub frozen: bool,
    /// Values of root variables from the command line, for sources that are made of constants.
    pub variables: &'a [VariableArgument],
    /// The HTTP client.
    pub fetch: &'a dyn Fetch,
    /// Tokens and places of hosts.
    pub accounts: &'a Accounts,
    /// Is told what is done, a line each.
    pub tell: &'a dyn Fn(&str),
}

/// What an installation left.
pub struct Installation {
    /// The modules.
    pub tree: Tree,
    /// What was wrong.
    pub diagnostics: Diagnostics,
}

/// Installs all modules of the configuration in `base`, and writes `modules.json` and the lock file unless something was
/// wrong. Texts are added to `sources`.
pub fn install(
    system: &dyn System,
    base: &Path,
    wanted: &Wanted<'_>,
    sources: &mut SourceMap,
) -> Installation {
    let (directory, mut diagnostics) = Directory::open(system, base);
    let data = system
        .env("TF_DATA_DIR")
        .unwrap_or_else(|| ".terraform".into());
    let installer = Installer {
        system,
        base,
        wanted,
        registries: Registries::new(wanted.fetch, wanted.accounts),
        modules: format!("{data}/modules"),
        locked: directory.lock.clone(),
        directory,
        done: RefCell::default(),
    };
    let inputs = load_inputs(system, base, wanted.variables, sources);
    diagnostics.extend(inputs.diagnostics);
    let host = SystemHost::new(system, base, None);
    let given = Given {
        inputs: Some(&inputs.value),
        host: Some(&host),
    };
    let loaded = load_with(".", &installer, sources, given);
    diagnostics.extend(loaded.diagnostics);
    if !diagnostics.has_errors()
        && let Err(d) = installer.finish(&loaded.value)
    {
        diagnostics.push(*d);
    }
    Installation {
        tree: loaded.value,
        diagnostics,
    }
}

struct Installer<'a> {
    system: &'a dyn System,
    base: &'a Path,
    wanted: &'a Wanted<'a>,
    registries: Registries<'a>,
    /// What was installed before.
    directory: Directory<'a>,
    locked: Option<Lock>,
    /// The folder of modules, relative to the root module.
    modules: String,
    done: RefCell<Done>,
}

#[derive(Default)]
struct Done {
    entries: BTreeMap<String, Entry>,
    /// Where packages of this run lie, with the directory that their servers pointed to.
    packages: BTreeMap<String, (PathBuf, String)>,
    lock: Lock,
}

impl ModuleSource for Installer<'_> {
    fn files(&self, dir: &str) -> Result<Outcome<Vec<(String, String)>>, Box<Diagnostic>> {
        self.directory.files(dir)
    }

    fn installed(
        &self,
        path: &ModulePath,
        source: &SourceAddress,
        version: Option<&VersionConstraint>,
    ) -> Result<Installed, Box<Diagnostic>> {
        let entry = match self.present(path, source, version) {
            Some(entry) => entry,
            None => self.fetch(path, source, version)?,
        };
        self.remember(source, &entry)?;
        let installed = Installed {
            dir: entry.dir.as_str().into(),
            version: entry.version.clone(),
        };
        self.done
            .borrow_mut()
            .entries
            .insert(entry.key.clone(), entry);
        Ok(installed)
    }
}

/// Names a package in the lock file.
pub(in super::super) fn locked_name(source: &SourceAddress) -> String {
    match source {
        SourceAddress::Registry(r) => format!("{}/{}", r.host, r.path),
        SourceAddress::Remote(r) => r.package(),
        SourceAddress::Local(path) => path.clone(),
    }
}

impl Installer<'_> {
    /// Returns a module that is installed already and will do.
    fn present(
        &self,
        path: &ModulePath,
        source: &SourceAddress,
        version: Option<&VersionConstraint>,
    ) -> Option<Entry> {
        let entry = self
            .directory
            .manifest
            .get(path)
            .filter(|_| !self.wanted.upgrade)?;
        let good = version.is_none_or(|c| {
            entry
                .version
                .as_deref()
                .and_then(Version::parse)
                .is_some_and(|v| c.allows(&v))
        });
        (good && entry.is_from(source) && self.base.join(&entry.dir).is_dir())
            .then(|| entry.clone())
    }

    fn fetch(
        &self,
        path: &ModulePath,
        source: &SourceAddress,
        version: Option<&VersionConstraint>,
    ) -> Result<Entry, Box<Diagnostic>> {
        let key = key(path);
        let (remote, directory, version) = match source {
            SourceAddress::Registry(r) => {
                let (remote, version) = self.registry(&key, r, version)?;
                let directory = [remote.directory.as_str(), &r.directory]
                    .into_iter()
                    .filter(|d| !d.is_empty())
                    .collect::<Vec<_>>()
                    .join("/");
                (remote, directory, Some(version))
            }
            SourceAddress::Remote(r) => {
                (self.wanted.tell)(&format!("Downloading {} for {key}...", r.package()));
                (r.clone(), r.directory.clone(), None)
            }
            SourceAddress::Local(_) => {
                return Err(Box::new(Diagnostic::error(
                    "Invalid module source address",
                    "A relative path is not fetched.",
                )));
            }
        };
        let root = self.base.join(&self.modules).join(&key);
        let pointed = self.package(&key, &remote, &root)?;
        let directory = [pointed.as_str(), &directory]
            .into_iter()
            .filter(|d| !d.is_empty())
            .collect::<Vec<_>>()
            .join("/");
        let directory = package::subdirectory(&root, &directory).map_err(|why| {
            Box::new(Diagnostic::error(
                "Unreadable module subdirectory",
                format!(
                    "The package was fetched into {}/{key}, but the target submodule {why}.",
                    self.modules
                ),
            ))
        })?;
        let folder = format!("{}/{key}", self.modules);
        let dir = if directory.is_empty() {
            folder
        } else {
            format!("{folder}/{directory}")
        };
        Ok(Entry {
            key,
            source: source.to_string(),
            version: version.map(|v| v.to_string()),
            dir,
        })
    }

    /// Chooses a version and finds out where it is.
    fn registry(
        &self,
        key: &str,
        address: &RegistryAddress,
        constraint: Option<&VersionConstraint>,
    ) -> Result<(RemoteAddress, Version), Box<Diagnostic>> {
        let name = format!("{}/{}", address.host, address.path);
        let lock = self.locked.as_ref().filter(|_| !self.wanted.upgrade);
        let preferred = lock.into_iter().flat_map(|l| l.versions(&name));
        let version = self
            .registries
            .choose(key, address, constraint, preferred)?;
        (self.wanted.tell)(&format!(
            "Downloading {} {version} for {key}...",
            address.package()
        ));
        let location = self.registries.download(address, &version)?;
        match SourceAddress::parse(&location, false) {
            Ok(SourceAddress::Remote(remote)) if !remote.is_folder() => Ok((remote, version)),
            _ => Err(Box::new(Diagnostic::error(
                "Invalid package location from module registry",
                format!(
                    "Module registry {} returned invalid source location {location:?} for {} {version}.",
                    address.host,
                    address.package()
                ),
            ))),
        }
    }

    /// Brings a package into a folder; one that was fetched in this run is copied.
    fn package(
        &self,
        key: &str,
        remote: &RemoteAddress,
        root: &Path,
    ) -> Result<String, Box<Diagnostic>> {
        let failed = |why: String| {
            Box::new(Diagnostic::error(
                "Failed to download module",
                format!(
                    "Could not download module {key:?} source code from {:?}: {why}.",
                    remote.package()
                ),
            ))
        };
        let io = |e: std::io::Error| failed(format!("{}: {e}", root.display()));
        guard::clear(root).map_err(io)?;
        if let Some(folder) = root.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        let name = format!("{}::{}", remote.getter, remote.url);
        let known = self.done.borrow().packages.get(&name).cloned();
        if let Some((from, pointed)) = known {
            guard::copy(&from, root).map_err(io)?;
            return Ok(pointed);
        }
        let fetched = package::fetch(self.system, self.wanted.fetch, remote, self.base, root);
        let pointed = match fetched {
            Ok(pointed) => pointed,
            Err(why) => {
                // What is there is not whole.
                guard::clear(root).map_err(io)?;
                return Err(failed(why));
            }
        };
        self.done
            .borrow_mut()
            .packages
            .insert(name, (root.to_owned(), pointed.clone()));
        Ok(pointed)
    }

    /// Compares a package with the lock file and takes it into the new one.
    fn remember(&self, source: &SourceAddress, entry: &Entry) -> Result<(), Box<Diagnostic>> {
        let Some(root) = entry.package_root() else {
            return Ok(());
        };
        let hash = lock::hash(&self.base.join(&root)).map_err(|e| {
            Box::new(Diagnostic::error(
                "Unreadable module directory",
                format!("The directory {root:?} could not be read: {e}."),
            ))
        })?;
        let (name, version) = (locked_name(source), entry.version.clone());
        if !self.wanted.upgrade
            && let Some(expected) = self
                .locked
                .as_ref()
                .and_then(|l| l.hash(&name, version.as_deref()))
            && expected != hash
        {
            return Err(Box::new(differs(
                &name,
                version.as_deref(),
                &root,
                expected,
                &hash,
            )));
        }
        self.done.borrow_mut().lock.add(Locked {
            source: name,
            version,
            hash,
        });
        Ok(())
    }

    /// Writes the list of modules and the lock file.
    fn finish(&self, tree: &Tree) -> Result<(), Box<Diagnostic>> {
        let mut done = self.done.borrow_mut();
        for module in &tree.modules {
            let entry = Entry {
                key: key(&module.path),
                source: source_of(tree, &module.path),
                version: None,
                dir: module.dir.to_string(),
            };
            done.entries.entry(entry.key.clone()).or_insert(entry);
        }
        let manifest = Manifest(std::mem::take(&mut done.entries));
        for entry in manifest.0.values().filter(|e| !e.key.is_empty()) {
            if self.wanted.upgrade || self.directory.manifest.0.get(&entry.key) != Some(entry) {
                (self.wanted.tell)(&format!("- {} in {}", entry.key, entry.dir));
            }
        }
        self.lock(&done.lock)?;
        if manifest.0.len() < 2 {
            return Ok(());
        }
        let folder = self.base.join(&self.modules);
        let path = folder.join("modules.json");
        let text = manifest.text();
        if RealDisk
            .read(&path)
            .ok()
            .flatten()
            .is_some_and(|b| b == text.as_bytes())
        {
            return Ok(());
        }
        let written =
            fs::create_dir_all(&folder).and_then(|()| RealDisk.replace(&path, text.as_bytes()));
        written.map_err(|e| {
            Box::new(Diagnostic::error(
                "Failed to write the module manifest",
                format!("{}: {e}.", path.display()),
            ))
        })
    }

    fn lock(&self, lock: &Lock) -> Result<(), Box<Diagnostic>> {
        let before = self.locked.clone().unwrap_or_default();
        if *lock == before {
            return Ok(());
        }
        if self.wanted.frozen {
            return Err(Box::new(Diagnostic::error(
                "Module lock file changed",
                format!(
                    "The modules of the configuration are not those of {LOCK_FILE}, which must not change with -lockfile=readonly. Run `bastionless init` without it and commit the file."
                ),
            )));
        }
        let written = if lock.is_empty() {
            RealDisk.remove(&self.base.join(LOCK_FILE))
        } else {
            lock.write(self.base)
        };
        written.map_err(|e| {
            Box::new(Diagnostic::error(
                "Failed to write the module lock file",
                format!("{LOCK_FILE}: {e}."),
            ))
        })
    }
}

/// Returns the source of a module, as its caller has it.
fn source_of(tree: &Tree, path: &ModulePath) -> String {
    let source = path.0.split_last().and_then(|(name, parent)| {
        let parent = tree.modules.iter().find(|m| m.path.0 == parent)?;
        parent.sources.get(name)
    });
    source.map(|s| tidy(s)).unwrap_or_default()
}

/// Brings a relative path to the form in which Terraform keeps it.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if joined.starts_with("..") {
        joined
    } else {
        format!("./{joined}")
    }
}

/// The error for a package that is not what it was.
pub(in super::super) fn differs(
    name: &str,
    version: Option<&str>,
    root: &str,
    expected: &str,
    found: &str,
) -> Diagnostic {
    let version = version.map(|v| format!(" {v}")).unwrap_or_default();
    Diagnostic::error(
        "Module content differs from the lock file",
        format!(
            "The content of {name}{version} in {root} has the hash {found}, but {LOCK_FILE} says {expected}. A branch or a tag was moved, files were changed here by hand, or somebody replaced the module. Find out which; if the new content is meant, run `bastionless init -upgrade` and commit the file."
        ),
    )
}
